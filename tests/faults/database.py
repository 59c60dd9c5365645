"""The gateway's database in a run: a SQLite file, or a PostgreSQL server of the run's own that can go away and come back."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import msgspec

from gateway.demo.stage.stack_config import sqlite_url
from tests.store.servers import server

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
    with server("faults-") as started:
        yield Database(url=started.get_uri(), restart=lambda away_s: _restart(started, away_s))


async def _restart(started: Any, away_s: float) -> None:
    """Stop it at once, without leave of those who are connected, and start it again."""
    process = started.get_postmaster_info().process
    process.send_signal(signal.SIGQUIT)
    await asyncio.to_thread(process.wait, STOP_S)
    await asyncio.sleep(away_s)
    await asyncio.to_thread(started.start)
