"""Bibliographic records as MARCXML or OPAC records: what of them finding a copy needs.

A record that can't be read raises BadRecordError, and the others count. Pure: an element in, a value out.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

import msgspec
from lxml import etree

from gateway.catalogue import likeness
from gateway.catalogue.holdings import HeldItem, items_in_fields, items_in_opac
from gateway.catalogue.keys import KeyKind, make_key
from gateway.catalogue.marcxml import MarcRecord, read_record
from gateway.catalogue.numbers import readings
from gateway.standard_numbers import BadIdentifierError
from gateway.workflow.catalogue import SearchSettings
from gateway.workflow.records import Copy


class Bib(msgspec.Struct, frozen=True, kw_only=True):
    """A record: its keys, its description, its copies."""

    number: str
    keys: frozenset[str]
    """Keys that the record states as its own."""
    weak_keys: frozenset[str] = frozenset()
    """Keys read out of misprints, or stated as another binding's (020 $z): right only where the title agrees."""
    main_title: str = ""
    full_title: str = ""
    authors: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    edition: str = ""
    publisher: str = ""
    series: str = ""
    copies: tuple[Copy, ...] = ()
    without_barcode: int = 0
    """Items that the record has, but without a barcode to ask the circulation system by."""
    items: tuple[HeldItem, ...] = ()
    """All of them, with what the record says of whether they are in."""


def read(element: etree._Element, settings: SearchSettings) -> Bib:
    """Read one record; raises BadRecordError."""
    marc = read_record(element)
    number = _own_number(marc, settings.record_number)
    items = tuple(items_in_opac(element) if settings.items is None else items_in_fields(marc, settings.items))
    main, full = _titles(marc)
    years = _years(marc)
    authors = tuple(
        _clean(" ".join(field.get_subfields("a"))) for field in marc.get_fields("100", "110", "111", "700", "710")
    )
    copies = tuple(
        msgspec.structs.replace(
            item.copy, title=main or None, author=next(iter(authors), None), published=next(iter(years), None)
        )
        for item in items
        if item.copy.item_barcode
    )
    strong, weak = _keys(marc, number)
    return Bib(
        number=number,
        keys=strong,
        weak_keys=weak - strong,
        main_title=main,
        full_title=full,
        authors=authors,
        years=years,
        edition=_first(marc, "250", "a"),
        publisher=_first(marc, "264", "b") or _first(marc, "260", "b"),
        series=_first(marc, "490", "a") or _first(marc, "830", "a"),
        copies=copies,
        without_barcode=len(items) - len(copies),
        items=items,
    )


def _own_number(marc: MarcRecord, place: str) -> str:
    tag, code = place[:3], place[3:]
    field = next(iter(marc.get_fields(tag)), None)
    if field is None:
        return ""
    return _clean(next(iter(field.get_subfields(code)), "") if code else field.data)


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────

_NUMBER_FIELDS: Final = (
    (KeyKind.LCCN, "010", "a"),
    (KeyKind.ISBN, "020", "a"),
    (KeyKind.ISSN, "022", "al"),
)
_OCLC_MARKS: Final = ("(ocolc)", "ocm", "ocn", "on")


def _keys(marc: MarcRecord, number: str) -> tuple[frozenset[str], frozenset[str]]:
    strong: set[str] = set()
    weak: set[str] = set()
    stated = [(KeyKind.RECORD, number), *((KeyKind.OCLC, text) for text in _oclc_numbers(marc))]
    stated += [(kind, text) for kind, tag, codes in _NUMBER_FIELDS for text in _texts(marc, tag, codes)]
    for kind, text in stated:
        try:
            strong.add(make_key(kind, text))
        except BadIdentifierError:
            weak.update(readings(kind, text))
    for text in _texts(marc, "020", "z"):
        weak.update(readings(KeyKind.ISBN, text))
    return frozenset(strong), frozenset(weak)


def _oclc_numbers(marc: MarcRecord) -> Iterator[str]:
    """035, and 019 for numbers that OCLC has merged; 001 where 003 says that it is OCLC's."""
    if any(field.data.strip().casefold() == "ocolc" for field in marc.get_fields("003")):
        yield from (field.data for field in marc.get_fields("001"))
    yield from _texts(marc, "019", "a")
    yield from (text for text in _texts(marc, "035", "a") if text.casefold().lstrip().startswith(_OCLC_MARKS))


# ── description ──────────────────────────────────────────────────────────────────────────────────


def _titles(marc: MarcRecord) -> tuple[str, str]:
    """245 $a, and $a with $b, $n, $p."""
    field = next(iter(marc.get_fields("245")), None)
    if field is None:
        return "", ""
    return _clean(" ".join(field.get_subfields("a"))), _clean(" ".join(field.get_subfields("a", "b", "n", "p")))


def _years(marc: MarcRecord) -> tuple[int, ...]:
    """As printed in the imprint, else of the fixed field."""
    imprint = [text for tag in ("264", "260") for text in _texts(marc, tag, "c")]
    printed = tuple(year for text in imprint for year in likeness.years(text))
    fixed = next((field.data for field in marc.get_fields("008")), "")[7:11]
    return tuple(dict.fromkeys((*printed, *likeness.years(fixed))))


def _texts(marc: MarcRecord, tag: str, codes: str) -> Iterator[str]:
    return (text for field in marc.get_fields(tag) for text in field.get_subfields(*codes))


def _first(marc: MarcRecord, tag: str, codes: str) -> str:
    return _clean(next(_texts(marc, tag, codes), ""))


def _clean(text: str) -> str:
    """One line, letters and accents together, without the punctuation that ends an area of the description."""
    return " ".join(unicodedata.normalize("NFC", text).split()).strip(" /:;,=.")
