"""What a request's state means for figures: what counts from then on, and what no longer does. Tables. Pure."""

from collections.abc import Mapping
from typing import Final

import msgspec

from gateway.workflow.borrowing.groups import FINALS as BORROWING_FINALS
from gateway.workflow.facts import CameTo, Milestone
from gateway.workflow.lending.groups import COMING_BACK
from gateway.workflow.lending.groups import FINALS as LENDING_FINALS
from gateway.workflow.records import Role, State

S = State
H = Milestone


class Holds(msgspec.Struct, frozen=True):
    """In which states something holds; in those of `keeps` it holds if it did before; in all others it doesn't."""

    what: Milestone
    states: frozenset[State]
    keeps: frozenset[State] = frozenset()


def _holds(what: Milestone, *states: State, keeps: tuple[State, ...] = ()) -> Holds:
    return Holds(what, frozenset(states), frozenset(keeps))


# fmt: off
TABLE: Final[Mapping[Role, tuple[Holds, ...]]] = {
    Role.LENDING: (
        _holds(H.SUPPLIED,  S.LOANED, S.OVERDUE, S.RECALLED, S.RENEWING, S.RETURNING, S.COMPLETED, S.COPY_COMPLETED, S.LOST,
               keeps=COMING_BACK),
        _holds(H.RETURNED,  S.COMPLETED, S.CHECKED_IN),
        _holds(H.UNFILLED,  S.UNFILLED),
        _holds(H.RETRY,     S.RETRY_POSSIBLE),
        _holds(H.CANCELLED, S.CANCELLED),
        _holds(H.LOST,      S.LOST, keeps=COMING_BACK),
    ),
    Role.BORROWING: (
        _holds(H.RECEIVED,    S.RECEIVING, S.ON_SHELF, S.WITH_CUSTOMER, S.TO_RETURN, S.TAKING_BACK, S.SENT_BACK,
               keeps=(S.COMPLETED, S.LOST)),
        _holds(H.RETURNED,    S.SENT_BACK, keeps=(S.COMPLETED, S.LOST)),
        _holds(H.UNFILLED,    S.UNFILLED),
        _holds(H.CANCELLED,   S.CANCELLED),
        _holds(H.SERVED_HERE, S.SERVED_HERE),
        _holds(H.LOST,        S.LOST),
    ),
}
# fmt: on
SHIPPED: Final[Mapping[Role, frozenset[State]]] = {
    Role.LENDING: frozenset({S.CHECKED_OUT, S.LOANED, S.COPY_COMPLETED}),
    Role.BORROWING: frozenset({S.ON_ITS_WAY, S.COPY_HERE, S.RECEIVING}),
}
"""In these it has left whoever lends it."""
FINALS: Final = {Role.LENDING: LENDING_FINALS, Role.BORROWING: BORROWING_FINALS}
WITH_REASON: Final = frozenset({H.UNFILLED, H.RETRY})
_OUTCOMES: Final[Mapping[Milestone, CameTo]] = {
    H.SUPPLIED: CameTo.SUPPLIED,
    H.RECEIVED: CameTo.RECEIVED,
    H.UNFILLED: CameTo.UNFILLED,
    H.RETRY: CameTo.RETRY,
    H.CANCELLED: CameTo.CANCELLED,
    H.SERVED_HERE: CameTo.SERVED_HERE,
}


def of(role: Role, state: State, before: State | None, was: tuple[Milestone, ...]) -> tuple[Milestone, ...]:
    """Say what holds in a state. A copy that was handed over (completed, and here before) was received."""
    handed_over = {H.RECEIVED} if before is S.COPY_HERE and state is S.COMPLETED else set()
    return tuple(
        each.what
        for each in TABLE[role]
        if state in each.states or (state in each.keeps and each.what in was) or each.what in handed_over
    )


def outcome(now: tuple[Milestone, ...]) -> CameTo:
    """Say what a request has come to while this holds."""
    return next((found for what, found in _OUTCOMES.items() if what in now), CameTo.OPEN)
