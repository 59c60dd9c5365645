"""What possible lenders hold: the catalogues that partners' records name, all asked at once, each within its own bounds.

A catalogue that is silent, refuses, or is left alone since it was silent says nothing: its library is “not known”, never “has it
not”. A query carries the work alone. What comes after the deadline is kept for the next time that somebody asks.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import AsyncExitStack
from typing import Final

import msgspec

from gateway.catalogue import trial
from gateway.catalogue.asking import OnSearch
from gateway.catalogue.catalogue_finder import CatalogueFinder, Records
from gateway.catalogue.describing import as_catalogued, fullness, has_its_number
from gateway.catalogue.held import held, held_by_symbol
from gateway.catalogue.judging import Sameness
from gateway.catalogue.marc import Bib
from gateway.catalogue.of_partner import settings_of
from gateway.catalogue.sources import CatalogueGround, finder_over, searching
from gateway.catalogue.trial import CatalogueAsked
from gateway.catalogue.works import Work, works_of
from gateway.clock import TimeSource
from gateway.iso18626.limits import Buckets, Rate
from gateway.sip2.breaker import Breaker
from gateway.workflow.finding import CatalogueSilentError
from gateway.workflow.holdings import UNKNOWN, Held, Holding
from gateway.workflow.partners import Partner, PartnerCatalogue
from gateway.workflow.values import Wanted

FAILURES: Final = 3
"""Of one catalogue, one after the other, before it is left alone."""
LEFT_ALONE_S: Final = 60.0
PER_MINUTE: Final = 120
"""Look-ups in a catalogue, where its record does not say how many. So many may come at once; then there is one each half second, for
which the sixteen rotas that are made at the same time can wait."""
ORDERS_AT_ONCE: Final = 4
"""Which are looked up at the same time: more would wait for each other at the same catalogues, and their deadlines run out meanwhile."""
LONGEST_WORDS: Final = 200
_HOLDS: Final = frozenset({Holding.AVAILABLE, Holding.HOLDS})

Passwords = Callable[[PartnerCatalogue], str | None]
"""Gives the password that a record names, where it may be shown at the catalogue's address."""


Answers = Mapping[str, Records | str]
"""By partner: the records, or a clause about why there are none."""


