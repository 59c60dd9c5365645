"""The lenient reader: a document that no schema accepts, to a message, with a record of all that was put right.

It knows elements by their local names, in any order, of either version (iso18626.md, "Be liberal"). What cannot be
put right raises ProtocolError with the answer for the wire. It never guesses what a sender meant by a closed value.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from lxml import etree
from msgspec import Struct

from gateway.iso18626.codes import Action, ErrorType, MessageKind, ReasonForMessage, Version
from gateway.iso18626.elements import (
    ADDRESSES,
    AGENCY_ID,
    ENVELOPE,
    MESSAGE_INFO,
    MESSAGES,
    NAMESPACE,
    VERSION,
    Block,
    ElementRow,
    Kind,
)
from gateway.iso18626.errors import ProtocolError
from gateway.iso18626.leaves import leaf, note_attributes
from gateway.iso18626.messages import PartialHeader
from gateway.iso18626.parser import MAX_NAME, badly_formed, full_text, local_name
from gateway.iso18626.repairs import RepairKind, Repairs
from gateway.iso18626.values import AgencyId, Code

Child = tuple[ElementRow, Any]  # a place and the lxml element that stands there

_KINDS: Final = {kind.value: kind for kind in MessageKind}
_HEADERS: Final = {"header": "confirmationHeader", "confirmationHeader": "header"}
# What stands in for something that the struct needs and a sender may leave out: a bare symbol has an empty type.
_FORGIVEN: Final[Mapping[type[Struct], dict[str, Any]]] = {AgencyId: {"type": Code("")}}
_TEXT_KINDS: Final = frozenset({Kind.TEXT, Kind.CODE, Kind.CURRENCY, Kind.PLAIN_CODE})


def find_message(root: etree._Element, repairs: Repairs) -> tuple[etree._Element, MessageKind]:
    """The message in its envelope, or bare. Raises ProtocolError if there is none, or more than one."""
    name = local_name(root)
    if name in _KINDS:
        repairs.add(RepairKind.NO_ENVELOPE, root)
        return root, _KINDS[name]
    if name != ENVELOPE:
        raise badly_formed(f"{_short(root)} is no {ENVELOPE}")
    envelope: Any = root  # to the stubs, elements can't be sliced, which is sooner than stepping through them
    found = [(child, _KINDS[inner]) for child in envelope[:] if (inner := local_name(child)) in _KINDS]
    if len(found) > 1:
        raise badly_formed(f"{ENVELOPE} holds more than one message")
    if not found and len(root):
        raise ProtocolError(ErrorType.UNRECOGNISED_DATA_ELEMENT, _short(root[0]))
    if not found:
        raise badly_formed(f"{ENVELOPE} is empty")
    return found[0]


def read_leniently(message: etree._Element, kind: MessageKind, version: Version, repairs: Repairs) -> Any:
    """The message. A ProtocolError carries its kind and as much of what a confirmation repeats as can be read."""
    reader = _Lenient(version, repairs)
    _note_envelope(message, repairs)
    try:
        return reader.block(MESSAGES[kind], message)
    except ProtocolError as error:
        again = _Lenient(version, Repairs())
        raise ProtocolError(
            error.error_type,
            error.error_value,
            kind=kind,
            header=again.partial_header(MESSAGES[kind], message),
            repeated=again.repeated(kind, message),
            version=version,
        ) from None


def _note_envelope(message: etree._Element, repairs: Repairs) -> None:
    tree = message.getroottree().getroot()
    stranger = next((each for each in tree.iter() if not each.tag.startswith(f"{{{NAMESPACE}}}")), None)
    if stranger is not None:
        repairs.add(RepairKind.NAMESPACE, stranger)
    if message is tree:
        return
    note_attributes(tree, repairs, allowed=frozenset({VERSION}))
    if VERSION not in tree.attrib:
        repairs.add(RepairKind.ATTRIBUTE, tree, "@version")
    for child in tree:
        if child is not message:
            repairs.add(RepairKind.UNKNOWN_ELEMENT, child)


def _short(element: etree._Element) -> str:
    return local_name(element)[:MAX_NAME]


@cache
def _known(block: Block, version: Version) -> Mapping[str, ElementRow]:
    """Wire name -> the row that reads it: the version's own if it has one, else the other version's."""
    rows = [row for row in block.rows if "^" not in row.marks]
    own = {row.wire: row for row in rows if row.mark(version) != "-"}
    return {row.wire: row for row in rows} | own


@cache
def _guests(block: Block) -> Mapping[str, ElementRow]:
    """Wire name -> the row whose children stand in that element beside its own."""
    return {row.wire: row for row in block.rows if "^" in row.marks}


class _Lenient:
    """One reading of one document."""

    def __init__(self, version: Version, repairs: Repairs) -> None:
        self._version = version
        self._repairs = repairs

    def block(self, block: Block, element: etree._Element, *also: Block) -> Any:
        """The struct of a block, from an element that may hold the children of other blocks too."""
        self._note_children(element, block, *also)
        note_attributes(element, self._repairs)
        values = self._values(block, self._children(block, element))
        self._check_presence(block, element, values)
        said = {field: value for field, value in values.items() if value is not None}
        return block.struct(**_FORGIVEN.get(block.struct, {}) | said)

    def partial_header(self, block: Block, message: etree._Element) -> PartialHeader:
        """Each field of the header that can be read for itself."""
        header = next((child for child in message if local_name(child) in _HEADERS), None)
        row = next(row for row in block.rows if row.wire in _HEADERS)
        if header is None or not isinstance(row.kind, Block):
            return PartialHeader()
        return PartialHeader(**self._readable(row.kind, header, PartialHeader.__struct_fields__))

    def repeated(self, kind: MessageKind, message: etree._Element) -> Action | ReasonForMessage | None:
        """The action of a requesting agency, or the reason of a supplying one, if it can be read."""
        if kind is MessageKind.REQUESTING_AGENCY_MESSAGE:
            return self._readable(MESSAGES[kind], message, ("action",)).get("action")
        info = next((child for child in message if local_name(child) == "messageInfo"), None)
        if kind is not MessageKind.SUPPLYING_AGENCY_MESSAGE or info is None:
            return None
        return self._readable(MESSAGE_INFO, info, ("reason_for_message",)).get("reason_for_message")

    def _readable(self, block: Block, element: etree._Element, fields: Container[str]) -> dict[str, Any]:
        """Those of the fields that can be read, each for itself."""
        values: dict[str, Any] = {}
        for place, child in self._children(block, element):
            if place.field in fields:
                try:
                    values.setdefault(place.field, self._value(place, child))
                except ProtocolError:
                    continue  # this one could not be read; the others may be
        return values

    def _children(self, block: Block, element: etree._Element) -> Iterator[Child]:
        """The children that the block knows, those that slipped into its header included."""
        rows = _known(block, self._version)
        for child in element:
            name = local_name(child)
            row = rows.get(name) or rows.get(_HEADERS.get(name, ""))
            if row is None:
                continue
            yield row, child
            if row.wire in _HEADERS and isinstance(row.kind, Block):
                yield from self._misplaced(rows, _known(row.kind, self._version), child)

    def _misplaced(
        self, rows: Mapping[str, ElementRow], own: Mapping[str, ElementRow], header: etree._Element
    ) -> Iterator[Child]:
        for child in header:
            name = local_name(child)
            if name in rows and name not in own:
                self._repairs.add(RepairKind.MISPLACED_ELEMENT, child)
                yield rows[name], child

    def _note_children(self, element: etree._Element, *blocks: Block) -> None:
        """Record unknown, renamed and foreign children, their order, and text between them."""
        order = [row for block in blocks for row in block.rows]
        rows = {wire: row for block in reversed(blocks) for wire, row in _known(block, self._version).items()}
        last = 0
        for child in element:
            name = local_name(child)
            if name not in rows and _HEADERS.get(name, "") in rows:
                self._repairs.add(RepairKind.RENAMED_ELEMENT, child)
                name = _HEADERS[name]
            row = rows.get(name)
            if row is None:
                self._note_stranger(element, child)
            elif row.mark(self._version) in "-^":
                self._repairs.add(RepairKind.OTHER_VERSION, child)
            else:
                place = order.index(row)
                if place < last:
                    self._repairs.add(RepairKind.ORDER, element)
                last = max(place, last)
        if any((text or "").strip() for text in (element.text, *(child.tail for child in element))):
            self._repairs.add(RepairKind.STRAY_TEXT, element)

    def _note_stranger(self, element: etree._Element, child: etree._Element) -> None:
        """Record a child that has no place here, unless it slipped in from the message around a header."""
        outer = element.getparent()
        if local_name(element) in _HEADERS and outer is not None and local_name(outer) in _KINDS:
            message = MESSAGES[_KINDS[local_name(outer)]]
            if local_name(child) in _known(message, self._version):
                return
        self._repairs.add(RepairKind.UNKNOWN_ELEMENT, child)

    def _values(self, block: Block, children: Iterable[Child]) -> dict[str, Any]:
        """Field -> value of every child; None for one that was there but says nothing."""
        values: dict[str, Any] = {}
        lists: dict[str, list[Any]] = {}
        guests: dict[str, Any] = {}
        for row, child in children:
            guest = _guests(block).get(row.wire)
            if guest is not None:
                guests[guest.field] = self._guest(guest, child)
            value = self._value(row, child, guest)
            values.setdefault(row.field, None)
            if value is None:
                continue
            if block.repeats(row.field):
                lists.setdefault(row.field, []).append(value)
                self._note_repeated(row, child, len(lists[row.field]))
            elif values[row.field] is None:
                values[row.field] = value
            else:
                self._repairs.add(RepairKind.REPEATED_ELEMENT, child)  # the first one stays
        return guests | values | {field: tuple(items) for field, items in lists.items()}

    def _note_repeated(self, row: ElementRow, element: etree._Element, count: int) -> None:
        most = {"*": count, "3": 3}.get(row.mark(self._version), 1)
        if count > most:
            self._repairs.add(RepairKind.REPEATED_ELEMENT, element)

    def _guest(self, row: ElementRow, element: etree._Element) -> Struct | None:
        """A block whose children stand in an element beside those of another."""
        assert isinstance(row.kind, Block)
        values = self._values(row.kind, self._children(row.kind, element))
        said = {field: value for field, value in values.items() if value is not None}
        if said and row.mark(self._version) == "-":
            self._repairs.add(RepairKind.OTHER_VERSION, element)
        return row.kind.struct(**said) if said else None

    def _check_presence(self, block: Block, element: etree._Element, values: Mapping[str, Any]) -> None:
        for row in block.rows:
            mark = row.mark(self._version)
            if mark == "1" and row.field not in values:
                raise badly_formed(f"{local_name(element)}/{row.wire} is missing")
            if mark in "~0" and row.field not in values:
                self._repairs.add(RepairKind.MISSING_ELEMENT, element, row.wire)

    def _value(self, row: ElementRow, element: etree._Element, guest: ElementRow | None = None) -> Any:
        """The value of one element, or None if it says nothing where nothing need be said."""
        mandatory = row.mark(self._version) == "1"
        if row.kind in _TEXT_KINDS:
            assert isinstance(row.kind, Kind)
            value = leaf(row.kind, element, self._version, self._repairs)
            return None if not mandatory and row.kind is not Kind.CURRENCY and _says_nothing(value) else value
        if row.kind is AGENCY_ID and not len(element) and (element.text or "").strip():
            self._repairs.add(RepairKind.VALUE_FORM, element)
            return AgencyId(Code(""), (element.text or "").strip())
        if _is_hollow(element) and not (mandatory and len(element)) and not _may_be_empty(row.kind):
            return self._empty(element, mandatory=mandatory)
        if isinstance(row.kind, Block):
            also = [guest.kind] if guest is not None and isinstance(guest.kind, Block) else []
            return self.block(row.kind, element, *also)
        if row.kind is Kind.ADDRESS:
            return self._address(element)
        return leaf(row.kind, element, self._version, self._repairs)

    def _empty(self, element: etree._Element, *, mandatory: bool) -> None:
        if mandatory:
            raise badly_formed(f"{local_name(element)} is empty")
        self._repairs.add(RepairKind.EMPTY_ELEMENT, element)

    def _address(self, element: etree._Element) -> Any:
        note_attributes(element, self._repairs)
        found = [child for child in element if local_name(child) in ADDRESSES]
        for child in element:
            if local_name(child) not in ADDRESSES:
                self._repairs.add(RepairKind.UNKNOWN_ELEMENT, child)
        for child in found[1:]:
            self._repairs.add(RepairKind.REPEATED_ELEMENT, child)  # the first one stays
        return self.block(ADDRESSES[local_name(found[0])], found[0]) if found else None


def _says_nothing(value: str | Code) -> bool:
    """Whether it is empty; a scheme without a value says no more."""
    return (value.value if isinstance(value, Code) else value) == ""


def _is_hollow(element: etree._Element) -> bool:
    return not full_text(element).strip()


def _may_be_empty(kind: object) -> bool:
    """Whether an element without content is valid: a block of which nothing is mandatory."""
    return isinstance(kind, Block) and not any(set(row.marks) & set("1~0") for row in kind.rows)
