"""Every element of a message by its path, messages that have all of them, and which ones a reader looks at. Pure.

Derived from the protocol library's table: a row that is added there is here too. A path names elements below the message,
joined by `/`; of an address it names the form.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from gateway.iso18626.codes import MessageKind, Version, known
from gateway.iso18626.elements import ADDRESSES, MESSAGES, Block, ElementRow, Kind
from gateway.iso18626.values import Code

MOMENT: Final = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_ADDRESS_FORMS: Final = ("physicalAddress", "electronicAddress", "physicalAddress")
"""The addresses of a complete message: a second postal one, so that their order matters."""

_CODES: Final = {"electronicAddressType": "Email"}
"""Codes by which something else is read or not."""

Reader = Callable[[Any], Any]


class Place(Struct, frozen=True, kw_only=True):
    """Where an element stands, how often in each version, and the steps from the message's struct to its value.

    `kind` is None for an element that holds others.
    """

    path: str
    marks: str
    steps: tuple[tuple[str, int | None], ...]
    kind: Any


def places(kind: MessageKind) -> tuple[Place, ...]:
    """The elements in the order of the wire; one that moved has one place, one that was renamed has two."""
    found: dict[str, Place] = {}
    for place in _places(MESSAGES[kind], "", (), "11"):
        before = found.get(place.path)
        found[place.path] = place if before is None else _joined(before, place)
    return tuple(found.values())


def complete(kind: MessageKind, version: Version, form: int = 0) -> Any:
    """A message that has every element of its version, each with a value of its own.

    An address that does not repeat has one form alone: the postal one (`form` 0) or the electronic one (1).
    """
    return _filled(MESSAGES[kind], version, 0, form)


def filled_paths(message: Any, kind: MessageKind, version: Version) -> frozenset[str]:
    """The elements that a message has, in the words of that version."""
    return frozenset(
        place.path for place in _leaves(kind, version) if _value(message, place.steps) not in (None, (), "")
    )


def read_paths(kind: MessageKind, version: Version, reader: Reader) -> frozenset[str]:
    """The elements of which a change changes what a reader makes of a complete message."""
    found: set[str] = set()
    for form in (0, 1):
        message = complete(kind, version, form)
        before = reader(message)
        found.update(
            place.path
            for place in _leaves(kind, version)
            if _value(message, place.steps) is not None and reader(_changed(message, place.steps, place.kind)) != before
        )
    return frozenset(found)


@cache
def _leaves(kind: MessageKind, version: Version) -> tuple[Place, ...]:
    """The places of a version that hold values."""
    places_of_all = _places(MESSAGES[kind], "", (), "11")
    return tuple(place for place in places_of_all if place.kind is not None and place.marks[_column(version)] != "-")


def _column(version: Version) -> int:
    return 0 if version is Version.V1_2 else 1


def _joined(one: Place, other: Place) -> Place:
    """The same element at two places of the order: each version has it where it has it."""
    marks = "".join(b if a == "-" else a for a, b in zip(one.marks, other.marks, strict=True))
    return replace(one, marks=marks)


def _places(block: Block, path: str, steps: tuple[tuple[str, int | None], ...], outer: str) -> Iterator[Place]:
    for row in block.rows:
        marks = _within(row.marks, outer)
        index = 0 if block.repeats(row.field) else None
        here = (*steps, (row.field, index))
        inner = f"{path}{row.wire}/"
        if (isinstance(row.kind, Block) and "^" not in row.marks) or row.kind is Kind.ADDRESS:
            yield Place(path=inner[:-1], marks=marks, steps=here, kind=None)
        if isinstance(row.kind, Block):
            # Where a block is no element of its own, its children's own marks count.
            yield from _places(row.kind, inner, here, marks.replace("^", "1"))
        elif row.kind is Kind.ADDRESS:
            yield from _address_places(row, index, inner, steps, marks)
        else:
            yield Place(path=inner[:-1], marks=marks, steps=here, kind=row.kind)


def _address_places(
    row: ElementRow, index: int | None, path: str, steps: tuple[tuple[str, int | None], ...], marks: str
) -> Iterator[Place]:
    """One form after the other; where the address or its parent repeats, the complete message has each in its turn."""
    for form, block in ADDRESSES.items():
        turn = _ADDRESS_FORMS.index(form)
        here = (*steps, (row.field, turn)) if index is not None else (*_at_turn(steps, turn), (row.field, None))
        yield from _places(block, f"{path}{form}/", here, marks.replace("*", "1"))


def _at_turn(steps: tuple[tuple[str, int | None], ...], turn: int) -> tuple[tuple[str, int | None], ...]:
    if not steps or steps[-1][1] is None:
        return steps
    return (*steps[:-1], (steps[-1][0], turn))


def _within(marks: str, outer: str) -> str:
    return "".join("-" if above == "-" else mark for mark, above in zip(marks, outer, strict=True))


def _filled(block: Block, version: Version, turn: int, form: int) -> Any:
    fields = {}
    for row in block.rows:
        if row.mark(version) == "-":
            continue
        count = len(_ADDRESS_FORMS) if block.repeats(row.field) and _holds_address(row) else 1
        values = tuple(_sample(row, version, turn + each, form) for each in range(count))
        fields[row.field] = values if block.repeats(row.field) else values[0]
    return block.struct(**fields)


def _holds_address(row: ElementRow) -> bool:
    return row.kind is Kind.ADDRESS or (
        isinstance(row.kind, Block) and any(inner.kind is Kind.ADDRESS for inner in row.kind.rows)
    )


def _sample(row: ElementRow, version: Version, turn: int, form: int) -> Any:
    kind: Any = row.kind
    if isinstance(kind, Block):
        return _filled(kind, version, turn, form)
    if kind is Kind.ADDRESS:
        return _filled(ADDRESSES[_ADDRESS_FORMS[turn or form]], version, turn, form)
    if not isinstance(kind, Kind):
        return next(code for code in kind if known(code, version))
    return {
        Kind.TEXT: f"{row.wire} {turn}",
        Kind.CODE: Code(_CODES.get(row.wire, row.wire)),
        Kind.PLAIN_CODE: Code(row.wire),
        Kind.CURRENCY: Code("EUR"),
        Kind.TIME: MOMENT,
        Kind.DECIMAL: Decimal(1),
        Kind.INTEGER: turn + 1,
        Kind.COUNT: turn + 1,
        Kind.BOOLEAN: True,
    }[kind]


def _other(value: Any, kind: Any) -> Any:
    """Another value of the same kind; the last of a closed list, or the first where it is the last."""
    if not isinstance(kind, Kind):
        codes = list(kind)
        return codes[-1] if value is not codes[-1] else codes[0]
    match value:
        case bool():
            return not value
        case int() | Decimal():
            return value + 9
        case datetime():
            return value + timedelta(days=1)
        case Code():
            return Code(f"{value.value}X")
        case _:
            return f"{value} changed"


def _value(message: Any, steps: tuple[tuple[str, int | None], ...]) -> Any:
    for field, index in steps:
        message = getattr(message, field, None)
        if index is not None:
            message = message[index] if message is not None and len(message) > index else None
        if message is None:
            return None
    return message


def _changed(message: Any, steps: tuple[tuple[str, int | None], ...], kind: Any) -> Any:
    """The message with another value at the end of the steps."""
    if not steps:
        return _other(message, kind)
    (field, index), *rest = steps
    inner = getattr(message, field)
    if index is None:
        return replace(message, **{field: _changed(inner, tuple(rest), kind)})
    items = (*inner[:index], _changed(inner[index], tuple(rest), kind), *inner[index + 1 :])
    return replace(message, **{field: items})
