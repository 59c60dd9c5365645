"""What happened to a request, as one story: each thing with the messages of both protocols that it came with, newest first.

History is written change by change: a change's messages stand before the line of its decision, and its event beside the first line.
So read backwards, a line that says what happened begins an entry, and the messages behind it are the entry's own.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from functools import cache
from itertools import zip_longest
from typing import Any, Final

import msgspec

from gateway.desk.access import Caller
from gateway.desk.errors import NotThereError
from gateway.desk.ports import Desk
from gateway.desk.reads import names_of, partners_by_id
from gateway.desk.scans import request_of
from gateway.desk.structs.sheet import EntryMessage, RawShown, Story, StoryEntry, StoryQuery, Whose
from gateway.desk.timeline import timeline
from gateway.desk.upcoming import clock_in_words
from gateway.dispatch.roles import TABLES
from gateway.iso18626.codes import RequestType
from gateway.store.port import HistoryEntry, HistoryKind
from gateway.store.story_port import StoryLine
from gateway.workflow.about import by_name
from gateway.workflow.borrowing_events import (
    CustomerAsked,
    ItemSeen,
    LateHeard,
    LenderSaid,
    NeverAsked,
    RotaMade,
    Sent,
    Unsent,
)
from gateway.workflow.days import local_day
from gateway.workflow.events import (
    Agrees,
    AnyEvent,
    Differs,
    Looked,
    NotTold,
    PartnerActed,
    Performed,
    RequestArrived,
    StaffActed,
    TimerFired,
    Told,
    source_of,
)
from gateway.workflow.meaning import NAMES, TOLD
from gateway.workflow.partners import STRANGER
from gateway.workflow.records import Request, Role
from gateway.workflow.triggers import Source, StaffAction
from gateway.workflow.words import code_words, narrate, within, without_points

PIECE: Final = 200
"""Lines that are read at once."""
MOST_PIECES: Final = 10
"""Pieces that are read for one answer, where few of the lines are wanted."""
_EXCHANGES: Final = frozenset({HistoryKind.MESSAGE_IN, HistoryKind.MESSAGE_OUT, HistoryKind.SIP2})
_OF_ACS: Final = (Performed, Looked, ItemSeen, Differs, Agrees)
_BY_A_CODE: Final = frozenset({StaffAction.ANSWER_UNFILLED, StaffAction.ANSWER_RETRY, StaffAction.REFUSE})
_OF_PARTNER: Final = (Told, NotTold, Sent, Unsent, NeverAsked)
_QUOTED: Final = (PartnerActed, LenderSaid)
"""What another library writes; the sentence goes without its words, which are quoted."""


async def show_story(desk: Desk, _caller: Caller, request: str, query: StoryQuery) -> Story:
    """Return what happened to a request, newest first, with the messages of both protocols; a part at a time."""
    names = names_of(await partners_by_id(desk.store))
    return await story_of(desk, await request_of(desk.store, request), query, names)


async def show_raw(desk: Desk, _caller: Caller, request: str, line: int) -> RawShown:
    """Return the texts of one message of a request's story, as they were sent and received, without secrets."""
    found = await request_of(desk.store, request)
    lines = await desk.store.story.lines(found.id, before=line + 1, limit=1)
    entry = lines[0].entry if lines and lines[0].id == line else None
    if entry is None or entry.kind not in _EXCHANGES:
        raise NotThereError("The request has no such message.")
    if entry.kind is HistoryKind.MESSAGE_IN:
        same = (each for each in await desk.store.messages(found.id) if each.received_at == entry.at)
        entry = timeline((entry,), same)[0]
    names = names_of(await partners_by_id(desk.store))
    return RawShown(request=found.id, line=line, words=by_name(entry.words, names), texts=_texts(entry.detail))


async def story_of(desk: Desk, request: Request, query: StoryQuery, names: Mapping[str, str]) -> Story:
    """Read a part of a request's story; `names` are those of the partners, by their ids."""
    entries: list[StoryEntry] = []
    before = query.before
    for _ in range(MOST_PIECES):
        lines = await desk.store.story.lines(request.id, before=before, limit=PIECE)
        groups = list(_grouped(lines))
        if len(lines) == PIECE and len(groups) > 1:
            groups.pop()  # its messages may stand in the next piece
        for group in groups:
            before = group[-1].id
            told = _told(group, request, names, desk.zone)
            if told is not None and (not query.people or told.whose is Whose.PEOPLE):
                entries.append(told)
            if len(entries) == query.limit:
                return Story(request=request.id, entries=tuple(_moves(entries)), next=before)
        if len(lines) < PIECE:
            return Story(request=request.id, entries=tuple(_moves(entries)), next=None)
    return Story(request=request.id, entries=tuple(_moves(entries)), next=before)


def _moves(entries: Sequence[StoryEntry]) -> Iterator[StoryEntry]:
    """Leave a state out where the entry before it, which comes after it here, had reached it already."""
    for entry, before in zip_longest(entries, entries[1:]):
        is_same = before is not None and entry.state == before.state
        yield msgspec.structs.replace(entry, state=None) if is_same else entry


def _grouped(lines: Sequence[StoryLine]) -> Iterator[list[StoryLine]]:
    """Put the lines of each change together, newest first."""
    group: list[StoryLine] = []
    for line in lines:
        if group and _says_what(line) and not _is_silent(line):
            yield group
            group = []
        group.append(line)
        if line.event is not None or (line.entry is not None and line.entry.kind is HistoryKind.NOTE):
            yield group
            group = []
    if group:
        yield group


