"""The fast reader: a document that its schema has accepted, to a message. Compiled once from the table of elements.

It trusts the schema: names, order, number and closed values are as the table says. What is valid yet odd (a time
without a zone, a currency in small letters) is put right and recorded here; everything else is `lenient`'s business.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from lxml import etree
from msgspec import Struct

from gateway.iso18626.codes import Version
from gateway.iso18626.elements import ADDRESSES, NAMESPACE, SCHEME, Block, ElementRow, Kind
from gateway.iso18626.repairs import RepairKind, Repairs
from gateway.iso18626.texts import currency, read_boolean, read_decimal, read_integer, read_time
from gateway.iso18626.values import Code

Reader = Callable[[Any, Repairs], Any]  # an lxml element in, a value out
Place = tuple[str, Reader | None, bool]  # field, what reads it (None: a text as it stands), whether it repeats


@cache
def reader(block: Block, version: Version) -> Reader:
    """A function from an element to the block's struct; ValueError for a value too large to hold."""
    rows = [row for row in block.rows if row.mark(version) not in "-^"]
    match rows:
        case [first, second] if {first.mark(version), second.mark(version)} <= {"1", "~"}:
            return _pair(block.struct, first, second, version)
    places = {_tag(row.wire): _place(block, row, version) for row in rows}
    guests = [
        (row.field, _tag(row.wire), reader(row.kind, version))
        for row in block.rows
        if row.mark(version) == "^" and isinstance(row.kind, Block)
    ]
    empty = {row.field: "" for row in rows if row.kind is Kind.TEXT and row.mark(version) in "1~"}
    return _reader(block.struct, places, guests, empty)


def _place(block: Block, row: ElementRow, version: Version) -> Place:
    read_value, repeats = _value_reader(row, version), block.repeats(row.field)
    return row.field, (read_value or _optional_text) if repeats else read_value, repeats


def _pair(struct: type[Struct], first: ElementRow, second: ElementRow, version: Version) -> Reader:
    """The reader of a block of two elements of which neither may be left out: the order says which is which, sooner than their names."""
    order = slice(None, None, 1 if struct.__struct_fields__ == (first.field, second.field) else -1)
    read_one, read_other = [_value_reader(row, version) or _text for row in (first, second)][order]

    def read(element: Any, repairs: Repairs) -> Struct:
        one, other = element[order]
        return struct(read_one(one, repairs), read_other(other, repairs))

    return read


def _reader(
    struct: type[Struct], places: Mapping[str, Place], guests: list[tuple[str, str, Reader]], empty: dict[str, str]
) -> Reader:
    """The reader of a block; `empty` holds the mandatory texts, which an empty element leaves empty."""

    def read(element: Any, repairs: Repairs) -> Struct:  # the stubs do not know that elements can be sliced
        values: dict[str, Any] = empty.copy()
        for child in element[:]:  # the list is there sooner than lxml has stepped through the children
            try:
                field, read_value, repeats = places[child.tag]
            except KeyError:  # a guest's child, read below
                continue
            if read_value is None:
                if text := child.text:
                    values[field] = text
                continue
            value = read_value(child, repairs)
            if value is not None:
                values[field] = (*values.get(field, ()), value) if repeats else value
        for field, tag, read_guest in guests:
            values[field] = _unless_empty(read_guest(next(element.iterchildren(tag)), repairs))
        return struct(**values)

    return read


def _unless_empty(struct: Struct) -> Struct | None:
    return None if struct == type(struct)() else struct


def _tag(wire: str) -> str:
    return f"{{{NAMESPACE}}}{wire}"


def _value_reader(row: ElementRow, version: Version) -> Reader | None:
    mandatory = row.mark(version) in "1~"
    if isinstance(row.kind, Block):
        return reader(row.kind, version)
    if row.kind is Kind.ADDRESS:
        return _address_reader({_tag(wire): reader(block, version) for wire, block in ADDRESSES.items()})
    if row.kind is Kind.TEXT:
        return None
    if isinstance(row.kind, Kind):
        return _code if mandatory and row.kind is Kind.CODE else _OPTIONAL[row.kind]
    values: dict[str, Any] = {code.value: code for code in row.kind}
    return lambda element, _: values[element.text or ""]


def _address_reader(readers: Mapping[str, Reader]) -> Reader:
    def read(element: Any, repairs: Repairs) -> Any:
        address = element[0]
        return readers[address.tag](address, repairs)

    return read


def _text(element: etree._Element, _: Repairs) -> str:
    return element.text or ""


def _optional_text(element: etree._Element, _: Repairs) -> str | None:
    return element.text or None


def _code(element: Any, _: Repairs) -> Code:  # to the stubs, values of attributes may be bytes
    text = element.text or ""
    for name, value in element.items():  # `get` takes as long where there is no attribute as where there is
        if name == SCHEME:
            return Code(text, " ".join(value.split()) or None)
    return Code(text)


def _optional_code(element: etree._Element, repairs: Repairs) -> Code | None:
    return _code(element, repairs) if element.text else None


def _plain_code(element: etree._Element, _: Repairs) -> Code | None:
    return Code(element.text) if element.text else None


def _currency(element: etree._Element, repairs: Repairs) -> Code:
    code = _code(element, repairs)
    capitals = currency(code.value)
    if capitals == code.value:
        return code
    repairs.add(RepairKind.VALUE_FORM, element)
    return Code(capitals, code.scheme)


def _integer(element: etree._Element, _: Repairs) -> int:
    return read_integer(element.text or "")


def _recorded(read: Callable[[str], tuple[Any, tuple[RepairKind, ...]]]) -> Reader:
    """A reader of texts that also says what it put right."""

    def read_element(element: etree._Element, repairs: Repairs) -> Any:
        value, kinds = read(element.text or "")
        for kind in kinds:
            repairs.add(kind, element)
        return value

    return read_element


_OPTIONAL: Final[dict[Kind, Reader]] = {
    Kind.CODE: _optional_code,
    Kind.PLAIN_CODE: _plain_code,
    Kind.CURRENCY: _currency,
    Kind.TIME: _recorded(read_time),
    Kind.DECIMAL: _recorded(read_decimal),
    Kind.INTEGER: _integer,
    Kind.COUNT: _integer,
    Kind.BOOLEAN: _recorded(read_boolean),
}
