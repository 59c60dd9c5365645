"""Worklists as pages: what they are printed as."""

import re

import pytest

from gateway.desk import worklists
from gateway.workflow.records import State
from tests.documents.reading import texts
from tests.pages.conftest import SignIn, Site
from tests.web.known import a_request, keep


async def test_what_the_partner_does_not_know_yet_is_told_by_itself(site: Site, sign_in: SignIn) -> None:
    await keep(site.live.store, a_request("r1", State.CHECKED_OUT))
    browser = await sign_in()
    said = "The partner is told by itself, a minute after the scan"
    assert said in (await browser.get("/lists/checked-out-not-told"))[1]
    assert said not in (await browser.get("/lists/to-ship"))[1]


@pytest.mark.parametrize(
    ("asked", "words"),
    [("days=7", "Nothing stands here now."), ("days=7&branch=Main", "Nothing fits these filters.")],
)
async def test_an_empty_list_speaks_of_filters_where_one_is_chosen(sign_in: SignIn, asked: str, words: str) -> None:
    browser = await sign_in()
    _, html = await browser.get(f"/lists/due?{asked}")
    assert re.findall('<p class="empty">([^<]*)</p>', html) == [words]


async def test_a_view_stands_on_the_list_that_it_is_of(sign_in: SignIn) -> None:
    browser = await sign_in()
    kept = {
        "/requests": "/requests?level=rush",
        "/lists/pull": "/lists/pull",
        "/lists/to-ship": "/lists/to-ship?branch=Main",
    }
    for address in kept.values():
        await browser.get(address)
        await browser.post(
            "/views", fields={"name": f"of {address.partition('?')[0][1:].replace('/', ' ')}", "address": address}
        )
    for page, address in kept.items():
        _, html = await browser.get(page)
        assert re.findall(r'class="tag[^"]*" href="([^"]*)"', html) == [address]
        assert html.count('action="/views/drop"') == 1


@pytest.mark.process
async def test_each_list_is_there_as_pdf_and_an_empty_one_says_so(site: Site, sign_in: SignIn) -> None:
    await keep(site.live.store, a_request("r1", State.CHECKED_OUT))
    browser = await sign_in()
    _, page = await browser.get("/lists/checked-out-not-told?partner=valley")
    assert 'href="/lists/checked-out-not-told.pdf?partner=valley"' in page
    async with browser.http.get(f"{browser.url}/lists/checked-out-not-told.pdf") as answer:
        assert (answer.status, answer.content_type, (await answer.read())[:4]) == (200, "application/pdf", b"%PDF")
    assert (await browser.get("/lists/to-receive.pdf"))[0] == 404
    assert "to-receive.pdf" not in (await browser.get("/lists/to-receive"))[1], "nothing to print is offered"


@pytest.mark.process
async def test_a_list_that_is_longer_than_its_paper_says_so(
    site: Site, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worklists, "SHELF_MOST", 2)
    for number in range(3):
        await keep(site.live.store, a_request(f"r{number}", State.CHECKED_OUT))
    browser = await sign_in()
    async with browser.http.get(f"{browser.url}/lists/checked-out-not-told.pdf") as answer:
        (page,) = texts(await answer.read())
    assert "The first 2 of 3 checked out" in " ".join(page.split())
