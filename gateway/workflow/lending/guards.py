"""What a row's `when` asks."""

from datetime import timedelta

from gateway.iso18626.codes import ReasonForMessage, ServiceType, Status
from gateway.workflow.events import (
    Looked,
    PartnerActed,
    RequestArrived,
    StaffActed,
)
from gateway.workflow.machine import Guard
from gateway.workflow.records import (
    AnswerKind,
    ItemPlace,
    Outcome,
    Request,
)

AGAIN_LIMIT = 3
"""How often an act is asked for before a person looks: one repeat after a lost or lying answer, and one more."""
RENEW_REPEAT = timedelta(minutes=10)
"""A Renew so soon after a granted one gets the same due date again (design.md, rule 3)."""
DUE_TOLERANCE = timedelta(days=1)
"""How far the circulation system's due date may be from the policy's before a person looks."""


def may_try_again(request: Request, event: Looked) -> bool:
    """Known not to be done, not because it was refused, and not tried too often."""
    item = request.item(event.item_barcode)
    return item is not None and item.outcome is not Outcome.REFUSED and item.tries < AGAIN_LIMIT


def was_refused(request: Request, event: Looked) -> bool:
    """The circulation system said no, and it is so."""
    item = request.item(event.item_barcode)
    return item is not None and item.outcome is Outcome.REFUSED


def another_copy(request: Request, event: object) -> bool:
    """A candidate is left."""
    return bool(request.candidates)


def another_copy_wanted(request: Request, event: object) -> bool:
    """The copy did not come (not: staff answered no), all holds are off, and a candidate is left."""
    wanted = request.answer is None or request.answer.reason == "NotOnShelf"
    return wanted and bool(request.candidates)


def answer_is_retry(request: Request, event: object) -> bool:
    """RetryPossible rather than Unfilled."""
    return request.answer is not None and request.answer.kind is AnswerKind.RETRY


def wants_copy(request: Request, event: object) -> bool:
    """A copy is asked for, not a loan."""
    return request.service is ServiceType.COPY


def names_copy(request: Request, event: StaffActed) -> bool:
    """Staff named an item that the item list knows."""
    return bool(event.copies)


def names_due_date(request: Request, event: StaffActed) -> bool:
    """A due date is known: staff named it, or the circulation system did."""
    return event.due_at is not None or any(item.due_at for item in request.items)


def has_items(request: Request, event: object) -> bool:
    """The request has an item to act on."""
    return bool(request.items)


def has_items_or_names(request: Request, event: StaffActed) -> bool:
    """There is an item to act on, ours or named now."""
    return bool(request.items or event.copies)


def is_others_item(request: Request, event: Looked) -> bool:
    """The look was about an item that is not the request's any more (its hold was given up)."""
    return request.item(event.item_barcode) is None


def _others_not(place: ItemPlace) -> Guard:
    def others_left(request: Request, event: Looked) -> bool:
        return any(item.place is not place for item in request.items if item.barcode != event.item_barcode)

    others_left.__doc__ = f"Another item of the request is not {place} yet."
    return others_left


more_to_arrive = _others_not(ItemPlace.AT_DESK)
more_to_go_out = _others_not(ItemPlace.OUT)
more_to_come_back = _others_not(ItemPlace.BACK)


def more_under_way(request: Request, event: Looked) -> bool:
    """The same act is still under way on another item of the request."""
    return any(item.tries for item in request.items if item.barcode != event.item_barcode)


def due_date_surprises(request: Request, event: Looked) -> bool:
    """The circulation system's due date is far from the policy's (ill.md, "another AH is a staff task")."""
    item = request.item(event.item_barcode)
    due_at = event.due_at or (item.due_at if item else None)
    if request.due_expected is None or due_at is None:
        return False
    expected = event.at + (request.due_expected - request.created_at)
    return abs(due_at - expected) > DUE_TOLERANCE


def told_loaned(request: Request, event: object) -> bool:
    """It is Loaned that was told, or not."""
    return (
        getattr(event, "status", None) is Status.LOANED
        and getattr(event, "reason", None) is not ReasonForMessage.NOTIFICATION
    )


def just_renewed(request: Request, event: PartnerActed) -> bool:
    """A renewal was granted minutes ago: this is the same wish act.again."""
    return request.renewed_at is not None and event.at - request.renewed_at < RENEW_REPEAT


def is_overdue(request: Request, event: object) -> bool:
    """The due date has passed."""
    at = getattr(event, "at", None)
    return request.due_at is not None and at is not None and at > request.due_at


def says_where(request: Request, event: StaffActed) -> bool:
    """A forced state comes with the state and a reason."""
    return event.state is not None and bool(event.reason)


def turned_away_for_good(request: Request, event: RequestArrived) -> bool:
    """The automatic answer is Unfilled."""
    return event.turned_away is not None and event.turned_away.kind is AnswerKind.UNFILLED


def says_words(request: Request, event: StaffActed) -> bool:
    """There is something to send."""
    return bool(event.note)


def copy_of_named(request: Request, event: StaffActed) -> bool:
    """A copy is asked for, and staff named the item to make it from."""
    return wants_copy(request, event) and names_copy(request, event)


def copy_of_candidate(request: Request, event: object) -> bool:
    """A copy is asked for, and there is an item to make it from."""
    return wants_copy(request, event) and another_copy(request, event)


def has_items_and_due_date(request: Request, event: StaffActed) -> bool:
    """All that a checkout by hand has to leave behind is known."""
    return has_items(request, event) and names_due_date(request, event)


def answer_is_unfilled(request: Request, event: object) -> bool:
    """Unfilled rather than RetryPossible."""
    return request.answer is not None and request.answer.kind is AnswerKind.UNFILLED
