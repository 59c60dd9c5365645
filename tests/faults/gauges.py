"""What a long run watches over time: the gateway's memory, files, threads and coroutines, the size of its store and what of it holds nothing, its
write-ahead log, what waits, how fast it answers.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final

import aiohttp
import asyncpg
import msgspec
import psutil

from gateway.store.factory import sqlite_path
from tests.faults.processes import GatewayLife
from tests.faults.settings import Ports

_MB: Final = 1024 * 1024


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One look at a living gateway; `lives` tells whether it is the same process as at the look before."""

    at_s: float
    lives: int
    ended: int
    memory_mb: float
    files: int
    threads: int
    coroutines: int
    store_mb: float
    idle_mb: float
    """Of the store, what holds nothing: free pages (SQLite), dead rows (PostgreSQL)."""
    wal_mb: float
    """The write-ahead log: SQLite's file, all of PostgreSQL's segments."""
    waiting: int
    """Rows of work that wait, in all lanes."""
    answers_ms: float
    """How long /readyz takes to answer: the store's and the loop's lag together."""


class Gauges:
    """Looks every so many seconds, and prints each reading as a line."""

    def __init__(
        self, life: GatewayLife, ports: Ports, store_url: str, ended: Callable[[], int], *, every_s: float
    ) -> None:
        self.readings: list[Reading] = []
        self._life = life
        self._operations = f"http://127.0.0.1:{ports.operations}"
        self._store_url = store_url
        self._ended = ended
        self._every_s = every_s

    async def watch(self, session: aiohttp.ClientSession) -> None:
        """Read until cancelled."""
        began_at = time.monotonic()
        while True:
            await asyncio.sleep(self._every_s)
            if not self.readings:
                print(HEADING, flush=True)
            try:
                reading = await self._read(session, time.monotonic() - began_at)
            except (aiohttp.ClientError, asyncpg.PostgresError, psutil.Error, OSError, TimeoutError):
                continue  # it is being killed just now: the next look finds it alive
            self.readings.append(reading)
            print(line(reading), flush=True)

    async def _read(self, session: aiohttp.ClientSession, at_s: float) -> Reading:
        process = psutil.Process(self._life.pid)
        asked_at = time.monotonic()
        async with session.get(f"{self._operations}/readyz") as ready:
            await ready.read()
        answers_ms = (time.monotonic() - asked_at) * 1000
        async with session.get(f"{self._operations}/metrics") as metrics:
            page = await metrics.text()
        return Reading(
            at_s=at_s,
            lives=self._life.lives,
            ended=self._ended(),
            memory_mb=process.memory_info().rss / _MB,
            files=process.num_fds(),
            threads=process.num_threads(),
            coroutines=total(page, "ill_coroutines "),
            store_mb=total(page, "ill_store_bytes ") / _MB,
            idle_mb=total(page, "ill_store_idle_bytes ") / _MB,
            wal_mb=await wal_bytes(self._store_url) / _MB,
            waiting=total(page, "ill_queue_depth{"),
            answers_ms=answers_ms,
        )


HEADING: Final = (
    "    time  life  loans  memory  files  threads  coroutines   store    idle      wal  waiting  answers in"
)


def line(reading: Reading) -> str:
    """A reading as a line under HEADING."""
    minutes, seconds = divmod(int(reading.at_s), 60)
    return (
        f"{minutes:5}:{seconds:02} {reading.lives:5} {reading.ended:6} {reading.memory_mb:4.0f} MB {reading.files:6}"
        f" {reading.threads:8} {reading.coroutines:11} {reading.store_mb:4.0f} MB {reading.idle_mb:4.1f} MB {reading.wal_mb:5.1f} MB {reading.waiting:8}"
        f" {reading.answers_ms:8.0f} ms"
    )


def total(page: str, metric: str) -> int:
    """The sum of a page's lines that begin so: a metric's name with what follows it, `{` or a blank."""
    return int(sum(float(text.rpartition(" ")[2]) for text in page.splitlines() if text.startswith(metric)))


def growth_of(readings: Sequence[Reading]) -> str:
    """How memory and files of the longest life changed, from its second reading to its last: the first is still warming up."""
    lives = {reading.lives for reading in readings}
    longest = max((([each for each in readings if each.lives == life]) for life in lives), key=len, default=[])
    if len(longest) < 3:
        return "no life was long enough to tell whether memory grows"
    first, last = longest[1], longest[-1]
    hours = (last.at_s - first.at_s) / 3600
    return (
        f"over {hours * 60:.0f} minutes of one life: memory {first.memory_mb:.1f} → {last.memory_mb:.1f} MB,"
        f" files {first.files} → {last.files}, threads {first.threads} → {last.threads},"
        f" coroutines {first.coroutines} → {last.coroutines}, WAL {first.wal_mb:.1f} → {last.wal_mb:.1f} MB,"
        f" store {first.store_mb:.1f} → {last.store_mb:.1f} MB, of which {first.idle_mb:.1f} → {last.idle_mb:.1f} MB hold nothing,"
        f" {last.ended - first.ended} loans"
    )


async def wal_bytes(store_url: str) -> int:
    """How large the write-ahead log is. Raises OSError, asyncpg.PostgresError."""
    path = sqlite_path(store_url)
    if path is not None:
        log = path.with_name(f"{path.name}-wal")
        return log.stat().st_size if log.exists() else 0
    connection = await asyncpg.connect(store_url)
    try:
        return int(await connection.fetchval("SELECT sum(size) FROM pg_ls_waldir()"))
    finally:
        await connection.close()
