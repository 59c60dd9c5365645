"""What staff do in the ILS by hand where we lend: which of it a state waits for, and the look at their word (by_hand.py)."""

from collections.abc import Mapping
from typing import Final

from gateway.workflow.acts import by_hand
from gateway.workflow.events import StaffActed
from gateway.workflow.lending.groups import COMING_OFF
from gateway.workflow.machine import Draft
from gateway.workflow.records import Act, ItemPlace, Request, State
from gateway.workflow.triggers import Deed

S = State
_WANTED: Final[Mapping[State, Deed]] = {
    S.RESERVING: Deed.HOLD,
    S.ARRIVING: Deed.ARRIVE,
    S.ARRIVING_TO_SHIP: Deed.ARRIVE,
    **dict.fromkeys(COMING_OFF, Deed.CANCEL_HOLD),
    **dict.fromkeys((S.WILL_SUPPLY, S.ARRIVED, S.CHECKING_OUT, S.LENDING_AGAIN), Deed.CHECKOUT),
    S.CHECKED_OUT: Deed.DUE_DATE,
    S.RENEWING: Deed.RENEW,
    **dict.fromkeys((S.LOANED, S.OVERDUE, S.RECALLED, S.RETURNING, S.LOST, S.CHECKING_IN, S.UNDOING), Deed.CHECKIN),
}


def wanted(request: Request) -> Deed | None:
    """Say what “done by hand” means in the request's state; None where it means nothing."""
    return _WANTED.get(request.state)


def answers_another(request: Request, event: StaffActed) -> bool:
    """The answer is about something else than what the request waits for: that is settled."""
    return by_hand.answers_another(wanted(request), event)


def look(draft: Draft, event: object) -> None:
    """Look whether the circulation system shows what staff say that they did; a look of its own needs no second one."""
    deed = wanted(draft.request)
    if deed is None or not isinstance(event, StaffActed):
        return
    act = Act(deed.value)
    is_of_loan = act in {Act.RENEW, Act.CHECKIN}
    items = [item for item in draft.request.items if not is_of_loan or item.place is ItemPlace.OUT]
    by_hand.look_at_word(draft, act, items)
