"""Keeps the facts that figures are counted from, and their sums by month: follows what has changed and folds it in, a few requests at a time.

Nothing of it is on the way of a message: a decision writes nothing for figures. What changed while no gateway ran is followed at the next
start, so a store of before there were facts fills by itself. Several gateways may follow at the same time (`store/facts_tables.py`).
"""

from collections.abc import Callable, Iterable
from typing import Final

import msgspec
import structlog

from gateway.clock import TimeSource
from gateway.reports.folding import House, fold
from gateway.store.facts_port import Changed, ChangedPiece
from gateway.store.port import Store, StoreError
from gateway.workflow.facts import Folded

AT_ONCE: Final = 20
"""Requests in a piece: some 5 ms of the event loop at the most. Each piece goes to a thread and back a dozen times."""
RESTS: Final = 2
REST_MOST_S: Final = 0.1
"""Behind a piece comes a rest of twice its time, and no longer than this: what came in twenty seconds is not followed in one breath, for which messages would
wait. So at least 80 requests a second are followed if a piece takes 150 ms, and some 200 if it takes 30."""
SUMMED_AT_ONCE: Final = 250
"""Facts that are put into the sums at once; that is done off the event loop."""
REST_S: Final = 0.01
EVERY_S: Final = 20.0
LOOKED_OVER_S: Final = 24 * 3600.0
"""How often it is looked whether anything was missed."""

_log = structlog.get_logger(__name__)


class Bookkeeper:
    """`catch_up` follows what has changed so far, `run` does so again and again."""

    def __init__(self, store: Store, house: Callable[[], House], time: TimeSource) -> None:
        """`house` gives the library as it is by now."""
        self._store, self._house, self._time = store, house, time

    async def catch_up(self) -> int:
        """Fold in all that has changed; return how many requests that were. Raises StoreUnavailable."""
        count, began_s = 0, self._time.monotonic()
        while piece := await self._store.facts.changed(AT_ONCE):
            count += await self._fold(piece)
            began_s = await self._rest(began_s)
        return count

    async def look_over(self) -> int:
        """Fold in what was missed, if anything; return how many requests that were. Raises StoreUnavailable."""
        count, after, began_s = 0, -1, self._time.monotonic()
        while piece := await self._store.facts.missed(after, AT_ONCE):
            if written := await self._fold(piece):
                count, after = count + written, piece.requests[-1].line
            began_s = await self._rest(began_s)
        return count

    async def sum_up(self) -> None:
        """Put the facts that were there before there were sums into them, and follow what changes meanwhile. Raises StoreUnavailable."""
        while await self._store.facts.sum_up(self._house().zone, SUMMED_AT_ONCE):
            await self._time.sleep(REST_S)
            await self.catch_up()

    async def _fold(self, piece: ChangedPiece) -> int:
        """Write what becomes of a piece; return of how many requests, 0 if another gateway has written meanwhile."""
        house = self._house()  # once for all of them: it goes through the library's partners
        is_written = await self._store.facts.write(piece, folded(piece.requests, house), house.zone)
        return len(piece.requests) if is_written else 0

    async def _rest(self, began_s: float) -> float:
        """Leave the event loop and the database to others after a piece that began then; return when the next one begins."""
        await self._time.sleep(min(RESTS * (self._time.monotonic() - began_s), REST_MOST_S))
        return self._time.monotonic()

    async def run(self) -> None:
        """Follow until cancelled. Without a store, or where a newer gateway has written what this one can't read, it waits."""
        look_over_at = self._time.monotonic()
        while True:
            try:
                await self.catch_up()
                await self.sum_up()
                if self._time.monotonic() >= look_over_at:
                    missed = await self.look_over()
                    look_over_at = self._time.monotonic() + LOOKED_OVER_S
                    _log.info("looked facts over", missed=missed)
            except (StoreError, msgspec.ValidationError) as exc:
                _log.warning("could not follow what has changed", why=type(exc).__name__)
            await self._time.sleep(EVERY_S)


def folded(changed: Iterable[Changed], house: House) -> list[Folded]:
    """Fold in what some requests' history tells that is not in their facts."""
    return [fold(each.fact, each.request, each.lines, house) for each in changed]
