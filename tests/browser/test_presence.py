"""Two people at one request: each sees that the other has it open, for as long as that is so."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from gateway.demo.stage.scene import Scene
from gateway.demo.stage.stack import Stack
from tests.browser.conftest import PATIENCE_MS, SignIn

HIDE = """() => {
    Object.defineProperty(document, "hidden", { value: %s, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
"""What a browser does with a page whose tab is left, or shown again; Playwright shows all of its tabs."""


@pytest.fixture(scope="module")
def request_number(house: Stack) -> str:
    scene = Scene(house, house.api, {"title": "The Imaginary Almanac"})
    scene.take(house.partner.post("/requests", {"title": "The Imaginary Almanac", "isbn": "9780000000019"})["id"])
    scene.until_state("will supply")
    return scene.our_id


@pytest.fixture
def mine(sign_in: SignIn, request_number: str) -> Page:
    page = sign_in("technician")
    page.goto(f"/requests/{request_number}")
    expect(open_by(page)).to_have_text("")
    return page


@pytest.fixture
def theirs(sign_in: SignIn) -> Iterator[BrowserContext]:
    context = sign_in("manager", anew=True).context
    yield context
    context.close()


def open_by(page: Page) -> Locator:
    return page.locator("[data-open]")


def test_each_sees_the_other_until_one_leaves(mine: Page, theirs: BrowserContext, request_number: str):
    other = theirs.pages[0]
    other.goto(f"/requests/{request_number}")
    expect(open_by(mine)).to_have_text("manager has this open", timeout=PATIENCE_MS)
    expect(open_by(other)).to_have_text("technician has this open", timeout=PATIENCE_MS)
    other.goto("/tasks")
    expect(open_by(mine)).to_have_text("", timeout=PATIENCE_MS)


def test_a_tab_that_is_hidden_shows_nothing_to_anybody(mine: Page, theirs: BrowserContext, request_number: str):
    other = theirs.pages[0]
    other.goto(f"/requests/{request_number}")
    expect(open_by(mine)).to_have_text("manager has this open", timeout=PATIENCE_MS)
    other.evaluate(HIDE % "true")
    expect(open_by(mine)).to_have_text("", timeout=PATIENCE_MS)
    other.evaluate(HIDE % "false")
    expect(open_by(mine)).to_have_text("manager has this open", timeout=PATIENCE_MS)
    expect(open_by(other)).to_have_text("technician has this open", timeout=PATIENCE_MS)


def test_a_second_window_counts_though_the_first_one_listens_for_both(
    mine: Page, theirs: BrowserContext, request_number: str
):
    first, second = theirs.pages[0], theirs.new_page()
    first.goto("/tasks")
    second.goto(f"/requests/{request_number}")
    expect(open_by(mine)).to_have_text("manager has this open", timeout=PATIENCE_MS)
    expect(open_by(second)).to_have_text("technician has this open", timeout=PATIENCE_MS)
    second.close()
    expect(open_by(mine)).to_have_text("", timeout=PATIENCE_MS)
    first.goto(f"/requests/{request_number}")
    expect(open_by(mine)).to_have_text("manager has this open", timeout=PATIENCE_MS)
    first.close()
    expect(open_by(mine)).to_have_text("", timeout=PATIENCE_MS)


def test_nobody_is_kept_from_acting_and_the_words_stay_when_the_page_looks_again(
    mine: Page, theirs: BrowserContext, request_number: str
):
    other = theirs.pages[0]
    other.goto(f"/requests/{request_number}")
    expect(open_by(mine)).to_have_text("manager has this open", timeout=PATIENCE_MS)
    other.locator("[data-act=flag]").locator("xpath=ancestor::details[contains(@class, 'menu')]/summary").click()
    other.locator("details.deed", has=other.locator("[data-act=flag]")).locator("summary").click()
    other.locator("[data-act=flag] button").click()
    expect(mine.locator(".marks")).to_contain_text("Needs attention", timeout=PATIENCE_MS)
    expect(open_by(mine)).to_have_text("manager has this open")
