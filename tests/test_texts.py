"""Text in any code page is read, and becomes one line that a store takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.texts import decoded, one_line


@pytest.mark.parametrize(
    ("data", "named", "text"),
    [
        (b"Caf\xc3\xa9", "", "Café"),
        (b"Caf\xe9", "", "Café"),
        (b"Caf\xe9", "UTF-8", "Café"),
        (b"\x93Caf\xe9\x94", "ISO-8859-1", "“Café”"),
        (b"\xa3\xf3d\xbc", "iso-8859-2", "Łódź"),
        (b"\x81\xe9", "", "\x81é"),
        (b"Caf\xe9", "no such page", "Café"),
    ],
)
def test_utf_8_first_then_what_was_named_then_western(data, named, text):
    assert decoded(data, named) == text


@given(st.binary(), st.text(max_size=12))
def test_any_bytes_are_read(data, named):
    assert isinstance(decoded(data, named), str)


@given(st.text())
def test_good_utf_8_is_read_as_such_and_one_line_can_be_stored(text):
    assert decoded(text.encode(), "iso-8859-2") == text
    line = one_line(text)
    assert line == one_line(line)
    assert not set(line) & set(map(chr, range(32)))
