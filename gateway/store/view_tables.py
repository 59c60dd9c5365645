"""Saved views, papers sent to print, and notes that were read, as common SQL; the store's verbs run it. See the port: views_port.py."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime
from typing import Final

from gateway.store.borrowing import Fetch
from gateway.store.columns import moment, plain, stamp
from gateway.store.views_port import KeptView, SentToPrint

SAVED: Final = "SELECT name, address FROM saved_views WHERE who = $1 ORDER BY name"
SAVE: Final = """
    INSERT INTO saved_views (who, name, address) VALUES ($1, $2, $3)
    ON CONFLICT (who, name) DO UPDATE SET address = excluded.address"""
FORGET: Final = "DELETE FROM saved_views WHERE who = $1 AND name = $2"
NOTE_PRINT: Final = """
    INSERT INTO sent_to_print (request, paper, at, who) VALUES ($1, $2, $3, $4)
    ON CONFLICT (request, paper) DO UPDATE SET at = excluded.at, who = excluded.who"""

NOTE_READ: Final = """
    INSERT INTO notes_read (who, request, at) VALUES ($1, $2, $3)
    ON CONFLICT (who, request) DO UPDATE SET at = excluded.at WHERE excluded.at > notes_read.at"""
FORGET_NOTES_READ: Final = "DELETE FROM notes_read WHERE at < $1"


class ViewTables:
    """The port's ViewStore on the verbs of either store."""

    def __init__(
        self, *, fetch: Fetch, change: Callable[..., Awaitable[int]], load: Callable[..., Awaitable[None]]
    ) -> None:
        """Stand on the store's verbs."""
        self._fetch, self._change, self._load = fetch, change, load

    async def saved(self, who: str) -> tuple[KeptView, ...]:
        """See the port."""
        return tuple(KeptView(name=name, address=address) for name, address in await self._fetch(SAVED, who))

    async def save(self, who: str, view: KeptView) -> None:
        """See the port."""
        await self._change((SAVE, (who, plain(view.name), plain(view.address))))

    async def forget(self, who: str, name: str) -> bool:
        """See the port."""
        return bool(await self._change((FORGET, (who, name))))

    async def note_prints(self, requests: Collection[str], paper: str, *, at: datetime, who: str) -> None:
        """See the port."""
        await self._load((NOTE_PRINT, [(request, paper, stamp(at), who) for request in sorted(requests)]))

    async def prints(self, requests: Collection[str], paper: str) -> Mapping[str, SentToPrint]:
        """See the port."""
        if not requests:
            return {}
        found = await self._fetch(prints_of(len(requests)), paper, *requests)
        return {request: SentToPrint(at=moment(at), who=who) for request, at, who in found}

    async def note_read(self, who: str, request: str, *, at: datetime) -> None:
        """See the port."""
        await self._change((NOTE_READ, (who, request, stamp(at))))

    async def notes_read(self, who: str, requests: Collection[str]) -> Mapping[str, datetime]:
        """See the port."""
        if not requests:
            return {}
        found = await self._fetch(notes_read_of(len(requests)), who, *requests)
        return {request: moment(at) for request, at in found}

    async def forget_notes_read(self, *, before: datetime) -> int:
        """See the port."""
        return await self._change((FORGET_NOTES_READ, (stamp(before),)))


def prints_of(count: int) -> str:
    """Return the query for the papers of so many requests."""
    places = ", ".join(f"${place}" for place in range(2, 2 + count))
    return f"SELECT request, at, who FROM sent_to_print WHERE paper = $1 AND request IN ({places})"  # noqa: S608 - numbers alone


def notes_read_of(count: int) -> str:
    """Return the query for what somebody has read of so many requests."""
    places = ", ".join(f"${place}" for place in range(2, 2 + count))
    return f"SELECT request, at FROM notes_read WHERE who = $1 AND request IN ({places})"  # noqa: S608 - numbers alone
