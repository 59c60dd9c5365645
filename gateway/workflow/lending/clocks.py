"""The clocks of a loan: started, stopped, started again (ill.md, "Clocks")."""

from gateway.workflow.acts import deadline
from gateway.workflow.effects import StartTimer
from gateway.workflow.machine import Draft
from gateway.workflow.partners import STRANGER
from gateway.workflow.records import Clock

_HOLD_CLOCKS = (StartTimer.key_of(Clock.HOLD_AMBER), StartTimer.key_of(Clock.HOLD))
OVERDUE_CLOCKS = (Clock.OVERDUE_FIRST, Clock.OVERDUE_SECOND, Clock.OVERDUE_THIRD)
"""In the order in which they run; each asks for the same message."""
_DUE_CLOCKS = (*OVERDUE_CLOCKS, Clock.BILLABLE)


def start(draft: Draft, event: object) -> None:
    """While undecided: a sign of life after a while, if there was none yet, and the end of the whole request's time."""
    deadline.start_deadline(draft, event)
    if not draft.request.told_expect and draft.request.peer != STRANGER:
        draft.emit(StartTimer(clock=Clock.UNDECIDED, since=draft.at))


def start_hold(draft: Draft, event: object) -> None:
    """A reserve that does not come: amber, then red (duty 7)."""
    stop_hold(draft, event)
    draft.emit(StartTimer(clock=Clock.HOLD_AMBER, since=draft.at), StartTimer(clock=Clock.HOLD, since=draft.at))


def stop_hold(draft: Draft, event: object) -> None:
    """It came, or it is not waited for any more."""
    draft.withdraw(*deadline.UNDECIDED_CLOCKS, *_HOLD_CLOCKS)


def start_condition(draft: Draft, event: object) -> None:
    """The partner has so long to accept."""
    draft.withdraw(*deadline.UNDECIDED_CLOCKS)
    draft.emit(StartTimer(clock=Clock.CONDITION, since=draft.at))


def start_loan(draft: Draft, event: object) -> None:
    """Out: should be received soon, and is overdue after its due date."""
    if draft.request.received_at is None:
        draft.emit(StartTimer(clock=Clock.RECEIPT, since=draft.at))
    start_due(draft, event)


def start_due(draft: Draft, event: object) -> None:
    """Overdue messages at +1, +7 and +21 days, billable at +42, counted from the due date that now holds."""
    stop_due(draft, event)
    due_at = draft.request.due_at
    if due_at is not None:
        draft.emit(*(StartTimer(clock=clock, since=due_at) for clock in _DUE_CLOCKS))


def stop_due(draft: Draft, event: object) -> None:
    """Not overdue any more."""
    draft.withdraw(*(StartTimer.key_of(clock) for clock in _DUE_CLOCKS))


def stop_receipt(draft: Draft, event: object) -> None:
    """The partner has it, or had it."""
    draft.withdraw(StartTimer.key_of(Clock.RECEIPT))


def overtaking(clock: Clock) -> tuple[Clock, ...]:
    """Give the clocks that make a message of this one needless once they have run."""
    return OVERDUE_CLOCKS[OVERDUE_CLOCKS.index(clock) + 1 :] if clock in OVERDUE_CLOCKS else ()
