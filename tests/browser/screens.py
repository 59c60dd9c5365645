"""Pictures of each screen of the desk into docs/screens: light, dark, and on a phone.

    python -m tests.browser.screens             every screen
    python -m tests.browser.screens today scan  these alone

A house is started and works for half a minute, so that there is something to see; another one is brought back to an earlier time, and
loses its store. Needs Debian's package chromium-headless-shell.
"""

import base64
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, expect, sync_playwright

from gateway.demo.stage.borrowing_scene import POOL
from gateway.demo.stage.house import DESK_PASSWORD
from gateway.demo.stage.processes import wait_for
from gateway.demo.stage.stack import Stack
from tests.browser.conftest import PATIENCE_MS
from tests.browser.lived_in import known, lived_in
from tests.browser.restored import bring_back
from tests.store.postgres import postgres_server

FOLDER: Final = Path(__file__).parents[2] / "docs" / "screens"
QUALITY: Final = 35
"""Of WebP: text stays sharp, and all screens together stay under 7 MB."""

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
    "message": "{a message}",
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
    "partner-new": "/partners/new",
    "partner-approve": "/partners/approve/{from a stranger}",
    "partner-import": "/partners/import",
    "directories": "/directories",
    "peers": "/peers",
    "peer-new": "/peers/new",
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
    "not-found": "/requests/L-NONE",
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

LISTED: Final = """id,name,peer,symbols
specimen-hills,Specimen Hills Public Library,specimen-hills,ISIL:XX-HILLS
pretend-lakes,Pretend Lakes Library,sample-valley,ISIL:XX-LAKES
"""
"""One partner that is called otherwise from now on, and one that is new."""


def _look_at_a_list(page: Page) -> None:
    page.goto("/partners/import")
    page.set_input_files("[name=file]", {"name": "ours.csv", "mimeType": "text/csv", "buffer": LISTED.encode()})
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Write").wait_for()


def _lose_the_session(page: Page) -> None:
    page.goto("/orders/new")
    page.fill("[name=customer]", "20000000000048")
    page.fill("[name=title]", "The Unheard-of Herbarium")
    page.fill("[name=author]", "Sample, Sam")
    page.context.clear_cookies()
    page.click("[data-act=order]")
    page.get_by_text("What you typed is kept").wait_for()


def _sign_in_again(page: Page) -> None:
    _lose_the_session(page)
    _sign_in(page, "technician")
    page.get_by_role("button", name="Send it now").wait_for()


REACHED: Final[Mapping[str, tuple[str, Callable[[Page], object]]]] = {
    "partner-import-looked-at": ("administrator", _look_at_a_list),
    "not-allowed": ("technician", lambda page: page.goto("/settings/accounts")),
    "sign-in-with-a-form": ("technician", _lose_the_session),
    "send-again": ("technician", _sign_in_again),
}
"""What no address shows by itself: who sees it, and how one comes there."""
RESTORED: Final[Mapping[str, str]] = {
    "recovery": "/recovery",
    "recovery-numbers": "/recovery/numbers",
    "held-today": "/",
}
"""What the house shows that was brought back to an earlier time."""
STORE_AWAY: Final = "store-away"


def main(names: Sequence[str]) -> int:
    """Take the pictures; 0."""
    wanted = names or (*SCREENS, *REACHED, *RESTORED, STORE_AWAY)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ill-gateway-screens-") as directory, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell"), args=["--no-sandbox"]
        )
        if {*SCREENS, *REACHED}.intersection(wanted):
            _take_a_day(browser, Path(directory) / "day", wanted)
        if {*RESTORED, STORE_AWAY}.intersection(wanted):
            _take_a_restore(browser, Path(directory) / "restored", wanted)
        browser.close()
    return 0


def _take_a_day(browser: Browser, directory: Path, wanted: Collection[str]) -> None:
    directory.mkdir()
    with lived_in(directory) as (house, requests):
        stand_for = known(house, requests)
        wait_for(lambda: _followed(house), "figures that have followed the day", FOLLOWED_WITHIN_S)
        for look in LOOKS:
            with _signed_in(browser, house, look, "administrator") as page:
                if look == "light" and "scan" in wanted:
                    _fill_cart(page, house, requests)
                for name, address in SCREENS.items():
                    if name in wanted and address != SIGN_IN:
                        _take_at(page, address.format_map(stand_for), name, look)
            for name, (who, reach) in REACHED.items():
                if name in wanted:
                    with _signed_in(browser, house, look, who) as page:
                        reach(page)
                        _take(page, name, look)
            if "sign-in" in wanted:
                with _opened(browser, house, look) as page:
                    _take_at(page, SIGN_IN, "sign-in", look)


def _take_a_restore(browser: Browser, directory: Path, wanted: Collection[str]) -> None:
    with ExitStack() as outer, ExitStack() as store:
        house = outer.enter_context(Stack(directory, store_url=store.enter_context(postgres_server())))
        house.import_items()
        house.open_accounts()
        bring_back(house)
        pages = {look: outer.enter_context(_signed_in(browser, house, look, "administrator")) for look in LOOKS}
        for name, address in RESTORED.items():
            for look, page in pages.items():
                if name in wanted:
                    _take_at(page, address, name, look)
        store.close()
        for look, page in pages.items():
            if STORE_AWAY in wanted:
                _take_at(page, "/", STORE_AWAY, look)
        house.gateway.kill()  # it could not stop in order without its store


@contextmanager
def _opened(browser: Browser, house: Stack, look: str) -> Iterator[Page]:
    context = browser.new_context(base_url=house.desk_url, reduced_motion="reduce", **LOOKS[look])
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@contextmanager
def _signed_in(browser: Browser, house: Stack, look: str, who: str) -> Iterator[Page]:
    with _opened(browser, house, look) as page:
        page.goto(SIGN_IN)
        _sign_in(page, who)
        page.wait_for_url("**/")
        yield page


def _followed(house: Stack) -> bool:
    """Whether figures have nearly all of the day; what is looked at again and again is always about to follow."""
    return bool(house.api.get("/figures/came?period=this-month")["to_follow"] < NEARLY)


def _sign_in(page: Page, who: str) -> None:
    page.fill("[name=name]", who)
    page.fill("[name=password]", DESK_PASSWORD)
    page.press("[name=password]", "Enter")


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


def _take_at(page: Page, address: str, name: str, look: str) -> None:
    page.goto(address)
    page.locator("h1").first.wait_for()
    expect(page.locator("[hx-trigger=load]")).to_have_count(0)  # what comes after its page
    _take(page, name, look)


def _take(page: Page, name: str, look: str) -> None:
    """Chromium writes WebP by its own protocol; Playwright's own pictures are PNG or JPEG."""
    session = page.context.new_cdp_session(page)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    (FOLDER / f"{name}-{look}.webp").write_bytes(base64.b64decode(taken["data"]))
    session.detach()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
