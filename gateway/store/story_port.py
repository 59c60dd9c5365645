"""A request's story as pages read it, newest first and in pieces; and what acts under a one-use key came to. `port.Store.story` gives it."""

from datetime import datetime
from typing import Protocol

import msgspec

from gateway.store.values import DoneAct, HistoryEntry
from gateway.workflow.events import AnyEvent


class StoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of history with the event that it begins with, if it begins a change; lines of one change follow each other."""

    id: int
    at: datetime
    entry: HistoryEntry | None
    """None where an event left no line."""
    event: AnyEvent | None


class StoryStore(Protocol):
    """Each method may raise StoreUnavailable."""

    async def lines(self, request_id: str | None, *, before: int | None = None, limit: int) -> tuple[StoryLine, ...]:
        """Lines of a request, newest first, so many at the most; with `before`, those older than that line. Of None, what was of no request."""

    async def act_of(self, key: str) -> DoneAct | None:
        """What the act under a one-use key came to (Change.done); None where there was none."""

    async def forget_acts(self, *, before: datetime) -> int:
        """Drop the keys of older acts; give how many."""
