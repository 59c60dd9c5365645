"""The local item list as libraries export it: CSV or JSON in, copies with their look-up keys out.

Columns: item_barcode and branch (both must be there), title, author, call_number, item_type, collection, volume, published
(a year), acquired_on (a date), and the identifiers record_id, oclc, lccn, isbn, issn, of which a cell may hold several, separated
by `;` or `|`. Nothing raises: what is wrong with
a row is reported with its number, and the row is imported without what was wrong, or left out where it can't be used.
Pure: reads text, not files; the store takes what comes out.
"""

import csv
import io
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

import msgspec

from gateway.barcodes import BarcodeKind, BarcodeWarning, scanned
from gateway.catalogue.keys import KeyKind, make_keys
from gateway.sip2.carried import not_carried
from gateway.workflow.finding import ListedItem
from gateway.workflow.records import Copy


class RowProblem(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong in a list. `row` counts from 1 as a spreadsheet does (CSV: the header is row 1; JSON: the first item is)."""

    row: int
    """0: the list as a whole."""
    column: str | None
    words: str


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """The items that can be used, in the list's order, and every problem of every row."""

    items: tuple[ListedItem, ...] = ()
    problems: tuple[RowProblem, ...] = ()

    def looked_over(self, branches: frozenset[str] | None) -> "Import":
        """The same, with what is odd about the items taken together; `branches` are those that are known, None: any."""
        return msgspec.structs.replace(
            self, problems=(*_untitled(self.items), *_strays(self.items, branches), *self.problems)
        )


def _untitled(items: Iterable[ListedItem]) -> Iterator[RowProblem]:
    count = sum(item.copy.title is None for item in items)
    if count:
        words = f"{_items_are(count)} without a title: slips can't name it, and only a number finds it"
        yield RowProblem(row=0, column="title", words=words)


def _strays(items: Iterable[ListedItem], branches: frozenset[str] | None) -> Iterator[RowProblem]:
    counts = Counter(item.copy.branch for item in items if branches is not None and item.copy.branch not in branches)
    for branch, count in counts.items():
        words = f"“{branch}” is no branch of the settings; {_items_are(count)} imported all the same"
        yield RowProblem(row=0, column="branch", words=words)


def _items_are(count: int) -> str:
    return "1 item is" if count == 1 else f"{count} items are"


REQUIRED: Final = ("item_barcode", "branch")
IDENTIFIERS: Final[Mapping[KeyKind, str]] = {
    KeyKind.RECORD: "record_id",
    KeyKind.OCLC: "oclc",
    KeyKind.LCCN: "lccn",
    KeyKind.ISBN: "isbn",
    KeyKind.ISSN: "issn",
}
"""The column that each kind of identifier stands in."""
COLUMNS: Final = (
    *REQUIRED,
    "title",
    "author",
    "call_number",
    "item_type",
    "collection",
    "volume",
    "published",
    "acquired_on",
    *IDENTIFIERS.values(),
)

_DELIMITERS: Final = (",", ";", "\t")
_BY_COMPACT_NAME: Final = {name.replace("_", ""): name for name in COLUMNS}
_LEFT_OUT: Final = "the row is left out"
_NOT_A_COLUMN: Final = "not a column of the item list: ignored"
_TWICE: Final = "the column is there twice: the first counts"


class _Report:
    """Where the problems of one list are gathered while it is read."""

    def __init__(self) -> None:
        self._problems: list[RowProblem] = []

    def add(self, row: int, column: str | None, words: str) -> None:
        """Tell of a problem."""
        self._problems.append(RowProblem(row=row, column=column, words=words))

    def problems(self) -> tuple[RowProblem, ...]:
        """Everything told, in the order of the rows."""
        return tuple(sorted(self._problems, key=lambda problem: problem.row))


def read_csv(text: str) -> Import:
    """Read a list with a header row; comma, semicolon or tab between the cells, whichever the header uses."""
    report = _Report()
    text = text.removeprefix("\ufeff")
    rows = _csv_rows(text, _delimiter(text), report)
    header_row, header = next(rows, (0, []))
    columns = _columns(header, header_row, report)
    missing = [name for name in REQUIRED if name not in columns]
    for name in missing:
        report.add(header_row, name, "the column is missing: nothing can be imported")
    items = () if missing else _items(_csv_cells(rows, columns, len(header), report), report)
    return Import(items=items, problems=report.problems())


def read_json(text: str) -> Import:
    """Read a list of objects, or an object with such a list as `items`; an identifier is a text or a list of texts."""
    report = _Report()
    items = _items(_json_cells(_json_list(text, report), report), report)
    return Import(items=items, problems=report.problems())


# ── rows, whatever they came in ──────────────────────────────────────────────────────────────────

_Cells = Mapping[str, str]
"""A row: cleaned text by column; an empty cell may be left out."""


def _items(rows: Iterable[tuple[int, _Cells]], report: _Report) -> tuple[ListedItem, ...]:
    """Make an item of each row; of rows with the same barcode the first counts."""
    items: dict[str, ListedItem] = {}
    rows_of: dict[str, int] = {}
    for row, cells in rows:
        item = _item(row, cells, report)
        if item is None:
            continue
        barcode = item.copy.item_barcode
        if barcode in items:
            report.add(row, "item_barcode", f"the same barcode as in row {rows_of[barcode]}: {_LEFT_OUT}")
        else:
            items[barcode] = item
            rows_of[barcode] = row
    return tuple(items.values())


def _item(row: int, cells: _Cells, report: _Report) -> ListedItem | None:
    keys = _keys(row, cells, report)
    empty = [name for name in REQUIRED if not cells.get(name)]
    for name in empty:
        report.add(row, name, f"empty: {_LEFT_OUT}")
    if empty or not _is_usable(row, cells["item_barcode"], report):
        return None
    copy = Copy(
        item_barcode=cells["item_barcode"],
        branch=cells["branch"],
        title=cells.get("title") or None,
        author=cells.get("author") or None,
        call_number=cells.get("call_number") or None,
        item_type=cells.get("item_type") or None,
        collection=cells.get("collection") or None,
        volume=cells.get("volume") or None,
        published=_year(row, cells.get("published", ""), report),
        acquired_on=_day(row, cells.get("acquired_on", ""), report),
    )
    return ListedItem(copy=copy, keys=keys)


def _year(row: int, text: str, report: _Report) -> int | None:
    """The first year in a text such as "c2019-"."""
    found = _YEAR.search(text)
    if text and found is None:
        report.add(row, "published", "no year like 2024: ignored")
    return int(found[1]) if found else None


_YEAR: Final = re.compile(r"(?<!\d)([12]\d{3})(?!\d)", re.ASCII)


def _day(row: int, text: str, report: _Report) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        report.add(row, "acquired_on", "no date like 2026-01-31: ignored")
        return None


def _keys(row: int, cells: _Cells, report: _Report) -> tuple[str, ...]:
    made = make_keys((kind, text) for kind, column in IDENTIFIERS.items() for text in _parts(cells.get(column, "")))
    for problem in made.problems:
        report.add(row, IDENTIFIERS[problem.kind], problem.words)
    if not made.keys:
        report.add(row, None, "no identifier: no request will find this item")
    return made.keys


def _parts(cell: str) -> list[str]:
    return [part for part in map(str.strip, re.split(r"[;|]", cell)) if part]


def _is_usable(row: int, barcode: str, report: _Report) -> bool:
    """Whether a barcode can be an item's. What is told of it never quotes it: it may be a customer's."""
    scan = scanned(barcode)
    if _SPREADSHEET_NUMBER.fullmatch(barcode):
        report.add(row, "item_barcode", f"a spreadsheet has rounded this number, export it as text: {_LEFT_OUT}")
        return False
    if scan.kind is BarcodeKind.CUSTOMER:
        report.add(row, "item_barcode", f"this has the form of a customer's barcode: {_LEFT_OUT}")
        return False
    if why_not := not_carried(barcode):
        report.add(row, "item_barcode", f"{why_not}: {_LEFT_OUT}")
        return False
    if BarcodeWarning.CHECK_DIGIT in scan.warnings:
        report.add(row, "item_barcode", "the check digit is wrong; the item is imported all the same")
    return True


_SPREADSHEET_NUMBER: Final = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE | re.ASCII)


