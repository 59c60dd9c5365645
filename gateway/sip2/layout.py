"""Where the fixed part of a message ends and how it divides, after pysip2's field specs. Pure.

Servers send fixed parts a character short, a `|` behind them, blank or missing counts (sip2.md, "The wire"). The
transaction date is the anchor: it has a shape that nothing else has.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from pysip2.models import MESSAGE_SPECS_BY_ID, FieldSpec, MessageSpec

MESSAGE_SPECS: Final[Mapping[str, MessageSpec]] = MESSAGE_SPECS_BY_ID

_DATE_WIDTH: Final = 18
_DATE: Final = re.compile(
    r"(?:19|20|21)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ A-Z0-9]{4}[0-2]\d[0-5]\d[0-6]\d| {18}"
)
_CODE: Final = re.compile(r"[A-Z][A-Z0-9]")
_MAX_SURPLUS: Final = 4  # characters by which the part before the date may be too long


def split_fixed(text: str, spec: MessageSpec | None) -> tuple[dict[str, str], str, bool]:
    """Divide what follows the message code into fixed fields and the rest.

    Gives name -> text for every fixed field, the rest, and whether the fixed part was as specified (widths, and a
    date where one is due). A message without a spec has no fixed part that we know: all of it is rest.
    """
    if spec is None:
        return {}, text, True
    fields = _fixed_fields(spec.command_id)
    index = next((i for i, field in enumerate(fields) if field.width == _DATE_WIDTH), len(fields))
    before, date, after = fields[:index], fields[index : index + 1], fields[index + 1 :]
    start = _find_date(text, _width(before)) if date else None
    if start is None:
        end = _end(text, _width(fields), spec.command_id)
        return _cut(text[:end], fields), text[end:], end == _width(fields) and not date
    stop = start + _DATE_WIDTH
    end = stop + _end(text[stop:], _width(after), spec.command_id)
    fixed = {**_cut(text[:start], before), date[0].name: text[start:stop], **_cut(text[stop:end], after)}
    return fixed, text[end:], end == _width(fields) and start == _width(before)


@lru_cache(maxsize=64)
def _fixed_fields(code: str) -> tuple[FieldSpec, ...]:
    return tuple(field for field in MESSAGE_SPECS[code].fields if field.field_id is None)


@lru_cache(maxsize=64)
def _known_codes(code: str) -> re.Pattern[str]:
    ids = {field.field_id for field in MESSAGE_SPECS[code].fields if field.field_id} | {"AF", "AO"}
    return re.compile("|".join(sorted(ids)))


def _width(fields: Iterable[FieldSpec]) -> int:
    return sum(field.width or 0 for field in fields)


def _find_date(text: str, expected: int) -> int | None:
    """The date's place: the specified one if it is there, else the nearest; behind a `|` there are only fields."""
    delimiter = text.find("|")
    limit = len(text) if delimiter < 0 else delimiter
    return next((place for place in _places(expected) if place <= limit and _DATE.match(text, place)), None)


@lru_cache(maxsize=64)
def _places(expected: int) -> tuple[int, ...]:
    return tuple(sorted(range(expected + _MAX_SURPLUS + 1), key=lambda place: abs(place - expected)))


def _end(text: str, width: int, code: str) -> int:
    """Where the fixed fields that `text` begins with end: at their width, or where an identified field starts.

    A code of the message's own fields inside the width tells that the part is short; no flag, count or date
    looks like one.
    """
    delimiter = text.find("|")
    limit = len(text) if delimiter < 0 else delimiter
    known = _known_codes(code).search(text, 0, limit)
    if known and (known.start() < width or not _CODE.match(text, width)):
        return known.start()
    return min(width, limit)


def _cut(text: str, fields: Sequence[FieldSpec]) -> dict[str, str]:
    """`text` divided into `fields`. When it is too short or too long, one field bears the difference."""
    missing = _width(fields) - len(text)
    bearer = _bearer(fields, missing) if missing else None
    values, place = {}, 0
    for field in fields:
        width = max(0, (field.width or 0) - (missing if field is bearer else 0))
        value = text[place : place + width]
        values[field.name] = value.zfill(field.width or 0) if field is bearer and value.isdigit() else value
        place += width
    return values


def _bearer(fields: Sequence[FieldSpec], missing: int) -> FieldSpec | None:
    """The field that is short: one that is missing as a whole, from the end, else the first that is wide enough.

    So `ok` at the start of a row of flags keeps its place, and a one-character circulation status is found.
    Too much text goes to the last field.
    """
    if missing < 0:
        return fields[-1] if fields else None
    whole = (field for field in reversed(fields) if field.width == missing)
    wide = (field for field in fields if (field.width or 0) > missing)
    return next(whole, None) or next(wide, None)
