"""The contract of the port, on both stores: bills when two are at them at once, when the store is away, when their requests are purged, when the year
changes.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import BillIntake
from gateway.dispatch.purging import purge
from gateway.money.amounts import NOTHING
from gateway.money.effects import MakePaper
from gateway.money.engine import MoneyRefused
from gateway.money.events import BillAct
from gateway.money.fiscal import fiscal_year
from gateway.money.machine import BillDecision, BillRuling
from gateway.money.records import BillState, EntryKind, Payment
from gateway.store.bills_port import BillChange
from gateway.store.port import AlreadyExists, Change, Store, StoreUnavailable
from gateway.store.postgres import PostgresStore
from gateway.workflow.records import State
from tests.store.outside import run
from tests.store.postgres import CUT_ALL
from tests.store.test_contract_bills import LOAN, acted, finalise, known, must_agree, payment, proposed, replacement
from tests.store.values import creation, later


@pytest.fixture
def door(store: Store) -> BillIntake:
    return BillIntake(store, BillPlanner())


# ── two at once ──────────────────────────────────────────────────────────────────────────────────


async def must_be_numbered_once(store: Store, rulings: list[BillRuling], number: int) -> None:
    """One of those who finalised it has done so, the others have words; it is booked once, and one paper is to be made."""
    assert Counter(type(ruling) for ruling in rulings) == {BillDecision: 1, MoneyRefused: len(rulings) - 1}
    words = {ruling.words for ruling in rulings if isinstance(ruling, MoneyRefused)}
    assert words == {"“finalise” is not possible while the invoice is “finalised”."}
    bill = await known(store)
    assert bill.number is not None
    assert bill.number.number == number
    assert [entry.kind for entry in await store.bills.ledger(bill="M-1")] == [EntryKind.BILLED]
    assert [row.effect for row in await store.pending("M-1")] == [MakePaper()]
    assert len([line for line in await store.bills.history("M-1") if line.state == "finalised"]) == 1


async def test_of_those_who_finalise_one_invoice_at_once_one_does_and_the_others_get_words(
    store: Store, door: BillIntake
) -> None:
    await door.begin(proposed())
    other = BillIntake(store, BillPlanner())
    asked = [each.submit_bill("M-1", finalise()) for each in (door, other) for _ in range(4)]
    await must_be_numbered_once(store, await asyncio.gather(*asked), 1)
    await door.begin(proposed("M-2"))
    await door.submit_bill("M-2", finalise())
    second = (await known(store, "M-2")).number
    assert second is not None
    assert second.number == 2, "who was refused took no number"
    await must_agree(store)


@pytest.mark.process
async def test_of_two_gateways_that_finalise_one_invoice_one_does_and_the_other_has_words(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    doors = [BillIntake(store, BillPlanner()) for store in stores]
    for number in range(1, 11):
        name = f"M-{number}"
        await doors[0].begin(proposed(name))
        rulings = await asyncio.gather(*(door.submit_bill(name, finalise()) for door in doors))
        assert sorted(type(ruling).__name__ for ruling in rulings) == ["BillDecision", "MoneyRefused"]
        taken = (await known(stores[number % 2], name)).number
        assert taken is not None
        assert taken.number == number
        assert [entry.kind for entry in await stores[1].bills.ledger(bill=name)] == [EntryKind.BILLED]
    await must_agree(stores[0])


# ── the store is away during a payment ───────────────────────────────────────────────────────────


def failing(store: Store, *, written: bool) -> Callable[[BillChange], Awaitable[None]]:
    """A commit whose answer does not come: it was written, or it was not."""
    commit = store.bills.commit

    async def fail(change: BillChange) -> None:
        if written:
            await commit(change)
        raise StoreUnavailable("the connection broke off")

    return fail


@pytest.mark.parametrize("written", [False, True])
async def test_a_payment_of_which_nothing_was_heard_is_booked_once_under_its_key(
    store: Store, door: BillIntake, monkeypatch: pytest.MonkeyPatch, *, written: bool
) -> None:
    await door.begin(proposed())
    await door.submit_bill("M-1", finalise())
    shares = {"M-1": Decimal("75.00")}
    with monkeypatch.context() as patch:
        patch.setattr(store.bills, "commit", failing(store, written=written))
        with pytest.raises(StoreUnavailable):
            await door.pay(payment("80.00"), shares, key="form-1")
    assert len(await store.bills.payments(limit=9)) == int(written), "all of it, or nothing"
    assert (await known(store)).balance == (NOTHING if written else Decimal("75.00"))
    again = door.pay(payment("80.00"), shares if not written else {}, key="form-1")
    if written:
        with pytest.raises(AlreadyExists):
            await again
    else:
        assert isinstance(await again, Payment)
    assert [each.amount for each in await store.bills.payments(limit=9)] == [Decimal("80.00")]
    assert (await known(store)).state is BillState.PAID
    assert await store.bills.credit("sample") == (("sample", "USD", Decimal("5.00")),)
    await must_agree(store)


@pytest.mark.process
async def test_payments_are_booked_once_while_postgresql_cuts_every_line_again_and_again(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    store, outside = stores
    door = BillIntake(store, BillPlanner())
    names = [f"M-{number}" for number in range(1, 13)]
    for name in names:
        await door.begin(proposed(name))
        await door.submit_bill(name, finalise())

    told: list[str] = []

    async def book(name: str) -> None:
        """As somebody does who sends the form once more until it is told to be booked."""
        while True:
            try:
                await door.pay(payment("75.00"), {name: Decimal("75.00")}, key=f"form-{name}")
            except StoreUnavailable:
                told.append(name)
                await asyncio.sleep(0.02)
            except AlreadyExists:
                return
            else:
                return

    booking = asyncio.gather(*map(book, names))
    for _ in range(10):
        if booking.done():
            break
        await run(outside, CUT_ALL)
        await asyncio.sleep(0.01)
    await booking
    assert told, "somebody's line was cut"
    assert len(await outside.bills.payments(limit=100)) == len(names)
    assert {(await known(outside, name)).state for name in names} == {BillState.PAID}
    await must_agree(outside)


# ── a request that is purged ─────────────────────────────────────────────────────────────────────


async def test_an_open_invoice_stays_when_its_request_is_purged_and_is_paid_as_ever(
    store: Store, door: BillIntake
) -> None:
    made = creation(state=State.LOST)
    await store.commit(made)
    request = made.request
    assert request is not None
    loan = msgspec.structs.replace(LOAN, request=request.id)
    await door.begin(proposed("M-1", replacement("75.00", loan)))
    await door.submit_bill("M-1", finalise())
    before = await known(store)
    done = msgspec.structs.replace(request, state=State.COMPLETED, version=request.version + 1)
    await store.commit(Change(request=done, history_of=request.id))
    await purge(store, (request.id,), at=later(3))
    assert await store.request(request.id) is None
    assert await known(store) == before
    assert await store.bills.of_request(request.id) == (before,)
    (owed,) = await store.bills.owed()
    assert owed.balance == Decimal("75.00")
    assert isinstance(await door.submit_bill("M-1", acted(BillAct.DISPUTE, 4, words="It was back.")), BillDecision)
    await door.pay(payment("75.00"), {"M-1": Decimal("75.00")})
    assert (await known(store)).state is BillState.PAID
    await must_agree(store)


# ── a fiscal year that changes ───────────────────────────────────────────────────────────────────


async def test_numbers_go_on_behind_those_of_their_year_when_its_first_day_is_changed(
    store: Store, door: BillIntake
) -> None:
    """July 1 until 2026 is over, January 1 from then on: no number is given twice, and none is left out."""

    async def numbered(day: date, begins: tuple[int, int]) -> str:
        name = f"M-{day.isoformat()}-{begins[0]}"
        at = (day - date(2026, 1, 1)) / timedelta(days=1)
        await door.begin(proposed(name, at=at))
        frozen: dict[str, Any] = {"fiscal_year": fiscal_year(day, begins)}
        ruling = await door.submit_bill(name, msgspec.structs.replace(finalise(at), **frozen))
        assert isinstance(ruling, BillDecision)
        return str((await known(store, name)).number)

    july, january = (7, 1), (1, 1)
    assert [await numbered(date(2026, 6, 30), july), await numbered(date(2026, 7, 1), july)] == [
        "ILL-2026-00001",
        "ILL-2027-00001",
    ]
    assert await numbered(date(2026, 11, 27), january) == "ILL-2026-00002", "behind what 2026 has had"
    assert await numbered(date(2027, 1, 2), january) == "ILL-2027-00002", "and so in 2027"
    assert await numbered(date(2027, 1, 3), july) == "ILL-2027-00003", "changed back"
    last = {each.fiscal_year: each.last for each in await store.bills.last_numbers()}
    assert last == {2026: 2, 2027: 3}