def _clean(text: str) -> str:
    """One line, blanks single, without the control characters and lone surrogates that no store takes."""
    return " ".join(_UNSTORABLE.sub(" ", text).split())


_UNSTORABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


# ── CSV ──────────────────────────────────────────────────────────────────────────────────────────


def _delimiter(text: str) -> str:
    """The delimiter that finds the most known columns in the first row that is not empty."""
    first_line = next(filter(str.strip, io.StringIO(text, newline=None)), "")
    return max(_DELIMITERS, key=lambda delimiter: _known_columns(first_line.split(delimiter)))


def _known_columns(headings: list[str]) -> int:
    return sum(_column(heading.strip('"')) is not None for heading in headings)


def _csv_rows(text: str, delimiter: str, report: _Report) -> Iterator[tuple[int, list[str]]]:
    """Number the rows that are not empty. A row that the reader can't make out is reported, and reading goes on after it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for row in itertools.count(1):
        first_line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines = f"lines {first_line} to {reader.line_num} of the file"
            report.add(row, None, f"not a row of CSV, {lines} ({error}): {_LEFT_OUT}")
            continue
        if any(map(str.strip, cells)):
            yield row, cells


def _column(name: str) -> str | None:
    """The column that a heading means, without regard to case, blanks, hyphens and underscores."""
    return _BY_COMPACT_NAME.get(re.sub(r"[\s_-]", "", name).casefold())


def _columns(header: list[str], row: int, report: _Report) -> dict[str, int]:
    """The place of each column; unknown and repeated headings are reported and not read."""
    places: dict[str, int] = {}
    for place, heading in enumerate(header):
        name = _column(heading)
        if name is None or name in places:
            report.add(row, _clean(heading), _NOT_A_COLUMN if name is None else _TWICE)
        else:
            places[name] = place
    return places


def _csv_cells(
    rows: Iterable[tuple[int, list[str]]], columns: Mapping[str, int], width: int, report: _Report
) -> Iterator[tuple[int, _Cells]]:
    """Name the cells. A row with more cells than headings is left out: its cells have slipped, nobody knows where."""
    for row, cells in rows:
        if any(map(str.strip, cells[width:])):
            report.add(row, None, f"more cells than headings, a delimiter without quotes? {_LEFT_OUT}")
        else:
            yield row, {name: _clean(cells[place]) for name, place in columns.items() if place < len(cells)}


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────


def _json_list(text: str, report: _Report) -> list[Any]:
    try:
        document = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        report.add(0, None, f"this is not JSON: {error}")
        return []
    entries = document.get("items") if isinstance(document, dict) else document
    if isinstance(entries, list):
        return entries
    report.add(0, None, "neither a list of items nor an object with one as `items`")
    return []


def _json_cells(document: list[Any], report: _Report) -> Iterator[tuple[int, _Cells]]:
    unknown: set[str] = set()
    for row, entry in enumerate(document, start=1):
        if not isinstance(entry, dict):
            report.add(row, None, f"not an object: {_LEFT_OUT}")
            continue
        new = {name for name in entry if _column(name) is None} - unknown
        for name in sorted(new):
            report.add(row, _clean(name), _NOT_A_COLUMN)
        unknown |= new
        yield row, _json_row(row, entry, report)


def _json_row(row: int, entry: dict[str, Any], report: _Report) -> _Cells:
    cells: dict[str, str] = {}
    for heading, value in entry.items():
        name = _column(heading)
        if name is None:
            continue
        text = _json_text(value, several=name in IDENTIFIERS.values())
        if text is None:
            report.add(row, name, "not a text: ignored")
        elif name in cells:
            report.add(row, name, _TWICE)
        else:
            cells[name] = text
    return cells


def _json_text(value: Any, *, several: bool) -> str | None:
    """The cell that a JSON value stands for; None where it is no text, no whole number and no list of them."""
    match value:
        case None:
            return ""
        case str():
            return _clean(value)
        case int() if not isinstance(value, bool):
            return str(value)
        case list() if several:
            parts = [_json_text(part, several=False) for part in value]
            return None if None in parts else ";".join(filter(None, parts))
    return None
