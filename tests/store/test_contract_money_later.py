"""The contract of the port, on both stores: numbers after a restore, credit paid back, items that came back, fees, what stays of purged bills."""

from decimal import Decimal

import msgspec
import pytest

from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import IN_DOUBT, NO_CREDIT, BillIntake
from gateway.money.amounts import NOTHING, total
from gateway.money.engine import MoneyRefused
from gateway.money.events import BillAct, CameBack, Credited
from gateway.money.records import BillKind, BillState, EntryKind, PaperNumber, Payment
from gateway.store.bills_port import LastNumber, LostNumbers
from gateway.store.port import AlreadyExists, Change, Store, VersionConflict
from gateway.workflow.records import State
from gateway.workflow.recovery import Recovery
from gateway.workflow.tasks import TaskKind
from tests.store.test_contract_bills import LOAN, acted, finalise, payment, proposed, replacement
from tests.store.values import NOW, creation, later


@pytest.fixture
def door(store: Store) -> BillIntake:
    return BillIntake(store, BillPlanner())


async def numbered(store: Store, door: BillIntake, name: str) -> PaperNumber | None:
    await door.begin(proposed(name))
    await door.submit_bill(name, finalise())
    bill = await store.bills.bill(name)
    assert bill is not None
    return bill.number


# ── numbers after a restore ──────────────────────────────────────────────────────────────────────


async def test_after_a_restore_no_number_is_given_until_the_last_is_confirmed(store: Store, door: BillIntake):
    first = await numbered(store, door, "M-1")
    assert first is not None
    assert await store.bills.numbers_in_doubt() is None
    await store.recovery.begin(Recovery(since=NOW, why="Restored."))
    assert await store.bills.numbers_in_doubt() == NOW
    await door.begin(proposed("M-2"))
    assert await door.submit_bill("M-2", finalise()) == MoneyRefused(IN_DOUBT)
    draft = await store.bills.bill("M-2")
    assert draft is not None
    assert (draft.state, draft.number, draft.balance) == (BillState.DRAFT, None, NOTHING)
    await store.recovery.end(at=later(5), by="anna")
    assert await door.submit_bill("M-2", finalise()) == MoneyRefused(IN_DOUBT), "also when work goes on"

    last = LastNumber(series=first.series, fiscal_year=first.year, last=4)
    await store.bills.confirm_numbers([last], at=later(6), by="root")
    await door.submit_bill("M-2", finalise())
    bill = await store.bills.bill("M-2")
    assert bill is not None
    assert bill.number == PaperNumber(series=first.series, year=first.year, number=5)
    lost = LostNumbers(series=first.series, fiscal_year=first.year, first=2, last=4, at=later(6), by="root")
    assert await store.bills.lost_numbers() == (lost,)


async def test_a_series_that_the_copy_does_not_know_goes_on_behind_what_went_out(store: Store, door: BillIntake):
    await store.recovery.begin(Recovery(since=NOW, why="Restored."))
    frozen = finalise()
    assert frozen.series is not None
    assert frozen.fiscal_year is not None
    last = LastNumber(series=frozen.series, fiscal_year=frozen.fiscal_year, last=7)
    await store.bills.confirm_numbers([last], at=later(1), by="root")
    number = await numbered(store, door, "M-1")
    assert number is not None
    assert number.number == 8
    assert [(lost.first, lost.last) for lost in await store.bills.lost_numbers()] == [(1, 7)]


async def test_a_last_number_below_one_that_was_given_is_refused_and_nothing_is_confirmed(
    store: Store, door: BillIntake
):
    first = await numbered(store, door, "M-1")
    assert first is not None
    await numbered(store, door, "M-2")
    await store.recovery.begin(Recovery(since=NOW, why="Restored."))
    with pytest.raises(VersionConflict):
        await store.bills.confirm_numbers(
            [LastNumber(series=first.series, fiscal_year=first.year, last=1)], at=later(1), by="root"
        )
    assert await store.bills.numbers_in_doubt() is not None
    assert await store.bills.lost_numbers() == ()
    await store.bills.confirm_numbers([], at=later(2), by="root")
    third = await numbered(store, door, "M-3")
    assert third is not None
    assert (third.number, await store.bills.lost_numbers()) == (3, ())


# ── credit that is paid back ─────────────────────────────────────────────────────────────────────


async def credit(store: Store) -> Decimal:
    return total(amount for _, _, amount in await store.bills.credit("sample"))


