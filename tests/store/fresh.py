"""SQLite files that every test begins with: made once, then copied."""

import os
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from gateway.store.sqlite import SqliteStore

Fill = Callable[[SqliteStore], Awaitable[None]]
"""Writes what a file is to hold."""
_made: dict[Fill | None, bytes] = {}


async def lay_tables(path: Path, fill: Fill | None = None) -> None:
    """Make the file, with all its tables and what `fill` writes, so that a store that opens it has nothing to migrate."""
    if fill not in _made:
        _made[fill] = await _written(fill)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(_made[fill])


async def _written(fill: Fill | None) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "gateway.sqlite"
        store = SqliteStore(path)
        await store.open()
        await store.migrate()
        if fill is not None:
            await fill(store)
        await store.close()
        with closing(sqlite3.connect(path)) as connection:
            # What was written last may still stand in the log beside the file.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.read_bytes()
