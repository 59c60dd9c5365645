"""The pages of the office, without a browser: who sees what, what is kept when something is wrong, unknown senders."""

import re

import pytest

from gateway.catalogue.item_list import COLUMNS, REQUIRED
from gateway.desk.access import RIGHTS
from gateway.pages.office import OFFICE
from gateway.pages.rendering import linked
from gateway.store.port import Change
from gateway.workflow.borrowing_records import BarcodeMove, PoolState
from gateway.workflow.partners import STRANGER, Partner
from gateway.workflow.staff import StaffRole
from tests.fakes.directory import put
from tests.pages.conftest import SignIn, Site
from tests.web.billing import invoice
from tests.web.known import VALLEY, a_request
from tests.web.test_approval import HILLS, kept
from tests.web.test_merging import UNION

SEEN = [
    page
    for page in OFFICE
    if page.method == "GET" and not any(each in page.path for each in ("test.pdf", "{request}", "{notice}"))
]
PLACES = {
    "{partner}": "valley",
    "{peer}": "hub",
    "{range}": "pool",
    "{version}": "1",
    "{report}": "annual",
    "{figure}": "provided",
}


OF_MONEY = ("/figures/{figure}/entries", "/figures/bills/entries?period=this-month&row=total/USD&column=billed")
"""What is behind a figure of money; of others there are requests."""


def address(path: str) -> str:
    path = path.replace(*OF_MONEY)
    for name, value in PLACES.items():
        path = path.replace(name, value)
    return path


@pytest.mark.parametrize("role", list(StaffRole))
async def test_each_page_is_shown_to_those_who_may_see_it(sign_in: SignIn, site: Site, role: StaffRole):
    await site.live.call("POST", "/pool", body={"range": "pool", "barcodes": ["P-1"]})
    await site.live.call("PUT", "/policy", body={"version": 0, "policy": {"lines": [{"name": "All"}]}})
    await invoice(site.live)
    browser = await sign_in(role)
    for page in SEEN:
        status, html = await browser.get(address(page.path))
        may = page.right is None or page.right in RIGHTS[role]
        assert status == (200 if may else 403), f"{page.path}: {html[-600:]}"


async def test_a_barcode_that_rests_is_said_to_rest(sign_in: SignIn, site: Site):
    await site.live.call("POST", "/pool", body={"range": "pool", "barcodes": ["P-1"]})
    moved = (BarcodeMove(barcode="P-1", to=PoolState.ASSIGNED), BarcodeMove(barcode="P-1", to=PoolState.COOLING))
    await site.live.store.commit(Change(request=a_request("r1"), created=True, history_of="r1", barcodes=moved))
    browser = await sign_in(StaffRole.ADMIN)
    for path, words in (("/pool", "1 resting"), ("/pool/pool", "Resting")):
        _, html = await browser.get(path)
        assert (words in html, "ooling<" in html) == (True, False), path


async def test_the_page_of_the_item_list_names_its_columns_and_those_that_a_line_needs(sign_in: SignIn):
    browser = await sign_in(StaffRole.ADMIN)
    _, html = await browser.get("/settings/items")
    hint = html.split('id="file-hint">')[1].split("</p>")[0]
    assert all(column in hint for column in COLUMNS)
    assert f"needs {' and '.join(REQUIRED)};" in hint


async def test_whoever_may_only_look_is_offered_nothing_to_change(sign_in: SignIn):
    browser = await sign_in(StaffRole.VIEWER)
    for path in ("/partners", "/partners/valley", "/peers/hub", "/policy", "/pool", "/settings/circulation"):
        _, html = await browser.get(path)
        main = html.split("<main")[1]
        assert 'method="post"' not in main.replace('id="policy" class="columns" action="/policy" method="post"', ""), (
            path
        )


async def test_an_unknown_sender_is_made_a_partner_with_its_requests_beside(sign_in: SignIn, site: Site):
    await kept(site.live, "r1", peer=STRANGER)
    browser = await sign_in(StaffRole.ADMIN)
    _, html = await browser.get("/partners")
    assert "/partners/approve/r1" in html
    _, html = await browser.get("/partners/approve/r1")
    assert 'value="Example Hills Library"' in html
    assert "/requests/r1" in html
    fields = {"id": "hills", "name": "Example Hills Library", "symbols": HILLS, "peer": "nowhere", "read_version": "0"}
    status, html = await browser.post("/partners/approve/r1", fields=fields)
    assert status in {409, 422}
    assert 'value="Example Hills Library"' in html
    _, html = await browser.get("/partners/approve/r1")
    version = html.split('name="read_version" value="')[1].split('"')[0]
    status, html = await browser.post("/partners/approve/r1", fields=fields | {"peer": "hub", "read_version": version})
    assert (status, "It is kept" in html) == (200, True)
    assert (await site.live.call("GET", "/partners/hills"))[0] == 200


