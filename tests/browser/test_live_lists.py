"""Lists that refresh by themselves: nothing that somebody has chosen, typed, focused or scrolled to is lost by it."""

from typing import Final

import pytest
from playwright.sync_api import Locator, Page, expect

from gateway.demo.stage.stack import Stack
from tests.browser.conftest import PATIENCE_MS, SignIn
from tests.browser.test_copies import promised_copy
from tests.browser.test_presence import HIDE
from tests.browser.test_scan import Book, promised

NEWS_WITHOUT_END: Final = """
    const fetched = fetch;
    window.fetch = (address, options) => {
      if (!String(address).startsWith("/news")) return fetched(address, options);
      const cut = (body) => options.signal.addEventListener("abort", () => { body.error(options.signal.reason); window.wasCut = true; });
      return Promise.resolve(new Response(new ReadableStream({ start: cut })));
    };"""
"""The answer to what is new begins and never ends, until the page breaks it off."""

ADDRESSES: Final = ("/lists/pull", "/requests?sort=oldest")


@pytest.fixture(scope="module")
def books(house: Stack) -> list[Book]:
    return promised(house, 5)


def row(page: Page, book: Book) -> Locator:
    return page.locator(f"tr[data-request='{book.number}']")


def count(page: Page) -> Locator:
    return page.locator("#list-count b").first


def note_scroll(page: Page) -> int:
    return int(page.evaluate("Math.round(scrollY)"))


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_changed_row_shows_it_and_everything_else_stays(
    sign_in: SignIn, house: Stack, books: list[Book], address: str
):
    page = sign_in(viewport={"width": 1200, "height": 420})
    page.goto(address)
    page.get_by_role("checkbox", name=f"Choose {books[1].number}").check()
    expect(page.locator("[data-chosen]")).to_have_text("1 chosen")
    page.fill("#words", "typed and not sent")
    page.get_by_text("Keep these filters").click()
    page.fill("#view-name", "half a name")
    row(page, books[2]).get_by_role("link").focus()
    page.evaluate("scrollTo(0, 120)")
    scrolled = note_scroll(page)
    house.api.post(f"/requests/{books[0].number}/actions/flag", {"inside": "Look at the spine"})
    expect(row(page, books[0])).to_contain_text("Needs attention", timeout=PATIENCE_MS)
    expect(page.get_by_role("checkbox", name=f"Choose {books[1].number}")).to_be_checked()
    expect(page.locator("#words")).to_have_value("typed and not sent")
    expect(page.locator("#view-name")).to_have_value("half a name")
    expect(page.locator("#view-name")).to_be_visible()
    expect(row(page, books[2]).get_by_role("link")).to_be_focused()
    assert note_scroll(page) == scrolled
    house.api.post(f"/requests/{books[0].number}/actions/unflag", {})
    expect(row(page, books[0])).not_to_contain_text("Needs attention", timeout=PATIENCE_MS)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_new_request_appears_and_is_counted_aloud(sign_in: SignIn, house: Stack, books: list[Book], address: str):
    page = sign_in()
    page.goto(address)
    page.get_by_role("checkbox", name=f"Choose {books[3].number}").check()
    expect(page.get_by_role("status").filter(has=page.locator("b"))).to_have_attribute("id", "list-count")
    before = int(count(page).inner_text())
    page.evaluate("document.getElementById('list-count').dataset.kept = 'yes'")
    (new,) = promised(house, 1)
    expect(row(page, new)).to_be_visible(timeout=PATIENCE_MS)
    expect(count(page)).to_have_text(str(before + 1), timeout=PATIENCE_MS)
    expect(page.locator("#list-count")).to_have_attribute("data-kept", "yes")
    expect(page.get_by_role("checkbox", name=f"Choose {books[3].number}")).to_be_checked()
    expect(page.get_by_role("checkbox", name=f"Choose {new.number}")).not_to_be_checked()


def test_the_next_step_of_a_row_that_comes_by_itself_is_offered(sign_in: SignIn, house: Stack, books: list[Book]):
    page = sign_in()
    page.goto("/lists/pull")
    expect(row(page, books[0])).to_be_visible()
    send = page.locator("button[data-act=copy-sent]")
    expect(send).to_have_count(1)
    expect(send).to_be_hidden()
    copy = promised_copy(house)
    page.get_by_role("checkbox", name=f"Choose {copy.our_id}").check(timeout=PATIENCE_MS)
    expect(send).to_be_visible()
    expect(page.locator("#does-copy-sent")).to_be_visible()


def test_a_chosen_row_that_leaves_the_list_is_said(sign_in: SignIn, house: Stack, books: list[Book]):
    page = sign_in()
    page.goto("/lists/pull")
    for book in books[3:]:
        page.get_by_role("checkbox", name=f"Choose {book.number}").check()
    expect(page.locator("[data-chosen]")).to_have_text("2 chosen")
    house.api.post(f"/requests/{books[4].number}/actions/cannot-find", {})
    expect(row(page, books[4])).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.locator("[data-chosen]")).to_have_text("1 chosen, 1 left the list")


