"""What a mail with a bill or a reminder says. The library's own words, if it has some, stand in place of ours. Pure.

A text has names like `$number` in it, out of FIELDS; no title of a work is among them, for subjects are seen by everybody on the way.
"""

from collections.abc import Mapping
from typing import Final

from gateway.money.effects import BillPaper
from gateway.money.records import Bill
from gateway.notices.texts import Text, filled_in

FIELDS: Final = frozenset(
    {"kind", "number", "total", "owed", "currency", "dated", "due", "partner", "library", "contact"}
)
"""What a text may name."""


BILL: Final = Text(
    subject="$kind $number of $library",
    body="""To $partner

Attached is our $kind $number of $dated over $total $currency. $due

Questions: $contact

$library
""",
)
REMINDER: Final = Text(
    subject="Reminder: $kind $number of $library",
    body="""To $partner

Our records show $owed $currency of our $kind $number of $dated as unpaid. The attached letter says more.
If it is on its way, please set this aside.

Questions: $contact

$library
""",
)


def mail_text(bill: Bill, paper: BillPaper, own: Mapping[str, str]) -> Text:
    """Return subject and body of a mail with this paper; `own` has the library's words for `bill_subject` and the like."""
    usual, name = (BILL, "bill") if paper is BillPaper.BILL else (REMINDER, "reminder")
    return filled_in(usual, name, _facts(bill), own)


def _facts(bill: Bill) -> dict[str, str]:
    face = bill.face
    assert face is not None, "only what is finalised is sent"
    return {
        "kind": bill.kind.value,
        "number": str(bill.number),
        "total": str(bill.total),
        "owed": str(bill.balance),
        "currency": bill.currency,
        "dated": face.dated.isoformat(),
        "due": f"It is due on {face.due.isoformat()}." if face.due else "",
        "partner": face.buyer.name,
        "library": face.seller.name,
        "contact": face.seller.contact or face.seller.name,
    }
