"""Searching requests: by words, numbers and what they are told apart by; what is open first, then what has ended."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, time
from typing import Final

import msgspec

from gateway.desk.access import Caller
from gateway.desk.errors import UnusableError
from gateway.desk.facets import MARKS, facets_shown
from gateway.desk.notes import NEW, new_to
from gateway.desk.ports import Desk
from gateway.desk.reads import partners_by_id
from gateway.desk.structs.search import NONE, FoundRow, SearchQuery, SearchShown, Which
from gateway.desk.structs.sheet import SheetMark
from gateway.desk.views import partner_name
from gateway.dispatch.roles import TABLES
from gateway.partners.merging import ids_of
from gateway.store import wording
from gateway.store.columns import stamp
from gateway.store.port import Store
from gateway.store.register_port import Facet, Flag, RegisterLine, RequestsFound, Sort, Sought, Word
from gateway.workflow.partners import Partner
from gateway.workflow.records import Request

CALLED_MOST: Final = 20
"""A word that begins the names of more partners says nothing of which is meant."""
ME: Final = "me"
WORDS_MOST: Final = 8
"""Words of a query that count."""
BEHIND_ALL: Final = 1 << 62
"""In place of the last line before a page that begins with the newest."""


async def search(desk: Desk, caller: Caller, query: SearchQuery) -> SearchShown:
    """Return a page of what is open and then of what has ended, with what they are told apart by."""
    partners = await partners_by_id(desk.store)
    part, after = _cursor(query.after)
    found = await _found(desk.store, sought_by(desk, caller, query, partners), query, part, after)
    counts = found.ended.counts if query.which is Which.ENDED else found.opened.counts
    return SearchShown(
        rows=await _rows(desk, caller, found.lines, partners),
        next=found.next,
        open=found.opened.count,
        ended=found.ended.count,
        ended_is_more=found.ended.is_more,
        facets=facets_shown(desk.library, counts, _chosen(query), partners),
    )


async def find_requests(desk: Desk, caller: Caller, query: SearchQuery) -> tuple[tuple[Request, ...], str | None]:
    """Return the requests of a page of what is found by words or a number, and the `after` of the next page; nothing if `q` has neither."""
    sought = sought_by(desk, caller, query, await partners_by_id(desk.store))
    if not sought.by_text:
        return (), None
    found = await _found(desk.store, sought, query, *_cursor(query.after))
    requests = await desk.store.register.requests([line.request for line in found.lines])
    return tuple(requests[line.request] for line in found.lines if line.request in requests), found.next


class _PageFound(msgspec.Struct, frozen=True, kw_only=True):
    """The lines of a page, and all that is open and has ended."""

    lines: tuple[RegisterLine, ...]
    next: str | None
    opened: RequestsFound
    ended: RequestsFound


async def _found(
    store: Store, sought: Sought, query: SearchQuery, part: Which, after: tuple[int, int] | None
) -> _PageFound:
    register = store.register
    opened = await register.open(
        sought, Sort(query.sort), after=after if part is Which.OPEN else None, limit=query.limit
    )
    ended = await register.ended(sought, after=None, limit=query.limit, facets=query.which is Which.ENDED)
    older = await register.ended(sought, after=after, limit=query.limit) if part is Which.ENDED else ended
    lines, following = _page(query, part, opened, older)
    return _PageFound(lines=lines, next=following, opened=opened, ended=ended)


def _page(
    query: SearchQuery, part: Which, opened: RequestsFound, ended: RequestsFound
) -> tuple[tuple[RegisterLine, ...], str | None]:
    """Put a page together, and give what the next begins with."""
    lines = () if part is Which.ENDED or query.which is Which.ENDED else opened.lines
    if lines and opened.next:
        return lines, _written(Which.OPEN, opened.next)
    if query.which is Which.OPEN:
        return lines, None
    room = query.limit - len(lines)
    if room < len(ended.lines):
        last = -ended.lines[room - 1].line if room else -BEHIND_ALL
        return (*lines, *ended.lines[:room]), _written(Which.ENDED, (0, last))
    return (*lines, *ended.lines), _written(Which.ENDED, ended.next) if ended.next else None


def _written(part: Which, after: tuple[int, int]) -> str:
    return f"{part}~{after[0]}~{after[1]}"


def _cursor(text: str | None) -> tuple[Which, tuple[int, int] | None]:
    """Read in which part a page begins, and after what. Raises UnusableError."""
    if text is None:
        return Which.OPEN, None
    part, first, second = [*text.split("~"), "", ""][:3]
    try:
        return Which(part), (int(first), int(second))
    except ValueError:
        raise UnusableError("after: take it as it came in “next”.") from None


def sought_by(desk: Desk, caller: Caller, query: SearchQuery, partners: Mapping[str, Partner]) -> Sought:
    """Return what a query looks for, as the store takes it."""
    return Sought(
        words=tuple(_word(word, partners) for word in wording.words(query.q)[:WORDS_MOST]),
        number=wording.number(query.q) if any(map(str.isdigit, query.q)) else "",
        values=values_of(caller, {**_chosen(query), Facet.PARTNER: _whose(query.partner, partners)}),
        now=desk.now(),
        today=day_began(desk),
    )


def _whose(chosen: Iterable[str], partners: Mapping[str, Partner]) -> tuple[str, ...]:
    """Return partners as requests name them: those that were merged into one are it."""
    return tuple(dict.fromkeys(name for each in chosen for name in ids_of(each, partners)))


def values_of(caller: Caller, chosen: Mapping[Facet, Collection[str]]) -> Mapping[Facet, frozenset[str]]:
    """Return chosen values as the store has them: nothing in place of NONE, a name in place of ME."""
    stored = {NONE: "", ME: caller.name}
    return {
        facet: frozenset(stored.get(value, str(value)) for value in values)
        for facet, values in chosen.items()
        if values
    }


def _chosen(query: SearchQuery) -> Mapping[Facet, Collection[str]]:
    values = {facet: getattr(query, facet) for facet in Facet}
    return values | {Facet.SERVICE: [service.value for service in query.service]}


def day_began(desk: Desk) -> datetime:
    """Return when the library's day began."""
    return datetime.combine(desk.today(), time(), desk.zone)


