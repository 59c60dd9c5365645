"""The contract of the port, on both stores: what a partner owes goes with it into another, line by line of the ledger."""

from datetime import timedelta
from decimal import Decimal

import pytest

from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import BillIntake
from gateway.money.amounts import NOTHING, total
from gateway.money.events import BillAct
from gateway.money.machine import BillDecision
from gateway.money.records import Bill, BilledAmount, BillKind, BillState, EntryKind, LineKind, Payment
from gateway.store.bills_port import BillFilter
from gateway.store.port import Store
from tests.money.books import FROZEN
from tests.store.test_contract_bills import acted, finalise, known, payment, proposed
from tests.store.values import later

WORDS = "Partner sample was merged into union."


@pytest.fixture
def door(store: Store) -> BillIntake:
    return BillIntake(store, BillPlanner())


async def numbered(store: Store, door: BillIntake, name: str) -> Bill:
    await door.begin(proposed(name))
    assert isinstance(await door.submit_bill(name, finalise()), BillDecision)
    return await known(store, name)


async def moved(door: BillIntake, at: float = 20) -> int:
    return await door.move("sample", "union", at=later(at), by="root", words=WORDS)


async def account(store: Store, partner: str) -> Decimal:
    """What the ledger says of a partner: what it owes, less its credit."""
    return total(entry.amount for entry in await store.bills.ledger(partner=partner))


async def test_bills_credit_and_payments_are_the_other_ones(store: Store, door: BillIntake) -> None:
    open_bill, paid = await numbered(store, door, "M-1"), await numbered(store, door, "M-2")
    await door.begin(proposed("M-3"))
    await door.begin(proposed("M-4"))
    await door.submit_bill("M-4", acted(BillAct.DROP))
    booked = await door.pay(payment("85.00"), {"M-2": Decimal("75.00")})
    assert isinstance(booked, Payment)
    assert await moved(door) == 3
    assert {bill.id for bill in await store.bills.bills(BillFilter(partner="union"))} == {"M-1", "M-2", "M-3"}
    assert (await known(store, "M-1")).face == open_bill.face, "it keeps the name that it was issued to"
    assert (await known(store, "M-1")).number == open_bill.number
    assert (await known(store, "M-2")).paid == paid.total
    assert [row.partner for row in await store.bills.owed()] == ["union"]
    assert await store.bills.credit() == (("union", "USD", Decimal("10.00")),)
    assert [each.partner for each in await store.bills.payments(partner="union", limit=9)] == ["union"]
    assert (await account(store, "sample"), await account(store, "union")) == (NOTHING, Decimal("65.00"))
    assert [(line.words, line.by) for line in await store.bills.history("M-1")][-1] == (WORDS, "root")
    for name in ("M-1", "M-2", "M-3"):
        bill = await known(store, name)
        assert total(entry.amount for entry in await store.bills.ledger(bill=name)) == bill.balance


async def test_what_was_moved_is_moved_once(store: Store, door: BillIntake) -> None:
    await numbered(store, door, "M-1")
    await door.pay(payment("5.00"), {})
    await moved(door)
    lines = await store.bills.ledger(partner="union")
    assert await moved(door, 21) == 0
    assert await store.bills.ledger(partner="union") == lines
    assert [(line.kind, line.amount) for line in lines] == [
        (EntryKind.MOVED, Decimal("75.00")),
        (EntryKind.MOVED, Decimal("-5.00")),
    ]


async def test_what_happens_to_it_later_happens_to_the_other_partner(store: Store, door: BillIntake) -> None:
    """A check of before that bounces, and a credit note for what was paid before."""
    await numbered(store, door, "M-1")
    await numbered(store, door, "M-2")
    first = await door.pay(payment("80.00"), {"M-1": Decimal("75.00")})
    second = await door.pay(payment("75.00"), {"M-2": Decimal("75.00")})
    assert isinstance(first, Payment)
    assert isinstance(second, Payment)
    await moved(door)
    assert isinstance(await door.take_back(first.id, why="bounced", at=later(22), by="anna"), Payment)
    assert ((await known(store, "M-1")).balance, await store.bills.credit()) == (Decimal("75.00"), ())
    line = BilledAmount(kind=LineKind.CREDIT, words="Credit", amount=Decimal("75.00"))
    note = proposed("M-3", line, kind=BillKind.CREDIT_NOTE, credits="M-2", partner="union")
    await door.begin(note)
    assert isinstance(
        await door.submit_bill("M-3", acted(BillAct.FINALISE, 23, **{**FROZEN, "series": "CN"})), BillDecision
    )
    assert await store.bills.credit() == (("union", "USD", Decimal("75.00")),)
    assert (await account(store, "sample"), await account(store, "union")) == (NOTHING, NOTHING)


async def test_figures_of_the_time_before_stay_as_they_were(store: Store, door: BillIntake) -> None:
    await numbered(store, door, "M-1")
    since, merged_at = later(0), later(20)
    before = (await store.bills.open_at(merged_at), await store.bills.booked([(since, merged_at)]))
    assert [bill.partner for bill in before[0]] == ["sample"]
    await moved(door)
    assert (await store.bills.open_at(merged_at), await store.bills.booked([(since, merged_at)])) == before
    assert [bill.partner for bill in await store.bills.open_at(merged_at + timedelta(days=1))] == ["union"]


@pytest.mark.parametrize("act", [BillAct.DISPUTE, BillAct.WRITE_OFF])
async def test_its_state_stays(store: Store, door: BillIntake, act: BillAct) -> None:
    await numbered(store, door, "M-1")
    await door.submit_bill("M-1", acted(act, words="why"))
    before = await known(store)
    await moved(door)
    assert (await known(store)).state is before.state is not BillState.FINALISED
    assert (await known(store)).balance == before.balance
