"""The contract of the port, on both stores: facts follow what happens, count what plain SQL counts over the history, and stay."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec
import pytest

from gateway.desk.counting import count
from gateway.desk.ports import Desk
from gateway.dispatch.bookkeeping import Bookkeeper, folded
from gateway.reports.catalogue import BY_NAME, FIGURES
from gateway.reports.figure import Figure, FigureRow, Unit
from gateway.reports.folding import House
from gateway.reports.periods import FigurePeriod, month_of, year_of
from gateway.store.port import Store
from gateway.store.postgres import PostgresStore
from gateway.store.sqlite import SqliteStore
from gateway.workflow.borrowing.groups import FINALS
from gateway.workflow.calendar import Calendar, Calendars
from gateway.workflow.facts import Fact, Milestone
from gateway.workflow.questions import FactsQuestion, Part
from gateway.workflow.records import Role, State
from tests.fakes.clock import FakeTime
from tests.reports.made_up import OWN, START, by_time, happen, ways
from tests.store.values import NOW, arrived, creation, request

ZONE = ZoneInfo("America/New_York")
HOUSE = House(calendars=Calendars(library=Calendar(time_zone=ZONE.key)), own=frozenset({OWN}))
SEEDS = range(20)
BEGINS = (7, 1)
AnyStore = SqliteStore | PostgresStore


def bookkeeper(store: Store) -> Bookkeeper:
    return Bookkeeper(store, lambda: HOUSE, FakeTime(NOW))


async def lived(store: Store, seed: int, requests: int = 24) -> None:
    """Let a made-up history happen, and follow it at the same time."""
    async with asyncio.TaskGroup() as group:
        group.create_task(happen(store, ways(seed, requests)))
        await bookkeeper(store).catch_up()
    await bookkeeper(store).catch_up()


def months() -> list[FigurePeriod]:
    found, day = [], START.date()
    while day < (START + timedelta(days=4 * 365)).date():
        found.append(month_of(day, BEGINS))
        day = found[-1].last + timedelta(days=1)
    return found


async def rows_of(store: Store, figure: Figure, periods: Sequence[FigurePeriod]) -> tuple[Sequence[FigureRow], ...]:
    desk = cast("Desk", SimpleNamespace(store=store, zone=ZONE))
    return (await count(desk, figure, periods)).rows


async def sql(store: Store, statement: str) -> list[tuple[Any, ...]]:
    """Read with plain SQL, past everything that counts facts."""
    return [tuple(row) for row in await cast("AnyStore", store)._fetch_slowly(statement)]


def by_month(found: Sequence[tuple[Any, ...]]) -> Mapping[str, int]:
    """Add up (time in microseconds, count) by the month of the library's clock."""
    counts: dict[str, int] = {}
    for at, counted in found:
        name = datetime.fromtimestamp(at / 1e6, UTC).astimezone(ZONE).strftime("%Y-%m")
        counts[name] = counts.get(name, 0) + int(counted)
    return {name: counted for name, counted in counts.items() if counted}


TURNS = """
    WITH decided AS (
        SELECT history.request, history.id, history.at, history.entry->>'state' AS state
        FROM history JOIN requests ON requests.id = history.request
        WHERE history.entry->>'kind' = 'decision' AND requests.role = '{role}' AND {which}),
    held AS (
        SELECT request, id, at, CASE WHEN state IN ({states}) THEN 1 ELSE 0 END AS holds FROM decided
        WHERE state NOT IN ({keeps})),
    turned AS (
        SELECT request, at, holds, coalesce(lag(holds) OVER (PARTITION BY request ORDER BY id), 0) AS held FROM held)
    SELECT at, holds - held FROM turned WHERE holds <> held"""
SUPPLIED = "'loaned', 'overdue', 'recalled', 'renewing', 'returning', 'completed', 'copy completed', 'lost'"
RECEIVED = "'receiving', 'waiting for the customer', 'with the customer', 'to send back', 'taking back', 'sent back'"


