"""A session that ends in the midst of a form, in a browser with its scripts and in one without."""

import pytest
from playwright.sync_api import expect

from gateway.demo.stage.stack import Stack
from tests.browser.conftest import SignIn


@pytest.mark.parametrize("scripts", [True, False])
def test_what_was_typed_is_sent_after_signing_in_again(sign_in: SignIn, house: Stack, *, scripts: bool):
    page = sign_in("administrator", anew=True, java_script_enabled=scripts)
    page.goto("/settings/tokens")
    name = f"typed-{scripts}".lower()
    page.fill("[name=name]", name)
    page.get_by_label("Viewer").check()
    house.api.post("/accounts/administrator/end-sessions")
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    page.fill("[name=name]", "administrator")
    page.fill("[name=password]", "demonstration")
    page.press("[name=password]", "Enter")
    expect(page.get_by_text(name)).to_be_visible()
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_text("Copy it now")).to_be_visible()
    expect(page.get_by_role("cell", name=name, exact=True)).to_be_visible()


def test_what_a_page_asks_for_by_itself_says_so(sign_in: SignIn, house: Stack):
    """Else a page that is left open would keep its session open, for ever."""
    page = sign_in(anew=True)
    with page.expect_request(lambda request: "x-by-itself" in request.headers):
        house.partner.post("/requests", {"title": "The Imaginary Almanac", "isbn": "9780000000019"})


def test_a_scan_into_a_session_that_has_ended_is_done_after_signing_in_again(sign_in: SignIn, house: Stack):
    """The box keeps its scans itself, and people go on scanning meanwhile."""
    page = sign_in(anew=True)
    page.goto("/scan")
    house.api.post("/accounts/technician/end-sessions")
    page.fill("#scan", "30000000000000")
    page.press("#scan", "Enter")
    page.get_by_role("link", name="Sign in again").click()
    page.fill("[name=name]", "technician")
    page.fill("[name=password]", "demonstration")
    page.press("[name=password]", "Enter")
    expect(page.locator("#said")).to_contain_text("No open request has that")
