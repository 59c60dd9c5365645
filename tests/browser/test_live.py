"""News for pages that are open: in twelve tabs at once, over one stream."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from gateway.demo.stage.processes import wait_for
from gateway.demo.stage.stack import Stack
from gateway.pages.live import STREAM
from tests.browser.conftest import PATIENCE_MS, SignIn
from tests.browser.test_presence import HIDE
from tests.browser.test_scan import Book, promised


@pytest.fixture(scope="module")
def books(house: Stack) -> list[Book]:
    return promised(house, 3)


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
        if urlsplit(request.url).path == STREAM:
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


def test_twelve_tabs_of_every_kind_hear_their_news_over_one_stream(house: Stack, sign_in: SignIn, books: list[Book]):
    first = sign_in(anew=True)
    streams = Streams(first)
    on_requests = [f"/requests/{book.number}" for book in (*books, books[0])]
    addresses = ("/", "/scan", *on_requests, "/lists/pull", "/requests", "/tasks", "/", "/lists/to-ship", "/scan")
    tabs = [first, *(first.context.new_page() for _ in addresses[1:])]
    assert len(tabs) == 12
    for tab, address in zip(tabs, addresses, strict=True):
        tab.goto(address)
    before = to_fetch(house, tabs[-1])
    promised(house, 1)
    for tab in tabs:
        expect(pull_count(tab)).to_have_text(str(before + 1), timeout=PATIENCE_MS)
    for book in books:
        house.api.post(f"/requests/{book.number}/actions/flag", {})
    for tab, address in zip(tabs, addresses, strict=True):
        if address in on_requests:
            expect(tab.locator(".marks")).to_contain_text("Needs attention", timeout=PATIENCE_MS)
    pull_list = tabs[addresses.index("/lists/pull")]
    for book in books:
        row = pull_list.locator(f"tr[data-request='{book.number}']")
        expect(row).to_contain_text("Needs attention", timeout=PATIENCE_MS)
    assert 1 <= streams.most <= 2
    wait_for(lambda: streams.left(first) == 1, "the end of all streams but one")


def test_a_hidden_tab_holds_no_stream_and_catches_up_when_it_is_shown(house: Stack, sign_in: SignIn, books: list[Book]):
    page = sign_in(anew=True)
    streams = Streams(page)
    page.goto(f"/requests/{books[0].number}")
    wait_for(lambda: streams.left(page) == 1, "a stream")
    before = to_fetch(house, page)
    page.evaluate(HIDE % "true")
    wait_for(lambda: streams.left(page) == 0, "the end of the stream")
    promised(house, 1)
    house.api.post(f"/requests/{books[0].number}/actions/note", {"inside": "Behind the atlas."})
    assert streams.left(page) == 0
    assert pull_count(page).inner_text() == str(before)
    page.evaluate(HIDE % "false")
    expect(pull_count(page)).to_have_text(str(before + 1), timeout=PATIENCE_MS)
    expect(page.locator("#live")).to_contain_text("Behind the atlas.", timeout=PATIENCE_MS)
    wait_for(lambda: streams.left(page) == 1, "a stream again")
    assert streams.most <= 2


def test_news_of_an_older_gateway_which_say_less_are_followed_too(house: Stack, sign_in: SignIn, books: list[Book]):
    """It does not say when a request was changed."""

    def as_before(route: Route) -> None:
        answer = route.fetch()
        news = answer.json()
        del news["changed"]
        route.fulfill(response=answer, json=news)

    page = sign_in(anew=True)
    page.route("**/news?*", as_before)
    page.goto(f"/requests/{books[1].number}")
    page.evaluate(HIDE % "true")
    house.api.post(f"/requests/{books[1].number}/actions/note", {"inside": "Behind the globe."})
    page.evaluate(HIDE % "false")
    expect(page.locator("#live")).to_contain_text("Behind the globe.", timeout=PATIENCE_MS)


def test_when_the_page_that_listens_is_closed_another_one_does(house: Stack, sign_in: SignIn):
    first = sign_in(anew=True)
    second = first.context.new_page()
    for tab in (first, second):
        tab.goto("/")
    first.close()
    before = to_fetch(house, second)
    promised(house, 1)
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
    promised(house, 1)
    expect(pull_count(page)).not_to_have_text(str(before), timeout=PATIENCE_MS)
    expect(pull_count(page)).not_to_contain_class("urgent")
