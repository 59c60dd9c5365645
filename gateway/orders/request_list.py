"""Lists of requests as libraries keep them: CSV in, requests and every problem of every line out.

ill.md, duty 1. All or nothing: a list with an error is imported not at all, so everything is told at once. Each request has a
key made of all that its row says; the same row gives the same key, whatever the order of columns, the delimiter and the
encoding, so that a second import makes no duplicate. Nothing raises, and no problem quotes a cell: cells slip, and then a
customer's barcode stands under a title. Pure: reads bytes, not files.
"""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

import msgspec

from gateway.iso18626.codes import BibliographicItemIdCode, BibliographicRecordIdCode
from gateway.orders.cells import (
    CellError,
    doubt_about_customer,
    read_branch,
    read_customer,
    read_need_before,
    read_service,
)
from gateway.orders.citation import Citation, NothingToIdentifyError, cite, identified
from gateway.texts import decoded, is_one_line, one_line
from gateway.workflow.values import Record, Wanted


class OrderColumn(StrEnum):
    """The columns of a list; only the customer's must be there."""

    CUSTOMER = "customer"
    SERVICE = "loan or copy"
    TITLE = "title"
    AUTHOR = "author"
    ARTICLE_TITLE = "article title"
    ARTICLE_AUTHOR = "article author"
    ISBN = "isbn"
    ISSN = "issn"
    OCLC = "oclc"
    DOI = "doi"
    PMID = "pmid"
    LCCN = "lccn"
    PUBLISHER = "publisher"
    YEAR = "year"
    EDITION = "edition"
    VOLUME = "volume"
    ISSUE = "issue"
    PAGES = "pages"
    PICKUP = "pickup branch"
    NEED_BEFORE = "needed by"
    NOTE = "note"


ALIASES: Final[Mapping[OrderColumn, tuple[str, ...]]] = {
    OrderColumn.CUSTOMER: ("customer barcode", "barcode", "card", "card number", "library card", "patron", "patron barcode", "borrower"),
    OrderColumn.SERVICE: ("kind", "type", "request type", "service", "copy or loan"),
    OrderColumn.TITLE: ("book title", "journal", "journal title", "work"),
    OrderColumn.AUTHOR: ("book author", "authors", "creator"),
    OrderColumn.ARTICLE_TITLE: ("article", "chapter", "chapter title"),
    OrderColumn.ARTICLE_AUTHOR: ("chapter author",),
    OrderColumn.ISBN: ("isbn 10", "isbn 13"),
    OrderColumn.ISSN: ("eissn",),
    OrderColumn.OCLC: ("oclc number", "oclc no", "oclcnum"),
    OrderColumn.PMID: ("pubmed id", "pubmed"),
    OrderColumn.YEAR: ("date", "publication year", "publication date", "published"),
    OrderColumn.VOLUME: ("vol",),
    OrderColumn.ISSUE: ("number", "no"),
    OrderColumn.PAGES: ("page", "pp"),
    OrderColumn.PICKUP: ("pickup", "pickup location", "branch", "location"),
    OrderColumn.NEED_BEFORE: ("need by", "need before", "needed before", "need by date", "not needed after"),
    OrderColumn.NOTE: ("notes", "comment", "comments", "remarks"),
}  # fmt: skip
"""Other headings that are known, without regard to case, blanks, hyphens, underscores and points."""

NUMBERS: Final[Mapping[OrderColumn, str]] = {
    OrderColumn.ISBN: BibliographicItemIdCode.ISBN,
    OrderColumn.ISSN: BibliographicItemIdCode.ISSN,
    OrderColumn.OCLC: BibliographicRecordIdCode.OCLC,
    OrderColumn.DOI: BibliographicItemIdCode.DOI,
    OrderColumn.PMID: BibliographicItemIdCode.PMID,
    OrderColumn.LCCN: BibliographicRecordIdCode.LCCN,
}
"""Columns of numbers; a cell may hold several, separated by `;` or `|`."""

BYTES_MAX: Final = 2_000_000
CELL_MAX: Final = 500
NOTE_MAX: Final = 1_000


class Severity(StrEnum):
    """Whether a problem keeps the list from being imported."""

    ERROR = "error"
    WARNING = "warning"


class ListProblem(Record, frozen=True, kw_only=True):
    """Something wrong or odd. `line` is the line of the file on which the row begins; 0: the file as a whole."""

    line: int
    column: str | None = None
    severity: Severity = Severity.ERROR
    words: str


class ListRules(Record, frozen=True, kw_only=True):
    """What a list is checked by; `today` in the library's time zone."""

    today: date
    branches: frozenset[str] | None = None
    """The pickup branches; None: any."""
    day_first: bool = False
    """Whether 01/02/2027 is the first of February."""
    max_rows: int = 1_000


