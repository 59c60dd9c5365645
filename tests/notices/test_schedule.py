"""When mails go out by themselves: at their time, once, and for a while after it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.notices.records import NoticeKind
from gateway.notices.schedule import NoticePlan, due_slots

ZONE = ZoneInfo("America/Chicago")
PLAN = NoticePlan(
    mails=True,
    branches={"HILL": "hill@library.example"},
    pull_slips_at=(time(8), time(23)),
    statements_on=31,
    report_on=2,
    report_to=("director@library.example",),
)


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "names"),
    [
        (at(27, 7, 59), []),
        (at(27, 8), ["pull slips 2026-11-27 08:00"]),
        (at(27, 11, 59), ["pull slips 2026-11-27 08:00"]),
        (at(27, 12), []),
        (at(28, 1), ["pull slips 2026-11-27 23:00"]),
        (at(30, 6), ["statement 2026-11-30 06:00"]),
        (at(2, 5, 59, month=12), []),
        (at(2, 6, month=12), ["report 2026-12-02 06:00"]),
        (at(3, 5, 59, month=12), ["report 2026-12-02 06:00"]),
        (at(3, 6, month=12), []),
    ],
)
def test_what_is_due(now: datetime, names: list[str]):
    assert [slot.name for slot in due_slots(PLAN, now)] == names


def test_each_is_switched_on_by_itself():
    nothing = NoticePlan(mails=True)
    month = [at(1, 0, month=12) + timedelta(minutes=30 * step) for step in range(48 * 31)]
    assert not any(due_slots(nothing, now) for now in month)
    only_slips = NoticePlan(mails=True, branches=PLAN.branches, pull_slips_at=(time(8),))
    assert {slot.kind for now in month for slot in due_slots(only_slips, now)} == {NoticeKind.PULL_SLIPS}


def test_without_e_mail_nothing_is_due():
    assert due_slots(NoticePlan(branches=PLAN.branches, pull_slips_at=(time(8),)), at(27, 8)) == ()


def test_a_minute_that_the_clock_has_twice_is_one_time():
    plan = NoticePlan(mails=True, branches=PLAN.branches, pull_slips_at=(time(1, 30),))
    first, again = (datetime(2026, 11, 1, 1, 30, tzinfo=ZONE, fold=fold) for fold in (0, 1))
    assert {slot.name for now in (first, again) for slot in due_slots(plan, now)} == {"pull slips 2026-11-01 01:30"}
