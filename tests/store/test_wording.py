"""What a request is found by: words and numbers as people would compare them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.store import wording
from tests.store.values import request


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Über Öl, 2. Aufl.", "uber ol 2 aufl"),
        ("L'oubli", "l oubli"),
        ("STRAẞE straße", "strasse"),
        ("war_and_peace war", "war and peace"),
        ("日本の本", "日 本 の"),
        ("Ελλάδα", "ελλαδα"),
        ("x\0y", "x y"),
        ("🚲", ""),
        ("ﬁne ½", "fine 1 2"),
    ],
)
def test_words_have_neither_accents_nor_case(text: str, words: str) -> None:
    assert " ".join(wording.words(text)) == words


@pytest.mark.parametrize(
    ("text", "number"),
    [("EV-12 a", "ev12a"), ("*3 1234*", "31234"), ("978-0-306", "9780306"), ("--", ""), ("x" * 500, "x" * 64)],
)
def test_numbers_are_letters_and_digits(text: str, number: str) -> None:
    assert wording.number(text) == number


@given(st.text())
def test_a_word_is_letters_and_digits_whatever_is_written(text: str) -> None:
    words = wording.words(text, text)
    assert len(set(words)) == len(words)
    assert all(word.isalnum() and len(word) <= wording.LONGEST_WORD for word in words), words
    assert all(word.isalnum() for word in [wording.number(text)] if word)


def test_long_texts_give_so_many_words_and_no_more() -> None:
    assert len(wording.words(" ".join(map(str, range(10_000))))) == wording.WORDS_MOST


def test_a_partner_has_a_word_that_nobody_can_type() -> None:
    word = wording.partner_word("example-valley")
    assert word in wording.words_of(wording.Sources.of(request(1))).split()
    assert wording.words(word) != (word,)
