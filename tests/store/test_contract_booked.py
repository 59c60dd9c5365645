"""Figures of money, on both stores: equal to an independent count of a made-up history, months add up to their year, and purging changes nothing."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple, cast

import msgspec
import pytest

from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import BillIntake
from gateway.money.ageing import Age, age_of
from gateway.money.amounts import NOTHING, total
from gateway.money.events import BillAct, BillActed, Credited, Proposed
from gateway.money.groups import SETTLED
from gateway.money.records import BillKind, Line, LineKind, Means, Payment
from gateway.reports.bills import BILLS, OPEN
from gateway.reports.figure import Answers, Row
from gateway.store.port import Store
from tests.money.books import FROZEN

BEGIN = datetime(2025, 7, 1, tzinfo=UTC)
MONTHS = [datetime(2025 + (6 + n) // 12, (6 + n) % 12 + 1, 1, tzinfo=UTC) for n in range(13)]
PARTNERS, CURRENCIES = ("east", "hill"), ("USD", "JPY", "KWD")
STEP = {"USD": Decimal("0.01"), "JPY": Decimal(1), "KWD": Decimal("0.001")}


class Said(NamedTuple):
    """What happened, written down a second time and by hand."""

    at: datetime
    bill: str
    partner: str
    currency: str
    column: str
    amount: Decimal


class Life:
    """A made-up year of bills, played through their door."""

    def __init__(self, door: BillIntake, seed: int) -> None:
        self.door, self.chance = door, random.Random(seed)
        self.said: list[Said] = []
        self.disputes: list[tuple[str, datetime, datetime | None]] = []
        self.dated: dict[str, datetime] = {}
        self.notes = 0

    async def play(self, bills: int) -> None:
        for number in range(bills):
            await self.bill(f"M-{number}")

    async def bill(self, name: str) -> None:
        partner, currency = self.chance.choice(PARTNERS), self.chance.choice(CURRENCIES)
        amount = STEP[currency] * self.chance.randint(1000, 90_000)
        at = BEGIN + timedelta(hours=self.chance.randint(0, 300 * 24))
        line = Line(kind=LineKind.FEE, words="Fee", amount=amount)
        await self.door.begin(Proposed(at=at, by="anna", bill=name, partner=partner, currency=currency, lines=(line,)))
        face = FROZEN["face"]
        frozen: dict[str, Any] = {**FROZEN, "face": msgspec.structs.replace(face, dated=at.date())}
        await self.door.submit_bill(name, BillActed(at=at, by="anna", act=BillAct.FINALISE, **frozen))
        self.dated[name] = at
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

    def told(self, *what: Any) -> None:
        self.said.append(Said(*what))

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
        note = f"C-{self.notes}"
        line = Line(kind=LineKind.CREDIT, words="Credit", amount=amount)
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
            self.disputes.append((name, at, None))
        return left

    def end_dispute(self, name: str, at: datetime) -> None:
        self.disputes = [
            (bill, since, at if bill == name and until is None else until) for bill, since, until in self.disputes
        ]

    # ── the count, a second time ──

    def booked(self, since: datetime, until: datetime) -> dict[tuple[str, str, str], Decimal]:
        sums: dict[tuple[str, str, str], Decimal] = defaultdict(lambda: NOTHING)
        for each in self.said:
            if since <= each.at < until:
                sums[f"{each.partner}/{each.currency}", each.column, each.currency] += each.amount
        return sums

    def open_at(self, at: datetime) -> dict[tuple[str, str], Decimal]:
        sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
        last = (at - timedelta(days=1)).date()
        for name, dated in self.dated.items():
            told = [each for each in self.said if each.bill == name and each.at < at]
            owed = total(each.amount if each.column == "billed" else -each.amount for each in told)
            if owed <= NOTHING:
                continue
            row = f"{told[0].partner}/{told[0].currency}"
            sums[row, age_of(dated.date(), last).name.lower().replace("_", "-")] += owed
            sums[row, "open"] += owed
            if any(
                bill == name and since < at and (until is None or until >= at) for bill, since, until in self.disputes
            ):
                sums[row, "disputed"] += owed
        return sums


async def rows_of(store: Store, since: datetime, until: datetime) -> tuple[list[Row], list[Row]]:
    (booked,) = await store.bills.booked([(since, until)])
    answers = Answers(
        booked=booked, open_bills=await store.bills.open_at(until), last=(until - timedelta(days=1)).date()
    )
    return list(BILLS.make(answers)), list(OPEN.make(answers))


def cells(rows: list[Row], columns: Callable[[], list[str]]) -> Iterator[tuple[str, str, Decimal]]:
    for row in rows:
        if not row.is_total:
            for column, cell in zip(columns(), row.cells, strict=True):
                yield row.name, column, Decimal(str(cell))


def booked_columns() -> list[str]:
    return [column.name for column in BILLS.columns]


def open_columns() -> list[str]:
    return [column.name for column in OPEN.columns]


@pytest.mark.parametrize("seed", range(5))
async def test_figures_of_money_are_those_of_an_independent_count(store: Store, seed: int):
    life = Life(BillIntake(store, BillPlanner()), seed)
    await life.play(14)
    year: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    before_purge = [await rows_of(store, *span) for span in pairwise(MONTHS)]
    for (since, until), (booked, owed) in zip(pairwise(MONTHS), before_purge, strict=True):
        expected = life.booked(since, until)
        for row, column, amount in cells(booked, booked_columns):
            assert amount == expected.get((row, column, row[-3:]), NOTHING), (row, column, since)
            year[row, column] += amount
        assert {row for row, *_ in cells(booked, booked_columns)} == {row for row, *_ in expected}
        open_then = life.open_at(until)
        for row, column, amount in cells(owed, open_columns):
            assert amount == open_then.get((row, column), NOTHING), (row, column, until)
        assert {row for row, *_ in cells(owed, open_columns)} == {row for row, _ in open_then}
    (booked, _) = await rows_of(store, MONTHS[0], MONTHS[-1])
    assert {(row, column): amount for row, column, amount in cells(booked, booked_columns)} == dict(year)
    assert await purged(store) > 0
    assert [await rows_of(store, *span) for span in pairwise(MONTHS)] == before_purge


async def purged(store: Store) -> int:
    """Purge every bill that is settled, as if all its work were done."""
    await cast("Any", store)._load(("DELETE FROM effects", [()]))
    count = 0
    for state in SETTLED:
        for each in await store.keeping.old_bills(state, settled_before=datetime(2099, 1, 1, tzinfo=UTC), limit=100):
            await store.keeping.purge_bill(each, at=datetime(2099, 1, 1, tzinfo=UTC))
            count += 1
    return count


def test_each_age_has_its_column():
    assert [column.name for column in OPEN.columns][: len(Age)] == [age.name.lower().replace("_", "-") for age in Age]
