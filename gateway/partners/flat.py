"""A record as columns of text, `lending.fee.amount` and the like, and back: for spreadsheets and for typing. Pure.

A list of texts stands as `one; two`, a list of periods as `2026-12-24/2026-12-26 Holidays; 2027-03-01` (a day alone, or
`2026-12-24/` until further notice); where that would not be read back as it was, the cell is JSON. An empty cell is the
field's default. `cells` then `raw` gives what `reading.read` makes the same record of (tests/partners/test_flat.py).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

import msgspec
from msgspec import inspect

from gateway.partners.reading import kind_of, plain_kind
from gateway.workflow.partners import Period

Kind = inspect.Type
_BETWEEN: Final = "; "
_DAY: Final = r"\d{4}-\d{2}-\d{2}"
_PERIOD: Final = re.compile(rf"({_DAY})(?:(/)({_DAY})?)?(?:\s+(\S.*))?", re.DOTALL)
_YES_OR_NO: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def columns(shape: type[msgspec.Struct]) -> tuple[str, ...]:
    """Return the names of a record's columns, in the order of its fields."""
    return tuple(_kinds(shape))


def choices(shape: type[msgspec.Struct]) -> dict[str, tuple[str, ...]]:
    """Return what a column takes, for those that take one value of an enumeration, several of it, or yes and no."""
    found = {name: _values(kind) for name, kind in _kinds(shape).items()}
    return {name: values for name, values in found.items() if values}


def _values(kind: Kind) -> tuple[str, ...]:
    match plain_kind(kind.item_type) if isinstance(kind, inspect.VarTupleType) else kind:
        case inspect.EnumType(cls=values):
            return tuple(str(each.value) for each in values)
        case inspect.BoolType():
            return ("true", "false")
        case _:
            return ()


def cells(record: msgspec.Struct) -> dict[str, str]:
    """Return a record's columns that say something."""
    builtins = msgspec.to_builtins(record)
    found = {}
    for name, kind in _kinds(type(record)).items():
        value = _value_at(builtins, name.split("."))
        if value not in (None, [], ()):
            found[name] = _cell(value, kind)
    return found


def whole(record: msgspec.Struct, names: Iterable[str]) -> dict[str, str]:
    """The columns of a record with those that are as they are if nothing is said; what is nothing then is left out."""
    found: dict[str, str] = {}
    for name in names:
        value: Any = record
        for step in name.split("."):
            value = getattr(value, step, None)
        if isinstance(value, bool):
            found[name] = "true" if value else "false"
        elif isinstance(value, tuple) and value:
            found[name] = "; ".join(map(str, value))
        elif value not in (None, ()):
            found[name] = str(value)
    return found


def raw(written: Mapping[str, str], shape: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the JSON that columns stand for; what can't be understood stays text, for `reading.read` to tell of.

    A column that the record doesn't have goes the same way.
    """
    found: dict[str, Any] = {}
    for name, text in written.items():
        if text.strip():
            put(found, name, _parsed(text.strip(), _kinds(shape).get(name)))
    return found


def put(found: dict[str, Any], name: str, value: Any) -> None:
    """Set the field of a dotted name, making what it lies in; a value in the way gives place."""
    *parents, last = name.split(".")
    for parent in parents:
        inner = found.get(parent)
        if not isinstance(inner, dict):
            inner = found[parent] = {}
        found = inner
    found[last] = value


@cache
def _kinds(shape: type[msgspec.Struct]) -> Mapping[str, Kind]:
    """The kind of each column."""
    return dict(_columns(kind_of(shape), ""))


def _columns(kind: Kind, before: str) -> Iterator[tuple[str, Kind]]:
    kind = plain_kind(kind)
    if not isinstance(kind, inspect.StructType):
        yield before, kind
        return
    for field in kind.fields:
        name = f"{before}.{field.encode_name}" if before else field.encode_name
        yield from _columns(field.type, name)


def _value_at(value: Any, steps: list[str]) -> Any:
    for step in steps:
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value


# ── one cell ─────────────────────────────────────────────────────────────────────────────────────


def _cell(value: Any, kind: Kind) -> str:
    """The simple form where it is read back as the same value, else JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, list | tuple):
        return str(value)
    items = list(value)
    written = _BETWEEN.join(_period_text(item) if _holds_periods(kind) else str(item) for item in items)
    return written if _parsed(written, kind) == items else json.dumps(items, ensure_ascii=False)


def _parsed(text: str, kind: Kind | None) -> Any:
    match kind:
        case inspect.VarTupleType():
            return _list(text, kind)
        case inspect.BoolType():
            return _YES_OR_NO.get(text.casefold(), text)
        case inspect.IntType():
            return int(text) if re.fullmatch(r"-?\d{1,18}", text, re.ASCII) else text
        case inspect.FloatType():
            return _number(text)
        case _:
            return text


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _list(text: str, kind: Kind) -> Any:
    if text.startswith("["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            pass  # a text that begins so, or broken JSON: the record's rules tell of it
    parts = [part.strip() for part in text.split(";") if part.strip()]
    return [_period(part) for part in parts] if _holds_periods(kind) else parts


def _holds_periods(kind: Kind) -> bool:
    item = kind.item_type if isinstance(kind, inspect.VarTupleType) else None
    return isinstance(item, inspect.StructType) and item.cls is Period


def _period_text(period: Mapping[str, str]) -> str:
    first, last, why = period["first"], period.get("last"), period.get("why", "")
    days = first if last == first else f"{first}/{last or ''}"
    return f"{days} {why}".rstrip()


def _period(text: str) -> Any:
    match = _PERIOD.fullmatch(text)
    if match is None:
        return text
    first, slash, last, why = match.groups()
    period = {"first": first, "last": last if slash else first, "why": why}
    return {name: value for name, value in period.items() if value}
