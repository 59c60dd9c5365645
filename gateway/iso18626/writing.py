"""The writer: a message to a document that its schema accepts. Compiled once from the table of elements.

Strict: what the version has no place for raises Inexpressible, and so does a text with characters that XML cannot
carry; nothing is dropped or bent on the way out.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, Final

from gateway.iso18626.codes import Version, known
from gateway.iso18626.elements import ADDRESSES, AGENCY_ID, Block, ClosedList, ElementRow, Kind
from gateway.iso18626.errors import Inexpressible
from gateway.iso18626.texts import (
    currency,
    first_illegal,
    is_uri,
    kept_if_short,
    write_decimal,
    write_integer,
    write_time,
)
from gateway.iso18626.values import AgencyId, Code

Out = list[str]
Writer = Callable[[Any, Out], None]
ToText = Callable[[Any], str]
# What takes a value from its struct, what writes it, and what is done instead if it is None.
Step = tuple[Callable[[Any], Any], Writer, Callable[[Out], None] | None]

_AGENCIES_KEPT: Final = 256
_LONGEST_KEPT: Final = 200  # characters of an agency's symbol, its kind and that one's list
_UNUSUAL: Final = re.compile("[^\t\n\u0020-\u0025\u0027-;=?-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# XML 1.0, 2.11: whoever reads a bare CR reads it as a line feed.
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


@cache
def writer(block: Block, version: Version) -> Writer:
    """A function that appends the children of the block's element; it raises Inexpressible."""
    steps = [_step(block, index, version) for index, row in enumerate(block.rows) if row.mark(version) not in "-^"]
    expressible = {row.field for row in block.rows if row.mark(version) != "-"}
    steps += [_refuse(block, field, version) for field in block.struct.__struct_fields__ if field not in expressible]

    def write(value: Any, out: Out) -> None:
        for take, write_item, write_nothing in steps:
            item = take(value)
            if item is not None:
                write_item(item, out)
            elif write_nothing is not None:
                write_nothing(out)

    return write


def _refuse(block: Block, field: str, version: Version) -> Step:
    def refuse(item: Any, _: Out) -> None:
        if item != ():
            raise Inexpressible(_name(block, field), f"has no place in {version}")

    return attrgetter(field), refuse, None


def _step(block: Block, index: int, version: Version) -> Step:
    """What writes one row: as often as its field has values, within what the version allows."""
    row = block.rows[index]
    guest = block.rows[index + 1] if index + 1 < len(block.rows) else row
    if guest.mark(version) == "^" and isinstance(row.kind, Block) and isinstance(guest.kind, Block):
        return attrgetter(row.field, guest.field), _shared(block, row, guest, version), None
    element = _element(block, row, version)
    if block.repeats(row.field):
        most = {"*": None, "3": 3}.get(row.mark(version), 1)
        return attrgetter(row.field), _repeated(block, row, element, most), None
    return attrgetter(row.field), element, _nothing(block, row, row.mark(version))


def _nothing(block: Block, row: ElementRow, mark: str) -> Callable[[Out], None] | None:
    """What becomes of an element that has no value: left out (None), written empty, or refused."""
    empty = f"<{row.wire}></{row.wire}>"

    def refuse(_: Out) -> None:
        raise Inexpressible(_name(block, row.field), f"{row.wire} is mandatory")

    return {"?": None, "0": lambda out: out.append(empty)}.get(mark, refuse)


def _repeated(block: Block, row: ElementRow, element: Writer, most: int | None) -> Writer:
    def elements(items: tuple[Any, ...], out: Out) -> None:
        if most is not None and len(items) > most:
            raise Inexpressible(_name(block, row.field), f"{row.wire} may stand {most} times at most")
        for item in items:
            element(item, out)

    return elements


def _shared(block: Block, host: ElementRow, guest: ElementRow, version: Version) -> Writer:
    """One element that holds the children of two fields."""
    assert isinstance(host.kind, Block)
    assert isinstance(guest.kind, Block)
    write_host, write_guest = writer(host.kind, version), writer(guest.kind, version)

    def element(items: tuple[Any, Any], out: Out) -> None:
        of_host, of_guest = items
        out.append(f"<{host.wire}>")
        write_host(of_host, out)
        if of_guest is not None:
            before = len(out)
            write_guest(of_guest, out)
            if len(out) == before:
                raise Inexpressible(_name(block, guest.field), f"is empty, which {version} cannot say")
        out.append(f"</{host.wire}>")

    return element


