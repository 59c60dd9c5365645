"""The part of the port that lets go of what is not kept any longer: a few rows at a time, while everything else goes on.

Of a request that is purged a tombstone stays (`Gone`), so that a late repeat is answered as before and starts nothing. Each purge is a line of
history of no request, with a digest of its tombstones.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

import msgspec

from gateway.workflow.records import Request, Role, State


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """A request that was purged."""

    request: str
    peer: str
    content: str | None
    """The content digest of the message that made it."""
    ended_at: datetime


class KeepingStore(Protocol):
    """The port. Every method may raise StoreUnavailable."""

    async def asked_before(self, requesting_agency: str, partner_request_id: str) -> Request | Gone | None:
        """Return the request to us under a partner's id, as it is kept or as it was purged; one read."""

    async def gone(self, request_id: str) -> Gone | None:
        """Return a request that was purged, by our id."""

    async def purgeable(
        self, role: Role, state: State, *, ended_before: datetime, copied_before: datetime, limit: int
    ) -> tuple[str, ...]:
        """Return requests in a state that have not changed since, the oldest first: none with work, open tasks, a barcode of the pool or a bill that is owed.

        Nor one that figures have not counted as it is, nor one whose copy of an article was asked for after `copied_before`: the rule of five counts it.
        """

    async def purge(self, requests: Collection[str], *, at: datetime) -> int:
        """Delete requests with all that belongs to them, but for their tombstones; return how many lines of history went.

        One transaction. Raises StoreError where one of them has changed meanwhile: then none is deleted.
        """

    async def drop_documents(self, *, received_before: datetime, limit: int) -> int:
        """Empty the raw documents of older messages; return how many were looked at, 0 once there are no more."""

    async def drop_exchanges(self, *, at_before: datetime, limit: int) -> int:
        """Put digests in place of raw messages in older lines of history; return how many lines were looked at, 0 once there are no more."""

    async def forget_look_ups(self, *, before: datetime) -> int:
        """Delete older lines of the log of look-ups; return how many."""
