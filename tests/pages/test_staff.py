"""One's own account, and the settings about people."""

import re

import pytest

from gateway.desk.access import Caller
from gateway.desk.accounts import add_account
from gateway.desk.structs.accounts import AccountBody
from gateway.store.port import Token
from gateway.workflow.recovery import Recovery
from gateway.workflow.staff import StaffRole
from tests.pages.conftest import PASSWORD, Browser, SignIn, Site

NEW = "another fictional password"


async def enter(browser: Browser, name: str, password: str = PASSWORD) -> int:
    return (await browser.post("/sign-in", fields={"name": name, "password": password}))[0]


# one's own account


async def test_ones_own_password_is_changed_and_other_browsers_are_signed_out(sign_in: SignIn):
    here, there = await sign_in(), await sign_in()
    await here.get("/account")
    fields = {"current": PASSWORD, "new": NEW, "again": NEW}
    status, html = await here.post("/account/password", fields=fields)
    assert (status, "Your password is changed" in html) == (200, True)
    assert "<h1>Sign in</h1>" in (await there.get("/account"))[1]
    assert await enter(there, "a-person-technician") == 403
    assert await enter(there, "a-person-technician", NEW) == 200


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"current": "a guess", "new": NEW, "again": NEW}, "current"),
        ({"current": PASSWORD, "new": "short", "again": "short"}, "new"),
        ({"current": PASSWORD, "new": NEW, "again": NEW + "x"}, "again"),
        ({"current": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "new"),
        ({}, "current"),
    ],
)
async def test_what_is_wrong_stands_at_its_field_and_no_password_comes_back(sign_in: SignIn, fields, field: str):
    browser = await sign_in()
    await browser.get("/account")
    status, html = await browser.post("/account/password", fields=fields)
    assert status == 422
    assert f'id="{field}-problem"' in html
    assert not any(text in html for text in fields.values())


async def test_another_session_of_ones_own_is_ended(sign_in: SignIn):
    here, there = await sign_in(), await sign_in()
    _, html = await here.get("/account")
    assert html.count("This one") == 1
    (path,) = re.findall(r'action="(/account/sessions/[0-9a-f]+/end)"', html)
    assert (await here.post(path))[0] == 200
    assert "<h1>Sign in</h1>" in (await there.get("/"))[1]


async def test_a_password_that_somebody_else_knows_is_changed_before_anything_else(site: Site, browser: Browser):
    body = AccountBody(name="new-person", role=StaffRole.TECHNICIAN, password=PASSWORD, must_change=True)
    await add_account(site.live.desk, Caller("setup", StaffRole.ADMIN), body)
    await enter(browser, "new-person")
    for path in ("/", "/settings"):
        assert "Choose a password of your own" in (await browser.get(path))[1]
    await browser.post("/account/password", fields={"current": PASSWORD, "new": NEW, "again": NEW})
    assert "Settings" in (await browser.get("/settings"))[1]
    assert "Choose a password" not in (await browser.get("/"))[1]


# accounts


async def test_an_administrator_makes_an_account_that_signs_in(sign_in: SignIn, browser: Browser):
    admin = await sign_in(StaffRole.ADMIN)
    await admin.get("/settings/accounts")
    fields = {"name": "mara", "role": "manager", "password": PASSWORD, "must_change": "true"}
    status, html = await admin.post("/settings/accounts", fields=fields)
    assert (status, "<h1>mara</h1>" in html, "password to be changed" in html) == (200, True, True)
    assert await enter(browser, "Mara") == 200


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "the desk"}, "up to 64 letters"),
        ({"name": "mara", "password": "short"}, "12 to 256 characters"),
        ({"name": "a-person-viewer"}, "There is, or was, somebody called"),
    ],
)
async def test_what_is_wrong_with_a_new_account_is_said_and_the_name_is_kept(sign_in: SignIn, fields, words: str):
    admin = await sign_in(StaffRole.ADMIN)
    await admin.get("/settings/accounts")
    status, html = await admin.post("/settings/accounts", fields={"role": "viewer", "password": PASSWORD} | fields)
    assert (status, words in html) == (422, True)
    assert f'value="{fields["name"]}"' in html
    assert PASSWORD not in html


async def test_an_account_gets_another_role_password_and_is_switched_off_and_on(sign_in: SignIn):
    admin, other = await sign_in(StaffRole.ADMIN), await sign_in(StaffRole.VIEWER)
    base = "/settings/accounts/a-person-viewer"
    await admin.get(base)
    assert "Manager, made" in (await admin.post(f"{base}/role", fields={"role": "manager"}))[1]
    assert "/settings/look-ups" in (await other.get("/settings"))[1]
    assert (await admin.post(f"{base}/password", fields={"password": "short"}))[0] == 422
    assert (await admin.post(f"{base}/password", fields={"password": NEW}))[0] == 200
    assert "<h1>Sign in</h1>" in (await other.get("/settings"))[1]
    assert "switched off" in (await admin.post(f"{base}/disable"))[1]
    assert await enter(other, "a-person-viewer", NEW) == 403
    assert "switched off" not in (await admin.post(f"{base}/enable"))[1]
    assert await enter(other, "a-person-viewer", NEW) == 200
    assert (await admin.post(f"{base}/end-sessions"))[0] == 200
    assert "<h1>Sign in</h1>" in (await other.get("/settings"))[1]


