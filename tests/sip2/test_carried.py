"""What barcodes and accounts can't hold, whatever the code page: told by its place, never by the text."""

import pytest

from gateway.sip2.carried import not_carried


@pytest.mark.parametrize("text", ["", "30234000517861", "A-12.3 (b)/c", "B\u00fccher1"])
def test_letters_digits_and_the_marks_of_ascii_are_carried(text: str):
    assert not_carried(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3000\u20130001011", "character 5, en dash"),
        ("12|3", "character 3, vertical line"),
        ("1\u00a02", "character 2, no-break space"),
        ("1\r", "character 2, a control character"),
    ],
)
def test_the_first_character_that_is_not_is_named_by_its_place(text: str, words: str):
    assert not_carried(text) == f"SIP2 can't carry its {words}"
