"""A list that the desk gives whole, page by page. Pure."""

from collections.abc import Callable, Sequence
from typing import Annotated, Final, Generic, TypeVar
from urllib.parse import urlencode

import msgspec

LISTED: Final = 50
"""Rows on one page."""
Row = TypeVar("Row")


class After(msgspec.Struct, frozen=True, kw_only=True):
    """Where a page begins: behind the row of this key; with the first row if it is empty, is no row's any more, or if none is behind it."""

    after: Annotated[str, msgspec.Meta(max_length=200)] = ""

    def of(self, address: str) -> str:
        """Return the address of that page of a list."""
        return f"{address}?{urlencode({'after': self.after})}" if self.after else address


class Paged(msgspec.Struct, Generic[Row], frozen=True, kw_only=True):
    """The rows of one page, and what stands around it."""

    rows: Sequence[Row]
    after: str
    """The key behind which it begins; empty for the first page."""
    next: str | None
    """The key behind which the next one begins, if there is one."""
    total: int
    """Rows on all pages."""


def paged(rows: Sequence[Row], after: str, key: Callable[[Row], str], most: int = LISTED) -> Paged[Row]:
    """Return the page behind a row."""
    first = 1 + next((place for place, row in enumerate(rows) if key(row) == after), -1)
    first = 0 if first == len(rows) else first
    shown = rows[first : first + most]
    return Paged(
        rows=shown,
        after=after if first else "",
        next=key(shown[-1]) if first + len(shown) < len(rows) else None,
        total=len(rows),
    )