@pytest.mark.parametrize("seed", SEEDS[:3])
async def test_what_happens_between_two_reads_of_the_bookkeeper_is_counted(
    store: Store, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = cast("Any", store.facts)
    fetch, changes = tables._fetch, by_time(ways(seed, 24))

    async def fetch_while_things_happen(*asked: Any) -> Any:
        found = await fetch(*asked)
        for change in islice(changes, 1):
            await store.commit(change)
        return found

    monkeypatch.setattr(tables, "_fetch", fetch_while_things_happen)
    while (await bookkeeper(store).catch_up()) or (await store.facts.behind()):
        pass
    assert next(changes, None) is None
    await noes(store)
    await filled(store)
    await acts(store)


async def provided_and_received(store: Store) -> None:
    periods = months()

    async def counted(question: FactsQuestion) -> dict[str, int]:
        said = await store.facts.ask({"": question}, [period.span(ZONE) for period in periods])
        found = [each.counts[""] for each in said]
        return {period.name: sum(each.values()) for period, each in zip(periods, found, strict=True) if each}

    turns = TURNS.format(role="lending", which=f"requests.partner <> '{OWN}'", states=SUPPLIED, keeps="'checking in'")
    provided = BY_NAME["provided"].questions["count"]
    assert isinstance(provided, FactsQuestion)
    assert await counted(provided) == by_month(await sql(store, turns))
    loans = TURNS.format(role="borrowing", which="TRUE", states=RECEIVED, keeps="'completed', 'lost'")
    handed_over = """
        SELECT history.at, 1 FROM history JOIN requests ON requests.id = history.request
        WHERE requests.role = 'borrowing' AND history.event->>'action' = 'handed-over'"""
    received = FactsQuestion(when=Milestone.RECEIVED, by=(Part.SERVICE,))
    assert await counted(received) == by_month([*await sql(store, loans), *await sql(store, handed_over)])


async def filled(store: Store) -> None:
    rows = (await rows_of(store, BY_NAME["fill-lending"], [whole()]))[0]
    came, sent, unfilled, retry, expired, retried, cancelled, still, rate = rows[-1].cells
    states = dict(await sql(store, "SELECT state, count(*) FROM requests WHERE role = 'lending' GROUP BY state"))
    lapsed = await sql(
        store,
        "SELECT count(*) FROM history JOIN requests ON requests.id = history.request"
        " WHERE requests.state = 'retry possible' AND history.event->>'clock' = 'condition'",
    )
    supplied = sum(states.get(state, 0) for state in ("loaned", "completed", "copy completed"))
    assert (came, sent, unfilled) == (sum(states.values()), supplied, states.get("unfilled", 0))
    assert (retry, expired) == (states.get("retry possible", 0) - lapsed[0][0], lapsed[0][0])
    assert (retried, cancelled) == (0, states.get("cancelled", 0))
    assert still == sum(states.values()) - supplied - sum(
        states.get(state, 0) for state in ("unfilled", "retry possible", "cancelled")
    )
    answered = supplied + states.get("unfilled", 0) + states.get("retry possible", 0)
    assert rate == (supplied / answered if answered else None)


async def how_long_it_took(store: Store) -> None:
    took = """
        WITH came AS (SELECT request, min(at) AS at FROM history GROUP BY request),
        shipped AS (
            SELECT request, min(at) AS at FROM history
            WHERE entry->>'kind' = 'decision' AND entry->>'state' IN ('checked out', 'copy completed') GROUP BY request)
        SELECT requests.body->>'service', (shipped.at - came.at) / 1000000
        FROM requests JOIN came ON came.request = requests.id JOIN shipped ON shipped.request = requests.id
        WHERE requests.role = 'lending' ORDER BY 2"""
    found = await sql(store, took)
    rows = {row.name: row.cells for row in (await rows_of(store, BY_NAME["turnaround-lending"], [whole()]))[0]}
    for name, service in (("returnables", None), ("non-returnables", "Copy")):
        seconds = [int(each[1]) for each in found if each[0] == service]
        cells = rows[f"days-to-supply/{name}"]
        assert cells[0] == len(seconds)
        if seconds:
            assert cells[1] == pytest.approx(sum(seconds) / len(seconds) / 86_400)
            assert cells[2] == seconds[(len(seconds) + 1) // 2 - 1] // 3600 / 24
            assert cells[3] == seconds[-(-len(seconds) * 9 // 10) - 1] // 3600 / 24
            assert cells[4] == pytest.approx(sum(each < 48 * 3600 for each in seconds) / len(seconds))


async def noes(store: Store) -> None:
    said = await sql(
        store,
        "SELECT history.event->>'attempt', count(*) FROM history WHERE history.event->>'event' = 'lender said'"
        " AND history.event->>'says' IN ('unfilled', 'retry possible') GROUP BY 1 ORDER BY 1",
    )
    silent = await sql(store, "SELECT count(*) FROM history WHERE event->>'clock' = 'lender answer'")
    total = (await rows_of(store, BY_NAME["why-not-borrowing"], [whole()]))[0][-1].cells
    assert total[-1] == sum(each[1] for each in said) + silent[0][0]
    turns = TURNS.format(role="lending", which="TRUE", states="'unfilled'", keeps="''")
    unfilled = sum(int(each[1]) for each in await sql(store, turns))
    assert (await rows_of(store, BY_NAME["why-not-lending"], [whole()]))[0][-1].cells[0] == unfilled


async def acts(store: Store) -> None:
    acted = await sql(store, "SELECT count(*) FROM history WHERE event->>'event' = 'staff acted'")
    for name in ("work-hours", "work-weekdays", "work-days"):
        assert (await rows_of(store, BY_NAME[name], [whole()]))[0][-1].cells[-1] == acted[0][0]


def whole() -> FigurePeriod:
    """All of it."""
    return FigurePeriod(
        first=START.date() - timedelta(days=1), last=START.date() + timedelta(days=5 * 365), begins=BEGINS
    )


@pytest.mark.parametrize("seed", SEEDS[:5])
async def test_months_add_up_to_their_year(store: Store, seed: int) -> None:
    await lived(store, seed)
    year = year_of((START + timedelta(days=400)).date(), BEGINS)
    for figure in (each for each in FIGURES if each.adds_up):
        of_year, *of_months = await rows_of(store, figure, [year, *year.months()])
        for row in of_year:
            for place, column in enumerate(figure.columns):
                if column.unit in {Unit.COUNT, Unit.AMOUNT}:
                    added = sum(
                        Decimal(each.cells[place] or 0) for rows in of_months for each in rows if each.name == row.name
                    )
                    assert added == Decimal(row.cells[place] or 0), (figure.name, row.name, column.name)


@pytest.mark.parametrize("seed", SEEDS[:5])
async def test_what_was_counted_of_a_month_that_has_passed_stays(store: Store, seed: int) -> None:
    changes = list(by_time(ways(seed, 30)))
    half = len(changes) // 2
    for change in changes[:half]:
        await store.commit(change)
    await bookkeeper(store).catch_up()
    later = changes[half].event
    assert later is not None
    now = later.at
    passed = [period for period in months() if period.span(ZONE)[1] <= now]
    assert passed
    counted = [figure for figure in FIGURES if figure.adds_up and figure.name != "came"]
    before = [await rows_of(store, figure, passed) for figure in counted]
    for change in changes[half:]:
        await store.commit(change)
    await bookkeeper(store).catch_up()
    assert [await rows_of(store, figure, passed) for figure in counted] == before


async def test_figures_are_the_same_after_anonymising_and_purging(store: Store) -> None:
    await lived(store, 1, 60)
    periods = [whole(), *months()[:12]]
    before = [await rows_of(store, figure, periods) for figure in FIGURES]
    assert any(row.cells[0] for rows in before for row in rows[0])
    await store.borrowing.anonymise(FINALS, ended_before=START + timedelta(days=9999))
    await purge(cast("AnyStore", store))
    assert [await rows_of(store, figure, periods) for figure in FIGURES] == before
    await bookkeeper(store).catch_up()
    await bookkeeper(store).look_over()
    assert [await rows_of(store, figure, periods) for figure in FIGURES] == before


async def purge(store: AnyStore) -> None:
    """Drop every request, with all that belongs to it."""
    for table in (
        "history",
        "copied",
        "customer_works",
        "customers",
        "register_numbers",
        "register_words",
        "register",
        "requests",
    ):
        await store._load((f"DELETE FROM {table}", [()]))  # noqa: S608 - tables of ours


async def test_a_fact_has_no_number_and_no_word_of_its_request(store: Store) -> None:
    await lived(store, 3, 60)
    for (row,) in [
        (each,) for each in await sql(store, "SELECT * FROM facts WHERE decided_at IS NOT NULL OR ended_at IS NOT NULL")
    ]:
        texts = [str(cell) for cell in row if isinstance(cell, str)]
        assert not any(
            mark in text for text in texts for mark in ("L-0", "B-0", "P-", "3999", "2999", "Book", "Ann", "person")
        )
    columns = set(Fact.__struct_fields__)
    assert not columns & {"request", "title", "author", "customer", "item", "by"}


async def test_a_retry_takes_up_the_request_in_whose_place_it_stands(store: Store) -> None:
    await store.commit(creation(1, state=State.RETRY_POSSIBLE))
    retry = msgspec.structs.replace(arrived(2), previous_request_id="EV-1")
    await store.commit(msgspec.structs.replace(creation(2), event=retry))
    assert await bookkeeper(store).catch_up() == 2
    question = FactsQuestion(when=Milestone.ARRIVED, by=(Part.TAKEN_UP,))
    span = (NOW - timedelta(days=1), NOW + timedelta(days=1))
    (said,) = await store.facts.ask({"": question}, [span])
    assert said.counts[""] == {("1",): 1, ("0",): 1}


async def test_what_changed_while_nobody_followed_is_followed_later(store: Store) -> None:
    for number in range(1, 60):
        await store.commit(creation(number))
    assert await store.facts.behind() == 59
    assert await bookkeeper(store).catch_up() == 59
    assert (await store.facts.behind(), await bookkeeper(store).catch_up()) == (0, 0)
    assert await bookkeeper(store).look_over() == 0


async def test_two_who_follow_at_the_same_time_count_each_thing_once(store: Store) -> None:
    for change in by_time(ways(5, 20)):
        await store.commit(change)
    piece = await store.facts.changed(10)
    assert piece is not None
    again = await store.facts.changed(10)
    assert again == piece
    now = folded(piece.requests, HOUSE)
    assert await store.facts.write(piece, now, ZONE)
    assert not await store.facts.write(again, now, ZONE), "another has followed it"
    await bookkeeper(store).catch_up()
    await acts(store)


async def test_a_store_that_was_put_back_from_another_database_is_followed_from_the_beginning(store: Store) -> None:
    await store.commit(creation(1))
    await bookkeeper(store).catch_up()
    await cast("AnyStore", store)._change(("UPDATE fact_mark SET changed = $1, line = 0", (1 << 60,)))
    await store.commit(creation(2))
    await bookkeeper(store).catch_up()
    assert await sql(store, "SELECT count(*) FROM facts") == [(2,)]


async def test_what_was_missed_is_found_by_looking_everything_over(store: Store) -> None:
    await store.commit(creation(1))
    await bookkeeper(store).catch_up()
    await cast("AnyStore", store)._change(("DELETE FROM facts WHERE line > $1", (-1,)))
    assert await bookkeeper(store).catch_up() == 0
    assert await bookkeeper(store).look_over() == 1
    assert await sql(store, "SELECT count(*) FROM facts") == [(1,)]


async def test_each_request_behind_a_number_is_found_as_long_as_it_is_kept(store: Store) -> None:
    for number in (1, 2, 3):
        await store.commit(creation(number))
    await bookkeeper(store).catch_up()
    question = FactsQuestion(when=Milestone.ARRIVED, by=(Part.ROLE, Part.PARTNER))
    span = (NOW - timedelta(days=1), NOW + timedelta(days=1))
    page = await store.facts.behind_number(question, span, after=None, limit=2)
    assert [each.request for each in page.rows] == ["HILL-1", "HILL-2"]
    assert page.rows[0].parts == {Part.ROLE: Role.LENDING, Part.PARTNER: "example-valley"}
    assert page.next is not None
    last = await store.facts.behind_number(question, span, after=page.next, limit=2)
    assert ([each.request for each in last.rows], last.next) == (["HILL-3"], None)
    assert request(3).id == "HILL-3"
