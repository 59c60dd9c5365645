"""Times, days and counts as the department writes them. Pure."""

from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final

_WEEK: Final = timedelta(days=7)
_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_YEAR: Final = timedelta(days=365)
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""What each says of itself, those first that say the others' too."""
_SYSTEMS: Final = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_AGES: Final = ((_HOUR, _MINUTE, "min"), (48 * _HOUR, _HOUR, "h"), (2 * _YEAR, timedelta(days=1), "days"))
"""Up to which age it is counted in what."""
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
"""Written here: a list of fifty shows a hundred days, and strftime takes 2 µs for each part of one."""


def moment_words(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Say when: “today 14:05”, “yesterday 09:00”, “7 January 16:30”, with the year where it is another."""
    local = at.astimezone(zone)
    return f"{day_words(local.date(), now.astimezone(zone).date())} {local.hour:02}:{local.minute:02}"


def day_words(day: date, today: date) -> str:
    """Say which day: “today”, “tomorrow”, “Monday” within a week to come, “7 January”, with the year where it is another."""
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((day - today).days)
    if near:
        return near
    if timedelta(0) < day - today < _WEEK:
        return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    return f"{day.day} {_MONTHS[day.month - 1]}" + ("" if day.year == today.year else f" {day.year}")


def full_day(day: date) -> str:
    """Say which day, in full: “Thursday, 26 November 2026”."""
    return f"{_WEEKDAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"


def full_words(at: datetime, zone: tzinfo) -> str:
    """Say when, in full: “Thursday, 26 November 2026, 14:05:31”."""
    local = at.astimezone(zone)
    return f"{full_day(local)}, {clock_words(local)}"


def clock_words(local: datetime) -> str:
    """Say at which time of its day, to the second: “14:05:31”."""
    return f"{local.hour:02}:{local.minute:02}:{local.second:02}"


def lasting_words(time: timedelta) -> str:
    """Say how long: “8 hours”, “90 minutes”, “7 days”."""
    for unit, word in ((timedelta(days=1), "day"), (_HOUR, "hour")):
        if time >= unit and not time % unit:
            return counted(time // unit, word)
    return counted(time // _MINUTE, "minute")


def browser_words(agent: str) -> str:
    """Say which browser it is, by what it says of itself: “Firefox on Windows”; what is no browser, as it is."""
    browser = next((words for mark, words in _BROWSERS if mark in agent), None)
    system = next((words for mark, words in _SYSTEMS if mark in agent), None)
    return f"{browser} on {system}" if browser and system else browser or agent or "unknown"


def age_words(since: datetime, now: datetime) -> str:
    """Say how long ago: “just now”, “20 min”, “3 h”, “2 days”, “4 years”."""
    passed = now - since
    if passed < _MINUTE:
        return "just now"
    return _rough_words(passed)


def _rough_words(passed: timedelta) -> str:
    for up_to, unit, word in _AGES:
        if passed < up_to:
            return f"{passed // unit} {word}"
    return f"{passed // _YEAR} years"


def counted(count: int, one: str, several: str = "") -> str:
    """Say how many: “1 request”, “2 requests”; the plural may be given."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def lasted_words(seconds: float) -> str:
    """Say how long something took at the most: “1 s” for less, “40 s”, “12 min”, “3 h”, “2 days”, “4 years”."""
    if seconds < _MINUTE.total_seconds():
        return f"{max(seconds, 1):.0f} s"
    return _rough_words(timedelta(seconds=seconds))


def plain_words(value: object) -> str:
    """Write a value of a record as people read it: lists with commas, nothing for nothing."""
    if value is None or value in ("", (), []):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(plain_words, value))
    fields = getattr(value, "__struct_fields__", None)
    if fields is None:
        return str(value)
    told = ((name, getattr(value, name)) for name in fields)
    return ", ".join(plain_words(each) for _name, each in told if each not in (None, "", ()))


NOTHING: Final = "-"
"""In place of a number if there is nothing to say, such as a median of nothing."""


def is_some(cell: float | str | None) -> bool:
    """Whether a number of the figures is another than 0; an amount is text."""
    return cell is not None and Decimal(cell) != 0


def figure_words(cell: float | str | None, unit: str) -> str:
    """Write a number of the figures: “1,204”, “87.5 %”, “2.3 days”, an amount as “1,012.50”."""
    if cell is None:
        return NOTHING
    if isinstance(cell, str):
        return f"{Decimal(cell):,}" if unit == "amount" else cell
    match unit:
        case "rate":
            return f"{cell:.1%}".replace("%", " %")
        case "days":
            return f"{cell:.1f}"
        case _:
            return f"{cell:,}"