class Holdings(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of each partner, and for the timeline what was asked where."""

    by_partner: Mapping[str, Held] = {}
    words: str = ""
    is_early: bool = False
    """A catalogue had not answered by the deadline, and was left to answer for the next who asks."""
    described: tuple[str, Bib] | None = None
    """The fullest record that has the order's number for sure, and whose catalogue it is in."""
    contradicted: tuple[str, Bib] | None = None
    """A record that has the order's number and another title, where nobody is known to hold the work."""

    def of(self, partner: str) -> Held:
        """What is known of one."""
        return self.by_partner.get(partner, UNKNOWN)


class Works(msgspec.Struct, frozen=True, kw_only=True):
    """Works to choose from, and what was asked where."""

    works: tuple[Work, ...] = ()
    words: str = ""


FindWorks = Callable[[Wanted], Awaitable[Works]]


async def no_works(_wanted: Wanted) -> Works:
    """Ask nobody."""
    return Works()


class Catalogues:
    """The catalogues of partners; to be closed. `partners` gives who there is now; after `deadline_s` nobody is waited for."""

    def __init__(
        self,
        *,
        partners: Callable[[], Iterable[Partner]],
        time: TimeSource,
        ground: CatalogueGround,
        passwords: Passwords,
        on_search: OnSearch,
        deadline_s: float = 10.0,
    ) -> None:
        self._partners = partners
        self._time = time
        self._ground = ground
        self._passwords = passwords
        self._on_search = on_search
        self._deadline_s = deadline_s
        self._late = f"it did not answer within {deadline_s:g} s"
        self._open: dict[str, _Open] = {}
        self._opening = asyncio.Lock()
        self._room = asyncio.Semaphore(ORDERS_AT_ONCE)
        self._under_way: set[asyncio.Task[Records | str]] = set()

    async def holdings(self, wanted: Wanted) -> Holdings:
        """Ask all of them at once, briefly; where nobody has a copy in by that, once more: by what a record that has its number says of the
        work, else, where nobody holds it, with all that the ladder has.

        Raises nothing.
        """
        async with self._room:
            return await self._holdings(wanted)

    async def _holdings(self, wanted: Wanted) -> Holdings:
        asked = [partner for partner in self._partners() if partner.catalogue.url]
        looked, until_s = wanted_elsewhere(wanted), self._time.monotonic() + self._deadline_s
        answers = await self._ask_all(asked, looked, until_s, brief=True)
        found, words = self._of_all(asked, answers, looked), _told(asked, answers)
        described = _fullest(answers, looked)
        if not _is_any(found, frozenset({Holding.AVAILABLE})):
            if described is not None:
                words += await self._ask_as_catalogued(asked, found, as_catalogued(looked, described[1]), until_s)
            elif not _is_any(found, _HOLDS):
                answers |= await self._ask_more(asked, answers, looked, until_s)
                found, words, described = (
                    self._of_all(asked, answers, looked),
                    _told(asked, answers),
                    _fullest(answers, looked),
                )
        return Holdings(
            by_partner=found,
            words=words,
            is_early=any(answer == self._late for answer in answers.values()),
            described=described,
            contradicted=None if _is_any(found, _HOLDS) else _contradiction(answers),
        )

    async def _ask_as_catalogued(
        self, asked: list[Partner], found: dict[str, Held], known: Wanted, until_s: float
    ) -> str:
        """Where nobody has a copy in, ask those who are not known to hold it for what the record of another says of the work; in words what came.

        Their records may lack the order's number, or the order may have misspelt what it says.
        """
        again = [each for each in asked if found.get(each.id, UNKNOWN).holding not in _HOLDS]
        answers = await self._ask_all(again, known, until_s, brief=True, is_first=False)
        told = self._of_all(again, answers, known)
        found |= {partner: each for partner, each in told.items() if each.holding in _HOLDS or each.is_likely}
        better = [each for each in again if found.get(each.id, UNKNOWN).holding in _HOLDS]
        return f" As another catalogue has it: {_told(better, answers)}" if better else ""

    async def _ask_more(
        self, asked: list[Partner], answers: Answers, wanted: Wanted, until_s: float
    ) -> dict[str, Records | str]:
        """Where nobody holds it, ask those that answered once more with all that the ladder has."""
        again = [partner for partner in asked if not isinstance(answers[partner.id], str)]
        more = await self._ask_all(again, wanted, until_s, brief=False, is_first=False)
        return {partner: answer for partner, answer in more.items() if not isinstance(answer, str)}

    async def works(self, wanted: Wanted) -> Works:
        """Look for works that it may be, in all of them at once, for a person to choose from. Raises nothing."""
        asked = [partner for partner in self._partners() if partner.catalogue.url]
        until_s = self._time.monotonic() + self._deadline_s
        answers = await self._ask_all(asked, wanted_elsewhere(wanted), until_s, brief=True)
        heard = [(each.name, answer) for each in asked if not isinstance(answer := answers[each.id], str)]
        return Works(works=works_of(heard), words=_told(asked, answers))

    async def _ask_all(
        self, asked: list[Partner], wanted: Wanted, until_s: float, *, brief: bool, is_first: bool = True
    ) -> dict[str, Records | str]:
        """What each says until then, by partner; what comes later is kept for the next who asks."""
        if not asked:
            return {}
        tasks = [asyncio.create_task(self._ask(partner, wanted, brief=brief, is_first=is_first)) for partner in asked]
        for task in tasks:
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        await asyncio.wait(tasks, timeout=max(0.0, until_s - self._time.monotonic()))
        return {
            partner.id: task.result() if task.done() else self._late for partner, task in zip(asked, tasks, strict=True)
        }

    async def try_out(self, partner: Partner, wanted: Wanted) -> CatalogueAsked:
        """Ask one catalogue, in words what came of it: for whoever sets it up. Nothing that was known before has a bearing."""
        it, looked = await self._made(partner), wanted_elsewhere(wanted)
        try:
            return trial.of_records(await it.finder.records(looked), looked, partner.catalogue)
        except CatalogueSilentError as silent:
            return trial.of_trouble(_clause(silent))
        finally:
            await it.stack.aclose()

    async def close(self) -> None:
        """Leave off what is under way, and hang up."""
        under_way = tuple(self._under_way)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        for each in list(self._open.values()):
            await each.stack.aclose()
        self._open.clear()

    def _of_all(
        self, asked: Iterable[Partner], answers: Mapping[str, Records | str], wanted: Wanted
    ) -> dict[str, Held]:
        """A library's own catalogue counts before a union's."""
        found: dict[str, Held] = {}
        for partner in asked:
            answer = answers[partner.id]
            if partner.catalogue.is_union:
                unions = {} if isinstance(answer, str) else held_by_symbol(answer, wanted, partner.catalogue.number_as)
                found = {**self._by_partner(unions), **found}
        for partner in asked:
            answer = answers[partner.id]
            if not partner.catalogue.is_union:
                own = (
                    Held(words=answer) if isinstance(answer, str) else held(answer, wanted, partner.catalogue.number_as)
                )
                if own.holding is not Holding.NOT_KNOWN or partner.id not in found:
                    found[partner.id] = own
        return found

    def _by_partner(self, by_symbol: Mapping[str, Held]) -> dict[str, Held]:
        """By the value of any symbol that a partner has or had, whatever its type: union catalogues write it bare."""
        return {
            partner.id: by_symbol[value]
            for partner in self._partners()
            for symbol in reversed((*partner.symbols, *partner.aliases))
            if (value := symbol.partition(":")[2].casefold()) in by_symbol
        }

    async def _ask(self, partner: Partner, wanted: Wanted, *, brief: bool, is_first: bool) -> Records | str:
        """The records, or a clause about why there are none."""
        it = await self._opened(partner)
        now_s = self._time.monotonic()
        if it.breaker.wait_s(now_s) > 0:
            return "it is left alone, for it did not answer lately"
        if is_first and not await self._its_turn(partner, it.rate):
            return "it was asked as often as it may be in a minute"
        it.breaker = it.breaker.passed(now_s)
        try:
            records = await it.finder.records(wanted, brief=brief)
        except CatalogueSilentError as silent:
            it.breaker = it.breaker.failed(self._time.monotonic())
            return _clause(silent)
        it.breaker = it.breaker.succeeded()
        return records

    async def _its_turn(self, partner: Partner, taken: Buckets) -> bool:
        """Wait until the catalogue may be asked for one more order; no, where that takes longer than anybody waits."""
        rate = Rate.per_minute(partner.catalogue.max_per_minute or PER_MINUTE)
        while (wait_s := taken.take(partner.id, rate, self._time.monotonic())) > 0:
            if wait_s > self._deadline_s:
                return False
            await self._time.sleep(wait_s)
        return True

    async def _opened(self, partner: Partner) -> "_Open":
        """The way to a partner's catalogue, made anew where the record has changed."""
        async with self._opening:
            it = self._open.get(partner.id)
            if it is None or it.catalogue != partner.catalogue:
                if it is not None:
                    del self._open[partner.id]
                    await it.stack.aclose()
                self._open[partner.id] = it = await self._made(partner)
            return it

    async def _made(self, partner: Partner) -> "_Open":
        settings = settings_of(partner.catalogue)
        assert settings is not None, "only what has an address is asked"
        stack = AsyncExitStack()
        password = self._passwords(partner.catalogue)
        way = searching(settings, password=password, on_search=self._on_search, ground=self._ground)
        search = await stack.enter_async_context(way)
        return _Open(partner.catalogue, finder_over(search, settings, self._ground), stack)


class _Open:
    """A catalogue that was asked before."""

    def __init__(self, catalogue: PartnerCatalogue, finder: CatalogueFinder, stack: AsyncExitStack) -> None:
        self.catalogue = catalogue
        self.finder = finder
        self.stack = stack
        self.breaker = Breaker(threshold=FAILURES, cooldown_s=LEFT_ALONE_S)
        self.rate = Buckets()


def _clause(silent: CatalogueSilentError) -> str:
    return str(silent).removeprefix("The catalogue can't be asked: ").rstrip(".")


def _is_any(found: Mapping[str, Held], holdings: Collection[Holding]) -> bool:
    return any(each.holding in holdings for each in found.values())


def _heard(answers: Answers) -> list[tuple[str, Records]]:
    return [(name, answer) for name, answer in answers.items() if not isinstance(answer, str)]


def _contradiction(answers: Answers) -> tuple[str, Bib] | None:
    return next(((name, bib) for name, records in _heard(answers) for bib in records.contradicting), None)


def _fullest(answers: Answers, wanted: Wanted) -> tuple[str, Bib] | None:
    """Of the records that are the work for sure by its number, the one that says most of it, and whose it is."""
    sure = [
        (name, each.bib)
        for name, records in _heard(answers)
        for each in records.chosen
        if each.verdict is Sameness.SURE and has_its_number(each.bib, wanted)
    ]
    return max(sure, key=lambda pair: fullness(pair[1]), default=None)


def wanted_elsewhere(wanted: Wanted) -> Wanted:
    """The work without our own record number, which is another work's elsewhere."""
    return msgspec.structs.replace(wanted, record_id=None)


def _told(asked: Iterable[Partner], answers: Mapping[str, Records | str]) -> str:
    """What was asked where, in a sentence each."""
    said = ((partner.id, answers[partner.id]) for partner in asked)
    parts = [
        f"{name}: {(answer if isinstance(answer, str) else answer.words)[:LONGEST_WORDS]}" for name, answer in said
    ]
    return f"Catalogues asked: {'. '.join(parts)}." if parts else ""
