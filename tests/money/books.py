"""Bills, ledger and credit in memory, by the same pure functions as the door's: what property tests keep books in."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from gateway.money import machine, payments, terms
from gateway.money.amounts import NOTHING, total
from gateway.money.events import (
    AnyBillEvent,
    BillAct,
    BillActed,
    Credited,
    CreditUsed,
    Paid,
    Proposed,
    Reversed,
)
from gateway.money.machine import BillDecision, BillRuling
from gateway.money.records import Bill, BillKind, Buyer, Entry, Face, Line, LineKind, Means, Payment, Seller
from gateway.money.table import BILLS
from gateway.workflow.partners import Refund

START = datetime(2026, 7, 1, 9, tzinfo=UTC)
FACE = Face(
    seller=Seller(name="Example Valley Library"), buyer=Buyer(name="Sample City Library"), dated=date(2026, 7, 1)
)
FROZEN: dict[str, Any] = {"face": FACE, "series": "ILL", "fiscal_year": 2027, "template_hash": "0" * 64}


def line(amount: Decimal | str, kind: LineKind = LineKind.REPLACEMENT) -> Line:
    return Line(kind=kind, words=kind.value, amount=Decimal(amount))


class Books:
    """What one partner owes in one currency."""

    def __init__(self) -> None:
        self.at = START
        self.bills: dict[str, Bill] = {}
        self.ledger: list[Entry] = []
        self.payments: dict[str, Payment] = {}
        self.credit = NOTHING

    def propose(self, *lines: Line, kind: BillKind = BillKind.INVOICE, corrects: str | None = None) -> str:
        name = f"M-{len(self.bills) + 1}"
        event = Proposed(
            at=self.now(),
            by="anna",
            bill=name,
            kind=kind,
            partner="sample",
            currency="USD",
            lines=lines,
            credits=corrects,
        )
        ruling = machine.decide(BILLS, None, event)
        assert isinstance(ruling, BillDecision)
        self.bills[name] = ruling.bill
        return name

    def invoice(self, *amounts: Decimal | str) -> str:
        """Make an invoice with a number."""
        name = self.propose(*map(line, amounts))
        assert isinstance(self.act(name, BillAct.FINALISE, **FROZEN), BillDecision)
        return name

    def now(self) -> datetime:
        self.at += timedelta(hours=1)
        return self.at

    def act(self, name: str, act: BillAct, **more: Any) -> BillRuling:
        return self.happens(name, BillActed(at=self.now(), by="anna", act=act, **more))

    def happens(self, name: str, event: AnyBillEvent) -> BillRuling:
        """Decide, and write what was decided, unless more credit would be used than there is."""
        ruling = machine.decide(BILLS, self.bills[name], event)
        if isinstance(ruling, BillDecision) and self.credit + ruling.credit >= NOTHING:
            self.bills[name] = ruling.bill
            self.ledger += ruling.entries
            self.credit += ruling.credit
        return ruling

    def pay(self, amount: Decimal, shares: dict[str, Decimal]) -> str | None:
        """Book a payment; None if it can't be shared so."""
        name = f"P-{len(self.payments) + 1}"
        at = self.now()
        payment = Payment(
            id=name, partner="sample", currency="USD", amount=amount, received_on=at.date(), means=Means.CHECK, booked_at=at,
            booked_by="anna",
        )  # fmt: skip
        try:
            payments.check(payment, shares, self.bills)
        except payments.ShareFault:
            return None
        events = {bill: Paid(at=at, by="anna", payment=name, amount=share) for bill, share in shares.items()}
        if not all(
            isinstance(machine.decide(BILLS, self.bills[bill], paid), BillDecision) for bill, paid in events.items()
        ):
            return None
        for bill, paid in events.items():
            self.happens(bill, paid)
        rest = payments.left_over(payment, shares)
        if rest is not None:
            self.ledger.append(rest)
            self.credit -= rest.amount
        self.payments[name] = payment
        return name

    def reverse(self, name: str) -> bool:
        payment = self.payments[name]
        if payment.reversed_at is not None:
            return False
        booked = [entry for entry in self.ledger if entry.payment == name]
        back = payments.taken_back(payment, booked, self.bills, self.now(), "anna")
        if back.credit is not None and back.credit.amount > self.credit:
            return False
        events = {
            bill: Reversed(at=self.at, by="anna", payment=name, amount=share, words="bounced")
            for bill, share in back.shares.items()
        }
        if not all(
            isinstance(machine.decide(BILLS, self.bills[bill], event), BillDecision) for bill, event in events.items()
        ):
            return False
        for bill, event in events.items():
            self.happens(bill, event)
        if back.credit is not None:
            self.ledger.append(back.credit)
            self.credit -= back.credit.amount
        self.payments[name] = msgspec.structs.replace(payment, reversed_at=self.at)
        return True

    def credit_note(self, name: str, amount: Decimal) -> bool:
        event = Credited(at=self.now(), by="anna", credit_note=f"C-{len(self.ledger)}", amount=amount)
        return isinstance(self.happens(name, event), BillDecision)

    def use_credit(self, name: str, amount: Decimal) -> bool:
        return isinstance(self.happens(name, CreditUsed(at=self.now(), by="anna", amount=amount)), BillDecision)

    def refund_lines(self, name: str, refund: Refund) -> tuple[Line, ...]:
        return terms.credit_lines(self.bills[name], refund)

    def must_agree(self) -> None:
        """The ledger's sums are the bills' and the credit's, and the money that came is all accounted for."""
        for bill in self.bills.values():
            of_bill = [entry.amount for entry in self.ledger if entry.bill == bill.id]
            assert total(of_bill) == bill.balance, bill
            assert NOTHING <= bill.balance <= bill.total
            assert min(bill.paid, bill.credited, bill.waived) >= NOTHING
        assert total(entry.amount for entry in self.ledger if entry.bill is None) == -self.credit
        assert self.credit >= NOTHING
        came = total(payment.amount for payment in self.payments.values() if payment.reversed_at is None)
        booked = -total(entry.amount for entry in self.ledger if entry.payment is not None)
        assert came == booked
