"""Sheets of labels that were begun: the first free place is asked for, filled in as this browser remembers it."""

import re
from http.cookies import Morsel

import pytest

from gateway.pages.labels import remembered
from gateway.store.scans_port import ScanRecord, ScanResult
from gateway.workflow.records import Copy, Item, ItemPlace, State
from gateway.workflow.triggers import StaffAction
from tests.pages.conftest import Browser, SignIn, Site
from tests.web.known import START, a_request, keep


@pytest.mark.parametrize(
    ("cookie", "known"),
    [
        ("5164:3.L7165:8", {"5164": 3, "L7165": 8}),
        ("", {}),
        ("5164", {}),
        ("5164:0.5164:-1.5164:1000.5164:x.:3.5160:²", {}),
        ("5164:3.5164:4", {"5164": 4}),
    ],
)
def test_what_can_not_be_read_is_left_out(cookie: str, known: dict[str, int]):
    assert remembered(cookie) == known


async def shipped(site: Site, number: str = "r1") -> None:
    """A request with a label."""
    item = Item(copy=Copy(item_barcode="30234000517861", branch="Main"), place=ItemPlace.OUT)
    await keep(site.live.store, a_request(number, State.CHECKED_OUT, items=(item,)))


async def label_of(browser: Browser) -> tuple[str, str]:
    """Where the button leads, and what is said of the sheet."""
    _, page = await browser.get("/requests/r1")
    href = re.search(r'href="(/requests/r1/papers/label\.pdf[^"]*)"', page)
    said = re.search(r"<summary>Sheet of labels (5164: [^<]*)</summary>", page)
    assert href is not None
    assert said is not None
    return href[1].replace("&amp;", "&"), said[1]


async def printed(browser: Browser, path: str) -> Morsel[str]:
    """Print it; what the browser is to remember."""
    async with browser.http.get(browser.url + path) as answer:
        assert (answer.status, answer.content_type) == (200, "application/pdf")
        return answer.cookies["labels"]


@pytest.mark.process
async def test_the_next_label_goes_to_the_next_place(site: Site, sign_in: SignIn):
    await shipped(site)
    browser = await sign_in()
    assert (await label_of(browser))[1] == "5164: first free label 1 of 6"
    await printed(browser, "/requests/r1/papers/label.pdf?from.5164=5")
    href, said = await label_of(browser)
    assert said == "5164: first free label 6 of 6"
    for _ in range(2):  # a second look at the same PDF uses up no second label
        async with browser.http.get(site.url + href) as answer:
            assert answer.content_type == "application/pdf"
            cookie = answer.cookies["labels"]
            assert (cookie.value, cookie["httponly"], cookie["samesite"], cookie["path"]) == (
                "5164:1",
                True,
                "Lax",
                "/",
            )
    assert (await label_of(browser))[1] == "5164: first free label 1 of 6"
    other = await sign_in()
    assert (await label_of(other))[1] == "5164: first free label 1 of 6", (
        "another browser has another printer beside it"
    )


@pytest.mark.process
async def test_a_carts_labels_begin_where_the_sheet_goes_on(site: Site, sign_in: SignIn):
    await shipped(site)
    scan = ScanRecord(
        id="s1",
        cart="c1",
        at=START,
        by="ann",
        result=ScanResult.DONE,
        said="Shipped",
        request="r1",
        act=StaffAction.SHIP,
    )
    await site.live.store.scans.add(scan, unless_since=None)
    browser = await sign_in()
    _, page = await browser.get("/scan?cart=c1")
    assert 'href="/scan/papers?cart=c1&amp;from.5164=1"' in page
    await printed(browser, "/scan/papers?cart=c1&from.5164=3")
    _, page = await browser.get("/scan?cart=c1")
    assert 'href="/scan/papers?cart=c1&amp;from.5164=4"' in page
    assert 'name="from.5164" type="number" min="1" max="6" value="4"' in page


@pytest.mark.process
async def test_a_place_that_a_sheet_does_not_have_is_said(site: Site, sign_in: SignIn):
    await shipped(site)
    browser = await sign_in()
    status, page = await browser.get("/requests/r1/papers/label.pdf?from.5164=7")
    assert (status, "a sheet has places 1 to 6" in page) == (422, True)
