"""What it costs to keep a store of ten years: its size, its seals, a back-up while messages come in, the way back, and the purge of a year.

python -m bench.upkeep [sqlite|postgresql] [N]     a million requests, thirty million lines of history, ten million messages; SQLite
"""

import asyncio
import math
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final, TypeVar

import asyncpg
import msgspec

from bench.filling import Restless, fill, seal_all
from bench.growth import STORES
from bench.load import Figures, Load
from bench.processes import GatewayProcess, gateway, generate, on_other_cores
from bench.report import heading
from bench.settings import Ports, Wishes, settings_text
from bench.ten_years import WHOLE
from gateway import logs
from gateway.demo.stage.processes import environment_for
from gateway.dispatch.audit_progress import Looks
from gateway.dispatch.keeping import Keeping, Purger
from gateway.dispatch.sealing import audit
from gateway.store.factory import open_store, sqlite_path
from gateway.store.port import Store
from tests.guards.watched import LEAST_S
from tests.store.postgres import programs

WORDS = """\
“CPU s” is the processor time of the process that did it (beside messages: of the gateway), and of the programs that it started; what PostgreSQL's server
spends is not in it.
Messages come at 500/s over 32 connections; an answer's time counts from when its message was due. A year is the first of the ten."""
RATE: Final = 500.0
CONNECTIONS: Final = 32
CALM_S: Final = 10.0
PIECE_S: Final = 5.0
DEADLINE_S: Final = 3600.0
APART: Final = 100_000
"""Numbers of messages between two loads."""
KEPT_DAYS: Final = 9 * 365
Result = TypeVar("Result")


class Spent(msgspec.Struct, frozen=True):
    """What something took."""

    what: str
    wall_s: float
    cpu_s: float
    words: str

    @property
    def line(self) -> str:
        """As it is shown."""
        return f"{self.what:28} {self.wall_s:8.1f} s  CPU {self.cpu_s:7.1f} s  {self.words}"


