"""Bills, ledger and credit in memory, by the same pure functions as the door's: what property tests keep books in."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from gateway.money import payments, terms
from gateway.money.amounts import NOTHING, total
from gateway.money.events import (
    AnyBillEvent,
    BillAct,
    BillActed,
    CameBack,
    Credited,
    CreditUsed,
    Moved,
    Paid,
    Proposed,
    Reversed,
)
from gateway.money.machine import BillDecision
from gateway.money.records import (
    Bill,
    BilledAmount,
    BillKind,
    BillState,
    Buyer,
    Face,
    LedgerEntry,
    LineKind,
    Means,
    Payment,
    Seller,
)
from gateway.money.table import decide
from gateway.workflow.partners import Refund
from gateway.workflow.values import Money

START = datetime(2026, 7, 1, 9, tzinfo=UTC)
FACE = Face(
    seller=Seller(name="Example Valley Library"), buyer=Buyer(name="Sample City Library"), dated=date(2026, 7, 1)
)
FROZEN: dict[str, Any] = {"face": FACE, "series": "ILL", "fiscal_year": 2027, "template_hash": "0" * 64}


def line(amount: Decimal | str, kind: LineKind = LineKind.REPLACEMENT) -> BilledAmount:
    return BilledAmount(kind=kind, words=kind.value, amount=Decimal(amount))


SAMPLE, VALLEY = "sample", "valley"
Of = tuple[str, str]
"""A partner and a currency."""
USUAL: Of = (SAMPLE, "USD")


class Books:
    """What partners owe, in each currency; those of one in dollars unless told otherwise."""

    def __init__(self) -> None:
        self.at = START
        self.bills: dict[str, Bill] = {}
        self.ledger: list[LedgerEntry] = []
        self.payments: dict[str, Payment] = {}
        self.credits: dict[Of, Decimal] = defaultdict(lambda: NOTHING)

    @property
    def credit(self) -> Decimal:
        """That of the usual partner."""
        return self.credits[USUAL]

    def propose(
        self, *lines: BilledAmount, kind: BillKind = BillKind.INVOICE, corrects: str | None = None, of: Of = USUAL
    ) -> str:
        name = f"M-{len(self.bills) + 1}"
        event = Proposed(
            at=self.now(),
            by="anna",
            bill=name,
            kind=kind,
            partner=of[0],
            currency=of[1],
            lines=lines,
            credits=corrects,
        )
        ruling = decide(None, event)
        assert isinstance(ruling, BillDecision)
        self.bills[name] = ruling.bill
        return name

    def invoice(self, *amounts: Decimal | str) -> str:
        """Make an invoice with a number."""
        name = self.propose(*map(line, amounts))
        assert self.act(name, BillAct.FINALISE)
        return name

    def bill(self, of: Of, amounts: Sequence[Decimal]) -> bool:
        """Make an invoice, which gets a number if it asks for anything."""
        name = self.propose(*map(line, amounts), of=of)
        return self.act(name, BillAct.FINALISE)

    def now(self) -> datetime:
        self.at += timedelta(hours=1)
        return self.at

    def act(self, name: str, act: BillAct, **more: Any) -> bool:
        said = {**FROZEN, **more} if act is BillAct.FINALISE else more
        return self.happens(name, BillActed(at=self.now(), by="anna", act=act, **said))

    def happens(self, name: str, event: AnyBillEvent) -> bool:
        """Decide, and write what was decided, unless more credit would be used than there is."""
        bill = self.bills[name]
        ruling = decide(bill, event)
        of = (bill.partner, bill.currency)
        if not isinstance(ruling, BillDecision) or self.credits[of] + ruling.credit < NOTHING:
            return False
        self.bills[name] = ruling.bill
        self.ledger += ruling.entries
        self.credits[of] += ruling.credit
        return True

    def payment(self, amount: Decimal, of: Of, **more: Any) -> Payment:
        at = self.now()
        return Payment(
            id=f"P-{len(self.payments) + 1}", partner=of[0], currency=of[1], amount=amount, received_on=at.date(),
            means=Means.CHECK, booked_at=at, booked_by="anna", **more,
        )  # fmt: skip

    def book(self, entry: LedgerEntry) -> None:
        """Write a line of a partner's credit."""
        self.ledger.append(entry)
        self.credits[entry.partner, entry.currency] -= entry.amount

    def pay(self, amount: Decimal, shares: Mapping[str, Decimal], of: Of = USUAL) -> str | None:
        """Book a payment; None if it can't be shared so."""
        payment = self.payment(amount, of)
        name, at = payment.id, payment.booked_at
        try:
            payments.check(payment, shares, self.bills)
        except payments.ShareFault:
            return None
        events = {bill: Paid(at=at, by="anna", payment=name, amount=share) for bill, share in shares.items()}
        if not all(isinstance(decide(self.bills[bill], paid), BillDecision) for bill, paid in events.items()):
            return None
        for bill, paid in events.items():
            self.happens(bill, paid)
        rest = payments.left_over(payment, shares)
        if rest is not None:
            self.book(rest)
        self.payments[name] = payment
        return name

    def pay_back(self, amount: Decimal, of: Of) -> str | None:
        """Pay some of a partner's credit back to it; None if there is not so much."""
        payment = self.payment(amount, of, back=True)
        if amount > self.credits[of]:
            return None
        self.book(payments.paid_back(payment))
        self.payments[payment.id] = payment
        return payment.id

    def came_back(self, name: str, *, credits_it: bool) -> bool:
        return self.happens(name, CameBack(at=self.now(), by="anna", credits=credits_it))

    def move(self, was: str, now: str) -> None:
        """Merge a partner into another."""
        event = Moved(at=self.now(), by="anna", partner=now, words="one library")
        goes = [each.id for each in self.bills.values() if each.partner == was and each.state is not BillState.DROPPED]
        for name in goes:
            assert self.happens(name, event)
        for currency in [currency for partner, currency in self.credits if partner == was]:
            credit = Money(amount=self.credits[was, currency], currency=currency)
            if credit.amount:
                for entry in payments.credit_moved(was, credit, event):
                    self.book(entry)
        for name, payment in self.payments.items():
            if payment.partner == was:
                self.payments[name] = msgspec.structs.replace(payment, partner=now)

    def reverse(self, name: str) -> bool:
        payment = self.payments[name]
        if payment.reversed_at is not None:
            return False
        booked = [entry for entry in self.ledger if entry.payment == name]
        back = payments.taken_back(payment, booked, self.bills, self.now(), "anna")
        if back.credit is not None and back.credit.amount > self.credits[payment.partner, payment.currency]:
            return False
        events = {
            bill: Reversed(at=self.at, by="anna", payment=name, amount=share, words="bounced")
            for bill, share in back.shares.items()
        }
        if not all(isinstance(decide(self.bills[bill], event), BillDecision) for bill, event in events.items()):
            return False
        for bill, event in events.items():
            self.happens(bill, event)
        if back.credit is not None:
            self.book(back.credit)
        self.payments[name] = msgspec.structs.replace(payment, reversed_at=self.at)
        return True

    def credit_note(self, name: str, amount: Decimal) -> bool:
        event = Credited(at=self.now(), by="anna", credit_note=f"C-{len(self.ledger)}", amount=amount)
        return self.happens(name, event)

    def use_credit(self, name: str, amount: Decimal) -> bool:
        return self.happens(name, CreditUsed(at=self.now(), by="anna", amount=amount))

    def refund_lines(self, name: str, refund: Refund) -> tuple[BilledAmount, ...]:
        return terms.credit_lines(self.bills[name], refund)

    def must_agree(self) -> None:
        """The ledger's sums are the bills' and the credit's, and the money that came is all accounted for."""
        for bill in self.bills.values():
            of_bill = [entry.amount for entry in self.ledger if entry.bill == bill.id]
            assert total(of_bill) == bill.balance, bill
            assert NOTHING <= bill.balance <= bill.total
            assert min(bill.paid, bill.credited, bill.waived) >= NOTHING
        accounts = {(entry.partner, entry.currency) for entry in self.ledger} | self.credits.keys()
        for of in accounts:
            lines = [entry for entry in self.ledger if (entry.partner, entry.currency) == of]
            owed = total(bill.balance for bill in self.bills.values() if (bill.partner, bill.currency) == of)
            assert total(entry.amount for entry in lines if entry.bill is not None) == owed, of
            assert total(entry.amount for entry in lines if entry.bill is None) == -self.credits[of], of
            assert self.credits[of] >= NOTHING
        for currency in {currency for _, currency in accounts}:
            held = [each for each in self.payments.values() if each.currency == currency and each.reversed_at is None]
            came = total(-each.amount if each.back else each.amount for each in held)
            of_payments = [each for each in self.ledger if each.payment is not None and each.currency == currency]
            assert came == -total(entry.amount for entry in of_payments), currency
