"""Worklists as pages show them: filtered and paged by the register, so that only the requests of one page are read; as CSV; and printed.

The pull list's order is that of the shelves, which the register does not know (shelf.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import partial
from typing import Final

from gateway.desk.access import Caller
from gateway.desk.errors import UnusableError
from gateway.desk.facets import facets_shown
from gateway.desk.forms import REASONS
from gateway.desk.notes import NEW, new_to
from gateway.desk.offered import RIGHT_OF
from gateway.desk.papers import as_pdf, note_pull_slips
from gateway.desk.paperwork import pull_slips
from gateway.desk.ports import Desk
from gateway.desk.reads import partners_by_id
from gateway.desk.search import day_began, marks_of, values_of
from gateway.desk.shelf import AT_ONCE
from gateway.desk.structs.common import Download
from gateway.desk.structs.lists import ABOUT, ListName, ListRow
from gateway.desk.structs.papers import Slip
from gateway.desk.structs.sheet import SheetMark, line_of
from gateway.desk.structs.worklists import ListAct, Worklist, WorklistQuery, WorkRow
from gateway.desk.times import days_ahead
from gateway.desk.views import LISTS, list_rows
from gateway.dispatch.roles import TABLES
from gateway.documents.job import PrintChoice
from gateway.documents.papers import WorklistPaper, WorklistRow
from gateway.documents.words import our_library
from gateway.spreadsheets import csv_text
from gateway.store.register_port import Facet, RegisterLine, RequestsFound, Sort, Sought
from gateway.store.views_port import SentToPrint
from gateway.workflow.days import local_day
from gateway.workflow.meaning import NAMES, ActLine
from gateway.workflow.partners import OurLibrary, Partner
from gateway.workflow.records import Request, Role, State
from gateway.workflow.triggers import StaffAction

LINES_MOST: Final = 5_000
"""Lines of a list in one file; who has more to do narrows it."""
SHELF_MOST: Final = 1_000
"""Requests of the pull list that are sorted by their shelves."""
CANNOT_FIND: Final = StaffAction.CANNOT_FIND
_ALWAYS: Final = (StaffAction.ASSIGN, StaffAction.FLAG, StaffAction.UNFLAG, StaffAction.NOTE)
_FIELDS: Final = (Facet.FLAG, Facet.AGE, Facet.WHOSE, Facet.BRANCH, Facet.PARTNER)
_HEADINGS: Final = (
    "Request",
    "State",
    "Since",
    "Partner",
    "Title",
    "Author",
    "Item",
    "Branch",
    "Call number",
    "Due",
    "Assigned to",
    "Marked",
)


async def show_worklist(desk: Desk, caller: Caller, name: ListName, query: WorklistQuery) -> Worklist:
    """Return a page of a list in its order, with its filters and what can be done to several of its requests."""
    partners = await partners_by_id(desk.store)
    found, rows, following = await _page(desk, caller, name, query, partners)
    facets = facets_shown(desk.library, found.counts, {field: _chosen(query, field) for field in _FIELDS}, partners)
    about = ABOUT[name]
    return Worklist(
        list=name,
        role=about.role,
        words=about.words,
        rows=rows,
        next=following,
        count=found.count,
        facets=facets,
        acts=tuple(acts_for(caller, name)),
    )


async def worklist_csv(desk: Desk, caller: Caller, name: ListName, query: WorklistQuery) -> Download:
    """Return what the filters let through, all of it, as CSV."""
    partners = await partners_by_id(desk.store)
    found = await _found(desk, caller, name, query)
    rows = await _rows(desk, name, query, found.lines, partners=partners)
    return Download(
        content_type="text/csv", text=csv_text(_HEADINGS, (_cells(row, desk.zone) for row in rows)), name=f"{name}.csv"
    )


async def print_list(desk: Desk, caller: Caller, name: ListName, query: WorklistQuery) -> Download:
    """Print what the filters let through as one paper, or some of its requests, in the list's order."""
    partners = await partners_by_id(desk.store)
    found = await _found(desk, caller, name, query)
    wanted = [line for line in found.lines if not query.only or line.request in query.only]
    rows = await _rows(desk, name, query, wanted[:SHELF_MOST], partners=partners)
    paper = WorklistPaper(
        library=our_library(desk.library),
        words=_how_many(len(rows), len(wanted) if query.only else found.count, ABOUT[name].words),
        rows=tuple(_printed(row, desk.zone) for row in rows),
    )
    choice = PrintChoice(printer=query.printer, stock=query.stock, start=query.start)
    return await as_pdf(desk.printing, f"list {name}", [paper] if rows else [], choice)


