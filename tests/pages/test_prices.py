"""The page of prices in the ILS."""

from gateway.workflow.staff import StaffRole
from tests.pages.conftest import SignIn, Site
from tests.web.test_prices import ITEM, borrow, owes


async def test_a_price_is_named_set_and_read_back_on_the_page(site: Site, sign_in: SignIn) -> None:
    request = await borrow(site.live)
    browser = await sign_in(StaffRole.TECHNICIAN)
    status, html = await browser.get("/prices")
    assert (status, 'data-standing="to set"' in html, "50.00 USD" in html) == (200, True, True)
    status, html = await browser.post("/prices", fields={"request": request, "amount": "45.00", "currency": "USD"})
    assert (status, "the lender&#39;s price" in html or "the lender's price" in html) == (200, True)
    owes(site.live, f"{ITEM} lost 45.00", owed="45.00")
    status, html = await browser.post("/prices", fields={"request": request, "step": "set"})
    assert (status, 'data-standing="agrees"' in html) == (200, True)
    status, html = await browser.post("/prices", fields={"request": request, "step": "paid"})
    assert (status, 'data-standing="paid"' in html) == (200, True)
    assert "The customer has paid" not in html
    status, html = await browser.post("/prices", fields={"request": request, "amount": "much"})
    assert (status, 'value="much"' in html) == (200, True)


async def test_a_viewer_sees_it_and_ticks_nothing(site: Site, sign_in: SignIn) -> None:
    await borrow(site.live)
    browser = await sign_in(StaffRole.VIEWER)
    _, html = await browser.get("/prices")
    assert 'value="set"' not in html
    assert (await browser.post("/prices", fields={"request": "B-00001", "step": "set"}))[0] == 403
