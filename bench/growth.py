"""What the store's size costs: the accept path, memory and the start with a thousand and with a million requests in SQLite.

python -m bench.growth                    a thousand, a million
python -m bench.growth 1000 100000        other numbers
"""

import sqlite3
import sys
import tempfile
from pathlib import Path

from bench.load import Load
from bench.processes import gateway, generate
from bench.report import heading, table
from bench.settings import Wishes

WORDS = """\
The store is filled in SQL with copies of one accepted request: completed, each with its message (the document cut to 500
bytes), its digest, and its history; the gateway is stopped meanwhile. Then the same load comes at 1,000/s and as fast as it goes;
nothing follows an accepted request. “Ready” is the time from the start of the process until /readyz says so."""
SECONDS = 5.0
CONNECTIONS = 32

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
        "digest": "lower(hex(randomblob(16)))",
        "document": "substr(one.document, 1, 500)",
    },
}
"""The columns of a copy that are not the original's."""


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


def row(count: int) -> tuple[str, ...]:
    """Measure with so many requests in the store."""
    with tempfile.TemporaryDirectory() as name:
        folder, path = Path(name), Path(name) / "gateway.sqlite"
        wishes = Wishes(store_url=f"sqlite:///{path}")
        with gateway(folder, wishes) as one:
            generate(Load(port=one.http_port, connections=1, seconds=0.0, first=1))
        fill(path, count)
        with gateway(folder, wishes) as one:
            start_mb = one.resident_mb
            at_rate = Load(port=one.http_port, connections=CONNECTIONS, seconds=SECONDS, rate=1000.0, first=2_000_000)
            calm = generate(at_rate)
            with one.spending() as spent:
                most = generate(Load(port=one.http_port, connections=CONNECTIONS, seconds=SECONDS, first=3_000_000))
            return (
                f"{count:,}",
                f"{path.stat().st_size / 1e6:,.0f}",
                f"{calm.percentile_ms(50):.1f}",
                f"{calm.percentile_ms(99):.1f}",
                f"{most.per_second:,.0f}",
                f"{spent[0].cpu_s / most.ok * 1e6:,.0f}",
                f"{start_mb:.0f}",
                f"{one.resident_mb:.0f}",
                f"{one.start_s:.2f}",
            )


COLUMNS = (
    "requests",
    "MB of database",
    "p50 ms at 1,000/s",
    "p99 ms",
    "messages/s at most",
    "CPU us each",
    "MB resident at start",
    "under load",
    "s to ready",
)


def main() -> None:
    """Measure and print."""
    counts = [int(argument) for argument in sys.argv[1:]] or [1_000, 1_000_000]
    heading("growth: the accept path as the store grows", WORDS)
    table(COLUMNS, [row(count) for count in counts])


if __name__ == "__main__":
    main()
