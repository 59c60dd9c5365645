"""Requests and worklists in a browser: filters that stay, acts for several, the walk along the shelves; by keyboard, narrow, without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from gateway.demo.stage.stack import Stack
from tests.browser.conftest import SignIn
from tests.browser.test_scan import Book, promised, settled


@pytest.fixture(scope="module")
def books(house: Stack) -> list[Book]:
    return promised(house, 4)


def overflow(page: Page) -> int:
    """By how much the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("scripts", [True, False])
def test_filters_stand_in_the_address_and_survive_going_back(sign_in: SignIn, books: list[Book], *, scripts: bool):
    page = sign_in(java_script_enabled=scripts)
    page.goto("/requests")
    expect(page.get_by_role("status").filter(has_text="open")).to_be_visible()
    page.get_by_role("checkbox", name="On the pull list").check()
    if not scripts:
        page.get_by_role("button", name="Apply filters").click()
    page.wait_for_url("**state=will*")
    expect(page.locator("tr[data-request]")).to_have_count(len(books))
    page.locator("tr[data-request] a").first.click()
    page.wait_for_url("**/requests/L*")
    page.go_back()
    page.wait_for_url("**state=will*")
    expect(page.get_by_role("checkbox", name="On the pull list")).to_be_checked()
    expect(page.locator("tr[data-request]")).to_have_count(len(books))


def test_a_request_is_found_by_a_word_and_by_how_its_barcode_begins(sign_in: SignIn, books: list[Book]):
    page = sign_in()
    page.goto("/requests")
    page.fill("#q", books[0].barcode[:-1])
    page.press("#q", "Enter")
    page.wait_for_url("**q=*")
    expect(page.locator(f"tr[data-request='{books[0].number}']")).to_be_visible()
    page.fill("#q", '"; DROP TABLE (')
    page.press("#q", "Enter")
    expect(page.get_by_text("Nothing fits.")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_act_for_several_gives_a_line_each(sign_in: SignIn, books: list[Book], *, scripts: bool):
    page = sign_in(java_script_enabled=scripts)
    page.goto("/requests?state=will+supply")
    for book in books[:2]:
        page.get_by_role("checkbox", name=f"Choose {book.number}").check()
    page.get_by_label("Assign to").select_option("manager" if scripts else "technician")
    page.locator("button[data-act=assign]").click()
    outcome = page.locator("#outcome")
    expect(outcome).to_contain_text("Done for 2 of 2")
    for book in books[:2]:
        expect(outcome.locator(f"[data-request='{book.number}'][data-result=done]")).to_be_visible()
    expect(page.get_by_role("checkbox", name="On the pull list")).to_be_checked()
    page.goto("/requests?whose=me")
    expect(page.locator("tr[data-request]")).to_have_count(0 if scripts else 2)


def test_nothing_chosen_is_said_and_nothing_is_done(sign_in: SignIn, books: list[Book]):
    page = sign_in()
    page.goto("/lists/pull")
    page.locator("button[data-act=flag]").click()
    expect(page.locator("#outcome")).to_contain_text("Choose requests first")
    assert books


def test_a_view_is_kept_and_leads_back(sign_in: SignIn, books: list[Book]):
    page = sign_in()
    page.goto("/requests?role=lending&state=will+supply")
    page.get_by_text("Keep these filters").click()
    page.fill("#view-name", "To fetch")
    with page.expect_navigation():
        page.get_by_role("button", name="Keep as a view").click()
    page.goto("/requests")
    page.get_by_role("link", name="To fetch").click()
    page.wait_for_url("**state=will*")
    expect(page.locator("tr[data-request]")).to_have_count(len(books))


def test_slips_are_printed_and_marked_as_sent(sign_in: SignIn, books: list[Book]):
    page = sign_in()
    page.goto("/lists/pull")
    expect(page.locator("tr[data-request]")).to_have_count(len(books))
    form = {
        field.get_attribute("name"): field.input_value()
        for field in page.locator("form.found input[type=hidden]").all()
    }
    answer = page.request.post("/lists/pull/print", form={str(name): value for name, value in form.items()})
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")
    page.reload()
    expect(page.get_by_text(re.compile("Sent to print (today|yesterday)")).first).to_be_visible()
    csv = page.request.get("/lists/pull.csv").text()
    assert books[0].number in csv


def test_lists_fit_into_every_window(sign_in: SignIn, books: list[Book]):
    page = sign_in()
    for address in ("/requests", "/lists/pull"):
        page.goto(address)
        expect(page.locator(f"tr[data-request='{books[0].number}']")).to_be_visible()
        for width in (1360, 1280, 1250, 1100, 1024, 970, 900, 700, 650, 320):
            page.set_viewport_size({"width": width, "height": 740})
            assert overflow(page) <= 0, f"{address} at {width}"
    page.set_viewport_size({"width": 1280, "height": 720})


def test_the_walk_goes_from_shelf_to_shelf_by_keyboard_alone_on_a_phone(sign_in: SignIn, books: list[Book]):
    page = sign_in(viewport={"width": 360, "height": 740}, has_touch=True)
    page.goto("/lists/pull?walk=all")
    expect(page.locator("#walk-done")).to_have_text(f"0 of {len(books)}")
    assert overflow(page) <= 0
    page.locator("button[value=got]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#walk-done")).to_have_text(f"1 of {len(books)}")
    page.locator("button[value=later]").focus()
    page.keyboard.press("Enter")
    for done in range(2, len(books) + 1):
        page.locator("button[value=got]").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#walk-done")).to_have_text(f"{done} of {len(books)}")
    expect(page.get_by_text("That was all.")).to_be_visible()


