"""Queries in PQF: whatever a title holds, it stays a term."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue.pqf import all_of, any_of, beginning, clause, term


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("almanac", '"almanac"'),
        ('the "Imaginary" Almanac', r'"the \"Imaginary\" Almanac"'),
        ("back\\slash", r'"back\\slash"'),
        ("@and or @attr 1=4", '"@and or @attr 1=4"'),
        ("two\nlines\tand\0more", '"two lines and more"'),
        ("  ", '""'),
    ],
)
def test_a_term_is_quoted(text: str, quoted: str):
    assert term(text) == quoted


@given(st.text())
def test_no_text_gets_out_of_its_quotes(text: str):
    assert re.fullmatch(r'"(?:[^"\\]|\\.)*"', term(text))


def test_a_clause_has_the_attributes_of_its_index():
    assert clause("1=7", "9780306406157") == '@attr 1=7 "9780306406157"'
    assert clause("1=4 4=2 5=100", "almanac") == '@attr 1=4 @attr 4=2 @attr 5=100 "almanac"'


def test_a_beginning_is_truncated_to_the_right_and_not_otherwise():
    assert beginning("1=4 4=2 5=100", "alma") == '@attr 1=4 @attr 4=2 @attr 5=1 "alma"'
    assert beginning("1=4", "alma") == '@attr 1=4 @attr 5=1 "alma"'


def test_operators_stand_before_their_two_operands():
    assert any_of(["a", "b", "c"]) == "@or @or a b c"
    assert all_of(["a", any_of(["b", "c"])]) == "@and a @or b c"


def test_each_query_counts_once_and_none_for_nothing():
    assert any_of(["a", "", "a"]) == "a"
    assert all_of([]) == ""
