"""Periods: as they are asked for, the one before, a year ago, and the months that they are made of."""

from datetime import UTC, date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.reports.periods import FigurePeriod, PeriodKind, month_of, quarter_of, read, year_of

TODAY = date(2026, 11, 27)
JULY, JANUARY, LEAP = (7, 1), (1, 1), (2, 29)
DAYS = st.dates(date(1990, 1, 1), date(2080, 12, 31))
BEGINS = st.sampled_from([JULY, JANUARY, (10, 1), (4, 6), LEAP])


@pytest.mark.parametrize(
    ("text", "first", "last", "words"),
    [
        ("2026-10", "2026-10-01", "2026-10-31", "October 2026"),
        ("2026", "2025-07-01", "2026-06-30", "fiscal year 2026"),
        ("2027-q2", "2026-10-01", "2026-12-31", "1 October 2026 to 31 December 2026"),
        ("this-month", "2026-11-01", "2026-11-30", "November 2026"),
        ("last-month", "2026-10-01", "2026-10-31", "October 2026"),
        ("this-year", "2026-07-01", "2027-06-30", "fiscal year 2027"),
        ("last-quarter", "2026-07-01", "2026-09-30", "1 July 2026 to 30 September 2026"),
        ("2026-02-03..2026-02-05", "2026-02-03", "2026-02-05", "3 February 2026 to 5 February 2026"),
    ],
)
def test_a_period_is_read(text, first, last, words):
    period = read(text, TODAY, JULY)
    assert (str(period.first), str(period.last), period.words) == (first, last, words)
    assert read(period.name, TODAY, JULY) == period, "its own name gives it again"


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-q5", "next-month", "1066", "9999", "2026-02-05..2026-02-03", "x..y"]
)
def test_what_is_none_is_refused_in_words(text):
    with pytest.raises(ValueError, match=r".+"):
        read(text, TODAY, JULY)


def test_a_year_that_begins_in_january_is_the_calendar_year():
    assert read("2026", TODAY, JANUARY) == year_of(date(2026, 5, 1), JANUARY)
    assert read("2026", TODAY, JANUARY).words == "2026"


def test_a_year_that_begins_on_29_february_begins_the_day_before_where_there_is_none():
    assert year_of(date(2027, 2, 28), LEAP).first == date(2027, 2, 28)
    assert year_of(date(2028, 2, 28), LEAP).last == date(2028, 2, 28)


@given(DAYS, BEGINS)
def test_each_day_is_in_one_month_quarter_and_year_and_the_one_before_ends_where_it_begins(day, begins):
    for of in (month_of, quarter_of, year_of):
        period = of(day, begins)
        assert period.first <= day <= period.last
        before = period.before()
        assert before.last + timedelta(days=1) == period.first
        assert before == of(before.first, begins)


@given(DAYS, BEGINS)
def test_the_months_of_a_year_are_all_of_its_days_once(day, begins):
    year = year_of(day, begins)
    months = list(year.months())
    assert (months[0].first, months[-1].last) == (year.first, year.last)
    assert all(one.last + timedelta(days=1) == following.first for one, following in pairwise(months))


def test_a_year_ago_is_the_same_month_or_the_same_days():
    assert month_of(date(2024, 2, 9), JULY).year_ago() == month_of(date(2023, 2, 1), JULY)
    assert read("2027-q2", TODAY, JULY).year_ago().words == "1 October 2025 to 31 December 2025"
    days = FigurePeriod(first=date(2024, 2, 1), last=date(2024, 2, 29), kind=PeriodKind.DAYS, begins=JULY)
    assert days.year_ago() == FigurePeriod(first=date(2023, 2, 1), last=date(2023, 2, 28), begins=JULY)
    assert days.before().last == date(2024, 1, 31)


def test_a_day_begins_by_the_librarys_clock():
    since, until = month_of(date(2026, 11, 3), JULY).span(ZoneInfo("America/New_York"))
    assert (since.astimezone(UTC).isoformat(), until.astimezone(UTC).isoformat()) == (
        "2026-11-01T04:00:00+00:00",
        "2026-12-01T05:00:00+00:00",
    )
