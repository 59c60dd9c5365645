"""What accepting and queueing cost does not grow with the store: counted in steps of SQLite's virtual machine, not in time.

A statement that reads a table or an index from one end to the other takes some steps for every row of it. Whether each
statement by itself is driven by an index, on both databases: tests/store/test_plans.py; in time: bench.growth.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from bench.growth import fill
from gateway.iso18626.codes import Action
from gateway.store.sqlite import SqliteStore
from gateway.workflow.effects import FindCopies, Tell
from gateway.workflow.events import StaffActed
from gateway.workflow.machine import Decision
from gateway.workflow.triggers import StaffAction
from tests.dispatch.house import OWNER, House, action, open_house

MANY = 4_000


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


async def test_what_a_request_costs_the_store_does_not_grow_with_it(tmp_path: Path):
    (tmp_path / "small").mkdir()
    async with open_house(tmp_path / "small") as house:
        await play(house, "R1")
        small = await play(house, "R2")
    (tmp_path / "large").mkdir()
    async with open_house(tmp_path / "large") as house:
        await play(house, "R1")
        fill(tmp_path / "large" / "gateway.sqlite", MANY)
        large = await play(house, "R2")
        with counted(house) as scan:
            await house.store.count_by_state()
    assert scan.count > MANY, "what reads everything is seen by its steps"
    assert large < 1.05 * small
