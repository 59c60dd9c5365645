"""The sums of months that figures are made of: which there are, what a request adds to them, and how they are put together. Pure.

A sum is what one question of a figure comes to in one month of the library's calendar, as plain SQL over the facts would count it
(`store/facts_sql.py`). It is kept by adding what a fact says once it has changed, and taking away what it said before.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from operator import itemgetter
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from gateway.workflow.facts import LEGS, Attempt, Correction, Fact
from gateway.workflow.questions import (
    AttemptTime,
    Counts,
    FactsQuestion,
    HowLong,
    Key,
    Only,
    Part,
    Population,
    Stretches,
    Tally,
    Took,
)
from gateway.workflow.records import Role

AnyQuestion = FactsQuestion | HowLong
Sum = tuple[str, int]
"""A question's name, and a month: twelve times the year, and the months before it in the year."""
Cell = tuple[str | int, ...]
"""A key of a question; of one that asks how long, behind its key what it is a part of, and the value."""
Added = dict[Sum, Counter[Cell]]


class RequestFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted of a request: its fact, what of it was corrected, and which lenders were asked for it."""

    fact: Fact
    corrections: tuple[Correction, ...] = ()
    attempts: tuple[Attempt, ...] = ()


def name_of(question: AnyQuestion) -> str:
    """Return the name of a question's sums, which says all of the question: another question is another sum."""
    said = ",".join(f"{each.part}{'<>' if each.is_other else '='}{'|'.join(each.values)}" for each in question.only)
    by = ",".join(question.by)
    if isinstance(question, HowLong):
        return f"{question.leg} to {question.step_h} h; {said}; by {by}"
    return f"{question.amount or 'count'} of {question.source} {question.when} {question.leg or ''}; {said}; by {by}"


def month_of(at: datetime, zone: ZoneInfo) -> int:
    """Return the month of a moment, by the library's clock."""
    local = at.astimezone(zone)
    return local.year * 12 + local.month - 1


def began(month: int, zone: ZoneInfo) -> datetime:
    """Return the moment at which a month begins."""
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=zone)


# ── what a request adds ──────────────────────────────────────────────────────────────────────────


class _Counting(msgspec.Struct, frozen=True):
    """A question that counts, ready to be asked of one request after the other."""

    name: str
    only: tuple[Only, ...]
    by: tuple[Part, ...]
    amount: str | None = None
    leg: str | None = None
    is_corrected: bool = False

    def holds(self, said: Mapping[Part, str]) -> bool:
        return all((said[each.part] in each.values) is not each.is_other for each in self.only)

    def key(self, said: Mapping[Part, str]) -> Key:
        return tuple([said[part] for part in self.by])


class _Measuring(msgspec.Struct, frozen=True):
    """A question that asks how long something took, likewise."""

    counting: _Counting
    step_h: int
    role: Role
    open_days: str
    begin: str
    end: str


