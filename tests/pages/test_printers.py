"""The printer of a browser: chosen where papers are printed, remembered by the browser, named in the address of each paper."""

import re

import pytest

from gateway.documents.job import Stationery
from gateway.pages.forms import way_back
from gateway.stationery import PaperName
from gateway.store.scans_port import ScanRecord, ScanResult
from gateway.workflow.records import Copy, Item, ItemPlace, State
from gateway.workflow.staff import StaffRole
from gateway.workflow.triggers import StaffAction
from tests.documents.reading import sizes
from tests.pages.conftest import Browser, SignIn, Site
from tests.web.known import START, a_request, keep

PRINTERS = {
    "thermal": {PaperName.SHIPPING_LABEL: "4x6", PaperName.RETURN_LABEL: "4x6"},
    "back office": {
        PaperName.SHIPPING_LABEL: "L7165",
        PaperName.RETURN_LABEL: "L7165",
        PaperName.PULL_SLIP: "roll-80",
    },
    "spare": {},
}
THERMAL, ROLL_80 = (288, 432), pytest.approx(226.8, abs=0.1)
WHERE = ("/requests/r1", "/scan?cart=c1", "/lists/pull")
CHOICE = re.compile(r"<summary>Printer: ([^<]*)</summary>")


@pytest.fixture(autouse=True)
async def _papers(site: Site) -> None:
    """Two printers with stock of their own and one without; a request with a label, another with a pull slip."""
    site.live.desk.printing.stationery = Stationery(printers=PRINTERS)
    shipped = Item(copy=Copy(item_barcode="30234000517861", branch="Main"), place=ItemPlace.OUT)
    await keep(site.live.store, a_request("r1", State.CHECKED_OUT, items=(shipped,)))
    held = Item(copy=Copy(item_barcode="30234000517862", branch="Main"), place=ItemPlace.HELD)
    await keep(site.live.store, a_request("r2", State.WILL_SUPPLY, items=(held,)))
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


async def choose(browser: Browser, printer: str, to: str = "/requests/r1") -> str:
    """Choose it on a page; the page that one is led back to."""
    await browser.get(to)
    status, page = await browser.post("/printer", fields={"printer": printer, "to": to})
    assert status == 200
    return page


async def pdf(browser: Browser, path: str) -> bytes:
    async with browser.http.get(browser.url + path) as answer:
        assert (answer.status, answer.content_type) == (200, "application/pdf")
        return await answer.read()


