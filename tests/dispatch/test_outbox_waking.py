"""When the worker looks: at a commit that tells of work, at the next row's time, and by its sweep."""

import asyncio
from datetime import datetime, timedelta

import pytest

from gateway.dispatch.outbox_settings import OutboxSettings
from gateway.dispatch.results import Result
from gateway.store.port import (
    WAKE_WITHIN,
    Change,
    EffectRow,
    HistoryEntry,
    HistoryKind,
    NewEffect,
    StoreUnavailable,
)
from gateway.workflow.effects import StartTimer
from gateway.workflow.records import Clock, Request
from tests.dispatch.house import (
    House,
)
from tests.dispatch.working import SETTINGS, asleep, until, working


@pytest.mark.parametrize("served", [False, True], ids=["the first of its lane", "in a lane that sleeps"])
@pytest.mark.parametrize("after_s", [31, 59, 60, 61, 95])
async def test_work_is_done_when_it_is_due_whether_or_not_its_commit_told_of_it(
    house: House, after_s: int, *, served: bool
):
    begun = house.time.now()
    note = HistoryEntry(at=begun, by="gateway", kind=HistoryKind.NOTE, words="A clock of its own.")
    known = await house.new()
    keys = tuple(row.effect.key for row in await house.store.pending(known.id))
    await house.store.commit(Change(history_of=known.id, history=(note,), withdraw=keys))
    done: list[datetime] = []

    async def perform(row: EffectRow, request: Request) -> Result:
        assert isinstance(row.effect, StartTimer)
        done.append(house.time.now())
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    async with working(house, perform) as outbox:
        if served:
            outbox.wake([None])
        await asleep(house, 2 if served else 1)
        due_at = begun + timedelta(seconds=after_s)
        clock = NewEffect(effect=StartTimer(clock=Clock.UNDECIDED, since=begun), lane=None, due_at=due_at)
        await house.store.commit(Change(history_of=known.id, history=(note,), effects=(clock,)))

        async def is_done() -> bool:
            return bool(done)

        await until(is_done, house, step_s=1.0)
    assert due_at <= done[0] < due_at + timedelta(seconds=5)


async def test_a_sweep_that_failed_is_made_up_for_at_once(house: House, monkeypatch: pytest.MonkeyPatch):
    """Nobody serves a lane whose first work was not told of until a sweep finds it."""
    lanes, asked_s = house.store.lanes, []

    async def lanes_or_not() -> tuple[str | None, ...]:
        asked_s.append(house.time.monotonic())
        if len(asked_s) == 2:
            raise StoreUnavailable("for a moment")
        return await lanes()

    monkeypatch.setattr(house.store, "lanes", lanes_or_not)
    async with working(house):
        await asleep(house)
        await house.time.advance(2 * SETTINGS.sweep_s)
    first, failed, again = asked_s
    assert (failed - first, again - failed) == (SETTINGS.sweep_s, SETTINGS.store_pause_s)


def test_a_sweep_so_slow_that_work_would_be_late_is_refused():
    with pytest.raises(ValueError, match="sweep_s"):
        OutboxSettings(sweep_s=WAKE_WITHIN.total_seconds() / 2 + 1)
