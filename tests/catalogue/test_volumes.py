"""Captions of parts, as libraries write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue.likeness import Fit
from gateway.catalogue.volumes import Caption, fits, read


def part(volumes=(), issues=(), years=()) -> Caption:
    return Caption(volumes=frozenset(volumes), issues=frozenset(issues), years=frozenset(years))


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("v.2", part([2])),
        ("vol. 2", part([2])),
        ("Vol.12 no.3 (1998)", part([12], [3], [1998])),
        ("Bd. IV", part([4])),
        ("t. xii", part([12])),
        ("Jg. 12 (1998)", part([12], (), [1998])),
        ("v.1-3", part([1, 2, 3])),
        ("v. 12 no. 1/2 (1998)", part([12], [1, 2], [1998])),
        ("1998-1999", part((), (), [1998, 1999])),
        ("1998/99", part((), (), [1998, 1999])),
        ("1998:12", part([12], (), [1998])),
        ("12:3 (1998)", part([12], [3], [1998])),
        ("III", part([3])),
        ("i", part()),
        ("Heft 7", part((), [7])),
        ("c.2", part([2])),
        ("Supplement", part()),
        ("", part()),
    ],
)
def test_a_caption_is_read(caption: str, expected: Caption):
    assert read(caption) == expected


@pytest.mark.parametrize(
    ("caption", "wanted", "texts", "expected"),
    [
        ("v.2", part([2]), ("2",), Fit.YES),
        ("v.3", part([2]), ("2",), Fit.NO),
        ("v.1-3", part([2]), ("2",), Fit.YES),
        ("Vol. 12 no. 1-4 (1998)", part([12], [3], [1998]), ("12",), Fit.YES),
        ("Vol. 12 no. 5 (1998)", part([12], [3], [1998]), ("12",), Fit.NO),
        ("Jg. 12 (1998)", part([12], [3], [1999]), ("12",), Fit.NO),
        ("v.12", part([12], [3], [1998]), ("12",), Fit.YES),
        ("Supplement A", part(), ("supplement a.",), Fit.YES),
        ("Index", part([12]), ("12",), Fit.UNCLEAR),
        (None, part([12]), ("12",), Fit.UNCLEAR),
        ("", part([12]), ("12",), Fit.UNCLEAR),
    ],
)
def test_an_item_is_the_part_wanted_or_not(caption: str | None, wanted: Caption, texts: tuple[str, ...], expected: Fit):
    assert fits(caption, wanted, texts) is expected


@given(st.text())
def test_no_caption_breaks_the_reader(caption: str):
    assert isinstance(read(caption), Caption)


@given(st.integers(1, 399))
def test_a_volume_in_roman_numerals_is_the_same_volume(number: int):
    pairs = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    roman, rest = "", number
    for value, letters in pairs:
        roman += letters * (rest // value)
        rest %= value
    assert read(f"vol. {roman}").volumes == {number}
