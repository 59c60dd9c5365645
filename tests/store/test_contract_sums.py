"""The contract of the port, on both stores: the sums of months are at all times what plain SQL counts over the facts."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec
import pytest

from gateway.desk.counting import count
from gateway.desk.ports import Desk
from gateway.dispatch.bookkeeping import Bookkeeper, folded
from gateway.reports import sums
from gateway.reports.catalogue import FIGURES, QUESTIONS
from gateway.reports.folding import House
from gateway.reports.periods import FigurePeriod, month_of, year_of
from gateway.store import facts_sql, sums_sql
from gateway.store.facts_port import ChangedPiece, FactStore
from gateway.store.facts_sql import flat
from gateway.store.port import Store
from gateway.store.postgres import PostgresStore
from gateway.store.sqlite import SqliteStore
from gateway.store.sums_tables import SumTables
from gateway.workflow.borrowing.groups import FINALS
from gateway.workflow.calendar import Calendar, Calendars
from gateway.workflow.events import RequestArrived
from gateway.workflow.facts import Folded
from gateway.workflow.questions import FactsSaid, HowLong, Span
from gateway.workflow.records import Role
from tests.fakes.clock import FakeTime
from tests.fakes.examples import share_of
from tests.reports.made_up import OWN, START, Way, by_time, happen, ways
from tests.store.test_contract_facts import purge
from tests.store.values import NOW

NEW_YORK, KOLKATA = ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")
SEEDS = range(20)
AnyStore = SqliteStore | PostgresStore
ASKED = {sums.name_of(question): question for question in QUESTIONS}


class Restless(FakeTime):
    """A clock for work that pauses between its pieces."""

    async def sleep(self, delay_s: float) -> None:
        await asyncio.sleep(0)


def keeper_of(store: Store, zone: ZoneInfo = NEW_YORK) -> Bookkeeper:
    house = House(calendars=Calendars(library=Calendar(time_zone=zone.key)), own=frozenset({OWN}))
    return Bookkeeper(store, lambda: house, Restless(NOW))


def with_retries(random: Random, found: list[Way]) -> list[Way]:
    """Return the ways of requests, of which some of those to us come in the place of others."""
    lent = [way for way in found if way.request.role is Role.LENDING]
    for way in random.sample(lent, len(lent) // 3):
        of, (first, *rest) = random.choice(lent).request, way.changes
        assert isinstance(first.event, RequestArrived)
        event = msgspec.structs.replace(
            first.event, requesting_agency=of.requesting_agency, previous_request_id=of.partner_request_id
        )
        way.changes[:] = [msgspec.structs.replace(first, event=event), *rest]
    return found


def spans_of(random: Random, zone: ZoneInfo, begins: tuple[int, int] = (7, 1)) -> list[Span]:
    """Return months, a fiscal year, and some days from the middle of a month to the middle of another."""
    first = START.date() + timedelta(days=random.randrange(500))
    days = FigurePeriod(first=first, last=first + timedelta(days=random.randrange(200)), begins=begins)
    months = (month_of(first + timedelta(days=31 * number), begins) for number in range(4))
    return [period.span(zone) for period in (*months, year_of(first, begins), days, whole())]


def whole() -> FigurePeriod:
    return FigurePeriod(first=date(2020, 1, 1), last=date(2029, 12, 31))


async def plain_sql(store: Store, spans: Sequence[Span]) -> tuple[FactsSaid, ...]:
    """Count each question over the facts, past all sums."""
    fetch = cast("AnyStore", store)._fetch_slowly
    found = tuple(FactsSaid(counts={}, stretches={}) for _ in spans)
    for name, question in ASKED.items():
        measured: dict[tuple[int, Any], list[tuple[int, int, int, int]]] = {}
        for said in found:
            cast("Any", said.stretches if isinstance(question, HowLong) else said.counts)[name] = {}
        for number, *row in await fetch(*flat(facts_sql.asked(question, spans))):
            if isinstance(question, HowLong):
                *key, hours, days, counted, seconds = row
                measured.setdefault((number, tuple(key)), []).append((int(hours), days, counted, int(seconds)))
            else:
                cast("Any", found[number].counts)[name][tuple(row[:-1])] = int(row[-1])
        for (number, key), each in measured.items():
            cast("Any", found[number].stretches)[name][key] = sums.took(each)
    return found


async def is_complete(store: Store) -> bool:
    """Say whether all facts are in the sums, so that figures are read from these."""
    far = await SumTables(cast("AnyStore", store)._fetch_slowly, cast("Any", None)).how_far()
    return far.sums_to == sums_sql.ALL and far.sums_mark == far.mark


async def check(store: Store, spans: Sequence[Span]) -> None:
    assert await store.facts.ask(ASKED, spans) == await plain_sql(store, spans)


@pytest.mark.parametrize("seed", share_of(SEEDS))
async def test_sums_are_what_plain_sql_counts_whenever_one_looks(store: Store, seed: int) -> None:
    """Facts come late, change, are corrected and taken up, before, while and after sums are made of those that were there before."""
    random, keeper = Random(seed), keeper_of(store)
    changes = list(by_time(with_retries(random, ways(seed, 24))))
    spans = spans_of(random, NEW_YORK, random.choice([(7, 1), (1, 1), (10, 15)]))
    built_from = random.randrange(len(changes))
    for place, change in enumerate(changes):
        await store.commit(change)
        if random.random() < 0.1:
            await keeper.catch_up()
        if place >= built_from and random.random() < 0.2:
            await store.facts.sum_up(NEW_YORK, 3)
        if random.random() < 0.02:
            await check(store, spans)
    await keeper.catch_up()
    await keeper.sum_up()
    assert await is_complete(store)
    await check(store, spans)


@pytest.mark.parametrize("seed", SEEDS[:3])
async def test_sums_stay_as_they_are_when_requests_are_made_anonymous_and_purged(store: Store, seed: int) -> None:
    async with summed(store, seed) as spans:
        before = await store.facts.ask(ASKED, spans)
        await store.borrowing.anonymise(FINALS, ended_before=START + timedelta(days=9999))
        await purge(cast("AnyStore", store))
        await keeper_of(store).catch_up()
        await keeper_of(store).look_over()
        assert await store.facts.ask(ASKED, spans) == before


@pytest.mark.parametrize("seed", SEEDS[:3])
async def test_what_is_looked_over_again_is_counted_once(store: Store, seed: int) -> None:
    async with summed(store, seed):
        await cast("AnyStore", store)._change(("UPDATE facts SET changed = $1", (7,)))
        assert await keeper_of(store).look_over() > 0


@pytest.mark.parametrize("seed", SEEDS[:3])
async def test_in_another_time_zone_sums_are_made_anew(store: Store, seed: int) -> None:
    async with summed(store, seed):
        spans = spans_of(Random(seed), KOLKATA)
        await check(store, spans)
        await anew(keeper_of(store, KOLKATA))
        assert await is_complete(store)
        await check(store, spans)


@pytest.mark.parametrize("seed", SEEDS[:3])
async def test_while_a_gateway_that_keeps_no_sums_writes_facts_these_are_counted(store: Store, seed: int) -> None:
    async with summed(store, seed) as spans:
        await cast("AnyStore", store)._change(
            ("UPDATE facts SET outcome = $1, branch = $2 WHERE supplied_at IS NOT NULL", ("cancelled", "elsewhere")),
            ("UPDATE fact_mark SET line = line + $1", (1,)),
        )
        assert not await is_complete(store)
        await check(store, spans)
        await keeper_of(store).sum_up()


@pytest.mark.parametrize("seed", SEEDS[:3])
async def test_figures_go_on_while_a_store_from_before_gets_its_sums_in_small_pieces(store: Store, seed: int) -> None:
    await happen(store, with_retries(Random(seed), ways(seed, 24)))
    await keeper_of(store).catch_up()
    spans = spans_of(Random(seed), NEW_YORK)
    pieces = 0
    while await store.facts.sum_up(NEW_YORK, 5):
        await check(store, spans)
        pieces += 1
    assert pieces > 3
    assert await is_complete(store)
    await check(store, spans)


async def test_of_some_who_write_at_the_same_time_one_has_written(store: Store) -> None:
    keeper, changes = keeper_of(store), list(by_time(with_retries(Random(5), ways(5, 24))))
    for change in changes[: len(changes) // 2]:
        await store.commit(change)
    await keeper.catch_up()
    await keeper.sum_up()
    for change in changes[len(changes) // 2 :]:
        await store.commit(change)
    piece = await store.facts.changed(10)
    assert piece is not None
    now = folded(piece.requests, keeper._house())
    wrote = await asyncio.gather(*(store.facts.write(piece, now, NEW_YORK) for _ in range(3)))
    assert sorted(wrote) == [False, False, True]
    await keeper.catch_up()
    assert await is_complete(store)
    await check(store, spans_of(Random(5), NEW_YORK))


async def test_an_hour_that_nobody_asked_for_is_counted_from_the_facts(store: Store) -> None:
    async with summed(store, 4):
        since = datetime(2025, 3, 9, 13, 30, tzinfo=NEW_YORK)
        await check(store, [(since, since + timedelta(hours=1)), (since, since + timedelta(days=70))])


async def test_figures_of_a_fiscal_year_that_begins_in_the_middle_of_a_month_add_up(store: Store) -> None:
    async with summed(store, 8):
        desk = cast("Desk", SimpleNamespace(store=store, zone=NEW_YORK))
        year = year_of(date(2025, 8, 1), (7, 15))
        figure = next(each for each in FIGURES if each.name == "provided")
        of_year, *of_months = (await count(desk, figure, [year, *year.months()])).rows
        assert sum(int(rows[-1].cells[0] or 0) for rows in of_months) == of_year[-1].cells[0]


async def test_gateways_that_keep_sums_for_different_zones_keep_no_other_from_its_work(store: Store) -> None:
    await happen(store, with_retries(Random(6), ways(6, 24)))
    await keeper_of(store).catch_up()
    async with asyncio.timeout(60):
        await asyncio.gather(keeper_of(store).sum_up(), keeper_of(store, KOLKATA).sum_up())
    await check(store, spans_of(Random(6), NEW_YORK))


async def test_what_could_not_be_looked_over_since_another_gateway_wrote_is_looked_over_again(store: Store) -> None:
    async with summed(store, 7):
        await cast("AnyStore", store)._change(("UPDATE facts SET changed = $1", (7,)))
        missed = await store.facts.missed(-1, 10_000)
        assert missed is not None
        losing = keeper_of(store)
        losing._store = cast("Store", SimpleNamespace(facts=LosesFirst(store.facts)))
        assert await losing.look_over() == len(missed.requests)
        assert await store.facts.missed(-1, 1) is None


class LosesFirst:
    """The facts of a store, whose first write comes too late."""

    def __init__(self, facts: FactStore) -> None:
        self._facts, self._has_lost = facts, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._facts, name)

    async def write(self, piece: ChangedPiece, folded: Sequence[Folded], zone: ZoneInfo) -> bool:
        if not self._has_lost:
            self._has_lost = True
            return False
        return await self._facts.write(piece, folded, zone)


async def anew(keeper: Bookkeeper) -> None:
    """Make the sums where there may be those of another gateway: these go first, and it is gone on with at the next turn."""
    await keeper.sum_up()
    await keeper.sum_up()


@asynccontextmanager
async def summed(store: Store, seed: int) -> AsyncIterator[list[Span]]:
    """A store in which two years have happened and are summed up; afterwards sums are checked once more."""
    random, keeper = Random(seed), keeper_of(store)
    await happen(store, with_retries(random, ways(seed, 24)))
    await keeper.catch_up()
    await keeper.sum_up()
    spans = spans_of(random, NEW_YORK)
    await check(store, spans)
    yield spans
    await keeper.catch_up()
    await anew(keeper)
    assert await is_complete(store)
    await check(store, spans)
