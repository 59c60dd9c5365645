"""Figures of money, on both stores: equal to an independent count of made-up histories, by hand and in plain SQL; months add up to their year,
and purging changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.resources import files
from types import SimpleNamespace
from typing import Any, cast

from gateway.desk.access import Caller
from gateway.desk.counting import count
from gateway.desk.entries import show_entries
from gateway.desk.ports import Desk
from gateway.desk.structs.statistics import EntriesQuery, EntryRow
from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import BillIntake
from gateway.dispatch.invoices import InvoiceIntake
from gateway.dispatch.purging import forget_invoice, purge_bill
from gateway.money.ageing import BillAge
from gateway.money.amounts import NOTHING, minor_units
from gateway.money.groups import SETTLED
from gateway.money.invoices.records import InvoiceState
from gateway.reports.bills import BILLS, OPEN
from gateway.reports.figure import Figure, FigureRow
from gateway.reports.owed import INVOICES, OWED
from gateway.reports.periods import FigurePeriod, month_of
from gateway.store.invoices_port import InvoiceFilter
from gateway.store.port import Store
from gateway.store.postgres import PostgresStore
from gateway.workflow.partners import OurLibrary
from gateway.workflow.staff import StaffRole
from tests.money.lives import BEGIN, CURRENCIES, BillLife, InvoiceLife, Told

SEEDS = range(20)
BEGINS = (7, 1)
YEAR = FigurePeriod(first=BEGIN.date(), last=datetime(2026, 6, 30, tzinfo=UTC).date(), begins=BEGINS)
MONTHS = list(YEAR.months())
FAR = datetime(2099, 1, 1, tzinfo=UTC)
Cells = dict[tuple[str, str], Decimal]


def desk_of(store: Store) -> Desk:
    return cast(
        "Desk",
        SimpleNamespace(
            store=store, zone=UTC, library=OurLibrary(name="x"), today=lambda: YEAR.last, fiscal_year_begins=BEGINS
        ),
    )


async def rows_of(store: Store, figure: Figure, periods: Sequence[FigurePeriod]) -> list[Sequence[FigureRow]]:
    return list((await count(desk_of(store), figure, periods)).rows)


def cells(figure: Figure, rows: Sequence[FigureRow]) -> Iterator[tuple[str, str, Decimal]]:
    for row in rows:
        if not row.is_total:
            for column, cell in zip(figure.columns, row.cells, strict=True):
                yield row.name, column.name, Decimal(str(cell))


def some(found: Cells) -> Cells:
    return {of: amount for of, amount in found.items() if amount}


def expected(lives: Sequence[Told], what: str, period: FigurePeriod) -> Cells:
    since, until = period.span(UTC)
    told: Cells = {}
    for life in lives:
        told |= life.booked(since, until) if what == "booked" else life.open_at(until)
    return some(told)


async def bills(store: Store) -> list[Told]:
    door = BillIntake(store, BillPlanner())
    lives = [BillLife(door, seed) for seed in SEEDS]
    for life in lives:
        await life.play(6)
    return list(lives)


async def invoices(store: Store) -> list[Told]:
    door = InvoiceIntake(store)
    lives = [InvoiceLife(door, seed) for seed in SEEDS]
    for life in lives:
        await life.play(6)
    return list(lives)


async def agree(store: Store, lives: Sequence[Told], booked: Figure, owed: Figure) -> None:
    """Each month and the year are as they were counted by hand, and months add up to their year."""
    of_year, *of_months = await rows_of(store, booked, [YEAR, *MONTHS])
    together: Cells = defaultdict(lambda: NOTHING)
    for period, rows in zip((YEAR, *MONTHS), (of_year, *of_months), strict=True):
        found = all_cells(booked, rows)
        assert some(found) == expected(lives, "booked", period), period.name
        if period is not YEAR:
            for of, amount in found.items():
                together[of] += amount
    assert some(all_cells(booked, of_year)) == some(together)
    for period, rows in zip(MONTHS, await rows_of(store, owed, MONTHS), strict=True):
        assert some(all_cells(owed, rows)) == expected(lives, "open", period), period.name


async def behind_add_up(store: Store, figure: Figure, period: FigurePeriod) -> int:
    """What is behind each number adds up to it, page by page; how many lines there are."""
    (rows,) = await rows_of(store, figure, [period])
    lines = 0
    for row in rows:
        for column, cell in zip(figure.columns, row.cells, strict=True):
            after, entries = 0, list[EntryRow]()
            while True:
                query = EntriesQuery(period=period.name, row=row.name, column=column.name, after=after, limit=7)
                shown = await show_entries(desk_of(store), Caller("x", StaffRole.VIEWER), figure.name, query)
                entries += shown.rows
                if shown.next is None:
                    break
                after = shown.next
            assert sum((Decimal(each.amount) for each in entries), NOTHING) == Decimal(str(cell)), (row, column)
            assert shown.amount == cell
            lines += len(entries)
    return lines


async def sql(store: Store, statement: str) -> list[tuple[Any, ...]]:
    """Read with plain SQL, past everything that counts money; of PostgreSQL, what is JSON is told so."""
    is_postgres = isinstance(store, PostgresStore)
    told = statement.replace("{event}", "CAST(event AS JSON)" if is_postgres else "event")
    return [tuple(row) for row in await cast("Any", store)._fetch_slowly(told)]


def added_up(figure: Figure, rows: Sequence[FigureRow], column: str) -> dict[tuple[str, str], int]:
    """A column in minor units, by partner and currency."""
    place = figure.column(column)
    found = {
        (row.words, row.currency): minor_units(Decimal(str(row.cells[place])), row.currency)
        for row in rows
        if not row.is_total
    }
    return {of: amount for of, amount in found.items() if amount}


def summed(found: Sequence[tuple[Any, ...]], period: FigurePeriod) -> dict[tuple[str, str], int]:
    """Add up (partner, currency, at, amount) of a period."""
    since, until = (int(at.timestamp() * 1_000_000) for at in period.span(UTC))
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for partner, currency, at, amount in found:
        if since <= at < until:
            sums[partner, currency] += int(amount)
    return {of: amount for of, amount in sums.items() if amount}


_ACTED = """
    SELECT partner, currency, bill_history.at, {amount} FROM bill_history JOIN bills ON bills.id = bill_history.bill
    WHERE {event}->>'act' = '{act}'"""
BILLED = _ACTED.replace("{amount}", "total").replace("{act}", "finalise")
WAIVED = _ACTED.replace("{amount}", "waived").replace("{act}", "write-off")
CREDITED = """
    SELECT partner, currency, bill_history.at, replace({event}->>'amount', '.', '')
    FROM bill_history JOIN bills ON bills.id = bill_history.bill WHERE {event}->>'credit_note' IS NOT NULL"""
PAID = """
    SELECT partner, currency, booked_at, amount FROM payments
    UNION ALL SELECT partner, currency, reversed_at, -amount FROM payments WHERE reversed_at IS NOT NULL"""


async def test_figures_of_bills_are_those_of_an_independent_count(store: Store) -> None:
    lives = await bills(store)
    await agree(store, lives, BILLS, OPEN)
    for period, rows in zip((YEAR, *MONTHS), await rows_of(store, BILLS, [YEAR, *MONTHS]), strict=True):
        for column, plain in (("billed", BILLED), ("paid", PAID), ("waived", WAIVED), ("credited", CREDITED)):
            assert added_up(BILLS, rows, column) == summed(await sql(store, plain), period), (column, period.name)


ASKED_BY_SQL = """
    WITH told AS (
        SELECT invoice, at, id, CAST(replace({event}->'claim'->>'amount', '.', '') AS BIGINT) AS amount
        FROM invoice_history WHERE {event}->'claim'->>'amount' IS NOT NULL)
    SELECT lender, currency, told.at, told.amount - coalesce(lag(told.amount) OVER (PARTITION BY invoice ORDER BY told.id), 0)
    FROM told JOIN invoices ON invoices.id = told.invoice
    UNION ALL
    SELECT lender, currency, invoice_history.at, -amount FROM invoice_history JOIN invoices ON invoices.id = invoice
    WHERE {event}->>'act' = 'drop'"""
PAID_BY_SQL = """
    SELECT lender, currency, invoice_history.at, CASE {event}->>'act' WHEN 'pay' THEN agreed ELSE -agreed END
    FROM invoice_history JOIN invoices ON invoices.id = invoice WHERE {event}->>'act' IN ('pay', 'not-paid')"""


async def test_figures_of_lenders_invoices_are_those_of_an_independent_count(store: Store) -> None:
    lives = await invoices(store)
    await agree(store, lives, INVOICES, OWED)
    for period, rows in zip((YEAR, *MONTHS), await rows_of(store, INVOICES, [YEAR, *MONTHS]), strict=True):
        for column, plain in (("asked", ASKED_BY_SQL), ("paid", PAID_BY_SQL)):
            assert added_up(INVOICES, rows, column) == summed(await sql(store, plain), period), (column, period.name)
    now = await sql(store, "SELECT lender, currency, 0, agreed FROM invoices WHERE ended_at IS NULL")
    whole = FigurePeriod(first=datetime(1970, 1, 1, tzinfo=UTC).date(), last=FAR.date())
    (rows,) = await rows_of(store, OWED, [whole])
    assert added_up(OWED, rows, "open") == summed(now, whole)


async def test_what_is_behind_a_number_adds_up_to_it_and_stays_when_it_is_purged(store: Store) -> None:
    for life in (BillLife(BillIntake(store, BillPlanner()), 77), InvoiceLife(InvoiceIntake(store), 77)):
        await life.play(16)
    month = month_of(datetime(2025, 12, 1, tzinfo=UTC).date(), BEGINS)
    year = FigurePeriod(first=YEAR.first, last=YEAR.last, begins=BEGINS)
    of_all = [(figure, period) for figure in (BILLS, OPEN, INVOICES, OWED) for period in (month, year)]
    lines = [await behind_add_up(store, figure, period) for figure, period in of_all]
    assert min(lines) > 0
    before = [await rows_of(store, figure, [YEAR, *MONTHS]) for figure in (BILLS, OPEN, INVOICES, OWED)]
    assert await purged(store) > 0
    assert await forgotten(store) > 0
    assert [await rows_of(store, figure, [YEAR, *MONTHS]) for figure in (BILLS, OPEN, INVOICES, OWED)] == before
    assert [await behind_add_up(store, figure, period) for figure, period in of_all] == lines


async def purged(store: Store) -> int:
    """Purge every bill that is settled, as if all its work were done."""
    await cast("Any", store)._load(("DELETE FROM effects", [()]))
    count = 0
    for state in SETTLED:
        for each in await store.keeping.old_bills(state, settled_before=FAR, limit=100):
            await purge_bill(store, each, at=FAR)
            count += 1
    return count


async def forgotten(store: Store) -> int:
    """Purge every invoice that has ended."""
    ended = await store.invoices.ended(before=FAR, limit=1000)
    assert all([await forget_invoice(store, each, ended_before=FAR, at=FAR) for each in ended])
    left = await store.invoices.invoices(InvoiceFilter(limit=1000))
    assert not {each.state for each in left} & {InvoiceState.PAID, InvoiceState.DROPPED, InvoiceState.WITHDRAWN}
    return len(ended)


def test_each_age_has_its_column() -> None:
    assert [column.name for column in OPEN.columns][: len(BillAge)] == [
        age.name.lower().replace("_", "-") for age in BillAge
    ]


async def test_amounts_of_a_thousand_million_and_of_nothing_are_kept_and_counted_exactly(store: Store) -> None:
    life, owed = BillLife(BillIntake(store, BillPlanner()), 1), InvoiceLife(InvoiceIntake(store), 1)
    for place, currency in enumerate(CURRENCIES):
        await life.asked(f"M-{place}", "east", currency, (Decimal(10**9),), BEGIN)
        owed.at, owed.of = BEGIN, ("hill", currency)
        await owed.entered(f"V-{place}", BEGIN.date(), Decimal(10**9))
        await owed.entered(f"N-{place}", BEGIN.date(), NOTHING)
    for figure, column in ((BILLS, "billed"), (OPEN, "open"), (INVOICES, "asked"), (OWED, "open")):
        (rows,) = await rows_of(store, figure, [YEAR])
        found = {row.currency: row.cells[figure.column(column)] for row in rows if row.is_total}
        assert found == {"USD": "1000000000.00", "JPY": "1000000000", "KWD": "1000000000.000"}


async def test_invoices_of_a_store_from_before_are_booked_as_they_stand(store: Store) -> None:
    """The upgrade's own statements, on invoices of which nothing is booked."""
    await InvoiceLife(InvoiceIntake(store), 5).play(40)
    ever = FigurePeriod(first=date(1970, 1, 1), last=FAR.date())
    before = [await rows_of(store, figure, [ever]) for figure in (INVOICES, OWED)]
    kind = "postgresql" if isinstance(store, PostgresStore) else "sqlite"
    script = files("gateway.store").joinpath(f"migrations/{kind}/0037_invoice_ledger.sql").read_text()
    inserts = [each for each in script.split(";") if "INSERT INTO" in each]
    assert len(inserts) == 3
    await cast("Any", store)._load(*((each, [()]) for each in ("DELETE FROM invoice_ledger", *inserts)))
    after = [await rows_of(store, figure, [ever]) for figure in (INVOICES, OWED)]
    assert some(all_cells(INVOICES, after[0][0])) == some(all_cells(INVOICES, before[0][0]))
    assert after[1] == before[1]


def all_cells(figure: Figure, rows: Sequence[FigureRow]) -> Cells:
    return {(row, column): amount for row, column, amount in cells(figure, rows)}
