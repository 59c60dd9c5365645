"""The banner on every page after a restore, and the page with what is held."""

from gateway.workflow.staff import StaffRole
from tests.pages.conftest import SignIn, Site
from tests.web.test_recovery import restore


async def test_every_page_says_that_work_is_held_and_everybody_was_signed_out(site: Site, sign_in: SignIn):
    before = await sign_in(StaffRole.TECHNICIAN)
    assert "held after a restore" not in (await before.get("/"))[1]
    await restore(site.live)
    assert "Sign in" in (await before.get("/requests"))[1]
    await site.live.time.advance(3)
    browser = await sign_in(StaffRole.TECHNICIAN)
    for path in ("/", "/requests", "/tasks", "/partners"):
        assert "All work is held after a restore." in (await browser.get(path))[1]


async def test_a_technician_reads_what_is_held_and_lets_nothing_go(site: Site, sign_in: SignIn):
    await restore(site.live)
    browser = await sign_in(StaffRole.TECHNICIAN)
    _, html = await browser.get("/recovery")
    assert "The store was restored." in html
    assert "/recovery/go-on" not in html
    assert (await browser.post("/recovery/compare"))[0] == 403


async def test_a_manager_compares_and_lets_requests_go_and_an_administrator_confirms(site: Site, sign_in: SignIn):
    await restore(site.live)
    manager, admin = await sign_in(StaffRole.MANAGER), await sign_in(StaffRole.ADMIN)
    await manager.get("/recovery")
    status, html = await manager.post("/recovery/compare")
    assert (status, "It is out." in html, "Let 1 request go on" in html) == (200, True, True)
    _, html = await manager.post("/recovery/go-on")
    assert "1 request goes on." in html
    _, html = await manager.post("/recovery/go-on", fields={"request": "r1"})
    assert "r1 goes on." in html
    _, html = await manager.get("/recovery?agreement=unclear")
    assert "The lender has not answered." in html
    _, html = await manager.post("/recovery/end", fields={"sure": "true"})
    assert "An administrator must confirm" in html
    await admin.get("/recovery")
    assert "confirmed by a-person-admin" in (await admin.post("/recovery/confirm-access"))[1]
    _, html = await manager.post("/recovery/end", fields={"sure": "true"})
    assert "Nothing is held" in html
