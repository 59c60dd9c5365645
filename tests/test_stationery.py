"""The stocks: nothing lies outside its sheet or over its neighbour, and each paper has a usual one."""

import pytest

from gateway.stationery import STOCKS, USUAL, PaperName, SheetSize, misfit


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
    assert [
        misfit(paper, name) for paper, usual in USUAL.items() for name in usual.values() if misfit(paper, name)
    ] == []


def test_nothing_is_stuck_on_another_librarys_book():
    adhesive = [name for name, stock in STOCKS.items() if stock.is_labels]
    for paper in (PaperName.BORROWED_STRAP, PaperName.COVER_BAND):
        assert all(misfit(paper, name) for name in adhesive)
    assert misfit(PaperName.COVER_BAND, "5126") == "is adhesive, and a cover band goes on another library's book"
    assert misfit(PaperName.STRAP, "5126") is None, "on ours"
