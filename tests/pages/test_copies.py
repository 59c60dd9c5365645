"""A copy in one step, by a form of the request's page: a scan that is handed in, and what the page shows of it then."""

import io
from datetime import timedelta

import aiohttp

from gateway.dispatch.copy_sweep import sweep
from gateway.iso18626.codes import ServiceType
from gateway.store.port import Change
from gateway.workflow.borrowing_records import Borrowing, LenderLine
from gateway.workflow.records import Role, State
from tests.pages.conftest import Browser, SignIn, Site
from tests.web.known import a_request
from tests.web.live import real_intake

SCAN = b"%PDF-1.7\n" + b"0" * 300_000


async def with_copies(site: Site) -> None:
    """Let there be a copy to be made, and one to be handed over, whose lender names where it is."""
    asked = (LenderLine(partner="valley", peer="hub", agency="ISIL:XX-EVL"),)
    link = Borrowing(pickup_branch="East", asked=asked, link="https://copies.example/1")
    odd = Borrowing(pickup_branch="East", asked=asked, link="javascript:alert(1)")
    ours = {"role": Role.BORROWING, "items": (), "service": ServiceType.COPY}
    made = (
        a_request("r1", State.TO_COPY, service=ServiceType.COPY),
        a_request("r2", State.COPY_HERE, borrowing=link, partner_request_id="r2", **ours),
        a_request("r3", State.COPY_HERE, borrowing=odd, partner_request_id="r3", **ours),
    )
    for request in made:
        await site.live.store.commit(Change(request=request, created=True, history_of=request.id))
    site.live.intake.writes = real_intake(site.live)


async def hand_in(browser: Browser, request: str, act: str, data: bytes = SCAN, **fields: str) -> tuple[int, str]:
    """Send the act's form as a browser does."""
    form = aiohttp.FormData({"form_token": browser.form_token, **fields})
    form.add_field("file", io.BytesIO(data), filename="Scan of Mrs Example.exe", content_type="text/html")
    async with browser.http.post(f"{browser.url}/requests/{request}/acts/{act}", data=form) as answer:
        return answer.status, await answer.text()


async def test_the_form_takes_a_scan_or_a_link_and_one_press_ends_it(site: Site, sign_in: SignIn) -> None:
    await with_copies(site)
    browser = await sign_in()
    _, page = await browser.get("/requests/r1")
    form = page[page.index('data-act="copy-sent"') - 200 :]
    assert 'enctype="multipart/form-data"' in form
    assert 'type="file"' in form
    status, page = await hand_in(browser, "r1", "copy-sent", key="k1")
    assert status == 200
    assert "Done: “Send the copy”." in page
    assert "Copy sent" in page
    assert ">r1.pdf</a>" in page
    assert "300.0 kB, from a-person-technician" in page
    assert "Mrs Example" not in page, "whoever named the file may have named a customer"
    assert 'data-act="undo"' in page


async def test_the_file_is_saved_and_never_shown(site: Site, sign_in: SignIn) -> None:
    await with_copies(site)
    browser = await sign_in()
    await browser.get("/requests/r1")
    await hand_in(browser, "r1", "copy-sent")
    async with browser.http.get(browser.url + "/requests/r1/copy") as answer:
        assert await answer.read() == SCAN
        assert answer.headers["Content-Disposition"] == 'attachment; filename="r1.pdf"'
        assert (answer.content_type, answer.headers["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert (await browser.get("/requests/r2/copy"))[0] == 404


async def test_a_copy_that_was_handed_over_is_gone_after_its_time(site: Site, sign_in: SignIn) -> None:
    """Received and handed over in one step; staff can save the file for 14 days, and then it is deleted."""
    await with_copies(site)
    browser = await sign_in()
    await browser.get("/requests/r2")
    status, page = await hand_in(browser, "r2", "handed-over", key="k1")
    assert (status, ">r2.pdf</a>" in page) == (200, True)
    ends_at = site.live.time.now() + timedelta(days=14)
    assert [file.ends_at for file in await site.live.store.copies.of_request("r2")] == [ends_at]
    await site.live.time.advance(14 * 24 * 3600)
    browser = await sign_in()
    assert (await browser.get("/requests/r2/copy"))[0] == 404
    assert "r2.pdf" not in (await browser.get("/requests/r2"))[1]
    assert await sweep(site.live.store, now=site.live.time.now()) == 1
    assert await site.live.store.copies.of_request("r2") == ()


async def test_what_is_no_scan_stands_at_its_field(site: Site, sign_in: SignIn) -> None:
    await with_copies(site)
    browser = await sign_in()
    await browser.get("/requests/r1")
    status, page = await hand_in(browser, "r1", "copy-sent", b"<html><script>alert(1)</script>")
    assert status == 422
    assert "It is none of PDF, TIFF, JPEG and PNG." in page
    status, page = await hand_in(browser, "r1", "copy-sent", link="https://copies.example/1")
    assert status == 422
    assert "Give a file or a link, not both." in page
    status, page = await hand_in(browser, "r1", "unfilled", reason="NotHeld")
    assert status == 422
    assert await site.live.store.copies.of_request("r1") == ()


async def test_a_link_alone_is_as_good(site: Site, sign_in: SignIn) -> None:
    await with_copies(site)
    browser = await sign_in()
    await browser.get("/requests/r1")
    status, page = await hand_in(browser, "r1", "copy-sent", b"", link="https://copies.example/1")
    assert (status, "Copy sent" in page) == (200, True)


async def test_what_a_lender_names_is_followed_if_it_is_an_address(site: Site, sign_in: SignIn) -> None:
    await with_copies(site)
    browser = await sign_in()
    _, page = await browser.get("/requests/r2")
    assert '<a href="https://copies.example/1" rel="noopener noreferrer"' in page
    _, page = await browser.get("/requests/r3")
    assert "javascript:" not in page
    await browser.get("/requests/r2")
    status, page = await hand_in(browser, "r2", "handed-over")
    assert (status, ">r2.pdf</a>" in page) == (200, True)
