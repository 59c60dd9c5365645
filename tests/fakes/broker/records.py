"""What the broker is told at its start, and what it keeps: one line of its books a request."""

from enum import StrEnum
from pathlib import Path

import msgspec

READER = "ISIL:XX-READER"
"""The broker's own requester (reader.py)."""


class Mode(StrEnum):
    """What its headers name."""

    OPAQUE = "opaque"
    TRANSPARENT = "transparent"


class Script(StrEnum):
    """What a supplier that lives in the broker does with a request."""

    UNFILLED = "unfilled"
    NOT_NOW = "not now"
    OFFERS = "offers"
    PROMISES = "promises"
    SILENT = "silent"


class Library(msgspec.Struct, frozen=True, kw_only=True):
    """A library behind the broker: a gateway at `url`, or a script."""

    url: str = ""
    bearer: str = ""
    script: Script | None = None


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The broker's settings, as JSON in a file."""

    port: int
    control_port: int
    books: str
    mode: Mode
    symbol: str
    libraries: dict[str, Library]


class Transaction(msgspec.Struct, kw_only=True):
    """A request and where it stands."""

    id: str
    """The requester's; a Retry puts its own in the place of the one before."""
    requester: str
    document: str
    """The request as it came."""
    rota: list[str]
    selected: str | None = None
    status: str | None = None
    """The selected supplier's last."""
    over: bool = False
    """Cancelled at the broker itself, or at its end."""
    passing_on: bool = False
    """Cancel for the selected supplier is on its way."""
    log: list[str] = []
    """What came and went, in words."""


class Reading(msgspec.Struct, kw_only=True):
    """A request of the broker's own requester, as it understands what it is told."""

    id: str
    state: str = "sent"
    items: list[list[str]] = []
    conditions: list[str] = []
    amounts: list[str] = []
    """As they stand in the document: `12.5` would be read as 1250."""
    refused: list[str] = []
    """What it answered with ERROR."""
    notes: list[str] = []


class Books(msgspec.Struct, kw_only=True):
    """Everything that a kill must not take."""

    rota: list[str] = []
    """Suppliers in the order in which they are asked."""
    transactions: list[Transaction] = []
    readings: list[Reading] = []

    def transaction(self, number: str) -> Transaction | None:
        """By the requester's id."""
        return next((each for each in self.transactions if each.id == number), None)

    def reading(self, number: str) -> Reading:
        """By its id; raises StopIteration."""
        return next(each for each in self.readings if each.id == number)

    def save(self, path: Path) -> None:
        """Before anything is confirmed."""
        fresh = path.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(self))
        fresh.replace(path)


def opened(path: Path) -> Books:
    """The books of the life before."""
    return msgspec.json.decode(path.read_bytes(), type=Books) if path.exists() else Books()
