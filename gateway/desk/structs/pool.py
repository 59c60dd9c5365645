"""The pool of barcodes for borrowed items: its ranges, and barcodes that are added or taken out of use."""

from collections.abc import Mapping
from typing import Annotated, Final

import msgspec

from gateway.desk.structs.common import Barcode
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
