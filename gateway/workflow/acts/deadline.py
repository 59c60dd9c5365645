"""Clocks of both roles: how they are stopped, and the end of the time that a request has, until it is answered or sent."""

from gateway.workflow.effects import StartTimer
from gateway.workflow.machine import Action, Draft
from gateway.workflow.records import Clock

CLOCKS = (StartTimer.key_of(Clock.DEADLINE), StartTimer.key_of(Clock.CONDITION))
"""What begins anew where both roles count the time until an answer."""


def stops(why: str, *clocks: Clock) -> Action:
    """Make the action that stops clocks, and says why."""
    keys = tuple(StartTimer.key_of(clock) for clock in clocks)

    def stop(draft: Draft, event: object) -> None:
        draft.withdraw(*keys)

    stop.__doc__ = why
    return stop


def start_deadline(draft: Draft, event: object) -> None:
    """Undecided, at first or again after a promise: the end of the whole request's time counts."""
    draft.withdraw(*CLOCKS)
    request = draft.request
    draft.emit(StartTimer(clock=Clock.DEADLINE, since=request.created_at, until=request.need_before))
