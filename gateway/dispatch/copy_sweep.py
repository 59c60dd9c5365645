"""Deletes files of copies whose time is over: every hour, and once at the start.

Doing so twice, or by several gateways, changes nothing; whatever a gateway that was killed has left, the next sweep deletes.
Nobody is given such a file meanwhile: whoever hands one out looks at its end as well.
"""

from datetime import datetime
from typing import Final

import structlog

from gateway.clock import TimeSource
from gateway.dispatch.long_pause import may_let_go
from gateway.store.port import Store, StoreError

EVERY_S: Final = 3600.0

_log = structlog.get_logger(__name__)


async def sweep(store: Store, *, now: datetime) -> int:
    """Delete what has ended; give how many files. Raises StoreUnavailable."""
    count = 0
    while ended := await store.copies.ended(before=now):
        for file in ended:
            await store.copies.drop(file)
        count += len(ended)
    return count


async def hourly(store: Store, *, time: TimeSource) -> None:
    """Do so every hour, until cancelled. An hour without a store is told, and the next one does its work too."""
    while True:
        try:
            now = time.now()  # once: it could be set between the look and what comes of it
            count = await sweep(store, now=now) if await may_let_go(store, now) else 0
        except StoreError as exc:
            _log.warning("could not delete files of copies", why=type(exc).__name__)
        else:
            if count:
                _log.info("deleted files of copies", count=count)
        await time.sleep(EVERY_S)
