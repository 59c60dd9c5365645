"""Keeping up with what other gateways change in the store that all share."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from gateway.clock import TimeSource
from gateway.store.port import Store, StoreUnavailable, Topic

RETRY_S = 1.0

_log = structlog.get_logger(__name__)


async def follow(
    store: Store,
    topic: Topic,
    read: Callable[[], Awaitable[None]],
    time: TimeSource,
    *,
    changed: asyncio.Event | None = None,
) -> None:
    """Read again after each change of the topic that the store tells of, until that worked. Runs until cancelled.

    Whoever hands in `changed` can ask for a reading by setting it.
    """
    changed = changed or asyncio.Event()
    store.on_change(topic, changed.set)
    while True:
        await changed.wait()
        changed.clear()
        try:
            await read()
        except StoreUnavailable:
            _log.warning("store unavailable", during=f"news of {topic}")
            changed.set()
            await time.sleep(RETRY_S)
        except Exception:  # noqa: BLE001 - what one change made unreadable the next may mend; it is logged whole
            _log.exception("news could not be read", topic=topic)
