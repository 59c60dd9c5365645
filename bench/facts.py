"""What figures cost over ten years: `python -m bench.facts [N] [sqlite|postgresql ...]`, N facts (1,000,000)."""

# ruff: noqa: SLF001 - tables are filled past the port

import asyncio
import resource
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from types import SimpleNamespace
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

import msgspec

from bench.bounds import Measured, told
from bench.desk import longest_stretch
from bench.figures import fill, url_of
from bench.filling import Restless
from bench.made_up_bills import rows_of
from bench.report import heading, table
from gateway.app.process import spare_the_collector
from gateway.desk.access import Caller
from gateway.desk.behind import export_facts
from gateway.desk.entries import show_entries
from gateway.desk.ports import Desk
from gateway.desk.statistics import show_report, show_statistic
from gateway.desk.structs.statistics import EntriesQuery, FactsExport, StatisticsQuery
from gateway.dispatch.bookkeeping import Bookkeeper
from gateway.dispatch.workbooks import Workbooks
from gateway.documents.sheet import SheetHead
from gateway.money.invoices import files
from gateway.money.records import Seller
from gateway.money.rules import BillingRules
from gateway.reports.catalogue import FIGURES
from gateway.reports.folding import House
from gateway.reports.presets import PRESETS
from gateway.store import bills_steps, facts_sql, invoices_tables
from gateway.store.columns import Params
from gateway.store.factory import open_store
from gateway.store.facts_rows import attempt_row, fact_row
from gateway.store.port import Store
from gateway.store.postgres import PostgresStore
from gateway.store.sqlite import SqliteStore
from gateway.workflow.calendar import Calendar, Calendars
from gateway.workflow.facts import Attempt, AttemptResult, CameTo, CountedAct, Departs, Fact, Milestone
from gateway.workflow.partners import OurLibrary, Partner
from gateway.workflow.records import Role
from gateway.workflow.staff import StaffRole

WORDS = """\
Facts of ten years, two thirds of them of requests to us, of 150 partners and 20 branches; half as many lenders that were asked; one fact in five
hundred corrected. Twenty thousand bills with their payments and credit notes, and as many lenders' invoices. Each figure is asked for as the page
does: with the period before and a year ago, and months where it has them. Best of three, by the clock and in processor time; the loop's longest
stretch is in processor time. Bounds are for a million facts on a machine that does nothing else; exit code 1 if one is missed."""
MONTH_MS: Final = 200.0
YEAR_MS: Final = 1_000.0
REPORT_MS: Final = 3_000.0
"""A whole report of a fiscal year."""
WORKBOOK_S: Final = 20.0
WORKBOOK_MB: Final = 100.0
"""Of a workbook of 100,000 rows, in a process of its own."""
LOOP_MS: Final = 50.0
YEARS: Final = 10
TODAY: Final = date(2026, 11, 27)
FIRST: Final = datetime(2016, 12, 1, tzinfo=UTC)
PIECE: Final = 5_000
ZONE: Final = ZoneInfo("America/Denver")
PARTNERS: Final = tuple(f"partner-{number:03}" for number in range(150))
BRANCHES: Final = tuple(f"B{number:02}" for number in range(20))
REASONS: Final = ("NotHeld", "NotAvailableForILL", "NotOnShelf", "PolicyProblem", "OnLoan", "OnOrder")
CALLER: Final = Caller("bench", StaffRole.MANAGER)
MONEY: Final = (("bills", "paid"), ("open-bills", "open"), ("lenders-invoices", "paid"), ("owed-to-lenders", "open"))
_REFERRED: Final = (
    bills_steps.INSERT_BILL, bills_steps.INSERT_PAYMENT, bills_steps.INSERT_ENTRY, bills_steps.BEGIN_DISPUTE, bills_steps.END_DISPUTE,
    invoices_tables.INSERT, invoices_tables.INSERT_BOOKED,
)  # fmt: skip
"""In this order, for the ledger refers to bills and payments."""


def made_up(random: Random, share: float) -> tuple[Fact, list[Attempt]]:
    """One request; `share`: how far into the ten years it came."""
    at = FIRST + timedelta(days=share * 365 * YEARS)
    return _lent(random, at) if random.random() < 2 / 3 else _borrowed(random, at)


