"""The mark beside the store is kept, and an older copy in the store's place holds all work."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.dispatch.marking import EVERY_S, WHY, Marking
from gateway.store.mark import StoreMark, read_mark, write_mark
from gateway.store.port import BackOff, Topic
from gateway.workflow.recovery import Recovery
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


async def announce(house: House, why: str) -> Recovery:
    """As `restore` and `restored --to` do, a moment after the gateway has stopped."""
    await house.time.advance(5)
    recovery = Recovery(since=house.time.now(), why=why, copy_of=house.time.now() - timedelta(hours=1))
    await house.store.recovery.begin(recovery)
    return recovery


@pytest.mark.parametrize("mark", ["UPDATE store_mark SET count = 1", "DELETE FROM store_mark"])
async def test_a_restore_that_was_announced_is_not_taken_for_one_of_nobody(house: House, tmp_path: Path, mark: str):
    """A copy of before the last marks, or of before the first one."""
    marking = Marking(house.store, tmp_path / "mark", house.time)
    for _ in range(5):
        await marking.look()
    before = read_mark(tmp_path / "mark")
    await run(house.store, mark)
    announced = await announce(house, "The store was restored from /backup.")
    assert not await marking.look()
    assert await house.store.recovery.current() == announced
    after = read_mark(tmp_path / "mark")
    assert before is not None
    assert after is not None
    assert (after.store, after.count) == (before.store, before.count + 1)


async def test_a_copy_of_nobody_after_one_that_was_announced_is_noticed(house: House, tmp_path: Path):
    marking = Marking(house.store, tmp_path / "mark", house.time)
    await announce(house, "The store was restored from /backup.")
    await house.store.recovery.end(at=house.time.now(), by="ada")
    await house.time.advance(EVERY_S)
    await marking.look()
    await marking.look()
    await as_in_a_copy(house, 1)
    assert await marking.look()
    held = await house.store.recovery.current()
    assert held is not None
    assert held.why == WHY


@pytest.mark.parametrize("is_announced", [True, False])
async def test_a_second_gateway_whose_mark_is_further_on_does_not_begin_anew(
    house: House, tmp_path: Path, *, is_announced: bool
):
    """It starts when people have ended the recovery that the first one found announced, or has begun itself."""
    first, second = (Marking(house.store, tmp_path / name, house.time) for name in ("first", "second"))
    for _ in range(3):
        await first.look()
    for _ in range(70):
        await second.look()
    await house.time.advance(EVERY_S)
    await as_in_a_copy(house, 1)
    if is_announced:
        await announce(house, "The store was restored from /backup.")
    assert await first.look() is not is_announced
    assert await house.store.recovery.end(at=house.time.now(), by="ada")
    assert not await second.look()
    assert await house.store.recovery.current() is None


async def test_a_mark_of_a_version_that_wrote_no_time_is_taken_as_before(house: House, tmp_path: Path):
    marking = Marking(house.store, tmp_path / "mark", house.time)
    await marking.look()
    name, count = await house.store.recovery.mark()
    write_mark(tmp_path / "mark", StoreMark(store=name, count=count + 1))
    await announce(house, "The store was restored from /backup.")
    assert await marking.look()


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
    async with asyncio.timeout(60):
        await held.wait()
    assert await house.store.recovery.current() is not None
    keeping.cancel()


async def test_a_clock_that_was_ahead_until_the_last_stop_keeps_no_lane_waiting_until_then(
    house: House, tmp_path: Path
):
    """As on a machine that has started with a wrong clock, and was started anew: else the lane would be left alone for ten years."""
    ahead, now = house.time.now() + timedelta(days=3650), house.time.now()
    write_mark(tmp_path / "mark", StoreMark(store="one", count=1, at=ahead))
    await house.store.set_backoff(BackOff(lane="peer:valley", until=ahead + timedelta(seconds=50), failures=3))
    await Marking(house.store, tmp_path / "mark", house.time).heed_clock("here")
    (left_alone,) = await house.store.backoffs()
    assert left_alone.until == now + timedelta(seconds=50)


async def test_a_clock_that_went_on_is_none_that_was_set(house: House, tmp_path: Path):
    write_mark(tmp_path / "mark", StoreMark(store="one", count=1, at=house.time.now() - timedelta(days=9)))
    until = house.time.now() + timedelta(seconds=50)
    await house.store.set_backoff(BackOff(lane="peer:valley", until=until, failures=3))
    await Marking(house.store, tmp_path / "mark", house.time).heed_clock("here")
    assert [each.until for each in await house.store.backoffs()] == [until]
