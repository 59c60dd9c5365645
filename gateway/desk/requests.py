"""Requests: the list, one with all that is known of it, its timeline, and trying its waiting work now. Acts: acts.py."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from gateway.desk.access import Caller
from gateway.desk.errors import ConflictError, UnusableError
from gateway.desk.history import write_down
from gateway.desk.offered import offers
from gateway.desk.ports import Desk
from gateway.desk.reads import names_of, partners_by_id
from gateway.desk.scans import request_of
from gateway.desk.search import find_requests
from gateway.desk.shown import shown
from gateway.desk.structs.requests import (
    RequestLine,
    RequestLines,
    RequestShown,
    RequestsQuery,
    Timeline,
    TimelineEntry,
    Tried,
)
from gateway.desk.structs.search import SearchOrder, SearchQuery, Which
from gateway.desk.timeline import timeline
from gateway.desk.upcoming import upcoming
from gateway.desk.views import partner_name, request_line
from gateway.desk.waiting import Surroundings
from gateway.dispatch.roles import OPEN_IN
from gateway.partners.merging import ids_of
from gateway.store.port import RequestFilter, Store
from gateway.workflow.effects import StartTimer
from gateway.workflow.records import Request

_NOT_A_CURSOR: Final = "before: take it as it came in “next”."


async def list_requests(desk: Desk, caller: Caller, query: RequestsQuery) -> RequestLines:
    """Return requests, newest first: those alone that the parameters let through. By words or a number (`q`), what is open comes first."""
    if query.q is not None and query.q.strip():
        found, following = await _by_text(desk, caller, query)
    else:
        ids = ids_of(query.partner, await partners_by_id(desk.store)) if query.partner else (None,)
        filters = [where for partner in ids for where in _filters(query, partner)]
        found = await _listed(desk.store, filters, query.limit)
        following = _cursor_of(found[-1]) if len(found) == query.limit else None
    return RequestLines(requests=await lines_of(desk.store, found), next=following)


async def show_request(desk: Desk, caller: Caller, request: str) -> RequestShown:
    """Return all that is known of a request, what staff can do, what waits, and what happens next."""
    found = await request_of(desk.store, request)
    waiting, tasks = await desk.store.pending(found.id), await desk.store.tasks(request=found.id)
    acts = offers(found, caller, waiting, tasks, desk.now())
    partners = await partners_by_id(desk.store)
    return RequestShown(
        request=found,
        partner_name=partner_name(found, partners),
        branches=desk.library.branches,
        actions=tuple(line.action for line in acts),
        acts=acts,
        tasks=tasks,
        next=upcoming(waiting, await surroundings(desk, found, names_of(partners))),
    )


async def show_timeline(desk: Desk, _caller: Caller, request: str) -> Timeline:
    """Return everything that happened to a request, oldest first, with both protocols' messages."""
    found = await request_of(desk.store, request)
    entries = timeline(await desk.store.history(found.id), await desk.store.messages(found.id))
    return Timeline(request=found.id, entries=tuple(shown(entry, TimelineEntry) for entry in entries))


async def try_now(desk: Desk, caller: Caller, request: str) -> Tried:
    """Start a request's waiting work at once, back-off or not; its clocks go on as they run."""
    found = await request_of(desk.store, request)
    work = [row for row in await desk.store.pending(found.id) if not isinstance(row.effect, StartTimer)]
    if not work:
        raise ConflictError("No work of this request waits to be tried.")
    await write_down(desk, caller, found.id, "Waiting work is to be tried now.")
    await desk.circulation.try_now(found.id)
    count = len(work)
    pieces = "One piece of work starts" if count == 1 else f"{count} pieces of work start"
    return Tried(words=f"{pieces} now.", count=count)


async def lines_of(store: Store, found: Iterable[Request]) -> tuple[RequestLine, ...]:
    """Return the line of each request."""
    partners = await partners_by_id(store)
    return tuple(request_line(request, partners) for request in found)


async def surroundings(desk: Desk, request: Request, names: Mapping[str, str]) -> Surroundings:
    """Return what the request's work may wait for; `names` are those of the partners, by their ids, for what is said of the work."""
    now = desk.now()
    return Surroundings(
        request=request,
        now=now,
        backoffs={backoff.lane: backoff for backoff in await desk.store.backoffs()},
        before_at_item=await desk.store.before_at_item(request.id, now=now),
        names=names,
    )


# ── the list ─────────────────────────────────────────────────────────────────────────────────────


async def _by_text(desk: Desk, caller: Caller, query: RequestsQuery) -> tuple[Sequence[Request], str | None]:
    sought = SearchQuery(
        q=query.q or "",
        which=Which.OPEN if query.open else Which.ALL,
        role=(query.role,) if query.role else (),
        state=query.state,
        partner=(query.partner,) if query.partner else (),
        sort=SearchOrder.CHANGED,
        after=query.before,
        limit=query.limit,
    )
    try:
        return await find_requests(desk, caller, sought)
    except UnusableError:
        raise UnusableError(_NOT_A_CURSOR) from None


def _filters(query: RequestsQuery, partner: str | None) -> tuple[RequestFilter, ...]:
    """What any of them lets through is listed; for open requests there is one for each role, since a state may be the end in one alone."""
    where = RequestFilter(
        states=query.state,
        role=query.role,
        partner=partner,
        before=_cursor(query.before) if query.before else None,
        limit=query.limit,
    )
    return tuple(_open_ones(where)) if query.open else (where,)


def _open_ones(where: RequestFilter) -> Iterator[RequestFilter]:
    for role, is_open in OPEN_IN.items():
        states = tuple(state for state in is_open if not where.states or state in where.states)
        if states and where.role in {None, role}:
            yield msgspec.structs.replace(where, role=role, states=states)


async def _listed(store: Store, filters: Iterable[RequestFilter], limit: int) -> list[Request]:
    """Return what any of the filters lets through, newest first."""
    found = [request for where in filters for request in await store.requests(where)]
    return sorted(found, key=lambda request: (request.updated_at, request.id), reverse=True)[:limit]


def _cursor_of(request: Request) -> str:
    return f"{request.updated_at.isoformat()}~{request.id}"


def _cursor(text: str) -> tuple[datetime, str]:
    moment, _, request_id = text.partition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not request_id:
        raise UnusableError(_NOT_A_CURSOR)
    return at, request_id
