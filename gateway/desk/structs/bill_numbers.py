"""Numbers of bills: the last of each series, and what is not known of them after a restore."""

from datetime import datetime
from typing import Annotated

import msgspec


class LastNumberBody(msgspec.Struct, frozen=True, kw_only=True):
    """Which number of a series went out last in a fiscal year."""

    series: Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Z0-9]{0,9}$")]
    fiscal_year: Annotated[int, msgspec.Meta(ge=1990, le=2200)]
    last: Annotated[int, msgspec.Meta(ge=0, le=999_999_999)]


class ConfirmNumbersBody(msgspec.Struct, frozen=True, kw_only=True):
    """Those of which it is another than the store has."""

    last: Annotated[tuple[LastNumberBody, ...], msgspec.Meta(max_length=100)] = ()


class LastNumberShown(msgspec.Struct, frozen=True, kw_only=True):
    """The last number that the store has given; 0: none."""

    series: str
    fiscal_year: int
    last: int
    written: str


class LostNumbersShown(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers that went out and whose bills are not here."""

    first: str
    last: str
    at: datetime
    by: str


class NumbersShown(msgspec.Struct, frozen=True, kw_only=True):
    """The last numbers; since which restore they are in doubt, if they are; what was lost."""

    in_doubt_since: datetime | None
    last: tuple[LastNumberShown, ...]
    lost: tuple[LostNumbersShown, ...]
    time_zone: str = ""
    """The library's, in which people read these times."""
