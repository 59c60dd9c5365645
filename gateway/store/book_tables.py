"""The audit chain over the books as common SQL. See the port: audit_port.py."""

# ruff: noqa: S608 - statements are put together from this module's own pieces

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import msgspec

from gateway.store.borrowing import Fetch
from gateway.store.columns import Fetched, moment, stamp
from gateway.store.sealing import Book, Seal, StoredLine, packed, unpacked

_COLUMNS: Final = {
    Book.BILL_HISTORY: "id, bill, at, entry, event",
    Book.LEDGER: "id, bill, at, partner, currency, kind, amount, who, payment, credit_note, words",
    Book.INVOICE_HISTORY: "id, invoice, at, entry, event",
    Book.INVOICE_LEDGER: "id, invoice, at, lender, currency, dated, kind, amount",
    Book.DIRECTORY_HISTORY: "id, record, at, changed_by, kind, what, before_it, after_it",
    Book.POLICIES: "version AS id, saved_by, saved_at, document",
}
"""Of each: the id, whom or what it is about, when, and the rest."""
NEWEST: Final = {
    book: f"SELECT coalesce(max({_COLUMNS[book].split(',')[0].split()[0]}), 0) FROM {book}" for book in Book
}
LINES: Final = {
    book: f"SELECT * FROM (SELECT {columns} FROM {book}) AS lines WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3"
    for book, columns in _COLUMNS.items()
}
_SEAL: Final = "SELECT number, sealed_at, leaves, head, book FROM book_seals"
LAST_SEAL: Final = f"{_SEAL} ORDER BY number DESC LIMIT 1"
SEALS: Final = f"{_SEAL} WHERE number > $1 ORDER BY number LIMIT $2"
SEAL_OF_BOOK: Final = f"{_SEAL} WHERE book = $1 AND number < $2 ORDER BY number DESC LIMIT 1"
ADD_SEAL: Final = """
    INSERT INTO book_seals (number, book, first_id, last_id, sealed_at, leaves, head) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (number) DO NOTHING"""


class BookTables:
    """The port's SealedBookStore on the verbs of either store."""

    def __init__(self, *, fetch: Fetch, change: Callable[..., Awaitable[int]]) -> None:
        """Stand on the store's verbs."""
        self._fetch, self._change = fetch, change

    async def newest(self) -> Mapping[Book, int]:
        """See the port."""
        return {book: int((await self._fetch(NEWEST[book]))[0][0]) for book in Book}

    async def lines(self, book: Book, after: int, up_to: int, *, limit: int) -> tuple[StoredLine, ...]:
        """See the port."""
        return tuple(map(_line, await self._fetch(LINES[book], after, up_to, limit)))

    async def seal_of(self, book: Book, before: int) -> Seal | None:
        """See the port."""
        return next(map(_seal, await self._fetch(SEAL_OF_BOOK, book.value, before)), None)

    async def last_seal(self) -> Seal | None:
        """See the port."""
        return next(map(_seal, await self._fetch(LAST_SEAL)), None)

    async def seals(self, after: int, *, limit: int) -> tuple[Seal, ...]:
        """See the port."""
        return tuple(map(_seal, await self._fetch(SEALS, after, limit)))

    async def add_seal(self, seal: Seal) -> bool:
        """See the port."""
        first, last = seal.leaves[0].id, seal.leaves[-1].id
        params = (seal.number, seal.beside, first, last, stamp(seal.sealed_at), packed(seal.leaves), seal.head)
        return bool(await self._change((ADD_SEAL, params)))


def _line(row: Fetched) -> StoredLine:
    number, about, at, *rest = row
    return StoredLine(int(number), about, int(at), msgspec.json.encode(rest).decode(), None)


def _seal(row: Fetched) -> Seal:
    number, sealed_at, leaves, head, book = row
    return Seal(number=int(number), sealed_at=moment(sealed_at), leaves=unpacked(leaves), head=head, beside=book)
