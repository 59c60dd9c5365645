"""The import of the item list: every usable row comes in, every problem is told with its row."""

import csv
import io
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue.item_list import COLUMNS, Import, RowProblem, read_csv, read_json
from gateway.workflow.finding import ListedItem
from gateway.workflow.records import Copy

HEADER = "item_barcode,title,author,isbn,issn,oclc,record_id,branch,call_number,item_type\n"
ALMANAC = ListedItem(
    copy=Copy(
        item_barcode="30234000517861",
        branch="Main",
        title="The Imaginary Almanac",
        author="Invented, Ina",
        call_number="AY31 .I5",
        item_type="book",
    ),
    keys=("record:b100", "oclc:42", "isbn:9780306406157", "isbn:9780804429573"),
)
ALMANAC_ROW = (
    '30234000517861,The Imaginary Almanac,"Invented, Ina",0306406152;080442957X,,ocm42,b100,Main,AY31 .I5,book\n'
)


def told(result: Import) -> list[tuple[int, str | None]]:
    """Where the problems are."""
    return [(problem.row, problem.column) for problem in result.problems]


def test_a_row_becomes_a_copy_with_its_keys_in_the_order_of_the_ladder():
    assert read_csv(HEADER + ALMANAC_ROW) == Import(items=(ALMANAC,))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_delimiter_line_ends_and_byte_order_mark_are_made_out(delimiter, line_end, bom):
    rows = list(csv.reader(io.StringIO(HEADER + ALMANAC_ROW)))
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    assert read_csv(bom + out.getvalue()) == Import(items=(ALMANAC,))


def test_headings_are_known_without_regard_to_case_and_blanks():
    assert read_csv(" Item Barcode ,BRANCH,Record-ID\n1,Main,b1\n").items == (
        ListedItem(copy=Copy(item_barcode="1", branch="Main"), keys=("record:b1",)),
    )


def test_identifiers_of_a_cell_may_be_separated_by_bars():
    assert read_csv("item_barcode,branch,isbn\n1,Main,0306406152 (pbk.) | 080442957X |\n").items[0].keys == (
        "isbn:9780306406157",
        "isbn:9780804429573",
    )


def test_every_problem_of_every_row_is_told():
    result = read_csv(
        "item_barcode,branch,isbn,issn,shelf\n"
        ",,0306406153,19,x\n"
        "1,Main,0306406152,,x\n"
        "\n"
        "1,North,0306406152,,x\n"
        "2,Main,,2049-3631,x\n"
        "3,Main,0306406152,,x,slipped\n"
    )
    assert [item.copy.item_barcode for item in result.items] == ["1", "2"]
    assert told(result) == [
        (1, "shelf"),
        (2, "isbn"),
        (2, "issn"),
        (2, None),
        (2, "item_barcode"),
        (2, "branch"),
        (5, "item_barcode"),
        (6, "issn"),
        (6, None),
        (7, None),
    ]
    assert result.problems[6].words == "the same barcode as in row 3: the row is left out"
    assert "more cells than headings" in result.problems[9].words


def test_missing_columns_are_told_once_and_nothing_is_imported():
    result = read_csv("title,isbn\nThe Imaginary Almanac,0306406152\n")
    assert result.items == ()
    assert told(result) == [(1, "item_barcode"), (1, "branch")]


@pytest.mark.parametrize("text", ["", "\ufeff", "\n\n  \n"])
def test_an_empty_file_has_no_columns(text):
    assert told(read_csv(text)) == [(0, "item_barcode"), (0, "branch")]


def test_a_heading_that_is_there_twice_counts_once():
    result = read_csv("item_barcode,branch,isbn,ISBN\n1,Main,0306406152,080442957X\n")
    assert result.items[0].keys == ("isbn:9780306406157",)
    assert result.problems == (RowProblem(row=1, column="ISBN", words="the column is there twice: the first counts"),)


def test_a_quote_that_is_never_closed_is_told_with_the_lines_it_swallowed():
    result = read_csv('item_barcode,branch,record_id\n1,Main,b1\n2,"Main,b2\n3,Main,b3\n')
    assert [item.copy.item_barcode for item in result.items] == ["1"]
    assert told(result) == [(3, None)]
    assert "lines 3 to 4" in result.problems[0].words


def test_reading_goes_on_after_a_broken_row():
    result = read_csv('item_barcode,branch,record_id\n1,"Main"x,b1\n2,Main,b2\n')
    assert [item.copy.item_barcode for item in result.items] == ["2"]
    assert told(result) == [(2, None)]


def test_cells_lose_line_breaks_and_control_characters():
    result = read_csv('item_barcode,branch,record_id,title\n1,Main,b1,"The\nImaginary \x00\x1b Almanac"\n')
    assert result.items[0].copy.title == "The Imaginary Almanac"


def test_a_short_row_has_empty_cells():
    assert read_csv("item_barcode,branch,record_id,title\n1,Main,b1\n").items[0].copy.title is None


def test_a_wrong_check_digit_of_a_barcode_is_told_and_the_item_comes_in():
    result = read_csv("item_barcode,branch,record_id\n35555000012349,Main,b1\n")
    assert len(result.items) == 1
    assert told(result) == [(2, "item_barcode")]


