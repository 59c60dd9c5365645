"""The sums of months as tables: read for figures, changed with the facts, and made of facts that were there before.

Facts stay what figures rest on. A sum is what they come to, kept in the transaction that writes them: whoever writes a fact takes away what it
came to before, and adds what it comes to now. What was read for that stands, or nothing is written, for each write counts (`HowFar.writes`).
Until all facts are in the sums, and whenever a gateway that keeps none has written facts, figures are counted from the facts.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple
from zoneinfo import ZoneInfo

from gateway.reports import sums
from gateway.reports.catalogue import QUESTIONS
from gateway.reports.sums import Added, AnyQuestion, RequestFacts, Summing
from gateway.store import facts_rows, facts_sql, sums_sql
from gateway.store.columns import Fetched, Params
from gateway.store.facts_port import FactsMark, HowFar
from gateway.store.facts_sql import flat
from gateway.workflow.questions import Counts, FactsSaid, HowLong, Key, Span, Stretches, Took

Rows = tuple[str, Sequence[Params]]


@lru_cache(maxsize=4)
def summing_in(zone: ZoneInfo) -> Summing:
    """Return what adds up the questions of all figures by the months of a time zone."""
    return Summing(QUESTIONS, zone)


class Turned(NamedTuple):
    """What is counted of a request, as it was, if it was counted, and as it will be."""

    line: int
    before: RequestFacts | None
    after: RequestFacts


class _Cut(NamedTuple):
    """A span of time as it is counted: months that are in it wholly, and what is left of it."""

    months: range
    rests: tuple[Span, ...]


class _Told(NamedTuple):
    """What there is to a question: which months' sums of each span, all sums of it, and what was counted of each span beside them."""

    name: str
    question: AnyQuestion
    months: Sequence[range]
    bodies: Mapping[int, str]
    live: Sequence[Sequence[Fetched]]


class SumTables:
    """Sums on the verbs of either store."""

    def __init__(
        self, fetch: Callable[..., Awaitable[Sequence[Fetched]]], load_if: Callable[..., Awaitable[bool]]
    ) -> None:
        """Take the verbs."""
        self._fetch, self._load_if = fetch, load_if

    # ── kept ─────────────────────────────────────────────────────────────────────────────────────

    async def how_far(self) -> HowFar:
        """Return how far facts are followed, and sums with them."""
        ((changed, line, writes, sums_for, sums_to, sums_changed, sums_line),) = await self._fetch(facts_sql.MARK)
        return HowFar(
            mark=FactsMark(changed, line),
            writes=writes,
            sums_for=sums_for,
            sums_to=sums_to,
            sums_mark=FactsMark(sums_changed, sums_line),
        )

    async def written(
        self, since: HowFar, to: FactsMark, turned: Iterable[Turned], zone: ZoneInfo
    ) -> tuple[tuple[str, Params], *tuple[Rows, ...]]:
        """Return what moves the mark, if all that was read stands, and what then changes the sums; they begin anew if they are of no use any more."""
        summing = summing_in(zone)
        if not _is_kept(since, summing):
            return _moved(since, to, summing, -1), (sums_sql.CLEAR, [()])
        changed = [each for each in turned if each.line <= since.sums_to]
        added: Added = defaultdict(Counter)
        for each in changed:
            if each.before:
                summing.add(added, each.before, -1)
            summing.add(added, each.after)
        rows = await self._changed(summing, added)
        return _moved(since, to, summing, since.sums_to), (sums_sql.WRITE_SUM, rows)

    async def sum_up(self, zone: ZoneInfo, limit: int) -> bool:
        """See the port."""
        far, summing = await self.how_far(), summing_in(zone)
        if not _is_kept(far, summing):
            await self._load_if(_moved(far, far.mark, summing, -1), (sums_sql.CLEAR, [()]))
            # A gateway that keeps others, or none, may run beside this one: were both to begin at once, neither would ever end.
            return not far.sums_for
        if far.sums_to == sums_sql.ALL:
            return False
        found = await self._fetch(sums_sql.TO_SUM, far.sums_to, limit)
        lines = [line for line, *_ in found]
        attempts = await self._fetch(*flat(facts_sql.attempts_of(lines))) if lines else ()
        corrections = await self._fetch(*flat(facts_sql.corrections_of(lines))) if lines else ()
        added = await asyncio.to_thread(_added, summing, found, attempts, corrections)
        to = lines[-1] if len(lines) == limit else sums_sql.ALL
        rows = await self._changed(summing, added)
        await self._load_if(_moved(far, far.mark, summing, to), (sums_sql.WRITE_SUM, rows))
        return True

    async def _changed(self, summing: Summing, added: Added) -> list[Params]:
        """Read the sums to which something is added, and return them as they will be."""
        wanted = {key: cells for key, cells in added.items() if any(cells.values())}
        if not wanted:
            return []
        months: dict[int, list[str]] = defaultdict(list)
        for name, month in wanted:
            months[month].append(name)
        found = await self._fetch(*flat(sums_sql.sums_of(months)))
        return await asyncio.to_thread(_bodies, summing, wanted, found)

    # ── read ─────────────────────────────────────────────────────────────────────────────────────

    async def ask(self, questions: Mapping[str, AnyQuestion], spans: Sequence[Span]) -> tuple[FactsSaid, ...]:
        """See the port."""
        cuts, kept = await self._kept(questions.values(), spans)
        whole = [_Cut(range(0), (span,)) for span in spans]
        told = []
        for name, question in questions.items():
            bodies = kept.get(question)
            of = whole if bodies is None else cuts
            live = await self._live(question, [cut.rests for cut in of])
            told.append(_Told(name, question, [cut.months for cut in of], bodies or {}, live))
        return await asyncio.to_thread(_said, told, len(spans)) if told else (FactsSaid(),) * len(spans)

    async def _kept(
        self, questions: Iterable[AnyQuestion], spans: Sequence[Span]
    ) -> tuple[list[_Cut], Mapping[AnyQuestion, Mapping[int, str]]]:
        """Return how spans are cut, and the sums of each question by month: of none if they are not of all facts, or for another zone."""
        zone = spans[0][0].tzinfo
        if not isinstance(zone, ZoneInfo):
            return [], {}
        summing, cuts = summing_in(zone), [_cut(span, zone) for span in spans]
        kept: dict[AnyQuestion, dict[int, str]] = {
            each: {} for each in questions if sums.name_of(each) in summing.questions
        }
        months = sorted(set(chain.from_iterable(cut.months for cut in cuts)))
        if not (kept and months):
            return cuts, {}
        found = await self._fetch(*flat(sums_sql.sums_if_all(summing.kept_for, months, list(map(sums.name_of, kept)))))
        for month, name, body in found:
            if name is not None:
                kept[summing.questions[name]][month] = body
        return cuts, kept if found else {}

    async def _live(self, question: AnyQuestion, rests: Sequence[Sequence[Span]]) -> list[list[Fetched]]:
        """Count what is left of spans from the facts: of each span, keys with what was counted, or measured."""
        asked = [(place, rest) for place, of_span in enumerate(rests) for rest in of_span]
        found: list[list[Fetched]] = [[] for _ in rests]
        if asked:
            query = facts_sql.asked(question, [rest for _, rest in asked])
            for number, *row in await self._fetch(*flat(query)):
                found[asked[number][0]].append(row)
        return found


