"""Signing in, being led where one was going, and signing out."""

from playwright.sync_api import Browser, expect

from gateway.demo.stage.stack import Stack
from tests.browser.conftest import SignIn


def test_whoever_follows_a_link_is_asked_to_sign_in_and_led_on(browser: Browser, house: Stack):
    page = browser.new_context(base_url=house.desk_url).new_page()
    page.goto("/?from=a-link")
    page.fill("[name=name]", "technician")
    page.fill("[name=password]", "demonstration")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/?from=a-link")
    page.context.close()


def test_a_wrong_password_is_said_and_the_name_is_kept(browser: Browser, house: Stack):
    page = browser.new_context(base_url=house.desk_url).new_page()
    page.goto("/sign-in")
    page.fill("[name=name]", "technician")
    page.fill("[name=password]", "something else")
    page.press("[name=password]", "Enter")
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    expect(page.locator("[name=name]")).to_have_value("technician")
    page.context.close()


def test_after_signing_out_nothing_is_shown_any_more(sign_in: SignIn):
    page = sign_in(anew=True)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_text("technician", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_password_may_be_pasted_and_its_field_says_what_it_is(browser: Browser, house: Stack):
    page = browser.new_context(base_url=house.desk_url).new_page()
    page.goto("/sign-in")
    for name, kind in (("name", "username"), ("password", "current-password")):
        field = page.locator(f"[name={name}]")
        expect(field).to_have_attribute("autocomplete", kind)
        taken = field.evaluate(
            "field => field.dispatchEvent(new ClipboardEvent('paste', {bubbles: true, cancelable: true}))"
        )
        assert taken, "no script of ours keeps what is pasted away"
    page.context.close()
