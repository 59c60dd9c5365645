"""The office: a new order by card and number, and what stands in its way."""

import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from gateway.demo.stage.house import DESK_PASSWORD
from gateway.demo.stage.processes import wait_for
from gateway.demo.stage.stack import Stack
from tests.browser.conftest import PATIENCE_MS, SignIn
from tests.browser.hands import type_as_scanner
from tests.browser.test_accessibility import SHIFTED, SHIFTS

CARD = "20000000000048"
BLOCKED_CARD = "20000000000063"
UNKNOWN_CARD = "20000000000099"
OURS = "9780000000019"


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {"java_script_enabled": request.param}


def test_an_order_is_filled_by_scans_and_sent(sign_in: SignIn, options: dict[str, Any]):
    page = sign_in(**options)
    page.goto("/orders/new")
    page.fill("[name=customer]", CARD)
    page.press("[name=customer]", "Enter")
    expect(page.get_by_role("complementary", name="Before it is sent").get_by_role("status")).to_contain_text(
        "The customer may borrow."
    )
    expect(page.locator("[name=customer]")).to_have_value(CARD)
    page.fill("[name=numbers]", OURS)
    page.press("[name=numbers]", "Enter")
    expect(page.locator("[name=title]")).to_have_value("The Imaginary Almanac")
    expect(page.get_by_role("complementary", name="Before it is sent")).to_contain_text("We have it")
    page.select_option("[name=pickup_branch]", "EXC")
    page.click("[data-act=order]")
    expect(page.get_by_role("complementary", name="Before it is sent")).to_contain_text(
        "Place a hold on our own copy instead"
    )
    page.click("[data-act=order]")
    expect(page.get_by_role("status").first).to_contain_text("is made")
    expect(page.locator("[name=customer]")).to_have_value("")


def test_a_card_that_nobody_knows_is_scanned_again_in_its_place(sign_in: SignIn):
    page = sign_in()
    page.goto("/orders/new")
    for code in (UNKNOWN_CARD, CARD):
        expect(page.locator("[name=customer]")).to_be_focused()
        type_as_scanner(page, code)
        card = page.get_by_role("complementary", name="Before it is sent").get_by_role("status")
        expect(card).to_contain_text("knows no such card" if code == UNKNOWN_CARD else "The customer may borrow.")
        expect(page.locator("[name=customer]")).to_have_value(code)
    expect(page.locator("[name=numbers]")).to_be_focused()


def test_a_card_that_nobody_knows_is_scanned_again_in_its_place_though_the_script_comes_late(sign_in: SignIn):
    """As where the form was sent before htmx was there: the answer is a page of its own."""
    page = sign_in()
    page.route("**/htmx.min.js", lambda route: route.abort())
    page.goto("/orders/new")
    to_come: list[Route] = []

    def hold(route: Route) -> None:
        to_come.append(route)

    page.route("**/desk.js*", hold)
    type_as_scanner(page, UNKNOWN_CARD)
    customer = page.locator("[name=customer]")
    wait_for(lambda: page.title() and to_come, "the script to be asked for", PATIENCE_MS / 1000)
    expect(customer).to_have_value(UNKNOWN_CARD)
    expect(customer).to_be_focused()
    to_come.pop().continue_()
    selected = "field => field.value.slice(field.selectionStart, field.selectionEnd)"
    wait_for(lambda: customer.evaluate(selected) == UNKNOWN_CARD, "the card to be selected", PATIENCE_MS / 1000)


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(sign_in: SignIn):
    page = sign_in()
    page.goto("/orders/new")
    page.fill("[name=customer]", CARD)
    page.fill("[name=title]", "The Unheard-of Herbarium")
    page.fill("[name=max_cost]", "a lot")
    page.click("[data-act=order]")
    expect(page.locator("#max_cost-problem")).to_contain_text("25.00, in USD")
    expect(page.locator("#pickup_branch-problem")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_focused()
    page.fill("[name=max_cost]", "")
    page.click("[data-act=order]")
    expect(page.locator("#pickup_branch-problem")).to_be_visible()
    expect(page.locator("[name=title]")).to_have_value("The Unheard-of Herbarium")


def test_a_blocked_card_is_said_before_anything_is_sent(sign_in: SignIn):
    page = sign_in()
    page.goto("/orders/new")
    page.fill("[name=customer]", BLOCKED_CARD)
    page.press("[name=customer]", "Enter")
    expect(page.get_by_role("complementary", name="Before it is sent")).to_contain_text("may not check anything out")


def test_a_link_opens_the_form_filled(sign_in: SignIn):
    page = sign_in()
    page.goto("/orders/new?genre=article&atitle=On+Nothing&jtitle=Imagined+Results&issn=0028-0836&volume=3&spage=7")
    expect(page.locator("[name=service]")).to_have_value("Copy")
    expect(page.locator("[name=article_title]")).to_have_value("On Nothing")
    expect(page.locator("[name=copyright]")).to_be_visible()


def test_a_list_is_looked_at_before_it_is_imported(sign_in: SignIn):
    page = sign_in()
    page.goto("/orders/list")
    page.fill("[name=text]", f"customer,title,isbn,pickup\n{CARD},A Made-up Tale,,EXC\n{CARD},,,EXC\n")
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text("Error", exact=True)).to_be_visible()
    page.goto("/orders/list")
    page.fill("[name=text]", f"customer,title,isbn,pickup\n{CARD},A Made-up Tale,,EXC\n")
    page.get_by_role("button", name="Look at it").click()
    page.click(":is(button[data-act=import], [data-act=import] button)")
    expect(page.get_by_role("status").filter(has_text="1 request made")).to_be_visible()


