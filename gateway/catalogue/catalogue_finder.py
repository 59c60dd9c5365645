"""A CopyFinder over a catalogue: climbs the ladder, judges what comes back, picks the part that is wanted, and says all of it.

While the catalogue is silent, answers from before serve, and the words say from when. Without any the silence is passed on
(CatalogueSilentError): it is no answer. What was refused, could not be read, or was more than is looked at leaves the result
uncertain where nothing was found; so does a request without a title, for not every record has every number.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, tzinfo
from itertools import chain

import msgspec

from gateway.catalogue import cql, judging, ladder, parts
from gateway.catalogue.asking import CatalogueTroubleError, Search
from gateway.catalogue.cache import Cache, KeptAnswer
from gateway.catalogue.judging import RecordJudged, Sameness
from gateway.catalogue.ladder import Rung
from gateway.catalogue.language import Language
from gateway.catalogue.marc import Bib
from gateway.workflow.catalogue import SearchSettings
from gateway.workflow.finding import CatalogueSilentError, Found
from gateway.workflow.records import Copy
from gateway.workflow.values import Editions, Wanted

MOST_REASONS = 3
_NOTHING_TO_SEARCH_BY = "the request names nothing that it could be searched by"
"""Of a query's records that are not the work, so many are named with the reason."""


class Records(msgspec.Struct, frozen=True, kw_only=True):
    """What a catalogue has of a work: the records chosen, the words of the search, and whether no record means that it has none."""

    chosen: tuple[RecordJudged, ...] = ()
    words: str = ""
    certain: bool = True
    contradicting: tuple[Bib, ...] = ()
    """Records that have the number which was asked for, and another title."""
    near: tuple[Bib, ...] = ()
    """Whatever else has the number, or all words: for a person to look at."""
    refused: tuple[str, ...] = ()
    """A clause about each query that was refused."""
    unread: int = 0
    """Records that came and can't be read."""

    @property
    def is_whole(self) -> bool:
        """Whether everything that was asked was answered and read."""
        return not self.refused and not self.unread


class CatalogueFinder:
    """Finds copies by `search`, which takes queries in the language `say`. `zone` is the library's, for the times in the words."""

    def __init__(
        self,
        search: Search,
        settings: SearchSettings,
        *,
        now: Callable[[], datetime],
        zone: tzinfo,
        say: Language = cql,
    ) -> None:
        self._search = search
        self._say = say
        self._indexes = settings.indexes
        self._now = now
        self._zone = zone
        self._cache = Cache(
            most=settings.cached_queries,
            fresh=timedelta(seconds=settings.fresh_s),
            stale=timedelta(seconds=settings.stale_s),
        )

    async def find(self, wanted: Wanted) -> Found:
        """See the port; raises CatalogueSilentError."""
        climb = await self._climb(wanted)
        if climb.is_sure and wanted.editions is not Editions.THIS:
            await self._add_editions(climb, wanted)
        return climb.found(wanted)

    async def records(self, wanted: Wanted, *, brief: bool = False) -> Records:
        """Return the records that are the work, or may be, instead of copies: for the catalogue of another library. Raises CatalogueSilentError."""
        return (await self._climb(wanted, brief=brief)).records(wanted)

    async def _climb(self, wanted: Wanted, *, brief: bool = False) -> "_Climb":
        climb = _Climb(self._zone, self._now())
        for rung in ladder.rungs(wanted, self._indexes, self._say, brief=brief):
            answer = await self._ask(rung.query, climb)
            climb.note(rung, answer, [judging.judge(rung, bib, wanted) for bib in answer.bibs])
            if climb.is_sure:
                break
        return climb

    async def _add_editions(self, climb: "_Climb", wanted: Wanted) -> None:
        """Add what has the same title and author; the newest first where that is wished for."""
        first = climb.chosen[0].bib
        work = Wanted(title=first.main_title, author=next(iter(first.authors), None), editions=Editions.ANY)
        rung = next(ladder.rungs(work, self._indexes, self._say), None)
        if rung is not None:
            answer = await self._ask(rung.query, climb)
            judged = judging.best(judging.judge(rung, bib, work) for bib in answer.bibs)
            climb.add_editions(each for each in judged if each.verdict is Sameness.SURE)
        if wanted.editions is Editions.MOST_RECENT:
            climb.chosen.sort(key=lambda each: -max(each.bib.years, default=0))

    async def _ask(self, query: str, climb: "_Climb") -> KeptAnswer:
        """Return what stands, else what the catalogue says now, else what it said before.

        Once silent it is not asked again in the same search: each further question would cost its whole time-out.
        """
        answer = self._cache.fresh(query, self._now())
        if answer is not None:
            return answer
        if climb.trouble is None:
            try:
                answer = await self._search(query)
            except CatalogueTroubleError as trouble:
                climb.trouble = trouble
            else:
                self._cache.keep(query, answer)
                return answer
        answer = self._cache.stale(query, self._now())
        if answer is None:
            raise CatalogueSilentError(f"The catalogue can't be asked: {climb.trouble}.")
        climb.note_age(answer)
        return answer


