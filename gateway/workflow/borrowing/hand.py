"""What staff do in the ILS by hand where we borrow: which of it a request waits for, and the look at their word (by_hand.py)."""

from gateway.workflow.acts import by_hand
from gateway.workflow.borrowing import loans
from gateway.workflow.borrowing.draft import BorrowingDraft
from gateway.workflow.effects import Watch
from gateway.workflow.events import Looked, StaffActed
from gateway.workflow.machine import Action
from gateway.workflow.records import Act, ItemPlace, Outcome, Request, State
from gateway.workflow.triggers import Deed

S = State
_WITH_HOLD = (ItemPlace.CHOSEN, ItemPlace.HELD, ItemPlace.AT_DESK)


def wanted(request: Request) -> Deed | None:
    """Say what “done by hand” means as the request stands; None where it means nothing."""
    match request.state:
        case S.RESERVING:
            return Deed.HOLD
        case S.RECEIVING if request.items:
            return Deed.HOLD if any(item.place is ItemPlace.CHOSEN for item in request.items) else Deed.RECEIVE
        case S.ON_SHELF | S.WITH_CUSTOMER:
            return Deed.RENEW
        case S.TAKING_BACK:
            return Deed.CANCEL_HOLD if waits_for_hold(request, None) else Deed.CHECKIN
        case S.SENT_BACK | S.LOST:
            return Deed.CLOSED
        case _:
            return None


def answers_another(request: Request, event: StaffActed) -> bool:
    """The answer is about something else than what the request waits for: that is settled."""
    return by_hand.answers_another(wanted(request), event)


def waits_for_hold(request: Request, event: object) -> bool:
    """A hold is to come off before it is checked in."""
    return any(item.place in _WITH_HOLD for item in request.items)


def is_under_way(request: Request, event: Looked) -> bool:
    """Staff did what the request waits for, and it goes on by the look."""
    item = request.item(event.item_barcode)
    return event.by_hand and item is not None and item.outcome is Outcome.DONE


def is_fetched_already(request: Request, event: Looked) -> bool:
    """Staff checked it in, and by the time of the look somebody has it on loan: that does not speak against their word."""
    return event.by_hand and event.charged is True


def _answer(act: Act) -> Action:
    def answered(draft: BorrowingDraft, event: StaffActed) -> None:
        for item in draft.request.items:
            draft.change_item(item.barcode, outcome=Outcome.DONE, outcome_words="", tries=1)
        by_hand.look_at_word(draft, act, draft.request.items)

    answered.__doc__ = f"Staff did {act}: it counts as answered, and what follows waits for the look."
    return answered


placed = _answer(Act.HOLD)
taken_off = _answer(Act.CANCEL_HOLD)


def _look(act: Act) -> Action:
    def look(draft: BorrowingDraft, event: StaffActed) -> None:
        by_hand.look_at_word(draft, act, draft.request.items)

    look.__doc__ = f"Look whether the circulation system shows {act}, which staff say that they did."
    return look


look_for_hold = _look(Act.HOLD)
look_at_receipt = _look(Act.RECEIVE)
look_at_check_in = _look(Act.CHECKIN)


def look_at_date(draft: BorrowingDraft, event: StaffActed) -> None:
    """Look at our due date: renewed, or set to another day; an earlier one is no renewal, and is merely read."""
    for item in draft.request.items:
        is_earlier = event.due_at is not None and item.due_at is not None and event.due_at <= item.due_at
        if is_earlier:
            draft.emit(Watch(item_barcode=item.barcode, was_out=loans.was_seen_out(draft.request)))
        else:
            by_hand.look_at_word(draft, Act.RENEW, [item])
