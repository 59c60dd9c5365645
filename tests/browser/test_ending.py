"""Before a session ends for want of work somebody is told, and can stay (WCAG 2.2.1)."""

from playwright.sync_api import expect

from tests.browser.conftest import SignIn


def test_who_does_nothing_for_long_is_told_before_and_may_stay(sign_in: SignIn):
    page = sign_in(anew=True)
    page.clock.install()
    page.goto("/account")
    page.clock.run_for("07:50:00")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.clock.run_for("00:06:00")
    expect(page.get_by_role("alert")).to_contain_text("you will be signed out at")
    with page.expect_response("**/account/stay") as answered:
        page.get_by_role("button", name="Stay signed in", exact=True).click()
    assert answered.value.status == 204
    expect(page.get_by_role("alert")).to_have_count(0)
    page.clock.run_for("08:01:00")
    expect(page.get_by_role("alert")).to_contain_text("What you type is kept")


def test_what_is_done_on_another_page_of_the_browser_counts(sign_in: SignIn):
    page = sign_in(anew=True)
    page.clock.install()
    page.goto("/account")
    page.clock.run_for("07:50:00")
    page.evaluate("localStorage.setItem('desk seen', Date.now())")  # as another page does, by the same clock
    page.clock.run_for("00:06:00")
    expect(page.get_by_role("alert")).to_have_count(0)
