"""Figures of the whole library: each with its definition, beside the period before and the same a year ago, and what is behind each number."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import product
from typing import Final

import msgspec

from gateway.desk.access import Caller
from gateway.desk.counting import Counted, count, oldest_task
from gateway.desk.errors import NotThereError, UnusableError
from gateway.desk.ports import Desk
from gateway.desk.reads import partners_by_id
from gateway.desk.structs.common import Download
from gateway.desk.structs.statistics import (
    Cell,
    ColumnShown,
    FigureGroup,
    MonthShown,
    Opens,
    PeriodShown,
    PresetShown,
    ReportRow,
    ReportShown,
    RowShown,
    StatisticLine,
    StatisticList,
    StatisticShown,
    StatisticsQuery,
    StatisticsShown,
)
from gateway.desk.workbooks import hand_out_figures, hand_out_report
from gateway.dispatch.workbooks import Workbooks
from gateway.money.amounts import agreed_amount
from gateway.reports import periods
from gateway.reports.booked import TOTAL, nothing_in
from gateway.reports.catalogue import BY_NAME, FIGURES, of_group
from gateway.reports.figure import Figure, FigureRow, Group
from gateway.reports.periods import FigurePeriod
from gateway.reports.presets import PRESETS, Preset, PresetLine
from gateway.workflow.partners import Partner
from gateway.workflow.questions import Part

MOST_DAYS: Final = 366 * 11


class Names:
    """What people call partners and branches."""

    def __init__(self, desk: Desk, partners: Mapping[str, Partner]) -> None:
        self._branches, self._partners = desk.library.branches, partners

    def of(self, part: Part | None, value: str) -> str:
        """Return the words for a value of a part; a partner that is gone keeps its id."""
        if part is Part.PARTNER and value in self._partners:
            return self._partners[value].name
        if part is Part.BRANCH:
            return self._branches.get(value, value) or "no branch"
        return value

    def of_line(self, row: FigureRow) -> str:
        """Return the words of a line, with its currency."""
        return ", ".join(filter(None, (self.of(row.part, row.words), row.currency)))


async def names(desk: Desk) -> Names:
    """Read what people call partners and branches."""
    return Names(desk, await partners_by_id(desk.store))


def period_of(desk: Desk, name: str) -> FigurePeriod:
    """Read a period. Raises UnusableError."""
    try:
        period = periods.read(name, desk.today(), desk.fiscal_year_begins)
    except ValueError as wrong:
        raise UnusableError(f"period: {wrong}.") from None
    if period.last - period.first > timedelta(days=MOST_DAYS):
        raise UnusableError("period: no longer than ten years.")
    return period


async def list_statistics(desk: Desk, _caller: Caller) -> StatisticList:
    """Return every figure with its definition, the reports made of them, and the periods that lie near."""
    near = ("this-month", "last-month", "last-quarter", "this-year", "last-year")
    return StatisticList(
        figures=tuple(map(_line, FIGURES)),
        reports=tuple(PresetShown(name=each.name, title=each.title, about=each.about) for each in PRESETS.values()),
        periods=tuple(_period(period_of(desk, name)) for name in near),
    )


async def show_statistic(
    desk: Desk, _caller: Caller, figure: str, query: StatisticsQuery
) -> StatisticsShown | Download:
    """Return one figure of a period, beside the period before and the same a year ago; as CSV or a workbook too."""
    if figure not in BY_NAME:
        raise NotThereError(f"There is no such figure; there are {', '.join(BY_NAME)}.")
    return await _handed_out(desk.workbooks, figure, await _shown(desk, [BY_NAME[figure]], query), query)


async def show_group(
    desk: Desk, _caller: Caller, group: FigureGroup, query: StatisticsQuery
) -> StatisticsShown | Download:
    """Return all figures of a group, likewise."""
    return await _handed_out(desk.workbooks, group, await _shown(desk, of_group(Group(group.value)), query), query)


async def _handed_out(
    workbooks: Workbooks, name: str, shown: StatisticsShown, query: StatisticsQuery
) -> StatisticsShown | Download:
    if query.format == "json":
        return shown
    return await hand_out_figures(workbooks, f"{name}-{shown.period.name}", shown, query.format)


async def _shown(desk: Desk, figures: Iterable[Figure], query: StatisticsQuery) -> StatisticsShown:
    period = period_of(desk, query.period)
    before, year_ago = period.before(), period.year_ago()
    known = await names(desk)
    shown = [await _figure(desk, figure, (period, before, year_ago), known) for figure in figures]
    return StatisticsShown(
        period=_period(period),
        before=_period(before),
        year_ago=_period(year_ago),
        figures=tuple(shown),
        to_follow=await desk.store.facts.behind(),
        oldest_task=await oldest_task(desk.store),
    )


async def _figure(desk: Desk, figure: Figure, three: Sequence[FigurePeriod], known: Names) -> StatisticShown:
    months = list(three[0].months()) if figure.adds_up and not figure.needs_work else []
    months = months if len(months) > 1 else []
    counted = await count(desk, figure, (*three, *months))
    return StatisticShown(
        name=figure.name,
        group=FigureGroup(figure.group.value),
        title=figure.title,
        definition=figure.definition,
        adds_up=figure.adds_up,
        headline=figure.headline,
        columns=tuple(
            ColumnShown(
                name=each.name,
                words=each.words,
                unit=each.unit,
                opens=Opens(each.opens.value),
                no_list=each.no_list,
            )
            for each in figure.columns
        ),
        rows=tuple(_rows(counted, known)),
        months=tuple(_months(counted, months)),
    )


def _rows(counted: Counted, known: Names) -> Iterable[RowShown]:
    headline = counted.figure.column(counted.figure.headline)
    earlier = [{row.name: row.cells[headline] for row in rows} for rows in counted.rows[1:3]]
    for row in counted.rows[0]:
        before, year_ago = (cells.get(row.name) for cells in earlier)
        yield RowShown(
            name=row.name,
            words=known.of_line(row),
            currency=row.currency,
            cells=row.cells,
            before=before,
            year_ago=year_ago,
            is_total=row.is_total,
        )


def _months(counted: Counted, months: Sequence[FigurePeriod]) -> Iterator[MonthShown]:
    """Return the headline month by month: of all lines together, of money in each currency that there was in the period."""
    place = counted.figure.column(counted.figure.headline)
    lines = [row for row in counted.rows[0] if row.is_total] or counted.rows[0]
    for line, (month, rows) in product(lines, list(zip(months, counted.rows[3:], strict=True))):
        cell = next((row.cells[place] for row in rows if row.name == line.name), None)
        nothing = str(agreed_amount(0, line.currency)) if line.currency else 0
        yield MonthShown(
            name=month.name,
            words=f"{month.first:%b %Y}",
            row=line.name,
            currency=line.currency,
            value=nothing if cell is None else cell,
        )


# ── reports ──────────────────────────────────────────────────────────────────────────────────────


async def show_report(desk: Desk, _caller: Caller, report: str, query: StatisticsQuery) -> ReportShown | Download:
    """Return a report: lines of several figures under the words of whoever asks for it; as CSV or a workbook too."""
    if report not in PRESETS:
        raise NotThereError(f"There is no such report; there are {', '.join(PRESETS)}.")
    shown = await _report(desk, PRESETS[report], period_of(desk, query.period))
    if query.format == "json":
        return shown
    return await hand_out_report(desk.workbooks, f"{report}-{shown.period.name}", shown, query.format)


async def _report(desk: Desk, preset: Preset, period: FigurePeriod) -> ReportShown:
    three = (period, period.before(), period.year_ago())
    used = list(dict.fromkeys(line.figure for line in preset.lines))
    counted = {name: await count(desk, BY_NAME[name], three) for name in used}
    return ReportShown(
        name=preset.name,
        title=preset.title,
        about=preset.about,
        period=_period(three[0]),
        before=_period(three[1]),
        year_ago=_period(three[2]),
        rows=tuple(_report_rows(preset, counted, desk.money.billing.defaults.currency)),
        definitions=tuple(_line(BY_NAME[name]) for name in used),
        to_follow=await desk.store.facts.behind(),
    )


def _report_rows(preset: Preset, counted: Mapping[str, Counted], own: str) -> Iterator[ReportRow]:
    """Return the lines of a report; those of money once for each currency in which there was any, the library's own first and in any case."""
    of_money = [line for line in preset.lines if line.row == TOTAL]
    for line in preset.lines:
        if line.row != TOTAL:
            yield _report_row(line, _cells(counted[line.figure], line.row, line.column))
    tables = [rows for line in of_money for rows in counted[line.figure].rows]
    found = {row.currency for rows in tables for row in rows if row.is_total}
    for currency, line in product((own, *sorted(found - {own})), of_money):
        words, part, row = f"{line.words}, {currency}", f"{line.part}, {currency}", f"{TOTAL}{currency}"
        cells = _cells(counted[line.figure], row, line.column)
        exact = [nothing_in(currency) if cell is None else cell for cell in cells]
        yield _report_row(msgspec.structs.replace(line, words=words, part=part, row=row), exact)


def _report_row(line: PresetLine, cells: Sequence[Cell]) -> ReportRow:
    figure = BY_NAME[line.figure]
    column = figure.columns[figure.column(line.column)]
    value, before, year_ago = cells
    return ReportRow(
        words=line.words,
        unit=column.unit,
        value=value,
        before=before,
        year_ago=year_ago,
        figure=line.figure,
        row=line.row,
        column=line.column,
        opens=Opens(column.opens.value),
        part=line.part,
    )


def _cells(counted: Counted, row: str, column: str) -> tuple[Cell, ...]:
    place = counted.figure.column(column)
    return tuple(next((each.cells[place] for each in rows if each.name == row), None) for rows in counted.rows)


def _line(figure: Figure) -> StatisticLine:
    return StatisticLine(
        name=figure.name, group=FigureGroup(figure.group.value), title=figure.title, definition=figure.definition
    )


def _period(period: FigurePeriod) -> PeriodShown:
    return PeriodShown(name=period.name, words=period.words, first=period.first, last=period.last)
