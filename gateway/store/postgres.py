"""The store on PostgreSQL: several gateways may share it.

Changes go through a group commit (groups.py), each batch a transaction in which every statement is sent with the
rows of all its changes in one round trip. New requests of partners have one of their own: they are written in one
round trip, and wait for nobody's longer transaction. Everything smaller runs by itself on a pool of connections. What keeps
instances from waiting for each other in a circle: whoever changes effects of a request holds that request's row,
rows are locked in the order of their ids, and claims pass over what is locked.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Any
from uuid import uuid4

import asyncpg
import structlog

from gateway.store import hearsay, migrations, rows, sharing, sql, tongues, writes
from gateway.store.columns import Fetched, Params, stamp
from gateway.store.groups import GroupCommit
from gateway.store.keeping_tables import ASKED_BEFORE
from gateway.store.listener import NotificationListener
from gateway.store.port import Change, EffectRow, NameTaken, StoreUnavailable, Topic
from gateway.store.postgres_errors import translated_errors
from gateway.store.postgres_migrating import bring_up
from gateway.store.postgres_servers import CONNECT_TIMEOUT_S, Servers, must_have_sessions
from gateway.store.postgres_transactions import at_once, in_turn, lent, whole
from gateway.store.postgres_writes import ADDITIONS, Call, adds_alone, count_of, lanes_of, write_changes
from gateway.store.rows import ChangeRows, readable
from gateway.store.sharing import Attendance
from gateway.store.tables import TableStore
from gateway.store.verbs import GuardedStep, Statement

SETTINGS = {
    "application_name": "ill-gateway",
    "jit": "off",  # of no use to statements this short
    "max_parallel_workers_per_gather": "0",  # to start them takes longer than a month's facts, and the other cores are others'
    "enable_seqscan": "off",  # a plan made while a table was small must not stay when it has grown
    "tcp_keepalives_idle": "60",  # seconds
    "idle_in_transaction_session_timeout": "3s",
    "lock_timeout": "8s",
    "statement_timeout": "25s",
}
"""A gateway that stands still (stopped, swapped out, its machine suspended) within a transaction holds locks that others need, among them
the one for attending, without which they cut their connections after 12 s: the server ends such a transaction well before that.
Waiting for a lock is for longer than that, and a statement's time ends before the driver's. They are set once a session is open: a pooler
refuses most of them at its start."""

_MOST_CONNECTIONS = 8
_FOR_PARTNERS = 4
"""Connections on which nothing is done but what a partner's message or a decision waits for: its look-ups, and a new request's commit. They are open from
the start, and a new request's statements prepared: pages and work that come in numbers neither take them nor bring their like."""
_READS_AT_ONCE, _LONG_READS_AT_ONCE = 2, 3
"""Reads that are asked for at a time. What a read's answer comes to is put together in one turn of the event loop: with fifty answers in a turn, as when
news brings all who look at Today, a partner's message would wait behind fifty at each of its fifteen turns."""
_READY_TIMEOUT_S = 1.0
_QUIET_TURNS = 2
"""Who was read for by the server comes when the server has answered, not in step with others."""

_CLAIM = f"""
    WITH claimed AS MATERIALIZED (SELECT id {sql.CLAIMABLE} FOR UPDATE SKIP LOCKED)
    UPDATE effects SET leased_until = $4, leased_by = $5 FROM claimed WHERE effects.id = claimed.id
    RETURNING {", ".join(f"effects.{column}" for column in sql.EFFECT_COLUMNS.split(", "))}"""  # noqa: S608 - constants
_CLAIM_IN_TURN = _CLAIM.replace(sql.CLAIMABLE, sql.CLAIMABLE_IN_TURN)
_AT_MOST = f"LIMIT least($3, greatest(0, $6 - ({sql.LEASED})))"
_CLAIM_AT_MOST, _CLAIM_IN_TURN_AT_MOST = (claim.replace("LIMIT $3", _AT_MOST) for claim in (_CLAIM, _CLAIM_IN_TURN))
_CLAIMING = "SELECT pg_advisory_xact_lock(8160863, hashtext($1))"
"""Held while the leased rows of a lane are counted and more are leased: a count of its own would be out of date."""

BRING_BACK, BRING_BACK_FAILED = (
    f"UPDATE effects SET due_at = $2 WHERE id IN ({which} FOR UPDATE SKIP LOCKED)"  # noqa: S608 - constants
    for which in (sql.WITH_LANE, sql.FAILED)
)
BRING_FORWARD = sql.BRING_FORWARD.replace(sql.SET_BACK, f"{sql.SET_BACK} FOR UPDATE SKIP LOCKED")
"""What somebody else has locked is under way: to wait for it could be to wait in a circle."""

