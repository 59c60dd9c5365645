"""When /readyz says that the queue stands still, and what takes a gateway out of service."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from gateway.app import health
from gateway.app.health import QUEUE_STALLED, Readiness
from gateway.store.port import LaneDepth
from gateway.workflow.recovery import Recovery
from tests.fakes.clock import FakeTime

START = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
LANE = "acs:main"
MINUTE = timedelta(minutes=1)


class Queue:
    """One lane whose oldest work a test sets, and what is said of it."""

    def __init__(self, oldest_due_at: datetime | None = None) -> None:
        self.oldest_due_at, self.time = oldest_due_at, FakeTime(START)
        self.paused: dict[str, datetime] = {}
        self.recovery = self
        self.held: Recovery | None = None
        ground: Any = SimpleNamespace(store=self, time=self.time, zone=ZoneInfo("America/Denver"))
        nobody: Any = None
        outbox: Any = self
        health = Readiness(
            ground,
            lines=nobody,
            outbox=outbox,
            is_leaving=nobody,
            circulation=nobody,
            hooks=nobody,
            certificates=nobody,
        )
        self.parts = health.checks()
        self._check = next(check for check in self.parts if check.name == "queue")

    async def depths(self, now: datetime) -> tuple[LaneDepth, ...]:
        return (LaneDepth(lane=LANE, depth=1, oldest_due_at=self.oldest_due_at),)

    async def current(self) -> Recovery | None:
        return self.held

    async def trouble_after(self, wait: timedelta = timedelta()) -> str | None:
        await self.time.advance(wait.total_seconds())
        return await self._check.ask()


async def test_a_lane_that_does_not_move_for_long_stands_still():
    queue = Queue(START)
    assert await queue.trouble_after(MINUTE) is None
    assert await queue.trouble_after(QUEUE_STALLED) is None
    assert await queue.trouble_after(MINUTE) == f"work in lane {LANE} has been due since 2026-11-25 02:00"


async def test_a_backlog_that_is_worked_off_is_well_however_old():
    queue = Queue(START)
    await queue.trouble_after(timedelta(hours=1))
    for minute in range(60):
        queue.oldest_due_at = START + minute * timedelta(seconds=1)
        assert await queue.trouble_after(MINUTE) is None


async def test_a_lane_that_is_left_alone_is_well_and_has_its_time_afterwards():
    queue = Queue(START)
    queue.paused = {LANE: START + timedelta(hours=1)}
    for _ in range(3):
        assert await queue.trouble_after(QUEUE_STALLED) is None
    queue.paused = {}
    assert await queue.trouble_after(MINUTE) is None
    assert await queue.trouble_after(QUEUE_STALLED + MINUTE) is not None


async def test_a_lane_with_nothing_due_is_well():
    queue = Queue()
    assert await queue.trouble_after(timedelta(hours=1)) is None
    assert await queue.trouble_after(timedelta(hours=1)) is None


async def test_work_that_is_held_after_a_restore_stands_still_on_purpose():
    queue = Queue(START)
    queue.held = Recovery(since=START, why="A copy was restored.")
    assert await queue.trouble_after(QUEUE_STALLED * 2) is None
    assert await queue.trouble_after(QUEUE_STALLED * 2) is None
    queue.held = None
    assert await queue.trouble_after(MINUTE) is None
    assert await queue.trouble_after(QUEUE_STALLED * 2) is not None


def test_the_store_alone_takes_a_gateway_out_of_service():
    """A lane stands still for every gateway on its store: proxies would refuse messages that can be stored."""
    assert [part.name for part in Queue().parts if part.vital] == ["store"]


def test_a_folder_of_the_store_that_is_gone_keeps_no_other_figure_from_being_told(tmp_path: Path):
    assert health._disk_free(f"sqlite:///{tmp_path}/gateway.sqlite") is not None
    assert health._disk_free(f"sqlite:///{tmp_path}/moved/gateway.sqlite") is None
