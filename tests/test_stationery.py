"""The stocks: nothing lies outside its sheet or over its neighbour, and each paper has a usual one."""

import pytest

from gateway.stationery import STOCKS, USUAL, PaperName, SheetSize


@pytest.mark.parametrize("name", STOCKS)
def test_the_places_of_a_stock_lie_beside_each_other_on_its_sheet(name):
    stock = STOCKS[name]
    if stock.sheet_height is None:
        return
    right = stock.left + (stock.across - 1) * stock.pitch_across + stock.width
    bottom = stock.top + (stock.down - 1) * stock.pitch_down + stock.height
    assert right <= stock.sheet_width + 0.01
    assert bottom <= stock.sheet_height + 0.01
    assert stock.across == 1 or stock.pitch_across >= stock.width
    assert stock.down == 1 or stock.pitch_down >= stock.height - 0.01


def test_each_paper_has_a_usual_stock_for_each_sheet():
    assert set(USUAL) == set(PaperName)
    for usual in USUAL.values():
        assert set(usual) == set(SheetSize)
        assert set(usual.values()) <= set(STOCKS)
