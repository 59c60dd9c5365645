"""The contract of the port, on both stores: settled bills go whole, and what is owed, credited and numbered is as it was."""

from decimal import Decimal

import pytest

from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import BillIntake
from gateway.dispatch.purging import purge_bill
from gateway.money.events import BillAct
from gateway.money.records import BilledAmount, BillKind, BillState, LineKind, Payment
from gateway.store.bills_port import BillFilter
from gateway.store.keeping_port import OldBill
from gateway.store.port import Store, VersionConflict
from tests.money.books import FROZEN
from tests.store.outside import run
from tests.store.test_contract_bills import acted, finalise, known, must_agree, payment, proposed
from tests.store.values import later

OLD = later(100)


@pytest.fixture
def door(store: Store) -> BillIntake:
    return BillIntake(store, BillPlanner())


async def old(store: Store, state: BillState = BillState.PAID, **more: int) -> tuple[OldBill, ...]:
    return await store.keeping.old_bills(state, settled_before=OLD, limit=more.get("limit", 9))


async def nothing_to_do(store: Store) -> None:
    """Whatever work there was is over."""
    await run(store, "DELETE FROM effects")


async def test_what_was_paid_long_ago_goes_with_its_lines_and_nothing_else_changes(
    store: Store, door: BillIntake
) -> None:
    for name in ("M-1", "M-2", "M-3"):
        await door.begin(proposed(name))
        await door.submit_bill(name, finalise())
    await door.pay(payment("80.00"), {"M-1": Decimal("75.00")})
    booked = await door.pay(payment("100.00"), {"M-2": Decimal("75.00"), "M-3": Decimal("25.00")})
    assert isinstance(booked, Payment)
    assert await old(store) == (), "their papers are not made yet"
    await nothing_to_do(store)
    first, second = await old(store)
    assert (first.bill, str(first.number)) == ("M-1", "ILL-2027-00001")
    assert [each.bill for each in await old(store, limit=1)] == ["M-1"]
    credit, owed = await store.bills.credit(), await store.bills.owed()
    for each in (first, second):
        await purge_bill(store, each, at=later(500))
    assert [bill.id for bill in await store.bills.bills(BillFilter())] == ["M-3"]
    assert (await store.bills.credit(), await store.bills.owed()) == (credit, owed)
    assert await store.bills.ledger(bill="M-1") == ()
    assert await store.keeping.drop_payments(booked_before=OLD) == 0, "one is still M-3's, one has left credit"
    assert await store.bills.payment(booked.id) == booked
    assert [line.words for line in await store.history(None)] == [
        "ILL-2027-00001 was settled long ago and was purged.",
        "ILL-2027-00002 was settled long ago and was purged.",
    ]
    await must_agree(store)
    await door.begin(proposed("M-4"))
    await door.submit_bill("M-4", finalise())
    assert str((await known(store, "M-4")).number) == "ILL-2027-00004", "no number is given twice"


async def test_a_payment_goes_once_no_line_of_the_ledger_is_of_it(store: Store, door: BillIntake) -> None:
    await door.begin(proposed())
    await door.submit_bill("M-1", finalise())
    await door.pay(payment("75.00"), {"M-1": Decimal("75.00")})
    await nothing_to_do(store)
    assert await store.keeping.drop_payments(booked_before=OLD) == 0
    (found,) = await old(store)
    await purge_bill(store, found, at=later(500))
    assert await store.keeping.drop_payments(booked_before=later(5)) == 0, "it is too young"
    assert await store.keeping.drop_payments(booked_before=OLD) == 1


async def test_an_invoice_goes_with_its_credit_note_and_not_before_it(store: Store, door: BillIntake) -> None:
    await door.begin(proposed())
    await door.submit_bill("M-1", finalise())
    line = BilledAmount(kind=LineKind.CREDIT, words="Credit", amount=Decimal("75.00"))
    await door.begin(proposed("M-2", line, kind=BillKind.CREDIT_NOTE, credits="M-1"))
    await nothing_to_do(store)
    assert await old(store, BillState.CREDITED) == ()
    await door.submit_bill("M-2", acted(BillAct.FINALISE, **{**FROZEN, "series": "CN"}))
    await nothing_to_do(store)
    (found,) = await old(store, BillState.CREDITED)
    await purge_bill(store, found, at=later(500))
    assert await store.bills.bills(BillFilter()) == ()
    await must_agree(store)


async def test_what_is_owed_or_has_changed_meanwhile_stays(store: Store, door: BillIntake) -> None:
    for name in ("M-1", "M-2"):
        await door.begin(proposed(name))
        await door.submit_bill(name, finalise())
    booked = await door.pay(payment("75.00"), {"M-1": Decimal("75.00")})
    assert isinstance(booked, Payment)
    await nothing_to_do(store)
    (found,) = await old(store)
    await door.take_back(booked.id, why="bounced", at=later(9), by="anna")
    with pytest.raises(VersionConflict):
        await purge_bill(store, found, at=later(500))
    assert len(await store.bills.ledger(bill="M-1")) == 3
    assert await store.history(None) == ()
