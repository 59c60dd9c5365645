"""Signing in and out."""

import pytest

from tests.pages.conftest import PASSWORD, Browser, SignIn, Site


async def test_a_wrong_password_is_said_at_the_field_and_the_name_is_kept(browser: Browser):
    status, html = await browser.post("/sign-in", fields={"name": "a-person-technician", "password": "a guess"})
    assert status == 403
    assert "Name or password is wrong." in html
    assert 'value="a-person-technician"' in html
    assert "a guess" not in html


async def test_too_many_guesses_are_told_when_to_come_back(browser: Browser):
    fields = {"name": "a-person-technician", "password": "a guess"}
    answers = []
    for _ in range(12):
        async with browser.http.post(browser.url + "/sign-in", data=fields) as answer:
            answers.append((answer.status, answer.headers.get("Retry-After", "")))
            html = await answer.text()
    assert answers[0] == (403, "")
    status, wait = answers[-1]
    assert (status, int(wait) > 0, 'value="a-person-technician"' in html) == (429, True, True)


@pytest.mark.parametrize(
    "to",
    [
        "//elsewhere.example/",
        "//[",
        "https://elsewhere.example/",
        "/\\elsewhere.example",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: b=c",
        "",
    ],
)
async def test_signing_in_leads_nowhere_but_to_pages_of_ours(browser: Browser, to: str):
    fields = {"name": "a-person-technician", "password": PASSWORD, "to": to}
    async with browser.http.post(browser.url + "/sign-in", data=fields, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/")


@pytest.mark.parametrize("header", ["Referer", "HX-Current-URL"])
async def test_whoever_comes_from_an_address_that_is_none_is_led_to_the_form(browser: Browser, header: str):
    status, html = await browser.get("/requests", headers={header: "http://["})
    assert (status, 'name="password"' in html) == (200, True)
    async with browser.http.get(browser.url + "/sign-in?to=//[") as answer:
        assert (answer.status, 'name="to" value="/"' in await answer.text()) == (200, True)


async def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(browser: Browser):
    fields = {"name": "a-person-technician", "password": PASSWORD}
    async with browser.http.post(browser.url + "/sign-in", data=fields, allow_redirects=False) as answer:
        cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


async def test_a_stream_of_somebody_who_is_signed_out_is_asked_for_no_more(browser: Browser):
    headers = {"Accept": "text/event-stream"}
    async with browser.http.get(browser.url + "/events", headers=headers, allow_redirects=False) as answer:
        assert answer.status == 204


async def test_signing_in_once_more_leaves_no_session_behind(site: Site, sign_in: SignIn):
    browser = await sign_in()
    await browser.post("/sign-in", fields={"name": "a-person-manager", "password": PASSWORD})
    kept = await site.live.store.sessions(at=site.live.time.now())
    assert [each.account for each in kept] == ["a-person-manager"]


async def test_after_signing_out_the_cookie_opens_nothing(sign_in: SignIn):
    browser = await sign_in()
    await browser.get("/")
    kept = {cookie.key: cookie.value for cookie in browser.http.cookie_jar}
    assert (await browser.post("/sign-out"))[0] == 200
    _, html = await browser.get("/", cookies=kept)
    assert "<h1>Sign in</h1>" in html
