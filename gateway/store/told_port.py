"""What the store keeps of directory services: what each told last of every library, and how its last reading ended. `port.Store.told` gives it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

import msgspec

from gateway.partners.directory_entry import Entry
from gateway.partners.proposals import DirectoryTold


class Reading(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the last reading of a directory service ended."""

    directory: str
    at: datetime
    entries: int = 0
    """Of libraries; what an earlier reading gave stays where this one failed."""
    trouble: str = ""
    """Why it could not be read, in words; empty where it was."""


class ToldStore(Protocol):
    """Each method may raise StoreUnavailable."""

    async def told(self) -> tuple[DirectoryTold, ...]:
        """Return what is told of every library, by directory and symbol."""

    async def keep(self, directory: str, entries: Iterable[Entry], *, at: datetime) -> None:
        """Keep all that a directory tells, in place of what it told before; what was declined stays so."""

    async def note_trouble(self, reading: Reading) -> None:
        """Keep that it could not be read."""

    async def decline(self, told: DirectoryTold) -> None:
        """Keep that staff want nothing of what it says now."""

    async def readings(self) -> tuple[Reading, ...]:
        """Return how the last reading of each ended."""