def _lent(random: Random, at: datetime) -> tuple[Fact, list[Attempt]]:
    answered = at + timedelta(hours=random.expovariate(1 / 20))
    shipped = answered + timedelta(hours=random.expovariate(1 / 40))
    outcome = random.choices((CameTo.SUPPLIED, CameTo.UNFILLED, CameTo.RETRY, CameTo.CANCELLED), (60, 25, 10, 5))[0]
    each: dict[CameTo, dict[str, Any]] = {
        CameTo.SUPPLIED: {"shipped_at": shipped, "supplied_at": shipped, "ended_at": shipped + timedelta(days=30)},
        CameTo.UNFILLED: {"unfilled_at": answered, "ended_at": answered, "reason": random.choice(REASONS[:4])},
        CameTo.RETRY: {"retry_at": answered, "ended_at": answered, "reason": random.choice(REASONS[4:])},
        CameTo.CANCELLED: {"cancelled_at": answered, "ended_at": answered},
    }
    supplied = outcome is CameTo.SUPPLIED
    return Fact(
        role=Role.LENDING, partner=random.choice(PARTNERS), branch=random.choice(BRANCHES), outcome=outcome,
        service=random.choice(("Loan", "Loan", "Copy")), policy_line=random.choice(("", "books", "films", "reference")),
        proposal="supply", decision="supply", difference=random.choice((Departs.NONE, Departs.NONE, Departs.COPY)),
        decided_at=answered, arrived_at=at, answered_at=answered, days_to_answer=1,
        days_to_ship=2 if supplied else None, days_to_supply=3 if supplied else None,
        currency="USD" if random.random() < 0.3 else "", charged_minor=1_250, by_person=random.random() < 0.7, **each[outcome],
    ), []  # fmt: skip


def _borrowed(random: Random, at: datetime) -> tuple[Fact, list[Attempt]]:
    shipped = at + timedelta(hours=random.expovariate(1 / 60))
    received = shipped + timedelta(hours=random.expovariate(1 / 90))
    got = random.random() < 0.8
    of: dict[str, Any] = (
        {"shipped_at": shipped, "received_at": received, "with_customer_at": received + timedelta(hours=30)}
        | {
            "days_to_send": 2,
            "days_on_the_way": 3,
            "days_to_hand_out": 1,
            "days_to_receive": 5,
            "outcome": CameTo.RECEIVED,
        }
        if got
        else {"unfilled_at": shipped, "outcome": CameTo.UNFILLED}
    )
    asked = random.sample(PARTNERS, random.randint(1, 2))
    attempts = [
        Attempt(
            attempt=place, partner=partner, place=place, asked_at=at, answered_at=shipped,
            result=AttemptResult.SENT if got and place == len(asked) else AttemptResult.UNFILLED, reason=random.choice(REASONS),
        )
        for place, partner in enumerate(asked, 1)
    ]  # fmt: skip
    fact = Fact(
        role=Role.BORROWING, partner=asked[-1], branch=random.choice(BRANCHES), service=random.choice(("Loan", "Loan", "Copy")),
        arrived_at=at, asked_at=at, ended_at=received, place=len(asked), asked=len(asked), currency="USD", paid_minor=500, **of,
    )  # fmt: skip
    return fact, attempts


def pieces(count: int) -> Iterator[tuple[list[Params], list[Params], list[Params]]]:
    """Rows of facts, attempts and corrections, some thousand at a time."""
    random = Random(4711)
    for begin in range(0, count, PIECE):
        facts: list[Params] = []
        attempts: list[Params] = []
        corrections: list[Params] = []
        for line in range(begin, min(begin + PIECE, count)):
            fact, asked = made_up(random, line / count)
            facts.append(fact_row(line, line, fact))
            attempts += [attempt_row(line, one) for one in asked]
            if fact.supplied_at and random.random() < 0.003:
                at = int((fact.supplied_at + timedelta(days=40)).timestamp() * 1e6)
                corrections.append((line, Milestone.SUPPLIED.value, at, -1, ""))
        yield facts, attempts, corrections


async def load(store: SqliteStore | PostgresStore, count: int) -> float:
    """Fill the tables; seconds that it took."""
    began = perf_counter()
    for facts, attempts, corrections in pieces(count):
        if isinstance(store, PostgresStore):
            await _copy(store, facts, attempts)
        else:
            await store._load((facts_sql.WRITE, facts), (facts_sql.WRITE_ATTEMPT, attempts))
        await store._load((facts_sql.CORRECT, corrections))
    days = [(TODAY - timedelta(days=day) - date(1970, 1, 1)).days for day in range(YEARS * 365)]
    await store._load(
        (facts_sql.ADD_WORK, [(day, hour, act.value, 9) for day in days for hour in range(8, 18) for act in CountedAct])
    )
    return perf_counter() - began