# ── partners ─────────────────────────────────────────────────────────────────────────────────────


def test_a_partner_is_made_mended_at_the_field_found_and_suspended(sign_in: SignIn):
    page = sign_in("administrator")
    page.goto("/partners/new")
    page.fill("[name=id]", "sample-hills")
    page.fill("[name=name]", "Sample Hills Library")
    page.fill("[name=symbols]", "XX-HILLS")
    page.click(":is(button[data-act=save], [data-act=save] button)")
    expect(page.locator("#symbols-problem")).to_contain_text("type:value")
    expect(page.locator("[name=name]")).to_have_value("Sample Hills Library")
    page.fill("[name=symbols]", "ISIL:XX-HILLS")
    page.click(":is(button[data-act=save], [data-act=save] button)")
    expect(page.get_by_role("status").filter(has_text="It is kept")).to_be_visible()
    page.goto("/partners")
    page.fill("[name=q]", "hills")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Sample Hills Library").click()
    page.fill("[name=why]", "Moving house")
    page.click("[data-act=suspend] button")
    expect(page.get_by_role("status").filter(has_text="It is suspended")).to_be_visible()
    page.click("[data-act=resume] button")
    expect(page.get_by_role("status").filter(has_text="It is taken back")).to_be_visible()
    expect(page.get_by_text("taken back", exact=False).last).to_be_visible()


def test_account_and_connection_are_tried(sign_in: SignIn):
    page = sign_in()
    page.goto("/partners/sample-valley")
    page.click("[data-act=try-account] button")
    expect(page.get_by_role("status").filter(has_text="it can borrow")).to_be_visible()
    page.click("[data-act=try-connection] button")
    expect(page.get_by_role("status").filter(has_text="It answers")).to_be_visible()
    expect(page.locator("[data-act=suspend]")).to_have_count(0)


def test_a_list_of_partners_is_looked_at_before_it_is_written(sign_in: SignIn):
    page = sign_in("administrator")
    page.goto("/partners/import")
    header, row = "id,name,peer,symbols", "sample-shore,Sample Shore Library,sample-valley,ISIL:XX-SHORE"
    page.set_input_files(
        "[name=file]", {"name": "p.csv", "mimeType": "text/csv", "buffer": f"{header}\n{row}\n".encode()}
    )
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("status").filter(has_text="1 record would be written")).to_be_visible()
    page.click(":is(button[data-act=import], [data-act=import] button)")
    expect(page.get_by_role("status").filter(has_text="1 record written")).to_be_visible()


# ── policy ───────────────────────────────────────────────────────────────────────────────────────


def test_a_line_is_tried_as_it_is_typed_moved_and_saved(sign_in: SignIn):
    page = sign_in("administrator")
    page.goto("/policy")
    page.get_by_role("button", name="Add a line").click()
    line = page.locator("ol.lines details[open]")
    line.locator("[name$='.item_types']").fill("DVD")
    line.locator("[name$='.lend']").uncheck()
    page.select_option("[name='try.partner']", "sample-valley")
    page.fill("[name='try.item_type']", "DVD")
    expect(page.locator("#verdict")).to_contain_text("not available for ILL")
    page.get_by_role("button", name="Move line 2 up").click()
    expect(page.locator("[name='lines.0.item_types']")).to_have_value("DVD")
    page.fill("[name='lines.0.days']", "many")
    page.click(":is(button[data-act=save], [data-act=save] button)")
    expect(page.locator("[id='lines.0.days-problem']")).to_contain_text("whole number")
    page.fill("[name='lines.0.days']", "")
    page.click(":is(button[data-act=save], [data-act=save] button)")
    expect(page.get_by_text("It counts from now on.")).to_be_visible()
    page.goto("/policy/versions")
    page.get_by_role("link", name="What it changed").first.click()
    expect(page.locator(".added")).to_contain_text("item type DVD")


