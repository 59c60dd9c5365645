"""Figures as rows for a spreadsheet, and rows as a file: CSV or a workbook."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, Final

from gateway.desk.errors import UnusableError
from gateway.desk.structs.common import Download
from gateway.desk.structs.statistics import Cell, ReportRow, ReportShown, StatisticShown, StatisticsShown
from gateway.dispatch.workbooks import NotWritten, Pieces, Workbooks, csv
from gateway.documents.sheet import NumberCell, SheetHead
from gateway.reports.figure import Unit

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv"


async def hand_out(workbooks: Workbooks, name: str, sheet: SheetHead, pieces: Pieces, form: str) -> Download:
    """Return rows as a file of that name. Raises UnusableError if there are too many for one."""
    if form == "csv":
        return Download(content_type=CSV, text=await csv(sheet, pieces), name=f"{name}.csv")
    try:
        return Download(content_type=XLSX, data=await workbooks.xlsx(sheet, pieces), name=f"{name}.xlsx")
    except NotWritten as wrong:
        raise UnusableError(str(wrong)) from None


async def hand_out_figures(workbooks: Workbooks, name: str, shown: StatisticsShown, form: str) -> Download:
    """Return figures as a file: a row for each line of each, its definitions on a sheet of their own."""
    widest = max(shown.figures, key=lambda figure: len(figure.columns), default=None)
    count = len(widest.columns) if widest else 0
    only_one = len(shown.figures) == 1 and widest
    columns = (
        tuple(column.words for column in widest.columns)
        if only_one and widest
        else tuple(f"Value {n}" for n in range(1, count + 1))
    )
    sheet = SheetHead(
        title=f"{shown.period.words} ({shown.period.first} to {shown.period.last})",
        headings=("Figure", "Line", *columns, f"Before: {shown.before.words}", f"A year ago: {shown.year_ago.words}"),
        notes=tuple(f"{figure.title}: {figure.definition}" for figure in shown.figures),
    )
    return await hand_out(
        workbooks, name, sheet, in_one_piece(list(_figure_rows(shown.figures, count, form, named=not only_one))), form
    )


def _figure_rows(figures: Sequence[StatisticShown], count: int, form: str, *, named: bool) -> Iterator[tuple[Any, ...]]:
    for figure in figures:
        units = [column.unit for column in figure.columns]
        rest = (None,) * (count - len(units))
        if named:
            yield (figure.title, "", *(column.words for column in figure.columns), *rest, "", "")
        headline = units[[column.name for column in figure.columns].index(figure.headline)]
        for row in figure.rows:
            cells = (_cell(cell, unit, form) for cell, unit in zip(row.cells, units, strict=True))
            earlier = (_cell(cell, headline, form) for cell in (row.before, row.year_ago))
            yield (figure.title, row.words, *cells, *rest, *earlier)


async def hand_out_report(workbooks: Workbooks, name: str, shown: ReportShown, form: str) -> Download:
    """Return a report as a file."""
    sheet = SheetHead(
        title=f"{shown.title}, {shown.period.words} ({shown.period.first} to {shown.period.last})",
        headings=("Line", shown.period.words, *earlier_words(shown)),
        notes=(shown.about, *(f"{each.title}: {each.definition}" for each in shown.definitions)),
        first_wide=48,
    )
    rows = [
        (row.words, *(_cell(cell, row.unit, form) for cell in (row.value, *earlier_cells(shown, row))))
        for row in shown.rows
    ]
    return await hand_out(workbooks, name, sheet, in_one_piece(rows), form)


def earlier_words(shown: ReportShown) -> tuple[str, ...]:
    """Return the headings of the periods beside a report's own: one, if the period before is the same a year ago."""
    before, year_ago = f"Before: {shown.before.words}", f"A year ago: {shown.year_ago.words}"
    return (before,) if shown.before.name == shown.year_ago.name else (before, year_ago)


def earlier_cells(shown: ReportShown, row: ReportRow) -> tuple[Cell, ...]:
    """Return what stands below them."""
    return (row.before,) if shown.before.name == shown.year_ago.name else (row.before, row.year_ago)


def _cell(cell: Cell, unit: str, form: str) -> Any:
    """Return a cell as people reckon with it: shares and days rounded; amounts as they are, in a workbook as numbers."""
    if cell is None:
        return None
    if unit == Unit.AMOUNT:
        return _amount(str(cell)) if form == "xlsx" else str(cell)
    if not isinstance(cell, int | float):
        return cell
    if unit == Unit.RATE:
        return NumberCell(number=str(round(cell, 4)), form="0.0%") if form == "xlsx" else round(cell, 4)
    return round(cell, 2) if unit == Unit.DAYS else cell


def _amount(amount: str) -> NumberCell:
    decimals = amount.partition(".")[2]
    return NumberCell(number=amount, form=f"#,##0.{'0' * len(decimals)}" if decimals else "#,##0")


async def in_one_piece(rows: Sequence[Sequence[Any]]) -> AsyncIterator[Sequence[Sequence[Any]]]:
    """Return rows as one piece."""
    yield rows
