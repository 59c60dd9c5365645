"""Steps of the machine's clock, noticed by the monotonic one, and what they do to work that waits.

Work is due at a time of the wall clock, for it outlives the process. Where that clock is set back, what was due would wait until it
has caught up: so what was due stays due, and waits that are short keep their length. Where it is set forward they end early, which
harms nobody; but our own leases would seem to have run out while we work: they go with the clock. Clocks of
days go by the calendar. A day or more forward may be a mistake that is soon set right, and would let months of clocks ring: they rest
for a while.

Several gateways share the rows, and each judges by its own clock: a step of one alone makes short waits of all shorter.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import structlog

from gateway.clock import TimeSource
from gateway.store.port import Store

LEAST: Final = timedelta(seconds=2)
"""What is less than that is no step: a clock that is slowed down or sped up drifts by less between two looks."""
DOUBTFUL: Final = timedelta(days=1)
REST_S: Final = 600.0

_log = structlog.get_logger(__name__)


class ClockSteps:
    """Asked before work is claimed."""

    def __init__(self, store: Store, time: TimeSource, owner: str) -> None:
        self._store = store
        self._time = time
        self._owner = owner
        self._seen = (time.now(), time.monotonic())
        self._rests_until_s = float("-inf")
        self._turn = asyncio.Lock()

    async def heed(self) -> bool:
        """Judge due times anew where the clock was set since the last look; whether it was. Raises StoreUnavailable: ask again."""
        async with self._turn:
            now, before, monotonic_s = self._time.now(), self._expected(), self._time.monotonic()
            stepped = abs(now - before) >= LEAST
            if stepped:
                _log.warning("the clock was set", by_s=round((now - before).total_seconds(), 1))
                await self._store.recovery.heed_clock(now)
                # Last, for what is asked again after an error would move our leases once more.
                await self._store.clock_set(before, now, owner=self._owner)
            if now - before >= DOUBTFUL:
                self._rests_until_s = monotonic_s + REST_S
            elif before - now >= DOUBTFUL:
                self._rests_until_s = float("-inf")
            self._seen = (now, monotonic_s)
            return stepped

    def rest_s(self) -> float:
        """For how many seconds clocks of requests rest."""
        return max(0.0, self._rests_until_s - self._time.monotonic())

    def _expected(self) -> datetime:
        """What the clock would show had nobody set it."""
        at, monotonic_s = self._seen
        return at + timedelta(seconds=self._time.monotonic() - monotonic_s)
