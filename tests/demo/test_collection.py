"""The demonstration data is sound: barcodes and standard numbers check, references resolve, every status occurs."""

import csv
import io

import pytest
from stdnum import isbn, issn, luhn

from gateway.demo.collection import ITEM_LIST_COLUMNS, demonstration_collection, item_list_csv
from gateway.demo.library import Library
from gateway.demo.records import CirculationStatus

COLLECTION = demonstration_collection()


@pytest.mark.parametrize("row", COLLECTION.items, ids=lambda row: row.barcode)
def test_item_barcodes_have_fourteen_digits_begin_with_3_and_check(row):
    assert (len(row.barcode), row.barcode[0], luhn.is_valid(row.barcode)) == (14, "3", True)


@pytest.mark.parametrize("row", COLLECTION.customers, ids=lambda row: row.barcode)
def test_customer_barcodes_have_fourteen_digits_begin_with_2_and_check(row):
    assert (len(row.barcode), row.barcode[0], luhn.is_valid(row.barcode)) == (14, "2", True)


@pytest.mark.parametrize("title", COLLECTION.titles, ids=lambda row: row.record_id)
def test_standard_numbers_check(title):
    assert not title.isbn or isbn.is_valid(title.isbn)
    assert not title.issn or issn.is_valid(title.issn)


def test_every_circulation_status_occurs():
    assert {row.status for row in COLLECTION.items} == set(CirculationStatus)


def test_some_titles_have_several_copies():
    records = [row.record_id for row in COLLECTION.items]
    assert sum(records.count(record) > 1 for record in set(records)) >= 5


def test_every_reference_resolves(library: Library):
    state = library.state
    assert all({row.branch, row.location} <= state.branches.keys() for row in state.items.values())
    assert all(row.record_id in state.titles and row.item_type in state.item_types for row in state.items.values())
    assert all(loan.item in state.items and loan.customer in state.customers for loan in state.loans.values())
    assert all(row.customer in state.customers and row.pickup in state.branches for row in state.holds.values())


def test_items_on_loan_are_those_with_a_loan(library: Library):
    """12 stays with the loan of the customer who lost it."""
    lent = {
        CirculationStatus.CHARGED,
        CirculationStatus.CHARGED_NOT_RECALLABLE,
        CirculationStatus.RECALLED,
        CirculationStatus.LOST,
    }
    assert {item.barcode for item in library.state.items.values() if item.status in lent} == library.state.loans.keys()


def test_the_item_list_has_a_line_for_each_item():
    rows = list(csv.DictReader(io.StringIO(item_list_csv(COLLECTION))))
    assert tuple(rows[0]) == ITEM_LIST_COLUMNS
    assert [row["item_barcode"] for row in rows] == [row.barcode for row in COLLECTION.items]
    assert rows[0] == {
        "item_barcode": "30000000001010",
        "title": "The Imaginary Almanac",
        "author": "Placeholder, Ada",
        "isbn": "9780000000019",
        "issn": "",
        "oclc": "9990000001",
        "record_id": "ex000001",
        "branch": "EXC",
        "call_number": "031.02 PLA",
        "item_type": "BOOK",
    }
