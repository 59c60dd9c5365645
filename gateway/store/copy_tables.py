"""Files of copies, as common SQL; the store's verbs run it. See the port: copies_port.py."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import msgspec

from gateway.store import encoding
from gateway.store.borrowing import Fetch
from gateway.store.columns import Fetched, stamp
from gateway.store.copies_port import CopyFile

BEGIN: Final = "INSERT INTO copies (id, request, ends_at, body) VALUES ($1, $2, $3, $4)"
ADD_PIECE: Final = "INSERT INTO copy_pieces (copy, place, data) VALUES ($1, $2, $3)"
FINISH: Final = "UPDATE copies SET ends_at = $2, body = $3 WHERE id = $1"
FILE: Final = "SELECT body, fetched FROM copies WHERE id = $1"
OF_REQUEST: Final = "SELECT body, fetched FROM copies WHERE request = $1"
PIECE: Final = "SELECT data FROM copy_pieces WHERE copy = $1 AND place = $2"
NOTE_FETCH: Final = "UPDATE copies SET fetched = fetched + 1 WHERE id = $1"
DROP_PIECES: Final = """
    DELETE FROM copy_pieces WHERE copy = $1 AND place IN (
        SELECT place FROM copy_pieces WHERE copy = $1 ORDER BY place LIMIT $2)"""
DROP: Final = "DELETE FROM copies WHERE id = $1"
ENDED: Final = "SELECT id FROM copies WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2"
_PIECES_AT_ONCE: Final = 8
"""Deleted in one transaction: two megabytes."""
_FILES_AT_ONCE: Final = 100


class CopyTables:
    """The port's CopyStore on the verbs of either store."""

    def __init__(self, *, fetch: Fetch, change: Callable[..., Awaitable[int]]) -> None:
        """Stand on the store's verbs."""
        self._fetch = fetch
        self._change = change

    async def begin(self, file: CopyFile) -> None:
        """See the port."""
        await self._change((BEGIN, (file.id, file.request, stamp(file.ends_at), encoding.encode(file))))

    async def add_piece(self, file: str, place: int, data: bytes) -> None:
        """See the port."""
        await self._change((ADD_PIECE, (file, place, data)))

    async def finish(self, file: CopyFile) -> bool:
        """See the port."""
        return bool(await self._change((FINISH, (file.id, stamp(file.ends_at), encoding.encode(file)))))

    async def file(self, file: str) -> CopyFile | None:
        """See the port."""
        found = await self._fetch(FILE, file)
        return _file(found[0]) if found else None

    async def of_request(self, request: str) -> tuple[CopyFile, ...]:
        """See the port."""
        return tuple(map(_file, await self._fetch(OF_REQUEST, request)))

    async def piece(self, file: str, place: int) -> bytes | None:
        """See the port."""
        found = await self._fetch(PIECE, file, place)
        return bytes(found[0][0]) if found else None

    async def note_fetch(self, file: str) -> None:
        """See the port."""
        await self._change((NOTE_FETCH, (file,)))

    async def drop(self, file: str) -> None:
        """See the port."""
        while await self._change((DROP_PIECES, (file, _PIECES_AT_ONCE))):
            pass
        await self._change((DROP, (file,)))

    async def ended(self, *, before: datetime) -> tuple[str, ...]:
        """See the port."""
        return tuple(file for (file,) in await self._fetch(ENDED, stamp(before), _FILES_AT_ONCE))


def _file(row: Fetched) -> CopyFile:
    body, fetched = row
    return msgspec.structs.replace(encoding.decode_copy_file(body), fetched=fetched)
