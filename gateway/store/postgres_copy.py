"""A copy of a PostgreSQL store by pg_dump, and back again by pg_restore. Sites that have a back-up of their own (continuous archiving) don't need it.

Both programs must not be older than the server. The password goes to them in the environment, where other users don't see it.
"""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO, Final
from urllib.parse import unquote, urlsplit

import asyncpg

from gateway.outgoing import why_unreached
from gateway.store.backups import HEAD, BackupError, CopyMade, Tell, differing, resting, silent, trailing
from gateway.store.columns import stamp
from gateway.store.port import StoreUnavailable
from gateway.store.postgres_servers import POOLED, for_writing
from gateway.store.sql import TAKE_TURN
from gateway.store.values import BACKUP, too_late

PIECE_BYTES: Final = 256 * 1024
"""Of a dump, packed: some megabytes of rows."""

DUMPING_RESTS: Final = 3
"""How many times as long as a piece takes nobody dumps. With one, commits waited up to four times as long (beside 500 messages a second, two cores for
all); meanwhile what is deleted stays in the tables' files, which minutes do no harm."""

LEAST_CHECK_S: Final = 120.0
SLOWEST_CHECK: Final = 500_000
"""Bytes of a dump a second that any disk and processor can do: what takes longer hangs."""
_HAS_FACTS = "SELECT to_regclass('fact_mark') IS NOT NULL"
_IS_FROM_ELSEWHERE = """
    SELECT coalesce(max(changed), 0) >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM register"""
_ONE_PROCESS = "SET LOCAL max_parallel_workers_per_gather = 0"
"""A count over all rows would otherwise take several processors at once, from a server that answers partners meanwhile."""
_COMPRESSION = "--compress=1"
"""The lightest: pg_dump's usual one takes twice the processor, beside a gateway that answers partners meanwhile."""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"


async def copy_out(url: str, target: Path, tell: Tell = silent) -> CopyMade:
    """Dump a store and verify that the dump can be read to its end; say what it holds. Raises BackupError."""
    made_at = datetime.now(UTC)
    async with connected(url) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute(_ONE_PROCESS)
        tell("counting the rows", 0, 0)
        snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
        copied = CopyMade(made_at=made_at, rows=await count_rows(connection), sealed=await connection.fetchval(HEAD))
        await asyncio.to_thread(_dump, url, snapshot, target, tell)
    tell("checking the dump", 0, 0)
    await check(target)
    return copied


async def check(dump: Path) -> None:
    """Read a dump as a restore would, to its end: its table of contents is whole even where rows are missing or damaged. Raises BackupError."""
    limit_s = _limit_s(dump)
    try:
        async with asyncio.timeout(limit_s):
            await _run("pg_restore", None, "--file=/dev/null", str(dump))
    except TimeoutError:
        raise BackupError(f"{dump} could not be read to its end within {limit_s:.0f} s") from None


def _limit_s(dump: Path) -> float:
    return LEAST_CHECK_S + dump.stat().st_size / SLOWEST_CHECK


def _dump(url: str, snapshot: str, target: Path, tell: Tell) -> None:
    """Write a dump into a new file. Raises BackupError.

    It is taken from pg_dump piece by piece, with a rest after each: meanwhile pg_dump waits, and so does the server's process that reads
    the rows, for which no politeness of ours counts. In one go it takes a processor away from commits.
    """
    line, environment = _command(
        "pg_dump", url, f"--snapshot={snapshot}", "--format=custom", _COMPRESSION, "--no-owner"
    )
    try:
        with (
            os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file,
            TemporaryFile() as told,
            subprocess.Popen(line, env=environment, stdin=subprocess.DEVNULL, stdout=-1, stderr=told) as process,  # noqa: S603 - PostgreSQL's own
        ):
            assert process.stdout is not None
            try:
                _take_politely(process.stdout, file, tell)
            except BaseException:
                process.kill()
                raise
            process.wait()
            told.seek(0)
            said = told.read()
    except FileNotFoundError:
        raise _not_installed("pg_dump") from None
    except OSError as exc:
        raise BackupError(f"{target} can't be written: {exc.strerror}") from exc
    _must_have_worked("pg_dump", process.returncode, said)


def _take_politely(source: IO[bytes], file: BinaryIO, tell: Tell) -> None:
    """Write what comes, to the disk as it comes."""
    rest, trail = resting(DUMPING_RESTS), trailing(file.fileno())
    while piece := source.read(PIECE_BYTES):
        file.write(piece)
        file.flush()
        trail(file.tell())
        tell(f"pg_dump, {file.tell() // 1_000_000:,} MB", 0, 0)
        rest()


async def count_rows(connection: Any) -> Mapping[str, int]:
    """Count the rows of each table."""
    names = [row[0] for row in await connection.fetch(_TABLES)]
    return {name: int(await connection.fetchval(f'SELECT count(*) FROM "{name}"')) for name in names}  # noqa: S608 - names of tables


