"""What is known now of items and acts, in both roles."""

from typing import Any

from gateway.workflow.acts import act
from gateway.workflow.events import Looked, StaffActed
from gateway.workflow.machine import Action, Draft
from gateway.workflow.records import ItemPlace, Outcome
from gateway.workflow.tasks import TaskKind


def settle(draft: Draft, event: object, **fields: Any) -> None:
    """No act is under way any more on the item looked at, or on any where it wasn't a look that told."""
    barcodes = (event.item_barcode,) if isinstance(event, Looked) else [item.barcode for item in draft.request.items]
    for barcode in barcodes:
        draft.change_item(barcode, tries=0, outcome=None, outcome_words="", **fields)
        act.no_doubt(draft, barcode, event)


def place_at(place: ItemPlace) -> Action:
    """Make the action that says where items are."""

    def put(draft: Draft, event: object) -> None:
        settle(draft, event, place=place)

    put.__doc__ = f"The item is {place} now: the one looked at, or all of them where staff say so."
    return put


held = place_at(ItemPlace.HELD)


def failed(draft: Draft, event: Looked) -> None:
    """What was asked for is not done, or can't be told, and is a person's now."""
    item = draft.request.item(event.item_barcode)
    if item is not None:
        draft.change_item(item.barcode, tries=0, outcome=item.outcome or Outcome.UNKNOWN)
        act.no_doubt(draft, item.barcode, event)


def cleared(draft: Draft, event: object) -> None:
    """Nothing is asked for any more, of any item."""
    for item in draft.request.items:
        draft.change_item(item.barcode, tries=0, outcome=None, outcome_words="")


def remember(draft: Draft, event: object) -> None:
    """Keep where the request stands, for the case that nothing comes of what begins now."""
    draft.remember(draft.request.resume or draft.request.state)


def keep_on(draft: Draft, event: object) -> None:
    """Keep it further, where it was kept."""
    draft.resume = draft.request.resume


def time_to_undo(draft: Draft, event: StaffActed) -> None:
    """Nobody is told of it, so it can be undone for as long as was asked: the request stands again where it stands now."""
    draft.set(undo_s=event.undo_s)
    if event.undo_s:
        draft.remember(draft.request.state)


def matches(draft: Draft, event: object) -> None:
    """The circulation system's lists agree with the request."""
    draft.close(TaskKind.RECONCILE)


# ── what staff say among themselves ──────────────────────────────────────────────────────────────


def assign(draft: Draft, event: StaffActed) -> None:
    """It is the named person's to see to, or nobody's."""
    draft.set(assigned_to=event.assignee)


def flag(draft: Draft, event: StaffActed) -> None:
    """It needs attention, for the reason that is given."""
    draft.set(flag=event.inside or "")


def unflag(draft: Draft, event: StaffActed) -> None:
    """It needs attention no more."""
    draft.set(flag=None)
