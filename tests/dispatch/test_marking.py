"""The mark beside the store is kept, and an older copy in the store's place holds all work."""

import asyncio
from pathlib import Path

from gateway.dispatch.marking import EVERY_S, WHY, Marking
from gateway.store.mark import read_mark
from gateway.store.port import Topic
from tests.dispatch.house import House
from tests.store.outside import run


async def test_a_store_that_goes_forward_holds_nothing(house: House, tmp_path: Path):
    marking = Marking(house.store, tmp_path / "mark", house.time)
    assert not await marking.look()
    first = read_mark(tmp_path / "mark")
    assert not await marking.look()
    second = read_mark(tmp_path / "mark")
    assert first is not None
    assert second is not None
    assert (second.store, second.count) == (first.store, first.count + 1)
    assert await house.store.recovery.mark() == (second.store, second.count)
    assert await house.store.recovery.current() is None


async def test_an_older_copy_in_its_place_is_noticed_once(house: House, tmp_path: Path):
    marking = Marking(house.store, tmp_path / "mark", house.time)
    await marking.look()
    _, count = await house.store.recovery.mark()
    await marking.look()
    await as_in_a_copy(house, count)
    assert await marking.look()
    held = await house.store.recovery.current()
    assert held is not None
    assert held.why == WHY
    await house.store.recovery.end(at=house.time.now(), by="ada")
    assert not await marking.look()
    assert await house.store.recovery.current() is None


async def as_in_a_copy(house: House, count: int) -> None:
    """Set the store's count back behind its own back."""
    await run(house.store, f"UPDATE store_mark SET count = {count}")  # noqa: S608 - a number


async def test_a_gateway_that_was_halted_while_it_looked_makes_no_other_notice_anything(house: House, tmp_path: Path):
    """Two gateways on one store: one reads the count, and sets it when the other has been on for minutes."""
    other = Marking(house.store, tmp_path / "other", house.time)
    await other.look()
    name, count = await house.store.recovery.mark()
    await other.look()
    await other.look()
    await house.store.recovery.set_mark(name, count + 1)
    assert not await other.look()


async def test_a_place_that_can_not_be_written_stops_nothing(house: House, tmp_path: Path):
    marking = Marking(house.store, tmp_path / "no" / "such" / "mark", house.time)
    assert not await marking.look()
    assert (await house.store.recovery.mark())[1] == 1


async def test_it_is_noticed_while_serving_too(house: House, tmp_path: Path):
    marking = Marking(house.store, tmp_path / "mark", house.time)
    await marking.look()
    await marking.look()
    keeping = asyncio.create_task(marking.keep())
    held = asyncio.Event()
    house.store.on_change(Topic.RECOVERY, held.set)
    await as_in_a_copy(house, 1)
    await house.time.advance(EVERY_S)
    async with asyncio.timeout(10):
        await held.wait()
    assert await house.store.recovery.current() is not None
    keeping.cancel()
