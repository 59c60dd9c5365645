"""What is booked: each action changes a bill's sums and writes the ledger's lines that say so, in one place.

Whatever a row does here, the bill's balance stays the sum of its lines in the ledger, and the partner's credit that of the lines
without a bill, with a minus (tests/money/test_ledger.py).
"""

from decimal import Decimal

from gateway.money.amounts import NOTHING
from gateway.money.events import BillActed, Credited, CreditUsed, Moved, Paid, Reversed
from gateway.money.machine import BillDraft
from gateway.money.records import EntryKind


def billed(draft: BillDraft, event: object) -> None:
    """From now on it is owed."""
    draft.post(EntryKind.BILLED, draft.bill.total)


def paid(draft: BillDraft, event: Paid) -> None:
    """A payment's share."""
    draft.set(paid=draft.bill.paid + event.amount)
    draft.post(EntryKind.PAID, -event.amount, payment=event.payment)


def revived(draft: BillDraft, event: Paid) -> None:
    """It is paid after all: so much of the write-off is taken back."""
    draft.set(waived=draft.bill.waived - event.amount)
    draft.post(EntryKind.REVIVED, event.amount)
    paid(draft, event)


def reversed_payment(draft: BillDraft, event: Reversed) -> None:
    """The payment did not hold: it is owed again."""
    draft.set(paid=draft.bill.paid - event.amount)
    draft.post(EntryKind.REVERSED, event.amount, payment=event.payment, words=event.words)


def credit_used(draft: BillDraft, event: CreditUsed) -> None:
    """The partner's credit pays."""
    draft.set(paid=draft.bill.paid + event.amount)
    draft.post(EntryKind.CREDIT_USED, -event.amount)
    _change_credit(draft, EntryKind.CREDIT_USED, -event.amount)


def credited(draft: BillDraft, event: Credited) -> None:
    """A credit note takes back; what was paid of that already becomes the partner's credit."""
    left_over = max(NOTHING, event.amount - draft.bill.balance)
    draft.set(credited=draft.bill.credited + event.amount, paid=draft.bill.paid - left_over)
    draft.post(EntryKind.CREDITED, -event.amount, credit_note=event.credit_note, words=event.words)
    draft.post(EntryKind.TO_CREDIT, left_over, credit_note=event.credit_note)
    _change_credit(draft, EntryKind.TO_CREDIT, left_over, credit_note=event.credit_note)


def _change_credit(draft: BillDraft, kind: EntryKind, by: Decimal, **more: str) -> None:
    draft.credit += by
    draft.post(kind, -by, on_bill=False, **more)


def written_off(draft: BillDraft, event: BillActed) -> None:
    """Nobody waits for it any more."""
    _waive(draft, EntryKind.WRITTEN_OFF, draft.bill.balance, event.words)


def replaced(draft: BillDraft, event: BillActed) -> None:
    """Another copy came in place of the money, or of a part of it."""
    amount = draft.bill.balance if event.amount is None else event.amount
    _waive(draft, EntryKind.REPLACED, amount, event.words)


def _waive(draft: BillDraft, kind: EntryKind, amount: Decimal, words: str) -> None:
    draft.set(waived=draft.bill.waived + amount)
    draft.post(kind, -amount, words=words)


def moved(draft: BillDraft, event: Moved) -> None:
    """Another partner owes it: what is open is taken off the one's account and put on the other's. Its face stays as it went out."""
    owed = draft.bill.balance
    draft.post(EntryKind.MOVED, -owed, words=event.words)
    draft.set(partner=event.partner)
    draft.post(EntryKind.MOVED, owed, words=event.words)
