"""Which work is meant: chosen from the catalogues, on the request's page and in a new order."""

import html as entities

from gateway.dispatch.catalogues import Works
from gateway.workflow.staff import StaffRole
from tests.pages.conftest import SignIn, Site
from tests.web.test_works import CLOUDS, order


async def test_a_work_is_looked_up_on_the_requests_page_and_taken_by_a_click(site: Site, sign_in: SignIn) -> None:
    site.live.works = Works(works=(CLOUDS,), words="Catalogues asked: Valley: title: 1 record.")
    number = await order(site.live, title="Clouds", identifiers=[], volumes=["2"])
    browser = await sign_in(StaffRole.TECHNICIAN)
    status, page = await browser.get(f"/requests/{number}")
    assert (status, "Which work is it?" in page) == (200, True)
    status, page = await browser.post(f"/requests/{number}/works", fields={})
    page = entities.unescape(page)
    assert status == 200
    for words in ("A Treatise on Clouds", "Valley, Brook", "in parts: v.1, v.2", "Valley: title: 1 record."):
        assert words in page
    assert '<input type="hidden" name="work.title" value="A Treatise on Clouds">' in page
    assert '<input type="hidden" name="work.volume" value="2">' in page
    fields = {"work.title": "A Treatise on Clouds", "work.numbers": "ISBN 9780804429573", "work.volume": "2"}
    status, page = await browser.post(f"/requests/{number}/acts/correct-work", fields=fields)
    assert status in {200, 303}
    (acted,) = [action for request, action in site.live.intake.acted if request == number]
    assert acted.wanted is not None
    assert (acted.wanted.title, acted.wanted.volumes) == ("A Treatise on Clouds", ("2",))


async def test_an_order_that_names_nothing_to_look_for_says_so(site: Site, sign_in: SignIn) -> None:
    number = await order(site.live, title="", article_title="On Nothing", identifiers=[], service="Copy")
    browser = await sign_in(StaffRole.TECHNICIAN)
    status, page = await browser.post(f"/requests/{number}/works", fields={})
    assert (status, "words of the title" in page) == (422, True)


async def test_a_new_order_takes_a_work_of_a_partners_catalogue(site: Site, sign_in: SignIn) -> None:
    site.live.works = Works(works=(CLOUDS,))
    browser = await sign_in(StaffRole.TECHNICIAN)
    fields = {"step": "look", "title": "Clouds", "service": "Loan"}
    status, page = await browser.post("/orders/new", fields=fields)
    assert (status, "A Treatise on Clouds" in page, "Valley, Brook" in page) == (200, True, True)
    status, page = await browser.post("/orders/new", fields=fields | {"take": "1"})
    assert 'value="A Treatise on Clouds"' in page
    assert 'value="ISBN 9780804429573"' in page
    assert len(site.live.wanted_elsewhere) == 2
