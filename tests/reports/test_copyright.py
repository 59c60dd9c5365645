"""The rule of five as a report: which request is the sixth, and what does not count."""

from datetime import UTC, datetime

import pytest

from gateway.reports.copyright import CountsAs, works
from gateway.workflow.copyright import Copied
from gateway.workflow.records import State

AT = datetime(2026, 3, 1, tzinfo=UTC)
KEY, BOOK = "issn:00000000/2026", "isbn:9780306406157"


def copied(number: int, state: State = State.COMPLETED, key: str = KEY) -> Copied:
    return Copied(key=key, request=f"B-{number}", asked_at=AT, state=state)


def test_the_sixth_that_counts_is_over_and_what_came_to_nothing_counts_not():
    requests = [
        copied(1),
        copied(2, State.UNFILLED),
        copied(3, State.ASKING),
        *(copied(number) for number in range(4, 8)),
    ]
    (work,) = works(requests, {}, 5)
    assert [line.number for line in work.lines] == [1, None, 2, 3, 4, 5, 6]
    assert [line.copied.request for line in work.over] == ["B-7"]
    assert (work.counted, work.of(CountsAs.FILLED), work.of(CountsAs.OPEN), work.of(CountsAs.IN_VAIN)) == (6, 5, 1, 1)


@pytest.mark.parametrize(("key", "numbers"), [(KEY, [1]), (BOOK, [5])])
def test_of_another_work_what_was_copied_in_years_before_counts_too(key, numbers):
    (work,) = works([copied(1, key=key)], {KEY: 4, BOOK: 4}, 5)
    assert [line.number for line in work.lines] == numbers


def test_titles_with_the_most_come_first():
    found = works([copied(1, key="issn:1/2026"), *(copied(number, key="issn:2/2026") for number in (2, 3))], {}, 5)
    assert [work.key for work in found] == ["issn:2/2026", "issn:1/2026"]
