"""Which version a document speaks, told by what stands in it: the declared string alone is never trusted.

Elements, repetitions and codes that only one version has are evidence. Order and absence are not: peers shuffle
elements, and senders of 1.0 and 1.1 leave out what 1.2 made mandatory, which makes their messages look like 2021-2.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from lxml import etree

from gateway.iso18626.codes import MessageKind, Version, known
from gateway.iso18626.elements import ADDRESSES, MESSAGES, VERSION, Block, ElementRow, Kind
from gateway.iso18626.parser import local_name


def declared_string(root: etree._Element) -> str | None:
    """What the sender wrote into the envelope's version attribute, qualified or not; None without one."""
    qualified = root.get(VERSION)
    if qualified is not None:
        return qualified
    return next((str(value) for name, value in root.attrib.items() if str(name).rpartition("}")[2] == "version"), None)


def declared_version(declared: str | None) -> Version | None:
    """The version that a sender's string hints at: `1.0`, `1.1`, `1.2`, `v1_2_2017`, `2021-2`, `2021-3`, or nothing."""
    text = (declared or "").strip().lower().removeprefix("v")
    if text.startswith("20"):
        return Version.V2021_2
    return Version.V1_2 if text.startswith("1") else None


def detect(message: etree._Element, kind: MessageKind, declared: str | None) -> Version:
    """The version of a message element; the declared one where its content proves nothing or both, else 1.2."""
    evidence = set(_evidence(message, _places(kind), str(kind)))
    if len(evidence) == 1:
        return evidence.pop()
    return declared_version(declared) or Version.V1_2


def _evidence(element: etree._Element, places: dict[str, list[ElementRow]], path: str) -> Iterator[Version]:
    counts: Counter[str] = Counter()
    for child in element:
        place = f"{path}/{local_name(child)}"
        counts[place] += 1
        rows = places.get(place, [])
        for version, other in ((Version.V1_2, Version.V2021_2), (Version.V2021_2, Version.V1_2)):
            if any(_fits(row, child, counts[place], version) for row in rows) and not any(
                _fits(row, child, counts[place], other) for row in rows
            ):
                yield version
        if rows:
            yield from _evidence(child, places, place)


def _fits(row: ElementRow, element: etree._Element, count: int, version: Version) -> bool:
    """Whether the version has a place for this element, the count-th of its name there, and for a code in it."""
    most = {"*": count, "3": 3, "-": 0}.get(row.mark(version), 1)
    if count > most:
        return False
    code: Any = _code_in(row, element)
    return code is None or known(code, version)


def _code_in(row: ElementRow, element: etree._Element) -> Any:
    if not isinstance(row.kind, type):
        return None
    return next((code for code in row.kind if code == (element.text or "").strip()), None)


@cache
def _places(kind: MessageKind) -> dict[str, list[ElementRow]]:
    """Path below the message -> the rows that put an element there, in either version."""
    places: dict[str, list[ElementRow]] = {}
    _collect(MESSAGES[kind], str(kind), places)
    return places


def _collect(block: Block, path: str, places: dict[str, list[ElementRow]]) -> None:
    for row in block.rows:
        place = f"{path}/{row.wire}"
        if "^" not in row.marks:
            places.setdefault(place, []).append(row)
        if isinstance(row.kind, Block):
            _collect(_in_versions(row.kind, row.marks), place, places)
        elif row.kind is Kind.ADDRESS:
            for wire, inner in ADDRESSES.items():
                places.setdefault(f"{place}/{wire}", []).append(ElementRow(wire, wire, inner, "11"))
                _collect(inner, f"{place}/{wire}", places)


def _in_versions(block: Block, marks: str) -> Block:
    """The block with its rows struck out for the versions in which its element does not stand here."""
    rows = (
        ElementRow(
            row.field,
            row.wire,
            row.kind,
            "".join("-" if outer == "-" else inner for outer, inner in zip(marks, row.marks, strict=True)),
        )
        for row in block.rows
    )
    return Block(block.struct, tuple(rows))
