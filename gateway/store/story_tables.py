"""A request's story and the one-use keys of acts, as common SQL; the store's verbs run it. See the port: story_port.py."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import msgspec

from gateway.store import encoding
from gateway.store.borrowing import Fetch
from gateway.store.columns import Fetched, moment, stamp
from gateway.store.port import DoneAct
from gateway.store.story_port import StoryLine
from gateway.workflow.events import AnyEvent

LINES: Final = "SELECT id, at, entry, event FROM history WHERE request = $1 ORDER BY id DESC LIMIT $2"
LINES_BEFORE: Final = """
    SELECT id, at, entry, event FROM history WHERE request = $1 AND id < $3 ORDER BY id DESC LIMIT $2"""
_END: Final = 2**63 - 1
"""Behind every line."""
LINES_OF_NONE: Final = """
    SELECT id, at, entry, event FROM history WHERE request IS NULL AND id < $2 ORDER BY id DESC LIMIT $1"""
ACT_OF: Final = "SELECT body FROM act_keys WHERE key = $1"
FORGET: Final = "DELETE FROM act_keys WHERE at < $1"


class StoryTables:
    """The port's StoryStore on the verbs of either store."""

    def __init__(self, *, fetch: Fetch, change: Callable[..., Awaitable[int]]) -> None:
        """Stand on the store's verbs."""
        self._fetch = fetch
        self._change = change

    async def lines(self, request_id: str | None, *, before: int | None = None, limit: int) -> tuple[StoryLine, ...]:
        """See the port."""
        if request_id is None:
            found = await self._fetch(LINES_OF_NONE, limit, _END if before is None else before)
        elif before is None:
            found = await self._fetch(LINES, request_id, limit)
        else:
            found = await self._fetch(LINES_BEFORE, request_id, limit, before)
        return tuple(map(_line, found))

    async def act_of(self, key: str) -> DoneAct | None:
        """See the port."""
        found = await self._fetch(ACT_OF, key)
        return encoding.decode_done(found[0][0]) if found else None

    async def forget_acts(self, *, before: datetime) -> int:
        """See the port."""
        return await self._change((FORGET, (stamp(before),)))


def _line(row: Fetched) -> StoryLine:
    number, at, entry, event = row
    return StoryLine(
        id=number,
        at=moment(at),
        entry=None if entry is None else encoding.decode_entry(entry),
        event=None if event is None else _event(event),
    )


def _event(text: str) -> AnyEvent | None:
    """Read an event; None for one that only a newer program knows."""
    try:
        event: AnyEvent = encoding.decode_event(text)
    except msgspec.ValidationError:
        return None
    return event