def _word(text: str, partners: Mapping[str, Partner]) -> Word:
    called = [
        name for name, partner in partners.items() if any(word.startswith(text) for word in wording.words(partner.name))
    ]
    return Word(text=text, partners=tuple(map(wording.partner_word, called)) if len(called) <= CALLED_MOST else ())


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────


async def _rows(
    desk: Desk, caller: Caller, lines: Iterable[RegisterLine], partners: Mapping[str, Partner]
) -> tuple[FoundRow, ...]:
    shown = tuple(lines)
    requests = await desk.store.register.requests([line.request for line in shown])
    new = await new_to(desk, caller, requests.values())
    rows = (_row(desk, line, requests[line.request], partners) for line in shown if line.request in requests)
    return tuple(msgspec.structs.replace(row, marks=(NEW, *row.marks)) if row.id in new else row for row in rows)


def _row(desk: Desk, line: RegisterLine, request: Request, partners: Mapping[str, Partner]) -> FoundRow:
    standing, wanted = TABLES[request.role].standing(request.state), request.wanted
    lenders = request.borrowing.lender_request_id if request.borrowing else request.partner_request_id
    return FoundRow(
        id=request.id,
        seen=request.version,
        seen_in=request.state,
        role=request.role,
        is_open=line.is_open,
        title=wanted.article_title or wanted.title,
        author=wanted.article_author or wanted.author,
        partner=partner_name(request, partners),
        number=lenders or "",
        state=standing.name,
        waits=standing.waits,
        since=request.state_since,
        created_at=request.created_at,
        branch=desk.library.branches.get(line.branch, line.branch),
        service=request.service,
        item_barcodes=tuple(item.barcode for item in request.items),
        due_at=request.due_at,
        assigned_to=request.assigned_to,
        marks=marks_of(line, desk.now()),
    )


def marks_of(line: RegisterLine, now: datetime) -> tuple[SheetMark, ...]:
    """Return a word for each thing that should be seen at once."""
    flags = set(line.flags.split(","))
    if line.tasks:
        flags.add(Flag.UNREAD if line.tasks == "read note" else Flag.TASK)
    if line.is_open and line.due_at is not None and line.due_at < stamp(now):
        flags.add(Flag.LATE)
    return tuple(mark for flag, mark in MARKS.items() if flag in flags)
