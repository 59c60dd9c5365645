"""The page of what directory services propose."""

from gateway.workflow.staff import StaffRole
from tests.pages.conftest import SignIn, Site
from tests.partners.directory_server import crosslink_entry, directory_server
from tests.web.test_directories import follow


async def test_a_proposal_is_accepted_and_another_declined_by_a_click_each(site: Site, sign_in: SignIn) -> None:
    browser = await sign_in(StaffRole.ADMIN)
    async with directory_server(crosslink_entry(1), crosslink_entry(2)) as server:
        follow(site.live, server.service())
        status, html = await browser.post("/directories/read", fields={})
        assert status in {200, 303}
        status, html = await browser.get("/directories")
        assert (status, "Example Library 1" in html, "2 proposals" in html) == (200, True, True)
        assert "2 proposals" in (await browser.get("/partners"))[1]
        told = {each.entry.name: each.id for each in await site.live.store.told.told()}
        first, second = told["Example Library 1"], told["Example Library 2"]
        status, html = await browser.post(f"/directories/proposals/{first}/accept", fields={})
        assert (status, "is a partner now" in html) == (200, True)
        status, html = await browser.post(f"/directories/proposals/{second}/decline", fields={})
        assert (status, "Nothing differs from what we have" in html) == (200, True)
        status, html = await browser.post(f"/directories/proposals/{second}/accept", fields={})
        assert (status, "This is no proposal any more" in html) == (409, True)


async def test_a_viewer_sees_them_and_answers_nothing(site: Site, sign_in: SignIn) -> None:
    browser = await sign_in(StaffRole.VIEWER)
    async with directory_server(crosslink_entry(1)) as server:
        follow(site.live, server.service())
        await site.live.desk.partners.directories.read_all()
        _, html = await browser.get("/directories")
        assert ("Example Library 1" in html, "Accept" in html) == (True, False)
        (told,) = await site.live.store.told.told()
        assert (await browser.post(f"/directories/proposals/{told.id}/accept", fields={}))[0] == 403
