"""A day's books by scanner: each code is typed as a scanner types it, digit by digit and Enter, without a click between."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from itertools import cycle
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Route, expect

from gateway.demo.acs.collection import demonstration_collection
from gateway.demo.acs.records import Title
from gateway.demo.stage.case import DEADLINE_S, Case
from gateway.demo.stage.processes import wait_for
from gateway.demo.stage.stack import Stack
from tests.browser import long_shelf
from tests.browser.conftest import Note, SignIn
from tests.browser.hands import Hands, type_as_scanner
from tests.documents.reading import texts

CODES = (("barcode", "number"), ("number", "partner_id"), ("partner_id", "barcode"))
"""What is scanned when a book goes out, and when it is back: no code twice within a minute."""
BACK = 12
"""So many of the forty books come back."""

PAPERS = "**/scan/papers?cart=*"
STRAP = re.compile(
    r"keep this band.*?DUE (.*?)\n(.*?)\n.*?Item (\d+) Our request (\S+).*?Your request (\S+)", re.DOTALL
)
PACKING_SLIP = re.compile(
    r"PACKING SLIP.*?Your request (\S+)\nOur request (\S+)\nDUE (.*?)\n(.*?)\n.*?Item (\d+)", re.DOTALL
)
LABEL = re.compile(r"^Request (\S+)$", re.MULTILINE)

HEAR = "globalThis.heard = []; document.addEventListener('desk:sound', (event) => heard.push(event.detail))"
STATES_OF_AUDIO = """
globalThis.states = [];
globalThis.AudioContext = class extends AudioContext {
  constructor() {
    super();
    this.addEventListener("statechange", () => states.push(this.state));
  }
};
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """With books enough for a cart."""
    stack = Stack(tmp_path_factory.mktemp("house"))
    long_shelf.put_up(stack)
    with stack:
        long_shelf.list_items(stack)
        stack.open_accounts()
        yield stack


class Book:
    """A request of the partner's, promised and on the pull list."""

    def __init__(self, house: Stack, partner_id: str, number: str, barcode: str) -> None:
        self.partner_id, self.number, self.barcode = partner_id, number, barcode
        self.case = Case(house.api, house.acs, lambda: house.processes, our_id=number)


def promised(house: Stack, count: int) -> list[Book]:
    """Put books onto the shelf, let the partner ask for them, and promise them."""
    collection = demonstration_collection(house.library.collection)
    titles = {title.record_id: title for title in collection.titles}
    books = house.acs.ask("books")
    lines = house.api.get("/requests?open=true&limit=200")["requests"]
    taken = {barcode for line in lines if line["state"] != "checked in" for barcode in line["item_barcodes"]}
    taken |= {entry["item"] for kind in ("holds", "loans") for entry in books[kind]}
    waited_for = {hold["record_id"] for hold in books["holds"]}
    ours = [
        item
        for item in collection.items
        if item.item_type == "BOOK" and item.barcode not in taken and item.record_id not in waited_for
    ]
    for item in ours:
        house.acs.ask("item", barcode=item.barcode, status="03")
    promises: list[Book] = []
    for item in ours:
        if len(promises) < count and (promise := asked_for(house, titles[item.record_id])):
            promises.append(promise)
    assert len(promises) == count, "the demonstration has as many books"
    return promises


def asked_for(house: Stack, title: Title) -> Book | None:
    asked = house.partner.post("/requests", {"title": title.title, "isbn": title.isbn})
    line = wait_for(partial(found, house, asked["id"]), "the request")
    case = Case(house.api, house.acs, lambda: house.processes, our_id=line["id"])
    state = case.until_state("will supply", "deciding", "unfilled", "retry possible")
    return Book(house, asked["id"], line["id"], case.barcode) if state == "will supply" else None


def found(house: Stack, partner_id: str) -> dict[str, Any] | None:
    lines = house.api.get(f"/requests?q={quote(partner_id)}")["requests"]
    return next((line for line in lines if line["partner_request_id"] == partner_id), None)