class ListedRequest(Record, frozen=True, kw_only=True):
    """One request of a list.

    `key` is its idempotency key. It is a digest of the row, the customer's barcode with it: whoever tries all barcodes can find
    the one, so it is personal and goes when the customer's data go.
    """

    line: int
    customer: str
    citation: Citation
    pickup: str | None
    need_before: date | None
    note: str | None
    key: str

    def __repr__(self) -> str:
        """The line alone."""
        return f"ListedRequest(line={self.line}, …)"


class RequestList(Record, frozen=True, kw_only=True):
    """The requests that could be read, in the list's order, and every problem, in the order of lines."""

    requests: tuple[ListedRequest, ...] = ()
    problems: tuple[ListProblem, ...] = ()

    @property
    def may_be_imported(self) -> bool:
        """Whether there is a request and no error."""
        return bool(self.requests) and all(problem.severity is Severity.WARNING for problem in self.problems)


def read_request_list(data: bytes, rules: ListRules) -> RequestList:
    """Read a list: UTF-8, UTF-16 with its mark, or western text; comma, semicolon or tab, whichever the headings use."""
    problems: list[ListProblem] = []
    unusable = _unusable(data)
    if unusable:
        return RequestList(problems=(ListProblem(line=0, words=unusable),))
    rows = _rows(_text(data), rules.max_rows, problems)
    line, headings = next(rows, (0, []))
    columns = _columns(line, headings, problems)
    if OrderColumn.CUSTOMER not in columns:
        words = "the column is missing: the first line must hold the headings"
        problems.append(ListProblem(line=line, column=OrderColumn.CUSTOMER, words=words))
        return RequestList(problems=tuple(problems))
    requests = _requests(rows, columns, len(headings), rules, problems)
    if not requests and not problems:
        problems.append(ListProblem(line=0, words="there is no request in it"))
    return RequestList(requests=requests, problems=tuple(sorted(problems, key=lambda problem: problem.line)))


# ── rows and columns ─────────────────────────────────────────────────────────────────────────────

_Rows = Iterator[tuple[int, list[str]]]
_DELIMITERS: Final = (",", ";", "\t")
_UTF_16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def _unusable(data: bytes) -> str:
    """Why a file is not read at all; empty where it is."""
    if len(data) > BYTES_MAX:
        return f"the file is larger than {BYTES_MAX:,} bytes: divide it"
    return "this is a spreadsheet, not CSV: save it as CSV" if data.startswith(b"PK\x03\x04") else ""


def _text(data: bytes) -> str:
    if data.startswith(_UTF_16_MARKS):
        return data.decode("utf-16", errors="replace")
    return decoded(data).removeprefix("\ufeff")


