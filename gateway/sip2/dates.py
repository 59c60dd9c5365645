"""Dates on the SIP2 wire: written in the one form of the specification, read in every form seen. Pure."""

import re
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final

from gateway.sip2.profiles import DateOrder, Profile, Zone

BLANK_DATE: Final = " " * 18
END_OF_DAY: Final = time(23, 59, 59)

_CLOCK: Final = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
    r"(?: ?(?P<zone>[A-Za-z]{1,5}|[+-]\d\d:?\d\d))?"
)
_FORMS: Final = tuple(
    re.compile(form)
    for form in (
        # YYYYMMDDZZZZHHMMSS, the specification's; time or everything behind the day may be blank
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?:(?P<zzzz>.{4})(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?)?",
        rf"(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)(?:[T ,] ?{_CLOCK})?",
        rf"(?P<one>\d{{1,2}})(?P<mark>[./-])(?P<two>\d{{1,2}})(?P=mark)(?P<year>\d{{4}})(?:[ ,] ?{_CLOCK})?",
    )
)

_HOURS_BY_NAME: Final[dict[str, int]] = {
    "UTC": 0, "UT": 0, "GMT": 0, "Z": 0,
    # RFC 5322, section 4.3
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    # seen, or neighbours of one that was (sip2.md: "2026-08-31 23:59:00 CEST")
    "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
}  # fmt: skip
_EAST: Final = "ABCDEFGHIKLM"  # zone letters of ANSI X3.43, +1 to +12, as ZZZZ's last character
_WEST: Final = "NOPQRSTUVWXY"  # -1 to -12; the specification's example is Q, Atlantic Standard Time


def wire_date(moment: datetime, profile: Profile) -> str:
    """An aware datetime as YYYYMMDDZZZZHHMMSS: its own wall clock with ZZZZ blank, or UTC with `   Z`."""
    if profile.sends_zone is Zone.UTC:
        return moment.astimezone(UTC).strftime("%Y%m%d   Z%H%M%S")
    return moment.strftime("%Y%m%d    %H%M%S")


def parse_due_date(text: str, profile: Profile, tz: tzinfo) -> datetime | None:
    """The moment that an AH (or another date field) names, aware; None where it names none that can be read.

    `tz` is the library's zone. A day without a time ends at 23:59:59 there. A zone named in the text wins.
    """
    for form in _FORMS:
        if match := form.fullmatch(text.strip()):
            return _moment(match.groupdict(), profile, tz)
    return None


def _moment(parts: dict[str, str | None], profile: Profile, tz: tzinfo) -> datetime | None:
    day = _day(parts, profile)
    clock = END_OF_DAY if parts.get("hour") is None else _clock(parts)
    if day is None or clock is None or not MINYEAR < day.year < MAXYEAR:  # keeps later zone arithmetic in range
        return None
    naive = datetime.combine(day, clock)
    zone = _zone(parts, profile, tz, naive)
    return None if zone is None else naive.replace(tzinfo=zone)


def _day(parts: dict[str, str | None], profile: Profile) -> date | None:
    year = int(parts["year"] or 0)
    if parts.get("mark") is None:
        return _date(year, int(parts["month"] or 0), int(parts["day"] or 0))
    one, two = int(parts["one"] or 0), int(parts["two"] or 0)
    by_mark = DateOrder.DAY_FIRST if parts["mark"] == "." else DateOrder.MONTH_FIRST
    month, day = (two, one) if (profile.date_order or by_mark) is DateOrder.DAY_FIRST else (one, two)
    return _date(year, month, day) or _date(year, day, month)  # the other order only where the first is no date


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(parts: dict[str, str | None]) -> time | None:
    hour = int(parts["hour"] or 0)
    if half := parts.get("half"):
        if not 1 <= hour <= 12:  # noqa: PLR2004 - hours of a twelve-hour clock
            return None
        hour = hour % 12 + (12 if half in "Pp" else 0)
    try:
        return time(hour, int(parts["minute"] or 0), int(parts["second"] or 0))
    except ValueError:
        return None


def _zone(parts: dict[str, str | None], profile: Profile, tz: tzinfo, naive: datetime) -> tzinfo | None:
    """The zone that the text names, `tz` where it names none, None where it names one that is not known."""
    zzzz = parts.get("zzzz")
    if zzzz is not None:
        return _zone_of_zzzz(zzzz, profile, tz, naive)
    name = parts.get("zone")
    if name is None:
        return tz
    if name[0] in "+-":
        minutes = int(name[1:3]) * 60 + int(name[-2:])
        return _fixed(minutes if name[0] == "+" else -minutes)
    return _named_zone(name, tz, naive)


def _named_zone(name: str, tz: tzinfo, naive: datetime) -> tzinfo | None:
    if name.upper() == _abbreviation(tz, naive):
        return tz
    hours = _HOURS_BY_NAME.get(name.upper())
    return None if hours is None else _fixed(hours * 60)


def _zone_of_zzzz(zzzz: str, profile: Profile, tz: tzinfo, naive: datetime) -> tzinfo | None:
    mark = zzzz.strip()
    if not mark:
        return tz
    if mark == "0000":
        return tz if profile.zeros_zone is Zone.LOCAL else UTC
    if mark == "Z":
        return UTC
    if len(mark) == 1 and mark in _EAST + _WEST:
        hours = _EAST.index(mark) + 1 if mark in _EAST else -_WEST.index(mark) - 1
        return _fixed(hours * 60)
    return _named_zone(mark, tz, naive)


def _abbreviation(tz: tzinfo, naive: datetime) -> str:
    return (naive.replace(tzinfo=tz).tzname() or "").upper()


def _fixed(minutes: int) -> tzinfo | None:
    return timezone(timedelta(minutes=minutes)) if abs(minutes) < 24 * 60 else None
