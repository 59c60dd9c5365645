"""Dates as the demonstration ACS writes and reads them (sip2.md, "The wire"). Pure."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from gateway.demo.acs.records import DueDateFormat

_FORMATS: dict[DueDateFormat, Callable[[datetime], str]] = {
    DueDateFormat.SIP_LOCAL: lambda due: f"{due:%Y%m%d    %H%M%S}",
    DueDateFormat.SIP_UTC: lambda due: f"{due.astimezone(UTC):%Y%m%d   Z%H%M%S}",
    DueDateFormat.SIP_ZEROS: lambda due: f"{due:%Y%m%d0000%H%M%S}",
    DueDateFormat.ISO_TIME: lambda due: f"{due:%Y-%m-%d %H:%M:%S}",
    DueDateFormat.ISO_TIME_ZONE: lambda due: f"{due:%Y-%m-%d %H:%M:%S %Z}",
    DueDateFormat.US_TIME: lambda due: f"{due.month}/{due.day}/{due.year},{due:%H:%M}",
    DueDateFormat.US_DATE: lambda due: f"{due.month}/{due.day}/{due.year}",
    DueDateFormat.DAY_FIRST: lambda due: f"{due.day}/{due.month}/{due.year}",
    DueDateFormat.DOTTED: lambda due: f"{due:%d.%m.%Y}",
    DueDateFormat.ISO_DATE: lambda due: f"{due:%Y-%m-%d}",
}


def due_date_text(due: datetime, style: DueDateFormat, zone: tzinfo) -> str:
    """A due date as AH, in the library's zone except where the style says UTC."""
    return _FORMATS[style](due.astimezone(zone))


def sip_time(moment: datetime) -> str:
    """`YYYYMMDDZZZZHHMMSS` with a blank zone: local time."""
    return f"{moment:%Y%m%d    %H%M%S}"


def read_sip_time(text: str, zone: tzinfo) -> datetime | None:
    """The reverse, in local time or, with a Z, in UTC; None for what is no date, such as a line of zeros."""
    try:
        moment = datetime.strptime(text[:8] + text[12:], "%Y%m%d%H%M%S")  # noqa: DTZ007 - the zone follows
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC if text[8:12].strip() == "Z" else zone)
