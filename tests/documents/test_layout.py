"""Fixed-width text: nothing is wider than the page, and nothing of a text is lost by wrapping it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.layout import LABEL_WIDTH, WIDTH, centred, clean, columns, field, page, sides, wrap

ODD = st.text() | st.text("宽い한e\u0301\x1b W", min_size=60)


@given(ODD, st.integers(2, WIDTH))
def test_wrapping_keeps_the_width_and_every_character(text, width):
    lines = wrap(text, width)
    assert all(0 < columns(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == clean(text).replace(" ", "")


def test_words_stay_whole_where_they_fit():
    assert wrap("The Imaginary Almanac", 14) == ["The Imaginary", "Almanac"]


def test_a_word_wider_than_the_line_is_cut():
    assert wrap("a Llanimaginarygogogoch", 10) == ["a", "Llanimagin", "arygogogoc", "h"]


def test_wide_characters_take_two_columns():
    assert wrap("想像年鑑", 4) == ["想像", "年鑑"]


@pytest.mark.parametrize("text", ["", "  ", "\x00", "\u200b"])
def test_a_text_with_nothing_to_print_gives_no_line(text):
    assert wrap(text) == []
    assert field("Title", text) == []


def test_control_sequences_do_not_reach_the_printer():
    assert clean("The\x1b[2J Imaginary\r\n\x0cAlmanac\u202e") == "The[2J Imaginary Almanac"


def test_an_accent_written_apart_is_composed():
    assert clean("Almanaque\u0301") == "Almanaqué"


def test_a_field_has_its_label_on_the_first_line_alone():
    assert field("To", "Sample City Library", None, "Sample City") == [
        "To              Sample City Library",
        "                Sample City",
    ]


@given(ODD)
def test_cleaning_twice_changes_nothing(text):
    assert clean(clean(text)) == clean(text)
    assert clean(text).isprintable()


@given(ODD)
def test_a_fields_value_stands_right_of_its_label(text):
    for place, line in enumerate(field("Title", text)):
        assert columns(line) <= WIDTH
        assert line[:LABEL_WIDTH].strip() == ("" if place else "Title")


@given(ODD, ODD)
def test_the_two_sides_of_a_line_never_touch(left, right):
    lines = sides(left, right)
    assert all(columns(line) <= WIDTH for line in lines)
    assert "".join(lines).replace(" ", "") == (clean(left) + clean(right)).replace(" ", "")


def test_a_block_is_centred_as_a_whole():
    assert centred(["####", "#"]) == [" " * 34 + "####", " " * 34 + "#"]


def test_a_page_has_rules_between_blocks_and_none_around_empty_ones():
    double, single = "=" * WIDTH, "-" * WIDTH
    assert page(["title"], ["one"], [], ["two "]) == f"{double}\ntitle\n{double}\none\n{single}\ntwo\n{double}\n"