async def note_time(url: str, at: datetime) -> None:
    """Keep in the store which moment its last back-up is of, for the metrics. Raises BackupError."""
    async with connected(url) as connection:
        await connection.execute(TAKE_TURN, BACKUP, stamp(at), stamp(too_late(datetime.now(UTC))))


async def copy_back(dump: Path, url: str, expected: Mapping[str, int], tell: Tell = silent) -> str | None:
    """Load a dump into an empty database, all of it or nothing; say what is not whole there, None if nothing. Raises BackupError if nothing was loaded."""
    await must_be_empty(url)
    tell("pg_restore", 0, 0)
    await _run("pg_restore", url, "--no-owner", "--exit-on-error", "--single-transaction", str(dump))
    try:
        async with connected(url) as connection:
            await settle(connection)
            odd = differing(expected, await count_rows(connection))
    except BackupError as exc:
        return f"its rows can't be counted: {exc}"
    return f"other numbers of rows in {odd}" if odd else None


async def settle_in(url: str) -> None:
    """Make a database that was brought back from another server, by whatever means, one of this server's. Raises BackupError."""
    async with connected(url) as connection:
        await settle(connection)


async def settle(connection: Any) -> None:
    """Number the changes of before as older than all that this server will make, and look at the tables for plans.

    A change has the number of its transaction, which another server, or SQLite, has counted: where those lie ahead of this server's, facts would not
    follow what changed, from before or anew, until it has come as far. Then all of it is followed anew, in the background. Else nothing is renumbered.
    """
    if await connection.fetchval(_HAS_FACTS) and await connection.fetchval(_IS_FROM_ELSEWHERE):
        async with connection.transaction():
            await connection.execute("UPDATE fact_mark SET changed = 0, line = -1")
            await connection.execute("UPDATE register SET changed = 1")
    await connection.execute("ANALYZE")


async def must_be_empty(url: str) -> None:
    """Refuse a database that has tables. Raises BackupError."""
    async with connected(url) as connection:
        if await connection.fetch(_TABLES):
            raise BackupError(
                "the database has tables: make an empty one, name it in the settings, and keep this one until all is well"
            )


async def has_store(url: str) -> bool:
    """Say whether the database has a store of the gateway's. Raises BackupError."""
    async with connected(url) as connection:
        return any(row[0] == "migrations" for row in await connection.fetch(_TABLES))


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Any]:
    """Connect beside the store's own pool, for as long as it takes. Raises BackupError."""
    try:
        connection = await asyncpg.connect(for_writing(url))
    except OSError as exc:  # TimeoutError is one
        raise BackupError(f"the database can't be reached: {why_unreached(exc)}") from exc
    except (StoreUnavailable, asyncpg.PostgresError, asyncpg.TargetServerAttributeNotMatched, ValueError) as exc:
        raise BackupError(f"the database can't be reached: {exc}") from exc
    try:
        yield connection
    except (asyncpg.DuplicatePreparedStatementError, asyncpg.InvalidSQLStatementNameError) as exc:
        raise BackupError(POOLED) from exc
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as exc:
        raise BackupError(f"the database can't be read: {str(exc) or 'it does not answer'}") from exc
    finally:
        await connection.close()


async def _run(program: str, url: str | None, *options: str) -> None:
    """Run a program of PostgreSQL. Raises BackupError with what it said."""
    line, environment = _command(program, url, *options)
    silent = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(*line, env=environment, stdin=silent, stdout=silent, stderr=-1)
    except FileNotFoundError:
        raise _not_installed(program) from None
    try:
        _, said = await process.communicate()
    except BaseException:
        with suppress(ProcessLookupError):  # it ended by itself just then
            process.kill()
        await process.wait()
        raise
    _must_have_worked(program, process.returncode, said)


def _command(program: str, url: str | None, *options: str) -> tuple[Sequence[str], Mapping[str, str]]:
    """Return the line that starts a program, and its environment."""
    where, password = _without_password(for_writing(url)) if url else ((), {})
    return (program, *where, *options), os.environ | password


def _not_installed(program: str) -> BackupError:
    return BackupError(f"{program} is not installed here (Debian: postgresql-client)")


def _must_have_worked(program: str, code: int | None, said: bytes) -> None:
    if code:
        raise BackupError(f"{program} failed: {said.decode(errors='replace').strip()}")


def _without_password(url: str) -> tuple[Sequence[str], Mapping[str, str]]:
    """Return the option that names the database, and the environment with the password."""
    _user, _, password = urlsplit(url).netloc.rpartition("@")[0].partition(":")
    bare = url.replace(f":{password}@", "@", 1) if password else url
    return (f"--dbname={bare}",), {"PGPASSWORD": unquote(password)} if password else {}
