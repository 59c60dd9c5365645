"""Every form of date that sip2.md lists, and those near them."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sip2.dates import parse_due_date, wire_date
from gateway.sip2.profiles import DateOrder, Profile, Zone

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
PROFILE = Profile()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20261028    235959", datetime(2026, 10, 28, 23, 59, 59, tzinfo=BERLIN)),
        ("20261028   Z225959", datetime(2026, 10, 28, 22, 59, 59, tzinfo=UTC)),
        ("202610280000235959", datetime(2026, 10, 28, 23, 59, 59, tzinfo=BERLIN)),
        ("20261028   Q120000", datetime(2026, 10, 28, 16, 0, tzinfo=UTC)),  # Atlantic Standard Time
        ("20261028   B120000", datetime(2026, 10, 28, 10, 0, tzinfo=UTC)),
        ("20260831CEST235900", datetime(2026, 8, 31, 21, 59, tzinfo=UTC)),
        ("20261028 UTC225959", datetime(2026, 10, 28, 22, 59, 59, tzinfo=UTC)),
        ("20261028    2359", datetime(2026, 10, 28, 23, 59, tzinfo=BERLIN)),
        ("20261028", datetime(2026, 10, 28, 23, 59, 59, tzinfo=BERLIN)),
        ("20261028          ", datetime(2026, 10, 28, 23, 59, 59, tzinfo=BERLIN)),
        ("2026-10-28 23:59:59", datetime(2026, 10, 28, 23, 59, 59, tzinfo=BERLIN)),
        ("2026-10-28T23:59:59", datetime(2026, 10, 28, 23, 59, 59, tzinfo=BERLIN)),
        ("2026-10-28T22:59:59Z", datetime(2026, 10, 28, 22, 59, 59, tzinfo=UTC)),
        ("2026-10-28T23:59:59.000+01:00", datetime(2026, 10, 28, 22, 59, 59, tzinfo=UTC)),
        ("2026-08-31 23:59:00 CEST", datetime(2026, 8, 31, 21, 59, tzinfo=UTC)),
        ("2026-08-31 23:59:00 EDT", datetime(2026, 9, 1, 3, 59, tzinfo=UTC)),
        ("5/23/2026,23:59", datetime(2026, 5, 23, 23, 59, tzinfo=BERLIN)),
        ("08.06.2026", datetime(2026, 6, 8, 23, 59, 59, tzinfo=BERLIN)),
        ("4/19/2026", datetime(2026, 4, 19, 23, 59, 59, tzinfo=BERLIN)),
        ("4/19/2026 11:59 PM", datetime(2026, 4, 19, 23, 59, tzinfo=BERLIN)),
        ("4/19/2026 12:05 am", datetime(2026, 4, 19, 0, 5, tzinfo=BERLIN)),
        (" 2026-10-28 ", datetime(2026, 10, 28, 23, 59, 59, tzinfo=BERLIN)),
        ("2028-02-29", datetime(2028, 2, 29, 23, 59, 59, tzinfo=BERLIN)),
    ],
)
def test_every_form_seen_is_read(text: str, expected: datetime) -> None:
    read = parse_due_date(text, PROFILE, BERLIN)
    assert read is not None
    assert (read, read.tzinfo is not None) == (expected, True)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "soon", "2026", "2026-13-01", "2027-02-29", "20261340    120000", "20261028    250000", "28.10.26",
        "31.31.2026", "2026-10-28 24:00", "2026-10-28 12:00 XYZ", "2026-10-28 12:00 +9900", "20261028 ABC120000",
        "0/0/2026", "4/19/2026 13:00 PM", "9999-12-31", "0001-01-01",
    ],
)  # fmt: skip
def test_what_names_no_moment_is_none(text: str) -> None:
    assert parse_due_date(text, PROFILE, BERLIN) is None


@pytest.mark.parametrize(
    ("order", "text", "month", "day"),
    [
        (DateOrder.DAY_FIRST, "04/05/2026", 5, 4),
        (DateOrder.MONTH_FIRST, "04/05/2026", 4, 5),
        (DateOrder.DAY_FIRST, "04.05.2026", 5, 4),
        (DateOrder.MONTH_FIRST, "04.05.2026", 4, 5),
        (None, "04/05/2026", 4, 5),
        (None, "04.05.2026", 5, 4),
        (DateOrder.DAY_FIRST, "5/23/2026,23:59", 5, 23),  # there is no other way to read it
    ],
)
def test_the_order_of_day_and_month_is_the_profiles(order: DateOrder | None, text: str, month: int, day: int) -> None:
    read = parse_due_date(text, Profile(date_order=order), BERLIN)
    assert read is not None
    assert (read.month, read.day) == (month, day)


def test_four_zeros_mean_what_the_profile_says() -> None:
    read = parse_due_date("202610280000120000", Profile(zeros_zone=Zone.UTC), BERLIN)
    assert read == datetime(2026, 10, 28, 12, tzinfo=UTC)


def test_a_named_zone_that_is_the_librarys_own_needs_no_table() -> None:
    read = parse_due_date("2026-08-31 23:59:00 AEST", PROFILE, ZoneInfo("Australia/Brisbane"))
    assert read == datetime(2026, 8, 31, 13, 59, tzinfo=UTC)


@given(st.text(alphabet="0123456789-/.:, TZ+APMCES", max_size=30), st.sampled_from([BERLIN, NEW_YORK, UTC]))
def test_no_text_raises_and_every_result_can_be_converted(text: str, tz: tzinfo) -> None:
    read = parse_due_date(text, PROFILE, tz)
    assert read is None or read.astimezone(UTC) == read


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(NEW_YORK)))  # noqa: DTZ001 - bounds
def test_what_is_written_in_utc_reads_back_to_the_second(moment: datetime) -> None:
    profile = Profile(sends_zone=Zone.UTC)
    read = parse_due_date(wire_date(moment, profile), profile, BERLIN)
    assert read is not None
    assert abs(read - moment) < timedelta(seconds=1)


def test_dates_are_sent_as_local_time_unless_the_profile_says_utc() -> None:
    moment = datetime(2026, 8, 28, 12, 30, 5, tzinfo=BERLIN)
    assert wire_date(moment, PROFILE) == "20260828    123005"
    assert wire_date(moment, Profile(sends_zone=Zone.UTC)) == "20260828   Z103005"
