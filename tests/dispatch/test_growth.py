"""What accepting and queueing cost does not grow with the store: counted in steps of SQLite's virtual machine, not in time.

A statement that reads a table or an index from one end to the other takes some steps for every row of it. Whether each
statement by itself is driven by an index, on both databases: tests/store/test_plans.py; in time: bench.growth. Nor
do requests that come together write more pages because there are others: what is new lies together.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

from bench.filling import fill_sqlite
from bench.ten_years import WHOLE
from gateway.iso18626.codes import Action
from gateway.store.sqlite import SqliteStore
from gateway.workflow.effects import FindCopies, Tell
from gateway.workflow.events import StaffActed
from gateway.workflow.machine import Decision
from gateway.workflow.triggers import StaffAction
from tests.dispatch.house import OWNER, House, action, new_house, request

MANY = 4_000
TOGETHER = 50
FRAME_BYTES = 4096 + 24
"""A page in the write-ahead log."""


class Steps:
    """Counts the instructions that SQLite's virtual machine has gone through."""

    def __init__(self) -> None:
        self.count = 0

    def one(self) -> int:
        self.count += 1
        return 0


@contextmanager
def counted(house: House) -> Iterator[Steps]:
    assert isinstance(house.store, SqliteStore)
    steps = Steps()
    for connection in house.store._connections:
        connection.set_progress_handler(steps.one, 1)
    try:
        yield steps
    finally:
        for connection in house.store._connections:
            connection.set_progress_handler(None, 1)


async def play(house: House, number: str) -> int:
    """A request comes, is looked for, is asked about (the question comes twice), and staff answer it; gives the steps that this took."""
    with counted(house) as steps:
        known = await house.new(number)
        row = await house.claim(known, FindCopies)
        await house.receive(action(house.time.now(), Action.STATUS_REQUEST, number))
        await house.receive(action(house.time.now(), Action.STATUS_REQUEST, number))
        told = await house.claim(known, Tell)
        await house.store.postpone(told.id, owner=OWNER, due_at=house.time.now() + timedelta(hours=1), unstarted=True)
        await house.store.postpone(row.id, owner=OWNER, due_at=house.time.now() + timedelta(hours=1), unstarted=True)
        answer = StaffActed(at=house.time.now(), by="ann", action=StaffAction.ANSWER_UNFILLED, reason="PoorCondition")
        assert isinstance(await house.intake.act(known.id, answer), Decision)
        assert len(await house.store.history(known.id)) > 0
    return steps.count


async def usual(house: House) -> float:
    """What requests take after the first; now and then one has the search's index put its pieces together, which the median leaves out."""
    return median([await play(house, f"R{number}") for number in range(2, 9)])


async def test_what_a_request_costs_the_store_does_not_grow_with_it(tmp_path: Path):
    async with new_house(tmp_path / "small.sqlite") as house:
        await play(house, "R1")
        small = await usual(house)
    path = tmp_path / "large.sqlite"
    async with new_house(path) as house:
        await play(house, "R1")
        fill_sqlite(path, MANY, house.time.now(), WHOLE)
        large = await usual(house)
        with counted(house) as scan:
            await house.store.count_by_state()
    assert scan.count > MANY, "what reads everything is seen by its steps"
    assert large < 1.05 * small


async def come(house: House, first: int, count: int) -> None:
    """New requests come, so many at once, each in a millisecond of its own."""
    for begin in range(first, first + count, TOGETHER):
        messages = []
        for number in range(begin, begin + TOGETHER):
            house.time.set_by(0.001)
            messages.append(request(house.time.now(), f"R{number:05}"))
        await asyncio.gather(*map(house.receive, messages))


async def pages_of(house: House, path: Path, first: int) -> int:
    """How many pages the requests that come next, together, write."""
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)
    connection.close()
    await come(house, first, TOGETHER)
    return path.with_name(f"{path.name}-wal").stat().st_size // FRAME_BYTES


async def test_requests_that_come_together_write_no_more_pages_because_there_are_others(tmp_path: Path):
    """Numbers or digests by chance would have a page of their own each in six indexes: 100 pages became 250."""
    path = tmp_path / "gateway.sqlite"
    async with new_house(path) as house:
        await come(house, 0, 4 * TOGETHER)
        few = await pages_of(house, path, 10_000)
        await come(house, 20_000, MANY)
        many = median([await pages_of(house, path, 30_000 + round_ * TOGETHER) for round_ in range(3)])
    assert few > TOGETHER
    assert many < 1.25 * few
