"""How long each branch takes to bring a book to the desk, counted from the requests of partners. Pure.

A request counts for the branch of its first item, in the branch's own open days from the promise to the scan at the desk.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from gateway.workflow.calendar import Calendar, Calendars
from gateway.workflow.fetching import learned
from gateway.workflow.records import Fetching, Request

MOST: int = 100
"""Books of a branch that are looked at, the newest: what was years ago tells nothing of its courier now."""


def fetchings(requests: Iterable[Request], calendars: Calendars) -> Mapping[str, Fetching]:
    """Return what is known of every branch that has brought something; `requests`: the newest first."""
    days: dict[str, list[int]] = defaultdict(list)
    for request in requests:
        branch = next((item.copy.branch for item in request.items), None)
        if branch is None or request.promised_at is None or request.at_desk_at is None or len(days[branch]) >= MOST:
            continue
        days[branch].append(open_days(request.promised_at, request.at_desk_at, calendars.of(branch)))
    return {branch: learned(taken) for branch, taken in days.items()}


def open_days(since: datetime, until: datetime, calendar: Calendar) -> int:
    """Count the open days after the one of `since` up to the one of `until`, by the place's own calendar."""
    zone = ZoneInfo(calendar.time_zone)
    first, last = since.astimezone(zone).date().toordinal(), until.astimezone(zone).date().toordinal()
    return sum(calendar.is_open(date.fromordinal(day)) for day in range(first + 1, last + 1))
