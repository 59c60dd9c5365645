"""Clocks that ring, and what is known by then."""

from gateway.iso18626.codes import Action
from gateway.workflow.effects import StartTimer
from gateway.workflow.events import StaffActed
from gateway.workflow.records import Clock, State
from gateway.workflow.triggers import StaffAction
from tests.dispatch.borrowing_house import event_of, perform
from tests.dispatch.house import House, action


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
