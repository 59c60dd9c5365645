"""A clock that is moved from one thing that happens to the next: whoever sleeps meanwhile wakes once, however long the way was."""

import asyncio
import heapq
from datetime import datetime, timedelta


class MovedTime:
    """A `gateway.clock.TimeSource` whose time passes in `move_to` alone."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._now = start
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._numbered = 0

    def now(self) -> datetime:
        """The present moment."""
        return self._now

    def monotonic(self) -> float:
        """Seconds since the start."""
        return (self._now - self._start).total_seconds()

    async def sleep(self, delay_s: float) -> None:
        """Wait until the clock was moved so far."""
        if delay_s <= 0:
            await asyncio.sleep(0)
            return
        self._numbered += 1
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + timedelta(seconds=delay_s), self._numbered, woken))
        await woken

    def move_to(self, moment: datetime) -> None:
        """Let time pass until then."""
        self._now = max(self._now, moment)
        while self._sleepers and self._sleepers[0][0] <= self._now:
            woken = heapq.heappop(self._sleepers)[2]
            if not woken.done():  # its task was cancelled
                woken.set_result(None)
        if len(self._sleepers) > 2 * sum(not each.done() for _, _, each in self._sleepers):
            self._sleepers = [each for each in self._sleepers if not each[2].done()]
            heapq.heapify(self._sleepers)
