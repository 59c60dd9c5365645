"""What staff are asked in both roles: a task for what only a person can do, with what the circulation system said."""

import re
from collections.abc import Callable
from typing import Final

from gateway.workflow.borrowing_events import LenderSaid
from gateway.workflow.events import Differs, Looked, PartnerActed, Stuck
from gateway.workflow.machine import Action, Draft
from gateway.workflow.tasks import TaskKind
from gateway.workflow.words import sentence

Heard = Callable[[object], str]
"""What the other side said, as a role reads its events; empty where an event is none of its own."""


def _nothing(event: object) -> str:
    return ""


def task(kind: TaskKind, words: str, heard: Heard = _nothing) -> Action:
    """Make the action that opens a task: its own words, then what there is to say beyond them."""

    def ask(draft: Draft, event: object) -> None:
        said = said_of(draft, event) or heard(event)
        draft.open(kind, f"{words} {said}".strip())

    ask.__doc__ = f"Ask staff: {kind}."
    return ask


def said_of(draft: Draft, event: object) -> str:
    """What the circulation system, or our own work, says of this."""
    if isinstance(event, Looked):
        item = draft.request.item(event.item_barcode)
        said = item.outcome_words if item else ""
        return " ".join(part for part in (f"Item {event.item_barcode}.", said, event.words) if part)
    return sentence(event.words) if isinstance(event, Differs | Stuck) else ""


def asks_for_something(note: str | None) -> bool:
    """Whether a note of the other library has a question or a number in it: then a person settles it.

    All others are shown as new to whoever has not read them, and nobody need say that he has.
    """
    return bool(note) and _ASKS.search(note or "") is not None


_ASKS: Final = re.compile("[?\uff1f\u061f]|\\d")


def note_of(whose: str) -> Action:
    """Make the action that opens a task for a note which asks for something; a mere thank-you stands as a new note, and nobody need settle it."""

    def read_note(draft: Draft, event: PartnerActed | LenderSaid) -> None:
        if asks_for_something(event.note):
            draft.open(TaskKind.READ_NOTE, f"{whose} writes: {event.note}")

    read_note.__doc__ = f"{whose} writes, and asks for something: staff read it."
    return read_note


stray_hold = task(TaskKind.STRAY_HOLD, "A hold may be left that nobody wants any more. Take it off in the ILS.")
differs = task(TaskKind.RECONCILE, "")
stuck = task(TaskKind.STUCK, "Tried many times without success; trying goes on.")
