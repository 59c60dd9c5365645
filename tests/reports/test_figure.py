"""What every figure promises: a number of things that happened opens the list of them, or it is said why none can be opened."""

import pytest

from gateway.reports.catalogue import FIGURES
from gateway.reports.figure import OF_LINE, Figure, Opens, Unit


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_every_count_and_amount_opens_what_is_behind_it_or_says_why_nothing_can_be(figure: Figure) -> None:
    for column in figure.columns:
        if column.unit in {Unit.COUNT, Unit.AMOUNT}:
            assert (column.opens is Opens.NOTHING) == bool(column.no_list), column.name
        if column.behind and column.behind != OF_LINE:
            assert column.behind in figure.questions
