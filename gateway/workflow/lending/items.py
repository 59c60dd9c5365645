"""Acts on the items that we lend: reserve, take in hand, check out, renew, check in, and give up."""

from collections.abc import Mapping
from typing import Final

from gateway.workflow.acts import act
from gateway.workflow.effects import Look, Perform, Seek
from gateway.workflow.events import PartnerActed, Performed, StaffActed, TimerFired
from gateway.workflow.lending.groups import COMING_OFF
from gateway.workflow.machine import Draft
from gateway.workflow.records import Act, Item, ItemPlace, State

_MAY_BE_HELD = (ItemPlace.HELD, ItemPlace.AT_DESK)
UNDER_WAY: Final[Mapping[State, Act]] = {
    State.RESERVING: Act.HOLD,
    State.ARRIVING: Act.ARRIVE,
    State.ARRIVING_TO_SHIP: Act.ARRIVE,
    State.CHECKING_OUT: Act.CHECKOUT,
    State.UNDOING: Act.CHECKIN,
    State.RENEWING: Act.RENEW,
    State.CHECKING_IN: Act.CHECKIN,
    State.LENDING_AGAIN: Act.CHECKOUT,
}
"""The act that a state waits for. Taking a hold off is not among them: doing it twice does no harm."""
_HOLD_IN_DOUBT = (State.RESERVING, *COMING_OFF)


def keep_in_doubt(draft: Draft, event: StaffActed) -> None:
    """Staff say where the request stands before anybody has looked what an act did: look all the same.

    What the look shows against their word is a task; and before the same act is asked for again we look once more.
    """
    under_way = UNDER_WAY.get(draft.request.state)
    for item in draft.request.items:
        if under_way is not None and item.tries and item.outcome is not None:
            draft.set(in_doubt=tuple(dict.fromkeys((*draft.request.in_doubt, (item.barcode, under_way)))))
    for barcode, doubted in draft.request.in_doubt:
        known = draft.request.item(barcode)
        draft.emit(act.look_at(doubted, known) if known else Look(act=doubted, item_barcode=barcode))


def place_hold(draft: Draft, event: object) -> None:
    """Reserve every item."""
    for item in draft.request.items:
        act.ask_for(draft, Act.HOLD, item)


def release(draft: Draft, event: object) -> None:
    """Take our holds off; look first at an item of which nobody knows that it is held.

    Waits `undo_s` where a person asked for it, so that it can be undone before the first act. The look shares the
    lane of a hold that has begun and so comes after it (design.md, "Effects of one request").
    """
    delay_s = event.undo_s if isinstance(event, StaffActed) else 0.0
    for item in draft.request.items:
        _release(draft, item, delay_s)


def release_again(draft: Draft, event: object) -> None:
    """Once more for the holds that did not come off, because staff said so."""
    for item in draft.request.items:
        if item.outcome is not None:
            _release(draft, item, 0.0)


def _release(draft: Draft, item: Item, delay_s: float) -> None:
    if item.place in _MAY_BE_HELD:
        act.ask_for(draft, Act.CANCEL_HOLD, item, delay_s=delay_s)
    else:
        act.look_for(draft, Act.CANCEL_HOLD, item, delay_s=delay_s)


def look_again_for_holds(draft: Draft, event: Performed) -> None:
    """A hold of which the answer was lost may still come: look a little later."""
    draft.withdraw(Look.key_of(Act.CANCEL_HOLD))
    for item in draft.request.items:
        act.look_for(draft, Act.CANCEL_HOLD, item, delay_s=act.LOOK_AFTER_UNKNOWN_S)


def look_whether_held(draft: Draft, event: StaffActed) -> None:
    """Go on reserving: look how far it has come."""
    for item in draft.request.items:
        act.look_for(draft, Act.HOLD, item)


def give_up(draft: Draft, item: Item) -> None:
    """The request goes on without this item: its hold comes off; where one was only asked for, look."""
    if item.place in _MAY_BE_HELD:
        draft.emit(Perform(act=Act.CANCEL_HOLD, item_barcode=item.barcode, given_up=True))
    elif draft.request.state in _HOLD_IN_DOUBT and (item.tries or item.outcome is not None):
        draft.emit(Look(act=Act.CANCEL_HOLD, item_barcode=item.barcode, queue_length=item.queue_length, given_up=True))


