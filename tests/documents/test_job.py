"""On what papers are printed: by printer, by paper, as usual; what isn't there is refused in words."""

import pytest

from gateway.documents.job import PrintChoice, Stationery, Unprintable, begun, runs
from gateway.documents.papers import Paper
from gateway.documents.samples import SAMPLES
from gateway.stationery import PaperName, SheetSize

LABEL, SLIP = SAMPLES[7], SAMPLES[0]
OURS = Stationery(
    sheet=SheetSize.A4,
    stock={PaperName.SHIPPING_LABEL: "L7163"},
    printers={"thermal": {PaperName.SHIPPING_LABEL: "4x6"}},
)


def stocks(*papers: Paper, choice: PrintChoice | None = None) -> list[tuple[str, int]]:
    return [(run.stock, len(run.papers)) for run in runs(papers, OURS, choice or PrintChoice())]


def test_a_printers_stock_goes_before_the_papers_and_that_before_the_usual():
    assert stocks(LABEL, SLIP) == [("L7163", 1), ("a4-4", 1)]
    assert stocks(LABEL, SLIP, choice=PrintChoice(printer="thermal")) == [("4x6", 1), ("a4-4", 1)]
    assert stocks(LABEL, SLIP, choice=PrintChoice(printer="thermal", stock="a4-2")) == [("a4-2", 2)]


def test_the_first_free_place_is_that_of_the_first_sheet():
    first, second = runs([LABEL, SLIP], OURS, PrintChoice(start=14))
    assert (first.start, second.start) == (14, 1)


def test_a_carts_papers_come_together_by_stock_and_each_stock_has_its_first_free_place():
    cart = [SLIP, LABEL, SLIP, LABEL, LABEL]
    made = runs(cart, OURS, PrintChoice(start=2, starts={"L7163": 9}))
    assert [(run.stock, len(run.papers), run.start) for run in made] == [("a4-4", 2, 2), ("L7163", 3, 9)]


def test_a_sheet_of_labels_goes_on_at_its_next_place_and_a_plain_sheet_is_cut():
    assert begun(runs([SLIP, LABEL, LABEL], OURS, PrintChoice(starts={"L7163": 9}))) == {"L7163": 11}
    assert begun(runs([LABEL, LABEL], OURS, PrintChoice(start=13))) == {"L7163": 1}, "the sheet is used up"
    assert begun(runs([LABEL] * 17, OURS, PrintChoice())) == {"L7163": 4}
    assert begun(runs([LABEL], OURS, PrintChoice(printer="thermal"))) == {}


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (PrintChoice(start=15), "start: a sheet has places 1 to 14."),
        (PrintChoice(start=0), "start: a sheet has places 1 to 14."),
        (PrintChoice(stock="5161"), "stock: there is no “5161”"),
        (PrintChoice(stock="a4-bands"), "stock: a4-bands is too small for a packing slip."),
        (PrintChoice(printer="attic"), "printer: the settings name no printer “attic”; there are thermal."),
    ],
)
def test_what_is_not_there_is_refused_in_words(choice, words):
    with pytest.raises(Unprintable, match=words.replace(".", r"\.")):
        runs([SAMPLES[5] if choice.stock == "a4-bands" else LABEL], OURS, choice)
