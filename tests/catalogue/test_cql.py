"""Queries in CQL: whatever a title holds, it stays a term."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue.cql import all_of, any_of, beginning, clause, term


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("almanac", '"almanac"'),
        ('the "Imaginary" Almanac', r'"the \"Imaginary\" Almanac"'),
        ("what? all*", r'"what\? all\*"'),
        ("^first", r'"\^first"'),
        ("back\\slash", r'"back\\slash"'),
        ("two\nlines\tand\0more", '"two lines and more"'),
        ("  ", '""'),
        ("a) or (b", '"a) or (b"'),
    ],
)
def test_a_term_is_quoted(text: str, quoted: str):
    assert term(text) == quoted


@given(st.text())
def test_no_text_gets_out_of_its_quotes(text: str):
    assert re.fullmatch(r'"(?:[^"\\*?^]|\\.)*"', term(text))


def test_a_clause_names_its_index():
    assert clause("bath.isbn", "9780306406157") == 'bath.isbn="9780306406157"'


def test_a_beginning_has_a_mask_behind_it_and_no_other():
    assert beginning("dc.title", "alma") == 'dc.title="alma*"'
    assert beginning("dc.title", 'a"*') == r'dc.title="a\"\**"'


def test_one_alternative_needs_no_brackets_and_none_twice():
    assert any_of([clause("a", "1"), clause("a", "1"), ""]) == 'a="1"'


def test_mixed_booleans_are_bracketed():
    """CQL reads booleans from left to right, all with the same precedence."""
    either = any_of([clause("a", "1"), clause("a", "2")])
    assert either == 'a="1" or a="2"'
    assert all_of([either, clause("b", "3")]) == '(a="1" or a="2") and b="3"'


def test_a_boolean_within_a_term_is_none():
    assert all_of([clause("a", "war and peace"), clause("b", "x")]) == 'a="war and peace" and b="x"'