def take_named(draft: Draft, event: StaffActed) -> None:
    """Staff may send other copies of the title, or several: a copy held but not named loses its hold."""
    named = {copy.item_barcode: copy for copy in event.copies}
    if not named:
        return
    kept = {item.barcode: item for item in draft.request.items}
    for barcode, item in kept.items():
        if barcode not in named:
            give_up(draft, item)
    draft.set(items=tuple(kept.get(barcode) or Item(copy=copy) for barcode, copy in named.items()))


def keep_those_out(draft: Draft, event: StaffActed) -> None:
    """What could not be checked out stays here."""
    for item in draft.request.items:
        if item.place is not ItemPlace.OUT:
            give_up(draft, item)
    draft.set(items=tuple(item for item in draft.request.items if item.place is ItemPlace.OUT))


def arrive(draft: Draft, event: StaffActed) -> None:
    """Check the items in at the desk: they are here (ill.md, "Arrived = 09")."""
    take_named(draft, event)
    for item in draft.request.items:
        act.ask_for(draft, Act.ARRIVE, item)


def seek(draft: Draft, event: TimerFired) -> None:
    """Ask where the item is that has not come."""
    draft.withdraw(Seek.sole_key())
    draft.emit(*(Seek(item_barcode=item.barcode, after=event.clock) for item in draft.request.items[:1]))


def check_out(draft: Draft, event: StaffActed) -> None:
    """Check every item out to the partner's account."""
    take_named(draft, event)
    keep_undo(draft, event)
    check_out_arrived(draft, event)


def check_out_arrived(draft: Draft, event: object) -> None:
    """Check every item out, as was asked for when it was scanned."""
    draft.set(undone=False)
    for item in draft.request.items:
        draft.change_item(item.barcode, hold_left=None)
        act.ask_for(draft, Act.CHECKOUT, item)


def keep_undo(draft: Draft, event: StaffActed) -> None:
    """Loaned waits that long after the checkout."""
    draft.set(undo_s=event.undo_s)


def keep_undo_of_return(draft: Draft, event: StaffActed) -> None:
    """LoanCompleted waits that long after the check-in."""
    draft.set(undo_back_s=event.undo_s)


def renew(draft: Draft, event: PartnerActed) -> None:
    """Ask the circulation system first (ill.md, "Renewal")."""
    for item in draft.request.items:
        if item.place is ItemPlace.OUT:
            act.ask_for(draft, Act.RENEW, item)


def check_in(draft: Draft, event: StaffActed) -> None:
    """Check in the items that are out and not being checked in yet: those that staff named, else all."""
    for item in draft.request.items:
        if may_check_in(item, event):
            act.ask_for(draft, Act.CHECKIN, item)


def may_check_in(item: Item, event: StaffActed) -> bool:
    """Meant, and no check-in under way."""
    return is_meant(item, event) and not item.tries


def is_meant(item: Item, event: StaffActed) -> bool:
    """Out, and named, or none was named."""
    return item.place is ItemPlace.OUT and (not event.item_barcodes or item.barcode in event.item_barcodes)


def undo_check_out(draft: Draft, event: StaffActed) -> None:
    """Check in again what was checked out in error."""
    for item in draft.request.items:
        act.ask_for(draft, Act.CHECKIN, item)
        draft.change_item(item.barcode, due_at=None)
    draft.set(due_at=None, shipped_at=None, undone=True)


def lend_again(draft: Draft, event: StaffActed) -> None:
    """Check out again what was checked in in error."""
    for item in draft.request.items:
        act.ask_for(draft, Act.CHECKOUT, item)


def look_for_hold_left(draft: Draft, event: object) -> None:
    """See whether the hold still stands: most systems end it with the checkout, and the check-in leaves the item free."""
    draft.withdraw(Look.key_of(Act.HOLD))
    draft.emit(*(act.look_at(Act.HOLD, item) for item in draft.request.items))


arrive_again = act.again_by_staff(Act.ARRIVE)
checkout_again = act.again_by_staff(Act.CHECKOUT)
renew_again = act.again_by_staff(Act.RENEW)
checkin_again = act.again_by_staff(Act.CHECKIN)
