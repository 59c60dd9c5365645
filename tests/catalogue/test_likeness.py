"""Titles, authors and years that mean the same, and those that only look alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue import likeness
from gateway.catalogue.judging import OTHER_TITLE, SAME_TITLE
from gateway.catalogue.likeness import Fit, same_author, title_likeness, words, years, years_apart


@pytest.mark.parametrize(
    ("wanted", "main", "full"),
    [
        ("The Imaginary Almanac", "The imaginary almanac", "The imaginary almanac"),
        ("Imaginary almanac", "The imaginary almanac", "The imaginary almanac : a novel"),
        ("The Imaginary Almanac: a novel", "The imaginary almanac", "The imaginary almanac : a novel"),
        ("The Imagnary Almanac", "The imaginary almanac", "The imaginary almanac"),
        ("The Imaginary Alamnac", "The imaginary almanac", "The imaginary almanac"),
        ("Uber Geologie", "Über Geologie", "Über Geologie : Aufsätze"),
        ("Imaginary almanac / Ada Example", "The imaginary almanac", "The imaginary almanac"),
        ("On", "On", "On"),
    ],
)
def test_the_same_title(wanted: str, main: str, full: str):
    assert title_likeness(wanted, main, full) >= SAME_TITLE


@pytest.mark.parametrize(
    ("wanted", "main"),
    [
        ("A short history of geology", "A brief history of geology"),
        ("Journal of geology", "Journal of applied geology"),
        ("Journal of applied geology", "Journal of geology"),
        ("Horology", "Hydrology"),
        ("Studies in geology", "Studies in zoology"),
        ("Handbook 1", "Handbook 2"),
        ("The Imaginary Almanac", ""),
        ("", "The Imaginary Almanac"),
    ],
)
def test_another_title_however_near(wanted: str, main: str):
    assert title_likeness(wanted, main, main) < SAME_TITLE


def test_titles_that_have_nothing_in_common_are_another_work():
    assert title_likeness("Beekeeping for beginners", "The Imaginary Almanac", "The Imaginary Almanac") < OTHER_TITLE


@given(st.text(), st.text(), st.text())
def test_likeness_lies_between_nothing_and_all(wanted: str, main: str, full: str):
    assert 0.0 <= title_likeness(wanted, main, full) <= 1.0


def test_small_words_count_where_there_are_no_others():
    assert words("To the") == ("to", "the")
    assert words("To the lighthouse") == ("lighthouse",)


@pytest.mark.parametrize(
    ("wanted", "author", "expected"),
    [
        ("Example, Ada", "Example, Ada, 1901-1980", Fit.YES),
        ("Ada Example", "Example, Ada", Fit.YES),
        ("Example, A.", "Example, Ada", Fit.YES),
        ("Example", "Example, Ada", Fit.YES),
        ("Exampel, Ada", "Example, Ada", Fit.YES),
        ("Ostermock, Tala", "Østermock, Tala", Fit.YES),
        ("Nowak-Muster, Kofi", "Nowak-Muster, Kofi", Fit.YES),
        ("Mster, D.", "Muster, Carla", Fit.NO),
        ("Example, Bertil", "Example, Ada", Fit.NO),
        ("Sample, Ada", "Example, Ada", Fit.NO),
        ("", "Example, Ada", Fit.UNCLEAR),
        ("Example, Ada", "", Fit.UNCLEAR),
    ],
)
def test_authors(wanted: str, author: str, expected: Fit):
    assert same_author(wanted, [author]) is expected


def test_any_of_several_authors_will_do():
    assert same_author("Sample, Bertil", ["Example, Ada", "Sample, Bertil"]) is Fit.YES


@pytest.mark.parametrize(
    ("text", "expected"),
    [("c1998.", (1998,)), ("[1998?]", (1998,)), ("1998-05-01", (1998,)), ("1998, c1997", (1998, 1997)), ("n.d.", ())],
)
def test_years(text: str, expected: tuple[int, ...]):
    assert years(text) == expected


def test_the_nearest_years_count():
    assert years_apart("1998", (1990, 1997)) == 1
    assert years_apart(None, (1990,)) is None
    assert years_apart("1998", ()) is None


def test_letters_without_a_decomposition_are_folded_too():
    assert likeness.folded("Øß Łæ") == "oss lae"
