"""The pages of a live desk, and a browser that has neither scripts nor a screen: it keeps cookies, follows forms, and reads text."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import cache
from typing import Any

import aiohttp
import pytest

from gateway.listener import Listener
from gateway.notices.schedule import NoticePlan
from gateway.pages.settings import SiteSettings
from gateway.pages.site import make_site
from gateway.room import ListenerLimits
from gateway.store.sqlite import SqliteStore
from gateway.workflow.staff import Account, StaffRole
from tests.fakes.passwords import cheap_passwords
from tests.store.fresh import Fill
from tests.web.known import START
from tests.web.live import NO_MAIL, Live, live_api

PASSWORD = "correct horse battery staple"
_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')


@dataclass
class Browser:
    """One browser: its own cookies."""

    url: str
    http: aiohttp.ClientSession
    form_token: str = ""

    async def get(self, path: str, **options: Any) -> tuple[int, str]:
        """Look at a page; the status, and the HTML."""
        async with self.http.get(self.url + path, **options) as answer:
            return answer.status, self._read(await answer.text())

    async def post(self, path: str, **options: Any) -> tuple[int, str]:
        """Send a form as a page of ours would, with the token of the page that was looked at last."""
        fields = {"form_token": self.form_token, **options.pop("fields", {})}
        async with self.http.post(self.url + path, data=fields, **options) as answer:
            return answer.status, self._read(await answer.text())

    def _read(self, html: str) -> str:
        found = _TOKEN.search(html)
        self.form_token = found[1] if found else self.form_token
        return html


@dataclass
class Site:
    """A site that is served, and what it rests on."""

    url: str
    live: Live
    stop: Callable[[], Awaitable[None]]


SignIn = Callable[..., Coroutine[Any, Any, Browser]]


@pytest.fixture
def mail() -> NoticePlan:
    """What goes out by e-mail: nothing, unless a module says so."""
    return NO_MAIL


@cache
def _peopled(fill: Fill | None) -> Fill:
    """Write somebody of each role, then what `fill` does."""

    async def people(store: SqliteStore) -> None:
        hashed = await cheap_passwords().hashed(PASSWORD)
        for role in StaffRole:
            somebody = Account(name=f"a-person-{role}", role=role, made_at=START, made_by="setup", password_hash=hashed)
            assert await store.add_account(somebody)
        if fill is not None:
            await fill(store)

    return people


@pytest.fixture
async def site(mail: NoticePlan, fill: Fill | None) -> AsyncIterator[Site]:
    async with live_api(mail=mail, fill=_peopled(fill)) as live:
        settings = SiteSettings(public_origin="http://desk.example.org", hosts=frozenset({"127.0.0.1"}))
        listener = Listener(make_site(live.desk, settings), ListenerLimits())
        try:
            yield Site(f"http://127.0.0.1:{await listener.start('127.0.0.1', 0)}", live, listener.stop)
        finally:
            await listener.stop()


@pytest.fixture
async def browser(site: Site) -> AsyncIterator[Browser]:
    """A browser in which nobody is signed in."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        yield Browser(site.url, http)


@pytest.fixture
async def sign_in(site: Site) -> AsyncIterator[SignIn]:
    """Opens a browser of its own for somebody of a role, who is signed in."""
    opened: list[aiohttp.ClientSession] = []

    async def signed_in(role: StaffRole = StaffRole.TECHNICIAN) -> Browser:
        http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        opened.append(http)
        browser = Browser(site.url, http)
        status, _ = await browser.post("/sign-in", fields={"name": f"a-person-{role}", "password": PASSWORD})
        assert status == 200
        return browser

    yield signed_in
    for http in opened:
        await http.close()
