"""A session that ends while a form is filled in: nothing that was typed is lost."""

import html as escaping
import re

from gateway.pages.kept import keep, kept
from tests.pages.conftest import PASSWORD, Browser, SignIn, Site

TYPED = {"name": 'ca"fé <b>', "role": "viewer", "password": "a secret that was typed", "must_change": "true"}
ACTION = "/settings/accounts"


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of a page's last form."""
    form = html.rpartition("<form")[2]
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    return {name: escaping.unescape(value) for name, value in found}


async def expired(site: Site, browser: Browser) -> Browser:
    """Eight hours go by."""
    await browser.get("/account")
    await site.live.time.advance(9 * 3600)
    return browser


async def test_what_was_typed_goes_along_through_the_sign_in_and_is_sent_when_somebody_says_so(
    site: Site, sign_in: SignIn
):
    browser = await expired(site, await sign_in("admin"))
    status, html = await browser.post(ACTION, fields=TYPED, headers={"Referer": f"{site.url}{ACTION}"})
    assert (status, "What you typed is kept" in html) == (403, True)
    assert "a secret that was typed" not in html
    carried = hidden(html)
    status, html = await browser.post("/sign-in", fields=carried | {"name": "a-person-admin", "password": "a guess"})
    assert (status, hidden(html)) == (403, carried), "after a wrong password it is still there"
    status, html = await browser.post("/sign-in", fields=carried | {"name": "a-person-admin", "password": PASSWORD})
    assert (status, f'action="{ACTION}"' in html, f'href="{ACTION}"' in html) == (200, True, True)
    fields = hidden(html)
    assert fields.pop("form_token") == browser.form_token
    assert fields == {name: text for name, text in TYPED.items() if name != "password"}
    assert "ca&#34;fé &lt;b&gt;" in html
    status, html = await browser.post(ACTION, fields=fields)
    assert (status, "up to 64 letters" in html) == (422, True), "it was taken, and looked at"


async def test_what_a_form_carries_for_itself_is_kept_and_not_shown(site: Site, sign_in: SignIn):
    browser = await expired(site, await sign_in("admin"))
    own = {"seen": "6", "seen_in": "will supply", "key": "a-key", "to": "/lists/due"}
    typed = own | {"inside": "Handle with care."}
    _, html = await browser.post("/requests/r1/acts/note", fields=typed, headers={"Referer": f"{site.url}/requests/r1"})
    signed = hidden(html) | {"name": "a-person-admin", "password": PASSWORD}
    _, html = await browser.post("/sign-in", fields=signed)
    assert hidden(html).items() >= typed.items()
    assert re.findall("<dt>(.*?)</dt>", html) == ["Inside"]


async def test_the_address_that_a_mail_goes_to_is_shown(site: Site, sign_in: SignIn):
    browser = await expired(site, await sign_in("admin"))
    typed = {"to": "bills@example.org", "key": "a-key"}
    _, html = await browser.post("/requests/r1/acts/note", fields=typed, headers={"Referer": f"{site.url}/requests/r1"})
    _, html = await browser.post("/sign-in", fields=hidden(html) | {"name": "a-person-admin", "password": PASSWORD})
    assert re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", html) == [("To", "bills@example.org")]


async def test_where_nothing_was_typed_one_is_led_to_the_form_alone(site: Site, sign_in: SignIn):
    browser = await expired(site, await sign_in())
    async with browser.http.post(f"{site.url}/sign-out", data={}, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/sign-in?to=%2Fsign-out")


async def test_a_script_that_wants_a_part_is_given_the_whole(site: Site, sign_in: SignIn):
    browser = await expired(site, await sign_in())
    headers = {"HX-Request": "true", "HX-Current-URL": f"{site.url}/lists/pull?branch=Main"}
    async with browser.http.get(f"{site.url}/lists/pull", headers=headers, allow_redirects=False) as answer:
        assert answer.status in {200, 404}
    async with browser.http.get(f"{site.url}/", headers=headers, allow_redirects=False) as answer:
        assert answer.headers["HX-Redirect"] == "/sign-in?to=%2Flists%2Fpull%3Fbranch%3DMain"
    async with browser.http.post(f"{site.url}{ACTION}", data=TYPED, headers=headers) as answer:
        assert (answer.headers["HX-Retarget"], answer.headers["HX-Reselect"]) == ("body", "body")
        assert 'name="to" value="/lists/pull?branch=Main"' in await answer.text()


async def test_a_form_of_another_site_is_not_kept(site: Site, browser: Browser):
    headers = {"Origin": "https://elsewhere.example"}
    status, html = await browser.post(ACTION, fields=TYPED, headers=headers)
    assert (status, "kept" in html) == (403, False)


async def test_what_is_kept_leads_nowhere_but_to_pages_of_ours(browser: Browser):
    typed = '{"action": "https://elsewhere.example/", "fields": [["a", "b"]]}'
    fields = {"name": "a-person-technician", "password": PASSWORD, "kept": typed}
    async with browser.http.post(browser.url + "/sign-in", data=fields, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/")


def test_what_is_none_is_read_as_none():
    for text in ("", "{", "[]", '{"action": 1}', "\udce9"):
        assert kept(text) is None
    assert keep("/", {"form_token": "x", "password": "y", "empty": " "}) is None
