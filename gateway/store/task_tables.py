"""Tasks as a table: the part of the store that is common SQL. The order of their ids is that in which they were opened.

Most tasks of ten years are closed: what is open has indexes of its own, by kind and by request.
"""

# ruff: noqa: S608 - statements are put together from this module's own pieces

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from gateway.store import encoding, sql
from gateway.store.columns import Fetched, moment, optional_moment, padded, places, plain, stamp
from gateway.store.rows import effect_row
from gateway.store.tasks_port import Claimed, TaskCount
from gateway.store.values import EffectRow, HistoryEntry, Topic
from gateway.store.verbs import Verbs
from gateway.workflow.tasks import Task, TaskKind

COLUMNS: Final = "id, request, kind, words, opened_at, claimed_by, closed_at, about, told"
TASK: Final = f"SELECT {COLUMNS} FROM tasks WHERE id = $1"
COUNT: Final = "SELECT kind, count(*) FROM tasks WHERE closed_at IS NULL GROUP BY kind"
OLDEST: Final = """
    SELECT kind, opened_at FROM tasks WHERE id IN (SELECT min(id) FROM tasks WHERE closed_at IS NULL GROUP BY kind)"""
COUNT_CLAIMED: Final = "SELECT kind, claimed_by, count(*) FROM tasks WHERE closed_at IS NULL GROUP BY kind, claimed_by"
CLAIM: Final = """
    UPDATE tasks SET claimed_by = $2 WHERE id = $1 AND closed_at IS NULL AND coalesce(claimed_by, $2) = $2"""
CLOSE: Final = "UPDATE tasks SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL AND told = $3"
TELL: Final = "INSERT INTO history (request, at, entry) SELECT request, $2, $3 FROM tasks WHERE id = $1"
PUT: Final = """
    INSERT INTO tasks (about, kind, words, opened_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (about, kind) WHERE closed_at IS NULL AND request IS NULL DO UPDATE SET words = excluded.words"""
END: Final = """
    UPDATE tasks SET closed_at = $3 WHERE about = $1 AND kind = $2 AND request IS NULL AND closed_at IS NULL"""
_CLAIMED: Final[Mapping[Claimed, str]] = {
    Claimed.ALL: "",
    Claimed.MINE: " AND claimed_by = $3",
    Claimed.NOBODYS: " AND claimed_by IS NULL",
    Claimed.OTHERS: " AND claimed_by <> $3",
}


