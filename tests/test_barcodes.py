"""Scans: what surrounds a barcode goes, what is odd about it is said, and nothing is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from gateway.barcodes import BarcodeKind, BarcodeWarning, Scan, scanned
from gateway.orders.cells import CellError, read_customer
from gateway.sip2.carried import not_carried

RIGHT = ["30234000517861", "33191000105864", "31168098063892"]


@pytest.mark.parametrize("barcode", RIGHT)
def test_a_right_item_barcode_gives_no_warning(barcode):
    assert scanned(barcode) == Scan(barcode=barcode, kind=BarcodeKind.ITEM)


def test_a_wrong_check_digit_is_a_warning_and_no_error():
    assert scanned("35555000012349") == Scan(
        barcode="35555000012349", kind=BarcodeKind.ITEM, warnings=(BarcodeWarning.CHECK_DIGIT,)
    )


def test_a_customers_barcode_is_told_from_an_items():
    barcode = "2999900000001"
    assert scanned(barcode + luhn.calc_check_digit(barcode)).kind is BarcodeKind.CUSTOMER


@pytest.mark.parametrize("form", ["{}", "A{}B", "a{}d", "C{}C", "*{}*", " {}\r\n", "*A{}B*", "\t{}\x04"])
def test_what_surrounds_a_barcode_goes(form):
    assert scanned(form.format(RIGHT[0])) == Scan(barcode=RIGHT[0], kind=BarcodeKind.ITEM)


def test_blanks_between_digits_go_as_under_a_label():
    assert scanned("3 0234 00051 7861").barcode == RIGHT[0]


@pytest.mark.parametrize("text", ["A123", "ABC 123", "123B", "E1234E", "AB*12", "00X1"])
def test_a_barcode_that_merely_has_letters_stays_as_it_is(text):
    assert scanned(text) == Scan(barcode=text)


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("9780306406157", (BarcodeWarning.ISBN,)),
        ("9780306406158", (BarcodeWarning.ISBN, BarcodeWarning.CHECK_DIGIT)),
    ],
)
def test_the_isbn_on_the_cover_is_recognised(text, warnings):
    assert scanned(text) == Scan(barcode=text, kind=BarcodeKind.ISBN, warnings=warnings)


@pytest.mark.parametrize("between", ["\r", "\n", "\t", "\x00", "\x1c", "\u200b", "\u2028", "\r\n"])
def test_what_stands_inside_stays_and_can_be_no_barcode(between):
    """A scan that was cut off and the next one are no third number."""
    broken = scanned(f"2999900000{between}1234").barcode
    assert broken == f"2999900000{between}1234"
    assert not_carried(broken)
    with pytest.raises(CellError):
        read_customer(broken)


@pytest.mark.parametrize("text", ["", "  ", "\r\n", "\x00"])
def test_an_empty_scan_says_so(text):
    assert scanned(text) == Scan(barcode="", warnings=(BarcodeWarning.EMPTY,))


@given(st.from_regex(r"\A[23][0-9]{12}\Z"))
def test_exactly_one_last_digit_is_right(first_thirteen):
    unwarned = [digit for digit in "0123456789" if not scanned(first_thirteen + digit).warnings]
    assert unwarned == [luhn.calc_check_digit(first_thirteen)]


@given(st.text())
def test_any_text_can_be_scanned_and_what_surrounds_it_goes(text):
    barcode = scanned(text).barcode
    assert barcode == barcode.strip()
    assert barcode == "" or (barcode[0].isprintable() and barcode[-1].isprintable())