def _how_many(shown: int, count: int, of: str) -> str:
    return f"The first {shown:,} of {count:,} {of}" if shown < count else f"{count:,} {of}"


def _printed(row: WorkRow, zone: tzinfo) -> WorklistRow:
    return WorklistRow(
        request=row.request,
        title=row.title,
        author=row.author,
        item=row.item_barcode,
        place=", ".join(filter(None, (row.branch, row.call_number))) or None,
        partner=row.partner,
        state=row.state,
        due=local_day(row.due_at, zone),
        marks=tuple(mark.words for mark in row.marks),
    )


async def print_worklist(desk: Desk, caller: Caller, name: ListName, query: WorklistQuery) -> Download:
    """Print the pull slips of a list, or of some of its requests, in shelving order; that they were sent to print is kept."""
    listed = await _found(desk, caller, name, query)
    wanted = [line.request for line in listed.lines if not query.only or line.request in query.only]
    found = await desk.store.register.requests(wanted[:SHELF_MOST])
    slips = await pull_slips(desk, found.values())
    printed = await as_pdf(
        desk.printing, "pull slips", slips, PrintChoice(printer=query.printer, stock=query.stock, start=query.start)
    )
    await note_pull_slips(desk, caller, found)
    return printed


def acts_always() -> tuple[ListAct, ...]:
    """Return what can be done to requests in any state. It stays in the house."""
    lines = {line.action: line for table in TABLES.values() for state in table.states for line in table.lines(state)}
    return tuple(_act(("", lines[action])) for action in _ALWAYS)


def cannot_find() -> ListAct:
    """Return what is said of an item that is not on its shelf, with what comes of that."""
    lines = TABLES[Role.LENDING].lines(State.WILL_SUPPLY)
    return _act(("", next(line for line in lines if line.action is CANNOT_FIND)))


def _act(*found: tuple[str, ActLine]) -> ListAct:
    """Return an act as it is in the first of these states, with what is different in the others."""
    line, lines = found[0][1], [line for _, line in found]
    others = {state: each for state, each in found if (each.does, each.tells) != (line.does, line.tells)}
    return ListAct(
        action=line.action,
        name=NAMES[line.action],
        does=line.does,
        tells=line.tells,
        flags=tuple(dict.fromkeys(flag for each in lines for flag in each.flags)),
        asks=any(each.asks for each in lines),
        elsewhere=tuple(
            f"Of one that is “{state}”: {line_of(each.does, each.tells)}" for state, each in others.items()
        ),
        reason=REASONS.get(line.action),
    )


def acts_for(caller: Caller, name: ListName) -> Iterable[ListAct]:
    """Yield the next step of a list's states, and what can be done in any; as far as the caller may."""
    rule, table = LISTS[name], TABLES[ABOUT[name].role]
    states = [state for state in rule.states if state in table.states]
    nexts = dict.fromkeys(step for state in states if (step := table.standing(state).next) is not None)
    for action in (*nexts, *_ALWAYS):
        lines = ((table.standing(state).name, line) for state in states for line in table.lines(state))
        found = [(state, line) for state, line in lines if line.action is action]
        if found and caller.may(RIGHT_OF[action]):
            yield _act(*found)


def _chosen(query: WorklistQuery, field: Facet) -> Sequence[str]:
    return tuple(getattr(query, field))


async def _found(
    desk: Desk,
    caller: Caller,
    name: ListName,
    query: WorklistQuery,
    *,
    after: tuple[int, int] | None = None,
    limit: int = LINES_MOST,
) -> RequestsFound:
    """Find the lines of a list in its order, as the register knows it."""
    rule, role = LISTS[name], ABOUT[name].role
    narrowed = {field: _chosen(query, field) for field in _FIELDS}
    values = values_of(caller, {Facet.ROLE: (role,), Facet.STATE: rule.states, **narrowed})
    now, until = desk.now(), days_ahead(desk.now(), query.days, desk.zone)
    sought = Sought(values=values, due=rule.due(now, until), now=now, today=day_began(desk))
    sort = Sort.DUE if rule.by_due_date else Sort.WAITING
    return await desk.store.register.open(sought, sort, after=after, limit=limit)


