"""Bills hear that what they are about came back: a task where the partner's terms take something back, and none where they do not."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
import pytest

from gateway.dispatch.bills_back import EVERY_S, tell, watch
from gateway.money.events import BillAct, BillItemSeen
from gateway.money.records import Bill, BillState, Seen
from gateway.money.terms import BillingDefaults
from gateway.store.port import StoreUnavailable
from gateway.workflow.partners import Billing, Refund
from gateway.workflow.records import State
from gateway.workflow.tasks import TaskKind
from tests.dispatch.house import House
from tests.dispatch.working import until
from tests.store.test_contract_bills import LOAN, acted, finalise, proposed, replacement
from tests.store.values import creation, later

CREDITS = BillingDefaults(refund=Refund.REPLACEMENT)
KEEPS = BillingDefaults(refund=Refund.NOTHING)


async def billed_and_back(house: House) -> None:
    """M-1 asks for an item that was lost then, and is checked in by now."""
    made = creation(state=State.COMPLETED)
    assert made.request is not None
    await house.store.commit(made)
    loan = msgspec.structs.replace(LOAN, request=made.request.id)
    await house.bills.begin(proposed("M-1", replacement("75.00", loan), item_barcode="399990001"))
    await house.bills.submit_bill("M-1", BillItemSeen(at=later(0.3), seen=Seen.OUT, words="on loan."))
    await house.bills.submit_bill("M-1", acted(BillAct.SHELF_CHECKED, 0.6))
    await house.bills.submit_bill("M-1", finalise())
    assert (await bill(house)).state is BillState.FINALISED


async def bill(house: House) -> Bill:
    found = await house.store.bills.bill("M-1")
    assert found is not None
    return found


async def tasks(house: House) -> list[str | None]:
    return [task.about for task in await house.store.tasks(kind=TaskKind.BILLED_CAME_BACK)]


@pytest.mark.parametrize(
    ("own", "defaults", "told"),
    [
        (None, CREDITS, ["M-1"]),
        (None, KEEPS, []),
        (Refund.NOTHING, CREDITS, []),
        (Refund.REPLACEMENT, KEEPS, ["M-1"]),
        (Refund.ALL, KEEPS, ["M-1"]),
    ],
)
async def test_what_came_back_is_a_task_if_the_partners_terms_take_something_back(
    house: House, own: Refund | None, defaults: BillingDefaults, told: list[str]
):
    await house.set_partner(billing=Billing(refund=own))
    await billed_and_back(house)
    at = house.time.now()
    assert await tell(house.store, house.bills, defaults, at=at) == 1
    assert (await tasks(house), (await bill(house)).back_at) == (told, at)


async def test_a_bill_is_told_once(house: House):
    await billed_and_back(house)
    assert await tell(house.store, house.bills, CREDITS, at=house.time.now()) == 1
    version = (await bill(house)).version
    assert await tell(house.store, house.bills, CREDITS, at=house.time.now()) == 0
    assert ((await bill(house)).version, await tasks(house)) == (version, ["M-1"])


async def test_only_the_gateway_whose_turn_it_is_looks(house: House, monkeypatch: pytest.MonkeyPatch):
    await billed_and_back(house)
    looks, asked = counted(house, monkeypatch), 0

    async def take_on(_at: datetime) -> bool:
        nonlocal asked
        asked += 1
        return asked == 3

    watching = asyncio.create_task(watch(house.store, house.bills, CREDITS, clock=house.time, take_on=take_on))
    await until(asleep_again(house))
    await house.time.advance(EVERY_S)
    assert (asked, looks) == (2, [])
    await house.time.advance(EVERY_S)
    await until(told(house))
    watching.cancel()
    assert (asked, len(looks), await tasks(house)) == (3, 1, ["M-1"])


async def test_a_store_that_is_away_is_looked_into_again(house: House, monkeypatch: pytest.MonkeyPatch):
    await billed_and_back(house)
    looks = counted(house, monkeypatch, StoreUnavailable("gone"))

    async def take_on(_at: datetime) -> bool:
        return True

    watching = asyncio.create_task(watch(house.store, house.bills, CREDITS, clock=house.time, take_on=take_on))
    await until(asleep_again(house))
    assert (len(looks), await tasks(house)) == (1, [])
    await house.time.advance(EVERY_S)
    await until(told(house))
    watching.cancel()
    assert (len(looks), await tasks(house)) == (2, ["M-1"])


def counted(house: House, monkeypatch: pytest.MonkeyPatch, *faults: Exception) -> list[int]:
    """Each look for what is back, from now on; the first ones fail so."""
    looks: list[int] = []
    returned, left = house.store.bills.returned, list(faults)

    async def look(limit: int) -> Any:
        looks.append(limit)
        if left:
            raise left.pop(0)
        return await returned(limit)

    monkeypatch.setattr(house.store.bills, "returned", look)
    return looks


def asleep_again(house: House) -> Callable[[], Any]:
    async def asleep() -> bool:
        return house.time.sleepers == 1

    return asleep


def told(house: House) -> Callable[[], Any]:
    async def has_heard() -> bool:
        return (await bill(house)).back_at is not None

    return has_heard
