"""Time as a parameter: what now is, and how to wait. The one module that reads the machine's clock.

Whoever needs the time takes a `TimeSource`, so that tests put a clock of their own in its place
(tests/fakes/clock.py). May import nothing else of the project. The timers of a request are something
else: `workflow.records.Clock`.
"""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


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


async def set_within(event: asyncio.Event, delay_s: float, time: TimeSource) -> None:
    """Wait until an event is set, and set it once so many seconds have passed."""
    if event.is_set():
        return
    alarm = asyncio.create_task(_set_later(event, delay_s, time))
    try:
        await event.wait()
    finally:
        alarm.cancel()


async def _set_later(event: asyncio.Event, delay_s: float, time: TimeSource) -> None:
    try:
        await time.sleep(delay_s)
    except Exception:
        event.set()  # who waits goes on rather than waits for ever
        raise
    event.set()
