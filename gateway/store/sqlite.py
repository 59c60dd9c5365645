"""The store on SQLite: one process, one file.

Durable means durable: WAL with synchronous=FULL, so a commit has been handed to the disk before it returns.
Statements run on the event loop (they take microseconds, a thread's hand-over takes more); only COMMIT, which
waits for the disk, runs in a thread, and meanwhile the next batch gathers (groups.py). Reads have a connection of
their own and see the last commit; those that may take long have another, in another thread.
"""

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from gateway.store import migrations, rows, sql, tongues, writes
from gateway.store.columns import Fetched, Params, stamp
from gateway.store.groups import GroupCommit
from gateway.store.place import OpenedFile, lost
from gateway.store.port import AlreadyExists, AlreadyStarted, Change, EffectRow, StoreError, StoreUnavailable, Topic
from gateway.store.private_files import close_to_others, make_private_folder, open_private
from gateway.store.rows import ChangeRows, readable
from gateway.store.sharing import Attendance
from gateway.store.sql import numbered
from gateway.store.sqlite_copier import Copier
from gateway.store.sqlite_rows import add
from gateway.store.tables import TableStore
from gateway.store.verbs import GuardedStep, Statement

Operation = Callable[[sqlite3.Cursor], Any]
"""A small write of its own: what it returns is its result."""

_SETTINGS = (
    "PRAGMA auto_vacuum = INCREMENTAL",  # of a file that has no tables yet: free pages can be given back to the disk while it serves
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 500",  # another program holds the file: the loop stands still for this long, no longer
    "PRAGMA cache_size = -8000",  # KiB
)
_SLOW_CACHE = "PRAGMA cache_size = -4000"
"""Of reads that walk far: what they come by once is the system's to keep."""

_SUFFIXES = ("", "-wal", "-shm", ".lock")
"""Of the files beside each other."""

_CLAIM = f"SELECT {sql.EFFECT_COLUMNS} {sql.CLAIMABLE}"
_CLAIM_IN_TURN = f"SELECT {sql.EFFECT_COLUMNS} {sql.CLAIMABLE_IN_TURN}"
_LEASE = "UPDATE effects SET leased_until = $2, leased_by = $3 WHERE id = $1"
_WRITES = writes.in_order(tongues.SQLITE.indexing)
_HAS_MIGRATIONS = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'"


class translated_errors:  # noqa: N801 - used like contextlib's, which take thrice the time
    """Turn SQLite's errors into the store's; the ones that only a mistake of ours can raise stay what they are."""

    def __enter__(self) -> None:
        """Nothing is to be done before."""

    def __exit__(self, _kind: object, error: BaseException | None, _at: object) -> None:
        """Raise the store's error in place of SQLite's."""
        match error:
            case None:
                return
            case sqlite3.IntegrityError(sqlite_errorname="SQLITE_CONSTRAINT_UNIQUE" | "SQLITE_CONSTRAINT_PRIMARYKEY"):
                raise AlreadyExists(
                    "a request with this id, or this agency and partner's id, exists, or this message"
                ) from error
            case sqlite3.IntegrityError():
                raise StoreError(f"the change does not fit the tables: {error}") from error
            case sqlite3.ProgrammingError() | sqlite3.DataError() | sqlite3.NotSupportedError():
                return
            case sqlite3.DatabaseError():
                raise StoreUnavailable(f"the database can't be used: {error}") from error


