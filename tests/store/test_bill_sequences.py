"""Whatever happens to bills, in whatever order, through their door on SQLite: the store says what the books in memory say, and its ledger agrees."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import BillIntake
from gateway.money.amounts import total
from gateway.money.engine import MoneyRefused
from gateway.money.events import AnyBillEvent, BillAct, BillActed, CameBack, CreditUsed, Proposed
from gateway.money.machine import BillDecision
from gateway.money.payments import ShareFault
from gateway.money.records import BillKind, LedgerEntry, LineKind, Payment
from gateway.store.bills_port import BillFilter
from gateway.store.sqlite import SqliteStore
from tests.fakes.examples import share_of
from tests.money.books import FROZEN, SAMPLE, VALLEY, Books, Of, line
from tests.money.steps import ACTS, Step, call_of, drawn
from tests.store.fresh import lay_tables
from tests.store.test_contract_bills import known


class Door:
    """The calls of the books through the door of a store; each returns whether it was done."""

    def __init__(self, store: SqliteStore) -> None:
        self.store, self.door = store, BillIntake(store, BillPlanner())
        self.clock = Books()
        self.names: list[str] = []
        self.payments: list[str] = []
        self.notes = 0

    async def happens(self, name: str, event: AnyBillEvent) -> bool:
        return isinstance(await self.door.submit_bill(name, event), BillDecision)

    async def bill(self, of: Of, amounts: Sequence[Decimal]) -> bool:
        name = f"M-{len(self.names) + 1}"
        self.names.append(name)
        partner, currency = of
        lines = tuple(map(line, amounts))
        at = self.clock.now()
        await self.door.begin(Proposed(at=at, by="anna", bill=name, partner=partner, currency=currency, lines=lines))
        return await self.act(name, BillAct.FINALISE)

    async def act(self, name: str, act: BillAct, **more: Any) -> bool:
        frozen = FROZEN if act is BillAct.FINALISE else {}
        return await self.happens(name, BillActed(at=self.clock.now(), by="anna", act=act, **frozen, **more))

    async def pay(self, amount: Decimal, shares: Mapping[str, Decimal], of: Of) -> bool:
        try:
            return self._booked(await self.door.pay(self.clock.payment(amount, of), shares))
        except ShareFault:
            return False

    async def pay_back(self, amount: Decimal, of: Of) -> bool:
        return self._booked(await self.door.pay_back(self.clock.payment(amount, of)))

    def _booked(self, payment: Payment | MoneyRefused) -> bool:
        if isinstance(payment, MoneyRefused):
            return False
        self.payments.append(payment.id)
        return True

    async def reverse(self, name: str) -> bool:
        """The books number payments as they come."""
        payment = self.payments[int(name.removeprefix("P-")) - 1]
        taken = await self.door.take_back(payment, why="bounced", at=self.clock.now(), by="anna")
        return isinstance(taken, Payment)

    async def credit_note(self, name: str, amount: Decimal) -> bool:
        """A paper of its own, which is finalised; dropped if that is refused."""
        bill = await known(self.store, name)
        self.notes += 1
        note = f"C-{self.notes}"
        lines = (line(amount, LineKind.CREDIT),)
        of: dict[str, Any] = {
            "partner": bill.partner,
            "currency": bill.currency,
            "kind": BillKind.CREDIT_NOTE,
            "credits": name,
        }
        await self.door.begin(Proposed(at=self.clock.now(), by="anna", bill=note, lines=lines, **of))
        done = await self.act(note, BillAct.FINALISE)
        return done or not await self.act(note, BillAct.DROP)

    async def use_credit(self, name: str, amount: Decimal) -> bool:
        return await self.happens(name, CreditUsed(at=self.clock.now(), by="anna", amount=amount))

    async def came_back(self, name: str, *, credits_it: bool) -> bool:
        return await self.happens(name, CameBack(at=self.clock.now(), by="anna", credits=credits_it))

    async def move(self, was: str, now: str) -> None:
        await self.door.move(was, now, at=self.clock.now(), by="anna", words="one library")

    async def ledger(self) -> list[LedgerEntry]:
        return [entry for partner in (SAMPLE, VALLEY) for entry in await self.store.bills.ledger(partner=partner)]


async def both(steps: Sequence[Step], path: Path) -> None:
    """Take each step in the books and through the door: what is refused by the one is refused by the other."""
    await lay_tables(path)
    store = SqliteStore(path)
    await store.open()
    try:
        books, door = Books(), Door(store)
        for step in steps:
            call = call_of(books, step)
            if call is not None:
                name, given, more = call
                done = getattr(books, name)(*given, **more)
                assert bool(await getattr(door, name)(*given, **more)) == bool(done), call
        await must_be_the_same(books, door)
    finally:
        await store.close()


async def must_be_the_same(books: Books, door: Door) -> None:
    books.must_agree()
    for name, kept in books.bills.items():
        bill = await known(door.store, name)
        for each in ("state", "partner", "currency", "total", "paid", "credited", "waived", "balance"):
            assert getattr(bill, each) == getattr(kept, each), (name, each)
        assert (bill.back_at is None) == (kept.back_at is None)
    ledger = await door.ledger()
    assert booked(ledger) == booked(books.ledger)
    credit = {(partner, currency): amount for partner, currency, amount in await door.store.bills.credit()}
    assert credit == {of: amount for of, amount in books.credits.items() if amount}
    for bill in await door.store.bills.bills(BillFilter(limit=1000)):
        assert total(entry.amount for entry in ledger if entry.bill == bill.id) == bill.balance
    payments = [await door.store.bills.payment(name) for name in door.payments]
    assert [payment and (payment.partner, payment.reversed_at is None) for payment in payments] == [
        (payment.partner, payment.reversed_at is None) for payment in books.payments.values()
    ]


def booked(entries: Sequence[LedgerEntry]) -> Counter[tuple[Any, ...]]:
    """All lines of a ledger, without when, and without the numbers of payments and credit notes."""
    return Counter(
        (entry.partner, entry.currency, entry.bill, entry.kind, entry.amount, entry.payment is None)
        for entry in entries
    )


SEEDS = range(12)
STEPS_OF_EACH = 120
DONE: set[str] = {
    "bill", "pay", "pay_back", "reverse", "pay_back taken back", "credit_note", "use_credit", "came_back", "move",
    *(f"act {act}" for act in ACTS if act is not BillAct.FINALISE),
}  # fmt: skip


def steps_of(seed: int) -> list[Step]:
    random = Random(seed)
    return [drawn(random) for _ in range(STEPS_OF_EACH)]


@pytest.mark.parametrize("seed", share_of(SEEDS))
async def test_the_store_says_what_the_books_say_after_any_sequence(seed: int, tmp_path: Path) -> None:
    await both(steps_of(seed), tmp_path / "gateway.db")


def test_the_sequences_have_in_them_all_that_can_happen() -> None:
    """Done, and not only refused."""
    done = set()
    for seed in SEEDS:
        books = Books()
        for call in filter(None, (call_of(books, step) for step in steps_of(seed))):
            name, given, more = call
            if getattr(books, name)(*given, **more):
                back = name == "reverse" and books.payments[given[0]].back
                done.add("pay_back taken back" if back else f"act {given[1]}" if name == "act" else name)
            elif name == "move" and any(bill.partner == given[1] for bill in books.bills.values()):
                done.add(name)
    assert done >= DONE
