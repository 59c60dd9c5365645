"""Facts, corrections and attempts as rows, and back. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, TypeVar

import msgspec

from gateway.money.amounts import hundredths
from gateway.store import facts_sql
from gateway.store.columns import Fetched, Params, moment, optional_stamp, plain, stamp
from gateway.workflow.facts import Attempt, Correction, Fact, Folded, Milestone
from gateway.workflow.questions import AttemptTime

_Told = TypeVar("_Told", Fact, Correction, Attempt)
_ENCODER = msgspec.json.Encoder()
_NUL = rb"\u0000"
"""As JSON has it: one look at all texts of a record, since hardly any has one."""
_WRITTEN = attrgetter(*facts_sql.WRITTEN)


def storable(folded: Folded) -> Folded:
    """Return what was folded as it will be read: without NUL."""
    return msgspec.structs.replace(
        folded,
        fact=_storable(folded.fact),
        corrections=tuple(map(_storable, folded.corrections)),
        attempts=tuple(map(_storable, folded.attempts)),
    )


def _storable(record: _Told) -> _Told:
    if _NUL not in _ENCODER.encode(record):
        return record
    texts = ((name, getattr(record, name)) for name in record.__struct_fields__)
    found = {name: plain(text) for name, text in texts if isinstance(text, str) and "\0" in text}
    return msgspec.structs.replace(record, **found)


def fact_of(row: Sequence[Any]) -> Fact:
    """Return a fact by its columns."""
    told = dict(zip(facts_sql.COLUMNS, row, strict=True))
    told["standing"] = tuple(filter(None, told["standing"].split(",")))
    times = {each.value: moment(told[each.value]) for each in Milestone if told[each.value] is not None}
    flags = {name: bool(told[name]) for name in ("own", "by_person", "taken_up")}
    return msgspec.convert(told | times | flags, Fact)


def fact_row(line: int, changed: int, fact: Fact) -> Params:
    """Return a storable fact as it is written."""
    in_hundredths = [amount and hundredths(amount, fact.currency) for amount in (fact.charged_minor, fact.paid_minor)]
    return (line, changed, *[None if value is None else _value(value) for value in _WRITTEN(fact)], *in_hundredths)


def _value(value: Any) -> str | int:
    """Return what a column holds for a value."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, datetime):
        return stamp(value)
    return ",".join(value) if isinstance(value, tuple) else int(value)


def corrections_by_line(found: Iterable[Fetched]) -> Mapping[int, list[Correction]]:
    """Return corrections by the line of their fact, which stand before their columns."""
    by_line: dict[int, list[Correction]] = defaultdict(list)
    for line, what, at, count, reason in found:
        by_line[line].append(Correction(Milestone(what), moment(at), count, reason))
    return by_line


def correction_row(line: int, one: Correction) -> Params:
    """Return a storable correction as it is written."""
    return line, one.what.value, stamp(one.at), one.count, one.reason


def attempts_by_line(found: Iterable[Fetched]) -> Mapping[int, list[Attempt]]:
    """Return attempts, likewise."""
    by_line: dict[int, list[Attempt]] = defaultdict(list)
    for line, *row in found:
        told = dict(zip(facts_sql.ATTEMPT_COLUMNS, row, strict=True))
        times = {each.value: moment(told[each.value]) for each in AttemptTime if told[each.value] is not None}
        by_line[line].append(msgspec.convert(told | times, Attempt))
    return by_line


def attempt_row(line: int, one: Attempt) -> Params:
    """Return a storable attempt as it is written."""
    times = map(optional_stamp, (one.asked_at, one.answered_at))
    return (
        line,
        one.attempt,
        one.partner,
        one.place,
        *times,
        one.result.value,
        one.reason,
        optional_stamp(one.sent_at),
    )
