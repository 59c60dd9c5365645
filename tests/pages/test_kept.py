"""A session that ends while a form is filled in, or a store that is away when it is sent: nothing that was typed is lost."""

import html as escaping
import io
import re
from typing import Any

import aiohttp
import pytest

from gateway.desk.errors import (
    BusyError,
    ConflictError,
    DeskError,
    NotThereError,
    StoreFailedError,
    StoreReadsOnly,
    StoreUnavailable,
    TooOftenError,
)
from gateway.pages import frame, search
from gateway.pages.bodies import STRANGERS_FILE_MAX
from gateway.pages.kept import keep, kept
from tests.pages.conftest import PASSWORD, Browser, SignIn, Site
from tests.web.known import a_request
from tests.web.known import keep as keep_requests

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
    own = {"seen": "6", "seen_in": "will supply", "key": "a-key", "to": "/lists/due", "step": "send"}
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


# a store that is away


NOTE = "/requests/r1/acts/note"
WRITTEN = {"key": "a-key-of-its-form", "inside": "Handle <with> care."}


async def gone(*_: Any, **_given: Any) -> Any:
    raise StoreUnavailable("gone")


def taken(site: Site) -> list[str | None]:
    """The notes that were taken."""
    return [action.inside for _request, action in site.live.intake.acted]


@pytest.mark.parametrize("is_late", [False, True], ids=["from the start", "on the way"])
async def test_what_was_typed_while_the_store_is_away_is_sent_again_from_the_page_that_says_so(
    site: Site, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, *, is_late: bool
):
    await keep_requests(site.live.store, a_request())
    browser = await sign_in()
    await browser.get("/account")
    headers = {"Referer": f"{site.url}/requests/r1"}
    with monkeypatch.context() as away:
        away.setattr(site.live.store, "request" if is_late else "session_by_hash", gone)
        status, html = await browser.post(NOTE, fields=WRITTEN, headers=headers)
        assert (status, "be reached</h1>" in html, f'action="{NOTE}"' in html) == (503, True, True)
        assert re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", html) == [("Inside", "Handle &lt;with&gt; care.")]
        assert 'href="/requests/r1"' in html
        again = hidden(html)
        status, html = await browser.post(NOTE, fields=again, headers=headers)
        assert (status, hidden(html)) == (503, again), "as often as it takes"
    assert again.items() >= WRITTEN.items()
    status, _ = await browser.post(NOTE, fields=again, headers=headers)
    assert (status, taken(site)) == (200, [WRITTEN["inside"]])


async def test_nothing_is_kept_of_a_sign_in_of_another_site_and_for_a_script(
    site: Site, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
):
    browser = await sign_in()
    monkeypatch.setattr(site.live.store, "session_by_hash", gone)
    elsewhere = {"Origin": "https://elsewhere.example"}
    for path, headers in (("/sign-in", {}), (NOTE, elsewhere), (NOTE, {"HX-Request": "true"})):
        status, html = await browser.post(path, fields=WRITTEN, headers=headers)
        assert (status, "Handle" in html) == (503, False), (path, headers)


# a form of an earlier sign-in


async def test_a_form_of_an_earlier_sign_in_is_shown_to_be_sent_again(site: Site, sign_in: SignIn):
    await keep_requests(site.live.store, a_request())
    browser = await sign_in()
    await browser.get("/account")
    old = browser.form_token
    await browser.post("/sign-out")
    await browser.post("/sign-in", fields={"name": "a-person-technician", "password": PASSWORD})
    status, html = await browser.post(NOTE, fields=WRITTEN | {"form_token": old})
    assert (status, "earlier sign-in" in html) == (403, True)
    again = hidden(html)
    assert again.items() >= WRITTEN.items()
    assert again["form_token"] != old
    assert taken(site) == []
    assert (await browser.post(NOTE, fields=again))[0] == 200
    assert taken(site) == [WRITTEN["inside"]]


# a form that is refused, and whose page does not show it again


async def refused(monkeypatch: pytest.MonkeyPatch, browser: Browser, why: DeskError, **options: Any) -> tuple[int, str]:
    """Send a form which the desk does not take."""

    async def refuse(*_: Any) -> Any:
        raise why

    with monkeypatch.context() as now:
        now.setattr(search, "save_view", refuse)
        return await browser.post("/views", fields=VIEW, **options)


VIEW = {"name": "Rush & <ours>", "address": "/requests?level=rush"}


