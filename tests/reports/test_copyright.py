"""The rule of five as a report: which request is the sixth, and what does not count."""

from datetime import UTC, datetime

import pytest

from gateway.reports.copyright import Counts, works
from gateway.workflow.borrowing_records import Borrowing
from gateway.workflow.records import Request, Role, State
from gateway.workflow.values import Wanted

AT = datetime(2026, 3, 1, tzinfo=UTC)
KEY, BOOK = "issn:00000000/2026", "isbn:9780306406157"


def copied(number: int, state: State = State.COMPLETED, title: str = "The Journal") -> Request:
    return Request(
        id=f"B-{number}", role=Role.BORROWING, state=state, peer="", requesting_agency="x", supplying_agency="",
        partner_request_id="", created_at=AT, updated_at=AT, state_since=AT, wanted=Wanted(title=title),
        borrowing=Borrowing(pickup_branch="main"),
    )  # fmt: skip


def test_the_sixth_that_counts_is_over_and_what_came_to_nothing_counts_not():
    requests = [
        copied(1),
        copied(2, State.UNFILLED),
        copied(3, State.ASKING),
        *(copied(number) for number in range(4, 8)),
    ]
    (work,) = works([(KEY, request) for request in requests], {}, 5)
    assert [line.number for line in work.lines] == [1, None, 2, 3, 4, 5, 6]
    assert [line.request.id for line in work.lines if line.is_over] == ["B-7"]
    assert (work.counted, work.of(Counts.FILLED), work.of(Counts.OPEN), work.of(Counts.IN_VAIN)) == (6, 5, 1, 1)


@pytest.mark.parametrize(("key", "numbers"), [(KEY, [1]), (BOOK, [5])])
def test_of_another_work_what_was_copied_in_years_before_counts_too(key, numbers):
    (work,) = works([(key, copied(1))], {KEY: 4, BOOK: 4}, 5)
    assert [line.number for line in work.lines] == numbers


def test_titles_with_the_most_come_first():
    found = works(
        [("issn:1/2026", copied(1)), *(("issn:2/2026", copied(number, title="Busy")) for number in (2, 3))], {}, 5
    )
    assert [work.title for work in found] == ["Busy", "The Journal"]
