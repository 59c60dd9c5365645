"""Figures of the whole library: how they are asked for, what each says and how it is counted, and the requests behind a number."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

PeriodName = Annotated[str, msgspec.Meta(min_length=4, max_length=24)]
"""A month like 2026-10, a fiscal year like 2026 (called by the year in which it ends), a quarter of it like 2026-q1, days like
2026-10-01..2026-10-15, or this-month, last-month, this-quarter, last-quarter, this-year, last-year."""
Cell = int | float | str | None
RowName = Annotated[str, msgspec.Meta(max_length=400)]
ColumnName = Annotated[str, msgspec.Meta(max_length=40)]


class FigureGroup(StrEnum):
    """What figures are about."""

    SUPPLY = "supply"
    FILL = "fill"
    TIME = "time"
    REASONS = "reasons"
    PARTNERS = "partners"
    WORK = "work"
    MONEY = "money"
    TRUST = "trust"


class Opens(StrEnum):
    """What can be asked for that is behind a number, and under which word."""

    NOTHING = "nothing"
    REQUESTS = "requests"
    ENTRIES = "entries"
    """What was booked of bills or of lenders' invoices, or those that were open."""


class StatisticsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Of which period, and in which form."""

    period: PeriodName = "last-month"
    format: Literal["json", "csv", "xlsx"] = "json"


class PeriodShown(msgspec.Struct, frozen=True, kw_only=True):
    """A period: as it is asked for, in words, and its days."""

    name: str
    words: str
    first: date
    last: date


class ColumnShown(msgspec.Struct, frozen=True, kw_only=True):
    """A column. Units: count, rate (0 to 1), days, amount (text, with all digits of the currency), words."""

    name: str
    words: str
    unit: str
    opens: Opens
    no_list: str
    """Why nothing can be opened behind its counts, in words; else empty."""


class RowShown(msgspec.Struct, frozen=True, kw_only=True):
    """A line; the headline of the period before and of the same a year ago beside it, null if the line was not there."""

    name: str
    words: str
    currency: str
    """Of a line of money; else empty."""
    cells: tuple[Cell, ...]
    before: Cell
    year_ago: Cell
    is_total: bool


class MonthShown(msgspec.Struct, frozen=True, kw_only=True):
    """The headline of one month, all lines together; of money those of each currency apart."""

    name: str
    words: str
    row: str
    """The line that has them together, or the currency's own."""
    currency: str
    value: Cell


class StatisticShown(msgspec.Struct, frozen=True, kw_only=True):
    """A figure with its definition."""

    name: str
    group: FigureGroup
    title: str
    definition: str
    adds_up: bool
    """Whether the months add up to their year."""
    headline: str
    columns: tuple[ColumnShown, ...]
    rows: tuple[RowShown, ...]
    months: tuple[MonthShown, ...]
    """Of a period of several months, where they add up."""


class StatisticsShown(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one period."""

    period: PeriodShown
    before: PeriodShown
    year_ago: PeriodShown
    figures: tuple[StatisticShown, ...]
    to_follow: int
    """Requests whose last change is not in the figures yet; no more than 10,000 are counted."""
    oldest_task: datetime | None
    """Since when the oldest open task waits; now, whatever the period."""


class StatisticLine(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that there is."""

    name: str
    group: FigureGroup
    title: str
    definition: str


class PresetShown(msgspec.Struct, frozen=True, kw_only=True):
    """A report that there is."""

    name: str
    title: str
    about: str


class StatisticList(msgspec.Struct, frozen=True, kw_only=True):
    """All figures and reports, and the periods that lie near."""

    figures: tuple[StatisticLine, ...]
    reports: tuple[PresetShown, ...]
    periods: tuple[PeriodShown, ...]


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    """A number of a report; `figure`, `row` and `column` say where it comes from."""

    words: str
    unit: str
    value: Cell
    before: Cell
    year_ago: Cell
    figure: str
    row: str
    column: str
    opens: Opens
    part: str
    """The heading below which it stands, the same for lines that follow each other; empty in a report without parts."""


class ReportShown(msgspec.Struct, frozen=True, kw_only=True):
    """A report of one period, with the definition of each figure that it uses."""

    name: str
    title: str
    about: str
    period: PeriodShown
    before: PeriodShown
    year_ago: PeriodShown
    rows: tuple[ReportRow, ...]
    definitions: tuple[StatisticLine, ...]
    to_follow: int


class BehindQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which number: its period, line and column."""

    period: PeriodName = "last-month"
    row: RowName = "total"
    column: ColumnName = "count"
    after: Annotated[str, msgspec.Meta(max_length=40, pattern=r"^\d{1,18}~\d{1,18}$")] | None = None
    """The `next` of the page before."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100


class BehindRow(msgspec.Struct, frozen=True, kw_only=True):
    """One request behind a number; null for its number and title once it is not kept any more."""

    request: str | None
    title: str | None
    at: datetime
    count: int
    """Below 0: it was counted before, and counts no more from then on."""
    amount: str | None
    """What it adds to a number that is an amount, in its currency."""
    currency: str | None
    partner: str
    branch: str
    service: str
    outcome: str
    reason: str
    words: str
    """Of a proposal that was not followed: what was proposed, and what was answered."""


class BehindShown(msgspec.Struct, frozen=True, kw_only=True):
    """The requests behind a number, in the order in which it happened."""

    figure: str
    title: str
    row: str
    column: str
    period: PeriodShown
    rows: tuple[BehindRow, ...]
    next: str | None


class EntriesQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which number of money: its period, line and column."""

    period: PeriodName = "last-month"
    row: RowName = ""
    column: ColumnName = ""
    after: Annotated[int, msgspec.Meta(ge=0, le=10**9)] = 0
    """The `next` of the page before."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100


class EntryRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line that was booked, or one bill or invoice that was open."""

    id: str
    """Of the bill, of the lender's invoice, or of the payment."""
    number: str | None
    """As it stands on paper; null for a payment, and once the bill or invoice is not kept any more."""
    partner: str
    on: date
    """When it was booked; of what was open, its own date."""
    kind: str
    """What was booked; empty of what was open."""
    amount: str
    """What it adds to the number."""


class EntriesShown(msgspec.Struct, frozen=True, kw_only=True):
    """What is behind a number of money, in the order in which it was booked; of what was open, by its date."""

    figure: str
    title: str
    row: str
    column: str
    period: PeriodShown
    currency: str
    amount: str
    """The number itself: what all rows add up to, those of other pages among them."""
    books: Literal["bills", "invoices"]
    rows: tuple[EntryRow, ...]
    next: int | None


class FactsExport(msgspec.Struct, frozen=True, kw_only=True):
    """The requests that came in a period, as rows for a spreadsheet."""

    period: PeriodName = "last-month"
    format: Literal["csv", "xlsx"] = "csv"
