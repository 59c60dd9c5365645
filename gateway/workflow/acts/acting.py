"""What a row's `when` asks of acts, looks and words, in both tables."""

from datetime import timedelta

from gateway.workflow.events import Looked, Performed, StaffActed
from gateway.workflow.records import Outcome, Request

AGAIN_LIMIT = 3
"""How often an act is asked for before a person looks: one repeat after a lost or lying answer, and one more."""


def is_others_item(request: Request, event: Performed | Looked) -> bool:
    """It is about an item that is not the request's any more."""
    return request.item(event.item_barcode) is None


def may_try_again(request: Request, event: Looked) -> bool:
    """Known not to be done, not because it was refused, not tried too often, and the item is not somebody else's."""
    item = request.item(event.item_barcode)
    if item is None or event.is_anothers:
        return False
    return item.outcome is not Outcome.REFUSED and item.tries < AGAIN_LIMIT


def under_way(request: Request, event: object) -> bool:
    """An act was asked for and no look has settled it."""
    return any(item.tries for item in request.items)


def may_be_undone(request: Request, event: StaffActed) -> bool:
    """What brought it here was said at the desk alone, with time to undo it, and that is not over."""
    return request.resume is not None and event.at - request.state_since < timedelta(seconds=request.undo_s)


def says_words(request: Request, event: StaffActed) -> bool:
    """There is something to send."""
    return bool(event.note and event.note.strip())


def notes_words(request: Request, event: StaffActed) -> bool:
    """There is something for staff to read, and nothing that somebody meant for the partner."""
    return bool(event.inside and event.inside.strip()) and not event.note
