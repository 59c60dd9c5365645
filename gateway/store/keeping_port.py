"""The part of the port that lets go of what is not kept any longer: a few rows at a time, while everything else goes on.

Of a request that is purged a tombstone stays (`Gone`), so that a late repeat is answered as before and starts nothing. Each purge is a line of
history of no request, with a digest of its tombstones (dispatch/purging.py makes it).
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

import msgspec

from gateway.money.records import BillState, PaperNumber
from gateway.store.sealing import Book
from gateway.store.values import HistoryEntry
from gateway.workflow.records import Request, Role, State


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """A request that was purged."""

    request: str
    peer: str
    content: str | None
    """The content digest of the message that made it."""
    ended_at: datetime


class Ended(msgspec.Struct, frozen=True):
    """A request that may be purged, and when it last changed."""

    request: str
    at: datetime


class OldBill(msgspec.Struct, frozen=True):
    """An invoice that may be purged with its credit notes, when it last changed, and its number, if it has one."""

    bill: str
    at: datetime
    number: PaperNumber | None


class StoreRoom(msgspec.Struct, frozen=True, kw_only=True):
    """How much room the store takes on its disk."""

    bytes: int
    idle: int
    """Of it, what holds nothing: free pages (SQLite), rows that are dead and not cleaned away yet (PostgreSQL)."""


class KeepingStore(Protocol):
    """The port. Every method may raise StoreUnavailable."""

    async def asked_before(self, requesting_agency: str, partner_request_id: str) -> Request | Gone | None:
        """Return the request to us under a partner's id, as it is kept or as it was purged; one read."""

    async def gone(self, request_id: str) -> Gone | None:
        """Return a request that was purged, by our id."""

    async def purgeable(
        self,
        role: Role,
        state: State,
        *,
        ended_before: datetime,
        copied_before: datetime,
        limit: int,
        after: Ended | None = None,
    ) -> tuple[Ended, ...]:
        """Return requests in a state that have not changed since, the oldest first, those behind one: none with work, open tasks, a barcode of the
        pool, a bill that is owed or not finalised yet, or a lender's invoice that is open.

        Nor one that figures have not counted as it is, nor one whose copy of an article was asked for after `copied_before`: the rule of five counts it.
        """

    async def lines_of(self, requests: Collection[str]) -> Mapping[str, tuple[int, ...]]:
        """Return the numbers of the lines of history of each request, in order."""

    async def purge(self, lines: Mapping[str, Collection[int]], *, told: HistoryEntry) -> None:
        """Delete requests with all that belongs to them, but for their tombstones; `lines` are those of each (`lines_of`), `told` tells of it.

        One transaction. Raises StoreError where one of them has changed meanwhile: then none is deleted.
        """

    async def drop_documents(self, *, received_before: datetime, limit: int) -> int:
        """Empty the raw documents of older messages; return how many were looked at, 0 once there are no more."""

    async def drop_exchanges(self, *, at_before: datetime, limit: int) -> int:
        """Put digests in place of raw messages in older lines of history; return how many lines were looked at, 0 once there are no more."""

    async def old_bills(
        self, state: BillState, *, settled_before: datetime, limit: int, after: OldBill | None = None
    ) -> tuple[OldBill, ...]:
        """Return invoices in a state that have not changed since, the oldest first, those behind one.

        On none is anything owed, none has work or an open task, and each of their credit notes is as old.
        """

    async def lines_of_bill(self, bill: str) -> Mapping[Book, tuple[int, ...]]:
        """Return the numbers of the lines of each book that go with an invoice and its credit notes, in order."""

    async def purge_bill(self, bill: OldBill, *, told: HistoryEntry) -> None:
        """Delete an invoice with its credit notes, their papers, histories and lines of the ledger; `told`, of no request, tells of it.

        One transaction. Raises StoreError where it has changed meanwhile: then nothing is deleted.
        """

    async def drop_payments(self, *, booked_before: datetime) -> int:
        """Delete older payments of which the ledger has no line any more; return how many."""

    async def room(self) -> StoreRoom:
        """Return how large the store is."""

    async def give_back(self, *, spare: float, limit: int) -> int:
        """Give room that holds nothing back to the disk, `limit` bytes at the most, while more than a `spare` part of the store holds nothing.

        Return how many bytes went; 0 once there is nothing to give back. PostgreSQL uses its room again and gives none back.
        """

    async def forget_look_ups(self, *, before: datetime) -> int:
        """Delete older lines of the log of look-ups; return how many."""
