"""The register as tables: what a change writes, and how what has ended is walked. Common SQL; each store says how its database finds words.

What is open is read once, and then what has changed: each line says in which transaction it was written (`changed`), and before a question is
answered the lines are read that were written since the last one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from sys import intern
from typing import Final, Protocol

from msgspec.structs import replace

from gateway.store import encoding, register_sql
from gateway.store.columns import Fetched
from gateway.store.open_lines import OpenLines
from gateway.store.register_port import COUNTED, Facet, Found, Line, Sort, Sought, StateCount
from gateway.store.register_rows import lines_of
from gateway.store.register_walk import Walk
from gateway.store.tongues import Tongue
from gateway.workflow.records import Request

AT_ONCE: Final = 250
"""Lines that are read, or written, at once: a few milliseconds."""
_NUMBERED_MOST: Final = 1_000
_LAST: Final = 1 << 62


class FetchSlowly(Protocol):
    """The store's verb for reads that may take long."""

    def __call__(self, statement: str, *params: str | int | bytes | None) -> Awaitable[Sequence[Fetched]]:
        """Read rows without holding anybody up."""


class Register:
    """The port's RegisterPort on the verbs of either store."""

    def __init__(
        self,
        *,
        fetch: FetchSlowly,
        change: Callable[..., Awaitable[int]],
        load: Callable[..., Awaitable[None]],
        tongue: Tongue,
    ) -> None:
        """Take the verbs; nothing is read before the first question."""
        self._fetch, self._change, self._load, self._tongue = fetch, change, load, tongue
        self._lines = OpenLines()
        self._mark: int | None = None
        self._reading = asyncio.Lock()

    async def fill(self) -> None:
        """Enter the requests that were there before there was a register, piece by piece; once."""
        if await self._fetch(register_sql.FILLED):
            return
        last = ""
        while piece := await self._fetch(register_sql.UNREGISTERED, last, AT_ONCE):
            found = [lines_of(encoding.decode_request(body)) for _, body in piece]
            await self._load(
                (register_sql.INSERT_LINE, [line for line, _, _ in found]),
                (register_sql.INSERT_WORDS, [words for _, words, _ in found]),
                (register_sql.INSERT_NUMBER, [number for *_, numbers in found for number in numbers]),
                (register_sql.FILL_TASKS, [(request,) for request, _ in piece]),
            )
            last = piece[-1][0]
        await self._change((register_sql.FILL, ()))

    # ── what is open ─────────────────────────────────────────────────────────────────────────────

    async def open(self, sought: Sought, sort: Sort, *, after: tuple[int, int] | None, limit: int) -> Found:
        """See the port."""
        among = await self._open_with_text(sought) if sought.by_text else None
        async with self._reading:
            await self._catch_up()
            return self._lines.find(sought, sort, among=among, after=after, limit=limit)

    async def _open_with_text(self, sought: Sought) -> set[int]:
        found = set(await self._with_number(sought.number))
        if sought.words:
            match = await self._fetch(self._tongue.open_match, self._tongue.query(sought.words))
            found.update(line for (line,) in match)
        return found

    async def _with_number(self, number: str) -> list[int]:
        if not number:
            return []
        return [line for (line,) in await self._fetch(register_sql.NUMBERED, number, _behind(number), _NUMBERED_MOST)]

    async def _catch_up(self) -> None:
        """Read what has changed; at first everything that is open."""
        ((missed_from, to_come),) = await self._fetch(self._tongue.marks)
        if self._mark is None:
            await self._read_all()
        else:
            await self._read_changes(self._mark, to_come)
        self._mark = missed_from

    async def _read_all(self) -> None:
        last = -1
        while piece := await self._fetch(register_sql.OPEN_LINES, last, AT_ONCE):
            self._lines.put(map(_line, piece))
            last = piece[-1][0]
            await asyncio.sleep(0)

    async def _read_changes(self, since: int, to_come: int) -> None:
        key = (since, -1)
        while piece := await self._fetch(register_sql.CHANGED_LINES, *key, to_come, AT_ONCE):
            self._lines.put(_line(row[:-1]) for row in piece)
            if len(piece) < AT_ONCE:
                return
            key = (piece[-1][-1], piece[-1][0])
            await asyncio.sleep(0)

    async def count_open(self, now: datetime, *, today: datetime, until: datetime) -> tuple[StateCount, ...]:
        """See the port."""
        async with self._reading:
            await self._catch_up()
            return self._lines.count(now, today, until)

    # ── what has ended ───────────────────────────────────────────────────────────────────────────

    async def ended(self, sought: Sought, *, after: tuple[int, int] | None, limit: int, facets: bool = False) -> Found:
        """See the port."""
        wanted = COUNTED + 1 if after is None else limit + 1
        walk = Walk(self._tongue, sought, await self._with_number(sought.number), _LAST if after is None else -after[1])
        statement, params = walk.page(wanted)
        found = await self._fetch(statement, *params)
        ends_at = None if len(found) == wanted else await self._end(walk)
        following = found[limit - 1][0] if len(found) > limit else ends_at
        return Found(
            lines=tuple(map(_line, found[:limit])),
            next=None if following is None else (0, -following),
            count=min(len(found), COUNTED),
            is_more=len(found) > COUNTED or ends_at is not None,
            counts=_counts_of(map(_line, found[:COUNTED]), sought) if facets else {},
        )

    async def _end(self, walk: Walk) -> int | None:
        statement, params = walk.end()
        found = await self._fetch(statement, *params)
        return found[0][0] if found else None

    # ── by number ────────────────────────────────────────────────────────────────────────────────

    async def requests(self, ids: Collection[str]) -> Mapping[str, Request]:
        """See the port."""
        if not ids:
            return {}
        found = await self._fetch(register_sql.requests(len(ids)), *ids)
        return {request: encoding.decode_request(body) for request, body in found}

    async def numbered(self, number: str, *, limit: int) -> tuple[str, ...]:
        """See the port."""
        found = await self._fetch(register_sql.NUMBERED_REQUESTS, number, _behind(number), limit)
        return tuple(request for (request,) in found)

    async def with_number(self, number: str, *, limit: int) -> tuple[str, ...]:
        """See the port."""
        found = await self._fetch(register_sql.WITH_NUMBER, number, limit)
        return tuple(request for (request,) in found)


def _line(row: Fetched) -> Line:
    """Make a line; what many lines have in common is kept once."""
    line, request, is_open, role, state, partner, branch, service, *times, flags, tasks, assigned_to = row
    created_at, updated_at, state_since, due_at = times
    return Line(
        line,
        request,
        bool(is_open),
        intern(role),
        intern(state),
        intern(partner),
        intern(branch),
        intern(service),
        created_at,
        updated_at,
        state_since,
        due_at,
        intern(flags),
        intern(tasks),
        intern(assigned_to),
    )


def _behind(number: str) -> str:
    """Return what comes behind all numbers that begin so."""
    return f"{number}\U0010ffff"


def _counts_of(ended: Iterable[Line], sought: Sought) -> Mapping[Facet, Mapping[str, int]]:
    """Count what was found as what is open is counted; it is not late any more."""
    lines = OpenLines(replace(line, is_open=True, due_at=None) for line in ended)
    return lines.find(Sought(now=sought.now, today=sought.today), Sort.NEWEST, among=None, after=None, limit=1).counts