async def _copy(store: PostgresStore, facts: Sequence[Params], attempts: Sequence[Params]) -> None:
    assert store._pool is not None
    columns = ("line", "changed", *facts_sql.WRITTEN, *facts_sql.BEFORE_41, "minor_written", "taken_up")
    async with store._pool.acquire() as connection:
        await connection.copy_records_to_table("facts", records=[(*row, row[1], 0) for row in facts], columns=columns)
        await connection.copy_records_to_table("fact_attempts", records=attempts)


def desk_of(store: Store) -> Desk:
    """What figures need of a desk."""

    async def partners() -> tuple[Partner, ...]:
        return tuple(Partner(id=name, name=name.title(), peer="hub") for name in PARTNERS)

    class Around:
        """The store, but for its partners."""

        def __getattr__(self, name: str) -> Any:
            return partners if name == "partners" else getattr(store, name)

    return cast(
        "Desk",
        SimpleNamespace(
            store=Around(),
            zone=ZONE,
            library=OurLibrary(name="x"),
            today=lambda: TODAY,
            fiscal_year_begins=(7, 1),
            workbooks=Workbooks(),
            money=SimpleNamespace(billing=BillingRules(seller=Seller(name="x"), invoice_export=files.USUAL)),
        ),
    )


class Took(msgspec.Struct, frozen=True, kw_only=True):
    """The best of a few, in milliseconds: by the clock, and of this process's processor time (of PostgreSQL's there is none in it)."""

    ms: float
    cpu_ms: float

    @property
    def cell(self) -> str:
        """As the table shows it."""
        return f"{self.ms:,.0f} / {self.cpu_ms:,.0f}"


async def timed(call: Callable[[], Awaitable[object]], times: int = 3) -> Took:
    """Measure a call."""
    best_s, best_cpu_s = 1e9, 1e9
    for _ in range(times):
        began, spent = perf_counter(), process_time()
        await call()
        best_s, best_cpu_s = min(best_s, perf_counter() - began), min(best_cpu_s, process_time() - spent)
    return Took(ms=1e3 * best_s, cpu_ms=1e3 * best_cpu_s)


class FigureTook(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was asked for, of a month and of a fiscal year, with its bounds by the clock; None: none is set."""

    name: str
    month: Took
    year: Took
    month_ms: float | None = MONTH_MS
    year_ms: float | None = YEAR_MS

    @property
    def row(self) -> tuple[str, ...]:
        """As the table shows it."""
        return self.name, self.month.cell, _bound(self.month_ms), self.year.cell, _bound(self.year_ms)

    def measured(self, kind: str) -> Iterator[Measured]:
        """Put each beside its bound."""
        for period, took, bound in (("a month", self.month, self.month_ms), ("a year", self.year, self.year_ms)):
            if bound is not None:
                yield Measured(what=f"{kind}, {self.name}, {period}", value=took.ms, bound=bound, unit="ms")


def _bound(ms: float | None) -> str:
    return "-" if ms is None else f"{ms:,.0f}"


def behind(desk: Desk, figure: str, column: str) -> Callable[[StatisticsQuery], Awaitable[object]]:
    """Ask for the first page of what is behind a number of money."""
    return lambda query: show_entries(
        desk, CALLER, figure, EntriesQuery(period=query.period, row="total/USD", column=column)
    )


async def both(name: str, ask: Callable[[StatisticsQuery], Awaitable[object]], **bounds: float | None) -> FigureTook:
    """Of a month, and of a fiscal year."""
    month, year = [await timed(partial(ask, StatisticsQuery(period=of))) for of in ("last-month", "last-year")]
    return FigureTook(name=name, month=month, year=year, **bounds)


async def asked_of(desk: Desk) -> list[FigureTook]:
    """Every figure, every report, and what is behind numbers of money. No bound is set for what is behind, nor for a report of a month."""
    return [
        *[await both(figure.name, partial(show_statistic, desk, CALLER, figure.name)) for figure in FIGURES],
        *[
            await both(f"report {name}", partial(show_report, desk, CALLER, name), month_ms=None, year_ms=REPORT_MS)
            for name in PRESETS
        ],
        *[
            await both(f"behind {figure}: {column}", behind(desk, figure, column), month_ms=None, year_ms=None)
            for figure, column in MONEY
        ],
    ]


async def measure(kind: str, count: int) -> list[Measured]:
    """Fill one store, and ask everything."""
    with url_of(kind) as url:
        store = cast("SqliteStore | PostgresStore", open_store(url))
        await store.open()
        try:
            await store.migrate()
            filled_s = await load(store, count)
            for piece in rows_of(PARTNERS, FIRST, TODAY):
                await store._load(*((each, piece[each]) for each in sorted(piece, key=_REFERRED.index)))
            if isinstance(store, PostgresStore):
                assert store._pool is not None
                await store._pool.execute("VACUUM ANALYZE")  # as autovacuum does of what is written no more
            print(f"{kind}: {count:,} facts written in {filled_s:.0f} s", flush=True)
            await summed(store, count)
            desk = desk_of(store)
            with longest_stretch() as held:
                found = await asked_of(desk)
            columns = ("figure", "a month, ms / cpu", "bound", "a fiscal year, ms / cpu", "bound")
            table(columns, [each.row for each in found])
            print(f"longest stretch of the event loop: {max(held):.0f} ms", flush=True)
            loop = Measured(what=f"{kind}, the event loop", value=max(held), bound=LOOP_MS, unit="ms")
            return [*(one for each in found for one in each.measured(kind)), loop, *await exported(kind, desk)]
        finally:
            await store.close()


async def summed(store: Store, count: int) -> None:
    """Put all facts into the sums, as a gateway does that finds a store from before; the rests between two pieces left out."""
    began, spent = perf_counter(), process_time()
    house = House(calendars=Calendars(library=Calendar(time_zone=ZONE.key)))
    with longest_stretch() as held:
        await Bookkeeper(store, lambda: house, Restless()).sum_up()
    took_s, cpu_s = perf_counter() - began, process_time() - spent
    print(
        f"summed up in {took_s:.0f} s, {1e6 * cpu_s / count:,.0f} us of CPU a fact; loop {max(held):.0f} ms", flush=True
    )


async def exported(kind: str, desk: Desk) -> tuple[Measured, ...]:
    """A year's requests as a workbook: 100,000 rows."""
    began = perf_counter()
    with longest_stretch() as held:
        book = await export_facts(desk, CALLER, FactsExport(period="last-year", format="xlsx"))
    took_s, peak_mb = perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"a fiscal year as XLSX: {took_s:.1f} s, {len(book.data) / 1e6:.1f} MB, the process needs {peak_mb:.0f} MB "
        f"at the most (of all children); loop {max(held):.0f} ms",
        flush=True,
    )
    return (Measured(what=f"{kind}, a fiscal year as XLSX", value=took_s, bound=WORKBOOK_S, unit="s"),)


