"""The life of a bill: everything that happens to what a partner owes us.

Rules on which the table rests (money.md):

- Before anything is billed, the circulation system is asked again (17) and a person has looked at our own shelf.
- From the moment it has a number nothing of a bill is changed or deleted: a mistake is mended by a credit note and a new invoice.
- Nothing is sent before its PDF is made; it is made once.
- Whatever is booked changes a bill's sums and the ledger together (post.py).
- A write-off has a reason, and a manager behind it (desk.access).

The first row that fits counts.
"""

from typing import Final

from gateway.money import engine, keep
from gateway.money.engine import MoneyIgnored, MoneyRefused
from gateway.money.events import TRIGGER_OF, AnyBillEvent, BillTrigger
from gateway.money.machine import BillDecision, BillDraft, BillRuling, BillTable
from gateway.money.records import Bill
from gateway.money.stages import drafting, sending, settling

T = BillTrigger

BILLS: Final = BillTable(
    rows=(*drafting.ROWS, *sending.ROWS, *settling.ROWS),
    begin=keep.begin,
    draft=BillDraft,
    called=lambda bill: bill.kind,
    triggers=TRIGGER_OF,
    of_people=frozenset({T.PROPOSED, T.PAID, T.REVERSED, T.CREDIT_USED, T.CREDITED}),
)


def decide(bill: Bill | None, event: AnyBillEvent) -> BillRuling:
    """Say what happens to the bill. Pure. `bill` is None for a proposal alone."""
    ruling = engine.decide(BILLS, bill, event)
    assert isinstance(ruling, BillDecision | MoneyIgnored | MoneyRefused), "a BillDraft makes BillDecisions"
    return ruling
