"""When a copy is expected, and what can not be there in time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from gateway.policy.judging import answer, expected_at
from gateway.workflow.calendar import Calendar, Calendars
from gateway.workflow.fetching import UNKNOWN
from gateway.workflow.policy import Policy, TooLate
from gateway.workflow.records import AnswerKind, Fetching
from tests.policy.copies import AT, CALENDAR, CALENDAR_ZONE, LOAN, answered, copy


def test_expected_is_noon_of_an_open_day_by_the_librarys_clock():
    assert expected_at(AT, 2, CALENDAR) == datetime(2026, 10, 30, 11, 0, tzinfo=UTC)
    assert expected_at(AT, 3, CALENDAR) == datetime(2026, 11, 2, 11, 0, tzinfo=UTC)
    summer = datetime(2026, 10, 23, 22, 30, tzinfo=UTC)  # half past midnight on Saturday, before the clocks go back
    assert expected_at(summer, 1, CALENDAR) == datetime(2026, 10, 26, 11, 0, tzinfo=UTC)


def test_a_copy_is_expected_after_open_days_of_the_branch_that_has_it():
    """The branch is closed on Thursdays and Fridays, the library is not: fetched on Saturday, brought on Monday."""
    east = Calendar(time_zone="Europe/Berlin", closed_weekdays=(3, 4))
    calendars = Calendars(library=CALENDAR, branches={"EAST": east})
    found = [answer((copy("03", branch=branch),), LOAN, Policy(), calendars, AT) for branch in ("MAIN", "EAST")]
    assert [each.expected_at and each.expected_at.day for each in found] == [30, 2]


def test_what_a_branch_takes_counts_for_the_expected_day():
    slow = Fetching(mostly=3, nearly_all=5, words="of 20 books half came within 3 open days")
    found = answered(msgspec.structs.replace(copy("03"), fetching=slow))
    assert found.expected_at == expected_at(AT, 3, CALENDAR)
    assert "of 20 books half came within 3 open days" in found.words, "the basis stands with the choice"
    unknown = answered(msgspec.structs.replace(copy("03"), fetching=UNKNOWN))
    assert unknown.expected_at == expected_at(AT, Policy().delivery_days, CALENDAR)


@pytest.mark.parametrize(
    ("too_late", "kind", "reason"),
    [
        (TooLate.RETRY, AnswerKind.RETRY, "ReqDelDateNotPossible"),
        (TooLate.UNFILLED, AnswerKind.UNFILLED, "NotAvailableForILL"),
        (TooLate.STAFF, AnswerKind.SUPPLY, None),
    ],
)
def test_what_can_not_be_there_in_time_is_no_promise(too_late, kind, reason):
    policy = Policy(too_late=too_late)
    soon = msgspec.structs.replace(LOAN, need_before=AT + timedelta(days=3))
    found = answered(copy("03"), terms=soon, policy=policy)
    assert (found.kind, found.reason) == (kind, reason)
    assert "at the soonest" in found.words
    assert (found.doubt is not None) is (too_late is TooLate.STAFF), "a person decides"
    if kind is AnswerKind.RETRY:
        assert found.note is not None
        assert found.note.startswith("It could be with you by 2026-11-02"), "the partner hears the day"
        assert found.expected_at is not None
        assert f"{found.expected_at:%Y-%m-%d}" == "2026-11-02"
    late_enough = msgspec.structs.replace(LOAN, need_before=AT + timedelta(days=9))
    assert answered(copy("03"), terms=late_enough, policy=policy).kind is AnswerKind.SUPPLY


@pytest.mark.parametrize(
    ("need_before", "kind"),
    [
        (datetime(2026, 11, 2, 0, 0, tzinfo=CALENDAR_ZONE), AnswerKind.SUPPLY),
        (datetime(2026, 11, 2, 9, 30, tzinfo=CALENDAR_ZONE), AnswerKind.SUPPLY),
        (datetime(2026, 11, 1, 23, 59, tzinfo=CALENDAR_ZONE), AnswerKind.RETRY),
    ],
)
def test_what_comes_on_the_day_that_is_named_comes_in_time(need_before: datetime, kind: AnswerKind):
    assert answered(copy("03"), terms=msgspec.structs.replace(LOAN, need_before=need_before)).kind is kind


def test_of_several_copies_one_that_is_there_in_time_is_promised():
    quick, slow = Fetching(mostly=1, nearly_all=2), Fetching(mostly=8, nearly_all=9)
    copies = [msgspec.structs.replace(copy("03", number), fetching=each) for number, each in ((1, slow), (2, quick))]
    found = answered(*copies, terms=msgspec.structs.replace(LOAN, need_before=AT + timedelta(days=6)))
    assert found.choice == copies[1]
    assert found.others == (), "the other can't take its place"


def test_the_days_that_a_partner_hears_are_those_of_the_library_east_of_utc():
    """Noon in Auckland is the evening before in UTC."""
    auckland = Calendars(library=Calendar(time_zone="Pacific/Auckland"))
    soon = msgspec.structs.replace(LOAN, need_before=datetime(2026, 10, 28, 10, 59, 59, tzinfo=UTC))
    found = answer((copy("03"),), soon, Policy(too_late=TooLate.RETRY, delivery_days=2), auckland, AT)
    assert found.expected_at is not None
    there = found.expected_at.astimezone(ZoneInfo("Pacific/Auckland")).date()
    assert found.expected_at.date() < there
    assert found.note is not None
    assert found.note.startswith(f"It could be with you by {there}")
    assert f"Needed by 2026-10-28; with the partner by {there} at the soonest" in found.words
