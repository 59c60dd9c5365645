"""What people keep of their work beside the requests: views under a name, which papers were sent to print, and which notes they have read."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

import msgspec


class KeptView(msgspec.Struct, frozen=True, kw_only=True):
    """A page with its filters, under a name."""

    name: str
    address: str


class SentToPrint(msgspec.Struct, frozen=True, kw_only=True):
    """When a paper was last given out for printing, and to whom."""

    at: datetime
    who: str


class ViewStore(Protocol):
    """The port. Every method may raise StoreUnavailable."""

    async def saved(self, who: str) -> tuple[KeptView, ...]:
        """Return somebody's views, by name."""

    async def save(self, who: str, view: KeptView) -> None:
        """Keep a view, in place of one with its name."""

    async def forget(self, who: str, name: str) -> bool:
        """Drop a view; False if there is none."""

    async def note_prints(self, requests: Collection[str], paper: str, *, at: datetime, who: str) -> None:
        """Keep that a paper of these requests was given out."""

    async def prints(self, requests: Collection[str], paper: str) -> Mapping[str, SentToPrint]:
        """Return which of the requests had their paper given out, and when last."""

    async def note_read(self, who: str, request: str, *, at: datetime) -> None:
        """Keep that somebody has read a request's notes up to a time; never an earlier one."""

    async def notes_read(self, who: str, requests: Collection[str]) -> Mapping[str, datetime]:
        """Return up to when somebody has read the notes of each request, without those that he has read nothing of."""

    async def forget_notes_read(self, *, before: datetime) -> int:
        """Drop what was read up to an earlier time; return how many."""
