"""A SQLite file with all its tables and nothing in them: made by the migrations once, then copied for every test."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from gateway.store.sqlite import SqliteStore

_made: list[bytes] = []


async def lay_tables(path: Path) -> None:
    """Make the file, so that a store that opens it has nothing to migrate."""
    if not _made:
        _made.append(await _migrated())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(_made[0])


async def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "gateway.sqlite"
        store = SqliteStore(path)
        await store.open()
        await store.migrate()
        await store.close()
        return path.read_bytes()
