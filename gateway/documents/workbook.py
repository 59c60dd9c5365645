"""A workbook of one sheet (XLSX) out of rows that come one after the other: a process of its own, whose memory doesn't grow with the rows.

Reads JSON, a line each: first the `Sheet`, then its rows. Writes the workbook to the file that is named. Texts are texts: none becomes a
formula or a link, whatever it begins with.
"""

import sys
from collections.abc import Iterable
from typing import Any, Final

import msgspec
import xlsxwriter

from gateway.documents.sheet import Sheet

MOST_ROWS: Final = 1_000_000
"""A sheet has 1,048,576."""
_WIDTH: Final = 16
"""Of a column, in characters."""


def write(path: str, sheet: Sheet, rows: Iterable[list[Any]]) -> None:
    """Write the workbook; rows beyond MOST_ROWS are an error (ValueError)."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        bold, rate = book.add_format({"bold": True}), book.add_format({"num_format": "0.0 %"})
        page = book.add_worksheet("Figures")
        page.set_column(0, len(sheet.headings), _WIDTH)
        page.freeze_panes(2, 1)
        page.write_string(0, 0, sheet.title, bold)
        for place, heading in enumerate(sheet.headings):
            page.write_string(1, place, heading, bold)
        for number, row in enumerate(rows, 2):
            if number >= MOST_ROWS:
                raise ValueError(f"more than {MOST_ROWS} rows")
            for place, cell in enumerate(row):
                _write(page, number, place, cell, rate if place in sheet.rates else None)
        if sheet.notes:
            _notes(book, sheet.notes)


def _write(page: Any, row: int, place: int, cell: Any, form: Any) -> None:
    if isinstance(cell, str):
        page.write_string(row, place, cell)
    elif cell is not None:
        page.write_number(row, place, cell, form)


def _notes(book: Any, notes: Iterable[str]) -> None:
    page = book.add_worksheet("Definitions")
    page.set_column(0, 0, 120, book.add_format({"text_wrap": True, "valign": "top"}))
    for number, note in enumerate(notes):
        page.write_string(number, 0, note)


def main() -> None:
    """Write what comes on the standard input to the file that is named."""
    lines = iter(sys.stdin.buffer)
    sheet = msgspec.json.decode(next(lines), type=Sheet)
    write(sys.argv[1], sheet, map(msgspec.json.Decoder(list[Any]).decode, lines))


if __name__ == "__main__":
    main()
