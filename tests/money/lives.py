"""Made-up years of money, played through the doors of bills and of lenders' invoices, and counted a second time by hand."""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from gateway.dispatch.bills import BillIntake
from gateway.dispatch.invoices import InvoiceIntake
from gateway.money.ageing import age_of
from gateway.money.amounts import NOTHING, total
from gateway.money.engine import Decision
from gateway.money.events import BillAct, BillActed, Credited, Proposed
from gateway.money.invoices.events import InvoiceAct, InvoiceActed, InvoiceEntered
from gateway.money.invoices.records import Claim, InvoiceKind
from gateway.money.records import BilledAmount, BillKind, LineKind, Means, Payment
from tests.money.books import FROZEN
from tests.money.test_invoice_table import LETTER

BEGIN = datetime(2025, 7, 1, tzinfo=UTC)
MONTHS = [datetime(2025 + (6 + n) // 12, (6 + n) % 12 + 1, 1, tzinfo=UTC) for n in range(13)]
CURRENCIES = ("USD", "JPY", "KWD")
STEP = {"USD": Decimal("0.01"), "JPY": Decimal(1), "KWD": Decimal("0.001")}
MOST = 999_999_999
"""Minor units: of JPY a thousand million."""
OWES = {"billed": 1, "asked": 1, "disputed": 0}
"""What a column adds to what is owed; of all others it is taken off."""


class Said(NamedTuple):
    """What happened, written down a second time and by hand."""

    at: datetime
    bill: str
    partner: str
    currency: str
    column: str
    amount: Decimal


class Told:
    """What happened in a made-up year, and the sums of it, by hand."""

    def __init__(self, seed: int) -> None:
        self.seed, self.chance = seed, random.Random(seed)
        self.partners = (f"east-{seed}", f"hill-{seed}")
        self.said: list[Said] = []
        self.disputes: list[tuple[str, datetime, datetime | None]] = []
        self.dated: dict[str, date] = {}

    def told(self, *what: Any) -> None:
        self.said.append(Said(*what))

    def some_amount(self, currency: str) -> Decimal:
        """An amount as libraries have them, now and then the least or nearly the most."""
        return STEP[currency] * self.chance.choice((*[self.chance.randint(1000, 90_000)] * 8, 1, MOST))

    def begin_dispute(self, name: str, at: datetime) -> None:
        self.disputes.append((name, at, None))

    def end_dispute(self, name: str, at: datetime) -> None:
        self.disputes = [
            (bill, since, at if bill == name and until is None else until) for bill, since, until in self.disputes
        ]

    def is_disputed(self, name: str, at: datetime) -> bool:
        return any(
            bill == name and since < at and (until is None or until >= at) for bill, since, until in self.disputes
        )

    def booked(self, since: datetime, until: datetime) -> dict[tuple[str, str], Decimal]:
        sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
        for each in self.said:
            if since <= each.at < until:
                sums[f"{each.partner}/{each.currency}", each.column] += each.amount
        return sums

    def open_at(self, at: datetime) -> dict[tuple[str, str], Decimal]:
        sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
        last = (at - timedelta(days=1)).date()
        for name, dated in self.dated.items():
            told = [each for each in self.said if each.bill == name and each.at < at]
            owed = total(each.amount * OWES.get(each.column, -1) for each in told)
            if owed <= NOTHING:
                continue
            row = f"{told[0].partner}/{told[0].currency}"
            sums[row, age_of(dated, last).name.lower().replace("_", "-")] += owed
            sums[row, "open"] += owed
            if self.is_disputed(name, at):
                sums[row, "disputed"] += owed
        return sums


class BillLife(Told):
    """A made-up year of bills, played through their door."""

    def __init__(self, door: BillIntake, seed: int) -> None:
        super().__init__(seed)
        self.door = door
        self.notes = 0

    async def play(self, bills: int) -> None:
        for number in range(bills):
            await self.bill(f"M-{self.seed}-{number}")

    async def asked(self, name: str, partner: str, currency: str, amounts: tuple[Decimal, ...], at: datetime) -> None:
        """A bill with its number, and nothing after that."""
        lines = tuple(BilledAmount(kind=LineKind.FEE, words="Fee", amount=amount) for amount in amounts)
        await self.door.begin(Proposed(at=at, by="anna", bill=name, partner=partner, currency=currency, lines=lines))
        face = FROZEN["face"]
        frozen: dict[str, Any] = {**FROZEN, "face": msgspec.structs.replace(face, dated=at.date())}
        await self.door.submit_bill(name, BillActed(at=at, by="anna", act=BillAct.FINALISE, **frozen))

    async def bill(self, name: str) -> None:
        partner, currency = self.chance.choice(self.partners), self.chance.choice(CURRENCIES)
        amount = self.some_amount(currency)
        at = BEGIN + timedelta(hours=self.chance.randint(0, 300 * 24))
        await self.asked(name, partner, currency, (amount,), at)
        self.dated[name] = at.date()
        self.told(at, name, partner, currency, "billed", amount)
        left = amount
        for _ in range(self.chance.randint(0, 4)):
            at += timedelta(hours=self.chance.randint(1, 30 * 24))
            left = await self.chance.choice((self.pay, self.pay, self.bounce, self.credit, self.dispute))(
                at, name, partner, currency, left
            )
        if left and self.chance.random() < 0.3:
            at += timedelta(hours=1)
            await self.act(at, name, BillAct.WRITE_OFF)
            self.end_dispute(name, at)
            self.told(at, name, partner, currency, "waived", left)

    async def act(self, at: datetime, name: str, act: BillAct) -> None:
        await self.door.submit_bill(name, BillActed(at=at, by="anna", act=act, words="Because."))

    def some_of(self, left: Decimal, currency: str) -> Decimal:
        units = int(left / STEP[currency])
        return STEP[currency] * self.chance.choice((units, max(1, units // 3)))

    async def pay(self, at: datetime, name: str, partner: str, currency: str, left: Decimal) -> Decimal:
        if not left:
            return left
        amount = self.some_of(left, currency)
        await self.paid(at, name, partner, currency, amount)
        if amount == left:
            self.end_dispute(name, at)
        return left - amount

    async def paid(self, at: datetime, name: str, partner: str, currency: str, amount: Decimal) -> Payment:
        payment = Payment(
            id="", partner=partner, currency=currency, amount=amount, received_on=at.date(), means=Means.CHECK,
            booked_at=at, booked_by="anna",
        )  # fmt: skip
        booked = await self.door.pay(payment, {name: amount})
        assert isinstance(booked, Payment)
        self.told(at, name, partner, currency, "paid", amount)
        return booked

    async def bounce(self, at: datetime, name: str, partner: str, currency: str, left: Decimal) -> Decimal:
        if not left:
            return left
        amount = self.some_of(left, currency)
        booked = await self.paid(at, name, partner, currency, amount)
        if amount == left:
            self.end_dispute(name, at)
        later = at + timedelta(minutes=10)
        assert isinstance(await self.door.take_back(booked.id, why="It bounced.", at=later, by="anna"), Payment)
        self.told(later, name, partner, currency, "paid", -amount)
        return left

    async def credit(self, at: datetime, name: str, partner: str, currency: str, left: Decimal) -> Decimal:
        if not left:
            return left
        amount = self.some_of(left, currency)
        self.notes += 1
        note = f"C-{self.seed}-{self.notes}"
        line = BilledAmount(kind=LineKind.CREDIT, words="Credit", amount=amount)
        await self.door.begin(
            Proposed(
                at=at,
                by="anna",
                bill=note,
                kind=BillKind.CREDIT_NOTE,
                partner=partner,
                currency=currency,
                lines=(line,),
                credits=name,
            )
        )
        await self.door.submit_bill(name, Credited(at=at, by="anna", credit_note=note, amount=amount))
        if amount == left:
            self.end_dispute(name, at)
        self.told(at, name, partner, currency, "credited", amount)
        return left - amount

    async def dispute(self, at: datetime, name: str, partner: str, currency: str, left: Decimal) -> Decimal:
        if left and not any(bill == name and until is None for bill, _, until in self.disputes):
            await self.act(at, name, BillAct.DISPUTE)
            self.begin_dispute(name, at)
        return left


class InvoiceLife(Told):
    """A made-up year of lenders' invoices, likewise: each is one of six stories."""

    def __init__(self, door: InvoiceIntake, seed: int) -> None:
        super().__init__(seed)
        self.door = door

    async def play(self, invoices: int) -> None:
        for number in range(invoices):
            await self.invoice(f"V-{self.seed}-{number}")

    async def entered(self, name: str, dated: date, amount: Decimal) -> Claim:
        """An invoice, and nothing after that."""
        lender, currency = self.of
        claim = Claim(
            number=name, lender="Sample City Library", partner=lender, kind=InvoiceKind.FEE, currency=currency, dated=dated,
            amount=amount,
        )  # fmt: skip
        await self.door.enter(InvoiceEntered(at=self.at, by="anna", invoice=name, claim=claim, fiscal_year=2026))
        return claim

    async def invoice(self, name: str) -> None:
        lender, currency = self.chance.choice(self.partners), self.chance.choice(CURRENCIES)
        self.at = BEGIN + timedelta(hours=self.chance.randint(0, 300 * 24))
        self.of = (lender, currency)
        dated = self.at.date() - timedelta(days=self.chance.randint(0, 80))
        claim = await self.entered(name, dated, self.some_amount(currency))
        self.dated[name] = claim.dated
        self.tell(name, "asked", claim.amount)
        stories = (self.pay, self.pay, self.pay_less, self.correct, self.give_up, self.dispute, self.drop)
        await self.chance.choice(stories)(name, claim)

    def tell(self, name: str, column: str, amount: Decimal) -> None:
        self.told(self.at, name, *self.of, column, amount)

    async def act(self, name: str, act: InvoiceAct, by: str = "anna", **more: Any) -> None:
        self.at += timedelta(hours=self.chance.randint(1, 20 * 24))
        event = InvoiceActed(at=self.at, by=by, act=act, words="Because.", **more)
        assert isinstance(await self.door.submit_invoice(name, event), Decision)

    async def verify(self, name: str) -> None:
        await self.act(name, InvoiceAct.VERIFY)
        await self.act(name, InvoiceAct.APPROVE, by="berta")

    async def pay(self, name: str, claim: Claim) -> None:
        await self.verify(name)
        for _ in range(self.chance.randint(1, 2)):
            await self.act(name, InvoiceAct.PAY, paid_on=self.at.date(), means=Means.CHECK, reference="4711")
            self.tell(name, "paid", claim.amount)
            if self.chance.random() < 0.3:
                await self.act(name, InvoiceAct.NOT_PAID)
                self.tell(name, "paid", -claim.amount)
            else:
                return

    async def dispute(self, name: str, claim: Claim) -> None:
        await self.act(name, InvoiceAct.DISPUTE, letter=LETTER)
        self.begin_dispute(name, self.at)
        self.tell(name, "disputed", claim.amount)

    async def pay_less(self, name: str, claim: Claim) -> None:
        await self.dispute(name, claim)
        less = STEP[claim.currency] * self.chance.choice((0, int(claim.amount / STEP[claim.currency]) // 2))
        await self.act(name, InvoiceAct.END_DISPUTE, amount=less)
        self.end_dispute(name, self.at)
        self.tell(name, "disputed", -claim.amount)
        self.tell(name, "let-off", claim.amount - less)
        if less:
            await self.pay(name, msgspec.structs.replace(claim, amount=less))

    async def correct(self, name: str, claim: Claim) -> None:
        right = msgspec.structs.replace(claim, amount=claim.amount + STEP[claim.currency])
        await self.act(name, InvoiceAct.CORRECT, claim=right)
        self.tell(name, "asked", STEP[claim.currency])

    async def give_up(self, name: str, claim: Claim) -> None:
        await self.act(name, InvoiceAct.WITHDRAW)
        self.tell(name, "let-off", claim.amount)

    async def drop(self, name: str, claim: Claim) -> None:
        await self.act(name, InvoiceAct.DROP)
        self.tell(name, "asked", -claim.amount)
