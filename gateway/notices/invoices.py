"""What a mail with a dispute letter says. The library's own words, if it has some, stand in place of ours. Pure.

A text has names like `$number` in it, out of FIELDS; no title of a work is among them, for subjects are seen by everybody on the way.
"""

from collections.abc import Mapping
from typing import Final

from gateway.money.invoices.records import Invoice
from gateway.notices.texts import Text, filled_in

FIELDS: Final = frozenset({"number", "amount", "currency", "dated", "lender", "library", "contact", "entry"})
"""What a text may name."""
DISPUTE: Final = Text(
    subject="Your invoice $number: disputed by $library",
    body="""To $lender

We dispute your invoice $number of $dated over $amount $currency. The attached letter says why, with our evidence.
Please answer under our reference $entry.

Questions: $contact

$library
""",
)


def letter_text(invoice: Invoice, own: Mapping[str, str]) -> Text:
    """Return subject and body of a mail with a dispute letter; `own` has the library's words for `dispute_subject` and the like."""
    return filled_in(DISPUTE, "dispute", _facts(invoice), own)


def _facts(invoice: Invoice) -> dict[str, str]:
    claim, letter = invoice.claim, invoice.letter
    assert letter is not None, "only what is disputed has a letter"
    return {
        "number": claim.number,
        "amount": str(claim.amount),
        "currency": claim.currency,
        "dated": claim.dated.isoformat(),
        "lender": letter.them.name,
        "library": letter.us.name,
        "contact": letter.us.contact or letter.us.name,
        "entry": invoice.id,
    }
