"""What the store's size costs: the accept path, claims, memory and the start with a thousand and with a million requests of ten years.

python -m bench.growth                              a thousand, a million, in SQLite
python -m bench.growth postgresql 1000 100000       the other database, other numbers
"""

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final

import msgspec

from bench.claims import claim_cpu_us
from bench.filling import fill, seal_all, sum_up
from bench.load import Figures, Load
from bench.postgres import postgres
from bench.processes import GatewayProcess, gateway, generate
from bench.report import heading, table
from bench.settings import Wishes
from bench.ten_years import WHOLE
from gateway.store.factory import open_store

WORDS = """\
The stores are filled by bench.ten_years: each request with thirty lines of history, which are sealed, and ten messages; the gateways are stopped meanwhile.
Then both serve, on the same core, and the same load goes to one and the other in turn: as fast as it goes, then at 1,000/s; what else the
machine does shows as the difference between rounds of one store. Nothing follows an accepted request. “Claim” is the processor time for
queueing a row of work, taking it up in turn and completing it, the least of three means of 300. “Ready” is the time from the start of the
process until /readyz says so, the least of three, and what of the last was its own processor time."""
ROUNDS = 5
SECONDS = 2.0
RATE = 1000.0
CONNECTIONS = 32
MESSAGES_APART = 100_000
STARTS = 3
FIRST_CLAIM = 100_000_000
"""The number of the first request that claims are measured with."""
ROUNDS_APART = 10_000


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """One load on one store: microseconds of the gateway's CPU for each message as fast as it goes, and the answers' times."""

    cpu_us: float
    most: Figures
    calm: Figures


async def _prepare(url: str, count: int) -> tuple[float, float]:
    """Lay the tables and fill them; give how large the store is, in MB, and how long a claim takes, in microseconds."""
    store = open_store(url)
    await store.open()
    await store.migrate()
    await store.close()
    await fill(url, count, datetime.now(UTC), WHOLE)
    await store.open()
    await seal_all(store)
    await sum_up(store)
    size = (await store.keeping.room()).bytes
    claim_us = min([await claim_cpu_us(store, FIRST_CLAIM + attempt * ROUNDS_APART) for attempt in range(3)])
    await store.close()
    return size / 1e6, claim_us


class Grown:
    """A gateway whose store holds so many requests."""

    def __init__(self, count: int, database_mb: float, claim_us: float, one: GatewayProcess) -> None:
        self.count = count
        self.database_mb = database_mb
        self.claim_us = claim_us
        self.start_mb = one.resident_mb
        self.start_s = one.start_s
        self.start_cpu_s = one.start_cpu_s
        self.rounds: list[Round] = []
        self._one = one
        self._first = 1_000_000

    @property
    def resident_mb(self) -> float:
        """Resident memory now."""
        return self._one.resident_mb

    def play(self) -> None:
        """One more round."""
        with self._one.spending() as spent:
            most = self._load(None)
        self.rounds.append(Round(cpu_us=spent[0].cpu_s / most.ok * 1e6, most=most, calm=self._load(RATE)))

    def _load(self, rate: float | None) -> Figures:
        self._first += MESSAGES_APART
        port = self._one.http_port
        return generate(Load(port=port, connections=CONNECTIONS, seconds=SECONDS, rate=rate, first=self._first))


@contextmanager
def sqlite() -> Iterator[str]:
    """The URL of a store that is not there yet."""
    with tempfile.TemporaryDirectory() as name:
        yield f"sqlite:///{name}/gateway.sqlite"


STORES: Final = {"sqlite": sqlite, "postgresql": postgres}


@contextmanager
def grown(kind: str, count: int) -> Iterator[Grown]:
    """A gateway that serves with so many requests in its store, until the block ends."""
    with STORES[kind]() as url, tempfile.TemporaryDirectory() as name:
        database_mb, claim_us = asyncio.run(_prepare(url, count))
        folder, wishes = Path(name), Wishes(store_url=url)
        starts = [_started_in(folder, wishes) for _ in range(STARTS - 1)]
        with gateway(folder, wishes) as one:
            one.start_s = min(one.start_s, *starts)
            yield Grown(count, database_mb, claim_us, one)


def _started_in(folder: Path, wishes: Wishes) -> float:
    with gateway(folder, wishes) as one:
        return one.start_s


def row(store: Grown) -> tuple[str, ...]:
    """The figures of one store: medians of its rounds, and all of their CPU figures."""
    rounds = store.rounds
    return (
        f"{store.count:,}",
        f"{store.database_mb:,.0f}",
        f"{store.claim_us:,.0f}",
        f"{median(each.calm.percentile_ms(50) for each in rounds):.1f}",
        f"{median(each.calm.percentile_ms(99) for each in rounds):.1f}",
        f"{median(each.most.per_second for each in rounds):,.0f}",
        f"{median(each.cpu_us for each in rounds):,.0f}",
        " ".join(f"{each.cpu_us:.0f}" for each in rounds),
        f"{store.start_mb:.0f}",
        f"{store.resident_mb:.0f}",
        f"{store.start_s:.2f}",
        f"{store.start_cpu_s:.2f}",
    )


def ratios(small: Grown, large: Grown) -> Iterator[str]:
    """How much more the larger store costs: of each pair of rounds that followed each other, least, median and most."""
    pairs = list(zip(small.rounds, large.rounds, strict=True))
    yield f"claim: {large.claim_us / small.claim_us:.2f} times"
    for name, values in (
        ("CPU", sorted(b.cpu_us / a.cpu_us for a, b in pairs)),
        ("p50 at 1,000/s", sorted(b.calm.percentile_ms(50) / a.calm.percentile_ms(50) for a, b in pairs)),
        ("p99 at 1,000/s", sorted(b.calm.percentile_ms(99) / a.calm.percentile_ms(99) for a, b in pairs)),
    ):
        yield (
            f"{name}: {large.count:,} requests take {median(values):.2f} times what {small.count:,} take "
            f"({values[0]:.2f} to {values[-1]:.2f})"
        )


COLUMNS = (
    "requests",
    "MB of database",
    "us a claim",
    "p50 ms at 1,000/s",
    "p99 ms",
    "messages/s at most",
    "CPU us each",
    "in each round",
    "MB resident at start",
    "under load",
    "s to ready",
    "of them CPU",
)


def main() -> None:
    """Measure and print."""
    kind, *_ = *(argument for argument in sys.argv[1:] if argument in STORES), "sqlite"
    counts = [int(argument) for argument in sys.argv[1:] if argument not in STORES] or [1_000, 1_000_000]
    heading(f"growth: the accept path as the store grows, {kind}", WORDS)
    with ExitStack() as stack:
        stores = [stack.enter_context(grown(kind, count)) for count in counts]
        for _ in range(ROUNDS):
            for store in stores:
                store.play()
        table(COLUMNS, [row(store) for store in stores])
        print()
        for line in ratios(stores[0], stores[-1]):
            print(line)


if __name__ == "__main__":
    main()
