"""What the store's size costs: the accept path, memory and the start with a thousand and with a million requests in SQLite.

python -m bench.growth                    a thousand, a million
python -m bench.growth 1000 100000        other numbers
"""

import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import msgspec

from bench.load import Figures, Load
from bench.processes import GatewayProcess, gateway, generate
from bench.report import heading, table
from bench.settings import Wishes

WORDS = """\
The stores are filled in SQL with copies of one accepted request: completed, each with its message (the document cut to 500
bytes), its digest, and its history; the gateways are stopped meanwhile. Then both serve, on the same core, and the same load goes to
one and the other in turn: as fast as it goes, then at 1,000/s; what else the machine does shows as the difference between
rounds of one store. Nothing follows an accepted request. “Ready” is the time from the start of the process until /readyz says so."""
ROUNDS = 5
SECONDS = 2.0
RATE = 1000.0
CONNECTIONS = 32
MESSAGES_APART = 100_000

_FILL = """
    WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < :count)
    INSERT INTO {table} ({columns}) SELECT {values} FROM numbers, (SELECT * FROM {table} ORDER BY {order}) AS one"""
_ID = "printf('L-%05d-%05d', i / 100000, i % 100000)"
_COPIES = {
    "requests": {"id": _ID, "partner_request_id": "'FILL-' || i", "state": "'completed'"},
    "history": {"id": "NULL", "request": _ID},
    "messages": {
        "id": "NULL",
        "request": _ID,
        "digest": "printf('%011x', 1700000000000 + i) || lower(hex(randomblob(16)))",
        "document": "substr(one.document, 1, 500)",
    },
    "register": {"line": "1000 + i", "request": _ID, "state": "'completed'", "is_open": "FALSE", "changed": "i"},
    "register_words": {"line": "1000 + i", "is_open": "FALSE"},
    "register_numbers": {"line": "1000 + i", "number": "one.number || i"},
}
"""The columns of a copy that are not the original's."""


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """One load on one store: microseconds of the gateway's CPU for each message as fast as it goes, and the answers' times."""

    cpu_us: float
    most: Figures
    calm: Figures


def fill(path: Path, count: int) -> None:
    """Put `count` copies of the store's only request beside it."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    with connection:
        for name, changed in _COPIES.items():
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
            values = ", ".join(changed.get(column, f"one.{column}") for column in columns)
            statement = _FILL.format(table=name, columns=", ".join(columns), values=values, order=columns[0])
            connection.execute(statement, {"count": count})
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


class Grown:
    """A gateway whose store holds so many requests."""

    def __init__(self, count: int, path: Path, one: GatewayProcess) -> None:
        self.count = count
        self.database_mb = path.stat().st_size / 1e6
        self.start_mb = one.resident_mb
        self.start_s = one.start_s
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
def grown(count: int) -> Iterator[Grown]:
    """A gateway that serves with so many requests in its store, until the block ends."""
    with tempfile.TemporaryDirectory() as name:
        folder, path = Path(name), Path(name) / "gateway.sqlite"
        wishes = Wishes(store_url=f"sqlite:///{path}")
        with gateway(folder, wishes) as one:
            generate(Load(port=one.http_port, connections=1, seconds=0.0, first=1))
        fill(path, count)
        with gateway(folder, wishes) as one:
            yield Grown(count, path, one)


def row(store: Grown) -> tuple[str, ...]:
    """The figures of one store: medians of its rounds, and all of their CPU figures."""
    rounds = store.rounds
    return (
        f"{store.count:,}",
        f"{store.database_mb:,.0f}",
        f"{median(each.calm.percentile_ms(50) for each in rounds):.1f}",
        f"{median(each.calm.percentile_ms(99) for each in rounds):.1f}",
        f"{median(each.most.per_second for each in rounds):,.0f}",
        f"{median(each.cpu_us for each in rounds):,.0f}",
        " ".join(f"{each.cpu_us:.0f}" for each in rounds),
        f"{store.start_mb:.0f}",
        f"{store.resident_mb:.0f}",
        f"{store.start_s:.2f}",
    )


def ratios(small: Grown, large: Grown) -> Iterator[str]:
    """How much more the larger store costs: of each pair of rounds that followed each other, least, median and most."""
    pairs = list(zip(small.rounds, large.rounds, strict=True))
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
    "p50 ms at 1,000/s",
    "p99 ms",
    "messages/s at most",
    "CPU us each",
    "in each round",
    "MB resident at start",
    "under load",
    "s to ready",
)


def main() -> None:
    """Measure and print."""
    counts = [int(argument) for argument in sys.argv[1:]] or [1_000, 1_000_000]
    heading("growth: the accept path as the store grows", WORDS)
    with ExitStack() as stack:
        stores = [stack.enter_context(grown(count)) for count in counts]
        for _ in range(ROUNDS):
            for store in stores:
                store.play()
        table(COLUMNS, [row(store) for store in stores])
        print()
        for line in ratios(stores[0], stores[-1]):
            print(line)


if __name__ == "__main__":
    main()
