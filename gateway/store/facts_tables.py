"""Facts as tables: the changes of the register followed in their order, and what they came to written once, whoever follows them.

Whoever follows reads a piece of what has changed, folds it, and writes it together with the mark of how far it came, if that stands where it
stood when the piece was read: so each line of history is folded in once, though several gateways follow at the same time.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any, Final

import msgspec

from gateway.money.amounts import hundredths
from gateway.store import encoding, facts_sql, register_sql, rows
from gateway.store.columns import Fetched, Params, moment, optional_stamp, plain, stamp
from gateway.store.facts_port import Changed, ChangedPiece, Mark
from gateway.store.port import HistoryKind
from gateway.store.tongues import Tongue
from gateway.workflow.facts import Attempt, Correction, Deed, Fact, Folded, Happened, TellingLine, Work
from gateway.workflow.questions import (
    Behind,
    BehindPage,
    Counts,
    HowLong,
    Key,
    Question,
    Span,
    Stretch,
    Stretches,
    WorkBy,
)
from gateway.workflow.records import State

BEHIND_MOST: Final = 10_000
"""As far as what was not followed yet is counted."""
_EPOCH: Final = date(1970, 1, 1)


class FactTables:
    """The port's FactStore on the verbs of either store."""

    def __init__(
        self,
        *,
        fetch: Callable[..., Awaitable[Sequence[Fetched]]],
        load_if: Callable[..., Awaitable[bool]],
        tongue: Tongue,
    ) -> None:
        """Take the verbs."""
        self._fetch, self._load_if, self._tongue = fetch, load_if, tongue

    # ── following ────────────────────────────────────────────────────────────────────────────────

    async def changed(self, limit: int) -> ChangedPiece | None:
        """See the port."""
        since, begin, missed_from = await self._marks()
        found = await self._fetch(facts_sql.CHANGED, begin.changed, begin.line, missed_from, limit)
        if not found:
            return None
        line, _, changed = found[-1]
        return await self._piece(found, since, Mark(changed, line))

    async def missed(self, after: int, limit: int) -> ChangedPiece | None:
        """See the port."""
        since, begin, _ = await self._marks()
        found = await self._fetch(facts_sql.MISSED, begin.changed, begin.line, after, limit)
        return await self._piece(found, since, since) if found else None

    async def behind(self) -> int:
        """See the port."""
        _, begin, _ = await self._marks()
        return int((await self._fetch(facts_sql.COUNT_CHANGED, begin.changed, begin.line, BEHIND_MOST))[0][0])

    async def _marks(self) -> tuple[Mark, Mark, int]:
        """Return the mark as it is stored, where to begin, and from where on changes may still be missing.

        A mark beyond all that the database counts is of another one, of which this is a copy: it is followed from the beginning.
        """
        ((missed_from, to_come),) = await self._fetch(self._tongue.marks)
        ((changed, line),) = await self._fetch(facts_sql.MARK)
        since = Mark(changed, line)
        return since, since if changed < to_come else Mark(), missed_from

    async def _piece(self, found: Sequence[Fetched], since: Mark, to: Mark) -> ChangedPiece:
        """Read what a piece is folded from: the requests last, for each must know of all that its lines tell, and may know of more.

        What happens between two of these reads changes its line of the register once more, and comes with a later piece.
        """
        lines = [line for line, _, _ in found]
        facts = {line: _fact(row) for line, *row in await self._fetch(facts_sql.facts_of(lines))}
        told = _told(await self._fetch(facts_sql.told_of(lines)))
        requests = {
            request: encoding.decode_request(body)
            for request, body in await self._fetch(register_sql.requests(len(found)), *(row[1] for row in found))
        }
        changed = tuple(
            Changed(line=line, changed=mark, request=requests[request], fact=facts.get(line), lines=tuple(told[line]))
            for line, request, mark in found
            if request in requests  # purged between two reads: its fact stays as it is
        )
        return ChangedPiece(since=since, to=to, requests=changed)

    async def write(self, piece: ChangedPiece, folded: Sequence[Folded]) -> bool:
        """See the port."""
        both = list(zip(piece.requests, folded, strict=True))
        mark = (piece.since.changed, piece.since.line, piece.to.changed, piece.to.line)
        retried = list(chain.from_iterable(_retried(each) for each in folded))
        return await self._load_if(
            (facts_sql.MOVE_MARK, mark),
            (facts_sql.KEEP_TAKEN_UP, retried),
            (facts_sql.WRITE, [_row(of.line, of.changed, each.fact) for of, each in both]),
            (facts_sql.TAKE_UP, retried),
            (facts_sql.CORRECT, [_correction(of.line, one) for of, each in both for one in each.corrections]),
            (facts_sql.WRITE_ATTEMPT, [_attempt(of.line, one) for of, each in both for one in each.attempts]),
            (
                facts_sql.ADD_WORK,
                [(one.day, one.hour, one.deed.value, one.count) for each in folded for one in each.work],
            ),
        )

    # ── questions ────────────────────────────────────────────────────────────────────────────────

    async def count(self, question: Question, spans: Sequence[Span]) -> tuple[Counts, ...]:
        """See the port."""
        found = await self._fetch(*flat(facts_sql.count(question, spans)))
        return await asyncio.to_thread(_counts, found, len(spans))

    async def how_long(self, question: HowLong, spans: Sequence[Span]) -> tuple[Stretches, ...]:
        """See the port."""
        found = await self._fetch(*flat(facts_sql.how_long(question, spans)))
        return await asyncio.to_thread(_stretches, found, len(spans))

    async def behind_number(
        self, question: Question, span: Span, *, after: tuple[int, int] | None, limit: int
    ) -> BehindPage:
        """See the port."""
        found = await self._fetch(*flat(facts_sql.behind_number(question, span, after or (0, -1), limit)))
        corrected: Sequence[Fetched] = ()
        if after is None and question.is_corrected:
            corrected = await self._fetch(*flat(facts_sql.behind_corrections(question, span, limit)))
        rows_of = (_behind(question, row) for row in (*corrected, *found))
        return BehindPage(rows=tuple(rows_of), next=(found[-1][2], found[-1][0]) if len(found) == limit else None)

    async def work(self, first: date, last: date, by: WorkBy) -> tuple[Work, ...]:
        """See the port."""
        found = await self._fetch(facts_sql.WORK[by], (first - _EPOCH).days, (last - _EPOCH).days)
        return tuple(Work(day, hour, Deed(deed), int(count)) for day, hour, deed, count in found)

    async def fault_counts(self, first: date, last: date) -> Mapping[str, int]:
        """See the port."""
        found = await self._fetch(facts_sql.FAULTS, (first - _EPOCH).days, (last - _EPOCH).days)
        return {peer: int(count) for peer, count in found}


