"""What is known of a lender, by what it goes, and what staff set in place of it."""

import pytest

from gateway.reports.learned import Known, known_as_borrower, known_as_lender, patience, says_received
from gateway.reports.lenders import LenderFigures
from gateway.workflow.partners import Expected, SaysReceived

SERVED = LenderFigures(fill_rate=0.625, turnaround_days=6.5, asked=16, no_days=3.4, promise_days=2.5)


def of(name: str, figures: LenderFigures = SERVED, expected: Expected = Expected()) -> Known:  # noqa: B008 - a frozen value
    return next(each for each in known_as_lender(figures, expected) if each.name == name)


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
    assert [each.value for each in known_as_lender(LenderFigures(), Expected())] == [
        "50%",
        "2 days",
        "as the clock says",
        "not known",
    ]


def test_one_request_is_one():
    told = known_as_lender(LenderFigures(fill_rate=1.0, asked=1), Expected())
    assert told[0].basis == "of the only request that it has answered, or was left for its silence"


def test_what_staff_set_counts_and_what_was_learned_is_shown_beside_it():
    expected = Expected(supplies_percent=10, no_days=9.0, waits_days=1.5)
    assert (of("Supplies what it is asked for", expected=expected).value, patience(SERVED, expected)) == ("10%", 1.5)
    set_days = of("Days until its no", expected=expected)
    assert (set_days.value, set_days.basis) == ("9 days", "set in its record")
    assert set_days.learned == "3.4 days: mean, until another could be asked"
    on_its_way = of("From our request to the item", expected=Expected(item_days=4.0))
    assert (on_its_way.value, on_its_way.learned) == (
        "4 days",
        "6.5 days: median, from the confirmation of our request to the scan on arrival",
    )


def test_a_lender_is_waited_for_as_long_as_its_promises_take_where_that_is_longer_than_the_clock():
    slow = LenderFigures(promise_days=6.0)
    assert (patience(slow, Expected()), of("Waited for", slow).value) == (7.0, "7 days")
    assert of("Waited for", slow).basis == "95 in 100 promises came within 6 days, and one more"
    assert patience(LenderFigures(promise_days=4.0), Expected()) is None, "the clock's three open days are as long"


def test_no_lender_is_waited_for_without_end_for_its_own_slowness():
    assert patience(LenderFigures(promise_days=30.0), Expected()) == 10.0
    assert patience(LenderFigures(), Expected()) is None


@pytest.mark.parametrize(
    ("learned", "as_set", "counts"),
    [(True, None, True), (False, None, False), (True, SaysReceived.NO, False), (False, SaysReceived.YES, True)],
)
def test_whether_it_says_received_is_learned_or_set(*, learned: bool, as_set: SaysReceived | None, counts: bool):
    expected = Expected(says_received=as_set)
    assert says_received(expected, learned=learned) is counts
    (shown,) = known_as_borrower(expected, says=learned)
    assert shown.value == ("yes" if counts else "no")
    assert (shown.basis == "set in its record", shown.learned is None) == (as_set is not None, as_set is None)