@pytest.mark.parametrize(
    ("why", "status"),
    [
        (ConflictError("You have 50 views: drop one first."), 409),
        (TooOftenError("Too often: wait a minute.", wait_s=60.0), 429),
        (BusyError("Too much waits."), 503),
        (StoreFailedError("The store failed: look whether it was taken."), 503),
    ],
    ids=["conflict", "too often", "busy", "failed"],
)
async def test_what_was_typed_into_a_form_that_is_refused_is_shown_to_be_sent_again(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, why: DeskError, status: int
):
    browser = await sign_in()
    await browser.get("/requests?level=rush")
    headers = {"Referer": f"{browser.url}/requests?level=rush"}
    found, html = await refused(monkeypatch, browser, why, headers=headers)
    assert (found, why.detail in html, 'href="/requests?level=rush"' in html) == (status, True, True)
    assert ("Name", "Rush &amp; &lt;ours&gt;") in re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", html)
    again = hidden(html)
    assert again.items() >= VIEW.items()
    assert (await browser.post("/views", fields=again))[0] == 200, "and is taken once it can be"
    assert "Rush &amp; &lt;ours&gt;" in (await browser.get("/requests"))[1]


async def test_of_a_form_that_is_refused_as_the_store_goes_away_what_was_typed_is_kept(
    site: Site, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
):
    browser = await sign_in()
    await browser.get("/requests")
    await counts_are_old(site)
    with monkeypatch.context() as away:
        away.setattr(frame, "count_work", gone)
        status, html = await refused(monkeypatch, browser, ConflictError("You have 50 views: drop one first."))
    assert (status, "be reached</h1>" in html, "It has given no answer since" in html) == (503, True, True)
    again = hidden(html)
    assert again.items() >= VIEW.items()
    assert (await browser.post("/views", fields=again))[0] == 200


@pytest.mark.parametrize("why", [NotThereError("It is gone."), RuntimeError("ours"), StoreReadsOnly("a standby")])
async def test_a_store_that_goes_away_while_it_is_said_what_went_wrong_is_said_instead(
    site: Site, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, why: Exception
):
    async def fail(*_: Any) -> Any:
        raise why

    browser = await sign_in()
    await counts_are_old(site)
    monkeypatch.setattr(frame, "count_work", gone)
    monkeypatch.setattr(search, "search", fail)
    status, html = await browser.get("/requests")
    assert (status, "be reached</h1>" in html) == (503, True)


async def counts_are_old(site: Site) -> None:
    """The next page asks the store for the counts that stand around it."""
    await site.live.time.advance(frame.KEPT_FOR.total_seconds() + 1)


async def test_when_a_form_may_come_again_is_said_to_the_browser_too(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch):
    browser = await sign_in()
    await browser.get("/requests")

    async def too_often(*_: Any) -> Any:
        raise TooOftenError("Too often.", wait_s=12.3)

    monkeypatch.setattr(search, "save_view", too_often)
    async with browser.http.post(f"{browser.url}/views", data=VIEW | {"form_token": browser.form_token}) as answer:
        assert (answer.status, answer.headers["Retry-After"], "Rush &amp;" in await answer.text()) == (429, "13", True)


@pytest.mark.parametrize(
    ("why", "headers"),
    [(BusyError("Too much."), {"HX-Request": "true"}), (NotThereError("It is gone."), {})],
    ids=["a script has it still", "it is for nothing any more"],
)
async def test_a_form_that_stays_open_or_can_never_be_taken_is_not_shown_again(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, why: DeskError, headers: dict[str, str]
):
    browser = await sign_in()
    await browser.get("/requests")
    _, html = await refused(monkeypatch, browser, why, headers=headers)
    assert (why.detail in html, "Rush &amp;" in html) == (True, False)


async def test_a_button_that_is_refused_has_nothing_to_be_kept(sign_in: SignIn):
    browser = await sign_in("admin")
    await browser.get("/settings/accounts/a-person-viewer")
    status, html = await browser.post("/settings/accounts/a-person-viewer/link", fields={"key": "a-key-of-its-form"})
    assert (status, "What you typed" in html, "No OpenID Connect provider" in html) == (409, False, True)


async def test_another_role_that_cannot_be_given_is_shown_with_why(sign_in: SignIn):
    """No page of its own shows this form again."""
    browser = await sign_in("admin")
    await browser.get("/account")
    status, html = await browser.post("/settings/accounts/a-person-admin/role", fields={"role": "viewer"})
    assert (status, "another administrator can" in html) == (409, True)
    assert re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", html) == [("Role", "viewer")]


# a form with a file