@pytest.mark.parametrize("barcode", ["29999000000014", "3.02340E+13", '"3,0234E+13"'])
def test_a_customers_barcode_or_a_rounded_one_is_left_out_and_not_quoted(barcode):
    result = read_csv(f"item_barcode,branch,record_id\n{barcode},Main,b1\n")
    assert result.items == ()
    assert told(result) == [(2, "item_barcode")]
    assert barcode.strip('"') not in result.problems[0].words


@pytest.mark.parametrize("barcode", ["3000\u20130001011", "12|3"])
def test_a_barcode_that_sip2_cannot_carry_is_left_out(barcode):
    in_csv = read_csv(f"item_barcode,branch,record_id\n{barcode},Main,b1\n")
    in_json = read_json(json.dumps([{"item_barcode": barcode, "branch": "Main", "record_id": "b1"}]))
    for result, row in ((in_csv, 2), (in_json, 1)):
        assert result.items == ()
        assert told(result) == [(row, "item_barcode")]
        assert "SIP2 can't carry its character" in result.problems[0].words
        assert barcode not in result.problems[0].words


@pytest.mark.parametrize("wrap", [lambda items: items, lambda items: {"items": items}], ids=["list", "object"])
def test_json_gives_the_same_items(wrap):
    entry = {
        "item_barcode": 30234000517861,
        "Title": "The Imaginary Almanac",
        "author": "Invented, Ina",
        "isbn": ["0306406152", "080442957X"],
        "issn": None,
        "oclc": 42,
        "record_id": "b100",
        "branch": "Main",
        "call_number": "AY31 .I5",
        "item type": "book",
    }
    assert read_json(json.dumps(wrap([entry]))) == Import(items=(ALMANAC,))


def test_every_problem_of_every_json_item_is_told():
    good = {"item_barcode": "1", "branch": "Main", "record_id": "b1"}
    document = [
        {**good, "shelf": 1},
        "not an object",
        {**good, "shelf": 2},
        {**good, "item_barcode": "2", "title": {"nested": True}, "isbn": [True], "Branch": "North"},
    ]
    result = read_json(json.dumps(document))
    assert [(item.copy.item_barcode, item.copy.branch) for item in result.items] == [("1", "Main"), ("2", "Main")]
    assert told(result) == [(1, "shelf"), (2, None), (3, "item_barcode"), (4, "title"), (4, "isbn"), (4, "branch")]


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "1", '"items"', '{"items": {}}', "NaN"])
def test_what_is_no_list_of_items_is_told(text):
    result = read_json(text)
    assert result.items == ()
    assert told(result) == [(0, None)]


def test_a_lone_surrogate_does_not_reach_the_store():
    result = read_json('[{"item_barcode": "1", "branch": "Main", "record_id": "b1", "title": "Odd \\ud800title"}]')
    assert result.items[0].copy.title == "Odd title"


@given(st.text())
def test_any_text_can_be_read_as_csv_under_a_good_header(text):
    result = read_csv(HEADER + text)
    assert all(item.copy.item_barcode and item.copy.branch for item in result.items)


ROWS = st.dictionaries(
    st.sampled_from(COLUMNS) | st.text(),
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
)


@given(st.lists(ROWS | st.integers()) | st.dictionaries(st.just("items"), ROWS | st.lists(ROWS)))
def test_any_json_can_be_read(document):
    result = read_json(json.dumps(document))
    assert all(item.copy.item_barcode and item.copy.branch for item in result.items)


@given(st.lists(st.tuples(*[st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]))] * 3), max_size=5))
def test_every_row_of_a_well_formed_file_is_an_item_or_has_a_problem(entries):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("item_barcode", "branch", "title"), *entries])
    result = read_csv(out.getvalue())
    rows_told = {problem.row for problem in result.problems}
    blank = sum(not any(cell.strip() for cell in entry) for entry in entries)
    assert len(rows_told) == len(entries) - blank
    assert len(result.items) <= len(entries)


def test_collection_year_and_day_of_acquisition_are_read_and_what_is_none_is_told():
    found = read_csv(
        "item_barcode,branch,record_id,collection,published,acquired_on\n"
        "30234000517861,Main,ex1,stacks,c2019-,2026-01-31\n"
        "33191000105864,Main,ex2,,soon,31/01/2026\n"
        "31168098063892,Main,ex3,,,\n"
    )
    ages = [(item.copy.collection, item.copy.published, item.copy.acquired_on) for item in found.items]
    assert ages == [("stacks", 2019, date(2026, 1, 31)), (None, None, None), (None, None, None)]
    assert [(problem.row, problem.column) for problem in found.problems] == [(3, "published"), (3, "acquired_on")]


def test_branches_that_nobody_knows_and_items_without_a_title_are_told_for_the_list_as_a_whole():
    found = read_csv(
        "item_barcode,branch,title,isbn\n30234000517861,Main,,9780306406157\n33191000105864,Moon,Maps,9780262033848\n"
    )
    odd = found.looked_over(frozenset({"Main"})).problems
    assert [(problem.row, problem.column) for problem in odd] == [(0, "title"), (0, "branch")]
    assert "“Moon” is no branch of the settings; 1 item is imported all the same" in odd[1].words
    assert [problem.column for problem in found.looked_over(None).problems] == ["title"]