def asked_for_all(house: Stack, titles: Iterable[Title]) -> list[Book]:
    """Let the partner ask for all of these at once, and wait until all are promised."""
    wanted = [house.partner.post("/requests", {"title": each.title, "isbn": each.isbn})["id"] for each in titles]

    def all_promised() -> list[Book] | None:
        lines = house.api.get("/requests?role=lending&state=will+supply&limit=200")["requests"]
        found = {line["partner_request_id"]: line for line in lines}
        if not found.keys() >= set(wanted):
            return None
        return [Book(house, theirs, found[theirs]["id"], *found[theirs]["item_barcodes"]) for theirs in wanted]

    return wait_for(all_promised, "the promises", DEADLINE_S)


def settled(page: Page, count: int) -> None:
    """The cart has so many lines, and nothing is under way."""
    expect(page.locator("#cart tbody tr")).to_have_count(count)
    expect(page.locator("#cart tr[data-open]")).to_have_count(0)


def results(page: Page) -> list[str]:
    return list(page.locator("#cart tbody tr").evaluate_all("rows => rows.map(row => row.dataset.result)"))


@contextmanager
def slow(page: Page) -> Iterator[None]:
    """Each scan is answered half a second late."""

    def wait(route: Route) -> None:
        page.wait_for_timeout(500)
        route.continue_()

    page.route("**/scan", wait)
    yield
    page.unroute("**/scan")


def lines(page: Page) -> list[list[str]]:
    """What the cart's lines say, the first that was scanned first: result, title, barcode, what happened, number."""
    parts = ["bdi", "code", "td:nth-child(4)", "td:nth-child(5) a"]
    read = "(rows, parts) => rows.map((row) => [row.dataset.result, ...parts.map((part) => row.querySelector(part).innerText)])"
    return list(reversed(page.locator("#cart tbody tr").evaluate_all(read, parts)))


def papers_of_the_cart(page: Page) -> str:
    """Press the one button; what stands in the one file that comes."""
    kept: list[bytes] = []

    def keep(route: Route) -> None:
        answer = route.fetch()
        assert answer.headers["content-type"] == "application/pdf"
        kept.append(answer.body())
        route.fulfill(response=answer)

    button = page.locator("#cart a", has_text="Papers of this cart")
    expect(button).to_have_attribute("target", "_blank")
    page.context.route(PAPERS, keep)
    with page.context.expect_event("response", lambda answer: "/scan/papers?cart=" in answer.url):
        button.click()
    page.context.unroute(PAPERS)
    (pdf,) = kept
    return "\n".join(texts(pdf)).replace("\r\n", "\n")


def test_a_lending_day_takes_three_touches_a_loan(sign_in: SignIn, house: Stack, note_hands: Note):
    """Fetch it; one scan that ships it; one scan when it is back. No click, no other key, no page between, forty books on a cart in a row."""
    books = asked_for_all(house, long_shelf.BOOKS.values())
    page = sign_in()
    page.goto("/scan/new")
    hands = Hands(page)
    for book, (going, _) in zip(books, cycle(CODES), strict=False):
        hands.scan(getattr(book, going))
    settled(page, 40)
    assert hands.counted == {"scans": 40}
    due = {loan["item"]: datetime.fromisoformat(loan["due"]) for loan in house.acs.ask("books")["loans"]}
    shipped = [(book, long_shelf.BOOKS[book.barcode].title, due[book.barcode]) for book in books]
    assert lines(page) == [
        ["done", title, book.barcode, f"Shipped to Sample Valley Library · due {at.day} {at:%B}", book.number]
        for book, title, at in shipped
    ]
    expect(page.locator("#cart")).to_contain_text("40 straps, 40 packing slips, 40 labels")
    papers = papers_of_the_cart(page)
    assert STRAP.findall(papers) == [
        (f"{at.day} {at:%b %Y}", title, book.barcode, book.number, book.partner_id) for book, title, at in shipped
    ]
    assert PACKING_SLIP.findall(papers) == [
        (book.partner_id, book.number, f"{at.day} {at:%b %Y}", title, book.barcode) for book, title, at in shipped
    ]
    assert LABEL.findall(papers) == [book.partner_id for book in books]
    note_hands("40 books out on one cart", {"scans": hands.scans})
    for book in books[:BACK]:
        assert book.case.request()["state"] in {"checked out", "loaned"}, "a minute later the partner is told"
        house.partner.post(f"/requests/{book.partner_id}/actions/Received")
        house.partner.post(f"/requests/{book.partner_id}/actions/ShippedReturn")
        book.case.until_state("returning")
    for book, (_, coming) in zip(books[:BACK], cycle(CODES), strict=False):
        hands.scan(getattr(book, coming))
    settled(page, 40 + BACK)
    expect(page.locator("#said")).to_contain_text("is over · goes to")
    assert [book.case.until_state("checked in") for book in books[:BACK]] == ["checked in"] * BACK, "told in a minute"
    assert results(page) == ["done"] * (40 + BACK)
    assert hands.counted == {"scans": 40 + BACK, "clicks": 1}, "and the click was for the papers"
    note_hands(f"{BACK} of them back", {"scans": BACK})


