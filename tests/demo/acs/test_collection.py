"""The demonstration data is sound: barcodes and standard numbers check, references resolve, every status occurs."""

import csv
import io
from datetime import UTC, datetime

import pytest
from stdnum import isbn, issn, luhn

from gateway.demo.acs.collection import (
    ITEM_LIST_COLUMNS,
    Collection,
    CollectionName,
    demonstration_collection,
    item_list_csv,
    pool_barcodes,
    state_at,
)
from gateway.demo.acs.library import Library
from gateway.demo.acs.records import CirculationStatus

COLLECTION = demonstration_collection()
HILLS = demonstration_collection(CollectionName.HILLS)
BOTH = (COLLECTION, HILLS)


def test_item_barcodes_have_fourteen_digits_begin_with_3_and_check():
    assert [row for each in BOTH for row in each.items if not is_barcode(row.barcode, "3")] == []


def test_customer_barcodes_have_fourteen_digits_begin_with_2_and_check():
    assert [row for each in BOTH for row in each.customers if not is_barcode(row.barcode, "2")] == []


def is_barcode(text: str, first: str) -> bool:
    return (len(text), text[0], luhn.is_valid(text)) == (14, first, True)


@pytest.mark.parametrize("title", [row for each in BOTH for row in each.titles], ids=lambda row: row.record_id)
def test_standard_numbers_check(title):
    assert not title.isbn or isbn.is_valid(title.isbn)
    assert not title.issn or issn.is_valid(title.issn)


def test_every_circulation_status_occurs():
    assert {row.status for row in COLLECTION.items} == set(CirculationStatus)


def test_some_titles_have_several_copies():
    records = [row.record_id for row in COLLECTION.items]
    assert sum(records.count(record) > 1 for record in set(records)) >= 5


@pytest.mark.parametrize("collection", BOTH, ids=("valley", "hills"))
def test_every_reference_resolves(collection: Collection):
    state = state_at(collection, datetime(2026, 3, 2, 9, tzinfo=UTC))
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


def test_the_libraries_have_no_work_and_no_barcode_in_common():
    for kind, name in (("titles", "isbn"), ("items", "barcode"), ("customers", "barcode")):
        valley, hills = ({getattr(row, name) for row in getattr(each, kind)} for each in BOTH)
        assert not valley & hills


def test_pool_barcodes_are_on_the_circulation_system_and_not_in_the_item_list():
    pool = pool_barcodes(COLLECTION)
    assert len(pool) == 12
    assert not any(barcode in item_list_csv(COLLECTION) for barcode in pool)
    assert not pool_barcodes(HILLS)


def test_the_item_list_has_a_line_for_each_item_that_is_owned():
    rows = list(csv.DictReader(io.StringIO(item_list_csv(COLLECTION))))
    assert tuple(rows[0]) == ITEM_LIST_COLUMNS
    assert [row["item_barcode"] for row in rows] == [row.barcode for row in COLLECTION.items if row.item_type != "ILL"]
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
