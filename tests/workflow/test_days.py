"""Days that people read are the library's own, west and east of UTC: in the story, and in what staff are asked."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from gateway.workflow.acts import by_hand
from gateway.workflow.borrowing import ask as borrowing_ask
from gateway.workflow.borrowing.draft import BorrowingDraft
from gateway.workflow.borrowing_events import ItemSeen, LenderSays
from gateway.workflow.days import at_home, local_day
from gateway.workflow.lending import ask as lending_ask
from gateway.workflow.machine import Draft
from gateway.workflow.records import Act, State
from gateway.workflow.words import narrate
from tests.workflow import borrowing
from tests.workflow.builders import looked, performed, two_items

DENVER, AUCKLAND = ZoneInfo("America/Denver"), ZoneInfo("Pacific/Auckland")
NINTH = (
    (DENVER, datetime(2026, 12, 10, 6, 59, 59, tzinfo=UTC)),
    (AUCKLAND, datetime(2026, 12, 8, 12, 0, tzinfo=UTC)),
)
"""Moments of 9 December there, which are another day in UTC."""
of_the_ninth = pytest.mark.parametrize(("zone", "at"), NINTH)


@of_the_ninth
def test_a_moment_is_of_the_day_that_the_librarys_clocks_show(zone: ZoneInfo, at: datetime):
    assert local_day(at, zone) == date(2026, 12, 9)
    assert local_day(None, zone) is None


def test_a_due_date_that_means_never_has_a_day_too():
    never = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert (at_home(never, AUCKLAND), local_day(never, AUCKLAND)) == (never, date(9999, 12, 31))


@of_the_ninth
def test_the_story_says_the_due_day_of_the_library(zone: ZoneInfo, at: datetime):
    told = (
        performed(Act.CHECKOUT, due_at=at),
        looked(Act.CHECKOUT, due_at=at),
        ItemSeen(at=at, out=True, due_at=at),
        borrowing.says(LenderSays.LOANED, due_at=at),
    )
    assert ["Due 2026-12-09." in narrate(event, zone) for event in told] == [True] * len(told)


def asked_of_staff(ask: Callable[[Any, Any], None], draft: Draft, event: object = None) -> str:
    ask(draft, event)
    [task] = draft.opened
    return task.words


@of_the_ninth
def test_a_task_of_a_loan_says_the_days_of_the_library(zone: ZoneInfo, at: datetime):
    lent = two_items(State.LOANED)
    lent = msgspec.structs.replace(
        lent,
        due_at=at - timedelta(days=7),
        items=tuple(msgspec.structs.replace(item, due_at=at - timedelta(days=7)) for item in lent.items),
    )
    again = asked_of_staff(lending_ask.due_again, Draft(lent, at, zone), looked(Act.CHECKOUT, due_at=at))
    assert "due 2026-12-09 now. The partner was told 2026-12-02" in again
    differs = asked_of_staff(by_hand.due_differs, Draft(lent, at, zone), looked(Act.CHECKOUT, due_at=at))
    assert "is due 2026-12-02; the circulation system shows 2026-12-09" in differs


@of_the_ninth
def test_a_task_of_an_order_says_the_days_of_the_library(zone: ZoneInfo, at: datetime):
    order = msgspec.structs.replace(borrowing.on_its_way().request, need_before=at, created_at=at)
    late = asked_of_staff(borrowing_ask.deadline, BorrowingDraft(order, at, zone))
    assert "needed it by 2026-12-09" in late
    assert "needed by 2026-12-09" in asked_of_staff(borrowing_ask.no_lender, BorrowingDraft(order, at, zone))
    undated = msgspec.structs.replace(order, need_before=None)
    assert "ordered on 2026-12-09" in asked_of_staff(borrowing_ask.deadline, BorrowingDraft(undated, at, zone))
    here = borrowing.on_shelf().request
    here = msgspec.structs.replace(
        here, due_at=at, items=tuple(msgspec.structs.replace(item, due_at=at) for item in here.items)
    )
    too_late = asked_of_staff(borrowing_ask.due_too_late, BorrowingDraft(here, at, zone))
    assert "due here 2026-12-09. The lender wants it on 2026-12-09" in too_late
    assert "set the date in the ILS to 2026-12-0" in too_late
