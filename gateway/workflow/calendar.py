"""When the library and its branches are open, and when a clock that started some time ends. Pure arithmetic on dates."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from gateway.workflow.policy import ClockSetting
from gateway.workflow.values import Record

TEN_YEARS_OF_DAYS = 3660
ALL_WEEK = frozenset(range(7))


class Calendar(Record, frozen=True, kw_only=True):
    """When one place is open: a time zone, the days it is closed, and from when until when it is open on the others."""

    time_zone: str = "UTC"
    closed_weekdays: tuple[int, ...] = (5, 6)
    """0 is Monday."""
    closed_dates: tuple[date, ...] = ()
    closed_yearly: tuple[tuple[int, int], ...] = ()
    """Month and day of holidays that come every year; 29 February in leap years alone."""
    opens_at: time = time.min
    closes_at: time = time.max

    def is_open(self, day: date) -> bool:
        """Say whether the place is open on a day."""
        return (
            day.weekday() not in self.closed_weekdays
            and day not in self.closed_dates
            and (day.month, day.day) not in self.closed_yearly
        )

    def add_open_days(self, day: date, count: int) -> date:
        """Return the day that is `count` open days after `day`.

        Where no day of the week is open, all days count: a clock that never ended would keep a reserve for ever. After ten
        years of closed days the search stops.
        """
        if ALL_WEEK.issubset(self.closed_weekdays):
            return day + timedelta(days=max(count, 0))
        for _ in range(TEN_YEARS_OF_DAYS):
            if count <= 0:
                return day
            day += timedelta(days=1)
            count -= self.is_open(day)
        return day

    def open_days_between(self, first: date, last: date) -> int:
        """Count the open days after `first` up to `last`; of longer than ten years no more than these are looked at."""
        days = min((last - first).days, TEN_YEARS_OF_DAYS)
        return sum(self.is_open(first + timedelta(days=day)) for day in range(1, days + 1))

    def when_open(self, at: datetime, after_s: float = 0.0) -> datetime:
        """Return `at` (aware) where the place is open then, else so many seconds after it opens next; in the zone of `at`."""
        zone = ZoneInfo(self.time_zone)
        local = at.astimezone(zone)
        day, is_early = local.date(), local.time() < self.opens_at
        if self.is_open(day) and not is_early and local.time() < self.closes_at:
            return at
        if not (self.is_open(day) and is_early):
            day = self.add_open_days(day, 1)
        opening = datetime.combine(day, self.opens_at, zone).astimezone(at.tzinfo)
        return opening + timedelta(seconds=after_s)

    def clock_end(self, setting: ClockSetting, since: datetime) -> datetime:
        """Return the moment a clock that started at `since` (aware) has run, in the zone of `since`.

        Days are days of the place's own time zone: the end has the same local time, whatever daylight saving did.
        """
        if not setting.days:
            return since + timedelta(seconds=setting.seconds)
        zone = ZoneInfo(self.time_zone)
        local = since.astimezone(zone)
        day = local.date()
        end = self.add_open_days(day, setting.days) if setting.open_days else day + timedelta(days=setting.days)
        return datetime.combine(end, local.time(), zone).astimezone(since.tzinfo) + timedelta(seconds=setting.seconds)


class Calendars(Record, frozen=True, kw_only=True):
    """The library's own calendar, and those of its branches by their codes."""

    library: Calendar = Calendar()
    branches: dict[str, Calendar] = msgspec.field(default_factory=dict)

    def of(self, branch: str | None) -> Calendar:
        """Return the calendar of a branch; a branch that has none keeps the library's days."""
        return self.branches.get(branch or "", self.library)
