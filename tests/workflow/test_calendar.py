"""Open days, calendar days, and the end of a clock in the library's own time zone."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.workflow.calendar import TEN_YEARS_OF_DAYS, Calendar, Calendars
from gateway.workflow.policy import DEFAULT_CLOCKS, ClockSetting
from gateway.workflow.records import Clock

FRIDAY, SATURDAY, MONDAY = date(2026, 10, 30), date(2026, 10, 31), date(2026, 11, 2)
NEW_YORK = Calendar(time_zone="America/New_York", closed_dates=(date(2026, 11, 26),))
BERLIN = Calendar(time_zone="Europe/Berlin")
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))
WEST = timezone(timedelta(hours=-7))
MOMENTS = st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, WEST))
CALENDARS = st.builds(
    Calendar,
    time_zone=st.sampled_from(["UTC", "America/New_York", "Europe/Berlin", "Pacific/Auckland"]),
    closed_weekdays=st.lists(st.integers(0, 6), max_size=6, unique=True).map(tuple),
    closed_dates=st.lists(DAYS, max_size=5).map(tuple),
    closed_yearly=st.lists(DAYS.map(lambda day: (day.month, day.day)), max_size=5).map(tuple),
)


def test_weekends_and_named_days_are_closed():
    assert NEW_YORK.is_open(FRIDAY)
    assert not NEW_YORK.is_open(SATURDAY)
    assert not NEW_YORK.is_open(date(2026, 11, 26))


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (FRIDAY, 0, FRIDAY),
        (FRIDAY, 1, MONDAY),
        (SATURDAY, 1, MONDAY),
        (SATURDAY, 0, SATURDAY),
        (date(2026, 11, 24), 3, date(2026, 11, 30)),
    ],
)
def test_open_days_skip_closed_ones(start, count, end):
    assert NEW_YORK.add_open_days(start, count) == end


@given(CALENDARS, DAYS, st.integers(1, 30))
def test_as_many_open_days_lie_between_as_were_asked_for_and_the_end_is_one(calendar, start, count):
    end = calendar.add_open_days(start, count)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(map(calendar.is_open, between)) == count
    assert calendar.is_open(end)


@given(DAYS, st.integers(0, 400))
def test_where_no_weekday_is_open_every_day_counts(start, count):
    never = Calendar(closed_weekdays=tuple(range(7)))
    assert never.add_open_days(start, count) == start + timedelta(days=count)


def test_where_every_day_of_the_year_is_a_holiday_the_search_ends_after_ten_years():
    every = tuple((day.month, day.day) for day in (date(2024, 1, 1) + timedelta(days=n) for n in range(366)))
    never = Calendar(closed_weekdays=(), closed_yearly=every)
    assert never.add_open_days(FRIDAY, 1) == FRIDAY + timedelta(days=TEN_YEARS_OF_DAYS)


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (date(2026, 12, 25), False),
        (date(2030, 12, 25), False),
        (date(2028, 2, 29), False),  # a Tuesday
        (date(2028, 2, 28), True),
        (date(2028, 3, 1), True),
        (date(2027, 3, 1), True),  # a common year has no such holiday, and no day in its place
    ],
)
def test_yearly_holidays_are_closed_every_year_and_29_february_in_leap_years(day, is_open):
    assert Calendar(closed_yearly=((12, 25), (2, 29))).is_open(day) is is_open


@given(DAYS, st.integers(1, 30))
def test_open_days_over_a_leap_day_are_counted_like_any_others(start, count):
    """Two calendars that differ by 29 February alone differ by the leap days between, where they are no weekend."""
    plain, closed = Calendar(), Calendar(closed_yearly=((2, 29),))
    end = plain.add_open_days(start, count)
    days = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    leap = any((day.month, day.day) == (2, 29) and plain.is_open(day) for day in days)
    assert closed.add_open_days(start, count) == (plain.add_open_days(start, count + 1) if leap else end)


def test_a_branch_has_its_own_days_and_another_the_librarys():
    calendars = Calendars(library=BERLIN, branches={"EAST": NEW_YORK})
    assert (calendars.of("EAST"), calendars.of("MAIN"), calendars.of(None)) == (NEW_YORK, BERLIN, BERLIN)


def test_a_clock_of_days_ends_at_the_same_local_time_whatever_daylight_saving_did():
    """In New York the clocks go back on the first of November 2026: three days are then an hour longer."""
    since = datetime(2026, 10, 31, 13, 0, tzinfo=UTC)  # nine in the morning
    end = NEW_YORK.clock_end(ClockSetting(days=3), since)
    assert end == datetime(2026, 11, 3, 14, 0, tzinfo=UTC)
    assert end.astimezone(ZoneInfo("America/New_York")).hour == 9
    assert end.tzinfo is UTC


def test_a_local_time_that_spring_leaves_out_is_moved_on_not_lost():
    """On 28 March 2027 there is no half past two in Berlin."""
    since = datetime(2027, 3, 27, 1, 30, tzinfo=UTC)
    assert BERLIN.clock_end(ClockSetting(days=1), since) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_the_day_is_the_librarys_not_that_of_utc():
    """Late on Friday in New York it is Saturday in UTC: the next open day is Monday, not Tuesday."""
    late_on_friday = datetime(2026, 10, 31, 2, 0, tzinfo=UTC)
    end = NEW_YORK.clock_end(ClockSetting(days=1, open_days=True), late_on_friday)
    assert end.astimezone(ZoneInfo("America/New_York")).date() == MONDAY


def test_a_clock_of_seconds_runs_on_nights_and_weekends():
    since = datetime(2026, 10, 31, 13, 0, tzinfo=UTC)
    assert NEW_YORK.clock_end(ClockSetting(seconds=60, open_days=True), since) == since + timedelta(seconds=60)


@given(CALENDARS, MOMENTS, st.integers(1, 42))
def test_a_clock_of_open_days_ends_on_an_open_day_at_the_same_local_time_but_for_the_hour_that_spring_leaves_out(
    calendar, since, days
):
    zone = ZoneInfo(calendar.time_zone)
    end = calendar.clock_end(ClockSetting(days=days, open_days=True), since).astimezone(zone)
    began = since.astimezone(zone)
    assert calendar.is_open(end.date())
    moved = end.replace(tzinfo=None) - datetime.combine(end.date(), began.time())
    assert moved in (timedelta(0), timedelta(hours=1))


@given(CALENDARS, MOMENTS, st.integers(0, 42), st.booleans())
def test_a_clock_never_ends_before_it_starts_and_keeps_the_zone_it_was_given(calendar, since, days, open_days):
    end = calendar.clock_end(ClockSetting(days=days, seconds=1, open_days=open_days), since)
    assert end > since
    assert end.tzinfo is WEST


OPEN = Calendar(time_zone="America/New_York", opens_at=time(9), closes_at=time(17, 30))


@pytest.mark.parametrize(
    ("at", "then"),
    [
        ("2026-11-02T09:00", "2026-11-02T09:00"),
        ("2026-11-02T17:29", "2026-11-02T17:29"),
        ("2026-11-02T17:30", "2026-11-03T09:00"),
        ("2026-11-02T08:59", "2026-11-02T09:00"),
        ("2026-11-06T18:00", "2026-11-09T09:00"),
        ("2026-11-07T08:00", "2026-11-09T09:00"),
        ("2026-11-01T12:00", "2026-11-02T09:00"),
    ],
)
def test_what_waits_for_an_open_place_goes_on_at_once_or_when_it_opens_next(at: str, then: str):
    zone = ZoneInfo("America/New_York")
    moment = datetime.fromisoformat(at).replace(tzinfo=zone).astimezone(UTC)
    opened = OPEN.when_open(moment)
    assert opened == datetime.fromisoformat(then).replace(tzinfo=zone)
    assert opened.tzinfo is UTC
    late = OPEN.when_open(moment, 60)
    assert late == (moment if opened == moment else opened + timedelta(seconds=60))


@given(CALENDARS, MOMENTS)
def test_without_hours_a_place_is_open_all_day_on_open_days(calendar: Calendar, at: datetime):
    opened = calendar.when_open(at)
    zone = ZoneInfo(calendar.time_zone)
    assert opened >= at
    assert calendar.is_open(opened.astimezone(zone).date())
    assert (opened == at) is calendar.is_open(at.astimezone(zone).date())


@pytest.mark.parametrize(
    ("clock", "days", "open_days"),
    [
        (Clock.CONDITION, 4, True),
        (Clock.HOLD_AMBER, 2, True),
        (Clock.HOLD, 3, True),
        (Clock.DEADLINE, 30, False),
        (Clock.RECEIPT, 14, False),
        (Clock.OVERDUE_FIRST, 1, False),
        (Clock.OVERDUE_SECOND, 7, False),
        (Clock.OVERDUE_THIRD, 21, False),
        (Clock.BILLABLE, 42, False),
        (Clock.RETURN, 30, False),
    ],
)
def test_the_defaults_are_those_of_the_specification(clock, days, open_days):
    """ill.md, "Clocks": answer and hold clocks count open days, all others calendar days."""
    assert DEFAULT_CLOCKS[clock] == ClockSetting(days=days, open_days=open_days)


def test_every_clock_has_a_default_and_undecided_is_a_minute():
    assert set(DEFAULT_CLOCKS) == set(Clock) - {Clock.UNDO, Clock.ASK_AGAIN}, "whoever asks for these says how long"
    assert DEFAULT_CLOCKS[Clock.UNDECIDED] == ClockSetting(seconds=60)
