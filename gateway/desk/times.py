"""Dates and times as people and scripts write them. Pure."""

from datetime import date, datetime, time, timedelta, tzinfo


def moment(text: str, zone: tzinfo) -> datetime:
    """Read ISO 8601: a date ends with that local day (ill.md, "Clocks"), a time without a zone is local. Raises ValueError."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=zone)
    return end_of_day(day, zone)


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """Return the last second of a local day."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=zone)


def days_ahead(now: datetime, days: int, zone: tzinfo) -> datetime:
    """Return the end of the local day so many days from now; 0 is today."""
    return end_of_day(now.astimezone(zone).date() + timedelta(days=days), zone)
