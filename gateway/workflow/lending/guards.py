"""What a row's `when` asks."""

from datetime import timedelta
from typing import Final

from gateway.iso18626.codes import OpenCode, ReasonForMessage, ReasonRetry, ReasonUnfilled, ServiceType, Status
from gateway.workflow.acts import gone_on
from gateway.workflow.effects import WorkKind
from gateway.workflow.events import (
    CopiesChecked,
    ItemSought,
    Looked,
    PartnerActed,
    Performed,
    RequestArrived,
    StaffActed,
    Stuck,
    TimerFired,
)
from gateway.workflow.lending import choose, force, items
from gateway.workflow.lending.groups import OUT_FOR_SURE
from gateway.workflow.lending.meanings import MEANINGS
from gateway.workflow.machine import Guard
from gateway.workflow.records import AnswerKind, Clock, Item, ItemPlace, Outcome, Request, State

RENEW_REPEAT = timedelta(minutes=10)
"""A Renew so soon after a granted one gets the same due date again (design.md, rule 3)."""
DUE_TOLERANCE = timedelta(days=1)
"""How far the circulation system's due date may be from the policy's before a person looks."""


# ── the request's answer ─────────────────────────────────────────────────────────────────────────


def turned_away_for_good(request: Request, event: RequestArrived) -> bool:
    """The automatic answer is Unfilled."""
    return event.turned_away is not None and event.turned_away.kind is AnswerKind.UNFILLED


def is_for_staff(request: Request, event: object) -> bool:
    """It was known on arrival that a person must answer."""
    return bool(request.for_staff)


def is_unapproved(request: Request, event: object) -> bool:
    """The library is none of our partners."""
    return request.partner is None


def is_offer(request: Request, event: CopiesChecked) -> bool:
    """Not now, but for a price or on a condition: the partner can accept."""
    return event.answer.cost is not None or event.answer.condition is not None


def past_need_by(request: Request, event: CopiesChecked) -> bool:
    """The partner needed it by an earlier day."""
    return request.need_before is not None and request.need_before < event.at


def offers_nothing(request: Request, event: StaffActed) -> bool:
    """An offer names its cost or its condition."""
    return event.answer is None or (event.answer.cost is None and event.answer.condition is None)


def answer_is_retry(request: Request, event: object) -> bool:
    """RetryPossible rather than Unfilled."""
    return request.answer is not None and request.answer.kind is AnswerKind.RETRY


def another_copy_wanted(request: Request, event: object) -> bool:
    """The copy did not come (not: staff answered no), and there is another."""
    return request.answer is not None and bool(request.answer.others) and another_copy(request, event)


def has_gone_on(request: Request, event: object) -> bool:
    """Something was decided since the answer: the partner may have asked, and have been told the same answer."""
    return request.updated_at != request.state_since


def _names_unknown(codes: type[OpenCode]) -> Guard:
    def unknown(request: Request, event: StaffActed) -> bool:
        return event.reason is not None and codes.lookup(event.reason) is None

    unknown.__doc__ = f"The reason is no code of {codes.__name__}: codes are never invented (iso18626.md)."
    return unknown


no_reason_unfilled = _names_unknown(ReasonUnfilled)
no_reason_retry = _names_unknown(ReasonRetry)
REASONS_UNFILLED: Final = (
    f"ISO 18626 has no such reason for Unfilled; it has {', '.join(ReasonUnfilled)}. Write other words into the note."
)
REASONS_RETRY: Final = (
    f"ISO 18626 has no such reason for RetryPossible; it has {', '.join(ReasonRetry)}. Write other words into the note."
)


# ── which copy ───────────────────────────────────────────────────────────────────────────────────


def another_copy(request: Request, event: object) -> bool:
    """A candidate is left."""
    return bool(request.candidates)


def names_copy(request: Request, event: StaffActed) -> bool:
    """Staff named an item."""
    return bool(event.copies)


def names_several(request: Request, event: StaffActed) -> bool:
    """Staff named more than one item."""
    return len({copy.item_barcode for copy in event.copies}) > 1


def _wants_copy(request: Request) -> bool:
    return choose.service_wanted(request) is ServiceType.COPY


def copy_of_named(request: Request, event: StaffActed) -> bool:
    """A copy is asked for, and staff named the item to make it from."""
    return _wants_copy(request) and names_copy(request, event)