def test_statuses_stand_within_their_sheet_each_in_few_lines(sign_in: SignIn):
    page = sign_in()
    page.goto("/policy")
    page.get_by_text("What each circulation status means for lending").click()
    sheet, table = page.locator("details", has=page.locator(".statuses")), page.locator(".statuses")
    for width in (1440, 1280, 1100, 700, 375):
        page.set_viewport_size({"width": width, "height": 800})
        inside, outside = table.bounding_box(), sheet.bounding_box()
        assert inside
        assert outside
        assert inside["x"] + inside["width"] <= outside["x"] + outside["width"], f"at {width}"
    page.set_viewport_size({"width": 1280, "height": 800})
    cell = page.get_by_role("rowheader", name="05 on loan, not to be recalled yet").bounding_box()
    assert cell
    assert cell["height"] < 110, "at most four lines"


def test_sessions_stand_beside_what_is_done_with_an_account(sign_in: SignIn):
    page = sign_in("administrator")
    page.goto("/settings/accounts/administrator")
    table, beside = page.locator(".sessions"), page.locator(".columns > div")
    for width in (1440, 1280, 1210):
        page.set_viewport_size({"width": width, "height": 800})
        left, right = table.bounding_box(), beside.bounding_box()
        assert left
        assert right
        assert left["x"] + left["width"] <= right["x"], f"at {width}"


def test_whoever_may_not_save_can_try(sign_in: SignIn):
    page = sign_in()
    page.goto("/policy")
    expect(page.locator("[data-act=save]")).to_have_count(0)
    expect(page.locator("#verdict")).to_contain_text("Status 03")


def test_lending_is_paused_and_goes_on(sign_in: SignIn):
    page = sign_in("manager")
    page.goto("/policy")
    page.get_by_text("Pause lending …").click()
    page.get_by_label("What partners are answered").select_option(label="On order")
    page.click("[data-act=pause-lending] button")
    expect(page.get_by_role("heading", name="Lending is paused")).to_be_visible()
    expect(page.get_by_text("New requests are answered “On order”")).to_be_visible()
    page.click("[data-act=resume-lending] button")
    expect(page.get_by_role("heading", name="Lending is paused")).to_have_count(0)


# ── pool and help ────────────────────────────────────────────────────────────────────────────────


def test_barcodes_are_added_blocked_with_a_reason_and_put_back(sign_in: SignIn):
    page = sign_in("administrator")
    page.goto("/pool")
    page.fill("[name=range]", "spare")
    page.fill("[name=barcodes]", "P-1\nP-2\n")
    page.click("[data-act=add-barcodes] button")
    expect(page.get_by_role("status").filter(has_text="has 2 barcodes")).to_be_visible()
    page.get_by_role("link", name="spare").click()
    page.get_by_label("Why P-1 goes out of use").fill("torn label")
    page.get_by_role("row", name="P-1").get_by_role("button", name="Block").click()
    expect(page.get_by_role("row", name="P-1")).to_contain_text("torn label (administrator)")
    page.click("[data-act=unblock]")
    expect(page.get_by_role("row", name="P-1")).to_contain_text("Free")


def test_single_keys_are_switched_off_in_the_help(sign_in: SignIn):
    page = sign_in(anew=True)
    page.keyboard.press("?")
    page.wait_for_url("**/help")
    page.uncheck("#keys-on")
    page.goto("/partners")
    page.keyboard.press("?")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Partners")
    page.goto("/help")
    page.check("#keys-on")


def test_no_key_leads_a_viewer_where_it_may_not_go(sign_in: SignIn, house: Stack):
    house.api.post("/accounts", {"name": "looks-on", "role": "viewer", "password": DESK_PASSWORD})
    page = sign_in("looks-on", anew=True)
    for key in ("F2", "n"):
        page.keyboard.press(key)
    page.keyboard.press("?")
    page.wait_for_url("**/help")
    page.keyboard.press("/")
    page.keyboard.type("kettles")
    page.keyboard.press("Enter")
    page.wait_for_url("**/requests?q=kettles")