async def test_that_a_token_of_an_account_that_is_switched_off_still_counts_is_said(sign_in: SignIn):
    admin = await sign_in(StaffRole.ADMIN)
    base, words = "/settings/accounts/a-person-viewer", "A token of this name still calls the API"
    await sign_in(StaffRole.VIEWER)
    await admin.get("/settings/tokens")
    await admin.post("/settings/tokens", fields={"name": "A-Person-Viewer", "role": "viewer"})
    assert words not in (await admin.get(base))[1]
    _, html = await admin.post(f"{base}/disable")
    assert words in html
    assert "take it out of the settings file" in html, "where Tokens can revoke none"


async def test_an_account_that_is_not_there_is_said_so(sign_in: SignIn):
    admin = await sign_in(StaffRole.ADMIN)
    assert (await admin.get("/settings/accounts/nobody"))[0] == 404


@pytest.mark.parametrize("path", ["/settings/accounts", "/settings/sessions", "/settings/tokens"])
async def test_who_is_no_administrator_sees_none_of_it(sign_in: SignIn, path: str):
    manager = await sign_in(StaffRole.MANAGER)
    assert (await manager.get(path))[0] == 403
    assert path not in (await manager.get("/settings"))[1]


# sessions, tokens, look-ups


async def test_who_is_signed_in_is_listed_and_signed_out(sign_in: SignIn):
    admin, other = await sign_in(StaffRole.ADMIN), await sign_in(StaffRole.VIEWER)
    _, html = await admin.get("/settings/sessions")
    assert "End the session of a-person-viewer" in html
    (path,) = re.findall(r'action="(/settings/sessions/[0-9a-f]+/end)"', html)
    await admin.post(path)
    assert "<h1>Sign in</h1>" in (await other.get("/"))[1]


async def test_a_token_is_made_shown_once_and_revoked(sign_in: SignIn, site: Site):
    admin = await sign_in(StaffRole.ADMIN)
    await admin.get("/settings/tokens")
    status, html = await admin.post("/settings/tokens", fields={"name": "shelf-reader", "role": "viewer"})
    (token,) = re.findall(r"<code>(shelf-reader\.[\w-]+)</code>", html)
    assert status == 200
    site.live.tokens["made"] = token
    assert (await site.live.call("GET", "/requests", role="made"))[0] == 200
    assert token not in (await admin.get("/settings/tokens"))[1]
    assert (await admin.post("/settings/tokens", fields={"name": "shelf-reader", "role": "viewer"}))[0] == 422
    assert "revoked" in (await admin.post("/settings/tokens/shelf-reader/revoke"))[1]
    assert (await site.live.call("GET", "/requests", role="made"))[0] == 401


async def test_of_a_token_that_is_no_longer_valid_it_is_said_why(sign_in: SignIn, site: Site):
    """One that has ended or is suspended after a restore looked as if it were valid."""
    store, now = site.live.store, site.live.time.now()
    await store.add_token(Token(name="kiosk", role="viewer", hash="a", created_at=now))
    await store.recovery.begin(Recovery(since=now, why="A copy was restored."))
    await store.add_token(Token(name="old", role="viewer", hash="b", created_at=now, ends_at=now))
    await store.add_token(Token(name="new", role="viewer", hash="c", created_at=now))
    _, html = await (await sign_in(StaffRole.ADMIN)).get("/settings/tokens")
    told = dict(re.findall(r'<td>(kiosk|new|old)</td>.*?<td data-label="Ends">(.*?)</td>', html, re.DOTALL))
    assert "suspended" in told["kiosk"]
    assert "ended" in told["old"]
    assert told["new"] == "never"


async def test_a_day_that_is_none_is_said_at_its_field(sign_in: SignIn):
    admin = await sign_in(StaffRole.ADMIN)
    await admin.get("/settings/tokens")
    fields = {"name": "shelf-reader", "role": "viewer", "until": "soon"}
    status, html = await admin.post("/settings/tokens", fields=fields)
    assert (status, 'id="until-problem"' in html) == (422, True)


async def test_a_manager_reads_who_looked_up_customers(sign_in: SignIn, site: Site):
    card = "20000000090031"
    order = {"customer": card, "title": "An Almanac", "pickup_branch": "Main", "need_before": "2027-01-31"}
    status, made = await site.live.call("POST", "/borrowing", body=order)
    assert status in {200, 201}, made
    look = {"reason": "the customer asks about it", "words": "<b>At the desk</b>"}
    assert (await site.live.call("POST", f"/requests/{made['request']}/customer", body=look))[0] == 200
    manager = await sign_in(StaffRole.MANAGER)
    _, html = await manager.get("/settings/look-ups?by=first-admin")
    assert made["request"] in html
    assert "the customer asks about it: &lt;b&gt;At the desk" in html
    assert "Nobody has looked up" in (await manager.get("/settings/look-ups?by=somebody"))[1]
    assert (await (await sign_in()).get("/settings/look-ups"))[0] == 403
