"""Files of copies, in pieces: those that partners fetch, and those that are handed over to our customers. `port.Store.copies` gives it.

A file is there once `finish` has been told of it. One whose time is over is still in the store until it is dropped.
"""

from datetime import datetime
from typing import Final, Protocol

import msgspec

PIECE_BYTES: Final = 256 * 1024
"""What is written and read at once: a few milliseconds of anybody's time."""


class CopyFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file without its bytes."""

    id: str
    """The digest of what stands in its address: whoever reads the store can't fetch it."""
    request: str
    name: str
    """What it is called where it is saved: ours, never that of whoever handed it in."""
    content_type: str
    by: str
    at: datetime
    ends_at: datetime
    size: int = 0
    pieces: int = 0
    is_complete: bool = False
    fetched: int = 0
    """How often it was fetched to its end."""


class CopyStore(Protocol):
    """Each method may raise StoreUnavailable."""

    async def begin(self, file: CopyFile) -> None:
        """Keep what is known of a file whose pieces are to come."""

    async def add_piece(self, file: str, place: int, data: bytes) -> None:
        """Keep a piece, counted from 0."""

    async def finish(self, file: CopyFile) -> bool:
        """Keep what is known now that all pieces are there; False if it was dropped meanwhile."""

    async def file(self, file: str) -> CopyFile | None:
        """By its id."""

    async def of_request(self, request: str) -> tuple[CopyFile, ...]:
        """Those of a request."""

    async def piece(self, file: str, place: int) -> bytes | None:
        """A piece; None where there is none, as after the file was dropped."""

    async def note_fetch(self, file: str) -> None:
        """Count that it was fetched to its end."""

    async def drop(self, file: str) -> None:
        """Delete it, piece by piece; whatever breaks off is gone on with by the next drop."""

    async def ended(self, *, before: datetime) -> tuple[str, ...]:
        """The ids of some whose time was over by then."""
