"""The system's time, and the fake that stands in for it: both keep the promises of `TimeSource`."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import Alarm, SystemTime, TimeSource
from tests.fakes.clock import FakeTime


@pytest.mark.parametrize("source", [SystemTime(), FakeTime()], ids=["system", "fake"])
def test_now_is_aware_and_in_utc(source: TimeSource):
    assert source.now().utcoffset() == timedelta(0)


def test_system_time_is_the_machines():
    before = datetime.now(UTC)
    seen = SystemTime().now()
    assert before <= seen <= datetime.now(UTC)


async def test_system_sleep_waits_at_least_as_long_as_asked():
    time = SystemTime()
    start_s = time.monotonic()
    await time.sleep(0.01)
    assert time.monotonic() - start_s >= 0.009


@pytest.mark.parametrize("source", [SystemTime(), FakeTime()], ids=["system", "fake"])
async def test_a_sleep_of_less_than_nothing_comes_back_at_once(source: TimeSource):
    async with asyncio.timeout(60):
        await source.sleep(-3)


async def test_fake_time_stands_still_until_it_is_moved():
    time = FakeTime()
    start = time.now()
    await time.settle()
    assert (time.now(), time.monotonic()) == (start, 0.0)
    await time.advance(90)
    assert (time.now() - start, time.monotonic()) == (timedelta(seconds=90), 90.0)


async def test_sleepers_wake_in_order_each_at_its_own_moment():
    time = FakeTime()
    woken: list[tuple[str, float]] = []

    async def sleeper(name: str, delay_s: float) -> None:
        await time.sleep(delay_s)
        woken.append((name, time.monotonic()))

    async with asyncio.TaskGroup() as group:
        for name, delay_s in (("late", 30), ("early", 10), ("also early", 10), ("too late", 61)):
            group.create_task(sleeper(name, delay_s))
        await time.advance(60)
        assert woken == [("early", 10), ("also early", 10), ("late", 30)]
        assert time.sleepers == 1
        await time.advance(1)
    assert woken[-1] == ("too late", 61)


async def test_a_task_that_sleeps_again_and_again_is_woken_each_time():
    time = FakeTime()
    ticks: list[float] = []

    async def ticker() -> None:
        while True:
            await time.sleep(5)
            ticks.append(time.monotonic())

    task = asyncio.create_task(ticker())
    await time.advance(16)
    task.cancel()
    assert ticks == [5, 10, 15]


async def test_a_cancelled_sleeper_is_not_woken():
    time = FakeTime()
    task = asyncio.create_task(time.sleep(5))
    await time.settle()
    task.cancel()
    await time.advance(10)
    assert task.cancelled()
    assert time.sleepers == 0


@given(st.lists(st.floats(0, 1e6), max_size=10))
def test_both_clocks_of_the_fake_agree(steps_s: list[float]):
    async def run() -> None:
        time = FakeTime()
        start = time.now()
        for step_s in steps_s:
            await time.advance(step_s)
        assert abs((time.now() - start).total_seconds() - time.monotonic()) < 1e-4

    asyncio.run(run())


async def test_an_event_that_is_waited_for_is_set_in_time():
    time, event = FakeTime(), asyncio.Event()
    waiting = asyncio.create_task(Alarm(event, time).wait(30))
    await time.advance(29)
    assert not waiting.done()
    await time.advance(1)
    assert waiting.done()
    assert event.is_set()


async def waited(alarm: Alarm, event: asyncio.Event, time: FakeTime, delay_s: float) -> None:
    """Let somebody else set the event that is waited for."""
    event.clear()
    waiting = asyncio.create_task(alarm.wait(delay_s))
    await time.settle()
    event.set()
    await waiting


async def test_an_event_that_somebody_sets_is_not_waited_for_any_longer():
    time, event = FakeTime(), asyncio.Event()
    alarm = Alarm(event, time)
    await waited(alarm, event, time, 30)
    alarm.stop()
    await time.settle()
    assert time.sleepers == 0


async def test_a_ring_that_comes_no_later_stands():
    """A lane is woken many times a second, and each time waits for as long as before."""
    time, event = FakeTime(), asyncio.Event()
    alarm = Alarm(event, time)
    await waited(alarm, event, time, 30)
    await time.advance(10)
    await waited(alarm, event, time, 30)
    assert time.sleepers == 1
    event.clear()
    waiting = asyncio.create_task(alarm.wait(30))
    await time.advance(20)
    assert waiting.done()
    await waited(alarm, event, time, 30)
    event.clear()
    await time.advance(30)
    assert event.is_set()


async def test_a_wait_that_ends_sooner_rings_sooner():
    time, event = FakeTime(), asyncio.Event()
    alarm = Alarm(event, time)
    await waited(alarm, event, time, 30)
    event.clear()
    waiting = asyncio.create_task(alarm.wait(5))
    await time.advance(4)
    assert (waiting.done(), time.sleepers) == (False, 1)
    await time.advance(1)
    assert (waiting.done(), time.sleepers) == (True, 0)


async def test_nobody_sleeps_for_an_event_that_is_set():
    time, event = FakeTime(), asyncio.Event()
    event.set()
    await Alarm(event, time).wait(30)
    assert time.sleepers == 0


class BrokenTime(SystemTime):
    """A clock of which nobody can wait for anything."""

    async def sleep(self, delay_s: float) -> None:
        raise RuntimeError("no clock")


async def test_who_waits_goes_on_if_the_clock_fails():
    """A lane that waited for ever would be served by nobody."""
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)  # it tells of the clock's fault
    async with asyncio.timeout(60):
        await Alarm(asyncio.Event(), BrokenTime()).wait(30)