class _Climb:
    """What one search gathers: the records chosen so far, and the sentences about it."""

    def __init__(self, zone: tzinfo, now: datetime) -> None:
        self.chosen: list[RecordJudged] = []
        self.trouble: CatalogueTroubleError | None = None
        """Why the catalogue is silent, since it is."""
        self._zone = zone
        self._now = now
        self._contradicting: dict[object, Bib] = {}
        self._near: dict[object, Bib] = {}
        self._notes: list[str] = []
        self._refused: list[str] = []
        self._unread = 0
        self._silence = ""
        self._certain = True

    @property
    def is_sure(self) -> bool:
        """Whether the work was found beyond doubt."""
        return any(each.verdict is Sameness.SURE for each in self.chosen)

    def note(self, rung: Rung, answer: KeptAnswer, judged: list[RecordJudged]) -> None:
        """Take in what a query gave: a sure record takes the place of the doubtful ones."""
        good = judging.best(judged)
        if good and good[0].verdict is Sameness.SURE:
            self.chosen = list(good)
        elif not self.is_sure:
            known = {_told_by(each.bib) for each in self.chosen}
            self.chosen += [each for each in good if _told_by(each.bib) not in known]
        self._certain &= answer.is_whole or rung.is_last_resort
        self._contradicting |= {
            _told_by(each.bib): each.bib for each in judged if each.words == judging.HAS_OTHER_TITLE
        }
        if rung.key is not None or rung.is_all_words:
            self._near |= {_told_by(each.bib): each.bib for each in judged}
        self._certain &= all(each.words != judging.HAS_OTHER_TITLE for each in judged)  # number or title is wrong
        self._notes.append(_sentence(rung, answer, judged))
        self._refused += [answer.refused] if answer.refused else []
        self._unread += answer.unread

    def add_editions(self, editions: Iterable[RecordJudged]) -> None:
        """Add other editions of the chosen work."""
        known = {_told_by(each.bib) for each in self.chosen}
        more = [each for each in editions if _told_by(each.bib) not in known]
        self.chosen += more
        if more:
            self._notes.append(f"other editions: {len(more)}")

    def note_age(self, answer: KeptAnswer) -> None:
        """Say that an answer is an old one; of several the last counts, which gave the copies."""
        at = answer.at.astimezone(self._zone)
        today = at.date() == self._now.astimezone(self._zone).date()
        when = f"{at:%H:%M}" if today else f"{at:%Y-%m-%d %H:%M}"
        self._silence = f"The catalogue did not answer ({self.trouble}); copies as known at {when}."
        self._certain = False

    def records(self, wanted: Wanted) -> Records:
        """Return the records themselves; nothing found is certain where the title was searched too, as with copies."""
        certain = self._certain and bool(wanted.title and self._notes) and not self.chosen
        words = "; ".join(self._notes) or _NOTHING_TO_SEARCH_BY
        chosen = {_told_by(each.bib) for each in self.chosen}
        return Records(
            chosen=tuple(self.chosen),
            words=words,
            certain=certain,
            contradicting=tuple(self._contradicting.values()),
            refused=tuple(self._refused),
            unread=self._unread,
            near=tuple(bib for told_by, bib in self._near.items() if told_by not in chosen),
        )

    def found(self, wanted: Wanted) -> Found:
        """Return the copies that are the part wanted, and all that there is to say."""
        fitting: dict[str, Copy] = {}
        likely = self.chosen if self.is_sure else judging.likeliest(self.chosen)
        is_told = len({each.identity for each in likely}) == 1
        for copy in chain.from_iterable(_copies(each, wanted, is_told=is_told) for each in likely):
            fitting.setdefault(copy.item_barcode, copy)
        is_there = any(each.bib.copies for each in self.chosen)
        bare = sum(each.bib.without_barcode for each in self.chosen)
        notes = list(self._notes)
        if not notes:
            notes.append(_NOTHING_TO_SEARCH_BY)
        if is_there and not fitting:
            notes.append("the work is there, but not the part that is wanted")
        if bare:
            notes.append(f"items without a barcode: {bare}")
        words = f"Catalogue: {'; '.join(notes)}."
        certain = self._certain and bool(wanted.title and self._notes) and not bare and (is_there or not self.chosen)
        return Found(
            copies=tuple(sorted(fitting.values(), key=lambda copy: copy.doubt is not None)),
            words=f"{self._silence} {words}" if self._silence else words,
            certain=certain,
        )


def _told_by(bib: Bib) -> object:
    """What tells a record from the others of its catalogue: its number, where it has one."""
    return bib.number or (bib.keys, bib.full_title, bib.years, bib.edition)


def _copies(judged: RecordJudged, wanted: Wanted, *, is_told: bool) -> tuple[Copy, ...]:
    """A record's copies that are the part wanted, each with the record's doubt; `is_told`: no other record fits."""
    fitting = parts.of_part(judged.bib.copies, wanted)
    if judged.verdict is Sameness.SURE:
        return fitting
    words = f"{judged.words} ({judged.numbers})" if judged.numbers else judged.words
    doubt = {"doubt": words, "number_alone": judged.number_alone and is_told}
    return tuple(msgspec.structs.replace(copy, **doubt) for copy in fitting)


def _sentence(rung: Rung, answer: KeptAnswer, judged: list[RecordJudged]) -> str:
    """What a query gave, and why its records are not the work."""
    if answer.refused:
        return f"{rung.words}: refused, {answer.refused}"
    count = f"{rung.words}: {answer.total} {'record' if answer.total == 1 else 'records'}"
    others = [each for each in judged if each.verdict is Sameness.OTHER]
    reasons = (
        [f"{each.bib.number} {each.words}" for each in others[:MOST_REASONS]] if len(others) == len(judged) else []
    )
    unread = [f"{answer.unread} could not be read"] if answer.unread else []
    return f"{count} ({', '.join([*reasons, *unread])})" if reasons or unread else count
