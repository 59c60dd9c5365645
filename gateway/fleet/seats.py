"""This gateway's seats: how many of the connections to the circulation system it may have, of those that all share.

Every second it says in the store that it lives and what it has open, and hears its share (`Store.attend`) and how many
gateways there are, among which whatever else is limited is divided (`gateways`). It keeps to the share before it says that
it has less. Where the store hasn't confirmed the share for a while, every connection is cut before others may hold this
gateway for gone and take its seats. Of seats and shares nothing else knows more than a number.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

import msgspec
import structlog

from gateway.clock import TimeSource
from gateway.store.port import NameTaken, Store, StoreUnavailable

SETTLING_S = 0.2
"""How soon it says that it has closed what others wait for."""

_log = structlog.get_logger(__name__)


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """Times in seconds: `every_s` it attends, and waits `attempt_s` for the store's answer.

    After `cut_s` without one every connection is cut: `attempt_s` and `every_s` fit between that and `gone_s`, after
    which others hold the gateway for gone.
    """

    every_s: float = 1.0
    attempt_s: float = 5.0
    cut_s: float = 12.0
    gone_s: float = 20.0

    def __post_init__(self) -> None:
        """Raise ValueError where others could take seats that are still in use."""
        if self.cut_s + self.attempt_s + self.every_s >= self.gone_s:
            raise ValueError("connections must be cut before others may take their seats")


class SharedLines(Protocol):
    """What is asked of `sip2.lines.Lines`."""

    @property
    def in_use(self) -> int:
        """How many connections are open, or may be until the next `resize`."""

    def resize(self, size: int) -> None:
        """Have no more than so many from now on."""

    def cut(self) -> None:
        """Close all now, and have none."""


class Seats:
    """Attends from `start` to `stop`. `moved` gets each new share; `superseded` is called when another has our name."""

    def __init__(
        self,
        *,
        store: Store,
        lines: SharedLines,
        name: str,
        seats: int,
        time: TimeSource,
        patience: Patience = Patience(),  # noqa: B008 - a frozen value
    ) -> None:
        self.share = 0
        self.gateways = 1
        """How many gateways live, as far as was heard."""
        self._store = store
        self._lines = lines
        self._name = name
        self._seats = seats
        self._time = time
        self._patience = patience
        self._confirmed_at = float("-inf")
        self._moved: Callable[[int], None] = lambda _: None
        self._attendance: asyncio.Task[None] | None = None

    async def start(self, moved: Callable[[int], None], superseded: Callable[[str], None]) -> None:
        """Take the first share, tell it even if it is none, and go on attending. Raises StoreUnavailable."""
        await self._attend()
        self._moved = moved
        moved(self.share)
        self._attendance = asyncio.create_task(self._keep_attending(superseded), name="seats")

    async def stop(self) -> None:
        """Let others have the seats; the lines are closed by now."""
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
            await self._time.sleep(SETTLING_S if self._lines.in_use > self.share else self._patience.every_s)
            self._cut_if_late()
            try:
                async with asyncio.timeout(self._patience.attempt_s):
                    await self._attend()
            except (StoreUnavailable, TimeoutError):
                _log.warning("store unavailable", during="attending")
            except NameTaken as taken:
                self._take(0)
                self._lines.cut()
                superseded(str(taken))
                return
            except Exception:  # noqa: BLE001 - a fault of ours may not end the attendance; it is logged whole
                _log.exception("attending failed")
            self._cut_if_late()

    async def _attend(self) -> None:
        asked_at = self._time.monotonic()
        gone_s, in_use = self._patience.gone_s, self._lines.in_use
        heard = await self._store.attend(self._name, seats=self._seats, in_use=in_use, for_s=gone_s)
        self._confirmed_at = asked_at
        self.gateways = heard.gateways
        self._take(heard.seats)

    def _take(self, share: int) -> None:
        before, self.share = self.share, share
        self._lines.resize(share)
        if share != before:
            _log.info("seats", share=share, of=self._seats)
            self._moved(share)

    def _cut_if_late(self) -> None:
        if self._lines.in_use and self._time.monotonic() - self._confirmed_at > self._patience.cut_s:
            _log.error("seats were not confirmed in time: connections to the circulation system are cut")
            self._take(0)
            self._lines.cut()