def copy_of_candidate(request: Request, event: object) -> bool:
    """A copy is asked for, and there is an item to make it from."""
    return _wants_copy(request) and another_copy(request, event)


# ── acts and looks ───────────────────────────────────────────────────────────────────────────────


def refused_once(request: Request, event: Looked) -> bool:
    """Refused at the first asking, and the item is not somebody else's."""
    item = request.item(event.item_barcode)
    return item is not None and not event.is_anothers and item.outcome is Outcome.REFUSED and item.tries == 1


def is_unknown(request: Request, event: Performed) -> bool:
    """The answer was lost."""
    return event.outcome is Outcome.UNKNOWN


def any_answered(request: Request, event: object) -> bool:
    """The circulation system has answered the act on an item."""
    return any(item.outcome is not None for item in request.items)


def _others(request: Request, event: Looked) -> list[Item]:
    return [item for item in request.items if item.barcode != event.item_barcode]


def more_under_way(request: Request, event: Looked) -> bool:
    """The same act is still under way on another item of the request."""
    return any(item.tries for item in _others(request, event))


def another_failed(request: Request, event: Looked) -> bool:
    """The same act could not be done on another item of the request."""
    return any(item.outcome is not None for item in _others(request, event))


def more_unsettled(request: Request, event: Looked) -> bool:
    """The same act is under way on another item, or a person is asked about it."""
    return more_under_way(request, event) or another_failed(request, event)


def more_out_or_under_way(request: Request, event: Looked) -> bool:
    """Another item is checked out, or is just being."""
    return any(item.tries or item.place is ItemPlace.OUT for item in _others(request, event))


def _others_not(place: ItemPlace) -> Guard:
    def others_left(request: Request, event: Looked) -> bool:
        return any(item.place is not place for item in _others(request, event))

    others_left.__doc__ = f"Another item of the request is not {place} yet."
    return others_left


more_to_arrive = _others_not(ItemPlace.AT_DESK)
more_to_go_out = _others_not(ItemPlace.OUT)
more_to_come_back = _others_not(ItemPlace.BACK)


def more_to_release(request: Request, event: Looked) -> bool:
    """The hold of another item is not known to be off."""
    return any(item.tries or item.place is not ItemPlace.CHOSEN for item in _others(request, event))


def is_anothers(request: Request, event: Looked) -> bool:
    """Somebody else has the item."""
    return event.is_anothers


def is_ours_no_more(request: Request, event: Looked) -> bool:
    """The partner's account has not got the item on loan."""
    return event.ours is False


def one_is_ours_no_more(request: Request, event: Looked) -> bool:
    """So it is, and the same act is under way on another item."""
    return is_ours_no_more(request, event) and more_under_way(request, event)


def is_out(request: Request, event: Looked) -> bool:
    """As far as we know, the item is checked out."""
    item = request.item(event.item_barcode)
    return item is not None and item.place is ItemPlace.OUT


def is_not_out(request: Request, event: Looked) -> bool:
    """As far as we know, the item is not checked out."""
    return not is_out(request, event)


# ── items at hand ────────────────────────────────────────────────────────────────────────────────


def none_held(request: Request, event: object) -> bool:
    """Of no item it is known that it is held."""
    return all(item.place is ItemPlace.CHOSEN for item in request.items)


def names_another(request: Request, event: StaffActed) -> bool:
    """What is in hand is not, or not all, that is held for the request."""
    return bool(event.copies) and {copy.item_barcode for copy in event.copies} != {
        item.barcode for item in request.items
    }


def any_at_desk(request: Request, event: object) -> bool:
    """An item has arrived."""
    return any(item.place is ItemPlace.AT_DESK for item in request.items)


def was_undone(request: Request, event: object) -> bool:
    """Its checkout was undone, and the item is here."""
    return request.undone


def any_out(request: Request, event: object) -> bool:
    """An item is checked out."""
    return any(item.place is ItemPlace.OUT for item in request.items)


def may_check_in(request: Request, event: StaffActed) -> bool:
    """An item that is meant is out, and is not being checked in yet."""
    return any(items.may_check_in(item, event) for item in request.items)


def may_check_in_instead(request: Request, event: StaffActed) -> bool:
    """An item that is meant is out; what is under way on it is the renewal that is given up."""
    return any(items.is_meant(item, event) for item in request.items)


def was_coming(request: Request, event: object) -> bool:
    """A clock had run before, and it was on its way then, too."""
    return request.sought_coming > 0