class Summing:
    """Adds up what requests come to, by the questions of figures and by months. A month is that of the library's clock."""

    def __init__(self, questions: Collection[AnyQuestion], zone: ZoneInfo) -> None:
        """Take the questions, which are told apart by the times at which they look."""
        self.zone = zone
        self.questions: Final[Mapping[str, AnyQuestion]] = {name_of(question): question for question in questions}
        self.kept_for = f"{zone.key} {sha256(' / '.join(sorted(self.questions)).encode()).hexdigest()[:16]}"
        """What sums are kept for: others are of no use to these questions, or in this zone."""
        self._of_facts: dict[str, list[_Counting]] = defaultdict(list)
        self._of_attempts: dict[str, list[_Counting]] = defaultdict(list)
        self._measuring: list[_Measuring] = []
        for question in questions:
            self._prepare(question)
        self._parts = _parts(each for each in questions if not _is_of_attempts(each))
        self._attempt_parts = _parts(filter(_is_of_attempts, questions))

    def _prepare(self, question: AnyQuestion) -> None:
        name = name_of(question)
        if isinstance(question, HowLong):
            role, begin, end = LEGS[question.leg]
            counting, open_days = _Counting(name, question.only, question.by), question.leg.value
            self._measuring.append(_Measuring(counting, question.step_h, role, open_days, begin.value, end.value))
            return
        amount, leg = question.amount and question.amount.value, question.leg and question.leg.value
        counting = _Counting(name, question.only, question.by, amount, leg, question.is_corrected)
        if isinstance(question.when, AttemptTime):
            self._of_attempts[question.when.value].append(counting)
        else:
            self._of_facts[question.when.value].append(counting)

    def add(self, added: Added, entry: RequestFacts, sign: int = 1) -> None:
        """Add what a request comes to, or with -1 take it away."""
        said = _said(entry.fact, self._parts)
        self._add_fact(added, entry.fact, said, sign)
        self._add_corrections(added, entry, said, sign)
        for measuring in self._measuring:
            self._add_leg(added, measuring, entry.fact, said, sign)
        for attempt in entry.attempts:
            self._add_attempt(added, attempt, sign)

    def _add_fact(self, added: Added, fact: Fact, said: Mapping[Part, str], sign: int) -> None:
        for when, asked in self._of_facts.items():
            at: datetime | None = getattr(fact, when)
            if at is None:
                continue
            month = month_of(at, self.zone)
            for each in asked:
                if each.holds(said) and (each.leg is None or getattr(fact, each.leg) is not None):
                    added[each.name, month][each.key(said)] += sign * (getattr(fact, each.amount) if each.amount else 1)

    def _add_corrections(self, added: Added, entry: RequestFacts, said: Mapping[Part, str], sign: int) -> None:
        """Corrections go with what their fact says, but for their reason, which is their own."""
        for one in entry.corrections:
            month, named = month_of(one.at, self.zone), {**said, Part.REASON: one.reason}
            for each in self._of_facts.get(one.what.value, ()):
                if each.is_corrected and each.holds(named):
                    much = getattr(entry.fact, each.amount) if each.amount else 1
                    added[each.name, month][each.key(named)] += sign * one.count * much

    def _add_leg(self, added: Added, measuring: _Measuring, fact: Fact, said: Mapping[Part, str], sign: int) -> None:
        counting, step_h = measuring.counting, measuring.step_h
        open_days: int | None = getattr(fact, measuring.open_days)
        if fact.role is not measuring.role or open_days is None or not counting.holds(said):
            return
        ended: datetime = getattr(fact, measuring.end)
        seconds = _whole((ended - getattr(fact, measuring.begin)) // _MICROSECOND, 1_000_000)
        cells, key = added[counting.name, month_of(ended, self.zone)], counting.key(said)
        cells[*key, _SECONDS, 0] += sign * seconds
        cells[*key, _HOURS, _whole(seconds, 3600 * step_h) * step_h] += sign
        cells[*key, _OPEN_DAYS, open_days if step_h == 1 else 0] += sign

    def _add_attempt(self, added: Added, attempt: Attempt, sign: int) -> None:
        said = _said(attempt, self._attempt_parts)
        for when, asked in self._of_attempts.items():
            at: datetime | None = getattr(attempt, when)
            if at is not None:
                month = month_of(at, self.zone)
                for each in asked:
                    if each.holds(said):
                        added[each.name, month][each.key(said)] += sign


_MICROSECOND: Final = timedelta(microseconds=1)
_SECONDS, _HOURS, _OPEN_DAYS = "seconds", "hours", "open days"


def _whole(number: int, divisor: int) -> int:
    """Divide as SQL does: towards 0."""
    return number // divisor if number >= 0 else -(-number // divisor)


def _text(value: Any) -> str:
    """Return a value as SQL has it as text."""
    return str(int(value)) if isinstance(value, bool) else str(value)


def _is_of_attempts(question: AnyQuestion) -> bool:
    return isinstance(question, FactsQuestion) and question.source is Population.ATTEMPTS


def _parts(questions: Iterable[AnyQuestion]) -> dict[Part, str]:
    """Return the parts that questions need, with the names of their fields."""
    return {part: part.value for each in questions for part in (*each.by, *(only.part for only in each.only))}


def _said(record: Fact | Attempt, parts: Mapping[Part, str]) -> dict[Part, str]:
    return {part: _text(getattr(record, name)) for part, name in parts.items()}


# ── a sum as it is kept ──────────────────────────────────────────────────────────────────────────

_COUNTS: Final = msgspec.json.Decoder(list[tuple[Key, int]])
_STRETCHES: Final = msgspec.json.Decoder(list[tuple[Key, Took]])


def changed(question: AnyQuestion, body: str | None, cells: Mapping[Cell, int]) -> str:
    """Return a sum as it is kept once something was added to it; `body`: as it was kept before, None if there was none."""
    if isinstance(question, HowLong):
        return _kept(_changed_stretches(_STRETCHES.decode(body) if body else [], cells))
    counts = Counter[Any](dict(_COUNTS.decode(body)) if body else {})
    counts.update(cells)
    return _kept((key, count) for key, count in counts.items() if count)


def _kept(of_keys: Iterable[tuple[Any, Any]]) -> str:
    return msgspec.json.encode(sorted(of_keys, key=itemgetter(0))).decode()


def _changed_stretches(before: Iterable[tuple[Key, Took]], cells: Mapping[Cell, int]) -> list[tuple[Key, Took]]:
    parts: dict[Key, dict[Any, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
    for key, took in before:
        parts[key] = defaultdict(Counter, {_SECONDS: Counter({0: took.seconds})})
        parts[key][_HOURS] = _counter(took.hours)
        parts[key][_OPEN_DAYS] = _counter(took.open_days)
    for cell, count in cells.items():
        *of_key, part, value = cell
        parts[tuple(map(str, of_key))][part][int(value)] += count
    tooks = {key: Took(of[_SECONDS][0], _tally(of[_HOURS]), _tally(of[_OPEN_DAYS])) for key, of in parts.items()}
    return [(key, took) for key, took in tooks.items() if took.hours.counts]


def _counter(tally: Tally) -> Counter[int]:
    return Counter(dict(zip(tally.values, tally.counts, strict=True)))


def _tally(counts: Mapping[int, int]) -> Tally:
    found = sorted((value, count) for value, count in counts.items() if count)
    return Tally(tuple([value for value, _ in found]), tuple([count for _, count in found]))


# ── put together ─────────────────────────────────────────────────────────────────────────────────


def counts_of(bodies: Iterable[str], more: Iterable[tuple[Key, int]] = ()) -> Counts:
    """Add up the sums of months, with what was counted beside them."""
    months = [dict(_COUNTS.decode(body)) for body in bodies]
    beside = list(more)
    if len(months) == 1 and not beside:
        return months[0]
    added = Counter[Key]()
    for counts in months:
        added.update(counts)
    for key, count in beside:
        added[key] += count
    return {key: count for key, count in added.items() if count}


def stretches_of(bodies: Iterable[str], more: Iterable[tuple[Key, Took]] = ()) -> Stretches:
    """Put together how long it took in months, with what was measured beside them."""
    parts: dict[Key, list[Took]] = defaultdict(list)
    for stretches in (*(_STRETCHES.decode(body) for body in bodies), more):
        for key, took in stretches:
            parts[key].append(took)
    return {key: together(each) for key, each in parts.items()}


def together(parts: Iterable[Took]) -> Took:
    """Put together how long some took."""
    found = list(parts)
    if len(found) == 1:
        return found[0]
    return Took(
        seconds=sum(took.seconds for took in found),
        hours=_tallied(found, lambda took: took.hours),
        open_days=_tallied(found, lambda took: took.open_days),
    )


def _tallied(parts: Iterable[Took], of: Callable[[Took], Tally]) -> Tally:
    counts: Counter[int] = Counter()
    for took in parts:
        counts.update(_counter(of(took)))
    return _tally(counts)


def took(measured: Iterable[tuple[int, int, int, int]]) -> Took:
    """Put together what was measured: hours, open days, how many, and how many seconds they took together."""
    hours, days, seconds = Counter[int](), Counter[int](), 0
    for hour, open_days, count, together_s in measured:
        hours[hour] += count
        days[open_days] += count
        seconds += together_s
    return Took(seconds, _tally(hours), _tally(days))
