"""Facts as tables: the changes of the register followed in their order, and what they came to written once, whoever follows them.

Whoever follows reads a piece of what has changed, folds it, and writes it together with the mark of how far it came, if that stands where it
stood when the piece was read: so each line of history is folded in once, though several gateways follow at the same time.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from gateway.reports.attempts import merged
from gateway.reports.sums import AnyQuestion, RequestFacts
from gateway.store import encoding, facts_rows, facts_sql, register_sql, request_rows
from gateway.store.columns import Fetched, Params, moment
from gateway.store.facts_port import Changed, ChangedPiece, FactsMark, HowFar
from gateway.store.facts_sql import flat
from gateway.store.port import HistoryKind
from gateway.store.sums_tables import SumTables, Turned
from gateway.store.tongues import Tongue
from gateway.workflow.facts import ActsCounted, Attempt, CountedAct, Fact, Folded, TellingLine
from gateway.workflow.questions import Behind, BehindPage, FactsQuestion, FactsSaid, Span, WorkBy
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
        self._sums = SumTables(fetch, load_if)

    # ── following ────────────────────────────────────────────────────────────────────────────────

    async def changed(self, limit: int) -> ChangedPiece | None:
        """See the port."""
        far, begin, missed_from = await self._marks()
        found = await self._fetch(facts_sql.CHANGED, begin.changed, begin.line, missed_from, limit)
        if not found:
            return None
        line, _, changed = found[-1]
        return await self._piece(found, far, FactsMark(changed, line))

    async def missed(self, after: int, limit: int) -> ChangedPiece | None:
        """See the port."""
        far, begin, _ = await self._marks()
        found = await self._fetch(facts_sql.MISSED, begin.changed, begin.line, after, limit)
        return await self._piece(found, far, far.mark) if found else None

    async def behind(self) -> int:
        """See the port."""
        _, begin, _ = await self._marks()
        return int((await self._fetch(facts_sql.COUNT_CHANGED, begin.changed, begin.line, BEHIND_MOST))[0][0])

    async def _marks(self) -> tuple[HowFar, FactsMark, int]:
        """Return how far one has come, where to begin, and from where on changes may still be missing.

        A mark beyond all that the database counts is of another one, of which this is a copy: it is followed from the beginning.
        """
        ((missed_from, to_come),) = await self._fetch(self._tongue.marks)
        far = await self._sums.how_far()
        return far, far.mark if far.mark.changed < to_come else FactsMark(), missed_from

    async def _piece(self, found: Sequence[Fetched], since: HowFar, to: FactsMark) -> ChangedPiece:
        """Read what a piece is folded from: the requests last, for each must know of all that its lines tell, and may know of more.

        What happens between two of these reads changes its line of the register once more, and comes with a later piece.
        """
        lines = [line for line, _, _ in found]
        facts = {line: facts_rows.fact_of(row) for line, *row in await self._fetch(*flat(facts_sql.facts_of(lines)))}
        attempts = facts_rows.attempts_by_line(await self._fetch(*flat(facts_sql.attempts_of(lines))))
        told = _told(await self._fetch(*flat(facts_sql.told_of([(line, request) for line, request, _ in found]))))
        requests = {
            request: encoding.decode_request(body)
            for request, body in await self._fetch(*flat(register_sql.requests([request for _, request, _ in found])))
        }
        changed = tuple(
            Changed(
                line=line,
                changed=mark,
                request=requests[request],
                fact=facts.get(line),
                lines=tuple(told[line]),
                attempts=tuple(attempts[line]),
            )
            for line, request, mark in found
            if request in requests  # purged between two reads: its fact stays as it is
        )
        return ChangedPiece(since=since, to=to, requests=changed)

    async def write(self, piece: ChangedPiece, folded: Sequence[Folded], zone: ZoneInfo) -> bool:
        """See the port."""
        found = [facts_rows.storable(each) for each in folded]
        both = list(zip(piece.requests, found, strict=True))
        retried = list(chain.from_iterable(_retried(each) for each in found))
        asked = [(of.line, _newly_told(of, each)) for of, each in both]
        moved, *sums = await self._sums.written(piece.since, piece.to, await self._entries(both, retried), zone)
        return await self._load_if(
            moved,
            *sums,
            (facts_sql.KEEP_TAKEN_UP, retried),
            (facts_sql.WRITE, [facts_rows.fact_row(of.line, of.changed, each.fact) for of, each in both]),
            (facts_sql.TAKE_UP, retried),
            (
                facts_sql.CORRECT,
                [facts_rows.correction_row(of.line, one) for of, each in both for one in each.corrections],
            ),
            (facts_sql.WRITE_ATTEMPT, [facts_rows.attempt_row(line, one) for line, told in asked for one in told]),
            (
                facts_sql.ADD_WORK,
                [(one.day, one.hour, one.deed.value, one.count) for each in found for one in each.work],
            ),
        )

    async def _entries(self, both: Sequence[tuple[Changed, Folded]], retried: Sequence[Params]) -> list[Turned]:
        """Return what is counted of requests as it was and as it will be: of those of a piece, and of those in whose place one of them has come."""
        lines = {of.line for of, _ in both}
        taken_up = {line for params in retried for (line,) in await self._fetch(facts_sql.RETRIED, *params)}
        others = await self._fetch(*flat(facts_sql.facts_of(sorted(taken_up - lines)))) if taken_up - lines else ()
        new = [of.line for of, _ in both if of.fact is None]
        if new:
            taken_up.update(line for (line,) in await self._fetch(*flat(facts_sql.taken_up_of(new))))
        return [
            *(_turned(of, each, is_taken_up=of.line in taken_up) for of, each in both),
            *(_taken_up(line, facts_rows.fact_of(row)) for line, *row in others),
        ]

    async def sum_up(self, zone: ZoneInfo, limit: int) -> bool:
        """See the port."""
        return await self._sums.sum_up(zone, limit)

    # ── questions ────────────────────────────────────────────────────────────────────────────────

    async def behind_number(
        self, question: FactsQuestion, span: Span, *, after: tuple[int, int] | None, limit: int
    ) -> BehindPage:
        """See the port."""
        found = await self._fetch(*flat(facts_sql.behind_number(question, span, after or (0, -1), limit)))
        corrected: Sequence[Fetched] = ()
        if after is None and question.is_corrected:
            corrected = await self._fetch(*flat(facts_sql.behind_corrections(question, span, limit)))
        rows_of = (_behind(question, row) for row in (*corrected, *found))
        return BehindPage(rows=tuple(rows_of), next=(found[-1][2], found[-1][0]) if len(found) == limit else None)

    async def ask(self, questions: Mapping[str, AnyQuestion], spans: Sequence[Span]) -> tuple[FactsSaid, ...]:
        """See the port."""
        return await self._sums.ask(questions, spans)

    async def work(self, first: date, last: date, by: WorkBy) -> tuple[ActsCounted, ...]:
        """See the port."""
        found = await self._fetch(facts_sql.WORK[by], (first - _EPOCH).days, (last - _EPOCH).days)
        return tuple(ActsCounted(day, hour, CountedAct(deed), int(count)) for day, hour, deed, count in found)

    async def fault_counts(self, first: date, last: date) -> Mapping[str, int]:
        """See the port."""
        found = await self._fetch(facts_sql.FAULTS, (first - _EPOCH).days, (last - _EPOCH).days)
        return {peer: int(count) for peer, count in found}


def _behind(question: FactsQuestion, row: Fetched) -> Behind:
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


def _turned(of: Changed, folded: Folded, *, is_taken_up: bool) -> Turned:
    """Corrections that were made before stay as they are: what they go with is fixed by then."""
    fact = msgspec.structs.replace(folded.fact, taken_up=folded.fact.taken_up or is_taken_up)
    before = RequestFacts(fact=of.fact, attempts=of.attempts) if of.fact else None
    known = {each.attempt: each for each in (*of.attempts, *_newly_told(of, folded))}
    return Turned(
        of.line, before, RequestFacts(fact=fact, corrections=folded.corrections, attempts=tuple(known.values()))
    )


def _taken_up(line: int, fact: Fact) -> Turned:
    return Turned(line, RequestFacts(fact=fact), RequestFacts(fact=msgspec.structs.replace(fact, taken_up=True)))


def _newly_told(of: Changed, folded: Folded) -> tuple[Attempt, ...]:
    """Return the lenders of which something new is told, with all that is known of each."""
    before = {each.attempt: each for each in of.attempts}
    known = dict(before)
    for each in folded.attempts:
        known[each.attempt] = merged(known[each.attempt], each) if each.attempt in known else each
    return tuple(each for each in known.values() if each != before.get(each.attempt))


def _retried(folded: Folded) -> Iterator[Params]:
    if folded.taken_up:
        agency, number = folded.taken_up
        yield from ((key, number) for key in request_rows.agency_keys(agency))
