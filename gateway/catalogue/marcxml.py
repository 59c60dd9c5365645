"""A MARC 21 record out of MARCXML: fields, and what stands in them. Pure.

Not pymarc, which loads the tables of MARC-8 with it: 54 MB in every gateway, and XML has no use for them.
"""

from collections.abc import Iterator
from typing import Final

import msgspec
from lxml import etree

LEADER: Final = 24
"""Characters of a leader."""


class BadRecordError(ValueError):
    """A record that is no MARC; the text says why."""


class MarcField(msgspec.Struct, frozen=True):
    """A field: a control field has data, any other subfields."""

    tag: str
    data: str = ""
    subfields: tuple[tuple[str, str], ...] = ()
    """Code and text of each, as they stand."""

    def get_subfields(self, *codes: str) -> list[str]:
        """Return the texts of subfields with one of the codes, as they stand."""
        return [text for code, text in self.subfields if code in codes]


class MarcRecord(msgspec.Struct, frozen=True):
    """A record's fields, as they stand."""

    fields: tuple[MarcField, ...]

    def get_fields(self, *tags: str) -> list[MarcField]:
        """Return the fields with one of the tags, as they stand."""
        return [field for field in self.fields if field.tag in tags]


def read_record(element: etree._Element) -> MarcRecord:
    """Read the first record in an element; an OPAC record has it under bibliographicRecord. Raises BadRecordError."""
    inside = next(_named(element, "record"), None)
    if inside is None:
        raise BadRecordError("a record without MARC in it")
    if any(len(_text(leader)) != LEADER for leader in _named(inside, "leader")):
        raise BadRecordError("a record that is no MARC (its leader)")
    return MarcRecord(tuple(_fields(inside)))


def _fields(record: etree._Element) -> Iterator[MarcField]:
    for each in record.iter():
        name = _name(each)
        if name == "controlfield":
            yield MarcField(_attribute(each, "tag"), _text(each))
        elif name == "datafield":
            subfields = ((_attribute(sub, "code"), _text(sub)) for sub in _named(each, "subfield"))
            yield MarcField(_attribute(each, "tag"), subfields=tuple(subfields))


def _attribute(element: etree._Element, name: str) -> str:
    value = element.get(name)
    if not value:
        raise BadRecordError(f"a record that is no MARC (a {_name(element)} without {name})")
    return value


def _named(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (each for each in element.iter() if _name(each) == name)


def _name(element: etree._Element) -> str:
    """Return an element's name, in whatever namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _text(element: etree._Element) -> str:
    return "".join(text for text in element.itertext() if isinstance(text, str))
