"""Keys of work: what a decision takes back can exist, in the role that takes it back."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from gateway.workflow.acts.undo import STOPPABLE
from gateway.workflow.effects import AskCopies, FindCopies, Look, Perform, StartTimer, WorkKey
from gateway.workflow.machine import TIMER_KEYS, Decision
from gateway.workflow.records import Act, Clock, Role

ALL_ACTS: Final = {*STOPPABLE, *TIMER_KEYS, *map(Perform.key_of, Act)}
"""Taken back whole, whichever role has use for them."""
C = Clock
NEVER: Final = {*map(StartTimer.key_of, (C.LENDER_ANSWER_RUSH, C.LENDER_ANSWER_EXPRESS, C.COPY_RECEIPT))}
"""Clocks of requests that the samples don't hold, by level or service."""
NOT_ASKED: Final[Mapping[Role, Collection[WorkKey]]] = {
    Role.LENDING: {
        *NEVER,
        *(key_of(Act.RECEIVE) for key_of in (Look.key_of, Perform.key_of)),
        *map(StartTimer.key_of, (C.ASK_AGAIN, C.LENDER_ANSWER, C.LENDER_SENDS, C.RENEWAL, C.SILENCE)),
        *map(StartTimer.key_of, (C.WATCH, C.WATCH_LOAN, C.WITHDRAWAL)),
    },
    Role.BORROWING: {
        *NEVER,
        *(key_of(act) for key_of in (Look.key_of, Perform.key_of) for act in (Act.ARRIVE, Act.CHECKOUT)),
        *(FindCopies.sole_key(), AskCopies.sole_key()),
        *map(StartTimer.key_of, (C.UNDECIDED, C.HOLD, C.HOLD_AMBER, C.UNDO, C.BILLABLE)),
        *map(StartTimer.key_of, (C.OVERDUE_FIRST, C.OVERDUE_SECOND, C.OVERDUE_THIRD)),
    },
}
"""What a role takes back and never asks for: the other does."""


def asked_for(made: Iterable[Decision]) -> set[WorkKey]:
    return {effect.key for each in made for effect in each.effects}


def strays(made: Collection[Decision]) -> set[WorkKey]:
    """What the decisions of a role take back, and none of them has asked for."""
    taken_back = {key for each in made for key in (*each.withdraw, *each.must_withdraw, *each.must_stop)}
    return taken_back - ALL_ACTS - asked_for(made)


def unasked(made: Collection[Decision]) -> set[WorkKey]:
    """What is taken back whole, and none of the decisions has asked for."""
    return ALL_ACTS - asked_for(made)
