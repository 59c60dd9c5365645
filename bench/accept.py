"""The accept path over HTTP, durable: a message in, checked, decided on, committed, its confirmation out.

    python -m bench.accept            both stores
    python -m bench.accept sqlite     one of them (or postgresql)

What else the gateway did meanwhile is a column of its own (`Work`).
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import Enum
from pathlib import Path

import msgspec

from bench.load import Figures, Load
from bench.postgres import postgres
from bench.processes import GatewayProcess, demonstration_acs, gateway, generate
from bench.report import heading, table
from bench.settings import Wishes
from gateway.demo.acs.collection import demonstration_collection, item_list_csv

WORDS = """\
The gateway is a process of its own on one core with nothing else on it; the load generator, PostgreSQL and the demonstration ACS
share the others. Every message is a new request of 4.5 KB. A commit is on the disk before the confirmation goes out (SQLite:
synchronous=FULL; PostgreSQL: as it comes, fsync on). Times count from the moment at which a message was due (at a rate: at
random moments) to the last byte of its confirmation. CPU is the gateway's, all threads, everything it did meanwhile included."""
SECONDS = 5.0
WARM_UP_S = 1.0
CONNECTIONS = 64
RATES = (100.0, 1000.0, None)
MESSAGES_APART = 1_000_000


class Work(Enum):
    """What follows an accepted request; the value is printed."""

    NONE = "none: kept for staff to approve"
    LOOKED_UP = "look-up, ACS out of reach"
    ANSWERED = "look-up, ACS asked, answer sent"


class Case(msgspec.Struct, frozen=True):
    """One gateway that is measured."""

    store: str
    work: Work


@contextmanager
def running(case: Case) -> Iterator[GatewayProcess]:
    """A gateway with a new store for the case, and the ACS where the case has one."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder}/gateway.sqlite" if case.store == "sqlite" else stack.enter_context(postgres())
        wishes = Wishes(store_url=url, knows_partner=case.work is not Work.NONE, auto_answer="both")
        if case.work is Work.ANSWERED:
            acs_port, _ = stack.enter_context(demonstration_acs(folder))
            wishes = msgspec.structs.replace(wishes, acs_port=acs_port)
        one = stack.enter_context(gateway(folder, wishes))
        if case.work is not Work.NONE:
            _import_items(one, folder)
        yield one


def _import_items(one: GatewayProcess, folder: Path) -> None:
    items = folder / "items.csv"
    items.write_text(item_list_csv(demonstration_collection()), encoding="utf-8")
    one.command("items", "import", str(items))


def loads(one: GatewayProcess) -> Iterator[tuple[float | None, Figures, float]]:
    """Measure at each rate, after a warm-up: the rate, the figures, and the CPU seconds of the gateway."""
    first = 1
    for rate in RATES:
        load = Load(
            port=one.http_port, connections=CONNECTIONS, seconds=WARM_UP_S, rate=rate, first=first, record_id="ex000004"
        )
        generate(load)
        load = msgspec.structs.replace(load, seconds=SECONDS, first=first + MESSAGES_APART // 2)
        with one.spending() as spent:
            figures = generate(load)
        yield rate, figures, spent[0].cpu_s
        first += MESSAGES_APART


def rows(case: Case) -> Iterator[tuple[str, ...]]:
    """One row for each rate."""
    with running(case) as one:
        for rate, figures, cpu_s in loads(one):
            yield (
                case.store,
                case.work.value,
                "as fast as it goes" if rate is None else f"{rate:,.0f}/s",
                f"{figures.per_second:,.0f}",
                f"{figures.percentile_ms(50):.1f}",
                f"{figures.percentile_ms(99):.1f}",
                f"{cpu_s / max(figures.ok, 1) * 1e6:,.0f}",
                f"{cpu_s / figures.seconds:.0%}",
                f"{one.resident_mb:.0f}",
                f"{figures.failed}",
            )


def main() -> None:
    """Measure and print."""
    stores = sys.argv[1:] or ["sqlite", "postgresql"]
    heading("accept: messages accepted durably over HTTP by one process on one core", WORDS)
    cases = [Case(store, work) for store in stores for work in Work]
    columns = ("store", "work that follows", "load", "messages/s", "p50 ms", "p99 ms", "CPU us each", "core in use", "MB resident", "failed")  # fmt: skip
    table(columns, [row for case in cases for row in rows(case)])


if __name__ == "__main__":
    main()
