"""A person says where a request really stands (ill.md, "no failure strands a loan").

Only states in which a request can rest can be forced: in the others our own work would be under way, and there is none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway.workflow.acts import undo
from gateway.workflow.events import StaffActed
from gateway.workflow.lending import ask, choose, clocks, items, keep, tell
from gateway.workflow.lending.groups import OUT
from gateway.workflow.machine import TIMER_KEYS, Action, Draft
from gateway.workflow.records import ItemPlace, State
from gateway.workflow.tasks import TaskKind

S = State


@dataclass(frozen=True, slots=True)
class Rest:
    """What a forced state means: where the items are (None: as they were), and what then runs.

    Where items are not held any more, whatever hold there may be is taken off.
    """

    place: ItemPlace | None
    then: tuple[Action, ...] = ()
    needs_item: bool = False
    needs_due_date: bool = False


def _no_items(draft: Draft, event: StaffActed) -> None:
    draft.set(items=())


def _due_unsettled(draft: Draft, event: StaffActed) -> None:
    draft.set(due_at=None)


# fmt: off
RESTS: Final[Mapping[State, Rest]] = {
    S.DECIDING:       Rest(ItemPlace.CHOSEN, (_no_items, clocks.start_deadline, ask.to_answer)),
    S.WILL_SUPPLY:    Rest(ItemPlace.HELD, (clocks.start_hold,), needs_item=True),
    S.ARRIVED:        Rest(ItemPlace.AT_DESK, needs_item=True),
    S.TO_COPY:        Rest(ItemPlace.CHOSEN, (clocks.start_hold,)),
    S.CHECKED_OUT:    Rest(ItemPlace.OUT, (_due_unsettled, ask.checked_out_not_told), needs_item=True),
    S.LOANED:         Rest(ItemPlace.OUT, (keep.settle_due, clocks.start_loan), needs_item=True, needs_due_date=True),
    S.OVERDUE:        Rest(ItemPlace.OUT, (keep.settle_due, clocks.start_due), needs_item=True, needs_due_date=True),
    S.RECALLED:       Rest(ItemPlace.OUT, (keep.settle_due, clocks.start_due), needs_item=True, needs_due_date=True),
    S.RETURNING:      Rest(ItemPlace.OUT, (keep.settle_due, keep.returned), needs_item=True),
    S.UNFILLED:       Rest(ItemPlace.CHOSEN),
    S.RETRY_POSSIBLE: Rest(ItemPlace.CHOSEN),
    S.CANCELLED:      Rest(ItemPlace.CHOSEN),
    S.COMPLETED:      Rest(ItemPlace.BACK, (keep.over,)),
    S.COPY_COMPLETED: Rest(ItemPlace.CHOSEN),
    S.LOST:           Rest(None),
}
# fmt: on
_NOT_BACK: Final[Mapping[str, Any]] = {"returned_at": None}
_NOT_THERE: Final[Mapping[str, Any]] = {**_NOT_BACK, "received_at": None}
_NOT_OUT: Final[Mapping[str, Any]] = {
    **_NOT_THERE,
    "shipped_at": None,
    "due_at": None,
    "renewals": 0,
    "renewed_at": None,
    "return_held": False,
}
NOT_YET: Final[Mapping[State, Mapping[str, Any]]] = {
    **dict.fromkeys(
        (S.DECIDING, S.WILL_SUPPLY, S.ARRIVED, S.TO_COPY, S.UNFILLED, S.RETRY_POSSIBLE, S.CANCELLED), _NOT_OUT
    ),
    S.CHECKED_OUT: _NOT_THERE,
    **dict.fromkeys(OUT, _NOT_BACK),
}
"""What has not happened yet in a forced state, whatever was so before: the next shipment brings its own dates."""
_STILL_HELD: Final = frozenset({ItemPlace.HELD, ItemPlace.AT_DESK, ItemPlace.OUT})
"""Places in which a hold is wanted, or was used up by the checkout."""


def force(draft: Draft, event: StaffActed) -> None:
    """Go where staff say: work not begun is withdrawn, clocks stop, those of the new state start.

    Refused while an act has begun and is not answered, which is over within minutes: what a person sees then can be
    out of date before it is said, and a second act could follow without a look. What was answered is looked at.
    """
    assert event.state is not None, "guards.says_where"
    rest = RESTS[event.state]
    undo.nothing_begun(draft, event)
    if rest.place is ItemPlace.OUT:
        tell.loaned_early(draft, event)
    if rest.place is ItemPlace.BACK:
        tell.completed_early(draft, event)
    draft.withdraw(*TIMER_KEYS)
    is_still_held = rest.place in _STILL_HELD
    if is_still_held or draft.request.state is not S.RESERVING:
        items.keep_in_doubt(draft, event)  # else the hold is looked at to be taken off
    items.take_named(draft, event)
    for item in draft.request.items:
        if not is_still_held:
            items.give_up(draft, item)
        draft.change_item(item.barcode, place=rest.place or item.place, tries=0, outcome=None, outcome_words="")
    _forget(draft, NOT_YET.get(event.state, {}))
    if rest.needs_item:
        choose.take_offer(draft, event)
    draft.set(state=event.state, resume=None)
    draft.close(TaskKind.PAST_DEADLINE)
    for action in rest.then:
        action(draft, event)
    if event.note:
        tell.note(draft, event)


def _forget(draft: Draft, not_yet: Mapping[str, Any]) -> None:
    draft.set(**not_yet)
    if "due_at" in not_yet:
        for item in draft.request.items:
            draft.change_item(item.barcode, due_at=None)
