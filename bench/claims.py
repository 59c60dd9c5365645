"""What it costs to take up the next piece of work while few wait and while very many do, in turn and by due time.

    python -m bench.claims [sqlite|postgresql]

So many requests of ten peers wait, one of which has nine tenths of them. Each round queues one request more, with its
turn, claims one row and completes it; times are medians, in microseconds, of a whole commit or claim.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Final, TypeVar

from bench.postgres import postgres
from gateway.store.factory import open_store
from gateway.store.port import Change, HistoryEntry, HistoryKind, NewEffect, Store
from gateway.workflow.effects import Look
from gateway.workflow.records import Act, Request, Role, State
from gateway.workflow.values import Wanted

NOW: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
LANE: Final = "acs:bench"
WAITING: Final = (10, 100_000)
ROUNDS: Final = 300
AT_ONCE: Final = 500
Result = TypeVar("Result")


def asked(number: int) -> Change:
    """A request with a row of work in the lane that all share."""
    peer = f"peer-{number % 10}" if number % 100 < 10 else "peer-0"
    request = Request(
        id=f"L-{number}", role=Role.LENDING, state=State.SEARCHING, version=1, peer=peer, partner=None,
        requesting_agency="ISIL:ZZ-EXVAL", supplying_agency="ISIL:ZZ-HILL", partner_request_id=f"EV-{number}",
        created_at=NOW, updated_at=NOW, state_since=NOW, wanted=Wanted(title="The Imaginary Almanac"),
    )  # fmt: skip
    look = Look(act=Act.HOLD, item_barcode="399990001")
    due_at = NOW + timedelta(microseconds=number)
    return Change(
        request=request,
        created=True,
        history=(HistoryEntry(at=NOW, by="bench", kind=HistoryKind.NOTE, words="asked"),),
        effects=(NewEffect(effect=look, lane=LANE, due_at=due_at, peer=peer),),
    )


async def timed(work: Awaitable[Result]) -> tuple[float, Result]:
    """How many microseconds it took, and what came of it."""
    began = time.perf_counter()
    result = await work
    return (time.perf_counter() - began) * 1e6, result


async def claim_cpu_us(store: Store, first: int) -> float:
    """Microseconds of this process's CPU for queueing, claiming and completing one row, of many."""
    spent = time.process_time()
    await measure(store, first, in_turn=True)
    return (time.process_time() - spent) / ROUNDS * 1e6


async def measure(store: Store, first: int, *, in_turn: bool) -> tuple[float, float]:
    """Queue, claim and complete so many times; the medians of queueing and of claiming."""
    queueing, claiming = [], []
    now = NOW + timedelta(days=1)
    for number in range(first, first + ROUNDS):
        took_us, _ = await timed(store.commit(asked(number)))
        queueing.append(took_us)
        claim = store.claim(
            LANE, now=now, until=now + timedelta(hours=1), owner="bench", limit=1, at_most=4, in_turn=in_turn
        )
        took_us, (row,) = await timed(claim)
        claiming.append(took_us)
        await store.commit(Change(history_of=row.request, completes=row.id, owner="bench", history=asked(0).history))
    return median(queueing), median(claiming)


async def run(url: str) -> None:
    """Fill, measure, print."""
    store = open_store(url)
    await store.open()
    try:
        await store.migrate()
        filled = 0
        for waiting in WAITING:
            for start in range(filled, waiting, AT_ONCE):
                batch = range(start, min(start + AT_ONCE, waiting))
                await asyncio.gather(*(store.commit(asked(number)) for number in batch))
            filled = waiting
            for way, in_turn in (("by due time", False), ("in turn", True)):
                queueing_us, claiming_us = await measure(
                    store, 10_000_000 + filled * 10 + 1000 * in_turn, in_turn=in_turn
                )
                print(f"{waiting:7,} wait, {way:11}: queueing {queueing_us:6.0f} us, claiming {claiming_us:6.0f} us")
    finally:
        await store.close()


@contextmanager
def sqlite() -> Iterator[str]:
    """The URL of an empty database in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/claims.db"


STORES: Final = {"sqlite": sqlite, "postgresql": postgres}


def main() -> int:
    """Measure on the store that is named, else on both."""
    for name in sys.argv[1:] or STORES:
        print(name)
        with STORES[name]() as url:
            asyncio.run(run(url))
    return 0


if __name__ == "__main__":
    sys.exit(main())
