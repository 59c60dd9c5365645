"""Clocks that ring."""

from datetime import timedelta
from typing import Final

from gateway.clock import TimeSource
from gateway.dispatch.results import Happened
from gateway.store.port import Store
from gateway.workflow.effects import StartTimer
from gateway.workflow.events import TimerFired
from gateway.workflow.lending.clocks import overtaking
from gateway.workflow.records import Clock, Request, Role

SINCE: Final = timedelta(days=366)
MOST_REQUESTS: Final = 200
"""Of the partner's, the newest: a system that says Received says it of each."""


class Timers:
    """Says that a clock has rung."""

    def __init__(self, *, store: Store, time: TimeSource) -> None:
        self._store = store
        self._time = time

    async def ring(self, timer: StartTimer, request: Request) -> Happened:
        """Ring; `overtaken` where a clock that makes this one void is due as well. Raises StoreUnavailable."""
        at, later = self._time.now(), overtaking(timer.clock)
        pending = await self._store.pending(request.id) if later else ()
        overtaken = any(
            isinstance(row.effect, StartTimer) and row.effect.clock in later and row.due_at <= at for row in pending
        )
        silent = (
            timer.clock is Clock.RECEIPT and request.role is Role.LENDING and not await self._says_received(request)
        )
        return Happened(event=TimerFired(at=at, clock=timer.clock, overtaken=overtaken, never_said=silent))

    async def _says_received(self, request: Request) -> bool:
        """Whether the partner has ever said so, of what it was lent lately."""
        if request.partner is None:
            return True
        since = self._time.now() - SINCE
        return await self._store.says_received(request.partner, since=since, at_most=MOST_REQUESTS)