def _says_what(line: StoryLine) -> bool:
    return line.entry is not None and line.entry.kind not in _EXCHANGES


def _is_silent(line: StoryLine) -> bool:
    return line.entry is None


def _told(group: Sequence[StoryLine], request: Request, names: Mapping[str, str], zone: tzinfo) -> StoryEntry | None:
    """Make the entry of a change; None for one that was to leave no line."""
    lines = [(line.id, line.entry) for line in group if line.entry is not None]
    if not lines:
        return None
    event = next((line.event for line in group if line.event is not None), None)
    number, head = lines[0]
    exchanges = tuple(
        EntryMessage(line=line, words=by_name(entry.words, names)) for line, entry in lines if entry.kind in _EXCHANGES
    )
    whose = _whose(event, head)
    by = _library(request, head.by, names) if whose is Whose.PARTNER else head.by
    words, quote = _words(event, head, by, names, zone)
    why = head.detail.get("why")
    return StoryEntry(
        line=number,
        at=head.at,
        by=by,
        whose=whose,
        words=words,
        quote=quote,
        in_full=by_name(head.words, names) if _order_of(event, head) else None,
        why=why if isinstance(why, str) else None,
        state=_state_words(head.state, request.role),
        exchanges=exchanges[::-1],
    )


def _library(request: Request, by: str, names: Mapping[str, str]) -> str:
    """Name the library behind a system that wrote to us: of what we lend it is the one that asks; else the system's id stands where no partner has it.

    Of a system that we don't know either, its library's symbol stands.
    """
    if by == "gateway":
        return by
    by = request.requesting_agency if by == STRANGER else by
    ours = names.get(request.partner or "") if request.role is Role.LENDING else None
    return ours or names.get(by, by)


def _words(
    event: AnyEvent | None, head: HistoryEntry, by: str, names: Mapping[str, str], zone: tzinfo
) -> tuple[str, str | None]:
    """Say what happened, and what was written with it."""
    if isinstance(event, StaffActed):
        return _act_words(event, zone, done=head.kind is HistoryKind.DECISION), event.note or event.inside
    if isinstance(event, RequestArrived):
        return narrate(msgspec.structs.replace(event, requesting_agency=by, note=None), zone), event.note
    if (order := _order_of(event, head)) is not None:
        return by_name(without_points(order, names), names), None
    if isinstance(event, _QUOTED) and event.note:
        return narrate(msgspec.structs.replace(event, note=None), zone), event.note
    return _in_short(event, head.state) or (head.words if _is_written(head) else by_name(head.words, names)), None


def _order_of(event: AnyEvent | None, head: HistoryEntry) -> RotaMade | LateHeard | None:
    """Return what puts lenders into an order; its points, and what they come of, are for whoever opens them."""
    if isinstance(event, RotaMade | LateHeard) and event.lenders and head.kind is HistoryKind.DECISION:
        return event
    return None


def _in_short(event: AnyEvent | None, state: str | None) -> str | None:
    """Say what history tells in the words of a protocol, or by the name of a clock, as people say it."""
    match event:
        case Told():
            return f"The partner was told “{code_words(event.status)}”, and confirmed it."
        case Sent(what=RequestType.NEW):
            return "The lender has our request."
        case TimerFired(never_said=False):
            return f"The time was up. {clock_in_words(event.clock, state)}."
        case _:
            return None


def _is_written(head: HistoryEntry) -> bool:
    """Whether somebody wrote the line: what reads as an id there is a word."""
    return head.kind is HistoryKind.NOTE and head.by != "gateway"


def _act_words(event: StaffActed, zone: tzinfo, *, done: bool) -> str:
    """Say what somebody did, or wanted to do where the workflow had no use for it."""
    named = f"to {event.assignee}" if event.assignee else None
    due = f"due {local_day(event.due_at, zone)}" if event.due_at else None
    details = ", ".join(filter(None, (*event.item_barcodes, _reason(event), named, due)))
    return f"{(TOLD if done else NAMES)[event.action]}{f': {details}' if details else ''}"


def _reason(event: StaffActed) -> str | None:
    """Return the reason, which is a code where it is told to the partner, and else what somebody wrote."""
    return within(event.reason) if event.reason and event.action in _BY_A_CODE else event.reason


def _whose(event: AnyEvent | None, head: HistoryEntry) -> Whose:
    if event is None:
        return Whose.GATEWAY if head.by == "gateway" else Whose.PEOPLE
    if isinstance(event, CustomerAsked) or source_of(event) is Source.STAFF:
        return Whose.PEOPLE
    if isinstance(event, _OF_ACS):
        return Whose.ACS
    is_partners = isinstance(event, _OF_PARTNER) or source_of(event) is Source.PARTNER
    return Whose.PARTNER if is_partners else Whose.GATEWAY


def _state_words(state: str | None, role: Role) -> str | None:
    return _names(role).get(state or "")


@cache
def _names(role: Role) -> Mapping[str, str]:
    return {standing.state.value: standing.name for standing in TABLES[role].standings}


def _texts(detail: Mapping[str, Any]) -> dict[str, str]:
    return {name: text for name, text in detail.items() if isinstance(text, str) and text}