@pytest.fixture
def book(house: Stack) -> Book:
    """It is scanned by its number: its barcode may have been scanned a moment ago, for the request before."""
    return promised(house, 1)[0]


def test_it_is_undone_by_a_key_and_the_box_stays_ready(sign_in: SignIn, house: Stack, book: Book):
    page = sign_in()
    page.goto("/scan/new")
    type_as_scanner(page, book.number)
    expect(page.locator("#said")).to_contain_text("Shipped to")
    expect(page.locator("#scan")).to_be_focused()
    expect(page.locator("#scan")).to_have_value("")
    type_as_scanner(page, "u")
    expect(page.locator("#said")).to_contain_text("Its hold")
    assert book.case.until_state("arrived") == "arrived"


def test_a_scanner_that_reads_twice_does_nothing_twice(sign_in: SignIn, house: Stack, book: Book):
    page = sign_in()
    page.goto("/scan/new")
    type_as_scanner(page, book.number)
    type_as_scanner(page, book.number)
    expect(page.locator("#said")).to_contain_text("Scanned a moment ago: nothing more was done.")
    settled(page, 1)
    expect(page.locator("#said")).to_contain_text("Shipped to")
    type_as_scanner(page, "a")
    settled(page, 2)
    expect(page.locator("#said")).to_contain_text("Checked out")
    assert results(page) == ["look", "done"], "scanned again, it was only looked at"


def test_what_is_offered_is_taken_by_its_number_and_each_result_has_its_sound(
    sign_in: SignIn, house: Stack, book: Book
):
    page = sign_in()
    page.goto("/scan/new")
    page.keyboard.press("Alt+0")
    page.wait_for_url("**mode=look**")
    page.evaluate(HEAR)
    type_as_scanner(page, book.number)
    expect(page.locator("#said")).to_contain_text("On the pull list")
    arrive = page.locator("#said [data-act=arrived]")
    type_as_scanner(page, str(arrive.get_attribute("data-key")))
    expect(page.locator("#said")).to_contain_text("Here, to be shipped to Sample Valley Library")
    type_as_scanner(page, "no such book")
    settled(page, 3)
    assert page.evaluate("heard") == ["look", "done", "stop"]
    assert book.case.request()["state"] == "arrived"
    type_as_scanner(page, "1")
    expect(page.get_by_role("heading", level=1)).to_have_text("Scan: what comes next")
    type_as_scanner(page, "almanac")
    first = page.locator("#said a[data-key='1']")
    expect(first).to_have_attribute("href", re.compile("^/requests/L-"))
    address = first.get_attribute("href")
    type_as_scanner(page, "1")
    page.wait_for_url(f"**{address}")


def test_no_digit_is_lost_before_the_page_is_ready_nor_while_it_changes(sign_in: SignIn):
    page = sign_in()
    codes = [f"3{number:013}" for number in range(40)]
    page.goto("/scan/new", wait_until="commit")
    with slow(page):
        for code in codes[:3]:
            type_as_scanner(page, code)
        settled(page, 3)
    page.locator(".modes a").first.focus()
    for code in codes[3:]:
        type_as_scanner(page, code)
    settled(page, len(codes))
    assert results(page) == ["stop"] * len(codes)
    expect(page.locator("#scan")).to_have_value("")


