"""The page Scan: each cart that is begun is one of its own, and who undoes a scan says what was read of its request."""

import re
from datetime import timedelta

import pytest

from gateway.pages.scan import LISTED
from gateway.store.scans_port import ScanRecord, ScanResult
from gateway.workflow.records import State
from gateway.workflow.triggers import StaffAction
from tests.pages.conftest import SignIn, Site
from tests.web.known import START, a_request, keep


async def test_two_carts_begun_in_one_second_are_two(sign_in: SignIn):
    browser, name = await sign_in(), re.compile(r'name="cart" value="([^"]+)"')
    _, first = await browser.get("/scan/new")
    _, second = await browser.get("/scan/new")
    carts = [found.group(1) for found in map(name.search, (first, second)) if found]
    assert len(set(carts)) == 2


async def test_of_a_long_cart_the_newest_scans_and_those_under_way_are_listed(site: Site, sign_in: SignIn):
    for number in range(LISTED + 20):
        at, is_open = START + timedelta(seconds=number), number == 3
        result = ScanResult.DONE if number > 10 else ScanResult.STOP
        scan = ScanRecord(
            id=f"s{number}", cart="c1", at=at, by="somebody", result=result, said="Looked at", open=is_open
        )
        await site.live.store.scans.add(scan, unless_since=None)
    browser = await sign_in()
    _, html = await browser.get("/scan?cart=c1")
    listed = re.findall('data-scan="s([0-9]+)"', html)
    assert listed == [*map(str, range(LISTED + 19, 19, -1)), "3"]
    assert f"{LISTED + 20} scans" in html
    assert f"The newest {LISTED} are listed, and those under way." in html
    [whole] = re.findall('href="([^"]*whole=true)"', html)
    _, html = await browser.get(whole.replace("&amp;", "&"))
    assert html.count("<tr data-scan=") == LISTED + 20
    assert "List the whole cart" not in html


@pytest.mark.parametrize(("whole", "listed"), [({}, LISTED), ({"whole": "true"}, LISTED + 5)], ids=["not", "whole"])
async def test_a_cart_that_is_listed_whole_stays_so_as_it_is_looked_at_again_and_scanned_into(
    site: Site, sign_in: SignIn, whole: dict[str, str], listed: int
):
    for number in range(LISTED + 5):
        at = START + timedelta(seconds=number)
        scan = ScanRecord(id=f"s{number}", cart="c1", at=at, by="somebody", result=ScanResult.STOP, said="Looked at")
        await site.live.store.scans.add(scan, unless_since=None)
    browser = await sign_in()
    _, html = await browser.get("/scan", params={"cart": "c1", **whole})
    assert ('name="whole" value="true"' in html) is bool(whole)
    _, html = await browser.get("/scan/cart", params={"cart": "c1", **whole})
    assert html.count("<tr data-scan=") == listed
    fields = {"cart": "c1", "code": "nobody knows it", **whole}
    _, html = await browser.post("/scan", fields=fields, headers={"X-Part": "scan"})
    assert html.count("<tr data-scan=") - listed in {0, 1}


@pytest.mark.parametrize("newest", ["s1", ""], ids=["the newest", "a line of the cart"])
async def test_undo_of_a_scan_says_which_version_of_the_request_was_read(site: Site, sign_in: SignIn, newest: str):
    await keep(site.live.store, a_request("r1", State.CHECKED_OUT, version=7))
    done = ScanRecord(
        id="s1", cart="c1", at=START, by="a-person-technician", result=ScanResult.DONE, said="Shipped", request="r1",
        act=StaffAction.SHIP, taken=True, undo_until=site.live.time.now() + timedelta(seconds=60),
    )  # fmt: skip
    await site.live.store.scans.add(done, unless_since=None)
    browser = await sign_in()
    _, html = await browser.get(f"/scan?cart=c1&scan={newest}")
    [form] = re.findall(r'<form action="/scan/undo".*?</form>', html, re.DOTALL)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    await browser.post("/scan/undo", fields=fields)
    [(request, asked)] = site.live.intake.acted
    assert (request, asked.action, asked.seen) == ("r1", StaffAction.UNDO, 7)


@pytest.mark.parametrize(
    ("code", "address"),
    [
        ("30999000111224", "/orders/new"),
        ("B-77120", "/orders/new"),
        ("9780000000552", "/orders/new?isbn=9780000000552"),
        ("978-0-00-000055-2", "/orders/new?isbn=978-0-00-000055-2"),
        ("9780000000553", "/orders/new?isbn=9780000000553"),
        ("no such book", "/orders/new?title=no+such+book"),
    ],
)
async def test_the_number_of_a_copy_that_nobody_knows_is_offered_as_no_title(sign_in: SignIn, code: str, address: str):
    browser = await sign_in()
    await browser.get("/scan/new")
    _, html = await browser.post("/scan", fields={"code": code, "cart": "c1", "mode": "look"})
    assert re.findall('href="([^"]*)">Order it from another library', html) == [address]


async def test_what_is_under_way_or_was_undone_is_not_counted_as_done(site: Site, sign_in: SignIn):
    await keep(site.live.store, a_request("r1", State.CHECKED_OUT), a_request("r2", State.CHECKING_OUT))
    done = (("r1", StaffAction.SHIP), ("r2", StaffAction.SHIP), ("r1", StaffAction.UNDO))
    for number, (request, act) in enumerate(done):
        record = ScanRecord(
            id=f"s{number}", cart="c1", at=START, by="a-person-technician", result=ScanResult.DONE, said="Shipped",
            request=request, act=act, taken=True, open=request == "r2",
            undone=act is StaffAction.UNDO,
        )  # fmt: skip
        await site.live.store.scans.add(record, unless_since=None)
    _, html = await (await sign_in()).get("/scan?cart=c1")
    assert "1 under way, 1 done, 1 undone, 0 to look at, 0 stopped" in html
