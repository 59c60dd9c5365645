"""The machine's clock is set while work waits: back, forward, and by a mistake that is set right again."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import structlog

from gateway.dispatch.clock_steps import REST_S, ClockSteps
from gateway.dispatch.planning import ACS_LANE, LOOK_UP_LANE
from gateway.dispatch.results import Result
from gateway.store.port import BackOff, EffectRow, StoreUnavailable
from gateway.store.recovery_tables import BEGUN_NOW
from gateway.store.sql import BRING_BACKOFFS_FORWARD
from gateway.workflow.effects import AskCopies
from gateway.workflow.records import Request, State
from tests.dispatch.house import OWNER, House
from tests.dispatch.working import SETTINGS, asleep, reaches, until, working

BACK_S = -1200.0


async def test_what_was_due_goes_on_though_the_clock_was_set_back(house: House):
    await house.new()
    async with working(house) as outbox:
        outbox.share(ACS_LANE, 0)
        await reaches(house, State.CHECKING)
        await asleep(house, 3)
        house.time.set_by(BACK_S)
        outbox.share(ACS_LANE, 1)
        await reaches(house, State.WILL_SUPPLY)


async def test_a_pause_keeps_its_length_though_the_clock_was_set_back_and_that_is_told(house: House):
    await house.store.set_backoff(BackOff(lane=ACS_LANE, until=house.time.now() + timedelta(seconds=50), failures=3))
    with structlog.testing.capture_logs() as logs:
        async with working(house):
            await house.new()
            await reaches(house, State.CHECKING)
            house.time.set_by(BACK_S)
            await house.time.advance(SETTINGS.sweep_s)
            assert house.acs.asked == []
            began_s = house.time.monotonic()
            await reaches(house, State.WILL_SUPPLY, step_s=1)
            assert house.time.monotonic() - began_s < 30
    assert [line["by_s"] for line in logs if line["event"] == "the clock was set"] == [BACK_S]


@pytest.mark.parametrize("by_s", [1200.0, BACK_S])
async def test_what_is_under_way_is_not_taken_up_once_more_when_the_clock_is_set(house: House, by_s: float):
    gate, begun = asyncio.Event(), []

    async def slow(row: EffectRow, request: Request) -> Result:
        if isinstance(row.effect, AskCopies):
            begun.append(row.id)
            await gate.wait()
        return await house.performers.perform(row, request)

    async with working(house, slow):
        await house.new()

        async def has_begun() -> bool:
            return bool(begun)

        await until(has_begun)
        house.time.set_by(by_s)
        for _ in range(4):
            await house.time.advance(SETTINGS.sweep_s)
        gate.set()
        await reaches(house, State.WILL_SUPPLY)
    assert len(begun) == 1


@pytest.mark.parametrize(
    ("by_s", "failing"), [(1200.0, BEGUN_NOW), (BACK_S, BRING_BACKOFFS_FORWARD)], ids=["forward", "back"]
)
async def test_our_leases_are_moved_once_though_the_store_fails_meanwhile(
    house: House, monkeypatch: pytest.MonkeyPatch, by_s: float, failing: str
):
    """A step that could not be judged to its end is judged again."""
    await house.new()
    steps = ClockSteps(house.store, house.time, OWNER)

    async def claimed(owner: str, *, after_s: float = 0.0) -> int:
        now = house.time.now() + timedelta(seconds=after_s)
        until = now + timedelta(seconds=60)
        return len(await house.store.claim(LOOK_UP_LANE, now=now, until=until, owner=owner, limit=9))

    change = house.store._change

    async def fails(*statements: tuple[str, Any]) -> int:
        if statements[0][0] == failing:
            raise StoreUnavailable("away")
        return await change(*statements)

    assert await claimed(OWNER) == 1
    house.time.set_by(by_s)
    with monkeypatch.context() as broken:
        broken.setattr(house.store, "_change", fails)
        broken.setattr(house.store.recovery, "_change", fails)
        with pytest.raises(StoreUnavailable):
            await steps.heed()
    assert await steps.heed()
    assert await claimed("another", after_s=59) == 0
    assert await claimed("another", after_s=61) == 1


async def test_a_year_forward_lets_no_clock_ring_before_it_has_stood_for_a_while(house: House):
    await house.set_partner(auto_answer="off")
    async with working(house):
        await house.new()
        await reaches(house, State.DECIDING)
        await asleep(house, 2)
        house.time.set_by(365 * 86400.0)
        await house.time.advance(REST_S / 2)
        assert house.poster.sent == []
        house.time.set_by(-365 * 86400.0)
        await house.time.advance(SETTINGS.sweep_s)

        async def told() -> bool:
            return len(house.poster.sent) == 1

        await until(told, house, 10)
        assert (await house.current()).state is State.DECIDING
