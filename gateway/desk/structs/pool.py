"""The pool of barcodes for borrowed items: its ranges, and barcodes that are added or taken out of use."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final

import msgspec

from gateway.desk.structs.common import Barcode, Limit
from gateway.workflow.borrowing_records import PoolState

AT_ONCE_MAX: Final = 10_000
"""Barcodes that are added at once."""


class RangeShown(msgspec.Struct, frozen=True, kw_only=True):
    """A range of the pool: how many barcodes it has and in which state; rested ones count as free."""

    range: str
    total: int
    free: int
    counts: Mapping[PoolState, int]
    warning: str | None = None


class RangeList(msgspec.Struct, frozen=True, kw_only=True):
    """Every range."""

    ranges: tuple[RangeShown, ...]


class BarcodesQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which barcodes of a range; `after` is the last one of the page before."""

    state: PoolState | None = None
    after: Annotated[str, msgspec.Meta(max_length=64)] = ""
    limit: Limit = 100


class BarcodeShown(msgspec.Struct, frozen=True, kw_only=True):
    """A barcode of the pool."""

    barcode: str
    state: PoolState
    request: str | None
    """Which has it."""
    since: datetime
    why: str
    """Why it is out of use."""


class BarcodeList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a range; `next` is the `after` of the following page, None if there is none."""

    range: RangeShown
    barcodes: tuple[BarcodeShown, ...]
    next: str | None


class BlockQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Why a barcode goes out of use."""

    why: Annotated[str, msgspec.Meta(max_length=200)] = ""


class AddBody(msgspec.Struct, frozen=True, kw_only=True):
    """Barcodes for a range: a list of them, or the first and the last of a run."""

    range: Barcode
    barcodes: Annotated[tuple[Barcode, ...], msgspec.Meta(max_length=AT_ONCE_MAX)] = ()
    first: Barcode | None = None
    last: Barcode | None = None


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """What became of them."""

    given: int
    range: RangeShown
    warnings: tuple[str, ...]
    words: str


class BarcodeSet(msgspec.Struct, frozen=True, kw_only=True):
    """A barcode that was blocked or put back."""

    barcode: str
    words: str
