"""The audit chain as common SQL. See the port: audit_port.py."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final

from gateway.store import encoding, keeping_tables, register_sql, request_rows, sql
from gateway.store.audit_port import SealedBookStore
from gateway.store.book_tables import BookTables
from gateway.store.borrowing import Fetch
from gateway.store.columns import Fetched, moment, stamp
from gateway.store.errors import VersionConflict
from gateway.store.keeping_tables import without_raw
from gateway.store.register_rows import lines_of
from gateway.store.sealing import Seal, StoredLine, Tombstone, packed, unpacked, without_salt
from gateway.store.values import HistoryEntry
from gateway.store.verbs import GuardedStep
from gateway.workflow.records import Request

NEWEST: Final = "SELECT coalesce(max(id), 0) FROM history"
_LINE: Final = "SELECT id, request, at, entry, event FROM history"
LINES: Final = f"{_LINE} WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3"
LINE: Final = f"{_LINE} WHERE id = $1"
TOLD: Final = f"{_LINE} WHERE request IS NULL AND id > $1 ORDER BY id LIMIT $2"
_SEAL: Final = "SELECT number, sealed_at, leaves, head, books FROM seals"
LAST_SEAL: Final = f"{_SEAL} ORDER BY number DESC LIMIT 1"
SEALS: Final = f"{_SEAL} WHERE number > $1 ORDER BY number LIMIT $2"
SEAL_OF: Final = f"{_SEAL} WHERE first_id <= $1 ORDER BY first_id DESC LIMIT 1"
ADD_SEAL: Final = """
    INSERT INTO seals (number, first_id, last_id, sealed_at, leaves, head, books) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (number) DO NOTHING"""
CHANGE_SEAL: Final = "UPDATE seals SET leaves = $2 WHERE number = $1 AND leaves = $3"
"""Of two that take a salt out of one seal, the second has to read it again: else it would put the first one's salt back."""
REWRITE: Final = "UPDATE history SET entry = $2, event = $3 WHERE id = $1"
TOMBSTONES: Final = """
    SELECT purged_at, request, entries FROM tombstones WHERE (purged_at, request) > ($1, $2) ORDER BY purged_at, request LIMIT $3"""
NOTES: Final = """
    UPDATE register_words SET notes = $2 WHERE line = (SELECT line FROM register WHERE request = $1)"""


class AuditTables:
    """The port's AuditStore on the verbs of either store; `marks` is what the database calls its running transactions (tongues.py)."""

    def __init__(
        self,
        *,
        fetch: Fetch,
        change: Callable[..., Awaitable[int]],
        settle: Callable[[Sequence[GuardedStep], Iterable[str]], Awaitable[None]],
        marks: str,
    ) -> None:
        """Stand on the store's verbs."""
        self._fetch, self._change, self._settle, self._marks = fetch, change, settle, marks
        self.books: SealedBookStore = BookTables(fetch=fetch, change=change)

    async def newest(self) -> tuple[int, int]:
        """See the port. The id first: whoever has a lower one runs by then, or has ended."""
        newest = int((await self._fetch(NEWEST))[0][0])
        return newest, int((await self._fetch(self._marks))[0][1])

    async def is_past(self, mark: int) -> bool:
        """See the port."""
        return int((await self._fetch(self._marks))[0][0]) >= mark

    async def lines(self, after: int, up_to: int, *, limit: int) -> tuple[StoredLine, ...]:
        """See the port."""
        return tuple(map(_line, await self._fetch(LINES, after, up_to, limit)))

    async def last_seal(self) -> Seal | None:
        """See the port."""
        return next(map(_seal, await self._fetch(LAST_SEAL)), None)

    async def seals(self, after: int, *, limit: int) -> tuple[Seal, ...]:
        """See the port."""
        return tuple(map(_seal, await self._fetch(SEALS, after, limit)))

    async def add_seal(self, seal: Seal) -> bool:
        """See the port."""
        first, last = seal.leaves[0].id, seal.leaves[-1].id
        params = (seal.number, first, last, stamp(seal.sealed_at), packed(seal.leaves), seal.head, seal.beside or None)
        return bool(await self._change((ADD_SEAL, params)))

    async def seal_of(self, entry: int) -> Seal | None:
        """See the port."""
        found = next(map(_seal, await self._fetch(SEAL_OF, entry)), None)
        return found if found and any(leaf.id == entry for leaf in found.leaves) else None

    async def tombstones(self, after: Tombstone | None, *, limit: int) -> tuple[Tombstone, ...]:
        """See the port."""
        behind = (stamp(after.purged_at), after.request) if after else (-1, "")
        found = await self._fetch(TOMBSTONES, *behind, limit)
        return tuple(Tombstone(moment(purged_at), request, entries) for purged_at, request, entries in found)

    async def told(self, after: int, *, limit: int) -> tuple[StoredLine, ...]:
        """See the port."""
        return tuple(map(_line, await self._fetch(TOLD, after, limit)))

    async def line(self, entry: int) -> StoredLine | None:
        """See the port."""
        return next(map(_line, await self._fetch(LINE, entry)), None)

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
        """See the port."""
        leaves = packed(without_salt(seal.leaves, line.id))
        await self._settle(
            (
                GuardedStep(sql.UPDATE_REQUEST, request_rows.known_request(request), VersionConflict),
                GuardedStep(CHANGE_SEAL, (seal.number, leaves, packed(seal.leaves)), VersionConflict),
                GuardedStep(REWRITE, (line.id, line.entry, line.event)),
                *(GuardedStep(keeping_tables.REWRITE, each) for each in messages),
                GuardedStep(register_sql.UPDATE_WORDS, lines_of(request)[1]),
                GuardedStep(NOTES, (request.id, " ".join(notes)[:8000])),
                GuardedStep(sql.INSERT_HISTORY, (None, stamp(told.at), encoding.encode(told), None)),
            ),
            (),
        )


def _line(row: Fetched) -> StoredLine:
    number, request, at, entry, event = row
    return StoredLine(int(number), request, int(at), None if entry is None else without_raw(entry), event)


def _seal(row: Fetched) -> Seal:
    number, sealed_at, leaves, head, books = row
    return Seal(number=int(number), sealed_at=moment(sealed_at), leaves=unpacked(leaves), head=head, beside=books or "")
