"""Keys of work: what a decision takes back can exist, in the role that takes it back."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from gateway.workflow.acts.undo import STOPPABLE
from gateway.workflow.effects import AskCopies, FindCopies, Look, Perform, StartTimer, WorkKey
from gateway.workflow.machine import TIMER_KEYS, Decision
from gateway.workflow.records import Act, Clock, Role

WHOLE: Final = (
    frozenset(STOPPABLE),
    frozenset(TIMER_KEYS),
    frozenset(Perform.key_of(act) for act in Act if act is not Act.CANCEL_HOLD),
)
"""Sets that are taken back whole, whichever role has use for them."""
ALL_ACTS: Final = {*STOPPABLE, *TIMER_KEYS, *map(Perform.key_of, Act)}
"""What stands in any of them, and the act that is not to be forgotten."""
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


def named(keys: Collection[WorkKey]) -> set[WorkKey]:
    """The keys without the sets that stand among them whole."""
    left = set(keys)
    for whole in WHOLE:
        if whole <= left:
            left -= whole
    return left


def taken_back(made: Iterable[Decision]) -> set[WorkKey]:
    return {key for each in made for keys in (each.withdraw, each.must_withdraw, each.must_stop) for key in named(keys)}


def strays(made: Collection[Decision]) -> set[WorkKey]:
    """What the decisions of a role take back, and none of them has asked for."""
    return taken_back(made) - asked_for(made) - NEVER


def unasked(made: Collection[Decision]) -> set[WorkKey]:
    """What is taken back whole, and none of the decisions has asked for."""
    return ALL_ACTS - asked_for(made)
