"""Keeps the mark beside the store, and holds all work when it shows that the store has gone back in time (store/mark.py)."""

from pathlib import Path
from typing import Final
from uuid import uuid4

import structlog

from gateway.clock import TimeSource
from gateway.dispatch.clock_steps import LEAST
from gateway.store.mark import StoreMark, has_gone_back, is_known, read_mark, write_mark
from gateway.store.port import Store, StoreError
from gateway.workflow.recovery import Recovery

EVERY_S: Final = 60.0
"""How much younger the store must be than the copy for it to be noticed, and what the mark costs: a small commit."""
WHY: Final = "The store is older than the mark beside it: an older copy has taken its place, and nobody said so."

_log = structlog.get_logger(__name__)


class Marking:
    """One gateway's file, beside the store that several may share."""

    def __init__(self, store: Store, path: Path, time: TimeSource) -> None:
        self._store = store
        self._path = path
        self._time = time

    async def look(self) -> bool:
        """Compare, and mark anew; hold all work if the store has gone back and nobody said so, and say whether that is so. Raises StoreUnavailable."""
        kept = read_mark(self._path)
        name, count = await self._store.recovery.mark()
        is_behind = has_gone_back(kept, name, count)
        gone_back = is_behind and not is_known(kept, await self._store.recovery.last())
        if gone_back:
            _log.error("the store has gone back in time: no work is claimed until people let it go on", why=WHY)
            await self._store.recovery.begin(Recovery(since=self._time.now(), why=WHY))
        mark = StoreMark(
            store=name or (kept.store if kept else uuid4().hex),
            count=max(count, kept.count if is_behind and kept else 0) + 1,
            at=self._time.now(),
        )
        await self._store.recovery.set_mark(mark.store, mark.count)
        try:
            write_mark(self._path, mark)
        except OSError as exc:
            _log.warning("the mark beside the store can't be written", why=exc.strerror)
        return gone_back

    async def heed_clock(self, owner: str) -> None:
        """Judge due times anew if the file was written at a time that is still to come: a clock was ahead then, and was set right while no gateway ran,
        as by the start of the machine. Else what failed meanwhile would be tried again when that time comes. Raises StoreUnavailable.
        """
        kept, now = read_mark(self._path), self._time.now()
        if kept is None or kept.at is None or kept.at - now < LEAST:
            return
        _log.warning("the clock was set while no gateway ran", by_s=round((now - kept.at).total_seconds(), 1))
        await self._store.clock_set(kept.at, now, owner=owner)

    async def keep(self) -> None:
        """Do so every minute, until cancelled."""
        while True:
            await self._time.sleep(EVERY_S)
            try:
                await self.look()
            except StoreError as exc:
                _log.warning("the store could not be marked", why=str(exc))
