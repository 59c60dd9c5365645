"""SRU as text and values: the parameters of a request, and a page of records out of a response, of versions 1.1, 1.2 and 2.0.

Elements are told by their local names: the versions differ in the namespace, and some servers have none. Pure: bytes in, values out. (LoC SRU 1.1,
1.2; OASIS searchRetrieve 1.0 part 3.)
"""

from typing import Final

import msgspec
from lxml import etree

from gateway.catalogue import foreign_xml
from gateway.catalogue.foreign_xml import ForeignXmlError
from gateway.workflow.catalogue import SruVersion

DIAGNOSTICS: Final = "info:srw/diagnostic/1/"

WORDS: Final[dict[int, str]] = {
    1: "it has a fault of its own",
    2: "it is not available for the moment",
    3: "it wants a user and a password that are right",
    4: "it does not know the operation searchRetrieve",
    5: "it does not speak this version of SRU",
    6: "it does not take one of our parameters",
    7: "it misses a parameter",
    8: "it does not know one of our parameters",
    10: "it can't read the query",
    13: "it can't read the query's brackets or quotes",
    15: "it does not know the context set of an index",
    16: "it does not have one of our indexes",
    19: "it does not know a relation of the query",
    27: "it does not take an empty term",
    31: "it finds a term too long",
    37: "it does not know a boolean of the query",
    38: "it finds the query too long",
    47: "it can't do this query for the moment",
    48: "it does not do this kind of query",
    60: "it finds more records than it will give",
    61: "it has no record at this place",
    64: "a record is not there for the moment",
    66: "it does not have this record schema",
    67: "it can't give a record in this schema",
    68: "it does not let us have a record",
    71: "it does not give records in this packing",
}
"""Diagnostics as they bear on us (LoC, “SRU Diagnostics List”)."""
OUT_OF_RANGE: Final = 61
OF_A_RECORD: Final = frozenset({64, 67, 68})
"""Diagnostics in the place of one record; the others are there."""
PASSING: Final = frozenset({1, 2, 47})
"""Diagnostics of a fault that may be gone when we ask again."""


class Diagnostic(msgspec.Struct, frozen=True, kw_only=True):
    """What a server says is wrong. `number` is that of the standard's list, None for one of its own."""

    number: int | None
    details: str = ""
    message: str = ""

    @property
    def words(self) -> str:
        """In words for a person: ours where we have some, with what the server adds."""
        known = WORDS.get(self.number or 0) or self.message or "it says that something is wrong"
        return f"{known} ({self.details})" if self.details else known


class SruPage(msgspec.Struct, frozen=True, kw_only=True):
    """Part of an answer: the records on it, how many there are in all, where the next page begins."""

    total: int = 0
    records: tuple[etree._Element, ...] = ()
    unread: int = 0
    """Records that came as something other than XML."""
    next_position: int | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


def parameters(version: SruVersion, query: str, *, start: int, count: int, schema: str) -> dict[str, str]:
    """Return the parameters of searchRetrieve; 2.0 has no operation, and recordXMLEscaping in place of recordPacking."""
    common = {"query": query, "startRecord": str(start), "maximumRecords": str(count), "recordSchema": schema}
    if version is SruVersion.V2_0:
        return {"version": version.value, **common, "recordXMLEscaping": "xml"}
    return {"operation": "searchRetrieve", "version": version.value, **common, "recordPacking": "xml"}


def read(data: bytes) -> SruPage:
    """Read a response; raises ForeignXmlError."""
    root = foreign_xml.parse(data)
    if _name(root) == "diagnostics":
        return SruPage(diagnostics=_diagnostics(root))
    if _name(root) != "searchRetrieveResponse":
        raise ForeignXmlError("what came back is XML, but no response of SRU")
    contents = [_content(element) for block in root if _name(block) == "records" for element in block]
    known = [content for content in contents if content is not None]
    records = tuple(content for content in known if _name(content) != "diagnostic")
    surrogates = tuple(_diagnostic(content) for content in known if _name(content) == "diagnostic")
    own = [child for child in root if _name(child) == "diagnostics"]
    return SruPage(
        total=_number(root, "numberOfRecords") or 0,
        records=records,
        unread=contents.count(None),
        next_position=_number(root, "nextRecordPosition"),
        diagnostics=(*(each for block in own for each in _diagnostics(block)), *surrogates),
    )


def _content(container: etree._Element) -> etree._Element | None:
    """The record itself; as text where the server escaped it (recordPacking=string). None where it can't be read."""
    data = next((child for child in container if _name(child) == "recordData"), None)
    if data is None:
        return None
    if len(data):
        return data[0]
    try:
        return foreign_xml.parse((data.text or "").encode())
    except ForeignXmlError:
        return None


def _diagnostics(block: etree._Element) -> tuple[Diagnostic, ...]:
    return tuple(_diagnostic(child) for child in block if _name(child) == "diagnostic")


def _diagnostic(element: etree._Element) -> Diagnostic:
    texts = {_name(child): " ".join((child.text or "").split())[:_LONGEST_DETAIL] for child in element}
    number = texts.get("uri", "").removeprefix(DIAGNOSTICS)
    return Diagnostic(
        number=int(number) if number.isdecimal() and len(number) < _LONGEST_NUMBER else None,
        details=texts.get("details", ""),
        message=texts.get("message", ""),
    )


_LONGEST_DETAIL: Final = 100
_LONGEST_NUMBER: Final = 10


def _number(root: etree._Element, name: str) -> int | None:
    text = next(((child.text or "").strip() for child in root if _name(child) == name), "")
    return int(text) if text.isdecimal() and len(text) < _LONGEST_NUMBER else None


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
