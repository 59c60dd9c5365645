"""Hands per loan: what a person does with scanner, mouse and keys, counted as the browser sees it.

A scan is a code typed as a scanner types it, and counts as one. A click is a press of the mouse, a key one that no scanner typed, a page
one that the browser went to. What was counted is printed at the end of the run (conftest.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

DIGITS_IN = 3.5
"""Milliseconds between two digits: 13 and Enter in 50."""


_COUNT = """
sessionStorage.hands ??= JSON.stringify({clicks: 0, keys: 0});
const count = what => {
  const hands = JSON.parse(sessionStorage.hands);
  hands[what] += 1;
  sessionStorage.hands = JSON.stringify(hands);
};
addEventListener("click", event => event.isTrusted && event.detail > 0 && count("clicks"), true);
addEventListener("keydown", event => event.isTrusted && !sessionStorage.scanning && count("keys"), true);
"""


def type_as_scanner(page: Page, code: str) -> None:
    page.keyboard.type(code, delay=DIGITS_IN)
    page.keyboard.press("Enter")


class Hands:
    """The hands of one person at one page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._goes: list[str] = []
        self.scans = 0
        self.files = 0
        page.add_init_script(_COUNT)
        page.reload()
        page.on("domcontentloaded", self._went)

    def _went(self, page: Page) -> None:
        self._goes.append(page.url)

    def scan(self, code: str) -> None:
        """Hold something under the scanner."""
        self.scans += 1
        with self._scanning():
            type_as_scanner(self._page, code)

    def choose(self, field: str, path: str) -> None:
        """Choose a file: one press, and one in the system's own window."""
        self.files += 1
        self._page.set_input_files(field, path)

    @contextmanager
    def _scanning(self) -> Iterator[None]:
        self._page.evaluate("sessionStorage.scanning = 'true'")
        yield
        self._page.evaluate("sessionStorage.removeItem('scanning')")

    @property
    def counted(self) -> dict[str, int]:
        """What was done so far, without what was not."""
        seen = self._page.evaluate("JSON.parse(sessionStorage.hands)")
        counts = {"scans": self.scans, "files": self.files, **seen, "pages": len(self._goes)}
        return {what: count for what, count in counts.items() if count}
