"""Clocks that ring."""

from gateway.clock import TimeSource
from gateway.dispatch.results import Happened
from gateway.store.port import Store
from gateway.workflow.effects import StartTimer
from gateway.workflow.events import TimerFired
from gateway.workflow.lending.clocks import overtaking
from gateway.workflow.records import Request


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
        return Happened(event=TimerFired(at=at, clock=timer.clock, overtaken=overtaken))
