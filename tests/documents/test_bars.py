"""Bars: what each symbology takes, what has none, and the quiet zone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.bars import MOST_CHARACTERS, bars, square
from gateway.stationery import Symbology


@pytest.mark.parametrize("symbology", Symbology)
@given(text=st.text(max_size=60))
def test_any_text_has_bars_or_none(symbology, text):
    drawn = bars(text, symbology)
    can_be_said = 0 < len(text) <= MOST_CHARACTERS and re.fullmatch(r"[ -~]+", text)
    assert (drawn is not None) == bool(can_be_said)


@pytest.mark.parametrize("symbology", Symbology)
def test_ten_narrow_bars_stay_white_on_either_side(symbology):
    drawn = bars("30234000517861", symbology)
    assert drawn is not None
    (width,) = re.findall(r'width="(\d+)"', drawn.svg)
    runs = [(int(start), int(wide)) for start, wide in re.findall(r"M(\d+) 0h(\d+)", drawn.svg)]
    narrow = min(wide for _, wide in runs)
    assert drawn.modules == int(width) / narrow
    assert runs[0][0] == 10 * narrow
    assert int(width) - sum(runs[-1]) == 10 * narrow


@pytest.mark.parametrize(
    ("text", "symbology"), [("abc-1", Symbology.CODE_39), ("P-1", Symbology.CODABAR), ("A123", Symbology.CODABAR)]
)
def test_what_a_symbology_lacks_is_said_in_code_128(text, symbology):
    assert bars(text, symbology) == bars(text, Symbology.CODE_128)


def test_codabar_has_its_letters_whether_the_barcode_names_them_or_not():
    assert bars("A30234000517861B", Symbology.CODABAR) == bars("30234000517861", Symbology.CODABAR)


def test_a_square_has_four_white_squares_around_it():
    drawn = square("L-7K3M9-QXT2B")
    assert drawn is not None
    assert min(int(x) for x in re.findall(r"M(\d+) ", drawn.svg)) == 4
    assert drawn.modules == 21 + 8
