"""Clocks that ring, and what is known by then."""

from datetime import timedelta

import msgspec
import pytest

from gateway.dispatch.results import Happened
from gateway.iso18626.codes import Action
from gateway.workflow.effects import StartTimer
from gateway.workflow.events import StaffActed, TimerFired
from gateway.workflow.partners import Expected, SaysReceived
from gateway.workflow.records import Clock, State
from gateway.workflow.triggers import StaffAction
from tests.dispatch.borrowing_house import event_of, perform
from tests.dispatch.house import BARCODE, OWNER, House, action
from tests.fakes.directory import put


async def test_a_system_that_has_never_said_received_is_told_from_one_that_has(house: House):
    request = await house.new()
    waits = StartTimer(clock=Clock.RECEIPT, since=house.time.now())
    assert event_of(await perform(house, waits, request)).never_said
    away = StaffActed(
        at=house.time.now(), by="test", action=StaffAction.FORCE, state=State.LOANED, reason="It was sent.", due_at=house.time.now(),
        copies=house.finder.copies,
    )  # fmt: skip
    await house.intake.submit(request.id, away)
    await house.receive(action(house.time.now(), Action.RECEIVED))
    assert not event_of(await perform(house, waits, await house.current())).never_said
    overdue = StartTimer(clock=Clock.OVERDUE_FIRST, since=house.time.now())
    assert not event_of(await perform(house, overdue, request)).never_said, "it is about Received alone"


async def test_what_the_partners_record_says_counts_before_what_was_learned(house: House):
    request = await house.new()
    assert request.partner is not None
    waits = StartTimer(clock=Clock.RECEIPT, since=house.time.now())
    partner = house.directory.partner(request.partner)
    assert partner is not None
    await put(house.store, msgspec.structs.replace(partner, expected=Expected(says_received=SaysReceived.YES)))
    await house.directory.refresh()
    assert not event_of(await perform(house, waits, request)).never_said


@pytest.mark.parametrize(("days", "overtaken"), [(3, [False]), (10, [True, False]), (30, [True, True, False])])
async def test_an_overdue_clock_says_whether_the_next_has_run_too(house: House, days: int, overtaken: list[bool]):
    due_at = house.time.now() - timedelta(days=days)
    loan = StaffActed(
        at=house.time.now(), by="desk", action=StaffAction.FORCE, reason="Seen.", state=State.LOANED,
        item_barcodes=(BARCODE,), due_at=due_at,
    )  # fmt: skip
    known = await house.new()
    await house.intake.act(known.id, loan)
    now, fired = house.time.now(), []
    for row in await house.store.claim(None, now=now, until=now + timedelta(seconds=60), owner=OWNER, limit=10):
        report = await house.performers.perform(row, await house.current())
        assert isinstance(report, Happened)
        assert isinstance(report.event, TimerFired)
        if report.event.clock.value.startswith("overdue"):
            fired.append(report.event.overtaken)
    assert fired == overtaken
