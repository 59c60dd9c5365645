"""What is to happen when, outside the gateway: a heap of moments."""

import heapq
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta

Happening = Callable[[], Awaitable[None]]


class Agenda:
    """Happenings in the order of their moments."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Happening]] = []
        self._numbered = 0

    def put(self, at: datetime, happening: Happening) -> None:
        """Let something happen at a moment."""
        self._numbered += 1
        heapq.heappush(self._heap, (at, self._numbered, happening))

    @property
    def next_at(self) -> datetime | None:
        """When the next one is."""
        return self._heap[0][0] if self._heap else None

    def take(self, now: datetime) -> Happening | None:
        """The next one that is due."""
        return heapq.heappop(self._heap)[2] if self._heap and self._heap[0][0] <= now else None


def open_day(at: datetime, days: int, is_open: Callable[[date], bool], hour: float) -> datetime:
    """The hour of the day that is so many open days after a moment; 0: the same day where it is open and the hour is to come."""
    day = at.date()
    if days == 0 and is_open(day) and at < _at(day, hour, at):
        return _at(day, hour, at)
    for _ in range(max(days, 1)):
        day += timedelta(days=1)
        while not is_open(day):
            day += timedelta(days=1)
    return _at(day, hour, at)


def _at(day: date, hour: float, like: datetime) -> datetime:
    return datetime.combine(day, time(), like.tzinfo) + timedelta(hours=hour)
