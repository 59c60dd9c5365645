"""What people do in the ILS by hand and say so: which task or act their word answers, and the look that follows it.

Their word counts at once, for no failure of the circulation system may hold a loan up. It is looked at like every other answer
(sip2.md, "Meaning"): what the look shows against it is a task, and moves nothing. Both tables use this. Pure.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from gateway.workflow.effects import Look
from gateway.workflow.events import Looked, StaffActed
from gateway.workflow.machine import Draft
from gateway.workflow.records import Act, Item, ItemPlace, Outcome, Request
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import Deed
from gateway.workflow.words import ACT_WORDS

_A_DAY: Final = timedelta(days=1)
SETTLED: Final = "That is settled already, or was not asked for: look at the request once more."
OF_TASK: Final[Mapping[TaskKind, Deed | None]] = {
    TaskKind.PLACE_HOLD: Deed.HOLD,
    TaskKind.CANCEL_HOLD: Deed.CANCEL_HOLD,
    TaskKind.CHECK_OUT: Deed.CHECKOUT,
    TaskKind.CHECK_IN: Deed.CHECKIN,
    TaskKind.RENEW: Deed.RENEW,
    TaskKind.RENEW_HERE: Deed.RENEW,
    TaskKind.RECEIVE: Deed.RECEIVE,
    TaskKind.DUE_DATE: Deed.DUE_DATE,
    TaskKind.FIND_OUT: None,
    TaskKind.TRAPPED: None,
    TaskKind.RECONCILE: None,
    TaskKind.NOT_RETURNED: None,
    TaskKind.PRICE: None,
}
"""The tasks that “done by hand” answers, and what was done; None: whatever the request waits for in its state."""
_STANDS: Final[Mapping[Act, frozenset[ItemPlace]]] = {
    Act.HOLD: frozenset({ItemPlace.HELD}),
    Act.ARRIVE: frozenset({ItemPlace.AT_DESK}),
    Act.RECEIVE: frozenset({ItemPlace.AT_DESK}),
    Act.CHECKOUT: frozenset({ItemPlace.OUT}),
    Act.RENEW: frozenset({ItemPlace.OUT}),
    Act.CHECKIN: frozenset({ItemPlace.AT_DESK, ItemPlace.BACK}),
    Act.CANCEL_HOLD: frozenset({ItemPlace.CHOSEN, ItemPlace.BACK}),
}
"""Where an item stands as long as nothing has happened after the act."""


def deed_of(kind: TaskKind, wanted: Deed | None) -> Deed | None:
    """Say what was done by whoever answers a task; `wanted` is what its request waits for."""
    return OF_TASK.get(kind) or wanted


def answers_another(wanted: Deed | None, event: StaffActed) -> bool:
    """The answer says what was done, and that is not what the request waits for."""
    return event.deed is not None and event.deed is not wanted


def is_of_word(request: Request, event: Looked) -> bool:
    """The look is at what staff said that they did."""
    return event.by_hand


def speaks_against_word(request: Request, event: Looked) -> bool:
    """It is such a look, and nothing has happened to the item since that would explain what it shows."""
    item = request.item(event.item_barcode)
    place = ItemPlace.CHOSEN if item is None else item.place  # what is the request's no more was given up
    return event.by_hand and place in _STANDS[event.act]


def look_at_word(draft: Draft, act: Act, items: Iterable[Item]) -> None:
    """Look whether it shows what staff said that they did, before anything else is asked for."""
    for item in items:
        look = Look(
            act=act,
            item_barcode=item.barcode,
            queue_length=item.queue_length,
            due_at=item.due_at,
            answered=Outcome.DONE,
            by_hand=True,
        )
        draft.emit(look)


def differs(draft: Draft, event: Looked) -> None:
    """Tell staff that the circulation system shows otherwise."""
    words = (
        f"By word of staff the {ACT_WORDS[event.act].format(event.item_barcode)} is done; the circulation system shows that it "
        "is not. Look in the ILS."
    )
    draft.open(TaskKind.CONTRADICTION, words)


def due_differs(draft: Draft, event: Looked) -> None:
    """Tell staff that it is due on another day than they said."""
    item = draft.request.item(event.item_barcode)
    if item is not None and item.due_at and event.due_at and abs(item.due_at - event.due_at) >= _A_DAY:
        words = (
            f"By word of staff item {item.barcode} is due {draft.day(item.due_at)}; the circulation system shows "
            f"{draft.day(event.due_at)}. Look in the ILS."
        )
        draft.open(TaskKind.CONTRADICTION, words)
