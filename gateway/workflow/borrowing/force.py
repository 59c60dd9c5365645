"""A person says where a request really stands (ill.md, "no failure strands a loan").

Only states in which a request can rest can be forced: in the others our own work would be under way, and there is none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gateway.iso18626.codes import RequestType
from gateway.workflow.acts import asking, undo
from gateway.workflow.borrowing import ask, clocks, guards, here, keep, say, take_back
from gateway.workflow.borrowing.draft import BorrowingDraft
from gateway.workflow.borrowing.groups import FOR_CUSTOMER, OWN_COPY
from gateway.workflow.borrowing_records import PoolState
from gateway.workflow.effects import HearLate, MakeRota, SendRequest, Vet
from gateway.workflow.events import StaffActed
from gateway.workflow.machine import TIMER_KEYS, Action
from gateway.workflow.records import Item, ItemPlace, Request, State

S = State


@dataclass(frozen=True, slots=True)
class Rest:
    """What a forced state means: where the item is (None: as it was), and what then runs."""

    place: ItemPlace | None = None
    then: tuple[Action, ...] = ()
    needs_item: bool = False
    needs_lender: bool = True
    is_here: bool = True
    """False where nothing of it is in our house: what stood for it does so no more."""


# fmt: off
RESTS: Final[Mapping[State, Rest]] = {
    S.DECIDING:      Rest(then=(ask.no_lender,), needs_lender=False, is_here=False),
    S.PROMISED:      Rest(then=(clocks.start_sends,), is_here=False),
    S.ON_ITS_WAY:    Rest(then=(clocks.start_receipt,), is_here=False),
    S.ON_SHELF:      Rest(ItemPlace.AT_DESK, (clocks.start_watch,), needs_item=True),
    S.WITH_CUSTOMER: Rest(ItemPlace.OUT, (clocks.start_watch,), needs_item=True),
    S.TO_RETURN:     Rest(ItemPlace.BACK, needs_item=True),
    S.SENT_BACK:     Rest(ItemPlace.BACK, (keep.returned, clocks.start_return)),
    S.COPY_HERE:     Rest(then=(ask.hand_over,)),
    S.COMPLETED:     Rest(then=(here.free_barcode, keep.over)),
    S.CANCELLED:     Rest(then=(here.free_barcode, keep.over), needs_lender=False),
    S.UNFILLED:      Rest(then=(here.free_barcode,), needs_lender=False),
    S.LOST:          Rest(then=(ask.price,)),
}
# fmt: on
_POOL: Final = {ItemPlace.OUT: PoolState.WITH_CUSTOMER}


def says_too_little(request: Request, event: StaffActed) -> bool:
    """A reason, and a state in which a request can rest."""
    return not (event.reason or "").strip() or event.state not in RESTS


def _rest(event: StaffActed) -> Rest:
    assert event.state is not None, "says_too_little comes first"
    return RESTS[event.state]


def lacks_lender(request: Request, event: StaffActed) -> bool:
    """Nobody was asked yet who could have it."""
    return _rest(event).needs_lender and not request.borrowed.asked


def lacks_item(request: Request, event: StaffActed) -> bool:
    """The barcode that stands for it in our house is not known."""
    is_known = bool(request.items) and request.state not in OWN_COPY
    return _rest(event).needs_item and not (is_known or event.copies)


def force(draft: BorrowingDraft, event: StaffActed) -> None:
    """Go where staff say: work not begun is withdrawn, clocks stop, those of the new state start.

    Refused while an act on the circulation system is in flight, as in lending.
    """
    rest = _rest(event)
    undo.nothing_begun(draft, event)
    here.stop_work(draft, event)
    draft.withdraw(Vet.sole_key(), MakeRota.sole_key(), HearLate.sole_key(), *TIMER_KEYS)
    if not rest.needs_lender:
        take_back.yes(draft, event)
        draft.withdraw(SendRequest.key_of(RequestType.RETRY))
    if event.state not in FOR_CUSTOMER and guards.may_be_on_hold(draft.request, event):
        asking.stray_hold(draft, event)
    _name_item(draft, event, rest)
    for item in draft.request.items:
        place = rest.place or item.place
        draft.change_item(item.barcode, place=place, tries=0, outcome=None, outcome_words="")
        if event.copies or here.free_barcode not in rest.then:  # of what was over, another request may have it by now
            draft.move_barcode(item.barcode, _POOL.get(place, PoolState.ASSIGNED))
    assert event.state is not None, "says_too_little comes first"
    draft.set(state=event.state, resume=None, due_at=event.due_at or draft.request.due_at)
    for action in rest.then:
        action(draft, event)
    if event.note and draft.request.borrowed.asked:
        say.note(draft, event)


def _name_item(draft: BorrowingDraft, event: StaffActed, rest: Rest) -> None:
    """What stands for it from now on: what staff name, else what did so far; a barcode that does so no more rests."""
    request, named = draft.request, event.copies[:1] if rest.is_here else ()
    stays = rest.is_here and request.state not in OWN_COPY
    if stays and (not named or request.item(named[0].item_barcode)):
        return
    if request.state not in OWN_COPY:
        here.free_barcode(draft, event)
    draft.set(items=tuple(Item(copy=copy) for copy in named))
