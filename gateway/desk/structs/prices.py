"""Prices of borrowed items that were not returned, as they stand in the ILS."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec


class PriceStanding(StrEnum):
    """Where a price stands, and so what is to be done."""

    TO_SET = "to set"
    """Set it in the ILS, then tick."""
    DIFFERS = "differs"
    UNCLEAR = "can't tell"
    AGREES = "agrees"
    PAID = "paid"
    """The customer owes it no more; the item is still missing."""
    TO_TAKE_OFF = "take the charge off"
    """It came back: take the charge off in the ILS, then tick."""


class PriceStep(StrEnum):
    """What somebody has done in the ILS, or wants to know."""

    SET = "set"
    OFF = "off"
    PAID = "paid"
    LOOK = "look"


class PriceBody(msgspec.Struct, frozen=True, kw_only=True):
    """What an item costs: an amount that the lender named, or the library's own for a format."""

    amount: Annotated[str, msgspec.Meta(max_length=20)] | None = None
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")] | None = None
    """The library's own, if none is named."""
    format: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    """One of [borrowing.prices] by_format, in place of an amount."""


class PriceRow(msgspec.Struct, frozen=True, kw_only=True):
    """An unreturned item, or one that came back and was charged."""

    request: str
    title: str
    lender: str
    item_barcode: str
    """The barcode of the pool that stands for it."""
    due_at: datetime | None
    state: str
    amount: str
    currency: str
    by_lender: bool
    standing: PriceStanding
    words: str
    """What the last look showed, or what is to be done."""
    seen_at: datetime | None
    set_by: str | None
    off_by: str | None
    paid_by: str | None


class PriceList(msgspec.Struct, frozen=True, kw_only=True):
    """What is not settled, red first."""

    rows: tuple[PriceRow, ...]
    """Thirty at the most."""
    more: bool
    """Others follow as these are settled."""
    formats: tuple[str, ...]
    currency: str
    red: int


class PriceDone(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a step."""

    row: PriceRow
    words: str
