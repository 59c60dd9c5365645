"""Clocks that ring, and what is known by then."""

import msgspec

from gateway.iso18626.codes import Action
from gateway.workflow.effects import StartTimer
from gateway.workflow.events import StaffActed
from gateway.workflow.partners import Expected, SaysReceived
from gateway.workflow.records import Clock, State
from gateway.workflow.triggers import StaffAction
from tests.dispatch.borrowing_house import event_of, perform
from tests.dispatch.house import House, action
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