class TaskTables(Verbs):
    """The port's TasksPort."""

    async def tasks(self, *, request: str | None = None, kind: TaskKind | None = None) -> tuple[Task, ...]:
        """See the port."""
        statement, params = find(request, None if kind is None else kind.value)
        fetch = self._fetch_slowly if request is None else self._fetch
        return tuple(map(_task, await fetch(statement, *params)))

    async def page_of_tasks(
        self, kinds: Collection[TaskKind], claimed: Claimed, *, me: str, after: int, limit: int
    ) -> tuple[Task, ...]:
        """See the port."""
        if not kinds:
            return ()
        statement, params = page([kind.value for kind in kinds], claimed, me, after, limit)
        return tuple(map(_task, await self._fetch_slowly(statement, *params)))

    async def task(self, task_id: int) -> Task | None:
        """See the port."""
        found = await self._fetch(TASK, task_id)
        return _task(found[0]) if found else None

    async def tasks_of(self, requests: Collection[str]) -> Mapping[str, tuple[Task, ...]]:
        """See the port."""
        if not requests:
            return {}
        found = defaultdict[str, tuple[Task, ...]](tuple)
        statement, params = of_requests(list(requests))
        for task in map(_task, await self._fetch(statement, *params)):
            found[task.request or ""] += (task,)
        return found

    async def waiting_of(self, requests: Collection[str]) -> Mapping[str, tuple[EffectRow, ...]]:
        """See the port."""
        if not requests:
            return {}
        found = defaultdict[str, tuple[EffectRow, ...]](tuple)
        statement, params = sql.pending_of(list(requests))
        for row in map(effect_row, await self._fetch(statement, *params)):
            found[row.request] += (row,)
        return found

    async def count_tasks(self) -> Mapping[TaskKind, int]:
        """See the port."""
        return {TaskKind(kind): count for kind, count in await self._fetch_slowly(COUNT)}

    async def oldest_tasks(self) -> Mapping[TaskKind, datetime]:
        """See the port."""
        return {TaskKind(kind): moment(at) for kind, at in await self._fetch_slowly(OLDEST)}

    async def count_claimed(self) -> tuple[TaskCount, ...]:
        """See the port."""
        found = await self._fetch_slowly(COUNT_CLAIMED)
        return tuple(TaskCount(kind=TaskKind(kind), claimed_by=who, count=count) for kind, who, count in found)

    async def claim_task(self, task_id: int, *, by: str) -> bool:
        """See the port."""
        return bool(await self._change((CLAIM, (task_id, by)), *self._announcement(Topic.REQUESTS)))

    async def close_task(self, task: Task, *, at: datetime, entry: HistoryEntry) -> bool:
        """See the port."""
        close = (CLOSE, (task.id, stamp(at), task.told))
        tell = (TELL, (task.id, stamp(entry.at), encoding.encode(entry)))
        return bool(await self._change(close, tell, *self._announcement(Topic.REQUESTS)))

    async def put_task(self, about: str, kind: TaskKind, words: str, *, at: datetime) -> None:
        """See the port."""
        put = (PUT, (about, kind.value, plain(words), stamp(at)))
        await self._change(put, *self._announcement(Topic.REQUESTS))

    async def end_task(self, about: str, kind: TaskKind, *, at: datetime) -> bool:
        """See the port."""
        end = (END, (about, kind.value, stamp(at)))
        return bool(await self._change(end, *self._announcement(Topic.REQUESTS)))


def find(request: str | None, kind: str | None) -> tuple[str, tuple[str, ...]]:
    """Return the query for open tasks, of one request or one kind where that is named."""
    named = [(column, value) for column, value in (("request", request), ("kind", kind)) if value is not None]
    conditions = "".join(f" AND {column} = ${place}" for place, (column, _) in enumerate(named, 1))
    statement = f"SELECT {COLUMNS} FROM tasks WHERE closed_at IS NULL{conditions} ORDER BY id"
    return statement, tuple(value for _, value in named)


def of_requests(requests: Sequence[str]) -> tuple[str, list[str]]:
    """Return the query for the open tasks of requests."""
    params = padded(requests, "")
    return (
        f"SELECT {COLUMNS} FROM tasks WHERE closed_at IS NULL AND request IN ({places(len(params))}) ORDER BY id",
        params,
    )


def page(
    kinds: Collection[str], claimed: Claimed, me: str, after: int, limit: int
) -> tuple[str, tuple[str | int, ...]]:
    """Return the query for so many open tasks that were opened after one: a walk along the index of each kind."""
    params: list[str | int] = [after, limit]
    if claimed in {Claimed.MINE, Claimed.OTHERS}:
        params.append(me)
    which = f"closed_at IS NULL AND id > $1{_CLAIMED[claimed]}"
    branches = [
        f"SELECT * FROM (SELECT {COLUMNS} FROM tasks WHERE {which} AND kind = ${place} ORDER BY id LIMIT $2) AS of_kind"
        for place in range(1 + len(params), 1 + len(params) + len(kinds))
    ]
    union = " UNION ALL ".join(branches)
    return f"SELECT * FROM ({union}) AS listed ORDER BY id LIMIT $2", (*params, *kinds)


def _task(row: Fetched) -> Task:
    number, request, kind, words, opened_at, claimed_by, closed_at, about, told = row
    return Task(
        id=number,
        request=request,
        about=about,
        kind=TaskKind(kind),
        words=words,
        opened_at=moment(opened_at),
        claimed_by=claimed_by,
        closed_at=optional_moment(closed_at),
        told=told,
    )
