"""How long a branch takes to bring a book: counted in its own open days, and said with its basis."""

from datetime import UTC, datetime, timedelta

import msgspec

from gateway.reports.fetching import MOST, fetchings, open_days
from gateway.workflow.calendar import Calendar, Calendars
from gateway.workflow.fetching import UNKNOWN, as_set, learned
from gateway.workflow.records import Request, State
from tests.workflow.builders import item, request

MONDAY = datetime(2026, 11, 2, 10, tzinfo=UTC)


def brought(days: int, at: datetime = MONDAY) -> Request:
    """A request whose book came so many calendar days after its promise."""
    made = request(State.LOANED, items=(item(1),))
    return msgspec.structs.replace(made, promised_at=at, at_desk_at=at + timedelta(days=days))


def test_days_are_the_branchs_own_open_days():
    friday = MONDAY + timedelta(days=4)
    assert open_days(friday, friday + timedelta(days=3), Calendar()) == 1
    assert open_days(friday, friday + timedelta(days=4), Calendar(closed_weekdays=(5, 6, 0))) == 1
    assert open_days(MONDAY, MONDAY + timedelta(hours=5), Calendar()) == 0


def test_what_a_branch_has_brought_tells_what_it_takes():
    branch = item(1).copy.branch
    known = fetchings([brought(days) for days in (1, 1, 2, 2, 2, 3)], Calendars())
    assert (known[branch].mostly, known[branch].nearly_all) == (2, 3)
    assert known[branch].words.startswith("of 6 books half came within 2 open days")


def test_a_few_books_tell_nothing():
    assert learned([1, 1, 1, 1]) is UNKNOWN
    assert UNKNOWN.nearly_all == 4, "a courier brings a book after 1 to 4 open days (ill.md)"


def test_what_did_not_come_and_what_is_old_does_not_count():
    never = msgspec.structs.replace(brought(1), at_desk_at=None)
    assert fetchings([never], Calendars()) == {}
    newest_first = [brought(1)] * MOST + [brought(4)] * MOST
    assert fetchings(newest_first, Calendars())[item(1).copy.branch].nearly_all == 1


def test_what_the_settings_say_is_said_so():
    said = as_set(2, "the settings", UNKNOWN).words
    assert said == "2 open days by the settings, in place of what is learned: nothing was fetched there yet"
