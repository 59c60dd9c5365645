"""Counts the exchanges with peers that failed, and keeps the counts in the store, for figures over months.

Counted in memory and written now and then, so that a flood of refused messages costs the store nothing: a crash loses what
was counted since. A caller that nobody knows is not counted here; the metrics have it.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Final

import structlog

from gateway.clock import TimeSource
from gateway.iso18626.exchange import Exchange, Result
from gateway.store.port import Store, StoreUnavailable
from gateway.workflow.figures import Direction, FaultCount
from gateway.workflow.partners import STRANGER

WRITE_EVERY_S: Final = 30.0

_log = structlog.get_logger(__name__)


class FaultTally:
    """`count` is called from the hooks of the protocol library, `run` writes until it is cancelled."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._counts: Counter[tuple[str, date, Direction, str]] = Counter()

    def count(self, direction: Direction, exchange: Exchange) -> None:
        """Note an exchange, if it failed and its peer is known."""
        if exchange.result is not Result.OK and exchange.peer not in {None, "", STRANGER}:
            fault = exchange.error_type.value if exchange.error_type else exchange.result.value
            self._counts[str(exchange.peer), self._now().date(), direction, fault] += 1

    async def write(self) -> None:
        """Keep what was counted; where the store is gone, until the next time."""
        counted, self._counts = self._counts, Counter()
        counts = [
            FaultCount(peer=peer, day=day, direction=direction, fault=fault, count=count)
            for (peer, day, direction, fault), count in counted.items()
        ]
        try:
            if counts:
                await self._store.add_faults(counts)
        except StoreUnavailable:
            self._counts.update(counted)
            _log.warning("store unavailable", during="counts of failed exchanges")

    async def run(self, time: TimeSource) -> None:
        """Write now and then."""
        while True:
            await time.sleep(WRITE_EVERY_S)
            await self.write()
