"""Acts on the circulation system, and the looks that show whether they were done (17, 63).

An item's `tries` and `outcome` say how an act on it stands: asked for (tries, no outcome), answered and to be looked
at (tries and outcome), known not to be done and a person's now (outcome alone), done or none (neither).
"""

from collections.abc import Mapping
from typing import Final

from gateway.workflow.effects import Look, Perform
from gateway.workflow.events import Looked, PartnerActed, Performed, StaffActed
from gateway.workflow.machine import Action, Draft
from gateway.workflow.records import Act, Item, ItemPlace, Outcome, State, TaskKind

LOOK_AFTER_UNKNOWN_S = 2.0
"""How long a lost act is given to arrive before we look for its result."""
REFUSED_AGAIN_S = 30.0
"""How much later we look after a refusal, to ask again before a person is asked: time for a server to come to itself, and soon
enough for the partner to hear of a hold within the minute (table, "undecided after 60 s")."""
_MAY_BE_HELD = (ItemPlace.HELD, ItemPlace.AT_DESK)
UNDER_WAY: Final[Mapping[State, Act]] = {
    State.RESERVING: Act.HOLD,
    State.ARRIVING: Act.ARRIVE,
    State.CHECKING_OUT: Act.CHECKOUT,
    State.UNDOING: Act.CHECKIN,
    State.RENEWING: Act.RENEW,
    State.CHECKING_IN: Act.CHECKIN,
}
"""The act that a state waits for. Taking a hold off is not among them: doing it twice does no harm."""
_HOLD_IN_DOUBT = (State.RESERVING, State.RELEASING, State.CANCELLING)


def ask_for(
    draft: Draft, act: Act, item: Item, *, tries: int = 1, delay_s: float = 0.0, once_more: bool = False
) -> None:
    """Ask for an act on an item, for the `tries`-th time; what the last one answered is forgotten.

    Where an earlier one is in doubt, look first what it did: if nothing, the look asks for the act.
    """
    if (item.barcode, act) in draft.request.in_doubt:
        draft.withdraw(f"look:{act}")  # it would count for the one that is asked for now
        _look_for(draft, act, item, delay_s=delay_s)
        return
    draft.change_item(item.barcode, outcome=None, outcome_words="", tries=tries)
    draft.emit(Perform(act=act, item_barcode=item.barcode, delay_s=delay_s, once_more=once_more))


def _look_for(draft: Draft, act: Act, item: Item, *, delay_s: float = 0.0) -> None:
    """Look without having asked for anything: nobody knows whether it is done."""
    draft.change_item(item.barcode, outcome=None, outcome_words="", tries=1)
    draft.emit(_look_at(act, item, delay_s))


def _look_at(act: Act, item: Item, delay_s: float = 0.0) -> Look:
    return Look(act=act, item_barcode=item.barcode, queue_length=item.queue_length, due_at=item.due_at, delay_s=delay_s)


def keep_in_doubt(draft: Draft, event: StaffActed) -> None:
    """Staff say where the request stands before anybody has looked what an act did: look all the same.

    What the look shows against their word is a task; and before the same act is asked for again we look once more.
    """
    under_way = UNDER_WAY.get(draft.request.state)
    for item in draft.request.items:
        if under_way is not None and item.tries and item.outcome is not None:
            draft.set(in_doubt=tuple(dict.fromkeys((*draft.request.in_doubt, (item.barcode, under_way)))))
    for barcode, act in draft.request.in_doubt:
        known = draft.request.item(barcode)
        draft.emit(_look_at(act, known) if known else Look(act=act, item_barcode=barcode))


def no_doubt(draft: Draft, barcode: str, event: object) -> None:
    """A look has shown whether its act was done with an item; a person has seen all of it."""
    seen = {(barcode, event.act)} if isinstance(event, Looked) else {(barcode, act) for act in Act}
    draft.set(in_doubt=tuple(each for each in draft.request.in_doubt if each not in seen))


def place_hold(draft: Draft, event: object) -> None:
    """Reserve every item."""
    for item in draft.request.items:
        ask_for(draft, Act.HOLD, item)


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
        ask_for(draft, Act.CANCEL_HOLD, item, delay_s=delay_s)
    else:
        _look_for(draft, Act.CANCEL_HOLD, item, delay_s=delay_s)


def look_again_for_holds(draft: Draft, event: Performed) -> None:
    """A hold of which the answer was lost may still come: look a little later."""
    draft.withdraw(f"look:{Act.CANCEL_HOLD}")
    for item in draft.request.items:
        _look_for(draft, Act.CANCEL_HOLD, item, delay_s=LOOK_AFTER_UNKNOWN_S)


