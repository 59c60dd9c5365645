"""A browser, and a house with its desk, its circulation system and the demonstration partner, all of them processes.

Debian's Chromium without windows (chromium-headless-shell) is driven: the same engine, which opens a page at a quarter of the processor time.
Playwright's own browsers are not installed. Where the package is missing these tests are skipped, and fail in CI.
"""

import asyncio
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from gateway.demo.stage.borrowing_scene import fill_pool
from gateway.demo.stage.house import DESK_PASSWORD
from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.stack import Stack

CHROMIUM = shutil.which("chromium-headless-shell")
ARGUMENTS = (
    "--no-sandbox",  # root has none
    "--js-flags=--no-opt --no-maglev --no-flush-bytecode",
    "--renderer-process-limit=1",
    "--disable-gpu",
    "--in-process-gpu",
    "--enable-features=NetworkServiceInProcess2",
)
"""No page lives long enough to be worth optimised code; what was compiled for one page serves the next. The pages of one browser share a
process; there is no graphics card to draw on; and the browser draws and fetches for itself, without two processes more to start and talk to.
"""
PATIENCE_MS = 60_000
"""How long a page may take to show what a test waits for, on a busy machine: whatever is expected of a page, and whatever is done to it."""
expect.set_options(timeout=PATIENCE_MS)

OWN_LINES = re.compile(r"status of 4|net::ERR_|EventSource's response|TypeError: Failed to fetch")
"""What the browser itself says of an answer of ours, or of a connection that a test has cut."""

SignIn = Callable[..., Page]
Watch = Callable[[Page], None]
Note = Callable[[str, Mapping[str, int]], None]
_HANDS = "hands"


@pytest.fixture(scope="module", autouse=True)
def loaded(born_loaded: None) -> None:
    """What these tests show is not how processes start."""


class Driven(NamedTuple):
    """A browser, and the loop in which Playwright drives it."""

    browser: Browser
    loop: asyncio.AbstractEventLoop

    @contextmanager
    def in_use(self) -> Iterator[Browser]:
        """Let the loop be the thread's for a while; then others may run theirs, and nothing is left open."""
        asyncio._set_running_loop(self.loop)
        try:
            yield self.browser
            for context in self.browser.contexts:
                context.close()
        finally:
            asyncio._set_running_loop(None)


@pytest.fixture(scope="session")
def driven() -> Iterator[Driven]:
    """One for all modules that a worker runs: to start Playwright's driver and a browser takes half a second of processor time."""
    if CHROMIUM is None and os.environ.get("CI") == "true":
        pytest.fail("chromium-headless-shell is missing; .ci/run installs it")
    if CHROMIUM is None:
        pytest.skip("Debian's package chromium-headless-shell is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield Driven(browser, loop)
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture(scope="module")
def browser(driven: Driven) -> Iterator[Browser]:
    """Of a module, and no longer: while Playwright's loop is the thread's, no test can run one of its own."""
    with driven.in_use() as browser:
        yield browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("house")) as stack:
        stack.import_items()
        stack.open_accounts()
        yield stack


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighbours]:
    """Two libraries, of which Valley borrows from Hills: a module with a desk at one of them has a `house` of its own."""
    with Neighbours(tmp_path_factory.mktemp("both")) as running:
        running.valley.import_items()
        running.valley.open_accounts()
        running.hills.import_items()
        fill_pool(running)
        yield running


class Visits:
    """The browsers of whoever has signed in, by name, desk and options, and the cookies of each by name and desk.

    The first page of each stays open and blank: with the last page goes the process, and to start one costs more than to open a page.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._opened_before: list[BrowserContext] = []
        self._kept: dict[tuple[str, str, str], BrowserContext] = {}
        self._cookies: dict[tuple[str, str], list[Any]] = {}

    def begin(self) -> None:
        """Note what is not the next test's."""
        self._opened_before = list(self._browser.contexts)

    def anew(self, name: str, at: str, options: dict[str, Any], watch: Watch) -> Page:
        """The page that follows the form, in a browser that nobody has used, and nobody will."""
        context = self._browser.new_context(base_url=at, **options)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        watch(page)
        page.goto("/sign-in")
        page.fill("[name=name]", name)
        page.fill("[name=password]", DESK_PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/")
        return page

    def again(self, name: str, at: str, options: dict[str, Any], watch: Watch) -> Page:
        """A blank page in the browser of who has signed in with the same options, or with the session of who has signed in with others."""
        visit = (name, at, repr(sorted(options.items())))
        if visit not in self._kept:
            self._kept[visit] = self._opened(name, at, options, watch)
        page = self._kept[visit].new_page()
        watch(page)
        return page

    def _opened(self, name: str, at: str, options: dict[str, Any], watch: Watch) -> BrowserContext:
        if (name, at) in self._cookies:
            context = self._browser.new_context(base_url=at, **options)
            context.set_default_timeout(PATIENCE_MS)
            context.add_cookies(self._cookies[name, at])
            context.new_page()
            return context
        page = self.anew(name, at, options, watch)
        self._cookies[name, at] = list(page.context.cookies())
        page.goto("about:blank")
        return page.context

    def end(self) -> None:
        """Close what a test has opened."""
        kept = self._kept.values()
        for context in self._browser.contexts:
            if context not in kept and context not in self._opened_before:
                context.close()
        for context in kept:
            for page in context.pages[1:]:
                page.close()


@pytest.fixture(scope="module")
def visits(browser: Browser) -> Visits:
    return Visits(browser)


@pytest.fixture
def sign_in(house: Stack, visits: Visits) -> Iterator[SignIn]:
    """Opens a page of somebody who has signed in; what a script complains of fails the test.

    A test goes on in the browser of the module's last one that signed in as the same person with the same options, on a new page that is
    blank: signing in costs as much as a test of a form. What ends a session, or leaves something behind in the browser, asks for one `anew`,
    and begins on the page that follows the form.
    """
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not OWN_LINES.search(message.text):
            complaints.append(message.text)

    def watch(page: Page) -> None:
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))

    def signed_in(name: str = "technician", /, *, at: str = "", anew: bool = False, **options: Any) -> Page:
        begin = visits.anew if anew else visits.again
        return begin(name, at or house.desk_url, options, watch)

    visits.begin()
    yield signed_in
    visits.end()
    assert complaints == []


@pytest.fixture
def note_hands(record_property: Callable[[str, object], None]) -> Note:
    """Says at the end of the run what hands something took (hands.py)."""

    def note(what: str, counted: Mapping[str, int]) -> None:
        record_property(_HANDS, f"{what}: {', '.join(f'{count} {of}' for of, count in counted.items()) or 'nothing'}")

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what hands were counted."""
    lines = [
        words
        for report in terminalreporter.getreports("passed")
        for name, words in report.user_properties
        if name == _HANDS and report.when == "call"
    ]
    if lines:
        terminalreporter.section("hands per loan")
        for line in lines:
            terminalreporter.write_line(str(line))
