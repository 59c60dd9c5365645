"""The machine's clock is set back while a gateway runs, or before it starts: what was due goes on. A whole gateway, on sockets."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import structlog

from gateway.clock import SystemTime
from gateway.store.factory import open_store
from gateway.workflow.recovery import Recovery
from tests.app.test_gateway import until
from tests.app.test_outgoing import ALLOWED, REFUSE_UNKNOWN, gateway_with
from tests.app.test_poison import POISON, QUICK, choking

BACK = timedelta(minutes=20)


class SettableTime(SystemTime):
    """The machine's time, whose wall clock can be set; sleeps and the monotonic clock know nothing of it."""

    def __init__(self) -> None:
        self.set_by = timedelta()

    def now(self) -> datetime:
        return super().now() + self.set_by


async def test_what_waited_goes_on_though_the_clock_was_set_back_by_twenty_minutes(tmp_path: Path):
    """It has to wait for less time than a test has; else it would wait until the clock has caught up."""
    time = SettableTime()
    async with (
        choking() as (server, failed, taken),
        gateway_with(
            tmp_path, url=str(server.make_url("/")), extra=REFUSE_UNKNOWN + ALLOWED + QUICK, time=time
        ) as caller,
    ):

        async def tried(times: int) -> bool:
            return len(failed) >= times

        async def has_taken(count: int) -> bool:
            return len(taken) == count

        await caller.post(POISON)
        await until(partial(tried, 2))
        with structlog.testing.capture_logs() as logs:
            time.set_by = -BACK
            await until(partial(tried, len(failed) + 3))
        steps = [line["by_s"] for line in logs if line["event"] == "the clock was set"]
        assert steps, "it is told"
        assert all(abs(step + BACK.total_seconds()) < 60 for step in steps)
        await caller.post("R1")
        await until(partial(has_taken, 1))


async def test_a_restore_that_a_clock_which_was_ahead_has_dated_counts_from_the_start_on(tmp_path: Path):
    """Else no word of a lender would be one of since then, and the next copy that takes the store's place would pass for known."""
    before = datetime.now(UTC)
    store = open_store(f"sqlite:///{tmp_path}/gateway.sqlite")
    await store.open()
    await store.migrate()
    await store.recovery.begin(Recovery(since=before + timedelta(days=3650), why="A copy was restored."))
    await store.close()
    async with gateway_with(tmp_path, url="https://ill.example.org/iso18626", extra="") as caller:
        held = await caller.gateway.store.recovery.current()
        assert held is not None
        assert before <= held.since <= datetime.now(UTC)
