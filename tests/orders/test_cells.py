"""The cells of a list of requests: what is taken, and what is wrong in words that do not quote it."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.iso18626.codes import ServiceType
from gateway.orders.cells import (
    CHECK_DIGIT,
    CellError,
    doubt_about_customer,
    read_branch,
    read_customer,
    read_need_before,
    read_service,
)

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "barcode"),
    [("29999000001234", "29999000001234"), ("2 9999 00000 1234", "29999000001234"), ("AB-12.7", "AB-12.7")],
)
def test_a_barcode_is_taken_without_its_blanks(text, barcode):
    assert read_customer(text) == barcode


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("2.9999E+13", "a spreadsheet has rounded this number"),
        ("30234000517861", "this has the form of an item's barcode"),
        ("jo.doe@example.org", "not a barcode"),
        ("4" * 33, "not a barcode"),
    ],
)
def test_what_is_no_customers_barcode_is_told_and_not_quoted(text, why):
    with pytest.raises(CellError, match=why) as wrong:
        read_customer(text)
    assert not text or text not in str(wrong.value)


@pytest.mark.parametrize(
    ("barcode", "doubt"), [("29999000001234", CHECK_DIGIT), ("29999000001230", None), ("1234", None)]
)
def test_a_wrong_check_digit_is_a_doubt_and_only_where_there_is_one(barcode, doubt):
    assert doubt_about_customer(barcode) == doubt


@pytest.mark.parametrize(
    ("text", "is_part", "service"),
    [
        ("Loan", True, ServiceType.LOAN),
        ("COPY", False, ServiceType.COPY),
        ("photo-copy", False, ServiceType.COPY),
        ("copy or loan", False, ServiceType.COPY_OR_LOAN),
        ("", True, ServiceType.COPY),
        ("", False, ServiceType.LOAN),
    ],
)
def test_loan_and_copy_are_read_in_many_words(text, is_part, service):
    assert read_service(text, is_part=is_part) is service


def test_another_service_is_told():
    with pytest.raises(CellError, match='neither "loan" nor "copy"'):
        read_service("purchase", is_part=False)


def test_a_branch_is_written_as_the_library_writes_it():
    branches = frozenset({"MAIN", "East"})
    assert read_branch("main", branches) == "MAIN"
    assert read_branch("", branches) is None
    assert read_branch("anywhere", None) == "anywhere"
    with pytest.raises(CellError, match="not a pickup branch; those are East, MAIN"):
        read_branch("West", branches)


@pytest.mark.parametrize(
    ("text", "day_first", "day"),
    [
        ("2026-12-24", False, date(2026, 12, 24)),
        ("2026-12-24T10:00:00", False, date(2026, 12, 24)),
        ("24.12.2026", False, date(2026, 12, 24)),
        ("12/24/2026", False, date(2026, 12, 24)),
        ("24/12/2026", True, date(2026, 12, 24)),
        ("1/2/2027", True, date(2027, 2, 1)),
        ("1/2/2027", False, date(2027, 1, 2)),
        ("2026-11-24", False, TODAY),
        ("", False, None),
    ],
)
def test_a_date_is_read_in_the_usual_forms(text, day_first, day):
    assert read_need_before(text, TODAY, day_first=day_first) == day


@pytest.mark.parametrize(
    ("text", "why"),
    [("24/12/2026", "not a date"), ("2026-02-30", "not a date"), ("soon", "not a date"), ("46000", "not a date"), ("2026-11-23", "past")],
)  # fmt: skip
def test_what_is_no_date_to_come_is_told(text, why):
    with pytest.raises(CellError, match=why):
        read_need_before(text, TODAY, day_first=False)


@given(st.text(), st.booleans())
def test_no_cell_raises_anything_but_what_can_be_told(text, flag):
    for read in (
        lambda: read_customer(text),
        lambda: read_service(text, is_part=flag),
        lambda: read_branch(text, frozenset({"MAIN"})),
        lambda: read_need_before(text, TODAY, day_first=flag),
    ):
        with contextlib.suppress(CellError):
            read()