def _counts(found: Iterable[Fetched], spans: int) -> tuple[Counts, ...]:
    counts: list[dict[Key, int]] = [{} for _ in range(spans)]
    for number, *key, counted in found:
        counts[number][tuple(key)] = int(counted)
    return tuple(counts)


def _stretches(found: Iterable[Fetched], spans: int) -> tuple[Stretches, ...]:
    """Of a year by partner there are some ten thousand: they are put together off the event loop."""
    stretches: list[dict[Key, list[Stretch]]] = [defaultdict(list) for _ in range(spans)]
    for number, *key, hours, open_days, count, seconds in found:
        stretches[number][tuple(key)].append(Stretch(int(hours), open_days, count, int(seconds)))
    return tuple({key: tuple(each) for key, each in of_span.items()} for of_span in stretches)


def flat(asked: tuple[str, Params]) -> tuple[Any, ...]:
    """Return a statement and what is bound in it, one after the other."""
    statement, params = asked
    return (statement, *params)


def _behind(question: Question, row: Fetched) -> Behind:
    _, request, at, count, *key = row
    return Behind(request=request, at=moment(at), count=count, parts=dict(zip(question.by, key, strict=True)))


def _told(found: Iterable[Fetched]) -> Mapping[int, list[TellingLine]]:
    """Put each event together with what was decided on it; what was ignored tells nothing."""
    of_line: dict[int, list[Fetched]] = defaultdict(list)
    for line, *rest in found:
        of_line[line].append(rest)
    return defaultdict(list, {line: list(_paired(each)) for line, each in of_line.items()})


def _paired(found: Sequence[Fetched]) -> Iterator[TellingLine]:
    event, number = None, 0
    for place, (row, kind, state, body) in enumerate(found):
        if body is not None:
            event, number = body, row
        is_last = place + 1 == len(found) or found[place + 1][3] is not None
        if event is None or not (is_last or kind in _DECIDED):
            continue
        if kind != HistoryKind.IGNORED:
            reached = State(state) if kind == HistoryKind.DECISION and state else None
            yield TellingLine(number=number, state=reached, event=encoding.decode_event(event))
        event = None


_DECIDED: Final = frozenset({HistoryKind.DECISION, HistoryKind.IGNORED})


def _fact(row: Sequence[Any]) -> Fact:
    told = dict(zip(facts_sql.COLUMNS, row, strict=True))
    told["standing"] = tuple(filter(None, told["standing"].split(",")))
    times = {each.value: moment(told[each.value]) for each in Happened if told[each.value] is not None}
    flags = {name: bool(told[name]) for name in ("own", "by_person", "taken_up")}
    return msgspec.convert(told | times | flags, Fact)


def _row(line: int, changed: int, fact: Fact) -> Params:
    in_hundredths = (hundredths(amount, fact.currency) for amount in (fact.charged_minor, fact.paid_minor))
    return (line, changed, *(_value(getattr(fact, name)) for name in facts_sql.WRITTEN), *in_hundredths)


def _value(value: Any) -> str | int | None:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        return plain(str(value))
    return None if value is None else int(value)


def _correction(line: int, one: Correction) -> Params:
    return line, one.what.value, stamp(one.at), one.count, plain(one.reason)


def _attempt(line: int, one: Attempt) -> Params:
    times = map(optional_stamp, (one.asked_at, one.answered_at))
    return (
        line,
        one.attempt,
        one.partner,
        one.place,
        *times,
        one.result.value,
        plain(one.reason),
        optional_stamp(one.sent_at),
    )


def _retried(folded: Folded) -> Iterator[Params]:
    if folded.taken_up:
        agency, number = folded.taken_up
        yield from ((key, number) for key in rows.agency_keys(agency))
