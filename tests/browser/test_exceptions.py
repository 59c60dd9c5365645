"""Each exception is one decision: one task, one press, with what is proposed filled in. Hands are counted and printed (hands.py)."""

from functools import partial

import pytest
from playwright.sync_api import Page, expect

from gateway.demo.stage.case import Case
from gateway.demo.stage.processes import wait_for
from gateway.demo.stage.stack import Stack
from tests.browser.conftest import Note, SignIn
from tests.browser.hands import Hands
from tests.browser.test_scan import Book, found, promised


@pytest.fixture
def book(house: Stack) -> Book:
    return promised(house, 1)[0]


def until_task(case: Case, kind: str) -> None:
    case.until(lambda: kind in case.tasks() or None, f"the task: {kind}")


def at_tasks(page: Page, kind: str) -> Hands:
    """The list of tasks, as it is opened from the menu."""
    page.goto(f"/tasks?kind={kind.replace(' ', '+')}")
    return Hands(page)


def test_what_the_counter_checked_in_is_settled_by_one_press(
    sign_in: SignIn, house: Stack, book: Book, note_hands: Note
):
    book.case.act("arrive-and-ship")
    book.case.until_state("loaned")
    house.acs.ask("return", barcode=book.barcode)
    house.api.post("/acs/reconcile")
    until_task(book.case, "does not match")
    page = sign_in()
    hands = at_tasks(page, "does not match")
    page.locator("li.task", has_text=book.number).locator("button.main").click()
    book.case.until_state("checked in")
    page.wait_for_load_state()
    assert hands.counted["clicks"] == 1
    note_hands("a loan that the counter has ended", hands.counted)


def test_a_note_is_read_by_one_press(sign_in: SignIn, house: Stack, book: Book, note_hands: Note):
    house.partner.post(f"/requests/{book.partner_id}/actions/Notification", {"note": "May it be read at home?"})
    until_task(book.case, "read note")
    page = sign_in()
    hands = at_tasks(page, "read note")
    page.locator("li.task", has_text=book.number).locator("[data-task=done] button").click()
    expect(page.locator("li.task", has_text=book.number)).to_have_count(0)
    assert hands.counted["clicks"] == 1
    note_hands("a note of the partner's", hands.counted)


def test_an_answer_that_the_policy_proposes_is_given_by_one_press_where_it_is_read(
    sign_in: SignIn, house: Stack, note_hands: Note
):
    """A no as well: its button says why, and that the partner is told so. It can be undone from the list."""
    asked = house.partner.post("/requests", {"title": "The Film That Nobody Kept"})
    line = wait_for(partial(found, house, asked["id"]), "the request")
    case = Case(house.api, house.acs, lambda: house.processes, our_id=line["id"])
    until_task(case, "answer")
    page = sign_in()
    hands = at_tasks(page, "answer")
    no = page.locator("li.task", has_text=case.our_id).locator("[data-act=unfilled] button")
    expect(no).to_have_text("Answer noReason: Not held. Tells the partner: Unfilled. Tells no.")
    no.click()
    expect(page.locator("#done")).to_contain_text("Done: “Answer no”, The Film That Nobody Kept")
    assert hands.counted["clicks"] == 1
    case.until_state("unfilled")
    note_hands("a request that we can't supply", hands.counted)
    page.locator("#done [data-act=undo] button").click()
    case.until_state("deciding")
    expect(page.locator("li.task", has_text=case.our_id)).to_have_count(1)
    page.locator("li.task", has_text=case.our_id).locator("[data-act=unfilled] button").click()
    case.until_state("unfilled")
