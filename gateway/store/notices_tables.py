"""Mails as common SQL; the store's verbs run it. See the port: notices_port.py."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from gateway.notices.records import Notice, NoticeFile, NoticeKind, NoticeState
from gateway.store import sql, task_tables
from gateway.store.borrowing import Fetch
from gateway.store.columns import Fetched, Params, moment, optional_moment, optional_stamp, plain, stamp
from gateway.store.errors import LeaseLost, VersionConflict
from gateway.store.notices_port import NewNotice, NoticeChange, NoticeFilter
from gateway.store.rows import effect_params
from gateway.store.values import NewEffect
from gateway.store.verbs import GuardedStep
from gateway.workflow.effects import OpenTask

_COLUMNS: Final = (
    "id, kind, state, version, about, address, subject, body, made_at, changed_at, changed_by, not_after, times, words"
)
INSERT: Final = f"""
    INSERT INTO notices ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"""  # noqa: S608 - constants
UPDATE: Final = """
    UPDATE notices SET state = $2, version = $3, address = $4, changed_at = $5, changed_by = $6, times = $7, words = $8
    WHERE id = $1 AND version = $3 - 1"""
MIRROR: Final = f"""
    {INSERT} ON CONFLICT (id) DO UPDATE SET state = excluded.state, version = notices.version + 1, address = excluded.address,
        changed_at = excluded.changed_at, changed_by = excluded.changed_by, words = excluded.words"""
"""Of a bill's mail: its latest outcome."""
SET_ASIDE: Final = """
    UPDATE notices SET state = 'set aside', version = version + 1, changed_at = $2, changed_by = $3, words = $4
    WHERE id = $1 AND state IN ('refused', 'unknown')"""
INSERT_FILE: Final = "INSERT INTO notice_files (notice, place, name, content_type, data) VALUES ($1, $2, $3, $4, $5)"
INSERT_SLOT: Final = "INSERT INTO notice_slots (slot, at) VALUES ($1, $2)"
NOTICE: Final = f"SELECT {_COLUMNS} FROM notices WHERE id = $1"  # noqa: S608 - constants
COUNT: Final = "SELECT state, count(*) FROM notices GROUP BY state"
FILES: Final = "SELECT name, content_type, data FROM notice_files WHERE notice = $1 ORDER BY place"
SLOT: Final = "SELECT slot FROM notice_slots WHERE slot = $1"
OLD: Final = """
    SELECT id FROM (SELECT id, changed_at FROM notices WHERE state = 'sent' AND changed_at < $1
                    UNION ALL SELECT id, changed_at FROM notices WHERE state = 'set aside' AND changed_at < $1) AS old
    LIMIT $2"""
DROP_FILES: Final = "DELETE FROM notice_files WHERE notice = $1"
DROP: Final = "DELETE FROM notices WHERE id = $1"
DROP_SLOTS: Final = "DELETE FROM notice_slots WHERE at < $1"


def find(where: NoticeFilter) -> tuple[str, tuple[str | int, ...]]:
    """Return the query for a filter, newest change first."""
    params: list[str | int] = []

    def bind(value: str | int) -> str:
        params.append(value)
        return f"${len(params)}"

    given = {"state": where.state, "kind": where.kind, "about": where.about}
    conditions = [f"{column} = {bind(str(value))}" for column, value in given.items() if value is not None]
    if where.before is not None:
        conditions.append(f"(changed_at, id) < ({bind(stamp(where.before[0]))}, {bind(where.before[1])})")
    only = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    return (
        f"SELECT {_COLUMNS} FROM notices {only} ORDER BY changed_at DESC, id DESC LIMIT {bind(where.limit)}",  # noqa: S608 - own pieces
        tuple(params),
    )


def mirror_steps(notices: Iterable[Notice]) -> Iterator[GuardedStep]:
    """Keep how the mails of a bill stand."""
    for notice in notices:
        yield GuardedStep(MIRROR, _params(notice))


