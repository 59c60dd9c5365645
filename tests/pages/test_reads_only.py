"""A database that can only be read for now: every page says so and can be looked at; what would change something is refused in words."""

import pytest

from gateway.store.port import StoreReadsOnly
from gateway.workflow.staff import StaffRole
from tests.pages.conftest import Browser, SignIn, Site

BANNER = "The database can only be read for now."
PAGES = ("/", "/requests", "/tasks", "/partners", "/scan", "/account")


@pytest.fixture
def standby(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The store of the site as it is while a standby answers in the primary's place."""

    async def refuse(*_: object, **_given: object) -> None:
        raise StoreReadsOnly("the database takes no writes")

    store = site.live.desk.store
    monkeypatch.setattr(type(store), "_change", refuse)
    monkeypatch.setattr(type(store), "reads_only", True)
    for tables in (store, store.views, store.scans, store.story):
        monkeypatch.setattr(tables, "_change", refuse, raising=False)
    return site


async def test_pages_can_be_looked_at_and_say_so(
    site: Site, sign_in: SignIn, request: pytest.FixtureRequest, browser: Browser
):
    somebody = await sign_in(StaffRole.TECHNICIAN)
    assert BANNER not in (await somebody.get("/"))[1]
    request.getfixturevalue("standby")
    await site.live.time.advance(90)  # when a session was seen last is due to be written
    for path in PAGES:
        status, html = await somebody.get(path)
        assert (status, BANNER in html) == (200, True), path
    assert BANNER in (await browser.get("/sign-in"))[1]


async def test_a_change_is_refused_in_words(site: Site, sign_in: SignIn, request: pytest.FixtureRequest):
    somebody = await sign_in(StaffRole.TECHNICIAN)
    await somebody.get("/account")
    request.getfixturevalue("standby")
    status, html = await somebody.post("/sign-out")
    assert status == 503
    assert "Nothing can be changed just now" in html
    assert BANNER in html