@pytest.mark.parametrize("path", ["/requests", "/lists/pull", "/lists/overdue"])
def test_nothing_is_cut_off_at_320_pixels(sign_in: SignIn, books: list[Book], path: str):
    page = sign_in(viewport={"width": 320, "height": 700})
    page.goto(path)
    assert overflow(page) <= 0
    assert books


def test_a_list_is_worked_by_keyboard_alone(sign_in: SignIn, books: list[Book]):
    page = sign_in()
    page.goto("/lists/pull")
    page.get_by_role("checkbox", name=f"Choose {books[3].number}").focus()
    page.keyboard.press("Space")
    page.locator("button[data-act=flag]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#outcome")).to_contain_text("Done for 1 of 1")
    expect(page.locator(f"tr[data-request='{books[3].number}']")).to_contain_text("Needs attention")


def test_enter_in_a_field_of_the_bar_does_nothing_to_the_chosen_ones(sign_in: SignIn, books: list[Book]):
    page = sign_in()
    page.goto("/lists/pull")
    page.get_by_role("checkbox", name=f"Choose {books[2].number}").check()
    page.get_by_label("Inside note").fill("It stands behind the atlas.")
    with page.expect_response("**/lists/pull") as answer:
        page.get_by_label("Inside note").press("Enter")
        page.get_by_role("button", name="Write it").click()
    assert answer.value.request.post_data
    assert "act=note" in answer.value.request.post_data, "the first that was sent"
    expect(page.locator("#outcome")).to_contain_text("Done for 1 of 1")


def test_what_buttons_do_is_read_without_a_pointer(sign_in: SignIn, books: list[Book]):
    page = sign_in(viewport={"width": 320, "height": 700}, has_touch=True)
    page.goto("/lists/pull")
    page.get_by_role("checkbox", name=f"Choose {books[2].number}").check()
    expect(page.get_by_text("Check the item in at the desk, and, where it is kept for nobody else")).to_be_visible()
    page.get_by_text("What these do").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Say that it needs attention, and why. Nobody is told.")).to_be_visible()
    expect(page.locator("button[data-act=flag]")).to_have_accessible_description(re.compile("Nobody is told"))
    assert overflow(page) <= 0


def test_what_is_not_on_its_shelf_leaves_the_walk_and_the_list_by_one_key(sign_in: SignIn, books: list[Book]):
    page = sign_in(viewport={"width": 360, "height": 740}, has_touch=True)
    page.goto("/lists/pull?walk=all")
    number = str(page.locator("#walk [name=request]").get_attribute("value")).partition(":")[0]
    page.locator("button[value=missing]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#walk-done")).to_have_text(f"1 of {len(books)}")
    expect(page.locator(".behind li")).to_have_text(f"{number}not there")
    page.get_by_role("link", name=number).click()
    expect(page.locator("#live")).to_contain_text("Could not find it")
    page.goto("/lists/pull")
    expect(page.locator("tr[data-request]")).to_have_count(len(books) - 1)


def test_lists_with_due_dates_fit_beside_their_filters(sign_in: SignIn, books: list[Book]):
    page = sign_in()
    page.goto("/scan/new")
    page.fill("#scan", books[1].barcode)
    page.press("#scan", "Enter")
    settled(page, 1)
    page.goto("/requests")
    expect(page.locator(f"tr[data-request='{books[1].number}'] td[data-label=Due]")).to_be_visible()
    for width in (1440, 1360, 1280, 1257):
        page.set_viewport_size({"width": width, "height": 740})
        assert overflow(page) <= 0, f"at {width}"
