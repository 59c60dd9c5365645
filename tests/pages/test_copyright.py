"""The page of the rule of five."""

from gateway.workflow.staff import StaffRole
from tests.pages.conftest import SignIn, Site
from tests.web.known import START
from tests.web.test_copyright import ask


async def test_what_is_over_is_shown_and_a_royalty_is_noted_there(site: Site, sign_in: SignIn) -> None:
    requests = [await ask(site.live, number) for number in range(1, 7)]
    browser = await sign_in(StaffRole.TECHNICIAN)
    status, html = await browser.get(f"/copyright?year={START.year}")
    assert status == 200
    assert "6 of 5" in html
    fields = {
        "request": requests[5],
        "year": str(START.year),
        "amount": "38.50",
        "currency": "USD",
        "reference": "CCC-1",
    }
    status, html = await browser.post("/copyright", fields=fields)
    assert (status, "Royalty paid: 38.50 USD" in html) == (200, True)
    status, html = await browser.post("/copyright", fields=fields | {"amount": "much"})
    assert (status, 'value="much"' in html, "amount like 12.50" in html) == (200, True, True)


async def test_a_viewer_sees_it_and_notes_nothing(site: Site, sign_in: SignIn) -> None:
    await ask(site.live, 1)
    browser = await sign_in(StaffRole.VIEWER)
    _, html = await browser.get(f"/copyright?year={START.year}")
    assert "Note a royalty" not in html
    assert (await browser.post("/copyright", fields={"request": "B-00001", "year": "2026", "amount": "1"}))[0] == 403
