"""JSON as records, with everything that is wrong with it at once, each fault with its field.

msgspec stops at the first mistake; whoever fills in a form, or sends a list, wants to hear of all of them.
"""

import difflib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Final, TypeVar

import msgspec
from msgspec import inspect

from gateway.workflow.partners import Period

Shape = TypeVar("Shape", bound=msgspec.Struct)


class RecordFault(msgspec.Struct, frozen=True):
    """One mistake: the field by its dotted name (empty: the record as a whole), and in words what is wrong with it."""

    field: str
    words: str

    def __str__(self) -> str:
        """The sentence."""
        return f"{self.field}: {self.words}." if self.field else f"{self.words}."


def read(raw: object, shape: type[Shape]) -> tuple[Shape | None, tuple[RecordFault, ...]]:
    """Return the record that decoded JSON stands for, or None and all its faults. A field that nobody knows is one."""
    faults = tuple(_faults(raw, kind_of(shape), ""))
    return (None, faults) if faults else (msgspec.convert(raw, shape), ())


@cache
def kind_of(shape: type[msgspec.Struct]) -> inspect.Type:
    """Return a record's kind with its fields; found out once."""
    return inspect.type_info(shape)


def plain_kind(kind: inspect.Type) -> inspect.Type:
    """Return the kind of a field without its None."""
    if isinstance(kind, inspect.UnionType):
        return next(each for each in kind.types if not isinstance(each, inspect.NoneType))
    return kind


_LEAVES: Final[Mapping[type[inspect.Type], tuple[Any, str]]] = {
    inspect.StrType: (str, "must be text"),
    inspect.BoolType: (bool, "must be true or false"),
    inspect.IntType: (int, "must be a whole number"),
    inspect.FloatType: (float, "must be a number"),
    inspect.DecimalType: (Decimal, "must be an amount like 12.50"),
    inspect.DateType: (date, "must be a date like 2026-12-24"),
}


def _faults(raw: object, kind: inspect.Type, path: str) -> Iterator[RecordFault]:
    if isinstance(kind, inspect.UnionType) and raw is None:
        return
    match plain_kind(kind):
        case inspect.StructType() as struct:
            yield from _struct_faults(raw, struct, path)
        case inspect.VarTupleType(item_type=item):
            if not isinstance(raw, list | tuple):
                yield RecordFault(path, "must be a list")
                return
            for place, each in enumerate(raw):
                yield from _faults(each, item, f"{path}.{place}")
        case inspect.EnumType(cls=codes):
            if raw not in [code.value for code in codes]:
                yield RecordFault(path, f"must be one of {', '.join(str(code.value) for code in codes)}")
        case leaf:
            yield from _leaf_faults(raw, leaf, path)


def _struct_faults(raw: object, struct: inspect.StructType, path: str) -> Iterator[RecordFault]:
    if not isinstance(raw, dict):
        words = "must be a period like 2026-12-24/2026-12-26" if struct.cls is Period else "must have fields of its own"
        yield RecordFault(path, words)
        return
    fields = {field.encode_name: field for field in struct.fields}
    before = f"{path}." if path else ""
    for name in raw:
        if name not in fields:
            yield RecordFault(f"{before}{name}", _unknown(str(name), fields))
    for name, field in fields.items():
        if name in raw:
            yield from _faults(raw[name], field.type, before + name)
        elif field.required:
            yield RecordFault(before + name, "is missing")


def _leaf_faults(raw: object, kind: inspect.Type, path: str) -> Iterator[RecordFault]:
    python_type, words = _LEAVES[type(kind)]
    try:
        msgspec.convert(raw, python_type)
    except msgspec.ValidationError:
        yield RecordFault(path, words)


def _unknown(name: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"there is no such field; did you mean {close[0]}" if close else "there is no such field"
