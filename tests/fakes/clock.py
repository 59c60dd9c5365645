"""A clock that stands still until a test moves it."""

import asyncio
import heapq
from datetime import UTC, datetime, timedelta

# How often waiting tasks get the loop after each wake-up: enough for a chain of that many awaits.
_TURNS = 25


class FakeTime:
    """A `gateway.clock.TimeSource` whose time passes only in `advance`."""

    def __init__(self, start: datetime = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._elapsed_s = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbered = 0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed_s

    @property
    def sleepers(self) -> int:
        """How many tasks are asleep."""
        return sum(not future.done() for _, _, future in self._sleepers)

    async def sleep(self, delay_s: float) -> None:
        if delay_s <= 0:
            await asyncio.sleep(0)
            return
        self._numbered += 1
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed_s + delay_s, self._numbered, woken))
        await woken

    async def advance(self, delay_s: float) -> None:
        """Let so many seconds pass: each sleeper wakes at its own moment, in order, and runs until it waits again."""
        await self.settle()
        end_s = self._elapsed_s + delay_s
        while self._sleepers and self._sleepers[0][0] <= end_s:
            wake_s, _, woken = heapq.heappop(self._sleepers)
            if woken.done():  # its task was cancelled
                continue
            self._pass_until(wake_s)
            woken.set_result(None)
            await self.settle()
        self._pass_until(end_s)

    def set_by(self, seconds: float) -> None:
        """Set the wall clock forward, or back; nobody's sleep is longer or shorter for it."""
        self._now += timedelta(seconds=seconds)

    async def settle(self) -> None:
        """Let every task run until it waits for something."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    def _pass_until(self, moment_s: float) -> None:
        self._now += timedelta(seconds=moment_s - self._elapsed_s)
        self._elapsed_s = moment_s


class QuickTime(FakeTime):
    """One whose sleeps are over at once: for work that pauses between its pieces."""

    async def sleep(self, delay_s: float) -> None:
        await asyncio.sleep(0)
