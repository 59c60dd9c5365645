"""What the store has of copies that count for the rule of five, and of royalties that were paid. `port.Store.copied` gives it."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Protocol

import msgspec

from gateway.workflow.copyright import Copied


class Royalty(msgspec.Struct, frozen=True, kw_only=True):
    """A royalty that was paid for a request; `minor`: units of the currency's smallest."""

    request: str
    minor: int
    currency: str
    reference: str
    paid_on: date
    noted_by: str
    noted_at: datetime


class CopiedStore(Protocol):
    """Each method may raise StoreUnavailable."""

    async def copied(self, since: datetime, until: datetime) -> tuple[Copied, ...]:
        """Return the requests of that time that are counted, in vain or not, as they were asked for; they are kept to the end of the third year after
        theirs.
        """

    async def earlier(self, keys: Collection[str], before: datetime) -> Mapping[str, int]:
        """Count what counts under these keys and was asked for before then."""

    async def royalties(self, requests: Collection[str]) -> Mapping[str, tuple[Royalty, ...]]:
        """Return what was paid for requests, by their ids."""

    async def note_royalty(self, royalty: Royalty) -> None:
        """Keep what was paid."""