async def workbook(rows: int = 100_000) -> tuple[Measured, ...]:
    """So many rows of twelve columns. It is made before anything else, so that no other child's memory is counted."""

    async def made() -> AsyncIterator[Sequence[Sequence[Any]]]:
        for begin in range(0, rows, 1_000):
            yield [
                (f"2026-10-01T09:{number % 60:02}", *(f"value {number % 97}" for _ in range(9)), number, number / 7)
                for number in range(begin, begin + 1_000)
            ]

    began = perf_counter()
    with longest_stretch() as held:
        data = await Workbooks().xlsx(SheetHead(title="x", headings=tuple(f"c{n}" for n in range(12))), made())
    took_s, peak_mb = perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"workbook of {rows:,} rows: {took_s:.1f} s, {len(data) / 1e6:.1f} MB, {peak_mb:.0f} MB of memory, loop {max(held):.0f} ms",
        flush=True,
    )
    return (
        Measured(what="a workbook", value=took_s, bound=WORKBOOK_S, unit="s"),
        Measured(what="a workbook's process", value=peak_mb, bound=WORKBOOK_MB, unit="MB"),
    )


async def following(count: int = 1_000) -> None:
    """What it costs to follow: requests of thirty lines, folded from nothing."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'gateway.sqlite'}")
        await store.open()
        await store.migrate()
        await fill(store, count)
        keeper = Bookkeeper(store, House, Restless())
        began = process_time()
        with longest_stretch() as held:
            followed = await keeper.catch_up()
        print(
            f"followed {followed:,} requests of 30 lines each: {1e6 * (process_time() - began) / followed:,.0f} us of CPU a request, loop {max(held):.0f} ms",
            flush=True,
        )
        await store.close()


def main() -> int:
    """Measure on the stores that are named; on both if none is. Return the exit code: 1 if a bound is missed."""
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdecimal()]
    kinds = [argument for argument in sys.argv[1:] if not argument.isdecimal()] or ["sqlite", "postgresql"]
    heading("figures of the library", WORDS)
    spare_the_collector()  # as a gateway does: else a large answer of PostgreSQL has all that was ever loaded looked through for garbage, for 60 ms
    found = list(asyncio.run(workbook()))
    asyncio.run(following())
    for kind in kinds:
        found += asyncio.run(measure(kind, numbers[0] if numbers else 1_000_000))
    return told(found)


if __name__ == "__main__":
    sys.exit(main())