async def spent(what: str, work: Awaitable[Result], words: Callable[[Result], str]) -> Spent:
    """Do it, and say what it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = await work
    return Spent(what, time.perf_counter() - wall, time.process_time() - cpu, words(result))


async def prepare(url: str, requests: int) -> list[Spent]:
    """Fill, seal, and look at the whole chain."""
    store = open_store(url)
    await store.open()
    await store.migrate()
    await store.close()
    lines = f"{requests:,} requests, {requests * WHOLE.lines:,} lines, {requests * WHOLE.messages:,} messages"
    filled = await spent("fill", fill(url, requests, datetime.now(UTC), WHOLE), lambda _: lines)
    await store.open()
    sealed = await spent("seal all of it", seal_all(store), lambda sealed: f"{sealed:,} lines")
    looked = await spent(
        "audit verify",
        audit(store, Restless(), Looks(), UTC),
        lambda found: f"{found.lines:,} lines, {len(found.faults)} faults",
    )
    words = await size(store)
    await store.close()
    if sqlite_path(url) is None:
        await _settle(url)
    return [filled, sealed, looked, Spent("size", 0.0, 0.0, words)]


async def _settle(url: str) -> None:
    """Have PostgreSQL do at once what it does about a store that was filled in minutes, and has long done about one of ten years."""
    connection = await asyncpg.connect(url)
    await connection.execute("VACUUM (ANALYZE)")
    await connection.execute("CHECKPOINT")
    await connection.close()


async def size(store: Store) -> str:
    """How large a store is, and what of it holds nothing."""
    room = await store.keeping.room()
    return f"{room.bytes / 1e6:,.0f} MB, of which {room.idle / 1e6:,.0f} MB hold nothing"


def command(*words: str) -> Spent:
    """Run a command of ill-gateway on the other cores; CalledProcessError where that fails."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = environment_for({"PATH": f"{programs()}{os.pathsep}{os.environ['PATH']}"})
    with on_other_cores():
        line = [sys.executable, "-m", "gateway.cli", *words]
        done = subprocess.run(line, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = now.ru_utime + now.ru_stime - before.ru_utime - before.ru_stime
    return Spent(words[0], time.perf_counter() - began, cpu_s, done.stdout.splitlines()[0].partition(": ")[2])


class Loads:
    """Loads one after another, none with the numbers of another."""

    def __init__(self, one: GatewayProcess) -> None:
        self._one = one
        self._firsts = count(1_000_000, APART)

    def run(self, seconds: float) -> Figures:
        """One load."""
        return generate(
            Load(
                port=self._one.http_port, connections=CONNECTIONS, seconds=seconds, rate=RATE, first=next(self._firsts)
            )
        )

    def until(self, is_over: Callable[[], bool]) -> tuple[str, float]:
        """One after another until something is over; how their answers were, and how long that took."""
        began, all_ms, failed = time.perf_counter(), list[float](), 0
        while not is_over():
            if time.perf_counter() - began > DEADLINE_S:
                raise TimeoutError("it is not over after an hour")
            figures = self.run(PIECE_S)
            all_ms += figures.latencies_ms
            failed += figures.failed
        return answers(sorted(all_ms), failed), time.perf_counter() - began


def answers(all_ms: list[float], failed: int) -> str:
    """The times of answers in words."""
    if not all_ms:
        return "no message came meanwhile"
    p50, p99 = (all_ms[int(len(all_ms) * part)] for part in (0.5, 0.99))
    return f"answers: p50 {p50:.1f} ms, p99 {p99:.1f} ms, {len(all_ms):,} OK, {failed} not"


@contextmanager
def _in_a_thread(work: Callable[[], Spent]) -> Iterator[Future[Spent]]:
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(work)


def backed_up(folder: Path, url: str, to: Path) -> list[Spent]:
    """A back-up of a store that serves, and the same load without."""
    stretches = folder / "stretches.jsonl"
    with gateway(folder, Wishes(store_url=url), stretches) as one:
        loads, calm_s, calm_cpu_s = Loads(one), time.monotonic(), one.cpu_s
        figures = loads.run(CALM_S)
        calm = answers(list(figures.latencies_ms), figures.failed), one.cpu_s - calm_cpu_s
        began_s, began_cpu_s = time.monotonic(), one.cpu_s
        with _in_a_thread(lambda: command("backup", str(to), "--config", str(folder / "gateway.toml"))) as making:
            words, _ = loads.until(making.done)
        ended_s = time.monotonic()
        made, beside = making.result(), (words, one.cpu_s - began_cpu_s)
    alone, together = (longest(stretches, *span) for span in ((calm_s, began_s), (began_s, ended_s)))
    return [
        Spent("500/s, calm", CALM_S, calm[1], f"{calm[0]}; longest stretch of the loop {alone}"),
        made,
        Spent(
            "500/s beside the back-up", made.wall_s, beside[1], f"{beside[0]}; longest stretch of the loop {together}"
        ),
    ]


async def _empty_beside(url: str) -> str:
    """The URL of an empty database beside a store."""
    path = sqlite_path(url)
    if path is not None:
        return f"sqlite:///{path.parent}/restored/gateway.sqlite"
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE DATABASE restored")
    await connection.close()
    return url.replace("/postgres?", "/restored?", 1)


def restored(folder: Path, url: str, made: Path) -> Spent:
    """The way back, into an empty store."""
    config = folder / "restored.toml"
    config.write_text(settings_text(Wishes(store_url=url), Ports()), encoding="utf-8")
    return command("restore", str(made), "--new", "--config", str(config))


async def purged(url: str) -> Spent:
    """A year goes, with nothing else to do and without pauses."""
    store = open_store(url)
    await store.open()
    await store.recovery.end(at=datetime.now(UTC), by="bench")
    keeping = Keeping(requests=timedelta(days=KEPT_DAYS), documents=None, look_ups=None, bills=None)
    purger = Purger(store, keeping, Restless(), UTC)
    result = await spent(
        "purge a year, alone",
        purger.run(),
        lambda gone: f"{gone.requests:,} requests, {gone.entries:,} lines, {gone.given_back / 1e6:,.0f} MB given back",
    )
    words = await size(store)
    await store.close()
    return msgspec.structs.replace(result, words=f"{result.words}; {words}")


def purged_while_serving(folder: Path, url: str) -> Spent:
    """A year goes while messages come in."""
    seen = [-1]
    asyncio.run(_on(url, NIGHT_IS_DUE))

    def is_over() -> bool:
        seen.append(asyncio.run(_on(url, "SELECT count(*) FROM tombstones")))
        return seen[-1] > 0 and seen[-1] == seen[-2]

    stretches = folder / "stretches.jsonl"
    with gateway(folder, Wishes(store_url=url, requests_days=KEPT_DAYS), stretches) as one:
        ready_s = time.monotonic()
        words, wall_s = Loads(one).until(is_over)
    return Spent(
        "500/s beside a purge",
        wall_s,
        0.0,
        f"{words}; {seen[-1]:,} requests; longest stretch of the loop {longest(stretches, ready_s)}",
    )


def longest(stretches: Path, since_s: float, until_s: float = math.inf) -> str:
    """The longest stretch of the event loop between moments of the monotonic clock, in processor time; shorter ones than LEAST_S are not written down."""
    lines = stretches.read_bytes().splitlines() if stretches.exists() else []
    found = (msgspec.json.decode(line) for line in lines)
    most_s = max((each["cpu_s"] for each in found if since_s <= each["at_s"] < until_s), default=None)
    return f"below {LEAST_S * 1e3:.0f} ms" if most_s is None else f"{most_s * 1e3:.0f} ms"


NIGHT_IS_DUE: Final = "DELETE FROM turns WHERE duty = 'purge'"
"""An earlier start has taken it."""


async def _on(url: str, statement: str) -> int:
    """Run a statement behind the back of a gateway that may serve; give the number that it gives."""
    path = sqlite_path(url)
    if path is not None:
        with closing(sqlite3.connect(path)) as beside, beside:
            return int((beside.execute(statement).fetchone() or (0,))[0])
    connection = await asyncpg.connect(url)
    found = await connection.fetchval(statement)
    await connection.close()
    return int(found or 0)


def _let_go(url: str) -> None:
    """Leave the disk to the store that is restored: of a million requests there is room for two files, not everywhere for three."""
    path = sqlite_path(url)
    if path is not None:
        path.unlink()


def measured(folder: Path, url: str, requests: int) -> Iterator[Spent]:
    """Everything, one after the other."""
    yield from asyncio.run(prepare(url, requests))
    yield from backed_up(folder, url, folder / "copy")
    yield purged_while_serving(folder, url)
    beside = asyncio.run(_empty_beside(url))
    _let_go(url)
    yield restored(folder, beside, folder / "copy")
    yield asyncio.run(purged(beside))


def main() -> None:
    """Measure and print."""
    kind, *_ = *(argument for argument in sys.argv[1:] if argument in STORES), "sqlite"
    requests = next((int(argument) for argument in sys.argv[1:] if argument not in STORES), 1_000_000)
    heading(f"upkeep: a store of ten years, {kind}, {requests:,} requests", WORDS)
    logs.configure("error", logs.LogFormat.TEXT)
    with STORES[kind]() as url, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for row in measured(folder, url, requests):
            print(row.line, flush=True)


if __name__ == "__main__":
    main()