def with_file(browser: Browser, **fields: str) -> aiohttp.FormData:
    """A form whose file stands before what was typed, and is larger than a stranger's form may be."""
    form = aiohttp.FormData({"form_token": browser.form_token})
    form.add_field("file", io.BytesIO(b"%PDF-1.7 " + b"x" * 300_000), filename="scan.pdf")
    for name, text in fields.items():
        form.add_field(name, text)
    return form


async def test_of_a_form_with_a_file_the_text_is_kept_and_the_file_is_asked_for_again(site: Site, sign_in: SignIn):
    browser = await expired(site, await sign_in())
    sent = "/requests/r1/acts/copy-sent"
    async with browser.http.post(site.url + sent, data=with_file(browser, link="https://copies.example/1")) as answer:
        html = await answer.text()
        assert (answer.status, "What you typed is kept" in html) == (403, True)
    signed = hidden(html) | {"name": "a-person-technician", "password": PASSWORD}
    _, html = await browser.post("/sign-in", fields=signed)
    assert ('enctype="multipart/form-data"' in html, f'action="{sent}"' in html) == (True, True)
    assert "choose it again" in html
    assert re.findall(r'name="(\w+)" type="file"', html) == ["file"]
    assert hidden(html)["link"] == "https://copies.example/1"


async def test_of_a_form_with_a_file_the_text_is_kept_while_the_store_is_away(
    site: Site, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
):
    browser = await sign_in()
    await browser.get("/account")
    monkeypatch.setattr(site.live.store, "session_by_hash", gone)
    path = f"{site.url}/requests/r1/acts/copy-sent"
    async with browser.http.post(path, data=with_file(browser, link="https://copies.example/1")) as answer:
        html = await answer.text()
        assert (answer.status, "choose it again" in html) == (503, True)
    assert hidden(html)["link"] == "https://copies.example/1"
    async with browser.http.post(path, data=with_file(browser, link="x" * 70_000)) as answer:
        assert (answer.status, "choose it again" in await answer.text()) == (503, False), "too much was typed"


async def test_however_long_a_strangers_form_is_little_of_it_is_kept(site: Site, browser: Browser):
    form = aiohttp.FormData()
    form.add_field("link", "https://copies.example/1")
    form.add_field("file", io.BytesIO(b"x" * (STRANGERS_FILE_MAX + 1_000_000)), filename="scan.pdf")
    form.add_field("note", "behind it")
    async with browser.http.post(f"{site.url}/requests/r1/acts/copy-sent", data=form) as answer:
        html = await answer.text()
    assert (answer.status, "copies.example" in html, "behind it" in html) == (403, True, False)
    notes = [("note", "x" * 50_000)] * 60
    form = aiohttp.FormData([("link", "https://copies.example/1"), *notes], default_to_multipart=True)
    async with browser.http.post(f"{site.url}/requests/r1/acts/copy-sent", data=form) as answer:
        html = await answer.text()
    assert (answer.status, "too long to be kept" in html, "copies.example" in html) == (413, True, False)


@pytest.mark.parametrize("body", [b"inside=%FF%FE", b"inside=\xff\xfe"])
@pytest.mark.parametrize("is_away", [False, True])
async def test_what_cannot_be_read_is_let_go(
    site: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch, body: bytes, *, is_away: bool
):
    if is_away:
        monkeypatch.setattr(site.live.store, "session_by_hash", gone)
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "Cookie": "desk=x.y"}
    async with browser.http.post(f"{site.url}{NOTE}", data=body, headers=headers) as answer:
        assert answer.status in {200, 403, 503}


async def test_a_kept_form_outlasts_a_store_that_fails_at_the_sign_in(
    site: Site, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
):
    browser = await expired(site, await sign_in())
    _, html = await browser.post(NOTE, fields=WRITTEN, headers={"Referer": f"{site.url}/requests/r1"})
    signed = hidden(html) | {"name": "a-person-technician", "password": PASSWORD}
    with monkeypatch.context() as away:
        away.setattr(site.live.store, "add_session", gone)
        status, html = await browser.post("/sign-in", fields=signed)
        assert (status, hidden(html)["kept"], PASSWORD in html) == (503, signed["kept"], False)
    _, html = await browser.post("/sign-in", fields=signed)
    assert hidden(html).items() >= WRITTEN.items()


def test_what_is_none_is_read_as_none():
    for text in ("", "{", "[]", '{"action": 1}', "\udce9"):
        assert kept(text) is None
    assert keep("/", {"form_token": "x", "password": "y", "empty": " "}) is None
