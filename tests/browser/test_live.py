"""News for pages that are open: in twelve tabs at once, over one stream."""

from playwright.sync_api import Locator, Page, Request, expect

from gateway.demo.stage.processes import wait_for
from gateway.demo.stage.stack import Stack
from tests.browser.conftest import PATIENCE_MS, SignIn

ALMANAC = {"title": "The Imaginary Almanac", "author": "Placeholder, Ada", "isbn": "9780000000019"}


class Streams:
    """The streams that a browser holds open."""

    def __init__(self, page: Page) -> None:
        self.open: set[Request] = set()
        self.most = 0
        page.context.on("request", self._began)
        page.context.on("requestfinished", self._ended)
        page.context.on("requestfailed", self._ended)

    def left(self, page: Page) -> int:
        """How many are open; the browser tells of them while it is asked for something."""
        page.title()
        return len(self.open)

    def _began(self, request: Request) -> None:
        if request.url.endswith("/events"):
            self.open.add(request)
            self.most = max(self.most, len(self.open))

    def _ended(self, request: Request) -> None:
        self.open.discard(request)


def pull_count(page: Page) -> Locator:
    return page.locator("[data-count=pull]").first


def to_fetch(house: Stack, page: Page) -> int:
    """How many books are to be fetched, once the page says so: what stands around a page may be two seconds old when it comes."""
    count = int(house.api.get("/worklists/pull")["count"])
    expect(pull_count(page)).to_have_text(str(count), timeout=PATIENCE_MS)
    return count


def test_twelve_tabs_hear_of_a_new_request_over_one_stream(house: Stack, sign_in: SignIn):
    first = sign_in(anew=True)
    streams = Streams(first)
    tabs = [first, *(first.context.new_page() for _ in range(11))]
    for tab in tabs:
        tab.goto("/")
    before = to_fetch(house, tabs[-1])
    house.partner.post("/requests", ALMANAC)
    for tab in tabs:
        expect(pull_count(tab)).to_have_text(str(before + 1), timeout=PATIENCE_MS)
    assert 1 <= streams.most <= 2
    wait_for(lambda: streams.left(first) == 1, "the end of all streams but one")


def test_when_the_page_that_listens_is_closed_another_one_does(house: Stack, sign_in: SignIn):
    first = sign_in(anew=True)
    second = first.context.new_page()
    for tab in (first, second):
        tab.goto("/")
    first.close()
    before = to_fetch(house, second)
    house.partner.post("/requests", {"title": "The Atlas of Unbuilt Bridges", "isbn": "9780000000040"})
    expect(pull_count(second)).to_have_text(str(before + 1), timeout=PATIENCE_MS)


def test_a_count_that_presses_turns_red_as_news_raises_it(house: Stack, sign_in: SignIn):
    page = sign_in(anew=True)
    page.goto("/")
    tasks = page.locator("[data-count=tasks]").first
    before = to_fetch(house, page)
    shown = tasks.evaluate("element => { element.classList.remove('urgent'); return element.textContent }")
    house.partner.post("/requests", {"title": "The Silent Film That Never Was"})
    expect(tasks).not_to_have_text(shown, timeout=PATIENCE_MS)
    expect(tasks).to_contain_class("urgent")
    house.partner.post("/requests", ALMANAC)
    expect(pull_count(page)).not_to_have_text(str(before), timeout=PATIENCE_MS)
    expect(pull_count(page)).not_to_contain_class("urgent")
