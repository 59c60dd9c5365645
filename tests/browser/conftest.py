"""A browser, and a house with its desk, its circulation system and the demonstration partner, all of them processes.

Debian's Chromium without windows (chromium-headless-shell) is driven: the same engine, which opens a page at a quarter of the processor time.
Playwright's own browsers are not installed. Where the package is missing these tests are skipped, and fail in CI.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from gateway.demo.stage.borrowing_scene import fill_pool
from gateway.demo.stage.house import DESK_PASSWORD
from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.stack import Stack

CHROMIUM = shutil.which("chromium-headless-shell")
ARGUMENTS = (
    "--no-sandbox",  # root has none
    "--js-flags=--no-opt --no-maglev --no-flush-bytecode",
)
"""No page lives long enough to be worth optimised code; what was compiled for one page serves the next."""
PATIENCE_MS = 60_000
"""How long a page may take to show what a test waits for, on a busy machine: whatever is expected of a page, and whatever is done to it."""
expect.set_options(timeout=PATIENCE_MS)

OWN_LINES = re.compile(r"status of 4|net::ERR_|EventSource's response")
"""What the browser itself says of an answer of ours, or of a connection that a test has cut."""

SignIn = Callable[..., Page]
Note = Callable[[str, Mapping[str, int]], None]
_HANDS = "hands"


@pytest.fixture(scope="module", autouse=True)
def loaded(born_loaded: None) -> None:
    """What these tests show is not how processes start."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of a module, and no longer: while Playwright runs, its loop is the thread's, and no test can run one of its own."""
    if CHROMIUM is None and os.environ.get("CI") == "true":
        pytest.fail("chromium-headless-shell is missing; .ci/run installs it")
    if CHROMIUM is None:
        pytest.skip("Debian's package chromium-headless-shell is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


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


@pytest.fixture(scope="module")
def visits() -> dict[tuple[str, str], list[Any]]:
    """The cookies of whoever has signed in with `stay`, by name and desk."""
    return {}


@pytest.fixture
def sign_in(browser: Browser, house: Stack, visits: dict[tuple[str, str], list[Any]]) -> Iterator[SignIn]:
    """Opens a browser of somebody's own and signs in; what a script complains of fails the test.

    Who asks for `stay` goes on with the session of the module's last test that did, and begins with no page: signing in costs as much as a
    test of a form.
    """
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not OWN_LINES.search(message.text):
            complaints.append(message.text)

    def signed_in(name: str = "technician", /, *, at: str = "", stay: bool = False, **options: object) -> Page:
        context = browser.new_context(base_url=at or house.desk_url, **options)  # type: ignore[arg-type] # Playwright's own
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if stay and (name, at) in visits:
            context.add_cookies(visits[name, at])
            return page
        page.goto("/sign-in")
        page.fill("[name=name]", name)
        page.fill("[name=password]", DESK_PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/")
        if stay:
            visits[name, at] = list(context.cookies())
        return page

    opened_before = list(browser.contexts)
    yield signed_in
    for context in browser.contexts:
        if context not in opened_before:
            context.close()
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
