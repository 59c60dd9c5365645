"""What was scanned at the desk, as it is kept: the list of a cart, and by what the second of two equal scans is known.

No customer's card is in it, nor words that were typed (`ScanRecord.code`). `port.Store.scans` gives it.
"""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from gateway.workflow.triggers import StaffAction


class ScanResult(StrEnum):
    """What a scan came to, by the sound that it makes."""

    DONE = "done"
    LOOK = "look"
    """A person must look, or do something beside the step."""
    STOP = "stop"
    """Nothing was done."""


class ScanRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One scan, and what it came to."""

    id: str
    cart: str
    at: datetime
    by: str
    code: str = ""
    """What was scanned, if it named a request on which something was done; a second scan of it within a minute is known by it."""
    result: ScanResult
    said: str
    open: bool = False
    """The circulation system has not answered yet."""
    request: str | None = None
    title: str | None = None
    item: str | None = None
    act: StaffAction | None = None
    """What it did; None: nothing."""
    taken: bool = False
    """The workflow has taken what it asked for; until then the request is as it was before."""
    undo_until: datetime | None = None
    undone: bool = False
    refused: StaffAction | None = None
    """What was asked for and refused."""
    found: tuple[str, ...] = ()
    """Requests that may be meant, where it names none."""


class ScanStore(Protocol):
    """Each method may raise StoreUnavailable."""

    async def add(self, scan: ScanRecord, *, unless_since: datetime | None) -> bool:
        """Keep a scan; False, and nothing is kept, if one with its code has been since that time. None: whatever was."""

    async def change(self, scan: ScanRecord) -> None:
        """Keep what has become of a scan."""

    async def scan(self, scan_id: str) -> ScanRecord | None:
        """By its id."""

    async def newest_of(self, code: str, *, since: datetime) -> ScanRecord | None:
        """The newest with this code since then."""

    async def of_cart(self, cart: str, *, limit: int) -> tuple[ScanRecord, ...]:
        """Those of a cart, newest first."""

    async def newest_cart(self, by: str, *, since: datetime) -> str | None:
        """The cart into which somebody has scanned last, if that was since then."""

    async def forget(self, *, before: datetime) -> int:
        """Drop older ones; give how many."""