def _rows(text: str, max_rows: int, problems: list[ListProblem]) -> _Rows:
    """Yield the rows that are not empty with the line that each begins on, the headings first."""
    first_line = next(filter(str.strip, io.StringIO(text, newline=None)), "")
    delimiter = max(_DELIMITERS, key=lambda mark: sum(_column(cell) is not None for cell in first_line.split(mark)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    given = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(ListProblem(line=line, words=f"this can't be read as CSV: {error}"))
            continue
        if not any(map(str.strip, cells)):
            continue
        if given > max_rows:
            problems.append(ListProblem(line=line, words=f"more than {max_rows:,} requests: divide the list"))
            return
        given += 1
        yield line, cells


def _compact(heading: str) -> str:
    return re.sub(r"[\s_.\-\"\ufeff]", "", heading).casefold()


_BY_HEADING: Final = {_compact(name): column for column in OrderColumn for name in (column, *ALIASES.get(column, ()))}


def _column(heading: str) -> OrderColumn | None:
    return _BY_HEADING.get(_compact(heading))


def _columns(line: int, headings: list[str], problems: list[ListProblem]) -> dict[OrderColumn, int]:
    """The place of each column. Others are told by their place: where headings are missing, they are a customer's data."""
    places: dict[OrderColumn, int] = {}
    for place, heading in enumerate(headings):
        column = _column(heading)
        where = f"column {place + 1}"
        if column is None and heading.strip():
            words = "not a heading that is known: the column is not read"
            problems.append(ListProblem(line=line, column=where, severity=Severity.WARNING, words=words))
        elif column in places:
            problems.append(ListProblem(line=line, column=where, words=f"a second column for “{column}”"))
        elif column is not None:
            places[column] = place
    return places


# ── requests ─────────────────────────────────────────────────────────────────────────────────────

_Cells = Mapping[OrderColumn, str]
"""A row: cleaned text by column, empty cells left out."""
_T = TypeVar("_T")


class _ListLine:
    """One row while it is read: its cells, and where its problems go."""

    def __init__(self, line: int, cells: _Cells, problems: list[ListProblem]) -> None:
        self.line = line
        self.cells = cells
        self.is_good = True
        self._problems = problems

    def error(self, column: OrderColumn | None, words: str) -> None:
        self.is_good = False
        self._problems.append(ListProblem(line=self.line, column=column, words=words))

    def warning(self, column: OrderColumn | None, words: str) -> None:
        self._problems.append(ListProblem(line=self.line, column=column, severity=Severity.WARNING, words=words))

    def read(self, column: OrderColumn, reader: Callable[[str], _T]) -> _T | None:
        """Read a cell; None where it was wrong, which is told."""
        try:
            return reader(self.cells.get(column, ""))
        except CellError as error:
            self.error(column, str(error))
            return None


def _requests(
    rows: _Rows, columns: Mapping[OrderColumn, int], width: int, rules: ListRules, problems: list[ListProblem]
) -> tuple[ListedRequest, ...]:
    """Make a request of each row without errors; the same one twice is an error of the second row."""
    by_key: dict[str, ListedRequest] = {}
    for line, cells in rows:
        if any(map(str.strip, cells[width:])):
            words = "more cells than headings: a cell with a delimiter must stand in quotes"
            problems.append(ListProblem(line=line, words=words))
            continue
        named = {column: _cell(column, cells[place]) for column, place in columns.items() if place < len(cells)}
        request = _request(_ListLine(line, {column: text for column, text in named.items() if text}, problems), rules)
        if request is None:
            continue
        first = by_key.setdefault(request.key, request)
        if first is not request:
            problems.append(ListProblem(line=line, words=f"the same request as in line {first.line}"))
    return tuple(by_key.values())


def _cell(column: OrderColumn, text: str) -> str:
    """One line; the `="…"` that spreadsheets keep numbers as text by is taken off.

    A customer's barcode with a line's end in it stays as it is, to be refused: two of them would else make a third.
    """
    if column is OrderColumn.CUSTOMER and not is_one_line(text.strip()):
        return text
    line = one_line(text)
    return line[2:-1].strip() if line.startswith('="') and line.endswith('"') else line


def _request(row: _ListLine, rules: ListRules) -> ListedRequest | None:
    _check_lengths(row)
    customer = row.read(OrderColumn.CUSTOMER, read_customer)
    citation = _citation(row)
    pickup = row.read(OrderColumn.PICKUP, lambda text: read_branch(text, rules.branches))
    need_before = row.read(
        OrderColumn.NEED_BEFORE, lambda text: read_need_before(text, rules.today, day_first=rules.day_first)
    )
    if customer is None or citation is None or not row.is_good:
        return None
    doubt = doubt_about_customer(customer)
    if doubt:
        row.warning(OrderColumn.CUSTOMER, doubt)
    note = row.cells.get(OrderColumn.NOTE)
    return ListedRequest(
        line=row.line,
        customer=customer,
        citation=citation,
        pickup=pickup,
        need_before=need_before,
        note=note,
        key=row_key(customer, citation, pickup, need_before, note),
    )


def _check_lengths(row: _ListLine) -> None:
    for column, text in row.cells.items():
        limit = NOTE_MAX if column is OrderColumn.NOTE else CELL_MAX
        if len(text) > limit:
            row.error(column, f"longer than {limit:,} characters")


def _citation(row: _ListLine) -> Citation | None:
    """The work that a row asks for; None where it names none, which is told."""
    cells = row.cells
    numbers = [(code, part) for column, code in NUMBERS.items() for part in re.split(r"[;|]", cells.get(column, ""))]
    identifiers, doubts = identified((code, part) for code, part in numbers if part.strip())
    for doubt in doubts:
        row.warning(None, doubt)
    is_part = OrderColumn.ARTICLE_TITLE in cells
    service = row.read(OrderColumn.SERVICE, lambda text: read_service(text, is_part=is_part))
    wanted = Wanted(
        title=cells.get(OrderColumn.TITLE),
        author=cells.get(OrderColumn.AUTHOR),
        identifiers=identifiers,
        edition=cells.get(OrderColumn.EDITION),
        volumes=(cells[OrderColumn.VOLUME],) if OrderColumn.VOLUME in cells else (),
        issue=cells.get(OrderColumn.ISSUE),
        pages=cells.get(OrderColumn.PAGES),
        article_title=cells.get(OrderColumn.ARTICLE_TITLE),
        article_author=cells.get(OrderColumn.ARTICLE_AUTHOR),
        publisher=cells.get(OrderColumn.PUBLISHER),
        published=cells.get(OrderColumn.YEAR),
    )
    try:
        return None if service is None else cite(wanted, service, note=None, warnings=doubts)
    except NothingToIdentifyError as error:
        row.error(None, str(error))
        return None


def row_key(customer: str, citation: Citation, pickup: str | None, need_before: date | None, note: str | None) -> str:
    """Return the idempotency key of a request: 64 hexadecimal digits of all that its row says (SHA-256)."""
    row = ("request list 1", customer, citation.service, citation.wanted, pickup, need_before, note)
    return hashlib.sha256(msgspec.json.encode(row)).hexdigest()
