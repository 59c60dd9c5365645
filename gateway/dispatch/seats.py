"""This gateway's seats: how many of the connections to the circulation system it may have, of those that all share.

Every second it says in the store that it lives and what it has open, and hears its share (`Store.attend`). It keeps to
the share before it says that it has less. Where the store hasn't confirmed the share for a while, every connection is cut
before others may hold this gateway for gone and take its seats. Of seats and shares nothing else knows more than a number.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

import structlog

from gateway.clock import TimeSource
from gateway.store.port import NameTaken, Store, StoreUnavailable

GONE_S = 20.0
"""After so long without a word others hold a gateway for gone."""
CUT_S = 12.0
"""After so long without an answer from the store every connection is cut: ATTEMPT_S and EVERY_S fit between that and GONE_S."""
ATTEMPT_S = 5.0
EVERY_S = 1.0
SETTLING_S = 0.2
"""How soon it says that it has closed what others wait for."""

_log = structlog.get_logger(__name__)


class SharedPool(Protocol):
    """What is asked of `sip2.pool.Pool`."""

    @property
    def in_use(self) -> int:
        """How many connections are open, or may be until the next `resize`."""

    def resize(self, size: int) -> None:
        """Have no more than so many from now on."""

    def cut(self) -> None:
        """Close all now, and have none."""


class Seats:
    """Attends from `start` to `stop`. `moved` gets each new share; `superseded` is called when another has our name."""

    def __init__(self, *, store: Store, pool: SharedPool, name: str, seats: int, time: TimeSource) -> None:
        self.share = 0
        self._store = store
        self._pool = pool
        self._name = name
        self._seats = seats
        self._time = time
        self._confirmed_at = float("-inf")
        self._moved: Callable[[int], None] = lambda _: None
        self._attendance: asyncio.Task[None] | None = None

    async def start(self, moved: Callable[[int], None], superseded: Callable[[str], None]) -> None:
        """Take the first share, and go on attending. Raises StoreUnavailable."""
        self._moved = moved
        await self._attend()
        self._attendance = asyncio.create_task(self._keep_attending(superseded), name="seats")

    async def stop(self) -> None:
        """Let others have the seats; the pool is closed by now."""
        if self._attendance is None:
            return
        self._attendance.cancel()
        await asyncio.gather(self._attendance, return_exceptions=True)
        try:
            await self._store.leave(self._name)
        except StoreUnavailable:
            _log.warning("store unavailable", during="leaving")  # others find out by the clock

    async def _keep_attending(self, superseded: Callable[[str], None]) -> None:
        while True:
            await self._time.sleep(SETTLING_S if self._pool.in_use > self.share else EVERY_S)
            self._cut_if_late()
            try:
                async with asyncio.timeout(ATTEMPT_S):
                    await self._attend()
            except (StoreUnavailable, TimeoutError):
                _log.warning("store unavailable", during="attending")
            except NameTaken as taken:
                self._take(0)
                self._pool.cut()
                superseded(str(taken))
                return
            self._cut_if_late()

    async def _attend(self) -> None:
        asked_at = self._time.monotonic()
        share = await self._store.attend(self._name, seats=self._seats, in_use=self._pool.in_use, for_s=GONE_S)
        self._confirmed_at = asked_at
        self._take(share)

    def _take(self, share: int) -> None:
        if share != self.share:
            _log.info("seats", share=share, of=self._seats)
        changed, self.share = share != self.share, share
        self._pool.resize(share)
        if changed:
            self._moved(share)

    def _cut_if_late(self) -> None:
        if self.share and self._time.monotonic() - self._confirmed_at > CUT_S:
            _log.error("seats were not confirmed in time: connections to the circulation system are cut")
            self._take(0)
            self._pool.cut()