async def _page(
    desk: Desk, caller: Caller, name: ListName, query: WorklistQuery, partners: Mapping[str, Partner]
) -> tuple[RequestsFound, tuple[WorkRow, ...], str | None]:
    """Return a page, and what the next one comes after; None where nothing follows."""
    rows_of = partial(_rows, desk, name, query, partners=partners, reader=caller)
    if name is not ListName.PULL:
        found = await _found(desk, caller, name, query, after=_key(query.after), limit=query.limit)
        return found, await rows_of(found.lines), "~".join(map(str, found.next)) if found.next else None
    found = await _found(desk, caller, name, query, limit=SHELF_MOST)
    spots = await desk.shelves.walk(found.lines, desk.store.register.requests)
    requests = [spot.request for spot in spots]
    first = _first(requests, query.after)
    some = spots[first : first + query.limit]
    names, shown = {spot.request for spot in some}, {(spot.request, spot.item_barcode) for spot in some}
    rows = await rows_of([line for line in found.lines if line.request in names])
    page = tuple(row for row in rows if (row.request, row.item_barcode) in shown)
    return found, page, _next(requests, first + len(some))


def _key(after: str | None) -> tuple[int, int] | None:
    """Read after which line of the register a page begins. Raises UnusableError."""
    if after is None:
        return None
    try:
        first, second = map(int, after.split("~"))
    except ValueError:
        raise UnusableError("after: take it as it came in “next”.") from None
    return first, second


def _next(requests: Sequence[str], end: int) -> str | None:
    """Say what the next page comes after: the last request before it, and its place; None where nothing follows."""
    return f"{requests[end - 1]}~{end - 1}" if 0 < end < len(requests) else None


def _first(requests: Sequence[str], after: str | None) -> int:
    """Return the place that a page begins at. Where the request that it comes after has left the list, what followed has its place."""
    request, _, written = (after or "").partition("~")
    place = min(int(written), len(requests)) if written.isdecimal() and written.isascii() else 0
    if requests[place : place + 1] == [request]:  # of a request with several items, the one that it comes after
        return place + 1
    return requests.index(request) + 1 if request in requests else place


async def _rows(
    desk: Desk,
    name: ListName,
    query: WorklistQuery,
    lines: Sequence[RegisterLine],
    *,
    partners: Mapping[str, Partner],
    reader: Caller | None = None,
) -> tuple[WorkRow, ...]:
    """Make the rows, in the list's order; piece by piece, so that a long list holds nobody up. Those with notes that are new to the reader say so."""
    now, until = desk.now(), days_ahead(desk.now(), query.days, desk.zone)
    made: list[tuple[ListRow, WorkRow]] = []
    for first in range(0, len(lines), AT_ONCE):
        piece = {line.request: line for line in lines[first : first + AT_ONCE]}
        found = await desk.store.register.requests(piece)
        prints = await desk.store.views.prints(piece, Slip.PULL_SLIP) if name is ListName.PULL else {}
        new = await new_to(desk, reader, found.values()) if reader else frozenset()
        for row in list_rows(name, found.values(), partners, now, until):
            marks = (NEW,) * (row.request in new) + marks_of(piece[row.request], now)
            made.append((row, _row(desk.library, row, found[row.request], marks, prints.get(row.request))))
    made.sort(key=lambda pair: LISTS[name].order(pair[0]))
    return tuple(row for _, row in made)


def _row(
    library: OurLibrary, row: ListRow, request: Request, marks: tuple[SheetMark, ...], printed: SentToPrint | None
) -> WorkRow:
    standing = TABLES[request.role].standing(request.state)
    return WorkRow(
        request=row.request,
        seen=request.version,
        seen_in=request.state,
        state=standing.name,
        step=standing.next,
        since=row.state_since,
        partner=row.partner,
        title=row.title,
        author=row.author,
        item_barcode=row.item_barcode,
        branch=library.branches.get(row.branch or "", row.branch),
        call_number=row.call_number,
        due_at=row.due_at,
        assigned_to=request.assigned_to,
        marks=marks,
        printed_at=printed.at if printed else None,
        printed_by=printed.who if printed else None,
    )


def _cells(row: WorkRow, zone: tzinfo) -> Iterable[str]:
    def day(at: datetime | None) -> str:
        return str(local_day(at, zone) or "")

    words = (row.partner, row.title, row.author, row.item_barcode, row.branch, row.call_number)
    marks = ", ".join(mark.words for mark in row.marks)
    return (
        row.request,
        row.state,
        day(row.since),
        *(word or "" for word in words),
        day(row.due_at),
        row.assigned_to or "",
        marks,
    )
