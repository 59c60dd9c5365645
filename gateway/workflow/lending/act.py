"""Acts on the circulation system, and the looks that show whether they were done (17, 63)."""

from gateway.workflow.effects import Look, Perform
from gateway.workflow.events import (
    Looked,
    PartnerActed,
    Performed,
    StaffActed,
)
from gateway.workflow.machine import Action, Draft
from gateway.workflow.records import (
    Act,
    Copy,
    Item,
    ItemPlace,
    Outcome,
)

LOOK_AFTER_UNKNOWN_S = 2.0
"""How long a lost act is given to arrive before we look for its result."""


def ask_for(draft: Draft, act: Act, item: Item, *, tries: int = 1, delay_s: float = 0.0) -> None:
    """Ask for an act on an item, for the `tries`-th time; what the last one answered is forgotten."""
    draft.change_item(item.barcode, outcome=None, outcome_words="", tries=tries)
    draft.emit(Perform(act=act, item_barcode=item.barcode, delay_s=delay_s))


def place_hold(draft: Draft, event: object) -> None:
    """Reserve every item that is not reserved yet."""
    for item in draft.request.items:
        ask_for(draft, Act.HOLD, item)


def cancel_holds(draft: Draft, event: object) -> None:
    """Take our holds off; waits `undo_s` where a person asked for it, so that it can be undone before the first act."""
    delay_s = event.undo_s if isinstance(event, StaffActed) else 0.0
    for item in draft.request.items:
        ask_for(draft, Act.CANCEL_HOLD, item, delay_s=delay_s)


def look_for_holds(draft: Draft, event: object) -> None:
    """The hold may or may not have been placed: withdraw what has not begun, then look.

    The look shares the hold's lane and so comes after a hold that has begun (design.md, "Effects of one request").
    """
    draft.withdraw(f"perform:{Act.HOLD}", f"look:{Act.HOLD}")
    for item in draft.request.items:
        draft.change_item(item.barcode, tries=0)
        draft.emit(Look(act=Act.CANCEL_HOLD, item_barcode=item.barcode, queue_length=item.queue_length))


def arrive(draft: Draft, event: StaffActed) -> None:
    """Check the item in at the desk: it is here (ill.md, "Arrived = 09")."""
    _take_named_copies(draft, event)
    for item in draft.request.items:
        if item.place in (ItemPlace.CHOSEN, ItemPlace.HELD):
            ask_for(draft, Act.ARRIVE, item)


def check_out(draft: Draft, event: StaffActed) -> None:
    """Check out every item that is not out yet to the partner's account."""
    _take_named_copies(draft, event)
    draft.set(undo_s=event.undo_s)
    for item in draft.request.items:
        if item.place is not ItemPlace.OUT:
            ask_for(draft, Act.CHECKOUT, item)


def _take_named_copies(draft: Draft, event: StaffActed) -> None:
    """Staff may send other copies of the title, or several: a copy held but not named loses its hold."""
    if not event.copies:
        return
    named = {copy.item_barcode for copy in event.copies}
    for item in draft.request.items:
        if item.barcode not in named and item.place in (ItemPlace.HELD, ItemPlace.AT_DESK):
            draft.emit(Perform(act=Act.CANCEL_HOLD, item_barcode=item.barcode))
    kept = {item.barcode: item for item in draft.request.items}
    draft.set(items=tuple(_item_for(copy, kept) for copy in event.copies))


def _item_for(copy: Copy, kept: dict[str, Item]) -> Item:
    return kept.get(copy.item_barcode) or Item(copy=copy)


def renew(draft: Draft, event: PartnerActed) -> None:
    """Ask the circulation system first (ill.md, "Renewal")."""
    for item in draft.request.items:
        if item.place is ItemPlace.OUT:
            ask_for(draft, Act.RENEW, item)


def check_in(draft: Draft, event: StaffActed) -> None:
    """Check in the items that are out: those that staff named, else all."""
    for item in draft.request.items:
        if item.place is ItemPlace.OUT and (not event.item_barcodes or item.barcode in event.item_barcodes):
            ask_for(draft, Act.CHECKIN, item)


def note_answer(draft: Draft, event: Performed) -> None:
    """Keep what the circulation system answered, and look: ok is not proof, nor is a refusal (sip2.md)."""
    before = draft.request.item(event.item_barcode)
    draft.change_item(event.item_barcode, outcome=event.outcome, outcome_words=event.words)
    draft.emit(
        Look(
            act=event.act,
            item_barcode=event.item_barcode,
            queue_length=before.queue_length if before else 0,
            due_at=event.due_at if event.act is Act.CHECKOUT or before is None else before.due_at,
            answered=event.outcome,
            delay_s=LOOK_AFTER_UNKNOWN_S if event.outcome is Outcome.UNKNOWN else 0.0,
        )
    )


def again(draft: Draft, event: Looked) -> None:
    """It is known not to be done: ask for it once more."""
    item = draft.request.item(event.item_barcode)
    if item is not None:
        ask_for(draft, event.act, item, tries=item.tries + 1)


def _again_by_staff(act: Act, places: tuple[ItemPlace, ...]) -> Action:
    def perform(draft: Draft, event: StaffActed) -> None:
        for item in draft.request.items:
            if item.place in places:
                ask_for(draft, act, item)

    perform.__doc__ = f"Ask for {act} once more, because staff said so."
    return perform


hold_again = _again_by_staff(Act.HOLD, (ItemPlace.CHOSEN,))
cancel_hold_again = _again_by_staff(Act.CANCEL_HOLD, tuple(ItemPlace))
arrive_again = _again_by_staff(Act.ARRIVE, (ItemPlace.CHOSEN, ItemPlace.HELD))
checkout_again = _again_by_staff(Act.CHECKOUT, (ItemPlace.CHOSEN, ItemPlace.HELD, ItemPlace.AT_DESK))
renew_again = _again_by_staff(Act.RENEW, (ItemPlace.OUT,))
checkin_again = _again_by_staff(Act.CHECKIN, (ItemPlace.OUT,))


def undo_check_out(draft: Draft, event: StaffActed) -> None:
    """Check in act.again what was checked out in error."""
    for item in draft.request.items:
        if item.place is ItemPlace.OUT:
            ask_for(draft, Act.CHECKIN, item)
    draft.set(due_at=None, shipped_at=None)
