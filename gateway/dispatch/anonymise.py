"""Forgets the customers of requests that ended long ago (ill.md, duty 14), keys of forms that nobody sends any more, who has read notes that are
new to nobody, and old scans: every day, and once at the start.

Doing so twice, or by several gateways, changes nothing.
"""

from datetime import datetime, timedelta
from typing import Final

import structlog

from gateway.clock import TimeSource
from gateway.dispatch.long_pause import may_let_go
from gateway.store.port import Store, StoreError
from gateway.workflow.borrowing.groups import FINALS

EVERY_S: Final = 24 * 3600.0
KEYS_KEPT: Final = timedelta(days=2)
"""How long the one-use key of a form counts: a form that stood open over night can be sent."""
NOTES_KEPT: Final = timedelta(days=90)
"""How long it counts who has read a note."""
SCANS_KEPT: Final = timedelta(days=30)

_log = structlog.get_logger(__name__)


async def anonymise(store: Store, *, after: timedelta, now: datetime) -> int:
    """Forget the customers of requests that ended longer ago than that; give how many. Raises StoreUnavailable."""
    return await store.borrowing.anonymise(FINALS, ended_before=now - after)


async def daily(store: Store, *, after: timedelta, time: TimeSource) -> None:
    """Do so every day, until cancelled. A day without a store is told, and the next one does its work too."""
    while True:
        try:
            now = time.now()  # once: it could be set between the look and what comes of it
            if await may_let_go(store, now):
                await _forget(store, after, now)
        except StoreError as exc:
            _log.warning("could not make requests anonymous", why=type(exc).__name__)
        await time.sleep(EVERY_S)


async def _forget(store: Store, after: timedelta, now: datetime) -> None:
    count = await anonymise(store, after=after, now=now)
    await store.story.forget_acts(before=now - KEYS_KEPT)
    await store.views.forget_notes_read(before=now - NOTES_KEPT)
    await store.scans.forget(before=now - SCANS_KEPT)
    _log.info("made requests anonymous", count=count)
