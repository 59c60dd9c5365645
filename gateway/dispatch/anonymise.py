"""Forgets the customers of requests that ended long ago (ill.md, duty 14), keys of forms that nobody sends any more, and who has read notes
that are new to nobody: every day, and once at the start.

Doing so twice, or by several gateways, changes nothing.
"""

from datetime import timedelta
from typing import Final

import structlog

from gateway.clock import TimeSource
from gateway.store.port import Store, StoreError
from gateway.workflow.borrowing.groups import FINALS

EVERY_S: Final = 24 * 3600.0
KEYS_KEPT: Final = timedelta(days=2)
"""How long the one-use key of a form counts: a form that stood open over night can be sent."""
NOTES_KEPT: Final = timedelta(days=90)
"""How long it counts who has read a note."""

_log = structlog.get_logger(__name__)


async def anonymise(store: Store, *, after: timedelta, time: TimeSource) -> int:
    """Forget the customers of requests that ended longer ago than that; give how many. Raises StoreUnavailable."""
    return await store.borrowing.anonymise(FINALS, ended_before=time.now() - after)


async def daily(store: Store, *, after: timedelta, time: TimeSource) -> None:
    """Do so every day, until cancelled. A day without a store is told, and the next one does its work too."""
    while True:
        try:
            count = await anonymise(store, after=after, time=time)
            await store.story.forget_acts(before=time.now() - KEYS_KEPT)
            await store.views.forget_notes_read(before=time.now() - NOTES_KEPT)
        except StoreError as exc:
            _log.warning("could not make requests anonymous", why=type(exc).__name__)
        else:
            _log.info("made requests anonymous", count=count)
        await time.sleep(EVERY_S)
