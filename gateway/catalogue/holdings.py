"""Items of a record: out of its fields by configuration, or out of the holdings of an OPAC record.

A copy without a barcode is given too, with an empty one: whoever reads counts them. Pure.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

import msgspec
from lxml import etree

from gateway.catalogue.marcxml import MarcField, MarcRecord
from gateway.workflow.catalogue import ItemFields
from gateway.workflow.records import Copy


class HeldItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item: the copy, whether the record says that it is in, and in a union catalogue whose it is."""

    copy: Copy
    is_available: bool | None = None
    """None where the record does not say."""
    symbols: tuple[str, ...] = ()


def items_in_fields(marc: MarcRecord, places: ItemFields) -> Iterator[HeldItem]:
    """One item a field. Where a location field is named, branch and call number come from it (MARC 21: linked by $8)."""
    locations = marc.get_fields(places.location) if places.location else []
    for field in marc.get_fields(*places.tags):
        place = _location_of(field, locations) or field
        copy = Copy(
            item_barcode=_first(field, places.barcode),
            branch=_first(place, places.branch),
            call_number=" ".join(_texts(place, places.call_number)) or None,
            item_type=_first(field, places.item_type) or None,
            volume=_first(field, places.volume) or None,
            collection=_first(place, places.collection) or None,
            acquired_on=_date(_first(field, places.acquired)),
        )
        symbols = tuple(_texts(field, places.symbol))
        yield HeldItem(copy=copy, is_available=_is_available(field, places), symbols=symbols)


def _is_available(field: MarcField, places: ItemFields) -> bool | None:
    """No where something says that it is out or not lent; yes where what would say so is silent, or the status says that it is in."""
    if any(text != "0" for text in _texts(field, places.out)) or _is_one_of(
        _first(field, places.barred), places.barred_by
    ):
        return False
    status = _first(field, places.status)
    if status:
        says_out = places.unavailable if not places.available else ()
        return not _is_one_of(status, says_out) if says_out else _is_one_of(status, places.available)
    return True if places.out else None


def _is_one_of(text: str, words: tuple[str, ...]) -> bool:
    return text.casefold() in {word.casefold() for word in words}


def _location_of(field: MarcField, locations: list[MarcField]) -> MarcField | None:
    """The location field with the same link number, else the first one that has none."""
    link = _link(field)
    linked = next((each for each in locations if link and _link(each) == link), None)
    return linked or next((each for each in locations if not _link(each)), locations[0] if locations else None)


def _link(field: MarcField) -> str:
    """The number before the point: `8 1.2` belongs to `8 1`."""
    return _first(field, "8").partition(".")[0]


def _date(text: str) -> date | None:
    """A date of ISO 8601, with hyphens or without; None for any other text."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _texts(field: MarcField, codes: str) -> list[str]:
    """The subfields in the order of the codes."""
    return [clean for code in codes for text in field.get_subfields(code) if (clean := " ".join(text.split()))]


def _first(field: MarcField, codes: str) -> str:
    return next(iter(_texts(field, codes)), "")


# ── OPAC records ─────────────────────────────────────────────────────────────────────────────────


def items_in_opac(record: etree._Element) -> Iterator[HeldItem]:
    """One item a circulation of each holding (Z39.50's OPAC record in XML, as YAZ writes it).

    A branch is the local location, else the shelving location; the caption the circulation's, else its volume's or holding's.
    """
    for holding in _named(record, "holding"):
        circulations = _named(holding, "circulation") or [holding]
        symbol = _text(holding, "nucCode") or _text(holding, "localLocation")
        for circulation in circulations:
            copy = Copy(
                item_barcode=_text(circulation, "itemId"),
                branch=_text(holding, "localLocation") or _text(holding, "shelvingLocation"),
                call_number=_text(holding, "callNumber") or None,
                item_type=_text(circulation, "itemType") or None,
                volume=_text(circulation, "enumAndChron") or _own(holding, "enumAndChron") or None,
            )
            symbols = (symbol,) if symbol else ()
            yield HeldItem(copy=copy, is_available=_is_in(circulation, holding), symbols=symbols)


_SAYS_IN: Final = frozenset({"available", "in", "on shelf", "check shelf", "check shelves", "checked in"})
_SAYS_OUT: Final = ("due", "checked out", "on loan", "missing", "in transit")
"""How notes of holdings begin where there is no circulation: Sierra's server gives the status, or DUE and the date, in publicNote."""


def _is_in(circulation: etree._Element, holding: etree._Element) -> bool | None:
    """As `availableNow` says, else as the public note does."""
    now = next((each.get("value") for each in _named(circulation, "availableNow")), None)
    if now is not None:
        return now == "1"
    note = _text(holding, "publicNote").casefold()
    return True if note in _SAYS_IN else False if note.startswith(_SAYS_OUT) else None


def _named(element: etree._Element, name: str) -> list[etree._Element]:
    return [each for each in element.iter() if etree.QName(each).localname == name]


def _text(element: etree._Element, name: str) -> str:
    return next((text for each in _named(element, name) if (text := " ".join((each.text or "").split()))), "")


def _own(element: etree._Element, name: str) -> str:
    """Of a child alone."""
    return next((" ".join((child.text or "").split()) for child in element if etree.QName(child).localname == name), "")