# ── settings ─────────────────────────────────────────────────────────────────────────────────────


def test_the_circulation_system_is_asked_and_compared(sign_in: SignIn):
    page = sign_in()
    page.goto("/settings")
    page.get_by_role("link", name="Circulation system").click()
    page.click("[data-act=ask]")
    expect(page.get_by_role("status").filter(has_text="It answers")).to_be_visible()
    page.click("[data-act=compare]")
    expect(page.get_by_role("status").filter(has_text="between its books and the requests")).to_be_visible()


def test_a_partners_page_keeps_room_for_its_figures(sign_in: SignIn):
    """On a screen that is high enough to show what stands below them."""
    page = sign_in("administrator", viewport={"width": 1360, "height": 1800})
    page.add_init_script(SHIFTS)
    to_come: list[Route] = []

    def hold(route: Route) -> None:
        to_come.append(route)

    page.route("**/partners/sample-valley/figures", hold)
    page.goto("/partners/sample-valley")
    wait_for(lambda: page.title() and to_come, "its figures to be asked for", PATIENCE_MS / 1000)
    expect(page.get_by_text("They are being counted.")).to_be_visible()
    expect(page.locator(".room").first).not_to_be_visible()
    to_come.pop().continue_()
    expect(page.get_by_label("Days of the figures")).to_be_visible()
    assert page.evaluate(SHIFTED) < 0.03, "a line or two, as the texts are long"


def test_what_the_file_fixes_is_shown_and_a_sheet_is_tried(sign_in: SignIn):
    page = sign_in()
    page.goto("/settings/branches")
    expect(page.get_by_role("row", name="EXC")).to_contain_text("Pick up here")
    page.goto("/settings/papers")
    with page.expect_download() as download:
        page.get_by_role("row", name="Shipping label").get_by_role("link", name="PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")


def test_a_list_of_items_is_looked_at_and_taken(sign_in: SignIn):
    page = sign_in("administrator")
    page.goto("/settings/items")
    header, row = "item_barcode,branch,title,isbn", "30000000009991,EXC,A Made-up Tale,9780000000019"
    page.set_input_files(
        "[name=file]", {"name": "i.csv", "mimeType": "text/csv", "buffer": f"{header}\n{row}\n".encode()}
    )
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator("#came")).to_contain_text("1 item would be taken")
    page.click(":is(button[data-act=import], [data-act=import] button)")
    expect(page.locator("#came")).to_contain_text("1 item taken")


def test_a_partners_page_keeps_its_title_when_its_figures_come(sign_in: SignIn):
    page = sign_in("administrator")
    page.goto("/partners/sample-valley")
    expect(page.locator("#counted form")).to_be_visible()
    expect(page).to_have_title(re.compile("^Sample Valley Library"))
    page.goto("/partners/sample-valley?first=2026-11-20&last=2026-11-01")
    expect(page.locator("#days-problem")).to_contain_text("the first one first")
    expect(page).to_have_title(re.compile("^Sample Valley Library"))


def test_the_catalogue_of_a_partner_is_named_and_tried(sign_in: SignIn, house: Stack):
    page = sign_in("administrator")
    page.goto("/partners/sample-valley/edit")
    page.get_by_text("Its catalogue: asked what it holds").click()
    page.fill("[name='catalogue.url']", f"http://127.0.0.1:{house.ports.partner}/sru")
    page.select_option("[name='catalogue.product']", "koha")
    page.fill("[name='catalogue.number_as']", "no place for the number")
    page.click(":is(button[data-act=save], [data-act=save] button)")
    expect(page.locator("[id='catalogue.number_as-problem']")).to_contain_text("Must hold {} once")
    page.fill("[name='catalogue.number_as']", "{}")
    page.click(":is(button[data-act=save], [data-act=save] button)")
    expect(page.get_by_role("status").filter(has_text="It is kept")).to_be_visible()
    page.fill("[name=isbn]", "9780000000620")
    page.click("[data-act=try-catalogue] button")
    expect(page.get_by_role("status").first).to_contain_text("It answers: holds it, 1 of 1 copy in.")
    page.click("[data-act=try-catalogue] button")
    expect(page.locator("#isbn-problem")).to_contain_text("Give a number or a title")
    page.goto("/partners/sample-valley/edit")
    page.fill("[name='catalogue.url']", "")
    page.select_option("[name='catalogue.product']", "standard")
    page.click(":is(button[data-act=save], [data-act=save] button)")
    expect(page.get_by_role("status").filter(has_text="It is kept")).to_be_visible()
