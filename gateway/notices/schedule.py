"""Which mails go out by themselves, and when. Pure.

A time of the schedule is seen to once; who was away at that time sees to it for a while after, and then lets it be: pull slips of the
morning are of no use in the evening.
"""

import calendar
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

import msgspec

from gateway.notices.records import NoticeKind
from gateway.workflow.values import Record

SLIPS_LATE: Final = timedelta(hours=4)
MONTHLY_LATE: Final = timedelta(days=1)
"""How long after its time each is still seen to."""


class NoticePlan(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings say of mails."""

    mails: bool = False
    """Whether e-mail is set up."""
    texts: Mapping[str, str] = {}
    """The library's own words."""
    branches: Mapping[str, str] = {}
    """The e-mail address of each branch that gets pull slips."""
    pull_slips_at: tuple[time, ...] = ()
    statements_on: int | None = None
    """The day of the month; in a month that is shorter, its last."""
    report: str = "board"
    report_on: int | None = None
    report_to: tuple[str, ...] = ()
    monthly_at: time = time(6)


class Slot(Record, frozen=True, kw_only=True):
    """A time of the schedule that is due."""

    kind: NoticeKind
    due: datetime

    @property
    def name(self) -> str:
        """By which it is known that it was seen to."""
        return f"{self.kind} {self.due:%Y-%m-%d %H:%M}"


def due_slots(plan: NoticePlan, now: datetime) -> tuple[Slot, ...]:
    """Return what is due at a local time. Nothing without e-mail."""
    if not plan.mails:
        return ()
    return tuple(slot for slot, late in _near(plan, now) if slot.due <= now < slot.due + late)


def _near(plan: NoticePlan, now: datetime) -> Iterator[tuple[Slot, timedelta]]:
    """Every time of today and yesterday, and how late it may become."""
    for day in (now.date() - timedelta(days=1), now.date()):
        if plan.branches:
            for at in plan.pull_slips_at:
                yield _slot(NoticeKind.PULL_SLIPS, day, at, now), SLIPS_LATE
        if _is_day(plan.statements_on, day):
            yield _slot(NoticeKind.STATEMENT, day, plan.monthly_at, now), MONTHLY_LATE
        if plan.report_to and _is_day(plan.report_on, day):
            yield _slot(NoticeKind.REPORT, day, plan.monthly_at, now), MONTHLY_LATE


def _slot(kind: NoticeKind, day: date, at: time, now: datetime) -> Slot:
    return Slot(kind=kind, due=datetime.combine(day, at, now.tzinfo))


def _is_day(wanted: int | None, day: date) -> bool:
    return wanted is not None and day.day == min(wanted, calendar.monthrange(day.year, day.month)[1])
