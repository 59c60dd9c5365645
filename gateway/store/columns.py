"""What columns hold: times as whole microseconds since 1970 UTC, texts without NUL; rows of parameters and rows that were read. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

Params = tuple[str | int | bytes | None, ...]
Fetched = Sequence[Any]
Value = TypeVar("Value")

MOST_PARAMETERS = 32_766
"""SQLite's bound as it is delivered; PostgreSQL's protocol takes one more."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def stamp(at: datetime) -> int:
    """Return an aware time as microseconds, exactly. A change says one moment a dozen times, and to look it up takes half of reckoning it.

    Times of UTC alone are looked up: of another zone the two of an hour that comes twice are equal, and have one hash.
    """
    return _of_utc(at) if at.tzinfo is UTC else (at - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=16)
def _of_utc(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def optional_stamp(at: datetime | None) -> int | None:
    """Return the stamp of a time that may be missing."""
    return None if at is None else stamp(at)


def moment(microseconds: int) -> datetime:
    """Return the time of a stamp."""
    return _EPOCH + timedelta(microseconds=microseconds)


def optional_moment(microseconds: int | None) -> datetime | None:
    """Return the time of a stamp that may be missing."""
    return None if microseconds is None else moment(microseconds)


def lines(names: Sequence[str]) -> str:
    """Return names as one parameter, a line each, in which `sql.is_among` finds one."""
    return "\n".join(("", *names, ""))


def padded(values: Sequence[Value], filler: Value) -> list[Value]:
    """Return values, one at least, with fillers behind them up to a power of two: seven statements do for all numbers of them up to 64.

    A driver prepares each text of a statement on each connection, and keeps a hundred of them there.
    """
    full = min(1 << (len(values) - 1).bit_length(), MOST_PARAMETERS)
    return [*values, *[filler] * (full - len(values))]


def places(count: int, first: int = 1) -> str:
    """Return the places of so many parameters as a list, from the first on."""
    return ", ".join(f"${place}" for place in range(first, first + count))


def plain(text: str) -> str:
    """Return a text without NUL, which PostgreSQL's text can't hold."""
    return text.replace("\0", "")
