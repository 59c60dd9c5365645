"""All requests: those of a customer's card, for whoever may see who a customer is."""

from gateway.workflow.staff import StaffRole
from tests.pages.conftest import SignIn, Site
from tests.web.ordering import CARD, ORDER, over


async def ordered(site: Site, title: str, customer: str = CARD) -> str:
    """An order for a customer; its number."""
    body = ORDER | {"title": title, "identifiers": [], "customer": customer}
    return str((await site.live.call("POST", "/borrowing", body=body))[1]["request"])


async def test_a_card_finds_open_requests_and_ended_ones_and_stands_on_no_page(site: Site, sign_in: SignIn) -> None:
    is_open, ended = await ordered(site, "An Almanac"), await ordered(site, "A Bestiary")
    others = await ordered(site, "A Cookbook", customer="20000000090049")
    request = await site.live.store.request(ended)
    assert request is not None
    await site.live.store.commit(over(request))
    browser = await sign_in(StaffRole.TECHNICIAN)
    _, page = await browser.get("/requests")
    assert 'action="/requests/of-card"' in page
    status, page = await browser.post("/requests/of-card", fields={"customer": f"*{CARD}*"})
    assert (status, is_open in page, ended in page, others in page, CARD in page) == (200, True, True, False, False)
    told = [(entry.by, entry.words) for entry in await site.live.store.history(ended)][-1:]
    assert told == [("a-person-technician", "Looked for by the customer's card.")]
    _, page = await browser.post("/requests/of-card", fields={"customer": "20000000090056"})
    assert "No request that is kept has this card." in page


async def test_what_is_no_card_is_said_at_the_field(sign_in: SignIn) -> None:
    browser = await sign_in(StaffRole.MANAGER)
    status, page = await browser.post("/requests/of-card", fields={"customer": "30234000517861"})
    assert (status, 'id="customer-problem"' in page) == (422, True)


async def test_a_viewer_is_not_asked_for_a_card(sign_in: SignIn) -> None:
    browser = await sign_in(StaffRole.VIEWER)
    _, page = await browser.get("/requests")
    assert "of-card" not in page
    assert (await browser.post("/requests/of-card", fields={"customer": CARD}))[0] == 403