def test_filters_stay_as_they_are_ticked_and_a_filter_still_folds(sign_in: SignIn, house: Stack, books: list[Book]):
    page = sign_in(viewport={"width": 900, "height": 800})
    page.goto("/requests?state=will+supply&sort=oldest")
    facets = page.locator("#facets")
    expect(facets).not_to_have_attribute("open", "")
    house.api.post(f"/requests/{books[0].number}/actions/flag", {})
    expect(row(page, books[0])).to_contain_text("Needs attention", timeout=PATIENCE_MS)
    expect(facets).not_to_have_attribute("open", "")
    facets.locator("> summary").click()
    expect(page.get_by_role("checkbox", name="On the pull list")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Needs attention")).to_be_visible()
    house.api.post(f"/requests/{books[0].number}/actions/unflag", {})
    expect(row(page, books[0])).not_to_contain_text("Needs attention", timeout=PATIENCE_MS)
    expect(facets).to_have_attribute("open", "")


def test_a_hidden_tab_catches_up(sign_in: SignIn, house: Stack, books: list[Book]):
    page = sign_in()
    page.goto("/lists/pull")
    expect(row(page, books[1])).to_be_visible()
    page.evaluate(HIDE % "true")
    shown = sign_in("manager")
    shown.goto("/lists/pull")
    house.api.post(f"/requests/{books[1].number}/actions/flag", {})
    expect(row(shown, books[1])).to_contain_text("Needs attention", timeout=PATIENCE_MS)
    assert "Needs attention" not in row(page, books[1]).inner_text()
    page.evaluate(HIDE % "false")
    expect(row(page, books[1])).to_contain_text("Needs attention", timeout=PATIENCE_MS)
    house.api.post(f"/requests/{books[1].number}/actions/unflag", {})


def test_a_tab_that_is_hidden_in_the_middle_of_an_answer_complains_of_nothing(sign_in: SignIn):
    """What a script complains of fails each test here."""
    page = sign_in()
    page.add_init_script(NEWS_WITHOUT_END)
    page.goto("/lists/pull")
    page.evaluate(HIDE % "true")
    page.wait_for_function("window.wasCut")


def test_what_came_of_an_act_for_several_stays_until_the_next_one(sign_in: SignIn, house: Stack, books: list[Book]):
    page = sign_in()
    page.goto("/requests?state=will+supply")
    page.get_by_role("checkbox", name=f"Choose {books[1].number}").check()
    page.locator("button[data-act=flag]").click()
    expect(page.locator("#outcome")).to_contain_text("Done for 1 of 1")
    house.api.post(f"/requests/{books[1].number}/actions/unflag", {})
    expect(row(page, books[1])).not_to_contain_text("Needs attention", timeout=PATIENCE_MS)
    expect(page.locator("#outcome")).to_contain_text("Done for 1 of 1")


def test_tasks_come_by_themselves(sign_in: SignIn, house: Stack):
    page = sign_in()
    page.goto("/tasks")
    before = page.locator("li.task").count()
    house.partner.post("/requests", {"title": "The Silent Film That Never Was"})
    expect(page.locator("li.task")).to_have_count(before + 1, timeout=PATIENCE_MS)


def test_chosen_tasks_stay_as_they_were_read_and_one_that_was_told_again_stays_open(
    sign_in: SignIn, house: Stack, books: list[Book]
):
    again, once = books[3:5]

    def ask(book: Book, told: int) -> None:
        house.partner.post(f"/requests/{book.partner_id}/actions/Notification", {"note": "May it be read at home?"})
        address = f"/tasks?request={book.number}&kind=read+note"
        book.case.until(
            lambda: [task.get("told", 1) for task in house.api.get(address)["tasks"]] == [told] or None,
            f"the note, told {told} times",
        )

    ask(again, 1)
    ask(once, 1)
    page = sign_in()
    page.goto("/tasks?kind=read+note")
    for book in (again, once):
        page.locator("li.task", has_text=book.number).get_by_role("checkbox").check()
    ask(again, 2)
    page.locator("button[form=together]").click()
    expect(page.locator("#said")).to_contain_text("1 of 2 tasks done")
    expect(page.locator("#said")).to_contain_text("has changed since it was read, and was told 2 times by now")
    expect(page.locator("li.task", has_text=again.number)).to_contain_text("told 2 times")
    expect(page.locator("li.task", has_text=once.number)).to_have_count(0)


def test_a_button_that_means_another_act_by_now_has_lost_the_focus(sign_in: SignIn, house: Stack, books: list[Book]):
    page = sign_in()
    page.goto(f"/requests/{books[2].number}")
    button = page.locator("[data-act=arrive-and-ship] button.main")
    button.focus()
    house.api.post(f"/requests/{books[2].number}/actions/flag", {})
    expect(page.locator(".marks")).to_contain_text("Needs attention", timeout=PATIENCE_MS)
    expect(button).to_be_focused()
    house.api.post(f"/requests/{books[2].number}/actions/arrive-and-ship", {})
    expect(button).to_have_count(0, timeout=PATIENCE_MS)
    assert page.evaluate("document.activeElement === document.body")