async def test_the_page_of_a_strangers_request_leads_to_making_it_a_partner_and_offers_those_that_there_are(
    sign_in: SignIn, site: Site
):
    await kept(site.live, "r1", peer=STRANGER)
    browser = await sign_in(StaffRole.ADMIN)
    _, html = await browser.get("/requests/r1")
    assert 'href="/partners/approve/r1"' in html
    assert re.search(r'<select id="[^"]*" name="partner" required', html)
    assert re.findall(r'<option value="valley">([^<]+)', html) == [VALLEY.name]
    technician = await sign_in(StaffRole.TECHNICIAN)
    _, html = await technician.get("/requests/r1")
    assert "/partners/approve/r1" not in html, "nor is it theirs to do"


@pytest.mark.parametrize(
    ("last", "words"),
    [
        ("P-20", "The first and the last must be numbers with the same number of digits."),
        ("00000", "The first and the last must name at most 10,000 barcodes, the first one first."),
    ],
)
async def test_a_run_of_barcodes_that_is_none_says_so_at_its_last(sign_in: SignIn, last: str, words: str):
    browser = await sign_in(StaffRole.ADMIN)
    status, html = await browser.post("/pool", fields={"range": "pool", "first": "00001", "last": last})
    assert (status, re.findall(r'id="(\w+)-problem">([^<]*)<', html)) == (422, [("last", words)])


async def test_who_saves_second_hears_of_it_and_keeps_what_was_typed(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.ADMIN)
    _, html = await browser.get("/partners/valley/edit")
    version = html.split('name="read_version" value="')[1].split('"')[0]
    await site.live.call("POST", "/partners/valley/suspend", body={"why": "Moving"})
    fields = {"read_version": version, "name": "Another Name", "symbols": "ISIL:XX-EVL", "peer": "hub"}
    status, html = await browser.post("/partners/valley/edit", fields=fields)
    assert status == 422
    assert "Somebody else has changed" in html
    assert 'value="Another Name"' in html


async def test_a_partners_figures_come_after_its_page(sign_in: SignIn, site: Site):
    """They may take a second to count; for the days that were asked for."""
    await kept(site.live, "r1")
    browser = await sign_in()
    _, html = await browser.get("/partners/valley?first=2026-01-01&last=2026-02-01")
    assert "They are being counted." in html
    assert 'hx-get="/partners/valley/figures?first=2026-01-01&amp;last=2026-02-01"' in html
    _, html = await browser.get("/partners/valley/figures?first=2026-01-01&last=2026-02-01")
    assert 'name="first" type="date" value="2026-01-01"' in html
    assert "<dt>Our answer</dt>" in html


async def test_a_long_directory_comes_page_by_page(sign_in: SignIn, site: Site):
    for number in range(101):
        await site.live.store.seed([], [Partner(id=f"p{number:03}", name=f"Branch {number:03}", peer="hub")])
    browser = await sign_in()
    _, html = await browser.get("/partners?q=branch")
    assert (html.count("<tr>"), "Branch 099" in html, "Branch 100" in html) == (101, True, False)
    assert 'href="/partners?q=branch&amp;after=p099"' in html
    _, html = await browser.get("/partners?q=branch&after=p099")
    assert (html.count("<tr>"), "Branch 100" in html, "Next page" in html) == (2, True, False)


async def test_of_many_libraries_behind_a_peer_ten_are_named_and_the_others_found(sign_in: SignIn, site: Site):
    await put(
        site.live.store, *(Partner(id=f"p{number}", name=f"Library {number}", peer="hub") for number in range(40))
    )
    browser = await sign_in()
    _, html = await browser.get("/peers/hub")
    behind = html.split("Behind it:")[1].split("</p>")[0]
    assert behind.count('href="/partners/') == 10
    [more] = re.findall(r'<a href="(/partners\?q=hub)">\d+ more</a>', behind)
    assert "Library 39" in (await browser.get(more))[1]


async def test_hostile_texts_are_shown_and_run_nothing(sign_in: SignIn, site: Site):
    evil = "<script>alert(1)</script>"
    await kept(site.live, "r1", peer=STRANGER, requesting_agency=f"ISIL:{evil}")
    browser = await sign_in(StaffRole.ADMIN)
    for path in (
        "/partners",
        "/partners/approve/r1",
        f"/partners?q={evil}",
        "/orders/new?btitle=%3Cscript%3Ealert(1)%3C/script%3E",
    ):
        _, html = await browser.get(path)
        assert evil not in html, path
        assert "&lt;script&gt;" in html, path


