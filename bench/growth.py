"""What the store's size costs: the accept path with a thousand and with a million requests in SQLite, memory, time to ready.

    python -m bench.growth            # --requests 1000000 is the default

The store is filled by copying one accepted request, its message and its history in SQL; then the same gateway is measured on it.
"""

import argparse
import sqlite3
import tempfile
from pathlib import Path

from bench.accept import measure
from bench.processes import Wishes, gateway
from bench.report import heading, table

_NUMBERS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"


def fill(path: Path, count: int) -> None:
    """Copy the only request of the store `count` times, with what belongs to it."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for name, own in (
            ("requests", {"id": "'F-' || i", "partner_request_id": "'FILL-' || i"}),
            ("history", {"id": "NULL", "request": "'F-' || i"}),
            ("messages", {"id": "NULL", "request": "'F-' || i", "digest": "'fill-' || i", "document": "x'3c782f3e'"}),
        ):
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
            values = ", ".join(own.get(column, f"one.{column}") for column in columns)
            one = f"(SELECT * FROM {name} ORDER BY rowid LIMIT 1)"  # noqa: S608 - likewise
            connection.execute(
                f"{_NUMBERS} INSERT INTO {name} ({', '.join(columns)}) SELECT {values} FROM n, {one} AS one",  # noqa: S608
                (count,),
            )
    connection.close()


def row(count: int) -> tuple[str, ...]:
    """Measure with so many requests in the store."""
    with tempfile.TemporaryDirectory() as folder:
        wishes = Wishes(store_url=f"sqlite:///{folder}/gateway.sqlite")
        with gateway(Path(folder), wishes) as first:
            measure(first, 1.0, first=1)
        fill(Path(folder) / "gateway.sqlite", count)
        with gateway(Path(folder), wishes) as running:
            figures, cpu_us = measure(running, None, first=2_000_000)
            calm, _ = measure(running, 1000.0, first=3_000_000)
            return (
                f"{count:,}", f"{figures.per_second:,.0f}", f"{cpu_us:,.0f}", f"{calm.percentile_ms(50):.1f}",
                f"{calm.percentile_ms(99):.1f}", f"{running.resident_mb:.0f}", f"{running.start_s:.2f}",
            )  # fmt: skip


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=1_000_000)
    most = parser.parse_args().requests
    heading("growth: the accept path (alone) on SQLite as the store grows")
    columns = ("requests", "messages/s", "CPU µs each", "p50 ms at 1,000/s", "p99 ms", "resident MB", "s to ready")
    table(columns, [row(1000), row(most)])


if __name__ == "__main__":
    main()
