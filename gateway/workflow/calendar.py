"""When the library is open, and when a clock that started some time ends. Pure arithmetic on dates."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.workflow.policy import ClockSetting
from gateway.workflow.records import Record

TEN_YEARS_OF_DAYS = 3660


class Calendar(Record, frozen=True, kw_only=True):
    """When the library is open: a time zone and the days it is closed."""

    time_zone: str = "UTC"
    closed_weekdays: tuple[int, ...] = (5, 6)
    """0 is Monday."""
    closed_dates: tuple[date, ...] = ()

    def is_open(self, day: date) -> bool:
        """Say whether the library is open on a day."""
        return day.weekday() not in self.closed_weekdays and day not in self.closed_dates

    def add_open_days(self, day: date, count: int) -> date:
        """Give the day that is `count` open days after `day`; stops after ten years of closed days."""
        for _ in range(TEN_YEARS_OF_DAYS):
            if count <= 0:
                return day
            day += timedelta(days=1)
            count -= self.is_open(day)
        return day

    def clock_end(self, setting: ClockSetting, since: datetime) -> datetime:
        """Give the moment a clock that started at `since` (aware) has run, in the zone of `since`.

        Days are days of the library's own time zone: the end has the same local time, whatever daylight saving did.
        """
        if not setting.days:
            return since + timedelta(seconds=setting.seconds)
        zone = ZoneInfo(self.time_zone)
        local = since.astimezone(zone)
        day = local.date()
        end = self.add_open_days(day, setting.days) if setting.open_days else day + timedelta(days=setting.days)
        return datetime.combine(end, local.time(), zone).astimezone(since.tzinfo) + timedelta(seconds=setting.seconds)
