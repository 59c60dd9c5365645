"""How the site is reached: over TLS no cookie goes without it, and no other host and no plain HTTP sets the session's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookies import Morsel, SimpleCookie

import aiohttp
import pytest

from gateway.listener import Listener
from gateway.pages.settings import SiteSettings
from gateway.pages.site import make_site
from gateway.room import ListenerLimits
from tests.pages.conftest import PASSWORD, Browser, Site

HERE = frozenset({"127.0.0.1"})
PLAIN = SiteSettings(public_origin="http://desk.example.org", hosts=HERE)
OVER_TLS = SiteSettings(public_origin="https://desk.example.org", hosts=HERE)
BEHIND_OURS = SiteSettings(public_origin="http://desk.example.org", hosts=HERE, proxies=("127.0.0.0/8",))
BEHIND_ANOTHER = SiteSettings(public_origin="http://desk.example.org", hosts=HERE, proxies=("192.0.2.0/24",))
SAYS_HTTPS = {"X-Forwarded-Proto": "https"}
SAYS_HTTP = {"X-Forwarded-Proto": "http"}
OPEN, SECURE = "desk", "__Host-desk"


@asynccontextmanager
async def served(site: Site, settings: SiteSettings, headers: dict[str, str]) -> AsyncIterator[Browser]:
    """A browser that sends these headers and keeps no cookie: what it gets and sends is told by hand."""
    listener = Listener(make_site(site.live.desk, settings), ListenerLimits())
    port = await listener.start("127.0.0.1", 0)
    try:
        async with aiohttp.ClientSession(headers=headers, cookie_jar=aiohttp.DummyCookieJar()) as http:
            yield Browser(f"http://127.0.0.1:{port}", http)
    finally:
        await listener.stop()


async def told_to_keep(browser: Browser, path: str, cookie: str = "", **fields: str) -> Morsel[str]:
    """Send a form with a cookie; the one cookie that the answer tells the browser to keep."""
    sent = {"form_token": browser.form_token, **fields}
    kept = {"Cookie": cookie} if cookie else {}
    async with browser.http.post(browser.url + path, data=sent, headers=kept, allow_redirects=False) as answer:
        assert answer.status == 303
        (line,) = answer.headers.getall("Set-Cookie")
    (morsel,) = SimpleCookie(line).values()
    return morsel


@pytest.mark.parametrize(
    ("settings", "headers", "name"),
    [
        (PLAIN, {}, OPEN),
        (PLAIN, SAYS_HTTPS, OPEN),  # nobody's word
        (OVER_TLS, {}, SECURE),
        (OVER_TLS, SAYS_HTTP, SECURE),
        (BEHIND_OURS, {}, OPEN),
        (BEHIND_OURS, SAYS_HTTP, OPEN),
        (BEHIND_OURS, SAYS_HTTPS, SECURE),
        (BEHIND_ANOTHER, SAYS_HTTPS, OPEN),
    ],
)
async def test_over_tls_no_cookie_goes_without_it(
    site: Site, settings: SiteSettings, headers: dict[str, str], name: str
):
    async with served(site, settings, headers) as browser:
        kept = await told_to_keep(browser, "/sign-in", name="a-person-technician", password=PASSWORD)
        session = f"{name}={kept.value}"
        for given, status in ((session, 200), (f"{OPEN if name == SECURE else SECURE}={kept.value}", 303)):
            assert (await browser.get("/", headers={"Cookie": given}, allow_redirects=False))[0] == status
        printer = await told_to_keep(browser, "/printer", session)
        ended = await told_to_keep(browser, "/sign-out", session)
    assert [each.key for each in (kept, printer, ended)] == [name, "printer", name]
    for each in (kept, printer, ended):
        assert bool(each["secure"]) is (name == SECURE)
        assert (each["path"], each["domain"]) == ("/", ""), "what the prefix __Host- asks for"
        assert (each["httponly"], each["samesite"]) == (True, "Lax")
    assert (ended.value, ended["max-age"]) == ("", "0")
