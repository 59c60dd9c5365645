"""A workbook of one sheet (XLSX) out of rows that come one after the other: a process of its own, whose memory doesn't grow with the rows.

Reads JSON, a line each: first the `SheetHead`, then its rows. Writes the workbook to the file that is named. Texts are texts: none becomes a
formula or a link, whatever it begins with.
"""

import sys
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

import msgspec
import xlsxwriter

from gateway.documents.sheet import NumberCell, SheetHead

MOST_ROWS: Final = 1_000_000
"""A sheet has 1,048,576."""
_WIDTH: Final = 16
"""Of a column, in characters."""
_EXACT_BELOW: Final = Decimal(10) ** 15
"""A workbook's numbers have fifteen digits; what has more is written as text."""


def write(path: str, sheet: SheetHead, rows: Iterable[list[Any]]) -> None:
    """Write the workbook; rows beyond MOST_ROWS are an error (ValueError)."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        bold, forms = book.add_format({"bold": True}), _Forms(book)
        rates = dict.fromkeys(sheet.rates, forms["0.0 %"])
        page = book.add_worksheet("Figures")
        page.set_column(0, len(sheet.headings), _WIDTH)
        page.set_column(0, 0, sheet.first_wide)
        page.freeze_panes(2, 1)
        page.write_string(0, 0, sheet.title, bold)
        for place, heading in enumerate(sheet.headings):
            page.write_string(1, place, heading, bold)
        for number, row in enumerate(rows, 2):
            if number >= MOST_ROWS:
                raise ValueError(f"more than {MOST_ROWS} rows")
            for place, cell in enumerate(row):
                _write(page, (number, place), cell, forms, rates.get(place))
        if sheet.notes:
            _notes(book, sheet.notes)


class _Forms(dict[str, Any]):
    """How numbers look, each made once."""

    def __init__(self, book: Any) -> None:
        super().__init__()
        self._book = book

    def __missing__(self, form: str) -> Any:
        self[form] = self._book.add_format({"num_format": form})
        return self[form]


def _write(page: Any, at: tuple[int, int], cell: Any, forms: _Forms, form: Any) -> None:
    if isinstance(cell, str):
        page.write_string(*at, cell)
    elif isinstance(cell, dict):
        _write_number(page, at, msgspec.convert(cell, NumberCell), forms)
    elif cell is not None:
        page.write_number(*at, cell, form)


def _write_number(page: Any, at: tuple[int, int], number: NumberCell, forms: _Forms) -> None:
    exact = Decimal(number.number)
    if abs(exact).scaleb(-min(0, int(exact.as_tuple().exponent))) < _EXACT_BELOW:
        page.write_number(*at, exact, forms[number.form])
    else:
        page.write_string(*at, number.number)


def _notes(book: Any, notes: Iterable[str]) -> None:
    page = book.add_worksheet("Definitions")
    page.set_column(0, 0, 120, book.add_format({"text_wrap": True, "valign": "top"}))
    for number, note in enumerate(notes):
        page.write_string(number, 0, note)


def main() -> None:
    """Write what comes on the standard input to the file that is named."""
    lines = iter(sys.stdin.buffer)
    sheet = msgspec.json.decode(next(lines), type=SheetHead)
    write(sys.argv[1], sheet, map(msgspec.json.Decoder(list[Any]).decode, lines))


if __name__ == "__main__":
    main()
