"""The style sheet, as a browser reads it."""

from playwright.sync_api import Browser

from gateway.pages.assets import STATIC, assets

RULES = "text => { const sheet = new CSSStyleSheet(); sheet.replaceSync(text); return [...sheet.cssRules].map(rule => rule.cssText); }"


def test_what_is_sent_says_what_was_written(browser: Browser):
    """Blanks and comments are not sent (assets.py)."""
    page = browser.new_page()
    written = page.evaluate(RULES, (STATIC / "desk.css").read_text())
    assert page.evaluate(RULES, assets()["desk.css"].content.decode()) == written
    assert len(written) > 100