_WORK = "ill_gateway"
_CHANNELS = {topic: f"ill_gateway_{topic}" for topic in Topic}
_NOTIFY = "SELECT pg_notify($1, $2)"
_TELL_OF_REQUESTS = f"NOTIFY {_CHANNELS[Topic.REQUESTS]}; "
_NOTIFY_ALL = f"SELECT pg_notify($1, $2 || lane) FROM ({sql.LANES}) AS lanes"  # noqa: S608 - constants
_NOTIFY_OF = f"SELECT pg_notify($2, $3 || lane) FROM ({sql.LANES_OF}) AS lanes"  # noqa: S608 - constants

_ATTENDING = "SELECT pg_advisory_xact_lock(8160864)"
_CLOCK = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_BURY = f"DELETE FROM gateways WHERE name <> $1 AND alive_until < {_CLOCK} RETURNING name"  # noqa: S608
_ATTENDANTS = "SELECT name, process, seats FROM gateways"
_ATTEND = f"""
    INSERT INTO gateways (name, process, seats, alive_until) VALUES ($1, $2, $3, {_CLOCK} + $4)
    ON CONFLICT (name) DO UPDATE
    SET process = excluded.process, seats = excluded.seats, alive_until = excluded.alive_until"""  # noqa: S608
_LEAVE = "DELETE FROM gateways WHERE name = $1 AND process = $2"

_HAS_MIGRATIONS = "SELECT to_regclass('migrations') IS NOT NULL"

_log = structlog.get_logger(__name__)


