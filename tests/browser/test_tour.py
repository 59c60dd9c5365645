"""The tour is true: its ten steps are walked on the demonstration that `ill-gateway demo` opens, by the words that it says.

Every button that is pressed and every line that is looked for must stand in the step's text. The steps build on each other.
"""

import re
from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Locator, Page, expect

from gateway.demo.stage.case import DEADLINE_S
from gateway.demo.stage.day import MORNING, Day
from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.performance import prepare
from gateway.demo.stage.processes import wait_for
from gateway.demo.stage.stack import Stack
from gateway.demo.stage.stack_config import Ports
from gateway.demo.stage.training import PARTNER_LENDS
from gateway.pages.tour import STEPS
from tests.browser.conftest import SignIn

PATIENCE_MS = 60_000
"""Two gateways, and a partner whose answers come when they come."""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighbours]:
    directory = tmp_path_factory.mktemp("tour")
    with Neighbours(directory, ports=Ports.free(), partner_arguments=PARTNER_LENDS) as both:
        day = Day(both, both.valley.api_as(prepare(both)))
        for _, step in MORNING:
            step(day)
        yield both


@pytest.fixture(scope="module")
def house(both: Neighbours) -> Stack:
    return both.valley


class Walk:
    """The desk and the partner's page, side by side."""

    def __init__(self, desk: Page, house: Stack) -> None:
        desk.context.set_default_timeout(PATIENCE_MS)
        self.desk = desk
        self.partner = desk.context.new_page()
        self._served = house.partner
        self._partner_url = f"http://127.0.0.1:{house.ports.partner_control}/"
        self._text = ""
        self._comes: list[tuple[str, str]] = []

    def begin(self, number: int) -> None:
        """The tour's own page leads to where the step begins."""
        step = STEPS[number - 1]
        self._text = " ".join((*step.do, step.sees))
        self.desk.goto("/help/tour")
        there = self.desk.locator(f"#step-{number}")
        expect(there.get_by_role("heading")).to_have_text(f"{number}. {step.heading}")
        there.get_by_role("link").first.click()
        expect(self.desk.get_by_role("heading", level=1)).not_to_have_text("A day's work in ten steps")

    def said(self, words: str) -> str:
        assert words in self._text, f"the tour does not say “{words}”"
        return words

    def row(self, title: str) -> Locator:
        return self.desk.locator("tr[data-request]", has_text=self.said(title))

    def scan(self, code: str) -> Locator:
        self.desk.goto("/scan")
        self.desk.locator("#scan").fill(code)
        self.desk.locator("#scan").press("Enter")
        return self.desk.locator("#said")

    def page_of(self, title: str) -> Locator:
        return self._article(self.said(title))

    def press(self, title: str, button: str) -> None:
        self.look()
        self.page_of(title).get_by_role("button", name=self.said(button), exact=True).click()

    def look(self) -> None:
        self.partner.goto(self._partner_url)

    def until_partner(self, title: str, words: str) -> None:
        """Look at the partner's page until it says so."""
        self._until_partner(self.said(title), words)

    def later(self, title: str, words: str) -> None:
        """It will be on the partner's page in a minute, when a scan can't be undone any more. Nobody waits for that with the next step."""
        self._comes.append((self.said(title), words))

    def end(self) -> None:
        """Close the desk, and look at the partner's page until all is there that was to come."""
        self.desk.close()
        for title, words in self._comes:
            self._until_partner(title, words)

    def _until_partner(self, title: str, words: str) -> None:
        """It has no script. To open it costs as much as ten answers, so that is done again when another page is served."""
        seen = self._served.get("/")
        self.look()
        found = self._article(title).filter(has_text=words)
        while not found.count():
            seen = wait_for(partial(self._other_than, seen), f"“{words}” at “{title}”", DEADLINE_S)
            self.partner.get_by_role("link", name="Look again").click()

    def _article(self, title: str) -> Locator:
        return self.partner.locator("article", has_text=title)

    def _other_than(self, seen: str) -> str | None:
        """The page that the partner serves, if that is no longer what was seen."""
        served = str(self._served.get("/"))
        return served if served != seen else None

    def until_state(self, words: str) -> None:
        expect(self.desk.locator("#live")).to_contain_text(words, timeout=PATIENCE_MS)


@pytest.fixture
def walk(sign_in: SignIn, house: Stack) -> Walk:
    return Walk(sign_in(anew=True), house)


def barcode(row: Locator) -> str:
    found = re.search(r"\b\d{14}\b", row.inner_text())
    assert found
    return found[0]


def number_of(row: Locator) -> str:
    return str(row.get_attribute("data-request"))


def test_ten_steps_are_a_day(walk: Walk):
    for number, step in enumerate(
        (today, fetch, ship, renew, take_back, receive, send_back, decide, order, trouble), 1
    ):
        walk.begin(number)
        step(walk)
    assert number == len(STEPS)
    walk.end()
    assert walk.page_of("A Field Guide to Nonexistent Birds").get_by_text("Loaned", exact=True).count() == 2


