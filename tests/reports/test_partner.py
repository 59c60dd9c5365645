"""A partner's figures from made-up history, each by its definition."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.iso18626.codes import Status
from gateway.reports.partner import (
    RESULTS,
    AnswerTimes,
    RequestResult,
    fill_rate,
    partner_figures,
    percentile,
)
from gateway.workflow.figures import Direction, FaultCount, FigureEvent, PartnerBooks, RepairsCounted, RequestHappening
from gateway.workflow.lending.groups import FINALS
from gateway.workflow.records import State

START = datetime(2026, 10, 1, 9, tzinfo=UTC)


def happened(
    request: str, state: State, minutes: float, what: FigureEvent, status: Status | None = None
) -> RequestHappening:
    return RequestHappening(
        request=request, state=state, at=START + timedelta(minutes=minutes), what=what, status=status
    )


def story(request: str, state: State, *told: tuple[float, Status]) -> list[RequestHappening]:
    """A request that arrived at START, and what its partner was told after so many minutes."""
    arrival = happened(request, state, 0, FigureEvent.ARRIVED)
    return [arrival, *(happened(request, state, minutes, FigureEvent.CONFIRMED, status) for minutes, status in told)]


def test_the_figures_of_a_month():
    books = PartnerBooks(
        happenings=(
            *story("a", State.COMPLETED, (1, Status.EXPECT_TO_SUPPLY), (10, Status.WILL_SUPPLY), (99, Status.LOANED)),
            *story("b", State.UNFILLED, (20, Status.UNFILLED)),
            *story("c", State.DECIDING, (1, Status.EXPECT_TO_SUPPLY)),
            happened("of last month", State.LOANED, 5, FigureEvent.CONFIRMED, Status.LOANED),
            happened("of last month", State.LOANED, 6, FigureEvent.REFUSED, Status.OVERDUE),
        ),
        received=(
            RepairsCounted(kind="request", repairs=(), count=2),
            RepairsCounted(kind="request", repairs=("order request/header", "attribute request"), count=1),
            RepairsCounted(kind="requestingAgencyMessage", repairs=("order request/header",), count=3),
        ),
    )  # fmt: skip
    faults = [
        FaultCount(peer="hub", day=date(2026, 10, day), direction=Direction.OUT, fault="not_delivered", count=day)
        for day in (1, 2)
    ]
    figures = partner_figures(books, faults)
    assert (figures.requests, figures.fill_rate) == (3, 0.5)
    assert figures.results == {
        RequestResult.SUPPLIED: 1, RequestResult.UNFILLED: 1, RequestResult.RETRY: 0, RequestResult.CANCELLED: 0, RequestResult.OPEN: 1,
    }  # fmt: skip
    assert figures.answer_times == AnswerTimes(count=2, median_s=15 * 60, p90_s=20 * 60)
    assert (figures.messages_in, figures.messages_out, figures.refused_by_partner) == (6, 6, 1)
    assert (figures.repaired_messages, figures.repairs) == (4, {"order request/header": 4, "attribute request": 1})
    assert figures.faults == {Direction.IN: {}, Direction.OUT: {"not_delivered": 3}}


def test_where_nothing_happened_nothing_is_claimed():
    figures = partner_figures(PartnerBooks(), ())
    assert (figures.requests, figures.fill_rate, figures.answer_times) == (0, None, AnswerTimes(count=0))


@pytest.mark.parametrize(
    ("results", "rate"),
    [
        ({}, None),
        ({RequestResult.OPEN: 3, RequestResult.CANCELLED: 2}, None),
        ({RequestResult.SUPPLIED: 3, RequestResult.UNFILLED: 1, RequestResult.OPEN: 9}, 0.75),
        ({RequestResult.SUPPLIED: 1, RequestResult.RETRY: 1}, 0.5),
        ({RequestResult.UNFILLED: 1}, 0.0),
    ],
)
def test_the_fill_rate_is_of_the_answered_requests(results: dict[RequestResult, int], rate: float | None):
    assert fill_rate(results) == rate


def test_every_state_has_its_result_and_no_final_one_is_open():
    assert set(RESULTS) == set(State)
    assert [state for state in FINALS if RESULTS[state] is RequestResult.OPEN] == []


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40), st.integers(1, 100))
def test_a_percentile_is_a_value_that_so_many_do_not_exceed(values: list[float], percent: int):
    found = percentile(sorted(values), percent)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= percent * len(values)
    assert sum(value < found for value in values) * 100 < percent * len(values)
