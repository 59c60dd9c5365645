"""Periods of figures: months, quarters, fiscal years, any days; the one before, and the same a year ago. Pure.

The fiscal year is called by the year in which it ends: the one from 1 July 2025 is 2026.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

import msgspec

from gateway.workflow.questions import Span


class PeriodKind(StrEnum):
    """How a period was named; it says what is before it."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    DAYS = "days"


class FigurePeriod(msgspec.Struct, frozen=True, kw_only=True):
    """Days from the first to the last, both included."""

    first: date
    last: date
    kind: PeriodKind = PeriodKind.DAYS
    begins: tuple[int, int] = (7, 1)
    """Month and day on which fiscal years begin."""

    def span(self, zone: tzinfo) -> Span:
        """Return the moments that bound it."""
        return _began(self.first, zone), _began(self.last + timedelta(days=1), zone)

    def before(self) -> "FigurePeriod":
        """Return the one before: the month, quarter or year before, else as many days."""
        end = self.first - timedelta(days=1)
        match self.kind:
            case PeriodKind.MONTH:
                return month_of(end, self.begins)
            case PeriodKind.QUARTER:
                return quarter_of(end, self.begins)
            case PeriodKind.YEAR:
                return year_of(end, self.begins)
            case PeriodKind.DAYS:
                return self._of(end - (self.last - self.first), end)

    def year_ago(self) -> "FigurePeriod":
        """Return the same a year before."""
        if self.kind is PeriodKind.YEAR:
            return self.before()
        if self.kind is PeriodKind.MONTH:
            return month_of(_shifted(self.first, -1), self.begins)
        return self._of(_shifted(self.first, -1), _shifted(self.last + timedelta(days=1), -1) - timedelta(days=1))

    def _of(self, first: date, last: date) -> "FigurePeriod":
        return FigurePeriod(first=first, last=last, kind=self.kind, begins=self.begins)

    def months(self) -> Iterator["FigurePeriod"]:
        """Return its months; the first and the last may be a part of one."""
        day = self.first
        while day <= self.last:
            month = month_of(day, self.begins)
            yield FigurePeriod(first=day, last=min(month.last, self.last), kind=PeriodKind.MONTH, begins=self.begins)
            day = month.last + timedelta(days=1)

    @property
    def words(self) -> str:
        """Say which it is."""
        match self.kind:
            case PeriodKind.MONTH:
                return f"{self.first:%B %Y}"
            case PeriodKind.YEAR:
                return (
                    f"{self.last.year}"
                    if self.first.month == 1 and self.first.day == 1
                    else f"fiscal year {self.last.year}"
                )
            case _:
                return f"{self.first.day} {self.first:%B %Y} to {self.last.day} {self.last:%B %Y}"

    @property
    def name(self) -> str:
        """Return it as it is asked for (`read`)."""
        match self.kind:
            case PeriodKind.MONTH:
                return f"{self.first:%Y-%m}"
            case PeriodKind.QUARTER:
                return f"{_quarter_year(self)}-q{_quarter_number(self)}"
            case PeriodKind.YEAR:
                return f"{self.last.year}"
            case PeriodKind.DAYS:
                return f"{self.first}..{self.last}"


def month_of(day: date, begins: tuple[int, int]) -> FigurePeriod:
    """Return the month of a day."""
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return FigurePeriod(first=first, last=following - timedelta(days=1), kind=PeriodKind.MONTH, begins=begins)


def year_of(day: date, begins: tuple[int, int]) -> FigurePeriod:
    """Return the fiscal year of a day."""
    start = _in_year(day.year, begins)
    year = day.year if day >= start else day.year - 1
    last = _in_year(year + 1, begins) - timedelta(days=1)
    return FigurePeriod(first=_in_year(year, begins), last=last, kind=PeriodKind.YEAR, begins=begins)


def quarter_of(day: date, begins: tuple[int, int]) -> FigurePeriod:
    """Return the quarter of the fiscal year."""
    year = year_of(day, begins)
    starts = [_months_after(year.first, months) for months in (0, 3, 6, 9)]
    ends = [*starts[1:], year.last + timedelta(days=1)]
    first, end = next((first, end) for first, end in zip(starts, ends, strict=True) if day < end)
    return FigurePeriod(first=first, last=end - timedelta(days=1), kind=PeriodKind.QUARTER, begins=begins)


EARLIEST: Final = 1900
LATEST: Final = 8999
_NAMED: Final = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])|-q([1-4]))?", re.ASCII)
_LIKE: Final = (
    "a month like 2026-10, a fiscal year like 2026, a quarter of it like 2026-q1, or days like 2026-10-01..2026-10-15"
)


def read(text: str, today: date, begins: tuple[int, int]) -> FigurePeriod:
    """Read a period: “2026-10”, “2026-q1” and “2026” (of the fiscal year), “2026-10-01..2026-10-15”, “this-month”, “last-year” and the like.

    Raises ValueError with words.
    """
    text = text.strip().lower()
    if named := _relative(text, today, begins):
        return named
    if ".." in text:
        return _from_to(text, begins)
    match = _NAMED.fullmatch(text)
    if match is None or not EARLIEST <= int(match[1]) <= LATEST:
        raise ValueError(_LIKE)
    year = int(match[1])
    if match[2]:
        return month_of(date(year, int(match[2]), 1), begins)
    ends = 1 if begins == (1, 1) else 0
    fiscal = year_of(_in_year(year - 1 + ends, begins), begins)
    if match[3]:
        return quarter_of(_months_after(fiscal.first, 3 * (int(match[3]) - 1)), begins)
    return fiscal


def _from_to(text: str, begins: tuple[int, int]) -> FigurePeriod:
    first, _, last = text.partition("..")
    try:
        ends = date.fromisoformat(first.strip()), date.fromisoformat(last.strip())
    except ValueError:
        raise ValueError(_LIKE) from None
    return days(*ends, begins)


def days(first: date, last: date, begins: tuple[int, int]) -> FigurePeriod:
    """Return the days from one to the other. Raises ValueError where they are too many, or none."""
    if not (first.year >= EARLIEST and last.year <= LATEST and first <= last):
        raise ValueError("the first day comes before the last")
    return FigurePeriod(first=first, last=last, begins=begins)


def _relative(text: str, today: date, begins: tuple[int, int]) -> FigurePeriod | None:
    makers = {"month": month_of, "quarter": quarter_of, "year": year_of}
    which, _, kind = text.partition("-")
    if which not in {"this", "last"} or kind not in makers:
        return None
    period = makers[kind](today, begins)
    return period if which == "this" else period.before()


def _quarter_year(period: FigurePeriod) -> int:
    return year_of(period.first, period.begins).last.year


def _quarter_number(period: FigurePeriod) -> int:
    start = year_of(period.first, period.begins).first
    return 1 + ((period.first.year - start.year) * 12 + period.first.month - start.month) // 3


def _in_year(year: int, begins: tuple[int, int]) -> date:
    """Return the day on which a fiscal year begins; 29 February in leap years, else the day before."""
    month, day = begins
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, day - 1)


def _months_after(day: date, months: int) -> date:
    """Return the same day so many months later, the last of its month at the latest."""
    month = day.month - 1 + months
    first = date(day.year + month // 12, month % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), month_of(first, (1, 1)).last)


def _shifted(day: date, years: int) -> date:
    return _in_year(day.year + years, (day.month, day.day))


def _began(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)
