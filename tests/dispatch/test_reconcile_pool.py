"""Pool barcodes beside their requests with a real store: tasks, what is left alone, and when nothing can be told."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from gateway.dispatch.reconcile import Comparison
from gateway.mapping.reconcile import DifferenceKind
from gateway.sip2.codec import Reply
from gateway.sip2.errors import NotSent, Reason
from gateway.store.port import Change
from gateway.workflow.borrowing_records import BarcodeMove, PoolState
from gateway.workflow.records import Copy, Item, ItemPlace, Request, State
from gateway.workflow.tasks import Task, TaskKind
from tests.dispatch.borrowing_house import AVAILABLE, CARD, FREE_CARD, NUMBER, POOL, add_lenders, asking, current
from tests.dispatch.house import DATE, House, sip2
from tests.dispatch.test_reconcile import run

SHELVED = sip2(f"18080001{DATE}CF1|AB{POOL}|AJPool item|")
UNKNOWN = sip2(f"18010001{DATE}AB{POOL}|AJ|")
OUT = sip2(f"18040001{DATE}CF0|AB{POOL}|AJPool item|")
HOLDS_IT = sip2(f"64              000{DATE}000100000000000000000000AOEX|AA{CARD}|AEInventa Person|BLY|AS{POOL}|")


def _by_account(wire: Any) -> Reply:
    """The customer holds it, and a partner nothing."""
    return HOLDS_IT if wire.patron_identifier == CARD else FREE_CARD


@pytest.fixture(autouse=True)
async def borrowing(house: House) -> None:
    """Lenders, and a customer with nothing."""
    await add_lenders(house)
    await house.store.borrowing.add_barcodes("pool", [POOL], at=house.time.now())
    house.acs.answers |= {"63": FREE_CARD, "17": AVAILABLE}


async def waiting(house: House, state: State = State.ON_SHELF, place: ItemPlace = ItemPlace.AT_DESK) -> Request:
    """A borrowed item waits for its customer, for two days."""
    request = await asking(house)
    item = Item(copy=Copy(item_barcode=POOL, branch="EAST"), place=place)
    changed = msgspec.structs.replace(request, state=state, items=(item,), version=request.version + 1)
    await house.store.commit(Change(request=changed, barcodes=(BarcodeMove(barcode=POOL, to=PoolState.ASSIGNED),)))
    await house.time.advance(timedelta(days=2).total_seconds())
    return changed


async def tasks(house: House) -> list[Task]:
    return list(await house.store.tasks(kind=TaskKind.RECONCILE))


def told(report: Comparison) -> list[tuple[DifferenceKind, str, str | None]]:
    return [(each.kind, each.item_barcode, each.request) for each in report.differences]


async def test_what_stands_on_the_shelf_for_nobody_becomes_a_task_that_ends_when_it_is_held(house: House):
    await waiting(house)
    assert told(await run(house)) == [(DifferenceKind.NOWHERE, POOL, NUMBER)]
    (task,) = await tasks(house)
    assert "on nobody" in task.words
    house.acs.answers |= {"17": SHELVED, "63": _by_account}
    report = await run(house)
    assert (report.differences, report.agreed) == ((), (NUMBER,))
    assert await tasks(house) == []
    assert (await current(house)).state is State.ON_SHELF, "nothing is moved"


async def test_a_hold_of_somebody_else_is_told(house: House):
    await waiting(house)
    house.acs.answers["17"] = SHELVED
    assert told(await run(house)) == [(DifferenceKind.OTHERS_HOLD, POOL, NUMBER)]


async def test_a_loan_of_somebody_else_is_told(house: House):
    await waiting(house)
    house.acs.answers["17"] = OUT
    assert told(await run(house)) == [(DifferenceKind.OTHERS_LOAN, POOL, NUMBER)]


async def test_a_circulation_system_that_knows_no_barcode_proves_nothing(house: House):
    await waiting(house)
    house.acs.answers["17"] = UNKNOWN
    report = await run(house)
    assert told(report) == []
    assert [silent.account for silent in report.unanswered] == ["pool barcodes"]


async def test_one_that_does_not_answer_is_told_as_not_compared(house: House):
    await waiting(house)
    house.acs.answers["17"] = NotSent(Reason.BREAKER, "the circulation system does not answer")
    report = await run(house)
    assert "pool barcodes" in [silent.account for silent in report.unanswered]
    assert await tasks(house) == []


async def test_a_hold_on_a_barcode_that_rests_is_told_with_the_request_that_had_it(house: House):
    request = await waiting(house)
    over = msgspec.structs.replace(request, state=State.COMPLETED, version=request.version + 1)
    await house.store.commit(Change(request=over, barcodes=(BarcodeMove(barcode=POOL, to=PoolState.COOLING),)))
    house.acs.answers["17"] = SHELVED
    assert told(await run(house)) == [(DifferenceKind.OTHERS_HOLD, POOL, NUMBER)]
    house.acs.answers["17"] = AVAILABLE
    assert (await run(house)).agreed == (NUMBER,)


async def test_a_hold_on_a_barcode_that_never_stood_for_anything_is_told(house: House):
    house.acs.answers["17"] = SHELVED
    assert told(await run(house)) == [(DifferenceKind.OTHERS_HOLD, POOL, None)]
    assert [(task.request, task.about) for task in await tasks(house)] == [(None, "pool barcodes")]
    house.acs.answers["17"] = NotSent(Reason.BREAKER, "the circulation system does not answer")
    await run(house)
    assert len(await tasks(house)) == 1, "silence ends nothing"
    house.acs.answers["17"] = AVAILABLE
    assert told(await run(house)) == []
    assert await tasks(house) == []


async def test_what_has_been_received_for_days_is_looked_at(house: House):
    await waiting(house, State.RECEIVING, ItemPlace.HELD)
    assert told(await run(house)) == [(DifferenceKind.NOWHERE, POOL, NUMBER)]
    (task,) = await tasks(house)
    assert "received for longer than a day" in task.words
