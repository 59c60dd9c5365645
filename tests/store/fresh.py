"""SQLite files that every test begins with: made once, then copied, or emptied for the next test."""

import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

from gateway.store.sqlite import SqliteStore

Fill = Callable[[SqliteStore], Awaitable[None]]
"""Writes what a file is to hold."""


@dataclass(frozen=True)
class _Made:
    """A file with all its tables: as it is, and what is in them."""

    file: bytes
    order: Sequence[str]
    """All tables, in an order in which they can be filled."""
    rows: Mapping[str, Sequence[tuple[Any, ...]]]


_made: dict[Fill | None, _Made] = {}


async def lay_tables(path: Path, fill: Fill | None = None) -> None:
    """Make the file, with all its tables and what `fill` writes, so that a store that opens it has nothing to migrate."""
    made = await _made_with(fill)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(made.file)


async def _made_with(fill: Fill | None) -> _Made:
    if fill not in _made:
        _made[fill] = await _written(fill)
    return _made[fill]


async def _written(fill: Fill | None) -> _Made:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "gateway.sqlite"
        if fill is not None:
            await lay_tables(path)
        store = SqliteStore(path)
        await store.open()
        await store.migrate()
        if fill is not None:
            await fill(store)
        await store.close()
        with closing(sqlite3.connect(path)) as connection:
            # What was written last may still stand in the log beside the file.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            rows = {
                table: connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - names of tables
                for table in with_rows(connection)
            }
            order = in_order(connection)
        return _Made(path.read_bytes(), order, rows)


# Files that stay open


@dataclass
class _Kept:
    """A file of which a store's connections stay open, until a test has changed its tables."""

    path: Path
    connections: tuple[sqlite3.Connection, ...] = ()
    shape: tuple[int, ...] = ()
    """Which file it is; and of each connection a number that SQLite counts up with every change of a table, an index or a trigger, what it was
    set to, and whether a transaction is open."""

    def shape_by_now(self) -> tuple[int, ...]:
        """Return the same as it is now. Raises OSError and sqlite3.Error where the file or a connection is gone."""
        told = (each.execute(f"PRAGMA {what}").fetchone()[0] for each in self.connections for what in LOOKED_AT)
        return (self.path.stat().st_ino, *told, *(each.in_transaction for each in self.connections))

    def let_go(self) -> None:
        """Close the connections."""
        for connection in self.connections:
            connection.close()


LOOKED_AT = ("schema_version", "query_only", "busy_timeout", "foreign_keys", "cache_size", "synchronous")
_idle: list[_Kept] = []


class KeptStore(SqliteStore):
    """A store that leaves its connections open for the next: for each new one SQLite reads what two hundred tables and indexes are like."""

    def __init__(self, kept: _Kept) -> None:
        super().__init__(kept.path)
        self._kept = kept

    def _make_private(self) -> None:
        """The file is there."""

    def _connect(self) -> None:
        if not self._kept.connections:
            super()._connect()
            self._kept.connections = self._connections
            self._kept.shape = self._kept.shape_by_now()
        self._connections = self._kept.connections
        self._writer, self._reader, self._slow_reader = self._connections
        self._cursor = self._writer.cursor()

    def _let_go(self) -> None:
        self._connections = ()
        super()._let_go()


@asynccontextmanager
async def fresh_store(fill: Fill | None = None) -> AsyncIterator[SqliteStore]:
    """Open a store that holds what `fill` writes and nothing else, until the block ends."""
    made = await _made_with(fill)
    kept = _emptied(made) or await _laid(made)
    store = KeptStore(kept)
    await store.open()
    try:
        yield store
    finally:
        await store.close()
        _idle.append(kept)


def _emptied(made: _Made) -> _Kept | None:
    """Return a file that is as it was made, in place of what a test has written."""
    while _idle:
        kept = _idle.pop()
        try:
            for connection in kept.connections:
                connection.set_trace_callback(None)
                connection.set_progress_handler(None, 0)
            if kept.shape_by_now() == kept.shape:
                refill(kept.connections[0], made)
                return kept
        except (sqlite3.Error, OSError):  # a test has closed a connection, or taken the file away
            pass
        kept.let_go()
    return None


async def _laid(made: _Made) -> _Kept:
    path = Path(mkdtemp(dir=_folder())) / "gateway.db"
    path.write_bytes(made.file)
    return _Kept(path)


@cache
def _folder() -> Path:
    return Path(mkdtemp(prefix="kept-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")))


def let_go() -> None:
    """Remove all files that were kept."""
    for kept in _idle:
        kept.let_go()
    _idle.clear()
    if _folder.cache_info().currsize:
        shutil.rmtree(_folder())
        _folder.cache_clear()


TABLES = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_schema' ORDER BY name"
INDEXES_OF_WORDS = {"open_words": 1, "ended_words": 0}
"""The indexes of the words of requests that are open, or are not."""


def tables(connection: sqlite3.Connection) -> Sequence[str]:
    """Return all tables, those that count the numbers that were given last."""
    return [name for (name,) in connection.execute(TABLES).fetchall()]


def in_order(connection: sqlite3.Connection) -> Sequence[str]:
    """Return the tables so that each stands after those that its keys lead to, and those whose rows change it: by a trigger, or SQLite itself."""
    keys = 'SELECT "table" FROM pragma_foreign_key_list(?)'
    after = {table: {to for (to,) in connection.execute(keys, (table,))} - {table} for table in tables(connection)}
    after["register"].add("tasks")
    after["sqlite_sequence"] = after.keys() - {"sqlite_sequence"}
    return tuple(TopologicalSorter(after).static_order())


def with_rows(connection: sqlite3.Connection, among: Sequence[str] | None = None) -> Sequence[str]:
    """Return the tables, of all or of these, that hold any rows."""
    asked = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})"  # noqa: S608 - names of tables
        for table in among or tables(connection)
    )
    return [table for (table,) in connection.execute(asked).fetchall()]


def refill(connection: sqlite3.Connection, made: _Made) -> None:
    """Put its rows, and the indexes of their words, in the place of all that is there.

    Keys are looked at all the while: were that switched off and on again, SQLite would have to read each statement of the connection anew.
    """
    connection.execute("BEGIN IMMEDIATE")
    for table in reversed(with_rows(connection, made.order)):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names of tables
    for table in made.order:
        if rows := made.rows.get(table):
            places = ", ".join("?" * len(rows[0]))
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - what was taken away may have written something here
            connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608
    for words, is_open in INDEXES_OF_WORDS.items():
        connection.execute(f"INSERT INTO {words} ({words}) VALUES ('delete-all')")  # noqa: S608
        of_requests = "SELECT line, words || ' ' || notes FROM register_words WHERE is_open = ?"
        connection.execute(f"INSERT INTO {words} (rowid, words) {of_requests}", (is_open,))
    connection.execute("COMMIT")
