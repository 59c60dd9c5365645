"""How a payment is shared among bills, and how it is taken back. Pure.

What is left after its bills stays as the partner's credit: a line of the ledger of no bill.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from gateway.money.amounts import NOTHING, total
from gateway.money.events import Moved
from gateway.money.records import Bill, BillState, EntryKind, LedgerEntry, Payment, Shares
from gateway.workflow.values import Money


class ShareFault(ValueError):  # noqa: N818 - what is wrong, in words for whoever entered it
    """A payment can't be shared so; the text says why."""


def oldest_first(payment: Payment, bills: Iterable[Bill]) -> dict[str, Decimal]:
    """Share a payment among bills, the oldest first, as far as it goes: for who names none."""
    left, shares = payment.amount, {}
    owed = [bill for bill in bills if bill.balance > NOTHING and bill.currency == payment.currency]
    for bill in sorted(owed, key=lambda bill: (bill.face.dated if bill.face else bill.created_at.date(), bill.id)):
        share = min(left, bill.balance)
        if share > NOTHING:
            shares[bill.id] = share
            left -= share
    return shares


def payable(bill: Bill) -> Decimal:
    """Return how much can be paid on a bill: what it owes, and what was written off, for a partner that pays after all."""
    return bill.waived if bill.state is BillState.WRITTEN_OFF else bill.balance


def check(payment: Payment, shares: Shares, bills: Mapping[str, Bill]) -> None:
    """Raise ShareFault unless each share is for a bill of the same partner and currency, and all are no more than came."""
    for name, share in shares.items():
        bill = bills.get(name)
        if bill is None or bill.partner != payment.partner:
            raise ShareFault(f"{bill.number if bill and bill.number else name} is no bill of this partner.")
        if bill.currency != payment.currency:
            raise ShareFault(f"{bill.number or name} is in {bill.currency}, and the payment in {payment.currency}.")
        if not NOTHING < share <= payable(bill):
            words = f"{bill.number or name} owes {payable(bill)} {bill.currency}: no more can be paid on it."
            raise ShareFault(words)
    if total(shares.values()) > payment.amount:
        raise ShareFault(f"The shares are more than the {payment.amount} {payment.currency} that came.")


def left_over(payment: Payment, shares: Shares) -> LedgerEntry | None:
    """Return the ledger's line for what stays as credit; None if nothing does."""
    rest = payment.amount - total(shares.values())
    return _of_credit(payment, EntryKind.OVERPAID, -rest) if rest > NOTHING else None


def credit_moved(was: str, amount: Money, moved: Moved) -> tuple[LedgerEntry, LedgerEntry]:
    """Return the ledger's lines for credit that goes from one partner to the one that it was merged into."""
    of: dict[str, Any] = {
        "currency": amount.currency,
        "bill": None,
        "at": moved.at,
        "by": moved.by,
        "words": moved.words,
    }
    return (
        LedgerEntry(partner=was, kind=EntryKind.MOVED, amount=amount.amount, **of),
        LedgerEntry(partner=moved.partner, kind=EntryKind.MOVED, amount=-amount.amount, **of),
    )


def paid_back(payment: Payment) -> LedgerEntry:
    """Return the ledger's line for credit that is paid back to the partner."""
    return _of_credit(payment, EntryKind.PAID_BACK, payment.amount)


class TakenBack(msgspec.Struct, frozen=True, kw_only=True):
    """Where a payment is taken back from."""

    shares: Shares
    credit: LedgerEntry | None
    """What comes out of the partner's credit."""


def taken_back(
    payment: Payment, booked: Iterable[LedgerEntry], bills: Mapping[str, Bill], at: datetime, by: str
) -> TakenBack:
    """Say from where a payment is taken back: from the bills that it still pays, and for the rest from the partner's credit.

    `booked` are the ledger's lines of this payment. What a credit note has made credit is taken from there. What was paid back to the
    partner, and did not reach it, is its credit again.
    """
    kept = msgspec.structs.replace(payment, booked_at=at, booked_by=by)
    if payment.back:
        return TakenBack(shares={}, credit=_of_credit(kept, EntryKind.REVERSED, -payment.amount))
    on_bill: dict[str, Decimal] = {}
    for entry in booked:
        if entry.bill is not None and entry.kind in {EntryKind.PAID, EntryKind.REVERSED}:
            on_bill[entry.bill] = on_bill.get(entry.bill, NOTHING) - entry.amount
    shares = {name: min(share, bills[name].paid) for name, share in on_bill.items()}
    shares = {name: share for name, share in shares.items() if share > NOTHING}
    rest = payment.amount - total(shares.values())
    return TakenBack(shares=shares, credit=_of_credit(kept, EntryKind.REVERSED, rest) if rest > NOTHING else None)


def _of_credit(payment: Payment, kind: EntryKind, amount: Decimal) -> LedgerEntry:
    return LedgerEntry(
        partner=payment.partner,
        currency=payment.currency,
        bill=None,
        kind=kind,
        amount=amount,
        at=payment.booked_at,
        by=payment.booked_by,
        payment=payment.id,
    )
