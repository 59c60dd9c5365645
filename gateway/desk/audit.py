"""The audit chain: whether history holds, and erasing the words of a note without breaking it."""

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from html import escape
from typing import Any, Final

import msgspec

from gateway.desk.access import Caller
from gateway.desk.errors import ConflictError, NotThereError
from gateway.desk.ports import Desk
from gateway.desk.shown import shown
from gateway.desk.structs.audit import AuditProgress, AuditShown, EraseBody, VerifyBody
from gateway.desk.structs.common import Done
from gateway.iso18626.codes import ReasonRetry, ReasonUnfilled
from gateway.store.keeping_tables import RAW
from gateway.store.port import HistoryEntry, HistoryKind, Store, VersionConflict
from gateway.store.sealing import StoredLine
from gateway.store.story_port import StoryLine
from gateway.store.wording import words
from gateway.workflow.records import Request

EVENTS: Final = ("staff acted", "not sent")
"""Events that hold what a person wrote: an act, and a message with its words that a lender did not take."""
NOTES: Final = ("note", "inside", "reason")
"""Their fields for it; a reason may be a code instead."""
MAX_CONFLICTS: Final = 20
"""How often it is read again because somebody else has erased a note of the same seal."""


async def verify_audit(desk: Desk, _caller: Caller, body: VerifyBody) -> AuditShown:
    """Go through the whole chain, all of history and the books (bills, invoices, ledgers, partners, policies): some ten seconds for a million lines."""
    restored = await desk.store.recovery.last()
    return shown(
        await desk.upkeep.audit(body.head or None),
        AuditShown,
        restored_at=restored.since if restored else None,
        restored_to=restored.copy_of if restored else None,
        time_zone=desk.zone.key,
    )


async def show_progress(desk: Desk, _caller: Caller) -> AuditProgress:
    """Say how far a look at the chain is that somebody has asked for."""
    last = desk.upkeep.looks.last()
    if last is None:
        return AuditProgress(going=False, line=0, newest=0)
    return AuditProgress(going=True, line=last.line, newest=last.newest)


async def erase_note(desk: Desk, caller: Caller, entry: int, body: EraseBody) -> Done:
    """Take what a person wrote out of a line of history and of its request, and write down that it was done and why.

    What a partner was sent is not called back; what is still to be sent is waited for, or taken back by whoever wrote it.
    """
    for _ in range(MAX_CONFLICTS):
        with suppress(VersionConflict):
            return await _erase(desk, caller, entry, body)
    raise ConflictError("Others write beside it: try again.")


async def _erase(desk: Desk, caller: Caller, entry: int, body: EraseBody) -> Done:
    """Erase by what is read now. Raises VersionConflict if that is another before it is written."""
    seal = await desk.store.audit.seal_of(entry)  # first: whoever erases the line after it is read changes the seal
    line = await desk.store.audit.line(entry)
    request = await desk.store.request(line.request) if line is not None and line.request is not None else None
    if line is None or request is None:
        raise NotThereError("There is no such line in a request's history.")
    if seal is None:
        raise ConflictError("It is not sealed yet: try again in a few minutes.")
    event: dict[str, Any] = msgspec.json.decode(line.event) if line.event else {}
    said = {text for fields in _written(event) for text in fields.values()}
    if not said:
        raise ConflictError("There is no note of a person's in this line.")
    await _refuse_if_it_waits(desk.store, request, said)
    story = [each for each in await desk.store.story.lines(request.id, limit=1000) if each.id != entry]
    await desk.store.audit.erase(
        msgspec.structs.replace(line, entry=_blank(line, caller), event=_encoded(_unwritten(event))),
        seal,
        _without_words(request, said),
        notes=[word for each in story if each.event is not None for word in _words(each.event)],
        messages=[found async for found in _without(desk.store, said, story)],
        told=_told(desk, caller, line, body),
    )
    return Done(words=" ".join(("The note is erased; its digest stays in the chain.", *_repeated(story, said))))


async def _refuse_if_it_waits(store: Store, request: Request, said: Collection[str]) -> None:
    """Refuse while a message with these words is still to be sent: they would go out all the same."""
    for row in await store.pending(request.id):
        if getattr(row.effect, "note", None) in said:
            raise ConflictError(
                f"A message with these words has not been sent yet ({row.effect.key}): undo the step that it belongs to, or wait until it has gone."
            )


def _told(desk: Desk, caller: Caller, line: StoredLine, body: EraseBody) -> HistoryEntry:
    return HistoryEntry(
        at=desk.now(),
        by=caller.name,
        kind=HistoryKind.NOTE,
        words=f"The note of line {line.id} of {line.request} was erased: {body.reason}",
        detail={"erased": line.id},
    )


def _written(event: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    """What a person wrote, by the fields of the event, and of the offer in it."""
    if event.get("event") not in EVENTS:
        return
    yield {name: event[name] for name in NOTES if event.get(name) and not (name == "reason" and _is_code(event[name]))}
    offered = event.get("answer") or {}
    yield {"note": offered["note"]} if offered.get("note") else {}


def _is_code(reason: str) -> bool:
    """Whether a reason is a code of the open lists: those are no words of a person's."""
    return any(codes.lookup(reason) for codes in (ReasonUnfilled, ReasonRetry))


def _unwritten(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event without what a person wrote."""
    own, offered = _written(event)
    kept = {name: value for name, value in event.items() if name not in own}
    if offered:
        kept["answer"] = {name: value for name, value in event["answer"].items() if name not in offered}
    return kept


def _without_words(request: Request, said: Collection[str]) -> Request:
    """The request's next version, without the words: it stays flagged, and an answer or an order that has not gone yet goes without them."""
    answer = request.answer
    if answer is not None and answer.note in said:
        answer = msgspec.structs.replace(answer, note=None)
    flag = "" if request.flag in said else request.flag
    note = None if request.note in said else request.note
    return msgspec.structs.replace(request, version=request.version + 1, flag=flag, answer=answer, note=note)


def _repeated(story: Iterable[StoryLine], said: Collection[str]) -> Iterator[str]:
    """Say which other lines have the same words: each is erased by itself."""
    same = [str(each.id) for each in story if any(text in said for text in _texts(each.event))]
    if same:
        yield f"The same words stand in line {', '.join(same)} of history: erase those too."


def _texts(event: Any) -> Iterator[str | None]:
    """What may stand in an event in words, in its own fields and in the answer in it."""
    yield from (getattr(event, name, None) for name in NOTES)
    yield getattr(getattr(event, "answer", None), "note", None)


def _blank(line: StoredLine, caller: Caller) -> str | None:
    if line.entry is None:
        return None
    value: dict[str, Any] = msgspec.json.decode(line.entry)
    return _encoded(value | {"words": f"A note was here. {caller.name} has erased it.", "detail": {}})


def _encoded(value: dict[str, Any]) -> str:
    return msgspec.json.encode(value).decode()


async def _without(store: Store, said: Iterable[str], story: Iterable[StoryLine]) -> AsyncIterator[tuple[int, str]]:
    """Lines of messages that took these words along, with digests in place of the messages: the chain knows those by their digests anyway."""
    told = [escape(text, quote=False) for text in said]
    for each in story:
        raw = " ".join(str(each.entry.detail.get(name, "")) for name in RAW) if each.entry else ""
        line = await store.audit.line(each.id) if any(text in raw for text in told) else None
        if line is not None and line.entry is not None:
            yield line.id, line.entry


def _words(event: Any) -> Iterator[str]:
    """What the search knows of an event (register_rows.py)."""
    note = getattr(event, "note", None)
    return iter(words(note) if isinstance(note, str) else [])
