"""Standard numbers: one spelling each; a wrong check digit is told apart from what is no such number."""

import pytest

from gateway.standard_numbers import BadIdentifierError, CheckDigitError, isbn13, issn8, oclc_number


@pytest.mark.parametrize("text", ["0-306-40615-2", "978-0-306-40615-7", "urn:ISBN:0306406152", "0306406152 (pbk.)"])
def test_an_isbn_is_thirteen_digits_whatever_form_it_came_in(text):
    assert isbn13(text) == "9780306406157"


@pytest.mark.parametrize("text", ["0378-5955", "ISSN 03785955", "3785955", "urn:ISSN:0378-5955"])
def test_an_issn_is_eight_characters(text):
    assert issn8(text) == "03785955"


@pytest.mark.parametrize("text", ["ocm00012345", "(OCoLC)12345", "12345"])
def test_an_oclc_number_is_its_digits(text):
    assert oclc_number(text) == "12345"


def test_a_wrong_check_digit_is_told_with_the_number_as_it_was_written():
    with pytest.raises(CheckDigitError) as wrong:
        isbn13("0-306-40615-x")
    assert wrong.value.number == "030640615X"


def test_what_has_not_the_form_is_no_matter_of_check_digits():
    with pytest.raises(BadIdentifierError) as wrong:
        issn8("no number")
    assert not isinstance(wrong.value, CheckDigitError)