class NoticeTables:
    """The port's NoticeStore on the verbs of either store."""

    def __init__(
        self,
        *,
        fetch: Fetch,
        fetch_slowly: Fetch,
        load: Callable[..., Awaitable[None]],
        settle: Callable[[Sequence[GuardedStep], Iterable[str]], Awaitable[None]],
    ) -> None:
        """Stand on the store's verbs."""
        self._fetch, self._fetch_slowly, self._load, self._settle = fetch, fetch_slowly, load, settle

    async def commit(self, change: NoticeChange) -> None:
        """See the port."""
        subjects = [new.notice.id for new in change.new] + ([change.changed.id] if change.changed else [])
        await self._settle(list(_steps(change)), sorted(subjects))

    async def notice(self, notice_id: str) -> Notice | None:
        """See the port."""
        return next(map(_notice, await self._fetch(NOTICE, notice_id)), None)

    async def notices(self, where: NoticeFilter) -> tuple[Notice, ...]:
        """See the port."""
        statement, params = find(where)
        return tuple(map(_notice, await self._fetch_slowly(statement, *params)))

    async def count(self) -> dict[NoticeState, int]:
        """See the port."""
        return {NoticeState(state): count for state, count in await self._fetch_slowly(COUNT)}

    async def files(self, notice_id: str) -> tuple[NoticeFile, ...]:
        """See the port."""
        found = await self._fetch_slowly(FILES, notice_id)
        return tuple(NoticeFile(name=name, content_type=kind, data=data) for name, kind, data in found)

    async def is_seen_to(self, slot: str) -> bool:
        """See the port."""
        return bool(await self._fetch(SLOT, slot))

    async def forget(self, *, before: datetime, limit: int) -> int:
        """See the port."""
        old = [(name,) for (name,) in await self._fetch_slowly(OLD, stamp(before), limit)]
        await self._load((DROP_FILES, old), (DROP, old), (DROP_SLOTS, [(stamp(before),)]))
        return len(old)


def _steps(change: NoticeChange) -> Iterator[GuardedStep]:
    """All statements of a change."""
    if change.slot is not None:
        yield GuardedStep(INSERT_SLOT, (change.slot, stamp(change.at)))
    for new in sorted(change.new, key=lambda new: new.notice.id):
        yield from _of_new(new, change.at)
    if change.changed is not None:
        yield from _of_changed(change.changed, change)


def _of_new(new: NewNotice, at: datetime) -> Iterator[GuardedStep]:
    yield GuardedStep(INSERT, _params(new.notice))
    for place, file in enumerate(new.files, start=1):
        yield GuardedStep(INSERT_FILE, (new.notice.id, place, file.name, file.content_type, file.data))
    yield from _asked(new.notice.id, new.effects, new.open_tasks, at)


def _of_changed(notice: Notice, change: NoticeChange) -> Iterator[GuardedStep]:
    changed = (stamp(notice.changed_at), notice.changed_by, notice.times, plain(notice.words))
    yield GuardedStep(
        UPDATE, (notice.id, notice.state.value, notice.version, plain(notice.to), *changed), VersionConflict
    )
    if change.completes is not None:
        yield GuardedStep(sql.COMPLETE, (change.completes, change.owner, notice.id), LeaseLost)
    for kind in change.close_tasks:
        yield GuardedStep(task_tables.END, (notice.id, kind.value, stamp(change.at)))
    yield from _asked(notice.id, change.effects, change.open_tasks, change.at)


def _asked(notice: str, effects: Iterable[NewEffect], tasks: Iterable[OpenTask], at: datetime) -> Iterator[GuardedStep]:
    for effect in effects:
        yield GuardedStep(sql.INSERT_EFFECT, effect_params(notice, effect))
    for task in tasks:
        yield GuardedStep(task_tables.PUT, (notice, task.kind.value, plain(task.words), stamp(at)))


def _params(notice: Notice) -> Params:
    texts = (plain(notice.about), plain(notice.to), plain(notice.subject), plain(notice.body))
    changed = (stamp(notice.made_at), stamp(notice.changed_at), notice.changed_by, optional_stamp(notice.not_after))
    head = (notice.id, notice.kind.value, notice.state.value, notice.version)
    return (*head, *texts, *changed, notice.times, plain(notice.words))


def _notice(row: Fetched) -> Notice:
    name, kind, state, version, about, to, subject, body, made_at, changed_at, by, not_after, times, words = row
    return Notice(
        id=name,
        kind=NoticeKind(kind),
        state=NoticeState(state),
        version=version,
        about=about,
        to=to,
        subject=subject,
        body=body,
        made_at=moment(made_at),
        changed_at=moment(changed_at),
        changed_by=by,
        not_after=optional_moment(not_after),
        times=times,
        words=words,
    )
