"""Which notes are new to somebody: a colleague's, or the other library's, since he opened the request last.

That a note was read is kept for each person when its page is opened, and only if it showed something new; a page that refreshes itself
reads nothing for anybody. After NEW_FOR a note is old news to all, so that nobody who comes later finds years of them.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from gateway.desk.access import Caller
from gateway.desk.ports import Desk
from gateway.desk.structs.sheet import Note, Sheet, SheetMark, Side
from gateway.dispatch.anonymise import NOTES_KEPT
from gateway.workflow.records import Request

NEW_FOR: Final = NOTES_KEPT
NEW: Final = SheetMark(words="New note", colour="blue")
"""Marks a request that has notes which are new to whoever looks."""


async def with_new(desk: Desk, caller: Caller, request: str, notes: Iterable[Note]) -> tuple[Note, ...]:
    """Mark the notes of a request that are new to the caller."""
    read = (await desk.store.views.notes_read(caller.name, [request])).get(request)
    since = max(filter(None, (read, desk.now() - NEW_FOR)))
    return tuple(
        msgspec.structs.replace(note, new=True) if note.at > since and _is_others(note, caller) else note
        for note in notes
    )


async def have_read(desk: Desk, caller: Caller, sheet: Sheet) -> None:
    """Keep that the caller has the notes of a request before his eyes."""
    new = [note.at for note in sheet.notes if note.new]
    if new:
        await desk.store.views.note_read(caller.name, sheet.id, at=max(new))


async def new_to(desk: Desk, caller: Caller, requests: Iterable[Request]) -> frozenset[str]:
    """Return which of these requests have notes that are new to the caller."""
    oldest = desk.now() - NEW_FOR
    last = {
        request.id: request.last_note.at
        for request in requests
        if request.last_note and request.last_note.by != caller.name and request.last_note.at > oldest
    }
    read = await desk.store.views.notes_read(caller.name, last)
    return frozenset(request for request, at in last.items() if request not in read or read[request] < at)


def _is_others(note: Note, caller: Caller) -> bool:
    return note.side is Side.FROM or note.by != caller.name
