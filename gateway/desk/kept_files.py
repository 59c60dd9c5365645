"""Files that are handed in and kept in the store, piece by piece, and handed out again: those of copies, and documents of invoices.

What a file is, its own first bytes say (`copy_kinds`); what it is called is ours. One that breaks off leaves nothing behind.
"""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from gateway.desk.copy_kinds import CopyKind, kind_of
from gateway.desk.errors import NotThereError, UnusableError
from gateway.desk.structs.common import Outgoing
from gateway.store.copies_port import PIECE_BYTES, CopyFile
from gateway.store.port import Store

UPLOADING: Final = timedelta(hours=1)
"""A file that has not come by then is dropped."""
_NOT_TAKEN: Final = "file: it is none of PDF, TIFF, JPEG and PNG."


async def keep_file(
    store: Store,
    chunks: AsyncIterator[bytes],
    *,
    most_bytes: int,
    begun: Callable[[CopyKind], CopyFile],
    until: Callable[[], datetime],
) -> CopyFile:
    """Write a file into the store. `begun` is what is known of it before its bytes, `until` when it ends. Raises UnusableError."""
    pieces = _in_pieces(chunks, most_bytes)
    first = await anext(pieces, b"")
    kind = kind_of(first)
    if kind is None:
        raise UnusableError(_NOT_TAKEN)
    file = begun(kind)
    await store.copies.begin(file)
    try:
        return await _written(store, file, first, pieces, until)
    except Exception:
        await store.copies.drop(file.id)
        raise


async def _written(
    store: Store, file: CopyFile, piece: bytes, pieces: AsyncIterator[bytes], until: Callable[[], datetime]
) -> CopyFile:
    count = size = 0
    while piece:
        await store.copies.add_piece(file.id, count, piece)
        count, size = count + 1, size + len(piece)
        piece = await anext(pieces, b"")
    whole = msgspec.structs.replace(file, size=size, pieces=count, ends_at=until(), is_complete=True)
    if not await store.copies.finish(whole):
        raise UnusableError("file: it came too slowly.")
    return whole


async def _in_pieces(chunks: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    """Yield a file in pieces of one size, the last one shorter. Raises UnusableError."""
    held, size = bytearray(), 0
    async for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise UnusableError(f"file: it may have {most // 1024**2} MB.")
        held += chunk
        while len(held) >= PIECE_BYTES:
            yield bytes(held[:PIECE_BYTES])
            del held[:PIECE_BYTES]
    if held:
        yield bytes(held)


def handed_out(store: Store, file: CopyFile) -> Outgoing:
    """Return a file as it is read."""
    return Outgoing(content_type=file.content_type, name=file.name, size=file.size, chunks=_pieces_of(store, file))


async def _pieces_of(store: Store, file: CopyFile) -> AsyncIterator[bytes]:
    """Yield a file's bytes, and count that all were taken. Raises NotThereError if it is dropped meanwhile."""
    for place in range(file.pieces):
        piece = await store.copies.piece(file.id, place)
        if piece is None:
            raise NotThereError("The file is gone.")
        yield piece
    await store.copies.note_fetch(file.id)
