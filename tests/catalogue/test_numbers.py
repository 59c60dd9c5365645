"""Numbers with a slip in them, and what they were probably meant to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean, isbn

from gateway.catalogue.keys import KeyKind, make_key
from gateway.catalogue.numbers import readings, without_check_digit

ALMANAC = "isbn:9780306406157"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0306406152", (ALMANAC,)),
        ("978030640615", (ALMANAC,)),
        ("030640615", (ALMANAC,)),
        ("ISBN 978-0-306-40615-9", (ALMANAC,)),
        ("0306406153 (pbk.)", (ALMANAC,)),
        ("03064", ()),
        ("none", ()),
    ],
)
def test_an_isbn_is_mended(text: str, expected: tuple[str, ...]):
    assert set(expected) <= set(readings(KeyKind.ISBN, text))
    assert bool(readings(KeyKind.ISBN, text)) is bool(expected)


@given(st.integers(0, 10**9 - 1))
def test_every_isbn_is_found_again_without_its_check_digit(number: int):
    body = f"978{number:09}"
    whole = body + ean.calc_check_digit(body)
    assert f"isbn:{whole}" in readings(KeyKind.ISBN, body)
    ten = str(isbn.to_isbn10(whole))
    assert f"isbn:{whole}" in readings(KeyKind.ISBN, ten[:-1]) or readings(KeyKind.ISBN, ten[:-1]) == (
        make_key(KeyKind.ISBN, ten[:-1]),
    )


def test_an_issn_is_mended():
    assert readings(KeyKind.ISSN, "2049-363") == ("issn:20493630",)
    assert readings(KeyKind.ISSN, "2049-3631") == ("issn:20493630",)


@pytest.mark.parametrize("kind", [KeyKind.OCLC, KeyKind.LCCN])
def test_other_numbers_have_no_check_digit_to_mend(kind: KeyKind):
    assert readings(kind, "not a number") == ()


@given(st.sampled_from(KeyKind), st.text())
def test_no_text_breaks_the_reader(kind: KeyKind, text: str):
    assert isinstance(readings(kind, text), tuple)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("978030640615", ALMANAC),
        ("030640615 (pbk.)", ALMANAC),
        ("ISBN 0-306-40615", ALMANAC),
        ("0306406153", None),
        ("9780306406159", None),
        ("none", None),
    ],
)
def test_a_number_without_its_check_digit_is_told_from_one_with_a_wrong_one(text: str, key: str | None):
    assert without_check_digit(KeyKind.ISBN, text) == key
    assert without_check_digit(KeyKind.OCLC, text) is None
