"""Pictures of each screen of the desk into docs/screens: light, dark, and on a phone.

    python -m tests.browser.screens             every screen
    python -m tests.browser.screens today scan  these alone

A house is started and works for half a minute, so that there is something to see. Needs Debian's package
chromium-headless-shell.
"""

import base64
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, expect, sync_playwright

from gateway.demo.stage.borrowing_scene import POOL
from gateway.demo.stage.house import DESK_PASSWORD
from gateway.demo.stage.processes import wait_for
from gateway.demo.stage.stack import Stack
from tests.browser.conftest import PATIENCE_MS
from tests.browser.lived_in import in_books, lived_in

FOLDER: Final = Path(__file__).parents[2] / "docs" / "screens"
QUALITY: Final = 35
"""Of WebP: text stays sharp, and all screens together stay under 6 MB."""

FOLLOWED_WITHIN_S: Final = 90
NEARLY: Final = 5
"""Requests that figures may lack."""

SIGN_IN: Final = "/sign-in"
SCREENS: Final[Mapping[str, str]] = {
    "sign-in": SIGN_IN,
    "today": "/",
    "scan": "/scan",
    "pull-list": "/lists/pull",
    "walk": "/lists/pull?walk=EXC",
    "due": "/lists/due",
    "to-receive": "/lists/to-receive",
    "requests": "/requests",
    "lending-request": "/requests/{to fetch, with a note}",
    "decision": "/requests/{to decide}",
    "copy": "/requests/{to copy}",
    "borrowing-request": "/requests/{on the hold shelf}",
    "new-order": "/orders/new",
    "order-list": "/orders/list",
    "tasks": "/tasks",
    "closed-tasks": "/tasks/closed",
    "money": "/money",
    "bill-to-check": "/money/bills/{candidate}",
    "bill": "/money/bills/{part paid}",
    "credit-note": "/money/bills/{draft}",
    "invoices": "/money/invoices",
    "invoice": "/money/invoices/{invoice entered}",
    "invoice-disputed": "/money/invoices/{invoice disputed}",
    "invoice-new": "/money/invoices/new",
    "payments": "/money/payments",
    "owed": "/money/owed",
    "prices": "/prices",
    "figures": "/figures?period=this-month",
    "figures-partners": "/figures?group=partners&period=this-month",
    "figures-report": "/figures/reports/board?period=this-month",
    "figures-requests": "/figures/came/requests?period=this-month&column=lending",
    "copyright": "/copyright",
    "notices": "/notices",
    "notice": "/notices/{mail refused}",
    "notice-texts": "/notices/texts",
    "lost-request": "/requests/{lost}",
    "partners": "/partners",
    "partner": "/partners/sample-valley",
    "directories": "/directories",
    "peers": "/peers",
    "policy": "/policy",
    "policy-versions": "/policy/versions",
    "policy-version": "/policy/versions/1",
    "pool": "/pool",
    "pool-range": "/pool/" + POOL,
    "settings": "/settings",
    "branches": "/settings/branches",
    "papers": "/settings/papers",
    "circulation": "/settings/circulation",
    "items": "/settings/items",
    "accounts": "/settings/accounts",
    "sessions": "/settings/sessions",
    "tokens": "/settings/tokens",
    "account": "/account",
    "look-ups": "/settings/look-ups",
    "help": "/help",
    "tour": "/help/tour",
}
"""Each screen by its name, with its address; what stands in braces is what became of a request, or the state of a bill, a lender's invoice or a mail
(lived_in.py).
"""

# fmt: off
LOOKS: Final[Mapping[str, Mapping[str, Any]]] = {
    "light": {"viewport": {"width": 1360, "height": 900}, "color_scheme": "light"},
    "dark":  {"viewport": {"width": 1360, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390,  "height": 844}, "color_scheme": "light"},
}
# fmt: on


def main(names: Sequence[str]) -> int:
    """Take the pictures; 0."""
    wanted = {name: SCREENS[name] for name in names or SCREENS}
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="ill-gateway-screens-") as directory,
        lived_in(Path(directory)) as (house, requests),
        sync_playwright() as playwright,
    ):
        stand_for = {**requests, **in_books(house)}
        wait_for(lambda: _followed(house), "figures that have followed the day", FOLLOWED_WITHIN_S)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell"), args=["--no-sandbox"]
        )
        for look, options in LOOKS.items():
            page = browser.new_context(base_url=house.desk_url, reduced_motion="reduce", **options).new_page()
            page.goto(SIGN_IN)
            if SIGN_IN in wanted.values():
                _take(page, FOLDER / f"sign-in-{look}.webp")
            _sign_in(page)
            if look == "light" and "scan" in wanted:
                _fill_cart(page, house, requests)
            for name, address in wanted.items():
                if address == SIGN_IN:
                    continue
                page.goto(address.format_map(stand_for))
                page.locator("h1").first.wait_for()
                expect(page.locator("[hx-trigger=load]")).to_have_count(0)  # what comes after its page
                _take(page, FOLDER / f"{name}-{look}.webp")
            page.context.close()
        browser.close()
    return 0


def _followed(house: Stack) -> bool:
    """Whether figures have nearly all of the day; what is looked at again and again is always about to follow."""
    return bool(house.api.get("/figures/came?period=this-month")["to_follow"] < NEARLY)


def _sign_in(page: Page) -> None:
    page.fill("[name=name]", "administrator")
    page.fill("[name=password]", DESK_PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/")


def _fill_cart(page: Page, house: Stack, requests: Mapping[str, str]) -> None:
    """Scan what the day brings: a book that is shipped, one that has come back, and a code that is nobody's."""
    page.goto("/scan/new")
    for name in ("arrived", "on the hold shelf", "shipped"):
        page.fill("#scan", house.api.get(f"/requests/{requests[name]}")["request"]["items"][0]["copy"]["item_barcode"])
        page.press("#scan", "Enter")
    page.fill("#scan", "29999000000117")
    page.press("#scan", "Enter")
    page.locator("#cart tbody tr").nth(3).wait_for()
    expect(page.locator("#cart tr[data-open]")).to_have_count(0, timeout=PATIENCE_MS)


def _take(page: Page, path: Path) -> None:
    """Chromium writes WebP by its own protocol; Playwright's own pictures are PNG or JPEG."""
    session = page.context.new_cdp_session(page)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    path.write_bytes(base64.b64decode(taken["data"]))
    session.detach()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