class PostgresStore(TableStore):
    """The port's Store on a PostgreSQL database, shared with other gateways or not."""

    _tongue = tongues.POSTGRESQL
    _bring_back, _bring_back_failed, _bring_forward = BRING_BACK, BRING_BACK_FAILED, BRING_FORWARD

    def __init__(self, url: str) -> None:
        """Name the database, as libpq's URLs do."""
        super().__init__()
        self._servers = Servers(url, SETTINGS)
        self._instance = uuid4().hex
        self._pool: asyncpg.Pool | None = None
        self._partners: asyncpg.Pool | None = None
        self._group = GroupCommit[ChangeRows](self._write, quiet_turns=_QUIET_TURNS)
        self._additions = GroupCommit[ChangeRows](self._add, quiet_turns=_QUIET_TURNS)
        self._reads, self._slow_reads = asyncio.Semaphore(_READS_AT_ONCE), asyncio.Semaphore(_LONG_READS_AT_ONCE)
        self._attended = False
        self.hearsay = hearsay.Hearsay(self._fetch)
        topics = {channel: partial(self._heard_of, topic) for topic, channel in _CHANNELS.items()}
        heard = {_WORK: self._heard, hearsay.CHANNEL: self.hearsay.heard}
        self._listener = NotificationListener(
            self._servers.connect, {**heard, **topics}, self._missed, self._servers.cut
        )

    # life

    async def open(self) -> None:
        """See the port."""
        try:
            async with translated_errors():
                self._pool = await self._new_pool(1, _MOST_CONNECTIONS)
                await must_have_sessions(self._pool)
                async with self._pool.acquire() as connection:
                    migrations.missing(migrations.load("postgresql"), await _version(connection))
                self._partners = await self._new_pool(_FOR_PARTNERS, _FOR_PARTNERS, _make_ready)
                await self._listener.start()
        except BaseException:
            await self.close()
            raise
        self._group.start()
        self._additions.start()

    async def close(self) -> None:
        """See the port."""
        await self._additions.close()
        await self._group.close()
        await self._listener.close()
        await self._servers.close()
        pools, self._pool, self._partners = (self._pool, self._partners), None, None
        for pool in filter(None, pools):
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT_S):
                    await pool.close()
            except TimeoutError:
                pool.terminate()

    async def _new_pool(
        self, least: int, most: int, init: Callable[[asyncpg.Connection], Awaitable[None]] | None = None
    ) -> asyncpg.Pool:
        return await asyncpg.create_pool(
            connect=self._servers.connect, min_size=least, max_size=most, init=init, reset=_leave_as_it_is
        )

    async def migrate(self) -> tuple[int, int]:
        """See the port. One gateway at a time; all that is missing is one transaction."""
        known = migrations.load("postgresql")
        before = await bring_up(self._transaction, known)
        await self.register.fill()
        return before, len(known)

    @asynccontextmanager
    async def _connection(self, *, for_partner: bool = False) -> AsyncIterator[asyncpg.pool.PoolConnectionProxy]:
        """Lend a connection, of those for partners if one waits, with errors translated."""
        pool = self._partners if for_partner else self._pool
        if pool is None:
            raise StoreUnavailable("the store is closed")
        async with translated_errors(), lent(pool, self._servers) as connection:
            yield connection

    @asynccontextmanager
    async def _transaction(self, last: str = "") -> AsyncIterator[asyncpg.pool.PoolConnectionProxy]:
        """Lend a connection in a transaction, committed where the block ends well; `last` is said with the commit."""
        async with self._connection() as connection, whole(connection, self._servers, last):
            yield connection

    @property
    def reads_only(self) -> bool:
        """See the port."""
        return self._servers.reads_only

    # waking

    def _heard(self, payload: str) -> None:
        """Take another gateway's notification: who sent it, and the lane."""
        sender, lane = payload.split(" ", 1)
        if sender != self._instance:
            self._wake([lane])

    def _heard_of(self, topic: Topic, _payload: str) -> None:
        """Take a gateway's notification of a change, one's own too: what was read meanwhile may be out of date."""
        self._tell(topic)

    async def _missed(self) -> None:
        """Wake every lane, and tell of every topic."""
        self._wake([lane or "" for lane in await self.lanes()])
        for topic in Topic:
            self._tell(topic)

    def _call_for(self, request: str) -> tuple[Statement, ...]:
        """See the base."""
        return ((_NOTIFY_OF, (request, _WORK, f"{self._instance} ")),)

    def _call_to(self, lane: str) -> tuple[Statement, ...]:
        """See the base."""
        return ((_NOTIFY, (_WORK, f"{self._instance} {lane}")),)

    async def _call(self, connection: Any, lanes: Iterable[str]) -> None:
        """Have other gateways look for work in lanes once the transaction is committed."""
        if calls := self._calls(lanes):
            await connection.executemany(_NOTIFY, calls)

    def _calls(self, lanes: Iterable[str]) -> list[Call]:
        return [(_WORK, f"{self._instance} {lane}") for lane in lanes]

    def _announcement(self, topic: Topic) -> tuple[Statement, ...]:
        """See the base."""
        return ((_NOTIFY, (_CHANNELS[topic], "")),)

    # several gateways

    async def attend(self, name: str, *, seats: int, in_use: int, for_s: float) -> Attendance:
        """See the port. Times are by the database's clock: the gateways' own may differ."""
        async with self._transaction() as connection:
            await connection.execute(_ATTENDING)
            for (gone,) in await connection.fetch(_BURY, name):
                _log.warning("gateway_gone", gateway=gone, freed=await self._free(connection, gone))
            others = {row["name"]: row for row in await connection.fetch(_ATTENDANTS)}
            own = others.pop(name, None)
            if self._attended and own is not None and own["process"] != self._instance:
                raise NameTaken(f"another gateway has started as {name}; each needs a name of its own")
            share = sharing.granted(name, seats, in_use, {other: row["seats"] for other, row in others.items()})
            await connection.execute(_ATTEND, name, self._instance, max(share, in_use), round(for_s * 1e6))
        self._attended, self.hearsay.is_alone = True, not others
        return Attendance(seats=share, gateways=len(others) + 1)

    async def leave(self, name: str) -> None:
        """See the port."""
        async with self._transaction() as connection:
            await connection.execute(_ATTENDING)
            if count_of(await connection.execute(_LEAVE, name, self._instance)):
                await self._free(connection, name)

    async def _free(self, connection: Any, name: str) -> int:
        """Free the leases of a gateway that is gone, give how many, and have everybody look for work."""
        freed = count_of(await connection.execute(sql.FREE_LEASES, name))
        await connection.execute(_NOTIFY_ALL, _WORK, "* ")
        return freed

    # writing

    async def commit(self, change: Change) -> None:
        """See the port."""
        change_rows = rows.change_rows(change)
        group = self._additions if adds_alone(change_rows) else self._group
        await group.submit(change_rows, key=change_rows.subject, weight=change_rows.weight)

    async def _add(self, batch: Sequence[ChangeRows]) -> Sequence[None]:
        """Write a batch of new requests durably, on one way to the server."""
        lanes = lanes_of(batch)
        calls = [*self._calls(lanes), (_CHANNELS[Topic.REQUESTS], "")]
        try:
            async with self._connection(for_partner=True) as connection:
                await at_once(
                    connection, ADDITIONS.statement, *ADDITIONS.columns(sorted(batch, key=_unique_key), calls)
                )
        finally:  # a server that was not waited for any longer may have written them all the same
            asyncio.get_running_loop().call_soon(self._wake, lanes)
        return [None] * len(batch)

    async def _write(self, batch: Sequence[ChangeRows]) -> Sequence[None]:
        """Write a batch durably."""
        async with self._transaction(_TELL_OF_REQUESTS) as connection:
            lanes = await write_changes(connection, sorted(batch, key=_unique_key))
            await self._call(connection, lanes)
        asyncio.get_running_loop().call_soon(self._wake, lanes)
        return [None] * len(batch)

    # the verbs

    async def _fetch(self, statement: str, *params: str | int) -> Sequence[Fetched]:
        async with in_turn(self._reads):
            return await self._fetch_on(self._connection(), statement, *params)

    async def _fetch_slowly(self, statement: str, *params: str | int | bytes | None) -> Sequence[Fetched]:
        async with in_turn(self._slow_reads):
            return await self._fetch_on(self._connection(), statement, *params)

    async def _fetch_first(self, statement: str, *params: str | int) -> Sequence[Fetched]:
        return await self._fetch_on(self._connection(for_partner=True), statement, *params)

    async def _fetch_on(
        self, lending: AbstractAsyncContextManager[Any], statement: str, *params: str | int | bytes | None
    ) -> Sequence[Fetched]:
        if any(isinstance(param, str) and "\0" in param for param in params):
            return []  # no text of PostgreSQL's holds NUL, and it refuses to compare with one
        async with lending as connection:
            return list(await connection.fetch(statement, *params))

    async def _change(self, *statements: Statement) -> int:
        count = 0
        async with self._transaction() as connection:
            for statement, params in statements:
                count = count_of(await connection.execute(statement, *params))
                if not count:
                    break
        return count

    async def _load(self, *statements: tuple[str, Sequence[Params]]) -> None:
        async with self._transaction() as connection:
            for statement, params in statements:
                await connection.executemany(statement, params)

    async def _load_if(self, condition: Statement, *statements: tuple[str, Sequence[Params]]) -> bool:
        async with self._transaction() as connection:
            statement, params = condition
            if not count_of(await connection.execute(statement, *params)):
                return False
            for each, rows_of in statements:
                if rows_of:
                    await connection.executemany(each, rows_of)
        return True

    async def _settle(self, steps: Sequence[GuardedStep], subjects: Iterable[str]) -> None:
        lanes: set[str] = set()
        async with self._transaction(_TELL_OF_REQUESTS) as connection:
            for statement, params, guard in steps:
                changed = count_of(await connection.execute(statement, *params))
                if guard is not None and not changed:
                    raise writes.guard_error(guard)
            for subject in subjects:
                await connection.execute(sql.PROMOTE, subject)
                lanes.update(row[0] for row in await connection.fetch(sql.LANES_OF, subject))
            await self._call(connection, lanes)
        self._wake(lanes)

    async def _shrink(self, most_bytes: int) -> None:
        """See the base: autovacuum makes room for new rows where dead ones were, and gives back what lies empty at a table's end."""

    # the queue

    async def claim(
        self,
        lane: str | None,
        *,
        now: datetime,
        until: datetime,
        owner: str,
        limit: int,
        at_most: int | None = None,
        in_turn: bool = False,
    ) -> tuple[EffectRow, ...]:
        """See the port."""
        params = (lane or "", stamp(now), limit, stamp(until), owner)
        if at_most is None:
            async with self._connection() as connection:
                found = await connection.fetch(_CLAIM_IN_TURN if in_turn else _CLAIM, *params)
        else:
            statement = _CLAIM_IN_TURN_AT_MOST if in_turn else _CLAIM_AT_MOST
            async with self._transaction() as connection:
                await connection.execute(_CLAIMING, lane or "")
                found = await connection.fetch(statement, *params, at_most)
        return readable(sorted(found, key=itemgetter("turn" if in_turn else "due_at", "id")), until)


def _unique_key(change: ChangeRows) -> Params:
    """Return what new requests are inserted in the order of, so that two gateways with the same ones don't lock in a circle."""
    return change.insert_request[0][6:8] if change.insert_request else ()


async def _leave_as_it_is(_: object) -> None:
    """Spare a returned connection the reset, a round trip: nothing here changes a connection's state."""


async def _make_ready(connection: asyncpg.Connection) -> None:
    """Have the server prepare what messages ask for, with nothing to find and nothing to add: the first time takes ten times as long."""
    # No tables yet, a lock, no writes, silence: whoever comes is told.
    with suppress(asyncpg.PostgresError, TimeoutError):
        await connection.fetch(ASKED_BEFORE, "", "", "", timeout=_READY_TIMEOUT_S)
        await connection.fetch(sql.REQUEST, "", timeout=_READY_TIMEOUT_S)
        await connection.execute(ADDITIONS.statement, *ADDITIONS.nothing, timeout=_READY_TIMEOUT_S)


async def _version(connection: Any) -> int:
    """Return the version of the tables, 0 where there are none."""
    if not await connection.fetchval(_HAS_MIGRATIONS):
        return 0
    return int(await connection.fetchval(migrations.VERSION))
