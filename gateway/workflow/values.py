"""What records are made of, and the small values that stand in many of them: money, addresses, what is wanted.

Frozen msgspec structs. This module imports nothing of ours.
"""

from decimal import Decimal
from enum import StrEnum

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What all records are: immutable, built by keyword, defaults left out of the JSON."""


class Money(Record, frozen=True, kw_only=True):
    """An amount with its ISO 4217 currency code."""

    amount: Decimal
    currency: str


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
