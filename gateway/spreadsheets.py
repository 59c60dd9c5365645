"""CSV that people open in a spreadsheet: everything that we write of it goes through here, so that no cell begins a formula. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

_FORMULA_STARTS: Final = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""A cell that begins so is a formula to a spreadsheet (OWASP, "CSV Injection"), their wide forms included."""


def csv_text(headings: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a list with its headings as CSV (RFC 4180); texts become safe cells, anything else stands as it is."""
    return csv_rows([headings]) + csv_rows(rows)


def csv_rows(rows: Iterable[Iterable[object]]) -> str:
    """Return rows alone, as a piece of a list that is too long to be written in one go."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([safe_cell(each) if isinstance(each, str) else each for each in row] for row in rows)
    return out.getvalue()


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe goes before what would begin one."""
    return f"'{text}" if _needs_apostrophe(text) else text


def cell_text(cell: str) -> str:
    """Return the text that `safe_cell` made a cell of; a cell that it would not have made stays as it is."""
    return cell[1:] if cell.startswith("'") and _needs_apostrophe(cell[1:]) else cell


def _needs_apostrophe(text: str) -> bool:
    """Likewise where there are apostrophes before it already, so that each text has a cell of its own."""
    return text.lstrip("'")[:1] in _FORMULA_STARTS and text.strip("'") != ""
