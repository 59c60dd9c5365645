"""Invoices as a list that somebody exported: CSV in, rows of named cells and every problem out. Pure: reads text, not files.

Commas, semicolons or tabs part the columns, whichever the headings use; the first line has the headings.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from gateway.spreadsheets import cell_text
from gateway.texts import one_line

ROWS_MOST: Final = 500
CELL_MAX: Final = 1000
_DELIMITERS: Final = (",", ";", "\t")


class InvoiceColumn(StrEnum):
    """The columns of a list."""

    LENDER = "lender"
    NUMBER = "number"
    KIND = "kind"
    DATED = "dated"
    DUE = "due"
    AMOUNT = "amount"
    CURRENCY = "currency"
    REQUEST = "request"
    TITLE = "title"
    NOTE = "note"


NEEDED: Final = (InvoiceColumn.LENDER, InvoiceColumn.NUMBER, InvoiceColumn.DATED, InvoiceColumn.AMOUNT)
_ALIASES: Final[Mapping[InvoiceColumn, tuple[str, ...]]] = {
    InvoiceColumn.LENDER: ("library", "supplier", "lender symbol", "from", "vendor"),
    InvoiceColumn.NUMBER: ("invoice", "invoice number", "invoice no", "no"),
    InvoiceColumn.KIND: ("type", "reason", "charge type"),
    InvoiceColumn.DATED: ("date", "invoice date"),
    InvoiceColumn.DUE: ("due date", "pay by"),
    InvoiceColumn.AMOUNT: ("total", "charge", "price"),
    InvoiceColumn.REQUEST: ("request number", "request id", "our request", "ill number"),
    InvoiceColumn.NOTE: ("notes", "comment", "remarks"),
}
"""Other headings that are known, without regard to case and to what stands between letters."""


class InvoiceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row: cleaned text by column, empty cells left out; `line` is that of the file on which it ends."""

    line: int
    cells: Mapping[InvoiceColumn, str]


class ListFault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong, and where; line 0: the list as a whole."""

    line: int
    column: str | None = None
    words: str


def read(text: str) -> tuple[tuple[InvoiceRow, ...], tuple[ListFault, ...]]:
    """Return the rows of a list, and all that is wrong with how it is written."""
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=_delimiter(text), strict=True)
    faults: list[ListFault] = []
    try:
        columns = [_column(cell) for cell in next(lines, [])]
        missing = [column for column in NEEDED if column not in columns]
        twice = {column for column in columns if column is not None and columns.count(column) > 1}
        faults += [
            ListFault(line=1, column=each, words="the column is missing: the first line must hold the headings")
            for each in missing
        ]
        faults += [ListFault(line=1, column=each, words="two columns have this heading") for each in sorted(twice)]
        rows = () if faults else tuple(_rows(lines, columns, faults))
    except csv.Error as error:
        return (), (*faults, ListFault(line=lines.line_num, words=f"this can't be read as CSV: {error}"))
    if not rows and not faults:
        faults.append(ListFault(line=0, words="there is no invoice in it"))
    return rows, tuple(faults)


def _rows(
    lines: "Iterator[list[str]]", columns: Sequence[InvoiceColumn | None], faults: list[ListFault]
) -> Iterator[InvoiceRow]:
    count = 0
    for line, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > ROWS_MOST:
            faults.append(ListFault(line=line, words=f"more than {ROWS_MOST} invoices: divide the list"))
            return
        if any(cell.strip() for cell in cells[len(columns) :]):
            faults.append(
                ListFault(line=line, words="more cells than headings: a cell with a delimiter must stand in quotes")
            )
            continue
        named = {
            column: one_line(cell_text(cell))
            for column, cell in zip(columns, cells, strict=False)
            if column is not None
        }
        long = [column for column, cell in named.items() if len(cell) > CELL_MAX]
        faults += [ListFault(line=line, column=column, words=f"longer than {CELL_MAX} characters") for column in long]
        yield InvoiceRow(line=line, cells={column: cell for column, cell in named.items() if cell})


def _compact(heading: str) -> str:
    return re.sub(r"[\W_]", "", heading).casefold()


_BY_HEADING: Final = {
    _compact(name): column for column in InvoiceColumn for name in (column.value, *_ALIASES.get(column, ()))
}


def _column(heading: str) -> InvoiceColumn | None:
    return _BY_HEADING.get(_compact(heading))


def _delimiter(text: str) -> str:
    first = text.lstrip("\ufeff").partition("\n")[0]
    return max(_DELIMITERS, key=lambda mark: sum(_column(cell) is not None for cell in first.split(mark)))
