"""What papers may say: nothing that leaves the house can name a customer, and each has a template's name of its own."""

from typing import get_args

import pytest

from gateway.documents.papers import AnyPaper, BorrowedStrap
from gateway.stationery import PaperName

PAPERS = get_args(AnyPaper)


def test_each_paper_has_its_name():
    assert [paper.named() for paper in PAPERS] == list(dict.fromkeys(paper.named() for paper in PAPERS))
    assert {paper.named() for paper in PAPERS} == set(PaperName)


@pytest.mark.parametrize("paper", PAPERS)
def test_the_strap_that_stays_in_the_house_alone_has_a_place_for_the_customer(paper):
    assert ("customer" in paper.__struct_fields__) is (paper is BorrowedStrap)
    assert not (paper.leaves_the_house and "customer" in paper.__struct_fields__)
