"""The audit chain: whether history holds, and erasing the words of a note without breaking it."""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import suppress
from typing import Any, Final
from xml.sax.saxutils import escape

import msgspec

from gateway.desk.access import Caller
from gateway.desk.errors import ConflictError, NotThereError
from gateway.desk.ports import Desk
from gateway.desk.shown import shown
from gateway.desk.structs.audit import AuditShown, EraseBody, VerifyBody
from gateway.desk.structs.common import Done
from gateway.store.keeping_tables import RAW
from gateway.store.port import HistoryEntry, HistoryKind, VersionConflict
from gateway.store.sealing import Line
from gateway.store.story_port import StoryLine
from gateway.store.wording import words

STAFF_ACTED: Final = "staff acted"
NOTES: Final = ("note", "inside")
"""Fields of an act that hold what a person wrote."""
MAX_CONFLICTS: Final = 20
"""How often it is read again because somebody else has erased a note of the same seal."""


async def verify_audit(desk: Desk, _caller: Caller, body: VerifyBody) -> AuditShown:
    """Go through the whole chain and all of history, which takes some ten seconds for a million lines."""
    return shown(await desk.audit(body.head or None), AuditShown)


async def erase_note(desk: Desk, caller: Caller, entry: int, body: EraseBody) -> Done:
    """Take what a person wrote out of a line of history, and write down that it was done and why. What a partner was sent is not called back."""
    for _ in range(MAX_CONFLICTS):
        with suppress(VersionConflict):
            await _erase(desk, caller, entry, body)
            return Done(words="The note is erased; its digest stays in the chain.")
    raise ConflictError("Others erase notes beside it: try again.")


async def _erase(desk: Desk, caller: Caller, entry: int, body: EraseBody) -> None:
    """Erase by what is read now. Raises VersionConflict if that is another before it is written."""
    line, seal = await desk.store.audit.line(entry), await desk.store.audit.seal_of(entry)
    if line is None or line.request is None:
        raise NotThereError("There is no such line in a request's history.")
    if seal is None:
        raise ConflictError("It is not sealed yet: try again in a few minutes.")
    event: dict[str, Any] = msgspec.json.decode(line.event) if line.event else {}
    if event.get("event") != STAFF_ACTED or not any(event.get(name) for name in NOTES):
        raise ConflictError("There is no note of a person's in this line.")
    blank = msgspec.structs.replace(
        line,
        entry=_blank(line, caller),
        event=_encoded({name: value for name, value in event.items() if name not in NOTES}),
    )
    told = HistoryEntry(
        at=desk.now(),
        by=caller.name,
        kind=HistoryKind.NOTE,
        words=f"The note of line {entry} of {line.request} was erased: {body.reason}",
        detail={"erased": entry},
    )
    story = await desk.store.story.lines(line.request, limit=1000)
    others = [word for each in story if each.id != entry and each.event is not None for word in _words(each.event)]
    said = [str(event[name]) for name in NOTES if event.get(name)]
    messages = [found async for found in _without(desk, said, story)]
    await desk.store.audit.erase(blank, seal, others, messages=messages, told=told)


def _blank(line: Line, caller: Caller) -> str | None:
    if line.entry is None:
        return None
    value: dict[str, Any] = msgspec.json.decode(line.entry)
    return _encoded(value | {"words": f"A note was here. {caller.name} has erased it.", "detail": {}})


def _encoded(value: dict[str, Any]) -> str:
    return msgspec.json.encode(value).decode()


async def _without(desk: Desk, said: Iterable[str], story: Iterable[StoryLine]) -> AsyncIterator[tuple[int, str]]:
    """Lines of messages that took these words along, with digests in place of the messages: the chain knows those by their digests anyway."""
    told = [escape(text) for text in said]
    for each in story:
        raw = " ".join(str(each.entry.detail.get(name, "")) for name in RAW) if each.entry else ""
        line = await desk.store.audit.line(each.id) if any(text in raw for text in told) else None
        if line is not None and line.entry is not None:
            yield line.id, line.entry


def _words(event: Any) -> Iterator[str]:
    """What the search knows of an event (register_rows.py)."""
    note = getattr(event, "note", None)
    return iter(words(note) if isinstance(note, str) else [])
