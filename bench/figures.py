"""What a partner's page of figures costs: `python -m bench.figures [N] [sqlite|postgresql ...]`, N requests of the partner (5,500)."""

import asyncio
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import starmap
from pathlib import Path
from time import perf_counter

from bench.postgres import postgres
from bench.report import heading, table
from gateway.desk.figures import MOST_REQUESTS
from gateway.iso18626.codes import ReasonForMessage, Status
from gateway.reports.partner import partner_figures
from gateway.store.factory import open_store
from gateway.store.port import Change, HistoryEntry, HistoryKind, Store
from gateway.workflow.events import RequestArrived, Told
from gateway.workflow.records import Request, Role, State

WORDS = """\
Each request has a story of 30 lines, each with 3 KB of a protocol's message, written in ten transactions, three of which told the
partner something; half as many requests are other partners'. Of a partner's requests the newest 1,000 are looked at."""
START = datetime(2026, 10, 1, tzinfo=UTC)
STEPS = 10
MESSAGE = "x" * 3_000
AT_ONCE = 200


@contextmanager
def url_of(kind: str) -> Iterator[str]:
    """An empty database."""
    if kind == "postgresql":
        with postgres() as url:
            yield url
        return
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'gateway.sqlite'}"


def changes(number: int, partner: str, start: datetime) -> Iterator[Change]:
    """A request's story."""
    for version in range(1, STEPS + 1):
        at = start + timedelta(seconds=number, minutes=version)
        request = Request(
            id=f"R-{number}",
            role=Role.LENDING,
            state=State.SEARCHING if version < STEPS else State.COMPLETED,
            version=version,
            peer="hub",
            partner=partner,
            requesting_agency=f"ISIL:XX-{partner}",
            supplying_agency="ISIL:XX-EXAMPLE",
            partner_request_id=str(number),
            created_at=start,
            updated_at=at,
            state_since=at,
        )
        told = (
            Told(at=at, status=Status.WILL_SUPPLY, reason=ReasonForMessage.STATUS_CHANGE) if version % 3 == 0 else None
        )
        line = HistoryEntry(at=at, by="gateway", kind=HistoryKind.SIP2, words="SIP2", detail={"sent": MESSAGE})
        yield Change(
            request=request,
            created=version == 1,
            event=_arrived(request, at) if version == 1 else told,
            history=(line,) * 3,
        )


def _arrived(request: Request, at: datetime) -> RequestArrived:
    return RequestArrived(
        at=at,
        request=request.id,
        peer=request.peer,
        partner=request.partner,
        requesting_agency=request.requesting_agency,
        supplying_agency=request.supplying_agency,
        partner_request_id=request.partner_request_id,
    )


async def tell(store: Store, whose: Sequence[str], start: datetime = START) -> None:
    """Write a story for each of these partners, many at once; one partner may have many."""
    free = asyncio.Semaphore(AT_ONCE)

    async def write(number: int, partner: str) -> None:
        async with free:
            for change in changes(number, partner, start):
                await store.commit(change)

    await asyncio.gather(*starmap(write, enumerate(whose)))


async def fill(store: Store, count: int) -> None:
    """So many of one partner, and half as many of others."""
    await tell(store, ["valley"] * count + [f"other-{number % 50}" for number in range(count // 2)])


async def measure(kind: str, count: int) -> tuple[str, ...]:
    """The best of three readings, in milliseconds."""
    with url_of(kind) as url:
        store = open_store(url)
        await store.open()
        try:
            await store.migrate()
            await fill(store, count)
            read_s, made_s = [], []
            for _ in range(3):
                began_s = perf_counter()
                until = START + timedelta(days=90)
                books = await store.partner_books("valley", since=START, until=until, at_most=MOST_REQUESTS)
                read_s.append(perf_counter() - began_s)
                began_s = perf_counter()
                figures = partner_figures(books, ())
                made_s.append(perf_counter() - began_s)
            return (kind, f"{figures.requests:,}", f"{min(read_s) * 1e3:,.0f}", f"{min(made_s) * 1e3:,.0f}")
        finally:
            await store.close()


def main() -> None:
    """Measure on the stores that are named; on both if none is."""
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdecimal()]
    kinds = [argument for argument in sys.argv[1:] if not argument.isdecimal()] or ["sqlite", "postgresql"]
    heading("a partner's figures", WORDS)
    rows = [asyncio.run(measure(kind, numbers[0] if numbers else 5_500)) for kind in kinds]
    table(("store", "requests looked at", "reading, ms", "figures, ms"), rows)


if __name__ == "__main__":
    main()