def test_a_lost_connection_loses_no_scan(sign_in: SignIn):
    page = sign_in()
    page.goto("/scan/new")
    page.route("**/scan", lambda route: route.abort())
    type_as_scanner(page, "no such book")
    expect(page.locator("#said")).to_contain_text("There is no connection to the gateway. 1 scan waits")
    type_as_scanner(page, "nor this one")
    page.unroute("**/scan")
    settled(page, 2)


def test_a_session_that_ended_is_told_and_the_scans_go_on_after_signing_in(sign_in: SignIn):
    page = sign_in(anew=True)
    page.goto("/scan/new")
    page.context.clear_cookies()
    type_as_scanner(page, "no such book")
    expect(page.locator("#said")).to_contain_text("You are signed out. 1 scan waits")
    page.get_by_role("link", name="Sign in again").click()
    page.fill("[name=name]", "technician")
    page.fill("[name=password]", "demonstration")
    page.press("[name=password]", "Enter")
    settled(page, 1)


def test_modes_are_chosen_by_a_key_and_sounds_switched_off(sign_in: SignIn):
    page = sign_in()
    page.goto("/scan/new")
    page.evaluate(HEAR)
    type_as_scanner(page, "no such book")
    settled(page, 1)
    type_as_scanner(page, "s")
    expect(page.locator("#sounds")).to_have_text("Sounds off")
    type_as_scanner(page, "nor this one")
    settled(page, 2)
    assert page.evaluate("heard") == ["stop"]
    type_as_scanner(page, "s")
    type_as_scanner(page, "4")
    page.wait_for_url("**mode=check-in**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Scan: check in")
    expect(page.locator("#cart tbody tr")).to_have_count(2)
    expect(page.locator("#scan")).to_be_focused()


def test_without_a_script_the_same_forms_work_page_by_page(sign_in: SignIn, house: Stack, book: Book):
    page = sign_in(java_script_enabled=False)
    page.goto("/scan/new")
    page.fill("#scan", book.number)
    page.press("#scan", "Enter")
    expect(page.locator("#said")).to_contain_text("to Sample Valley Library")
    book.case.until_state("checked out")
    page.reload()
    expect(page.locator("#said")).to_contain_text("Shipped to Sample Valley Library")
    with page.expect_navigation():
        page.get_by_role("button", name="Undo").click()
    book.case.until_state("arrived")
    page.reload()
    expect(page.locator("#said")).to_contain_text("Undone")


def test_what_plays_the_sounds_rests_between_them(sign_in: SignIn):
    page = sign_in()
    page.add_init_script(STATES_OF_AUDIO)
    page.goto("/scan/new")
    for count, code in enumerate(("no such book", "nor this one"), 1):
        type_as_scanner(page, code)
        settled(page, count)
        page.wait_for_function("count => states.length === 2 * count", arg=count)
    assert page.evaluate("states") == ["running", "suspended"] * 2


def test_the_box_on_every_page_does_the_same(sign_in: SignIn):
    page = sign_in()
    page.goto("/")
    page.fill("#find", "no such book")
    page.press("#find", "Enter")
    page.wait_for_url("**/scan?**")
    expect(page.locator("#said")).to_contain_text("No open request has that")
    page.fill("#scan", "978-0-00-000055-2")
    page.press("#scan", "Enter")
    page.get_by_role("link", name="Order it from another library").click()
    expect(page.locator("#numbers")).to_have_value(re.compile("9780000000552"))
    page.go_back()
    page.fill("#scan", "no such book")
    page.press("#scan", "Enter")
    page.get_by_role("link", name="Search all requests").click()
    expect(page.locator("#q")).to_have_value("no such book")


def test_a_cart_that_is_listed_whole_says_so_as_it_is_looked_at_again_and_scanned_into(sign_in: SignIn):
    page = sign_in()
    page.goto("/scan?whole=true")
    with page.expect_request(re.compile(r"/scan/cart\?.*whole=true")):
        page.evaluate("document.getElementById('cart').dispatchEvent(new Event('news'))")
    with page.expect_request(lambda asked: asked.method == "POST" and "whole=true" in (asked.post_data or "")):
        type_as_scanner(page, "nobody knows it")
