"""The table of elements says what the schemas say: names, order, number and kinds, for every message and version."""

from typing import Any

import pytest
from lxml import etree

from gateway.iso18626.codes import MessageKind, Version
from gateway.iso18626.elements import ADDRESSES, ENVELOPE, MESSAGES, Block, ElementRow, Kind
from gateway.iso18626.schema import schema_file

XS = "{http://www.w3.org/2001/XMLSchema}"
OCCURS = {("1", "1"): "1", ("0", "1"): "?", ("0", "unbounded"): "*", ("0", "3"): "3"}
KINDS = {
    "xs:string": {Kind.TEXT, Kind.PLAIN_CODE},
    "ill:type_schemeValuePair": {Kind.CODE, Kind.CURRENCY},
    "xs:dateTime": {Kind.TIME},
    "xs:decimal": {Kind.DECIMAL},
    "xs:integer": {Kind.INTEGER},
    "xs:boolean": {Kind.BOOLEAN},
}


class Schema:
    """Just enough of a reader of schemas to walk these two."""

    def __init__(self, version: Version) -> None:
        self.root: Any = etree.parse(schema_file(version)).getroot()

    def named(self, kind: str, name: str) -> Any:
        return next(each for each in self.root.iterchildren(f"{XS}{kind}") if each.get("name") == name)

    def resolve(self, element: Any) -> Any:
        reference = element.get("ref")
        return self.named("element", reference.removeprefix("ill:")) if reference else element

    def children(self, element: Any) -> list[Any]:
        """The declarations in the sequence of an element's type."""
        of = element.get("type", "").removeprefix("ill:")
        holder = self.named("complexType", of) if of else element.find(f"{XS}complexType")
        return list(holder.find(f"{XS}sequence"))


def expected_mark(element: Any) -> str:
    return OCCURS[element.get("minOccurs", "1"), element.get("maxOccurs", "1")]


def rows_of(block: Block, version: Version) -> list[tuple[ElementRow, str]]:
    """The rows that a version has, with the plain mark that each stands for."""
    marks = ((row, row.mark(version)) for row in block.rows)
    return [(row, {"~": "1", "0": "1"}.get(mark, mark)) for row, mark in marks if mark not in "-^"]


def compare(schema: Schema, element: Any, blocks: list[Block], version: Version) -> None:
    """Assert that an element's declared children are the rows of these blocks, one after the other."""
    declared = schema.children(element)
    rows = [pair for block in blocks for pair in rows_of(block, version)]
    assert [(schema.resolve(each).get("name"), expected_mark(each)) for each in declared] == [
        (row.wire, mark) for row, mark in rows
    ], element.get("name")
    guests = {
        row.wire: row.kind
        for block in blocks
        for row in block.rows
        if row.mark(version) == "^" and isinstance(row.kind, Block)
    }
    for each, (row, _) in zip(declared, rows, strict=True):
        compare_kind(schema, schema.resolve(each), row, version, guests)


def compare_kind(schema: Schema, element: Any, row: ElementRow, version: Version, guests: dict[str, Block]) -> None:
    if isinstance(row.kind, Block):
        guest = guests.get(row.wire)
        compare(schema, element, [row.kind, guest] if guest else [row.kind], version)
    elif row.kind is Kind.ADDRESS:
        assert element.get("name") == "address"
    elif row.kind is Kind.COUNT:
        assert element.find(f".//{XS}minInclusive").get("value") == "0"
    elif isinstance(row.kind, Kind):
        assert row.kind in KINDS[element.get("type")], row
    else:
        assert element.get("type").casefold() == f"ill:type_{row.kind.__name__}".casefold()


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("kind", MessageKind)
def test_the_table_is_the_schema(kind, version):
    schema = Schema(version)
    compare(schema, schema.named("element", kind), [MESSAGES[kind]], version)


@pytest.mark.parametrize("version", Version)
def test_an_address_is_one_of_the_two_kinds_of_the_schema(version):
    schema = Schema(version)
    choice = schema.children(schema.named("element", "address"))[0]
    assert {schema.resolve(each).get("name") for each in choice} == ADDRESSES.keys()
    for wire, block in ADDRESSES.items():
        compare(schema, schema.named("element", wire), [block], version)


@pytest.mark.parametrize("version", Version)
def test_the_envelope_holds_the_six_messages(version):
    schema = Schema(version)
    choice = schema.children(schema.named("element", ENVELOPE))[0]
    assert {schema.resolve(each).get("name") for each in choice} == set(MessageKind) == MESSAGES.keys()


@pytest.mark.parametrize("version", Version)
def test_every_field_of_every_struct_has_its_row(version):
    for kind, block in MESSAGES.items():
        assert {row.field for row in block.rows} == set(block.struct.__struct_fields__), (kind, version)