def is_amber(request: Request, event: ItemSought) -> bool:
    """The promise does not end yet."""
    return event.after is Clock.HOLD_AMBER


# ── due dates ────────────────────────────────────────────────────────────────────────────────────


def may_undo_return(request: Request, event: Looked) -> bool:
    """It can be lent again as it was: one item that was out, and that nobody else has or is to have by now."""
    is_free = not event.kept and not event.is_anothers
    return request.undo_back_s > 0 and len(request.items) == 1 and is_free and request.resume in OUT_FOR_SURE


def is_kept(request: Request, event: object) -> bool:
    """Its check-in has kept it for somebody's hold."""
    return any(item.kept for item in request.items)


def names_due_date(request: Request, event: StaffActed) -> bool:
    """Staff named a due date."""
    return event.due_at is not None


def knows_due_date(request: Request, event: StaffActed) -> bool:
    """A due date is known for every item that is meant: staff named it, or the circulation system did."""
    meant = {copy.item_barcode for copy in event.copies} or {item.barcode for item in request.items}
    known = {item.barcode for item in request.items if item.due_at is not None}
    return event.due_at is not None or meant <= known


def lacks_known_due_date(request: Request, event: StaffActed) -> bool:
    """A due date is missing."""
    return not knows_due_date(request, event)


def due_date_surprises(request: Request, event: Looked) -> bool:
    """A due date is not known, or far from the policy's (ill.md, "another AH is a staff task")."""
    others = [item.due_at for item in _others(request, event)]
    item = request.item(event.item_barcode)
    dates = [event.due_at or (item.due_at if item else None), *others]
    if request.due_expected is None:
        return None in dates
    expected = event.at + (request.due_expected - request.created_at)
    return any(due_at is None or abs(due_at - expected) > DUE_TOLERANCE for due_at in dates)


def due_unsettled(request: Request, event: object) -> bool:
    """Checked out, and staff are still to say which due date the partner is told."""
    return request.due_at is None


def just_renewed(request: Request, event: PartnerActed) -> bool:
    """A renewal was granted minutes ago: this is the same wish again."""
    return request.renewed_at is not None and event.at - request.renewed_at < RENEW_REPEAT


def no_renewal_left(request: Request, event: PartnerActed) -> bool:
    """The policy lets the loan be renewed so often, and it was."""
    return request.renewals_allowed is not None and request.renewals >= request.renewals_allowed


def never_says_received(request: Request, event: TimerFired) -> bool:
    """The partner's system says Received of nothing."""
    return event.never_said


def is_overtaken(request: Request, event: TimerFired) -> bool:
    """A later overdue clock has run too."""
    return event.overtaken


def return_is_held(request: Request, event: object) -> bool:
    """The partner keeps the return back, and we have not recalled it."""
    return request.return_held


# ── telling ──────────────────────────────────────────────────────────────────────────────────────


def told_loaned(request: Request, event: object) -> bool:
    """It is Loaned that was told, or not."""
    return (
        getattr(event, "status", None) is Status.LOANED
        and getattr(event, "reason", None) is not ReasonForMessage.NOTIFICATION
    )


def is_telling(request: Request, event: Stuck) -> bool:
    """What is stuck is a message to the partner."""
    return event.kind is WorkKind.TELL


def told_loaned_meanwhile(request: Request, event: object) -> bool:
    """It is Loaned that was told, after the check-in had begun."""
    return told_loaned(request, event) and request.resume is State.CHECKED_OUT


def means_another(request: Request, event: StaffActed) -> bool:
    """It would do something else than when a person read what it does."""
    return gone_on.means_another(MEANINGS, request, event)


# ── forcing ──────────────────────────────────────────────────────────────────────────────────────


def says_too_little(request: Request, event: StaffActed) -> bool:
    """A forced state comes with a state in which a request can rest, and a reason."""
    return event.state not in force.RESTS or not event.reason


def lacks_item(request: Request, event: StaffActed) -> bool:
    """In the forced state there is an item, and none is known."""
    rest = force.RESTS.get(event.state) if event.state else None
    return rest is not None and rest.needs_item and not (request.items or event.copies)


def lacks_due_date(request: Request, event: StaffActed) -> bool:
    """In the forced state there is a due date, and none is known."""
    rest = force.RESTS.get(event.state) if event.state else None
    return rest is not None and rest.needs_due_date and not knows_due_date(request, event)