def _name(block: Block, field: str) -> str:
    return f"{block.struct.__name__}.{field}"


def _element(block: Block, row: ElementRow, version: Version) -> Writer:
    """What writes the element of a row with one value; an empty text only where the element must be there."""
    if row.kind is AGENCY_ID:
        return _agency(_wrapped(row.wire, writer(AGENCY_ID, version)))
    if isinstance(row.kind, Block):
        return _wrapped(row.wire, writer(row.kind, version))
    if row.kind is Kind.ADDRESS:
        return _address(row.wire, version)
    required = row.mark(version) in "1~0"
    if row.kind in {Kind.CODE, Kind.CURRENCY}:
        return _code(block, row, required=required)
    to_text = _TEXTS[row.kind] if isinstance(row.kind, Kind) else _closed(row.kind, version)
    return _leaf(block, row, to_text, required=required)


def _wrapped(wire: str, write: Writer) -> Writer:
    opening, closing = f"<{wire}>", f"</{wire}>"

    def element(item: Any, out: Out) -> None:
        out.append(opening)
        write(item, out)
        out.append(closing)

    return element


def _agency(write: Writer) -> Writer:
    """The same few agencies stand in all messages: the latest are kept as they were written, but for long ones, as `kept_if_short` does."""

    @lru_cache(maxsize=_AGENCIES_KEPT)
    def kept(agency: AgencyId) -> str:
        written: Out = []
        write(agency, written)
        return "".join(written)

    def element(agency: AgencyId, out: Out) -> None:
        kind = agency.type
        if len(agency.value) + len(kind.value) + len(kind.scheme or "") > _LONGEST_KEPT:
            write(agency, out)
        else:
            out.append(kept(agency))

    return element


def _address(wire: str, version: Version) -> Writer:
    writers = {block.struct: _wrapped(inner, writer(block, version)) for inner, block in ADDRESSES.items()}
    return _wrapped(wire, lambda item, out: writers[type(item)](item, out))


def _leaf(block: Block, row: ElementRow, to_text: ToText, *, required: bool) -> Writer:
    opening, closing = f"<{row.wire}>", f"</{row.wire}>"

    def element(item: Any, out: Out) -> None:
        try:
            text = to_text(item)
        except ValueError as error:
            raise Inexpressible(_name(block, row.field), str(error)) from None
        if text or required:
            out.append(f"{opening}{text}{closing}")

    return element


def _code(block: Block, row: ElementRow, *, required: bool) -> Writer:
    wire, to_text = row.wire, _capitals if row.kind is Kind.CURRENCY else escape

    def element(item: Code, out: Out) -> None:
        if not item.value and not required:
            return
        try:
            scheme = _scheme(item.scheme) if item.scheme else ""
            out.append(f"<{wire}{scheme}>{to_text(item.value)}</{wire}>")
        except ValueError as error:
            raise Inexpressible(_name(block, row.field), str(error)) from None

    return element


@kept_if_short
def _scheme(uri: str) -> str:
    if not is_uri(uri):
        raise ValueError("the scheme is no URI")
    quoted = escape(uri).replace('"', "&quot;")
    return f' ill:scheme="{quoted}"'


def _capitals(code: str) -> str:
    if currency(code) != code:
        raise ValueError("a currency is written in capitals")
    return escape(code)


def _closed(codes: ClosedList, version: Version) -> ToText:
    texts = {code: code.value for code in codes if known(code, version)}

    def to_text(item: Any) -> str:
        if item not in texts:
            raise ValueError(f"{item} is not a value of {version}")
        return texts[item]

    return to_text


def escape(text: str) -> str:
    """The text as character data. ValueError if it holds a character that XML cannot carry."""
    if _UNUSUAL.search(text) is None:
        return text
    illegal = first_illegal(text)
    if illegal:
        raise ValueError(f"XML cannot carry the character {illegal}")
    return text.translate(_ESCAPES)


def _plain_code(code: Code) -> str:
    if code.value and code.scheme is not None:
        raise ValueError("plain text in this version, without a scheme")
    return escape(code.value)


def _boolean(value: Any) -> str:
    return "true" if value else "false"


_TEXTS: Final[dict[Kind, ToText]] = {
    Kind.TEXT: escape,
    Kind.PLAIN_CODE: _plain_code,
    Kind.TIME: write_time,
    Kind.DECIMAL: write_decimal,
    Kind.INTEGER: write_integer,
    Kind.COUNT: lambda number: write_integer(number, least=0),
    Kind.BOOLEAN: _boolean,
}
