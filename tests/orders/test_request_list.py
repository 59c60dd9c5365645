"""Lists of requests: every spelling of a file gives the same requests and keys; every problem is told with its line."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.iso18626.codes import ServiceType
from gateway.orders.citation import Citation
from gateway.orders.request_list import (
    _BY_HEADING,
    ALIASES,
    BYTES_MAX,
    ListedRequest,
    ListProblem,
    ListRules,
    OrderColumn,
    RequestList,
    Severity,
    read_request_list,
)
from gateway.workflow.values import Identifier, Wanted

TODAY = date(2026, 11, 24)
CUSTOMER = "29999000001230"
HEADINGS = ["customer", "title", "author", "isbn", "pickup branch", "needed by", "note"]
ALMANAC = [CUSTOMER, "The Imaginary Almanac", "Invented, Ina", "0-306-40615-2", "main", "2026-12-24", "Größe egal"]


def written(rows: list[list[str]], delimiter: str = ",", line_end: str = "\r\n") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return out.getvalue()


def read(text: str | bytes, **rules: Any) -> RequestList:
    data = text if isinstance(text, bytes) else text.encode()
    return read_request_list(data, ListRules(today=TODAY, branches=frozenset({"MAIN", "EAST"}), **rules))


def told(listed: RequestList) -> list[tuple[int, str | None, str]]:
    return [(problem.line, problem.column, problem.severity) for problem in listed.problems]


def test_a_row_becomes_a_request():
    listed = read(written([HEADINGS, ALMANAC]))
    assert listed.problems == ()
    assert listed.may_be_imported
    (request,) = listed.requests
    assert request == ListedRequest(
        line=2,
        customer=CUSTOMER,
        citation=Citation(
            wanted=Wanted(
                title="The Imaginary Almanac",
                author="Invented, Ina",
                identifiers=(Identifier(code="ISBN", value="9780306406157"),),
            )
        ),
        pickup="MAIN",
        need_before=date(2026, 12, 24),
        note="Größe egal",
        key=request.key,
    )


def test_an_article_with_every_column():
    row = {
        OrderColumn.CUSTOMER: CUSTOMER, OrderColumn.TITLE: "Journal of Imaginary Facts", OrderColumn.ARTICLE_TITLE: "On Cafés",
        OrderColumn.ARTICLE_AUTHOR: "Made-Up, M.", OrderColumn.ISSN: "0378-5955", OrderColumn.DOI: "10.1000/182", OrderColumn.PMID: "42",
        OrderColumn.YEAR: "2024", OrderColumn.VOLUME: "12", OrderColumn.ISSUE: "3", OrderColumn.PAGES: "117-131",
    }  # fmt: skip
    (request,) = read(written([list(row), list(row.values())])).requests
    assert request.citation == Citation(
        wanted=Wanted(
            title="Journal of Imaginary Facts",
            identifiers=(
                Identifier(code="ISSN", value="03785955"),
                Identifier(code="DOI", value="10.1000/182"),
                Identifier(code="PMID", value="42"),
            ),
            volumes=("12",),
            issue="3",
            pages="117-131",
            article_title="On Cafés",
            article_author="Made-Up, M.",
            published="2024",
        ),
        service=ServiceType.COPY,
    )


def test_the_key_is_the_same_from_one_release_to_the_next():
    (request,) = read(written([HEADINGS, ALMANAC])).requests
    assert request.key == "d07a816072e20747f0408b744a049d58a0194492dd187107e69ae5024609848d"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_delimiter_line_ends_and_encoding_change_nothing(delimiter, line_end, encoding):
    text = written([HEADINGS, ALMANAC], delimiter, line_end)
    assert read(text.encode(encoding)) == read(written([HEADINGS, ALMANAC]))


def test_order_and_names_of_columns_blanks_and_spreadsheet_quotes_change_nothing():
    headings = ["Notes", "ISBN-13", "Pickup Location", "Book_Title", "Author", "Need by", "Library card"]
    row = [
        " Größe  egal ",
        '="9780306406157"',
        "Main",
        "The Imaginary  Almanac",
        "Invented, Ina",
        "24.12.2026",
        f'="{CUSTOMER}"',
    ]
    assert read(written([headings, row])) == read(written([HEADINGS, ALMANAC]))


def test_no_heading_means_two_columns():
    assert len(_BY_HEADING) == sum(len(ALIASES.get(column, ())) + 1 for column in OrderColumn)


def test_other_rows_have_other_keys():
    rows = [[*ALMANAC[:place], changed, *ALMANAC[place + 1 :]] for place, changed in [
        (0, "29999000001248"), (1, "Another Almanac"), (3, "080442957X"), (4, "east"), (5, "2026-12-25"), (6, "")]]  # fmt: skip
    listed = read(written([HEADINGS, ALMANAC, *rows]))
    assert len({request.key for request in listed.requests}) == len(rows) + 1


def test_the_same_request_twice_is_an_error_of_the_second_line():
    listed = read(written([HEADINGS, ALMANAC, ALMANAC]))
    assert listed.problems == (ListProblem(line=3, words="the same request as in line 2"),)
    assert not listed.may_be_imported


def test_every_problem_of_every_line_is_told_at_once():
    rows = [
        HEADINGS,
        ["", "A", "", "", "", "", ""],
        [CUSTOMER, "", "", "nonsense", "", "", ""],
        ["3.0E+13", "A", "", "", "west", "2020-01-01", "x" * 1001],
        ALMANAC,
        [*ALMANAC, "slipped"],
    ]
    listed = read(written(rows))
    assert told(listed) == [
        (2, OrderColumn.CUSTOMER, "error"),
        (3, None, "warning"),
        (3, None, "error"),
        (4, OrderColumn.NOTE, "error"),
        (4, OrderColumn.CUSTOMER, "error"),
        (4, OrderColumn.PICKUP, "error"),
        (4, OrderColumn.NEED_BEFORE, "error"),
        (6, None, "error"),
    ]
    assert [request.line for request in listed.requests] == [5]


def test_warnings_do_not_keep_a_list_from_being_imported():
    row = ["29999000001234", "A", "", "0306406153", "", "", ""]
    listed = read(written([[*HEADINGS, "colour"], [*row, "red"]]))
    assert told(listed) == [(1, "column 8", "warning"), (2, None, "warning"), (2, OrderColumn.CUSTOMER, "warning")]
    assert listed.may_be_imported


def test_a_cell_over_several_lines_counts_by_the_line_it_begins_on():
    listed = read('customer,title\n29999000001230,"A\nB"\n,C\n')
    assert listed.requests[0].citation.wanted.title == "A B"
    assert told(listed) == [(4, OrderColumn.CUSTOMER, "error")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "the column is missing: the first line must hold the headings"),
        (b"29999000001230,Some title\n", "the column is missing: the first line must hold the headings"),
        (b"title\nA\n", "the column is missing: the first line must hold the headings"),
        (b"customer,title\n", "there is no request in it"),
        (b"PK\x03\x04...", "this is a spreadsheet, not CSV: save it as CSV"),
        (b"x" * (BYTES_MAX + 1), "the file is larger than 2,000,000 bytes: divide it"),
        (b"customer,customer,title\n1234,1234,A\n", "a second column for “customer”"),
    ],
)
def test_a_file_that_can_not_be_used_is_told_in_words(text, words):
    listed = read(text)
    assert words in [problem.words for problem in listed.problems]
    assert not listed.may_be_imported


def test_a_list_without_headings_does_not_have_its_customers_quoted():
    listed = read(b"29999000001230,Jo Doe\n")
    assert not any("2999" in repr(problem) or "Doe" in repr(problem) for problem in listed.problems)


def test_a_broken_row_is_told_and_reading_goes_on():
    listed = read('customer,title\n29999000001230,"A" B\n29999000001230,C\n')
    assert told(listed) == [(2, None, "error")]
    assert [request.line for request in listed.requests] == [3]


def test_more_rows_than_allowed_are_an_error():
    rows = [[CUSTOMER, f"Title {number}"] for number in range(4)]
    assert read(written([["customer", "title"], *rows]), max_rows=4).may_be_imported
    listed = read(written([["customer", "title"], *rows]), max_rows=3)
    assert listed.problems == (ListProblem(line=5, words="more than 3 requests: divide the list"),)


def test_a_request_shows_nothing_of_its_customer():
    assert repr(read(written([HEADINGS, ALMANAC])).requests[0]) == "ListedRequest(line=2, …)"


_cells = st.text(max_size=30)


@given(st.binary(max_size=300))
def test_any_bytes_are_read(data):
    listed = read(data)
    assert listed.requests or listed.problems


@given(st.lists(st.lists(_cells, min_size=7, max_size=7), min_size=1, max_size=5))
def test_any_rows_give_requests_or_problems_that_quote_no_customer(rows):
    secret = "29999000001230"
    listed = read(written([HEADINGS, *([secret, *row[1:]] for row in rows)]))
    assert secret not in repr(listed)
    lines = {request.line for request in listed.requests} | {problem.line for problem in listed.problems}
    assert len(lines) >= 1
    assert len({request.key for request in listed.requests}) == len(listed.requests)
    assert listed.may_be_imported == all(problem.severity is Severity.WARNING for problem in listed.problems)


@given(
    st.permutations(range(len(HEADINGS))), st.sampled_from(",;\t"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
)
def test_the_order_of_columns_changes_no_key(order, delimiter, encoding):
    rows = [[row[place] for place in order] for row in (HEADINGS, ALMANAC)]
    assert read(written(rows, delimiter).encode(encoding)) == read(written([HEADINGS, ALMANAC]))


@pytest.mark.parametrize("between", ["\r", "\n", "\r\n", "\t", "\x1c"])
def test_two_barcodes_in_one_cell_are_no_third_one(between: str):
    """29999000001 and 230 on two lines of a cell: not the customer 29999000001230, who asked for nothing."""
    row = [CUSTOMER[:11] + between + CUSTOMER[11:], *ALMANAC[1:]]
    listed = read(written([HEADINGS, row]))
    assert listed.requests == ()
    assert told(listed) == [(2, "customer", Severity.ERROR)]
    assert CUSTOMER not in listed.problems[0].words
