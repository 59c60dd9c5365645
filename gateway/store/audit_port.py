"""The part of the port that is the audit chain over history and over the books (sealing.py says what it is made of)."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from gateway.store.sealing import Book, Seal, StoredLine, Tombstone
from gateway.store.values import HistoryEntry
from gateway.workflow.records import Request


class SealStore(Protocol):
    """The seals of a chain. Every method may raise StoreUnavailable."""

    async def last_seal(self) -> Seal | None:
        """Return the newest seal."""

    async def seals(self, after: int, *, limit: int) -> tuple[Seal, ...]:
        """Return seals behind a number, in order."""

    async def add_seal(self, seal: Seal) -> bool:
        """Keep a seal; False if another gateway has made the one of its number."""


class SealedBookStore(SealStore, Protocol):
    """The chain over the books."""

    async def newest(self) -> Mapping[Book, int]:
        """Return the id of the newest line of each book, 0 where there is none."""

    async def lines(self, book: Book, after: int, up_to: int, *, limit: int) -> tuple[StoredLine, ...]:
        """Return lines of a book in the order of their ids."""

    async def seal_of(self, book: Book, before: int) -> Seal | None:
        """Return the newest seal over a book of those before a number, None where there is none."""


class AuditStore(SealStore, Protocol):
    """The port."""

    books: SealedBookStore

    async def newest(self) -> tuple[int, int]:
        """Return the id of the newest line of history, and a mark: once it is past, no line with a lower id is still to come."""

    async def is_past(self, mark: int) -> bool:
        """Say whether every transaction that ran when the mark was read has ended."""

    async def lines(self, after: int, up_to: int, *, limit: int) -> tuple[StoredLine, ...]:
        """Return lines of history in the order of their ids, without their raw messages."""

    async def seal_of(self, entry: int) -> Seal | None:
        """Return the seal that a line of history is in."""

    async def tombstones(self, after: Tombstone | None, *, limit: int) -> tuple[Tombstone, ...]:
        """Return what is left of purged requests, those behind one, in the order of their purges and of their ids."""

    async def told(self, after: int, *, limit: int) -> tuple[StoredLine, ...]:
        """Return lines of no request behind an id, in order: purges and erasures are among them."""

    async def line(self, entry: int) -> StoredLine | None:
        """Return one line of history."""

    async def erase(
        self,
        line: StoredLine,
        seal: Seal,
        request: Request,
        *,
        notes: Iterable[str],
        messages: Iterable[tuple[int, str]],
        told: HistoryEntry,
    ) -> None:
        """Write a line without its words, its seal without its salt, its request without the words, and that it was done.

        `seal` is as it was read, `request` carries the version after the one that was read; VersionConflict if either is another by now. `notes` are
        what the search still knows of the request; `messages` are lines whose raw messages held the words, by their ids, without those.
        """
