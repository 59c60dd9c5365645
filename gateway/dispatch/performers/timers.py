"""Clocks that ring."""

from datetime import datetime, timedelta
from typing import Final

from gateway.clock import TimeSource
from gateway.dispatch.directory import Directory
from gateway.dispatch.results import Happened
from gateway.reports import learned
from gateway.store.port import Store
from gateway.workflow.effects import StartTimer
from gateway.workflow.events import TimerFired
from gateway.workflow.lending.clocks import overtaking
from gateway.workflow.partners import Expected
from gateway.workflow.records import Clock, Request, Role

SINCE: Final = timedelta(days=366)
MOST_REQUESTS: Final = 200
"""Of the partner's, the newest: a system that says Received says it of each."""


async def says_received(store: Store, partner: str, now: datetime) -> bool:
    """Whether a partner has ever said Received, of what it was lent lately. Raises StoreUnavailable."""
    return await store.says_received(partner, since=now - SINCE, at_most=MOST_REQUESTS)


class Timers:
    """Says that a clock has rung."""

    def __init__(self, *, store: Store, directory: Directory, time: TimeSource) -> None:
        self._store = store
        self._directory = directory
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
        """Whether it is to be expected of the partner: by its record, else by what it has said lately."""
        if request.partner is None:
            return True
        partner = self._directory.partner(request.partner)
        says = await says_received(self._store, request.partner, self._time.now())
        return learned.says_received(partner.expected if partner else Expected(), learned=says)
