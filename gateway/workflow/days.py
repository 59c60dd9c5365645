"""Which day a moment is: that of the library's own clocks, in one way for all that people read. Pure."""

from datetime import date, datetime, tzinfo


def at_home(at: datetime, zone: tzinfo) -> datetime:
    """Return a moment as the library's clocks show it; `at` is aware."""
    try:
        return at.astimezone(zone)
    except OverflowError:  # a "never" at the end of the year 9999 has no local time east of it
        return at


def local_day(at: datetime | None, zone: tzinfo) -> date | None:
    """Return the day at the library; in words it is written as 2027-02-18, which pages show as people say it."""
    return None if at is None else at_home(at, zone).date()