def _is_kept(far: HowFar, summing: Summing) -> bool:
    return far.sums_for == summing.kept_for and far.sums_mark == far.mark


def _moved(far: HowFar, to: FactsMark, summing: Summing, sums_to: int) -> tuple[str, Params]:
    """Return the statement that moves the mark, if it stands where it stood and nothing was written since."""
    params = (far.mark.changed, far.mark.line, far.writes, to.changed, to.line, summing.kept_for, sums_to)
    return facts_sql.MOVE_MARK, params


def _added(
    summing: Summing, facts: Iterable[Fetched], attempts: Iterable[Fetched], corrections: Iterable[Fetched]
) -> Added:
    added: Added = defaultdict(Counter)
    asked, corrected = facts_rows.attempts_by_line(attempts), facts_rows.corrections_by_line(corrections)
    for line, *row in facts:
        entry = RequestFacts(
            fact=facts_rows.fact_of(row),
            corrections=tuple(corrected.get(line, ())),
            attempts=tuple(asked.get(line, ())),
        )
        summing.add(added, entry)
    return added


def _bodies(summing: Summing, added: Added, found: Iterable[Fetched]) -> list[Params]:
    before = {(name, month): body for month, name, body in found}
    return [
        (month, name, sums.changed(summing.questions[name], before.get((name, month)), cells))
        for (name, month), cells in added.items()
    ]


def _cut(span: Span, zone: ZoneInfo) -> _Cut:
    since, until = span
    first, end = sums.month_of(since, zone), sums.month_of(until, zone)
    if sums.began(first, zone) != since:
        first += 1
    if first >= end:
        return _Cut(range(0), (span,))
    rests = ((since, sums.began(first, zone)), (sums.began(end, zone), until))
    return _Cut(range(first, end), tuple((begin, over) for begin, over in rests if begin < over))


def _said(told: Iterable[_Told], spans: int) -> tuple[FactsSaid, ...]:
    """Put sums and what was counted beside them together, for each span."""
    counts: list[dict[str, Counts]] = [{} for _ in range(spans)]
    stretches: list[dict[str, Stretches]] = [{} for _ in range(spans)]
    for each in told:
        for place, (months, rows) in enumerate(zip(each.months, each.live, strict=True)):
            kept = [each.bodies[month] for month in months if month in each.bodies]
            if isinstance(each.question, HowLong):
                stretches[place][each.name] = sums.stretches_of(kept, _measured(rows))
            else:
                counts[place][each.name] = sums.counts_of(kept, ((tuple(key), int(count)) for *key, count in rows))
    return tuple(FactsSaid(counts=of, stretches=took) for of, took in zip(counts, stretches, strict=True))


def _measured(rows: Iterable[Fetched]) -> Iterable[tuple[Key, Took]]:
    measured: dict[Key, list[tuple[int, int, int, int]]] = defaultdict(list)
    for *key, hours, open_days, count, seconds in rows:
        measured[tuple(key)].append((int(hours), open_days, count, int(seconds)))
    return ((key, sums.took(each)) for key, each in measured.items())
