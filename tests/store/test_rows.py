"""Times as rows keep them."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from gateway.store.columns import moment, stamp


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_stamp_is_exact(at: datetime) -> None:
    assert moment(stamp(at)) == at


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_stamps_are_ordered_as_times_are(one: datetime, other: datetime) -> None:
    assert (stamp(one) < stamp(other)) == (one < other)


def test_a_stamp_counts_microseconds_from_1970_whatever_the_zone() -> None:
    assert stamp(datetime(1970, 1, 1, 2, 0, 0, 1, tzinfo=timezone(timedelta(hours=2)))) == 1