def look_whether_held(draft: Draft, event: StaffActed) -> None:
    """Go on reserving: look how far it has come."""
    for item in draft.request.items:
        _look_for(draft, Act.HOLD, item)


def take_off(draft: Draft, event: Looked) -> None:
    """A hold stands that nobody wants: off with it, once, whatever becomes of the request."""
    off = Perform(act=Act.CANCEL_HOLD, item_barcode=event.item_barcode, given_up=True)
    draft.withdraw(off.key)
    draft.emit(off)


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
        ask_for(draft, Act.ARRIVE, item)


def check_out(draft: Draft, event: StaffActed) -> None:
    """Check every item out to the partner's account."""
    take_named(draft, event)
    draft.set(undo_s=event.undo_s)
    for item in draft.request.items:
        ask_for(draft, Act.CHECKOUT, item)


def renew(draft: Draft, event: PartnerActed) -> None:
    """Ask the circulation system first (ill.md, "Renewal")."""
    for item in draft.request.items:
        if item.place is ItemPlace.OUT:
            ask_for(draft, Act.RENEW, item)


def check_in(draft: Draft, event: StaffActed) -> None:
    """Check in the items that are out and not being checked in yet: those that staff named, else all."""
    for item in draft.request.items:
        if may_check_in(item, event):
            ask_for(draft, Act.CHECKIN, item)


def may_check_in(item: Item, event: StaffActed) -> bool:
    """Meant, and no check-in under way."""
    return is_meant(item, event) and not item.tries


def is_meant(item: Item, event: StaffActed) -> bool:
    """Out, and named, or none was named."""
    return item.place is ItemPlace.OUT and (not event.item_barcodes or item.barcode in event.item_barcodes)


def undo_check_out(draft: Draft, event: StaffActed) -> None:
    """Check in again what was checked out in error."""
    for item in draft.request.items:
        ask_for(draft, Act.CHECKIN, item)
        draft.change_item(item.barcode, due_at=None)
    draft.set(due_at=None, shipped_at=None)


def note_answer(draft: Draft, event: Performed) -> None:
    """Keep what the circulation system answered, and look: ok is not proof, nor is a refusal (sip2.md)."""
    if len(draft.request.items) == 1:
        draft.withdraw(f"look:{event.act}")  # one that was asked for before this answer would count twice
    draft.change_item(event.item_barcode, outcome=event.outcome, outcome_words=event.words, route_to=event.route_to)
    draft.close(TaskKind.STUCK)
    look(draft, event)


def look(draft: Draft, event: Performed) -> None:
    """Look what an act did."""
    item = draft.request.item(event.item_barcode)
    draft.emit(
        Look(
            act=event.act,
            item_barcode=event.item_barcode,
            queue_length=item.queue_length if item else None,
            due_at=event.due_at if event.act is Act.CHECKOUT or item is None else item.due_at,
            answered=event.outcome,
            answered_due_at=event.due_at if event.act is Act.RENEW else None,
            for_customer=event.for_customer,
            given_up=item is None,
            delay_s=LOOK_AFTER_UNKNOWN_S if event.outcome is Outcome.UNKNOWN else 0.0,
        )
    )


def again(draft: Draft, event: Looked) -> None:
    """It is known not to be done: ask for it once more."""
    item = draft.request.item(event.item_barcode)
    if item is not None:
        no_doubt(draft, item.barcode, event)
        ask_for(draft, event.act, item, tries=item.tries + 1)


def look_later(draft: Draft, event: Looked) -> None:
    """It was refused: look once more, later. What is not done then, by whomever, is asked for again (`again`)."""
    item = draft.request.item(event.item_barcode)
    if item is not None:
        no_doubt(draft, item.barcode, event)
        _look_for(draft, event.act, item, delay_s=REFUSED_AGAIN_S)


def _again_by_staff(act: Act) -> Action:
    def perform(draft: Draft, event: StaffActed) -> None:
        for item in draft.request.items:
            if item.outcome is not None:
                ask_for(draft, act, item, once_more=True)

    perform.__doc__ = f"Ask for {act} once more where it was not done, because staff said so."
    return perform


hold_again = _again_by_staff(Act.HOLD)
arrive_again = _again_by_staff(Act.ARRIVE)
checkout_again = _again_by_staff(Act.CHECKOUT)
renew_again = _again_by_staff(Act.RENEW)
checkin_again = _again_by_staff(Act.CHECKIN)
