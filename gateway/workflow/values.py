"""What records are made of, and the small values that stand in many of them: money, addresses, what is wanted.

Frozen msgspec structs. This module imports nothing of ours.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec

_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_MOST_DECIMALS: Final = 2
_MOST: Final = 10**9
"""No price is as high; so that no number with an exponent is written out."""


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What all records are: immutable, built by keyword, defaults left out of the JSON."""


class Money(Record, frozen=True, kw_only=True):
    """An amount with its ISO 4217 currency code."""

    amount: Decimal
    currency: str


def money_faults(money: Money | None) -> Iterator[tuple[str, str]]:
    """Say what keeps an amount from being a price: the field and the words, for each fault."""
    if money is None:
        return
    if not (money.amount.is_finite() and 0 <= money.amount < _MOST and _decimals(money.amount) <= _MOST_DECIMALS):
        yield "amount", "must be an amount like 12.50: 0 or more, two decimals at the most"
    if not _CURRENCY.fullmatch(money.currency):
        yield "currency", "must be a currency of ISO 4217, like EUR"


def _decimals(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    assert isinstance(exponent, int), "the amount is finite"
    return -exponent


class Identifier(Record, frozen=True, kw_only=True):
    """One bibliographic identifier as the partner sent it: code ("ISBN", "OCLC" ...) and value."""

    code: str
    value: str


class Editions(StrEnum):
    """Which editions of a work will do (anyEdition, preferredEdition)."""

    THIS = "this"
    ANY = "any"
    MOST_RECENT = "most recent"


class Wanted(Record, frozen=True, kw_only=True):
    """What a request asks for, in the words of its bibliographicInfo."""

    title: str | None = None
    author: str | None = None
    record_id: str | None = None
    """supplierUniqueRecordId: our own catalogue's number."""
    identifiers: tuple[Identifier, ...] = ()
    edition: str | None = None
    editions: Editions = Editions.THIS
    volumes: tuple[str, ...] = ()
    issue: str | None = None
    pages: str | None = None
    article_title: str | None = None
    article_author: str | None = None
    publisher: str | None = None
    published: str | None = None
    form: str | None = None
    """In which form it is wanted, a code of the open list Format: `LargePrint`, `CD-ROM` (preferredFormat, itemFormat)."""
    series: str | None = None


class PostalAddress(Record, frozen=True, kw_only=True):
    """An address for a label."""

    line1: str | None = None
    line2: str | None = None
    locality: str | None = None
    postal_code: str | None = None
    region: str | None = None
    country: str | None = None