def link(page: str, pattern: str) -> str:
    found = re.search(f'href="({pattern}[^"]*)"', page)
    assert found is not None, pattern
    return found[1].replace("&amp;", "&")


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of the form around a list."""
    form = page[page.index('<form class="found"') :]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


async def test_printers_with_stock_of_their_own_are_offered_wherever_papers_are_printed(sign_in: SignIn):
    browser = await sign_in()
    for address in WHERE:
        _, page = await browser.get(address)
        assert CHOICE.findall(page) == ["the usual one"], address
        offered = re.findall(r'<option value="([^"]*)">(?:the usual printer|thermal|back office|spare)<', page)
        assert offered == ["", "thermal", "back office"], address


async def test_nothing_is_offered_where_the_settings_name_none_with_stock_of_its_own(site: Site, sign_in: SignIn):
    browser = await sign_in()
    for none in (Stationery(), Stationery(printers={"spare": {}})):
        site.live.desk.printing.stationery = none
        for address in WHERE:
            _, page = await browser.get(address)
            assert "choose-printer" not in page, address


async def test_what_is_chosen_once_is_remembered_by_that_browser_on_every_page(sign_in: SignIn):
    browser, other = await sign_in(), await sign_in()
    for address in WHERE:
        assert CHOICE.findall(await choose(browser, "back office", address)) == ["back office"], "led back"
    for address in WHERE:
        assert CHOICE.findall((await browser.get(address))[1]) == ["back office"], address
        assert CHOICE.findall((await other.get(address))[1]) == ["the usual one"], address
    assert CHOICE.findall(await choose(browser, "")) == ["the usual one"]
    assert "printer=" not in (await browser.get("/scan?cart=c1"))[1]


async def test_what_the_settings_name_no_more_is_forgotten_and_what_they_never_named_is_refused(
    site: Site, sign_in: SignIn
):
    browser = await sign_in()
    await choose(browser, "thermal")
    site.live.desk.printing.stationery = Stationery(printers={"back office": PRINTERS["back office"]})
    for address in WHERE:
        status, page = await browser.get(address)
        assert (status, CHOICE.findall(page), "printer=thermal" in page) == (200, ["the usual one"], False), address
    status, page = await browser.post("/printer", fields={"printer": "attic", "to": "/"})
    assert (status, "the settings name no such printer" in page) == (422, True)
    for path in ("/requests/r1/papers/label.pdf?printer=attic", "/scan/papers?cart=c1&printer=attic"):
        status, page = await browser.get(path)
        assert (status, "the settings name no printer “attic”" in page) == (422, True), path
    status, page = await browser.post("/lists/pull/print", fields={"printer": "attic"})
    assert (status, "the settings name no printer “attic”" in page) == (422, True)


async def test_a_list_that_is_kept_for_a_printer_shows_it_and_another_can_be_chosen(site: Site, sign_in: SignIn):
    own = {"back office": {PaperName.PULL_SLIP: "L7165"}, "thermal": {PaperName.PULL_SLIP: "roll-80"}}
    site.live.desk.printing.stationery = Stationery(printers=own)
    browser = await sign_in()
    kept = "/lists/pull?branch=Main&printer=back+office"
    _, page = await browser.get(kept)
    assert (CHOICE.findall(page), fields_of(page)["printer"]) == (["back office"], "back office")
    assert "First free label" in page
    to = re.search(r'name="to" value="([^"]*)"', page)
    assert to is not None
    page = await choose(browser, "thermal", to[1].replace("&amp;", "&"))
    assert (CHOICE.findall(page), fields_of(page)["printer"]) == (["thermal"], "thermal")
    assert "First free label" not in page
    assert fields_of(page)["back"] == "/lists/pull?branch=Main", "the filters stay"


async def test_a_list_that_is_kept_for_a_printer_of_before_is_shown_for_that_which_the_browser_remembers(
    sign_in: SignIn,
):
    browser = await sign_in()
    for remembered in ("thermal", ""):
        await choose(browser, remembered)
        _, page = await browser.get("/lists/pull?printer=old")
        assert (CHOICE.findall(page), fields_of(page)["printer"]) == ([remembered or "the usual one"], remembered)


async def test_the_begun_sheet_is_that_of_the_printer(sign_in: SignIn):
    browser = await sign_in()
    assert "Sheet of labels 5164" in (await browser.get("/requests/r1"))[1]
    page = await choose(browser, "back office")
    assert "<summary>Sheet of labels L7165: first free label 1 of 8</summary>" in page
    label = link(page, "/requests/r1/papers/label.pdf")
    assert label == "/requests/r1/papers/label.pdf?&printer=back%20office&from.L7165=1"
    assert "Sheet of labels" not in await choose(browser, "thermal"), "a thermal label is always a new one"


@pytest.mark.process
async def test_each_sheet_goes_on_from_its_own_place(site: Site, sign_in: SignIn):
    """Labels out are on one stock here, and labels back on another."""
    site.live.desk.printing.stationery = Stationery(printers={"back office": {PaperName.RETURN_LABEL: "L7165"}})
    browser = await sign_in()
    path = "/requests/r1/papers/label.pdf?printer=back+office&from.L7165=7&from.5164=2"
    async with browser.http.get(browser.url + path) as answer:
        assert (answer.status, answer.cookies["labels"].value) == (200, "5164:3")


@pytest.mark.process
async def test_a_label_and_a_carts_papers_come_out_for_the_printer_that_is_chosen(sign_in: SignIn):
    browser = await sign_in()
    page = await choose(browser, "thermal")
    assert sizes(await pdf(browser, link(page, "/requests/r1/papers/label.pdf"))) == [THERMAL]
    _, page = await browser.get("/scan?cart=c1")
    assert THERMAL in sizes(await pdf(browser, link(page, "/scan/papers")))
    assert THERMAL not in sizes(await pdf(browser, "/scan/papers?cart=c1&printer=")), "none is the usual one"


@pytest.mark.process
@pytest.mark.parametrize("role", [StaffRole.TECHNICIAN, StaffRole.VIEWER])
async def test_pull_slips_come_out_for_the_printer_that_is_chosen(sign_in: SignIn, role: StaffRole):
    browser = await sign_in(role)
    page = await choose(browser, "back office", "/lists/pull")
    async with browser.http.post(f"{browser.url}/lists/pull/print", data=fields_of(page)) as answer:
        assert (answer.status, answer.content_type) == (200, "application/pdf")
        assert [width for width, _ in sizes(await answer.read())] == [ROLL_80]


@pytest.mark.process
async def test_pull_slips_of_a_list_that_is_kept_for_a_printer_of_before_come_out_as_usual(sign_in: SignIn):
    browser = await sign_in()
    _, page = await browser.get("/lists/pull?printer=old")
    async with browser.http.post(f"{browser.url}/lists/pull/print", data=fields_of(page)) as answer:
        assert (answer.status, answer.content_type) == (200, "application/pdf")


@pytest.mark.parametrize(
    ("to", "leads"),
    [
        ("/requests/r1#papers", "/requests/r1#papers"),
        ("/lists/pull?branch=Main", "/lists/pull?branch=Main"),
        *((to, None) for to in (None, "", "there", "//else.example", "/\\else.example", "http://else.example", "//[")),
        *((f"/{sign}/else.example", None) for sign in ("\t", "\n", "\r", "\x00")),
    ],
)
def test_a_form_leads_back_to_our_own_pages_alone(to: str | None, leads: str | None):
    assert way_back(to) == leads
