"""A benchmark says which bounds were missed, and ends with 1 if one was."""

import pytest

from bench.bounds import Measured, told
from bench.facts import MONTH_MS, YEAR_MS, FigureTook, Took

FIGURE = FigureTook(name="partners", month=Took(ms=MONTH_MS, cpu_ms=900), year=Took(ms=YEAR_MS + 1, cpu_ms=20))


def test_all_bounds_met_is_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert told([Measured(what="a workbook", value=20.0, bound=20.0, unit="s")]) == 0
    assert capsys.readouterr().out.strip() == "1 of 1 bounds are met"


def test_a_missed_bound_is_named_and_is_1(capsys: pytest.CaptureFixture[str]) -> None:
    """By the clock, whatever the processor time is."""
    assert told(FIGURE.measured("sqlite")) == 1
    assert capsys.readouterr().out.strip().splitlines() == [
        "1 of 2 bounds are met",
        "missed: sqlite, partners, a year: 1,001.0 ms, bound 1,000",
    ]


def test_what_has_no_bound_stands_in_the_table_alone() -> None:
    took = Took(ms=5_000, cpu_ms=4)
    free = FigureTook(name="behind bills", month=took, year=took, month_ms=None, year_ms=None)
    assert list(free.measured("sqlite")) == []
    assert free.row == ("behind bills", "5,000 / 4", "-", "5,000 / 4", "-")
    assert FIGURE.row == ("partners", "200 / 900", "200", "1,001 / 20", "1,000")
