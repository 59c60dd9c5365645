"""The register as tables: what a change writes, and how what has ended is walked. Common SQL; each store says how its database finds words.

What is open is read once, and then what has changed: each line says in which transaction it was written (`changed`), and before a question is
answered the lines are read that were written since the last one.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from sys import intern
from typing import Final, Protocol

from gateway.store import encoding, register_sql
from gateway.store.columns import Fetched
from gateway.store.open_lines import OpenLines, age_bounds, age_of, keys_of
from gateway.store.register_port import COUNTED, Facet, RegisterLine, RequestsFound, Sort, Sought, StateCount
from gateway.store.register_rows import lines_of, to_index
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
                (register_sql.INSERT_LINE, [(*line, "") for line, _, _ in found]),
                (register_sql.INSERT_WORDS, [words for _, words, _ in found]),
                (register_sql.INSERT_NUMBER, [number for *_, numbers in found for number in numbers]),
                (register_sql.FILL_TASKS, [(request,) for request, _ in piece]),
                *(
                    (statement, to_index((words for _, words, _ in found), is_open=is_open))
                    for statement, is_open in self._tongue.indexing.items()
                ),
            )
            last = piece[-1][0]
        await self._change((register_sql.FILL, ()))

    # ── what is open ─────────────────────────────────────────────────────────────────────────────

    async def open(self, sought: Sought, sort: Sort, *, after: tuple[int, int] | None, limit: int) -> RequestsFound:
        """See the port."""
        among = await self._open_with_text(sought) if sought.by_text else None
        async with self._reading:
            await self._catch_up()
            return self._lines.find(sought, sort, among=among, after=after, limit=limit)

    async def open_each(
        self, sought: Sequence[Sought], sort: Sort, *, counted: Collection[Facet]
    ) -> tuple[RequestsFound, ...]:
        """See the port. Others have a turn between two answers."""
        found = []
        async with self._reading:
            await self._catch_up()
            for each in sought:
                found.append(self._lines.find(each, sort, among=None, after=None, limit=1, counted=counted))
                await asyncio.sleep(0)
        return tuple(found)

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

    async def ended(
        self, sought: Sought, *, after: tuple[int, int] | None, limit: int, facets: bool = False
    ) -> RequestsFound:
        """See the port."""
        walk = Walk(self._tongue, sought, await self._with_number(sought.number), _LAST if after is None else -after[1])
        if after is None:
            found, count, parts = await self._first_page(walk, limit, by_text=sought.by_text, facets=facets)
            is_more = count > COUNTED
        else:
            found = await self._lines_of(walk, limit + 1)
            count, parts, is_more = len(found), [], len(found) > limit
        ends_at = await self._end(walk) if not is_more and walk.may_go_on(count) else None
        following = found[limit - 1].line if len(found) > limit else ends_at
        return RequestsFound(
            lines=tuple(found[:limit]),
            next=None if following is None else (0, -following),
            count=min(count, COUNTED),
            is_more=is_more or ends_at is not None,
            counts=_counts_of(_as_far_as_counted(parts), sought) if facets else {},
        )

    async def _first_page(
        self, walk: Walk, limit: int, *, by_text: bool, facets: bool
    ) -> tuple[list[RegisterLine], int, list[tuple[RegisterLine, int]]]:
        """Return its lines and one more, how many there are in all, and with `facets` how many are like which one. Words are looked for once."""
        if by_text and not facets:
            statement, params = walk.counted_page(limit + 1, COUNTED + 1)
            rows = await self._fetch(statement, *params)
            return [_line(row[:-1]) for row in rows], rows[0][-1] if rows else 0, []
        wanted = COUNTED + 1 if by_text else limit + 1
        found = await self._lines_of(walk, wanted)
        if len(found) < wanted or wanted > COUNTED:
            return found, len(found), [(line, 1) for line in found]
        return found, *await self._counted(walk, facets=facets)

    async def _lines_of(self, walk: Walk, limit: int) -> list[RegisterLine]:
        statement, params = walk.page(limit)
        return list(map(_line, await self._fetch(statement, *params)))

    async def _counted(self, walk: Walk, *, facets: bool) -> tuple[int, list[tuple[RegisterLine, int]]]:
        """Count, and with `facets` say how many lines are like which one."""
        statement, params = walk.parted(COUNTED + 1) if facets else walk.count(COUNTED + 1)
        found = await self._fetch(statement, *params)
        if not facets:
            return found[0][0], []
        parts = [(_like(row), row[-1]) for row in found]
        return sum(count for _, count in parts), parts

    async def _end(self, walk: Walk) -> int | None:
        statement, params = walk.end()
        found = await self._fetch(statement, *params)
        return found[0][0] if found else None

    # ── by number ────────────────────────────────────────────────────────────────────────────────

    async def requests(self, ids: Collection[str]) -> Mapping[str, Request]:
        """See the port."""
        if not ids:
            return {}
        statement, params = register_sql.requests(list(ids))
        found = await self._fetch(statement, *params)
        return {request: encoding.decode_request(body) for request, body in found}

    async def with_number(self, number: str, *, limit: int) -> tuple[str, ...]:
        """See the port."""
        found = await self._fetch(register_sql.WITH_NUMBER, number, limit)
        return tuple(request for (request,) in found)


def _line(row: Fetched) -> RegisterLine:
    """Make a line; what many lines have in common is kept once."""
    line, request, is_open, role, state, partner, branch, service, *times, flags, tasks, assigned_to = row
    created_at, updated_at, state_since, due_at = times
    updated_at = created_at if updated_at == created_at else updated_at  # of equal numbers one is kept
    state_since = updated_at if state_since == updated_at else state_since
    return RegisterLine(
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


def _like(row: Fetched) -> RegisterLine:
    """Make a line that stands for those that are like it, of what `Walk.parted` gives."""
    role, state, partner, branch, service, flags, tasks, assigned_to, created_at, line, _count = row
    return RegisterLine(
        line, "", False, role, state, partner, branch, service, created_at, created_at, created_at, None, flags, tasks, assigned_to
    )  # fmt: skip


def _as_far_as_counted(parts: Sequence[tuple[RegisterLine, int]]) -> Iterator[tuple[RegisterLine, int]]:
    """Leave out the oldest line if there is one more than is counted."""
    is_one_more = sum(count for _, count in parts) > COUNTED
    oldest = min((line.line for line, _ in parts), default=0)
    return ((line, count - 1 if is_one_more and line.line == oldest else count) for line, count in parts)


def _counts_of(parts: Iterable[tuple[RegisterLine, int]], sought: Sought) -> Mapping[Facet, Mapping[str, int]]:
    """Count what was found as what is open is counted; it is not late any more."""
    counts: dict[Facet, Counter[str]] = {facet: Counter() for facet in Facet}
    ages = age_bounds(sought.today)
    for line, count in parts:
        for facet, value in (*keys_of(line), (Facet.AGE, age_of(line, ages))):
            counts[facet][value] += count
    return counts
