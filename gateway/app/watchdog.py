"""Whether the event loop keeps turning: ten times a second it is measured how late the loop comes to what is due.

What stands still here stands still for every partner, for the circulation system, and for staff. How late is a metric; a standstill
that people notice is also a line in the log, which tells how much of it was the gateway's own processor time: the rest is the
machine's, whose cores others use. A beat costs some ten microseconds.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final, Self

import structlog

from gateway.iso18626.limits import Buckets, Rate

BEAT_S: Final = 0.1
STANDSTILL_S: Final = 0.5
"""What is worth a line in the log."""
LINES: Final = Rate(burst=10, per_s=1 / 60)

_log = structlog.get_logger(__name__)


class Watchdog:
    """Beats on the running loop while the `with` block runs; `late` is told the seconds of each beat."""

    def __init__(self, late: Callable[[float], None]) -> None:
        self._late = late
        self._lines = Buckets()
        self._due_s = 0.0
        self._own_s = 0.0
        self._beat: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        """Begin."""
        self._arm(asyncio.get_running_loop())
        return self

    def __exit__(self, *_exc: object) -> None:
        """Stop."""
        if self._beat is not None:
            self._beat.cancel()

    def _arm(self, loop: asyncio.AbstractEventLoop) -> None:
        self._due_s, self._own_s = time.monotonic() + BEAT_S, time.thread_time()
        self._beat = loop.call_later(BEAT_S, self._measure, loop)

    def _measure(self, loop: asyncio.AbstractEventLoop) -> None:
        now_s = time.monotonic()
        late_s = max(0.0, now_s - self._due_s)
        self._late(late_s)
        if late_s >= STANDSTILL_S and self._lines.take("", LINES, now_s) == 0:
            own_s = min(late_s, time.thread_time() - self._own_s)
            _log.warning("the event loop stood still", seconds=round(late_s, 2), own_cpu_seconds=round(own_s, 2))
        self._arm(loop)
