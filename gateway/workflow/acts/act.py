"""Acts on the circulation system, and the looks that show whether they were done (17, 63).

An item's `tries` and `outcome` say how an act on it stands: asked for (tries, no outcome), answered and to be looked
at (tries and outcome), known not to be done and a person's now (outcome alone), done or none (neither).
"""

from gateway.workflow.effects import Look, Perform
from gateway.workflow.events import Looked, Performed, StaffActed
from gateway.workflow.machine import Action, Draft
from gateway.workflow.records import Act, Item, Outcome
from gateway.workflow.tasks import TaskKind

LOOK_AFTER_UNKNOWN_S = 2.0
"""How long a lost act is given to arrive before we look for its result."""
REFUSED_AGAIN_S = 30.0
"""How much later we look after a refusal, to ask again before a person is asked: time for a server to come to itself, and soon
enough for the partner to hear of a hold within the minute (table, "undecided after 60 s")."""


def ask_for(
    draft: Draft, act: Act, item: Item, *, tries: int = 1, delay_s: float = 0.0, once_more: bool = False
) -> None:
    """Ask for an act on an item, for the `tries`-th time; what the last one answered is forgotten.

    Where an earlier one is in doubt, look first what it did: if nothing, the look asks for the act.
    """
    if (item.barcode, act) in draft.request.in_doubt:
        draft.withdraw(Look.key_of(act))  # it would count for the one that is asked for now
        look_for(draft, act, item, delay_s=delay_s)
        return
    draft.change_item(item.barcode, outcome=None, outcome_words="", tries=tries)
    draft.emit(Perform(act=act, item_barcode=item.barcode, delay_s=delay_s, once_more=once_more))


def look_for(draft: Draft, act: Act, item: Item, *, delay_s: float = 0.0) -> None:
    """Look without having asked for anything: nobody knows whether it is done."""
    draft.change_item(item.barcode, outcome=None, outcome_words="", tries=1)
    draft.emit(look_at(act, item, delay_s))


def look_at(act: Act, item: Item, delay_s: float = 0.0) -> Look:
    """Make the look at an item that shows whether an act was done."""
    return Look(act=act, item_barcode=item.barcode, queue_length=item.queue_length, due_at=item.due_at, delay_s=delay_s)


def no_doubt(draft: Draft, barcode: str, event: object) -> None:
    """A look has shown whether its act was done with an item; a person has seen all of it."""
    seen = {(barcode, event.act)} if isinstance(event, Looked) else {(barcode, act) for act in Act}
    draft.set(in_doubt=tuple(each for each in draft.request.in_doubt if each not in seen))


def take_off(draft: Draft, event: Looked) -> None:
    """A hold stands that nobody wants: off with it, once, whatever becomes of the request."""
    off = Perform(act=Act.CANCEL_HOLD, item_barcode=event.item_barcode, given_up=True)
    draft.withdraw(off.key)
    draft.emit(off)


def note_answer(draft: Draft, event: Performed) -> None:
    """Keep what the circulation system answered, and look: ok is not proof, nor is a refusal (sip2.md)."""
    if len(draft.request.items) == 1:
        draft.withdraw(Look.key_of(event.act))  # one that was asked for before this answer would count twice
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
        look_for(draft, event.act, item, delay_s=REFUSED_AGAIN_S)


def again_by_staff(act: Act) -> Action:
    """Make the action that asks for an act once more, of every item with which it was not done."""

    def perform(draft: Draft, event: StaffActed) -> None:
        for item in draft.request.items:
            if item.outcome is not None:
                ask_for(draft, act, item, once_more=True)

    perform.__doc__ = f"Ask for {act} once more where it was not done, because staff said so."
    return perform


hold_again = again_by_staff(Act.HOLD)
