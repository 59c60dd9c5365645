"""A copy of a PostgreSQL store by pg_dump, and back again by pg_restore. Sites that have a back-up of their own (continuous archiving) don't need it.

Both programs must not be older than the server. The password goes to them in the environment, where other users don't see it.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg

from gateway.store.backups import HEAD, BackupError, differing
from gateway.store.columns import stamp
from gateway.store.port import StoreUnavailable
from gateway.store.postgres_servers import for_writing
from gateway.store.sql import TAKE_TURN
from gateway.store.values import BACKUP

_ONE_PROCESS = "SET LOCAL max_parallel_workers_per_gather = 0"
"""A count over all rows would otherwise take several processors at once, from a server that answers partners meanwhile."""
_COMPRESSION = "--compress=1"
"""The lightest: pg_dump's usual one takes twice the processor, beside a gateway that answers partners meanwhile."""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"


async def copy_out(url: str, target: Path) -> tuple[Mapping[str, int], str | None]:
    """Dump a store and verify that the dump can be read; return how many rows each table has, and the head of the audit chain. Raises BackupError."""
    async with _connected(url) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute(_ONE_PROCESS)
        snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
        counted, head = await count_rows(connection), await connection.fetchval(HEAD)
        await _run(
            "pg_dump", url, f"--snapshot={snapshot}", "--format=custom", _COMPRESSION, "--no-owner", f"--file={target}"
        )
    await _run("pg_restore", None, "--list", str(target))
    return counted, head


async def count_rows(connection: Any) -> Mapping[str, int]:
    """Count the rows of each table."""
    names = [row[0] for row in await connection.fetch(_TABLES)]
    return {name: int(await connection.fetchval(f'SELECT count(*) FROM "{name}"')) for name in names}  # noqa: S608 - names of tables


async def note_time(url: str, at: datetime) -> None:
    """Keep in the store when its last back-up was begun, for the metrics. Raises BackupError."""
    async with _connected(url) as connection:
        await connection.execute(TAKE_TURN, BACKUP, stamp(at))


async def copy_back(dump: Path, url: str, expected: Mapping[str, int]) -> None:
    """Load a dump into an empty database, all of it or nothing. Raises BackupError."""
    async with _connected(url) as connection:
        if await connection.fetch(_TABLES):
            raise BackupError(
                "the database has tables: make an empty one, name it in the settings, and keep this one until all is well"
            )
    await _run("pg_restore", url, "--no-owner", "--exit-on-error", "--single-transaction", str(dump))
    async with _connected(url) as connection:
        odd = differing(expected, await count_rows(connection))
    if odd:
        raise BackupError(f"what was restored is not whole: other numbers of rows in {odd}")


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Any]:
    """Connect beside the store's own pool, for as long as it takes. Raises BackupError."""
    try:
        connection = await asyncpg.connect(for_writing(url))
    except (OSError, StoreUnavailable, asyncpg.PostgresError, TimeoutError) as exc:
        raise BackupError(f"the database can't be reached: {exc}") from exc
    try:
        yield connection
    except asyncpg.PostgresError as exc:
        raise BackupError(f"the database can't be read: {exc}") from exc
    finally:
        await connection.close()


async def _run(program: str, url: str | None, *options: str) -> None:
    """Run a program of PostgreSQL. Raises BackupError with what it said."""
    where, environment = _without_password(for_writing(url)) if url else ((), {})
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            *where,
            *options,
            env=os.environ | environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
    except FileNotFoundError:
        raise BackupError(f"{program} is not installed here (Debian: postgresql-client)") from None
    _, said = await process.communicate()
    if process.returncode:
        raise BackupError(f"{program} failed: {said.decode(errors='replace').strip()}")


def _without_password(url: str) -> tuple[Sequence[str], Mapping[str, str]]:
    """Return the option that names the database, and the environment with the password."""
    _user, _, password = urlsplit(url).netloc.rpartition("@")[0].partition(":")
    bare = url.replace(f":{password}@", "@", 1) if password else url
    return (f"--dbname={bare}",), {"PGPASSWORD": unquote(password)} if password else {}
