"""Days that staff read are the library's own, west and east of UTC: in the story, on the page, in a list as CSV, after a scan."""

import csv
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest

from gateway.desk.access import Caller
from gateway.desk.ports import Desk
from gateway.desk.scanning import scan
from gateway.desk.story import show_story
from gateway.desk.structs.lists import ListName
from gateway.desk.structs.scans import ScanBody
from gateway.desk.structs.sheet import StoryQuery
from gateway.desk.structs.worklists import WorklistQuery
from gateway.desk.worklists import worklist_csv
from gateway.workflow.events import Performed, StaffActed
from gateway.workflow.finding import ListedItem
from gateway.workflow.records import Act, Answer, AnswerKind, Item, ItemPlace, Outcome, State
from gateway.workflow.staff import StaffRole
from gateway.workflow.triggers import StaffAction
from tests.web.known import ALMANAC, START, a_request, keep
from tests.web.live import Live, real_intake
from tests.web.scanning import ITEM

DENVER, AUCKLAND = ZoneInfo("America/Denver"), ZoneInfo("Pacific/Auckland")
of_the_ninth = pytest.mark.parametrize(
    ("zone", "at"),
    [
        (DENVER, datetime(2026, 12, 10, 6, 59, 59, tzinfo=UTC)),
        (AUCKLAND, datetime(2026, 12, 8, 12, 0, tzinfo=UTC)),
    ],
)
"""Moments of 9 December there, which are another day in UTC."""
ANN = Caller("ann", StaffRole.TECHNICIAN)


def there(live: Live, zone: ZoneInfo) -> Desk:
    """The desk of a library in that zone."""
    return replace(live.desk, zone=zone)


async def test_what_happens_is_written_down_with_the_day_of_the_library(live: Live):
    """The door's own zone is that of the library, Denver."""
    due_at = datetime(2026, 12, 10, 6, 59, 59, tzinfo=UTC)
    await keep(live.store, a_request(state=State.CHECKING_OUT))
    lent = Performed(at=START, act=Act.CHECKOUT, item_barcode=ITEM, outcome=Outcome.DONE, due_at=due_at)
    await real_intake(live).submit("r1", lent)
    [entry, *_] = (await show_story(live.desk, ANN, "r1", StoryQuery())).entries
    assert "Due 2026-12-09." in entry.words


@of_the_ninth
async def test_the_story_says_the_day_that_staff_meant(live: Live, zone: ZoneInfo, at: datetime):
    await keep(live.store, a_request(state=State.ARRIVED))
    said = StaffActed(at=START, by="ann", action=StaffAction.DONE_BY_HAND, due_at=at)
    await real_intake(live).submit("r1", said)
    entries = (await show_story(there(live, zone), ANN, "r1", StoryQuery())).entries
    assert ["due 2026-12-09" in entry.words for entry in entries if entry.by == "ann"] == [True]


@of_the_ninth
async def test_a_list_as_csv_has_the_days_of_its_page(live: Live, zone: ZoneInfo, at: datetime):
    out = Item(copy=ALMANAC, place=ItemPlace.OUT, due_at=at)
    await keep(live.store, a_request(state=State.LOANED, state_since=at, items=(out,)))
    given = await worklist_csv(there(live, zone), ANN, ListName.DUE, WorklistQuery(days=60))
    [row] = csv.DictReader(StringIO(given.text))
    assert (row["Since"], row["Due"]) == ("2026-12-09", "2026-12-09")


@of_the_ninth
async def test_a_scan_says_on_which_day_the_partner_was_told_no(live: Live, zone: ZoneInfo, at: datetime):
    await live.store.import_items([ListedItem(copy=ALMANAC, keys=())], replace=False)
    no = Answer(kind=AnswerKind.UNFILLED, reason="NotOnShelf")
    await keep(live.store, a_request(state=State.UNFILLED, answer=no, state_since=at))
    said = (await scan(there(live, zone), ANN, ScanBody(code=ITEM))).said
    assert "was told on 2026-12-09" in said