class SqliteStore(TableStore):
    """The port's Store on a SQLite file, held exclusively while open."""

    _tongue = tongues.SQLITE

    def __init__(self, path: Path) -> None:
        """Name the file; `open` makes it, and its folder, where they aren't there yet (the folder around that must be)."""
        super().__init__()
        self._path = path
        self._group = GroupCommit[ChangeRows | Operation](self._write)
        self._turn = asyncio.Lock()
        self._copier = Copier(path, self._turn)
        self._lock: int | None = None
        self._connections: tuple[sqlite3.Connection, ...] = ()

    # life

    async def open(self) -> None:
        """See the port. Raises StoreUnavailable where another gateway has the file open."""
        self._make_private()
        self._take_lock()
        try:
            self._opened_file = OpenedFile(self._path)
            with translated_errors():
                self._connect()
                migrations.missing(migrations.load("sqlite"), self._version())
        except BaseException:
            self._let_go()
            raise
        self._commits = ThreadPoolExecutor(1, "store-commit")
        self._slow_reads = ThreadPoolExecutor(1, "store-read")
        self._group.start()
        await self._copier.open(self._writer)

    def _make_private(self) -> None:
        """Keep the files from everybody else: customers and partners' messages are in them. SQLite's own logs get the file's rights.

        Files that another user owns are left to that one. Raises StoreUnavailable.
        """
        try:
            make_private_folder(self._path.parent)
            if words := lost(self._path):
                raise StoreUnavailable(words)
            os.close(open_private(self._path))
            for suffix in _SUFFIXES:
                close_to_others(self._path.with_name(self._path.name + suffix))
        except OSError as error:
            raise StoreUnavailable(f"{self._path} can't be opened or made: {error.strerror}") from error

    def _take_lock(self) -> None:
        """Take the lock file beside the database; it is released with the process, however that ends."""
        path = self._path.with_name(f"{self._path.name}.lock")
        try:
            self._lock = open_private(path)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._let_go()
            raise StoreUnavailable(f"{self._path} is already open in another gateway") from error
        except OSError as error:
            raise StoreUnavailable(f"{path} can't be made: {error.strerror}") from error

    def _connect(self) -> None:
        """Open the three connections: writes, reads on the loop, reads in a thread. Raises StoreUnavailable."""
        for _ in range(3):
            connection = sqlite3.connect(
                self._path, isolation_level=None, check_same_thread=False, cached_statements=256
            )
            self._connections = (*self._connections, connection)
            for setting in _SETTINGS:
                connection.execute(setting)
        self._writer, self._reader, self._slow_reader = self._connections
        if self._writer.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            raise StoreUnavailable(f"{self._path} is on a file system that takes no write-ahead log")
        for reader in (self._reader, self._slow_reader):
            reader.execute("PRAGMA query_only = ON")
        self._slow_reader.execute(_SLOW_CACHE)
        self._cursor = self._writer.cursor()

    async def close(self) -> None:
        """See the port."""
        await self._copier.close()
        await self._group.close()
        if self._connections:
            self._commits.shutdown()
            self._slow_reads.shutdown()
            self._cursor.close()  # SQLite keeps a connection, and its log, as long as somebody has a statement of it
        self._let_go()

    def _let_go(self) -> None:
        """Close the connections, the writer last, which moves what is in the log into the file; then release the lock."""
        for connection in reversed(self._connections):
            connection.close()
        self._connections = ()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _must_be_open(self) -> None:
        """Raise StoreUnavailable where there are no connections."""
        if not self._connections:
            raise StoreUnavailable("the store is closed")

    def _version(self) -> int:
        """Return the version of the tables, 0 where there are none."""
        if self._writer.execute(_HAS_MIGRATIONS).fetchone() is None:
            return 0
        return int(self._writer.execute(migrations.VERSION).fetchone()[0])

    async def migrate(self) -> tuple[int, int]:
        """See the port."""
        self._must_be_open()
        with translated_errors():
            before = self._version()
            known = migrations.load("sqlite")
            self._writer.execute(migrations.CREATE_TABLE)
            for migration in migrations.missing(known, before):
                self._apply(migration)
        await self.register.fill()
        return before, len(known)

    def _apply(self, migration: migrations.Migration) -> None:
        """Run one migration in a transaction of its own."""
        try:
            self._writer.executescript(f"BEGIN IMMEDIATE;\n{migration.script}COMMIT;")
        except sqlite3.Error:
            self._undo()
            raise

    # writing

    async def commit(self, change: Change) -> None:
        """See the port."""
        change_rows = rows.change_rows(change)
        await self._group.submit(change_rows, key=change_rows.subject, weight=change_rows.weight)

    async def _write(self, batch: Sequence[ChangeRows | Operation]) -> Sequence[Any]:
        """Write a batch durably and give the results; whoever is woken comes after those who wait for the batch."""
        loop = asyncio.get_running_loop()
        async with self._turn:  # a piece of a copy may be under way
            try:
                with translated_errors():
                    results, lanes = self._run(batch)
                    self._opened_file.must_be_there()
                    await loop.run_in_executor(self._commits, self._writer.commit)
            except BaseException:
                self._undo()
                raise
        loop.call_soon(self._wake, lanes)
        loop.call_soon(self._tell, Topic.REQUESTS)
        return results

    def _undo(self) -> None:
        """Roll back what is open. A rollback that fails leaves nothing open either."""
        if self._writer.in_transaction:
            with translated_errors():
                self._writer.rollback()

    def _run(self, batch: Sequence[ChangeRows | Operation]) -> tuple[list[Any], set[str]]:
        """Run a batch's statements in a transaction that stays open; give its results and the lanes with work."""
        self._cursor.execute("BEGIN IMMEDIATE")
        changes = [job for job in batch if isinstance(job, ChangeRows)]
        lanes = self._write_changes(changes) if changes else set()  # half of all batches are claims and marks alone
        return [None if isinstance(job, ChangeRows) else job(self._cursor) for job in batch], lanes

    def _write_changes(self, changes: Sequence[ChangeRows]) -> set[str]:
        """Write changes of different requests; give the lanes that got work."""
        for params in chain.from_iterable(change.must_withdraw for change in changes):
            self._must_withdraw(params)
        for params in chain.from_iterable(change.must_stop for change in changes):
            self._must_withdraw(params, there=False)
        for write, params_of_all in writes.with_rows(_WRITES, changes):
            if write.together:
                add(self._cursor, write.statement, params_of_all)
                continue
            self._cursor.executemany(numbered(write.statement), params_of_all)
            if write.guard is not None and self._cursor.rowcount < len(params_of_all):
                raise writes.guard_error(write.guard)
        lanes = set(chain.from_iterable(change.lanes for change in changes))
        lanes.update(self._promote([params for change in changes for params in change.promote]))
        return lanes

    def _must_withdraw(self, params: Params, *, there: bool = True) -> None:
        """Delete a request's effects of a key, which must be `there`. Raises AlreadyStarted."""
        deleted = self._cursor.execute(numbered(sql.WITHDRAW), params).rowcount
        if (there and not deleted) or self._cursor.execute(numbered(sql.STILL_THERE), params).fetchone():
            raise AlreadyStarted("an effect to withdraw has been started, or is gone")

    def _promote(self, requests: Sequence[Params]) -> Iterator[str]:
        """Let the next rows of requests run; give the lanes of those requests that have any."""
        self._cursor.executemany(numbered(sql.PROMOTE), requests)
        if self._cursor.rowcount > 0:
            for params in requests:
                yield from (lane for (lane,) in self._cursor.execute(numbered(sql.LANES_OF), params).fetchall())

    # the verbs

    async def _fetch(self, statement: str, *params: str | int) -> Sequence[Fetched]:
        self._must_be_open()
        with translated_errors():
            return self._reader.execute(numbered(statement), params).fetchall()

    async def _fetch_slowly(self, statement: str, *params: str | int | bytes | None) -> Sequence[Fetched]:
        def fetch() -> Sequence[Fetched]:
            return self._slow_reader.execute(numbered(statement), params).fetchall()

        self._must_be_open()
        with translated_errors():
            return await asyncio.get_running_loop().run_in_executor(self._slow_reads, fetch)

    async def _change(self, *statements: Statement) -> int:
        return int(await self._group.submit(partial(_change, statements)))

    async def _load(self, *statements: tuple[str, Sequence[Params]]) -> None:
        await self._group.submit(partial(_load, statements))

    async def _load_if(self, condition: Statement, *statements: tuple[str, Sequence[Params]]) -> bool:
        return bool(await self._group.submit(partial(_load_if, condition, statements)))

    async def _settle(self, steps: Sequence[GuardedStep], subjects: Iterable[str]) -> None:
        lanes: set[str] = set()

        def settle(cursor: sqlite3.Cursor) -> None:
            for statement, params, guard in steps:
                cursor.execute(numbered(statement), params)
                if guard is not None and not cursor.rowcount:
                    raise writes.guard_error(guard)
            for subject in subjects:
                cursor.execute(numbered(sql.PROMOTE), (subject,))
                lanes.update(lane for (lane,) in cursor.execute(numbered(sql.LANES_OF), (subject,)).fetchall())

        await self._group.submit(settle)
        self._wake(lanes)

    async def _shrink(self, most_bytes: int) -> None:
        def move(cursor: sqlite3.Cursor) -> None:
            """Put pages from the end of the file into free ones before them; nothing where the file was made without `auto_vacuum`.

            A page each time: Python takes one step of a statement that gives no rows, a step moves a page, and what is left open
            keeps the transaction from ending.
            """
            (page_bytes,) = cursor.execute("PRAGMA page_size").fetchone()
            for _ in range(max(1, most_bytes // page_bytes)):
                cursor.connection.execute("PRAGMA incremental_vacuum(1)").close()

        await self._group.submit(move)

    def _call_for(self, request: str) -> tuple[Statement, ...]:  # noqa: ARG002 - there are no others
        """See the base."""
        return ()

    def _call_to(self, lane: str) -> tuple[Statement, ...]:  # noqa: ARG002 - there are no others
        """See the base."""
        return ()

    def _announcement(self, topic: Topic) -> tuple[Statement, ...]:  # noqa: ARG002 - nobody is told
        """See the base."""
        return ()

    # several gateways: there is one

    async def attend(self, name: str, *, seats: int, in_use: int, for_s: float) -> Attendance:  # noqa: ARG002 - all are its own
        """See the port."""
        return Attendance(seats=seats, gateways=1)

    async def leave(self, name: str) -> None:
        """See the port."""

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
        """See the port. A look first: with nothing to lease there is nothing to commit."""
        statement, which = numbered(_CLAIM_IN_TURN if in_turn else _CLAIM), (lane or "", stamp(now))
        if not await self._fetch(statement, *which, 1):
            return ()

        def lease(cursor: sqlite3.Cursor) -> Sequence[Fetched]:
            """Lease rows and give them."""
            room = limit
            if at_most is not None:
                (leased,) = cursor.execute(numbered(sql.LEASED), which).fetchone()
                room = max(0, min(limit, at_most - leased))
            found = cursor.execute(statement, (*which, room)).fetchall()
            cursor.executemany(numbered(_LEASE), [(row[0], stamp(until), owner) for row in found])
            return found

        return readable(await self._group.submit(lease), until)


def _change(statements: Sequence[Statement], cursor: sqlite3.Cursor) -> int:
    """Run statements while each changes something; give how many rows the last one run changed."""
    for statement, params in statements:
        if not cursor.execute(numbered(statement), params).rowcount:
            return 0
    return cursor.rowcount


def _load_if(condition: Statement, statements: Sequence[tuple[str, Sequence[Params]]], cursor: sqlite3.Cursor) -> bool:
    """Run a statement and, if it changes something, each of the others with all its rows."""
    if not _change([condition], cursor):
        return False
    _load(statements, cursor)
    return True


def _load(statements: Sequence[tuple[str, Sequence[Params]]], cursor: sqlite3.Cursor) -> None:
    """Run each statement with all its rows."""
    for statement, params in statements:
        cursor.executemany(numbered(statement), params)