def today(walk: Walk) -> None:
    walk.said("Two books to fetch, one to ship, one on its way here, one to send back, and two decisions under “Tasks”")
    for name, count in (("pull", 2), ("to-ship", 1), ("to-receive", 1), ("to-send-back", 1)):
        expect(walk.desk.locator(f".cards a[href='/lists/{name}'] b")).to_have_text(str(count))
    expect(walk.desk.locator("[data-count=tasks]")).to_have_text("2")


def fetch(walk: Walk) -> None:
    expect(walk.scan(barcode(walk.row("Knots Nobody Ties")))).to_contain_text(
        walk.said("Shipped to Sample Valley Library"), timeout=PATIENCE_MS
    )
    walk.later("Knots Nobody Ties", walk.said("Loaned"))


def ship(walk: Walk) -> None:
    said = walk.scan(barcode(walk.desk.locator("tr[data-request]")))
    expect(said).to_contain_text("Shipped to Sample Valley Library", timeout=PATIENCE_MS)
    expect(walk.desk.locator("#cart tbody tr")).to_have_count(2)


def renew(walk: Walk) -> None:
    walk.press("The Imaginary Almanac", "Ask for a renewal (Renew)")
    walk.until_partner("The Imaginary Almanac", walk.said("RenewResponse: yes"))


def take_back(walk: Walk) -> None:
    row = walk.desk.locator("tr", has_text=walk.said("The Imaginary Almanac"))
    code = barcode(row)
    walk.press("The Imaginary Almanac", "Send it back (ShippedReturn)")
    words = walk.said("Checked in, and the loan to Sample Valley Library is over")
    expect(walk.scan(code)).to_contain_text(words, timeout=PATIENCE_MS)


def receive(walk: Walk) -> None:
    words = walk.said("Received for a customer at Sample Park")
    said = walk.scan(number_of(walk.row("Bridges That Changed Their Minds")))
    expect(said).to_contain_text(words, timeout=PATIENCE_MS)


def send_back(walk: Walk) -> None:
    number = number_of(walk.row("The Last Lamplighter of Specimen Hills"))
    words = walk.said("Sent back to Sample Valley Library")
    expect(walk.scan(number)).to_contain_text(words, timeout=PATIENCE_MS)
    walk.press("The Last Lamplighter of Specimen Hills", "It is back on our shelf")
    walk.desk.goto(f"/requests/{number}")
    walk.until_state("Back at the lender")


def decide(walk: Walk) -> None:
    title = walk.said("Weather for Beginners, Imagined")
    task = walk.desk.locator(".task", has_text=title)
    expect(task).to_contain_text(walk.said("5.00 USD"))
    number = task.locator("code").inner_text()
    task.get_by_role("button", name=walk.said("Accept"), exact=True).click()
    walk.until_partner(title, "not answered yet")
    walk.partner.locator("article", has_text="not answered yet").get_by_role(
        "button", name=walk.said("Yes, we will send it"), exact=True
    ).click()
    walk.desk.goto("/tasks")
    expect(walk.desk.locator(".task", has_text=title)).to_have_count(0)
    walk.desk.goto(f"/requests/{number}")
    walk.until_state(walk.said("Promised"))


def order(walk: Walk) -> None:
    walk.desk.fill("[name=customer]", walk.said("20000000000105"))
    walk.desk.fill("[name=title]", walk.said("The Silent Orchestra"))
    walk.desk.fill("[name=numbers]", walk.said("9780000000552"))
    walk.desk.locator("[name=pickup_branch]").select_option(label=walk.said("Sample Park"))
    walk.desk.get_by_role("button", name=walk.said("Send the order")).click()
    expect(walk.desk.get_by_role("status").first).to_contain_text("is made", timeout=PATIENCE_MS)
    walk.until_partner("The Silent Orchestra", "not answered yet")
    walk.press("The Silent Orchestra", "No, we don't have it")
    walk.desk.goto("/requests?q=Orchestra")
    walk.desk.goto(f"/requests/{number_of(walk.desk.locator('tr[data-request]'))}")
    walk.until_state("Promised")
    expect(walk.desk.locator("#live")).to_contain_text(walk.said("Specimen Hills Library"))


def trouble(walk: Walk) -> None:
    code = barcode(walk.row("A Field Guide to Nonexistent Birds"))
    walk.look()
    walk.partner.get_by_role("button", name=walk.said("Be away until we behave again")).click()
    expect(walk.scan(code)).to_contain_text("Sample Valley Library", timeout=PATIENCE_MS)
    walk.desk.goto("/requests?q=Nonexistent")
    walk.desk.goto(f"/requests/{number_of(walk.row('A Field Guide to Nonexistent Birds'))}")
    comes = walk.desk.locator("section", has=walk.desk.get_by_role("heading", name=walk.said("What comes next")))
    expect(comes).to_contain_text(walk.said("it takes no messages at present"), timeout=2 * PATIENCE_MS)
    expect(comes).to_contain_text(walk.said("Next try"))
    walk.look()
    walk.partner.get_by_role("button", name=walk.said("Behave again"), exact=True).click()
    walk.later("A Field Guide to Nonexistent Birds", walk.said("Loaned"))
