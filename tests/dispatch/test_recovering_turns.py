"""After a restore: which gateway compares, how often, and what becomes of a comparison that broke off."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from gateway.dispatch.clock_steps import ClockSteps
from gateway.dispatch.recovering import AGAIN, EVERY_S, Recoverer, turn_at, watch
from gateway.store.port import StoreUnavailable
from gateway.workflow.records import State
from tests.dispatch.house import House
from tests.dispatch.restored import ZONE, begin, restore
from tests.dispatch.test_reconcile import Shelves, keep, reconciler

S = State
YEARS_S = 10 * 365 * 86_400.0


@pytest.fixture
async def shelves(house: House) -> Shelves:
    return await begin(house)


async def test_one_gateway_compares_once_after_each_restore(house: House, shelves: Shelves):
    await keep(house, S.LOANED)
    turns: set[datetime] = set()

    async def take_on(at: datetime) -> bool:
        turns.add(at)
        return True

    counting = Faltering(
        store=house.store, intake=house.intake, reconciler=reconciler(house), time=house.time, zone=ZONE
    )
    watching = asyncio.create_task(watch(counting, house.store, clock=house.time, take_on=take_on))
    await house.time.advance(EVERY_S)
    assert turns == set()
    await restore(house)
    since = house.time.now()
    await house.time.advance(EVERY_S)
    await until_compared(house)
    await house.time.advance(EVERY_S)
    assert (counting.tries, turns) == (1, {since})
    watching.cancel()


class Faltering(Recoverer):
    """At its first tries the store is away."""

    failures = 0
    tries = 0

    async def compare(self) -> None:
        """Compare, but for the first tries."""
        self.tries += 1
        if self.tries <= self.failures:
            raise StoreUnavailable("away for a moment")
        await super().compare()


@pytest.mark.parametrize("is_gone", [False, True])
async def test_a_comparison_that_broke_off_is_made_anew_after_ten_minutes(
    house: House, shelves: Shelves, *, is_gone: bool
):
    """The store was away for a moment; or the gateway that took it on was killed."""
    faltering = Faltering(
        store=house.store, intake=house.intake, reconciler=reconciler(house), time=house.time, zone=ZONE
    )
    faltering.failures = 0 if is_gone else 1
    await restore(house)
    since = house.time.now()

    async def take_on(at: datetime) -> bool:
        return await house.store.take_turn("recovery", at=at, now=at)

    assert not is_gone or await take_on(since)
    watching = asyncio.create_task(watch(faltering, house.store, clock=house.time, take_on=take_on))
    async with asyncio.timeout(60):
        while (current := await house.store.recovery.current()) is None or current.compared_at is None:
            await house.time.advance(EVERY_S)
    assert faltering.tries == faltering.failures + 1
    assert current.compared_at >= since + AGAIN
    watching.cancel()


async def test_a_comparison_that_lasts_for_several_turns_is_made_by_one_gateway(house: House, shelves: Shelves):
    ends = asyncio.Event()

    class Slow(Faltering):
        async def compare(self) -> None:
            await ends.wait()
            await super().compare()

    async def take_on(at: datetime) -> bool:
        return await house.store.take_turn("recovery", at=at, now=at)

    ours, theirs = (
        kind(store=house.store, intake=house.intake, reconciler=reconciler(house), time=house.time, zone=ZONE)
        for kind in (Slow, Faltering)
    )
    await restore(house)
    gateways = []
    for each in (ours, theirs):
        gateways.append(asyncio.create_task(watch(each, house.store, clock=house.time, take_on=take_on)))
        await until_it_is_waited(house, watching=len(gateways))
    for _ in range(int(3 * AGAIN.total_seconds() / EVERY_S)):
        await house.time.advance(EVERY_S)
        await until_it_is_waited(house, watching=2)
    ends.set()
    await until_compared(house)
    for gateway in gateways:
        gateway.cancel()
    await asyncio.gather(*gateways, return_exceptions=True)
    assert (ours.tries, theirs.tries) == (1, 0)


async def until_it_is_waited(house: House, *, watching: int) -> None:
    """The store's answers come when they come: both gateways sleep again, one of them beside its comparison."""
    async with asyncio.timeout(60):
        while house.time.sleepers < watching:
            await asyncio.sleep(0)


@pytest.mark.parametrize(("passed_s", "turn_s"), [(-5, 0), (0, 0), (599, 0), (600, 600), (6000.5, 6000)])
def test_there_is_a_turn_every_ten_minutes(passed_s: float, turn_s: float):
    since = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    assert turn_at(since, since + timedelta(seconds=passed_s)) == since + timedelta(seconds=turn_s)


@pytest.mark.parametrize("ahead", [timedelta(days=3, seconds=1), timedelta(days=3650)])
async def test_a_recovery_that_a_clock_which_was_ahead_began_is_compared_by_one_gateway(house: House, ahead: timedelta):
    now = house.time.now()
    turn = turn_at(now + ahead, now)
    assert now - AGAIN < turn <= now
    for taken in (True, False):
        assert await house.store.take_turn("recovery", at=turn, now=now) is taken
    assert turn_at(now + ahead, now + AGAIN) == turn + AGAIN


async def until_compared(house: House) -> None:
    async with asyncio.timeout(60):
        while (current := await house.store.recovery.current()) is None or current.compared_at is None:
            await asyncio.sleep(0)


async def test_once_the_clock_is_set_right_what_partners_say_counts_from_then_on(house: House):
    """A restore under a clock that is years ahead; the gateway that compares sees the clock set back."""
    house.time.set_by(YEARS_S)
    steps = ClockSteps(house.store, house.time, "here")
    await restore(house)
    house.time.set_by(-YEARS_S)
    assert await steps.heed()
    recovery = await house.store.recovery.current()
    assert recovery is not None
    assert recovery.since == house.time.now()
