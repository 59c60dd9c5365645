"""What a mail with a dispute letter says. Pure."""

from collections.abc import Mapping

from gateway.money.invoices.records import Invoice
from gateway.notices.records import NoticeKind
from gateway.notices.texts import Text, written


def letter_text(invoice: Invoice, own: Mapping[str, str]) -> Text:
    """Return subject and body of a mail with a dispute letter; `own` has the library's words."""
    return written(NoticeKind.DISPUTE, _facts(invoice), own)


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
