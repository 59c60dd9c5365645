"""The printer of a browser, at a house whose settings name one with stock of its own: it is chosen beside the papers, and no scan gets lost there."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from gateway.demo.stage.stack import Stack
from tests.browser.conftest import SignIn
from tests.browser.hands import type_as_scanner
from tests.browser.test_accessibility import axe, faults
from tests.browser.test_scan import promised, settled

__all__ = ["axe"]
PRINTER = """
[papers.printers.thermal]
shipping-label = "4x6"
return-label = "4x6"
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("house"))
    stack.config.write_text(stack.config.read_text("utf-8") + PRINTER, "utf-8")
    with stack:
        stack.import_items()
        stack.open_accounts()
        yield stack


def choice(page: Page, printer: str) -> None:
    """Unfold where a printer is chosen."""
    page.get_by_text(f"Printer: {printer}", exact=True).click()


def test_it_is_chosen_on_one_page_and_known_on_the_others(sign_in: SignIn, house: Stack, axe: str):
    (book,) = promised(house, 1)
    page = sign_in(anew=True, reduced_motion="reduce")
    page.goto("/scan/new")
    type_as_scanner(page, book.number)
    settled(page, 1)
    choice(page, "the usual one")
    page.get_by_label("Printer for these papers").select_option("thermal")
    page.get_by_role("button", name="Print there from now on").click()
    papers = page.locator("#cart a", has_text="Papers of this cart")
    expect(papers).to_have_attribute(
        "href", "/scan/papers?cart=" + page.locator("[name=cart]").first.input_value() + "&printer=thermal"
    )
    for address in ("/scan", f"/requests/{book.number}", "/lists/pull"):
        page.goto(address)
        choice(page, "thermal")
        assert faults(page, axe) == [], address


def test_what_is_scanned_while_the_choice_has_the_focus_gets_into_the_box(sign_in: SignIn, house: Stack):
    (book,) = promised(house, 1)
    page = sign_in(anew=True)
    page.goto("/scan/new")
    type_as_scanner(page, book.number)
    settled(page, 1)
    choice(page, "the usual one")
    page.get_by_label("Printer for these papers").focus()
    type_as_scanner(page, "30000000000000")
    settled(page, 2)
    expect(page.locator("#scan")).to_be_focused()
    expect(page.locator("#scan")).to_have_value("")
