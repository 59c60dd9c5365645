"""The clocks of a loan: started, stopped, started again (ill.md, "Clocks")."""

from gateway.workflow import fetching
from gateway.workflow.acts import deadline
from gateway.workflow.acts.deadline import stops
from gateway.workflow.effects import Seek, StartTimer
from gateway.workflow.machine import Draft
from gateway.workflow.partners import STRANGER
from gateway.workflow.records import Clock
from gateway.workflow.tasks import TaskKind

UNDECIDED_CLOCKS = (StartTimer.key_of(Clock.UNDECIDED), *deadline.CLOCKS)
_HOLD_CLOCKS = (StartTimer.key_of(Clock.HOLD_AMBER), StartTimer.key_of(Clock.HOLD))
OVERDUE_CLOCKS = (Clock.OVERDUE_FIRST, Clock.OVERDUE_SECOND, Clock.OVERDUE_THIRD)
"""In the order in which they run; each asks for the same message."""
_DUE_CLOCKS = (*OVERDUE_CLOCKS, Clock.BILLABLE)


def start(draft: Draft, event: object) -> None:
    """While undecided: a sign of life after a while, if there was none yet, and the end of the whole request's time."""
    start_deadline(draft, event)
    if not draft.request.told_expect and draft.request.peer != STRANGER:
        draft.emit(StartTimer(clock=Clock.UNDECIDED, since=draft.at))


def start_deadline(draft: Draft, event: object) -> None:
    """Undecided again: the end of the whole request's time counts, and no sign of life is due."""
    draft.withdraw(StartTimer.key_of(Clock.UNDECIDED))
    deadline.start_deadline(draft, event)


def start_hold(draft: Draft, event: object) -> None:
    """A reserve that does not come: amber, then red, beyond the days that its branch needs to bring it (duty 7)."""
    stop_hold(draft, event)
    days = max((fetching.nearly_all(item) for item in draft.request.items), default=fetching.UNKNOWN.nearly_all)
    draft.set(promised_at=draft.request.promised_at or draft.at)
    draft.emit(*(StartTimer(clock=clock, since=draft.at, more_days=days) for clock in (Clock.HOLD_AMBER, Clock.HOLD)))


def prolong_hold(draft: Draft, event: object) -> None:
    """It is on its way: it gets as much time again, and nobody need ask the branch."""
    start_hold(draft, event)
    draft.close(TaskKind.CANNOT_FIND)


def stop_hold(draft: Draft, event: object) -> None:
    """It came, or it is not waited for any more."""
    draft.withdraw(*UNDECIDED_CLOCKS, *_HOLD_CLOCKS, Seek.sole_key())


def start_condition(draft: Draft, event: object) -> None:
    """The partner has so long to accept."""
    draft.withdraw(*UNDECIDED_CLOCKS)
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


stop_due = stops("Not overdue any more.", *_DUE_CLOCKS)
stop_receipt = stops("The partner has it, or had it.", Clock.RECEIPT)


def overtaking(clock: Clock) -> tuple[Clock, ...]:
    """Return the clocks that make a message of this one needless once they have run."""
    return OVERDUE_CLOCKS[OVERDUE_CLOCKS.index(clock) + 1 :] if clock in OVERDUE_CLOCKS else ()
