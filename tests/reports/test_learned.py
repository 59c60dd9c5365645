"""What is known of a lender, by what it goes, and what staff set in place of it."""

import pytest

from gateway.reports.learned import Known, known, patience
from gateway.reports.lenders import LenderFigures
from gateway.workflow.partners import Expected

SERVED = LenderFigures(fill_rate=0.625, turnaround_days=6.5, asked=16, no_days=3.4, promise_days=2.5)


def of(name: str, figures: LenderFigures = SERVED, expected: Expected = Expected()) -> Known:  # noqa: B008 - a frozen value
    return next(each for each in known(figures, expected) if each.name == name)


@pytest.mark.parametrize(
    ("name", "value", "basis"),
    [
        ("Supplies what it is asked for", "62%", "of 16 requests that it has answered, or was left for its silence"),
        ("Days until its no", "3.4 days", "mean, until another could be asked"),
        ("Waited for", "as the clock says", "95 in 100 promises came within 2.5 days"),
        ("From our request to the item", "6.5 days", "median, from the confirmation of our request to the scan on arrival"),
    ],
)  # fmt: skip
def test_each_value_says_by_what_it_goes(name: str, value: str, basis: str):
    assert of(name) == Known(name=name, value=value, basis=basis)


def test_a_lender_that_was_never_asked_has_what_is_supposed_of_it():
    assert [each.value for each in known(LenderFigures(), Expected())] == [
        "50%",
        "2 days",
        "as the clock says",
        "not known",
    ]


def test_what_staff_set_counts_and_what_was_learned_is_shown_beside_it():
    expected = Expected(supplies_percent=10, no_days=9.0, waits_days=1.5)
    assert (of("Supplies what it is asked for", expected=expected).value, patience(SERVED, expected)) == ("10%", 1.5)
    set_days = of("Days until its no", expected=expected)
    assert (set_days.value, set_days.basis) == ("9 days", "set in its record")
    assert set_days.learned == "3.4 days: mean, until another could be asked"


def test_a_lender_is_waited_for_as_long_as_its_promises_take_where_that_is_longer_than_the_clock():
    slow = LenderFigures(promise_days=6.0)
    assert (patience(slow, Expected()), of("Waited for", slow).value) == (7.0, "7 days")
    assert of("Waited for", slow).basis == "95 in 100 promises came within 6 days, and one more"
    assert patience(LenderFigures(promise_days=4.0), Expected()) is None, "the clock's three open days are as long"


def test_no_lender_is_waited_for_without_end_for_its_own_slowness():
    assert patience(LenderFigures(promise_days=30.0), Expected()) == 10.0
    assert patience(LenderFigures(), Expected()) is None
