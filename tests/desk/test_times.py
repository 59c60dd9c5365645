"""Dates and times as they are written."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gateway.desk.times import days_ahead, moment

DENVER = ZoneInfo("America/Denver")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-12-24", datetime(2026, 12, 24, 23, 59, 59, tzinfo=DENVER)),
        ("20261224", datetime(2026, 12, 24, 23, 59, 59, tzinfo=DENVER)),
        ("2026-12-24T08:30", datetime(2026, 12, 24, 8, 30, tzinfo=DENVER)),
        ("2026-12-24T08:30:00Z", datetime(2026, 12, 24, 8, 30, tzinfo=UTC)),
    ],
)
def test_times_are_read_as_people_write_them(text: str, at: datetime):
    assert moment(text, DENVER) == at


@pytest.mark.parametrize("text", ["", "tomorrow", "24.12.2026", "2026-02-30", "2026-12-24T25:00"])
def test_what_is_no_time_is_refused(text: str):
    with pytest.raises(ValueError, match=r"."):
        moment(text, DENVER)


def test_days_are_counted_where_the_library_is():
    """03:00 UTC on the 28th is the evening of the 27th in Denver."""
    assert days_ahead(datetime(2026, 10, 28, 3, 0, tzinfo=UTC), 1, DENVER) == datetime(
        2026, 10, 28, 23, 59, 59, tzinfo=DENVER
    )