async def test_credit_is_paid_back_once_and_no_more_than_there_is(store: Store, door: BillIntake):
    await door.pay(payment("20.00"), {})
    back = await door.pay_back(payment("15.00", 6), key="form-1")
    assert isinstance(back, Payment)
    assert back.back
    assert await credit(store) == Decimal("5.00")
    with pytest.raises(AlreadyExists):
        await door.pay_back(payment("1.00", 7), key="form-1")
    assert await door.pay_back(payment("5.01", 7)) == MoneyRefused(NO_CREDIT)
    assert total(entry.amount for entry in await store.bills.ledger(partner="sample")) == Decimal("-5.00")


async def test_what_was_paid_back_and_did_not_arrive_is_credit_again(store: Store, door: BillIntake):
    await door.pay(payment("20.00"), {})
    back = await door.pay_back(payment("15.00", 6))
    assert isinstance(back, Payment)
    await door.take_back(back.id, why="The check came back.", at=later(8), by="anna")
    assert await credit(store) == Decimal("20.00")
    kinds = [entry.kind for entry in await store.bills.ledger(payment=back.id)]
    assert kinds == [EntryKind.PAID_BACK, EntryKind.REVERSED]
    assert isinstance(await door.take_back(back.id, why="Twice.", at=later(9), by="anna"), MoneyRefused)


async def test_a_credit_note_for_what_was_paid_can_be_paid_back(store: Store, door: BillIntake):
    await numbered(store, door, "M-1")
    await door.pay(payment("75.00"), {"M-1": Decimal("75.00")})
    note = proposed("M-2", replacement(), kind=BillKind.CREDIT_NOTE, credits="M-1")
    await door.begin(note)
    await door.submit_bill("M-1", Credited(at=later(6), by="anna", credit_note="M-2", amount=Decimal("75.00")))
    assert await credit(store) == Decimal("75.00")
    assert isinstance(await door.pay_back(payment("75.00", 7)), Payment)
    assert await credit(store) == NOTHING


# ── what came back after it was billed ───────────────────────────────────────────────────────────


async def test_a_bill_is_found_once_its_item_is_back_and_not_again_when_it_has_heard(store: Store, door: BillIntake):
    made = creation(state=State.LOST)
    await store.commit(made)
    request = made.request
    assert request is not None
    loan = msgspec.structs.replace(LOAN, request=request.id)
    await door.begin(proposed("M-1", replacement("75.00", loan), item_barcode="399990001"))
    assert await store.bills.returned(10) == ()
    done = msgspec.structs.replace(request, state=State.COMPLETED, version=request.version + 1)
    await store.commit(Change(request=done, history_of=request.id))
    assert await store.bills.returned(10) == ("M-1",)
    await door.submit_bill("M-1", CameBack(at=later(5), by="gateway", credits=True))
    assert await store.bills.returned(10) == ()


@pytest.mark.parametrize(("paid", "terms", "is_task"), [(False, True, True), (True, True, True), (False, False, False)])
async def test_what_was_billed_and_came_back_is_a_task_until_it_is_credited(
    store: Store, door: BillIntake, *, paid: bool, terms: bool, is_task: bool
):
    async def tasks() -> list[str | None]:
        return [task.about for task in await store.tasks(kind=TaskKind.BILLED_CAME_BACK)]

    await numbered(store, door, "M-1")
    if paid:
        await door.pay(payment("75.00"), {"M-1": Decimal("75.00")})
    await door.submit_bill("M-1", CameBack(at=later(6), by="gateway", credits=terms))
    assert await tasks() == (["M-1"] if is_task else [])
    await door.submit_bill("M-1", CameBack(at=later(7), by="gateway", credits=terms))
    await door.begin(proposed("M-2", replacement(), kind=BillKind.CREDIT_NOTE, credits="M-1"))
    await door.submit_bill("M-1", Credited(at=later(8), by="anna", credit_note="M-2", amount=Decimal("75.00")))
    assert await tasks() == []


async def test_a_draft_whose_item_came_back_is_not_finalised(store: Store, door: BillIntake):
    await door.begin(proposed("M-1"))
    await door.submit_bill("M-1", CameBack(at=later(2), by="gateway", credits=True))
    ruling = await door.submit_bill("M-1", finalise(3))
    assert isinstance(ruling, MoneyRefused)
    assert "shows the item as back" in ruling.words


# ── fees, and disputes ───────────────────────────────────────────────────────────────────────────


async def test_of_two_who_gather_the_same_fee_one_is_refused_and_a_dropped_one_does_not_come_again(
    store: Store, door: BillIntake
):
    fee = replacement("5.00")
    await door.begin(proposed("M-1", fee, gathers="HILL-1"))
    with pytest.raises(AlreadyExists):
        await door.begin(proposed("M-2", fee, gathers="HILL-1"))
    await door.submit_bill("M-1", acted(BillAct.DROP, 2))
    with pytest.raises(AlreadyExists):
        await door.begin(proposed("M-3", fee, gathers="HILL-1"))
