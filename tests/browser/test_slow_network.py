"""A slow line, and the browser's back and forward: nothing that is typed is lost, nothing is done twice, and what is shown is so."""

import re

import pytest
from playwright.sync_api import Page, expect

from gateway.demo.stage.stack import Stack
from tests.browser.conftest import PATIENCE_MS, SignIn
from tests.browser.test_scan import Book, promised

CARD = "20000000000048"


@pytest.fixture(scope="module")
def books(house: Stack) -> list[Book]:
    return promised(house, 4)


def slow_down(page: Page) -> Page:
    """A telephone's line: 600 ms until something comes, 40 KB a second."""
    line = {"offline": False, "latency": 600, "downloadThroughput": 40_000, "uploadThroughput": 20_000}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", line)
    return page


def acts(house: Stack, book: Book, words: str) -> int:
    """How often something stands in a request's history."""
    entries = house.api.get(f"/requests/{book.number}/timeline")["entries"]
    return sum(words in entry["words"] for entry in entries)


# ── a slow line ──────────────────────────────────────────────────────────────────────────────────


def test_impatient_clicks_ship_once(sign_in: SignIn, house: Stack, books: list[Book]):
    page = slow_down(sign_in())
    page.goto(f"/requests/{books[0].number}")
    page.locator("[data-act=arrive-and-ship] button.main").click(click_count=4, no_wait_after=True)
    expect(page.locator("#said")).to_contain_text(re.compile("Done|done before"), timeout=PATIENCE_MS)
    assert acts(house, books[0], ": arrive-and-ship.") == 1


def test_a_search_that_is_typed_on_while_the_list_comes_keeps_what_is_typed(sign_in: SignIn, books: list[Book]):
    page = slow_down(sign_in())
    page.goto("/requests")
    page.get_by_role("checkbox", name="We lend").check()
    page.locator("#q").press_sequentially("imaginary", delay=60)
    page.wait_for_url("**role=lending*", timeout=PATIENCE_MS)
    expect(page.locator("#q")).to_have_value("imaginary")
    expect(page.locator("#q")).to_be_focused()
    assert books


def test_a_note_that_is_being_written_survives_what_happens_meanwhile(sign_in: SignIn, house: Stack, books: list[Book]):
    page = slow_down(sign_in())
    page.goto(f"/requests/{books[1].number}")
    deed = page.locator("details.deed", has=page.locator("[data-act=note]"))
    deed.locator("summary").click()
    deed.locator("textarea").press_sequentially("The spine ", delay=40)
    house.api.post(f"/requests/{books[1].number}/actions/flag", {})
    expect(page.locator("[data-news-waits]")).to_be_visible(timeout=PATIENCE_MS)
    deed.locator("textarea").press_sequentially("is loose.", delay=40)
    expect(deed.locator("textarea")).to_have_value("The spine is loose.")
    deed.get_by_role("button").click()
    expect(page.locator("#said")).to_contain_text("Done", timeout=PATIENCE_MS)


def test_a_card_and_a_number_are_looked_up_while_one_types_on(sign_in: SignIn):
    page = slow_down(sign_in())
    page.goto("/orders/new")
    page.fill("[name=customer]", CARD)
    page.press("[name=customer]", "Enter")
    beside = page.get_by_role("complementary", name="Before it is sent")
    expect(beside).to_contain_text("may borrow", timeout=PATIENCE_MS)
    expect(page.locator("[name=customer]")).to_have_value(CARD)


# ── back and forward ─────────────────────────────────────────────────────────────────────────────


def test_an_order_that_is_gone_back_to_is_not_made_twice(sign_in: SignIn, house: Stack):
    page = sign_in(java_script_enabled=False)
    page.goto("/orders/new")
    page.fill("[name=customer]", CARD)
    page.fill("[name=title]", "A Book To Go Back To")
    page.select_option("[name=pickup_branch]", "EXC")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.click("[data-act=order]")
    all_the_same = page.get_by_role("button", name="Send it all the same")
    expect(all_the_same.or_(page.get_by_role("status").filter(has_text="is made")).first).to_be_visible()
    if all_the_same.is_visible():
        with page.expect_request(lambda request: request.method == "POST") as sent:
            page.click("[data-act=order]")
    expect(page.get_by_role("status").first).to_contain_text("is made")
    again = page.request.post(
        "/orders/new",
        data=sent.value.post_data or "",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert again.status in {200, 409}, "made before, or: it was asked for already"
    page.go_back()
    page.go_forward()
    assert len(house.api.get("/requests?q=Book%20Go%20Back")["requests"]) == 1


def test_a_shelf_that_is_gone_back_to_counts_once(sign_in: SignIn, books: list[Book]):
    page = sign_in()
    page.goto("/lists/pull?walk=all")
    page.locator("button[value=got]").click()
    expect(page.locator("#walk-done")).to_contain_text("1 of")
    page.go_back()
    expect(page.locator("#walk-done")).to_contain_text("0 of")
    page.locator("button[value=got]").click()
    expect(page.locator("#walk-done")).to_contain_text("1 of")
    assert books


def test_after_an_act_for_several_back_leads_to_the_list_with_its_filters(
    sign_in: SignIn, house: Stack, books: list[Book]
):
    page = sign_in()
    page.goto("/requests?state=will+supply")
    page.get_by_role("checkbox", name=f"Choose {books[2].number}").check()
    page.locator("button[data-act=flag]").click()
    expect(page.locator("#outcome")).to_contain_text("Done for 1 of 1")
    page.go_back()
    page.wait_for_url("**state=will*")
    expect(page.locator(f"tr[data-request='{books[2].number}']")).to_contain_text("Needs attention")
    expect(page.locator("#outcome")).not_to_contain_text("Done")
    assert acts(house, books[2], ": flag.") == 1


def test_a_refused_act_is_not_sent_again_by_going_back_and_forward(sign_in: SignIn, house: Stack, books: list[Book]):
    page = sign_in()
    page.goto(f"/requests/{books[3].number}")
    house.api.post(f"/requests/{books[3].number}/actions/note", {"inside": "Seen by somebody else."})
    page.locator("[data-act=arrive-and-ship] button.main").click()
    expect(page.locator("#said, #refused").first).to_be_attached()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert sent == []
