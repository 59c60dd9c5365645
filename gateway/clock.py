"""Time as a parameter: what now is, and how to wait. The one module that reads the machine's clock.

Whoever needs the time takes a `TimeSource`, so that tests put a clock of their own in its place
(tests/fakes/clock.py). May import nothing else of the project. The timers of a request are something
else: `workflow.records.Clock`.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from math import inf
from typing import Protocol

TakeOn = Callable[[datetime], Awaitable[bool]]
"""Says whether this gateway is the one to do what is due at a time, where several could."""


class TimeSource(Protocol):
    """What the gateway knows of time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never runs backwards. For measuring, not for dates."""

    async def sleep(self, delay_s: float) -> None:
        """Wait so many seconds; zero or less lets others run and comes back."""


class SystemTime:
    """The machine's own time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds of the system's monotonic clock."""
        return time.monotonic()

    async def sleep(self, delay_s: float) -> None:
        """Wait so many seconds on the running event loop."""
        await asyncio.sleep(max(0.0, delay_s))


class Alarm:
    """Sets an event when it is time: for a loop that waits for its event, each time no longer than so long.

    A ring that was asked for before stands if it comes no later: to be woken once in vain costs less than to set the alarm anew each time.
    """

    def __init__(self, event: asyncio.Event, time: TimeSource) -> None:
        self._event = event
        self._time = time
        self._rings_at_s = inf
        self._ringing: asyncio.Task[None] | None = None

    async def wait(self, delay_s: float) -> None:
        """Wait until the event is set, which it is once so many seconds have passed, at the latest."""
        if not self._event.is_set():
            self._ring_within(delay_s)
            await self._event.wait()

    def stop(self) -> None:
        """Ring no more."""
        if self._ringing is not None:
            self._ringing.cancel()

    def _ring_within(self, delay_s: float) -> None:
        rings_at_s = self._time.monotonic() + delay_s
        if rings_at_s < self._rings_at_s:
            self.stop()
            self._rings_at_s = rings_at_s
            self._ringing = asyncio.create_task(self._ring(delay_s))

    async def _ring(self, delay_s: float) -> None:
        try:
            await self._time.sleep(delay_s)
        except Exception:
            self._rang()  # who waits goes on rather than waits for ever
            raise
        self._rang()

    def _rang(self) -> None:
        self._rings_at_s = inf
        self._event.set()