async def test_the_form_of_an_order_says_which_currency_an_amount_is_in(sign_in: SignIn):
    _, html = await (await sign_in()).get("/orders/new")
    assert "Like 25.00, in USD; write the code behind it for another currency. Empty: as the settings say." in html
    assert "EUR" not in html


async def test_the_same_form_twice_makes_one_request(sign_in: SignIn, site: Site):
    browser = await sign_in()
    await browser.get("/orders/new")
    fields = {
        "customer": "20000000090031",
        "title": "A Made-up Tale",
        "author": "Sample",
        "pickup_branch": "Main",
        "key": "once",
        "step": "send",
    }
    for _ in range(3):  # shown what stands in the way, sent, sent again
        _, html = await browser.post("/orders/new", fields=fields)
        seen = html.split('name="seen" value="')[1].split('"')[0]
        fields |= {"seen": seen} if seen else {}
    found = await site.live.call("GET", "/requests?open=true")
    [line] = found[1]["requests"]
    made = await site.live.store.request(line["id"])
    assert made is not None
    assert made.borrowed.at_desk, "a person placed it: it is looked up at once"


async def test_trouble_with_what_a_script_sent_stands_on_top_of_the_page(sign_in: SignIn):
    browser = await sign_in(StaffRole.VIEWER)
    await browser.get("/")
    fields = {"form_token": browser.form_token}
    async with browser.http.post(browser.url + "/orders/new", data=fields, headers={"HX-Request": "true"}) as answer:
        assert answer.status == 403
        assert (answer.headers["HX-Retarget"], answer.headers["HX-Reselect"]) == ("#main", "#trouble")
        assert 'id="trouble"' in await answer.text()


def test_numbers_of_requests_are_links_and_nothing_else_is_markup():
    html = linked("Before: B-4GTXQ-VE4MU, <b>L-4GTXQ-VE4MU</b>.")
    assert html.count("<a href=") == 2
    assert '<a href="/requests/B-4GTXQ-VE4MU"><code>B-4GTXQ-VE4MU</code></a>' in html
    assert "&lt;b&gt;" in html
    assert linked("") == ""


async def test_our_directory_is_handed_out_for_others(sign_in: SignIn):
    browser = await sign_in(StaffRole.ADMIN)
    _, html = await browser.get("/partners")
    assert 'href="/partners/export?format=plain">As a directory</a>' in html
    async with browser.http.get(browser.url + "/partners/export?format=plain") as answer:
        assert 'filename="directory.json"' in answer.headers["Content-Disposition"]
        assert [each["id"] for each in (await answer.json())["libraries"]] == ["valley"]


async def test_the_catalogue_of_a_partner_is_set_up_and_tried(sign_in: SignIn):
    browser = await sign_in(StaffRole.ADMIN)
    _, html = await browser.get("/partners/valley")
    assert "try-catalogue" not in html, "there is none yet"
    _, html = await browser.get("/partners/valley/edit")
    version = html.split('name="read_version" value="')[1].split('"')[0]
    fields = {"read_version": version, "name": "Example Valley Library", "symbols": "ISIL:XX-EVL", "peer": "hub"}
    wrong = fields | {"catalogue.url": "z39.50s://catalogue.example.org", "catalogue.product": "koha"}
    status, html = await browser.post("/partners/valley/edit", fields=wrong)
    assert (status, "Must name host and database" in html) == (422, True)
    right = wrong | {"catalogue.url": "z39.50s://catalogue.example.org/Main", "catalogue.number_as": "{}"}
    status, html = await browser.post("/partners/valley/edit", fields=right)
    assert (status, "It is kept" in html) == (200, True), html[-600:]
    status, html = await browser.post("/partners/valley/try-catalogue", fields={})
    assert "Give a number or a title" in html
    status, html = await browser.post("/partners/valley/try-catalogue", fields={"title": "The Imaginary Almanac"})
    assert (status, "valley has The Imaginary Almanac." in html) == (200, True)


async def test_a_partner_is_merged_into_one_that_is_chosen(sign_in: SignIn, site: Site):
    await put(site.live.store, UNION)
    browser = await sign_in(StaffRole.ADMIN)
    status, html = await browser.post("/partners/valley/merge")
    assert (status, "Name another partner" in html, '<details class="sheet" open><summary>Merge' in html) == (
        422,
        True,
        True,
    )
    status, html = await browser.post("/partners/valley/merge", fields={"into": UNION.id, "version": "99"})
    assert (status, "Somebody else has changed peers or partners meanwhile" in html) == (422, True)
    assert f'<option value="{UNION.id}" selected' in html
    version = str((await site.live.call("GET", "/partners"))[1]["version"])
    status, html = await browser.post("/partners/valley/merge", fields={"into": UNION.id, "version": version})
    assert (status, "They are one now" in html) == (200, True)
    assert (await browser.get("/partners/valley"))[0] == 404
