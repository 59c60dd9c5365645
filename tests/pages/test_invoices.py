"""The pages about lenders' invoices, without a browser (duty 10): from the paper to the payment by forms alone, and what is refused there."""

import re
from typing import Any

import aiohttp
import pytest

from gateway.dispatch.invoices import InvoiceCause
from gateway.money.invoices.events import AnyInvoiceEvent, InvoiceAct, InvoiceActed
from gateway.money.invoices.table import InvoiceRuling
from gateway.store.invoices_port import InvoiceChange
from gateway.store.port import StoreUnavailable
from gateway.workflow.records import State
from gateway.workflow.staff import StaffRole
from tests.pages.conftest import Browser, SignIn, Site
from tests.web.invoicing import DAY, LIST, PDF, act, came, enter, made
from tests.web.known import START, VALLEY

KEY = re.compile(r'name="key" value="([^"]+)"')
SEEN = re.compile(r'name="seen" value="(\d+)"')
TYPED = {
    "lender": VALLEY.id,
    "number": "2026/00417",
    "kind": "damaged",
    "dated": "2026-10-20",
    "amount": "80.00",
    "currency": "usd",
    "request": "B-00001",
}


def with_file(browser: Browser, fields: dict[str, str], data: bytes | None = None, name: str = "x.pdf") -> Any:
    form = aiohttp.FormData({"form_token": browser.form_token, **fields})
    if data is not None:
        form.add_field("document", data, filename=name, content_type="application/pdf")
    else:
        form.add_field("document", b"", filename="", content_type="application/octet-stream")
    return form


async def send(browser: Browser, path: str, fields: dict[str, str], data: bytes | None = None) -> tuple[int, str, str]:
    """Send a form with a file; the status, the HTML and the address that it led to."""
    form = with_file(browser, fields, data)
    async with browser.http.post(browser.url + path, data=form) as answer:
        return answer.status, browser._read(await answer.text()), answer.url.path


async def entered(site: Site, browser: Browser, data: bytes | None = None, **more: str) -> str:
    """Enter an invoice by the form; return its address."""
    await came(site.live)
    _, html = await browser.get("/money/invoices/new")
    key = KEY.search(html)
    assert key
    status, _, address = await send(browser, "/money/invoices/new", TYPED | more | {"key": key[1]}, data)
    assert status == 200
    return address


async def test_an_invoice_goes_from_its_entry_to_its_payment_by_forms(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await entered(site, browser, PDF)
    _, html = await browser.get(address)
    assert "Entered" in html
    assert "80.00 USD" in html
    assert "is a request of ours" in html
    async with browser.http.get(browser.url + f"{address}/documents/1") as document:
        assert (document.content_type, await document.read()) == ("application/pdf", PDF)
        assert document.headers["Content-Disposition"].startswith("attachment;")
        assert "sandbox" in document.headers["Content-Security-Policy"]
    _, html = await browser.post(f"{address}/verify")
    assert "A second person approves it" in html
    assert 'data-act="approve"' not in html

    manager = await sign_in(StaffRole.MANAGER)
    _, html = await manager.get(address)
    assert 'data-act="approve"' in html
    _, html = await manager.post(f"{address}/approve")
    assert "Approved by a-person-manager" in html

    _, html = await browser.get("/money/invoices/exports")
    key = KEY.search(html)
    assert key
    _, html = await browser.post("/money/invoices/exports", fields={"key": key[1]})
    (batch,) = set(re.findall(r"/money/invoices/exports/(X-[\w-]+)", html))
    async with browser.http.get(browser.url + f"/money/invoices/exports/{batch}") as listed:
        assert (listed.content_type, "2026/00417" in await listed.text()) == ("text/csv", True)
    _, html = await browser.post(f"{address}/pay", fields={"reference": "4711", "means": "check"})
    assert "reference 4711" in html
    _, html = await browser.get("/money/invoices?words=alman")
    assert "2026/00417" in html


async def test_whoever_entered_it_is_not_offered_to_approve_it(sign_in: SignIn, site: Site):
    manager = await sign_in(StaffRole.MANAGER)
    address = await entered(site, manager)
    _, html = await manager.post(f"{address}/verify")
    assert "You had a hand in it" in html
    assert 'data-act="approve"' not in html
    status, html = await manager.post(f"{address}/approve")
    assert (status, "a second person does" in html) == (409, True)


async def test_another_accounts_open_page_approves_nothing(sign_in: SignIn, site: Site):
    """Two people at one computer: the page was opened by one, who signs out; the other signs in in the same browser."""
    technician = await sign_in(StaffRole.TECHNICIAN)
    address = await entered(site, technician)
    await technician.post(f"{address}/verify")
    shared = await sign_in(StaffRole.MANAGER)
    _, html = await shared.get(address)
    seen = SEEN.search(html)
    assert seen
    old_page = {"form_token": shared.form_token, "seen": seen[1]}
    await shared.post("/sign-out")
    await shared.post("/sign-in", fields={"name": "a-person-admin", "password": "correct horse battery staple"})
    async with shared.http.post(shared.url + f"{address}/approve", data=old_page) as answer:
        assert answer.status == 403
    name = address.rpartition("/")[2]
    shown = (await site.live.call("GET", f"/invoices/{name}"))[1]
    assert (shown["invoice"]["state"], shown["approved_by"]) == ("verified", None)


async def test_what_differs_stands_out_and_becomes_a_letter(sign_in: SignIn, site: Site):
    await came(site.live, state=State.COMPLETED, returned_at=START - 30 * DAY)
    name = (await enter(site.live))["invoice"]["id"]
    address = f"/money/invoices/{name}"
    browser = await sign_in(StaffRole.TECHNICIAN)
    _, html = await browser.get(address)
    assert "1 thing differs from our records" in html
    status, html = await browser.post(f"{address}/verify")
    assert (status, "say why it is right all the same" in html) == (409, True)
    _, html = await browser.post(f"{address}/dispute", fields={"reason": "It is back on your shelf."})
    assert "The letter is being made" in html
    await made(site.live, name)
    _, html = await browser.get(address)
    assert "Dispute letter 1 (PDF)" in html
    assert "Send the letter by e-mail" not in html, "it is not set up"
    async with browser.http.get(browser.url + f"{address}/letters/1") as letter:
        assert letter.content_type == "application/pdf"
    _, html = await browser.post(f"{address}/posted")
    assert "on paper" in html
    _, html = await browser.post(f"{address}/end-dispute", fields={"reason": "They agree.", "amount": "0"})
    assert "Withdrawn" in html


async def test_what_is_typed_wrong_is_told_at_its_field_and_kept(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    await browser.get("/money/invoices/new")
    wrong = TYPED | {"amount": "80,00", "dated": "soon", "note": "ring them"}
    status, html, _ = await send(browser, "/money/invoices/new", wrong)
    assert (status, 'value="80,00"' in html, 'value="ring them"' in html) == (422, True, True)
    assert "An amount like 12.50." in html
    status, html, _ = await send(browser, "/money/invoices/new", TYPED | {"lender": "", "number": "--"})
    assert (status, "This is needed." in html) == (422, True)


async def test_a_hostile_file_enters_nothing(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    await came(site.live)
    await browser.get("/money/invoices/new")
    status, html, _ = await send(browser, "/money/invoices/new", TYPED, b"<html><script>alert(1)</script>")
    assert (status, "none of PDF, TIFF, JPEG and PNG" in html) == (422, True)
    assert (await site.live.call("GET", "/invoices"))[1]["invoices"] == []


async def test_an_invoice_of_which_the_commit_was_not_heard_keeps_its_document(
    sign_in: SignIn, site: Site, monkeypatch: pytest.MonkeyPatch
):
    commit = site.live.store.invoices.commit

    async def unheard(change: InvoiceChange) -> None:
        await commit(change)
        raise StoreUnavailable("the connection broke off")

    browser = await sign_in(StaffRole.TECHNICIAN)
    await came(site.live)
    await browser.get("/money/invoices/new")
    with monkeypatch.context() as patch:
        patch.setattr(site.live.store.invoices, "commit", unheard)
        status, _, _ = await send(browser, "/money/invoices/new", TYPED, PDF)
    assert status == 503
    [line] = (await site.live.call("GET", "/invoices"))[1]["invoices"]
    [file] = await site.live.store.copies.of_request(line["id"])
    assert file.name == f"{line['id']}-1.pdf"


async def test_hostile_words_are_shown_as_words(sign_in: SignIn, site: Site):
    attack = "<script>alert(1)</script>"
    shown = await enter(site.live, lender=attack, number=attack, request=None, title=attack, note=attack)
    browser = await sign_in(StaffRole.TECHNICIAN)
    for path in ("/money/invoices", f"/money/invoices/{shown['invoice']['id']}"):
        _, html = await browser.get(path)
        assert attack not in html
        assert "&lt;script&gt;" in html


async def test_a_document_is_added_and_a_correction_kept(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await entered(site, browser)
    await browser.get(address)
    status, html, _ = await send(browser, f"{address}/documents", {}, PDF)
    assert (status, "-1.pdf" in html) == (200, True)
    status, html, _ = await send(browser, f"{address}/documents", {})
    assert (status, "Choose a file." in html) == (409, True)
    seen = SEEN.search(html)
    assert seen
    status, html = await browser.post(f"{address}/correct", fields=TYPED | {"amount": "70.00", "seen": seen[1]})
    assert (status, "70.00 USD" in html) == (200, True)
    seen = SEEN.search(html)
    assert seen
    status, html = await browser.post(f"{address}/correct", fields=TYPED | {"amount": "lots", "seen": seen[1]})
    assert (status, 'value="lots"' in html) == (409, True)


@pytest.mark.parametrize("amount", ["70.00", "lots"])
async def test_who_presses_twice_without_looking_does_not_correct_over_what_somebody_else_has_corrected(
    sign_in: SignIn, site: Site, amount: str
):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await entered(site, browser)
    seen = SEEN.search((await browser.get(address))[1])
    assert seen
    await browser.post(f"{address}/correct", fields=TYPED | {"amount": "65.00", "seen": seen[1]})
    mine = TYPED | {"amount": amount, "seen": seen[1]}
    status, html = await browser.post(f"{address}/correct", fields=mine)
    assert (status, "has changed since you saw it" in html) == (409, True)
    assert ("Amount", amount) in re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", html), "what I typed stands beside the form"
    assert 'value="65.00"' in html
    assert f'value="{amount}"' not in html, "the next press does not write over theirs"


@pytest.mark.parametrize("before", [True, False])
async def test_an_invoice_is_not_approved_at_an_amount_that_somebody_writes_meanwhile(
    sign_in: SignIn, site: Site, monkeypatch: pytest.MonkeyPatch, *, before: bool
):
    browser, manager = await sign_in(StaffRole.TECHNICIAN), await sign_in(StaffRole.MANAGER)
    address = await entered(site, browser)
    await browser.post(f"{address}/verify")
    seen = SEEN.search((await manager.get(address))[1])
    assert seen
    door = site.live.desk.money.invoices
    submit = door.submit_invoice

    async def with_another(name: str, event: AnyInvoiceEvent, cause: InvoiceCause) -> InvoiceRuling:
        """Somebody else writes a note just before or just after one of our events."""
        theirs = InvoiceActed(at=event.at, by="another", act=InvoiceAct.NOTE, words="Ask the lender first.")
        if before:
            await submit(name, theirs)
        ruling = await submit(name, event, cause)
        if not before:
            await submit(name, theirs)
        return ruling

    monkeypatch.setattr(door, "submit_invoice", with_another)
    status, html = await manager.post(f"{address}/approve", fields={"seen": seen[1]})
    if before:
        assert (status, "has changed since you saw it" in html, "Ask the lender first." in html) == (409, True, True)
    shown = (await site.live.call("GET", f"/invoices/{address.rpartition('/')[2]}"))[1]
    assert shown["invoice"]["state"] == ("verified" if before else "approved")


async def test_a_list_is_looked_at_and_entered(sign_in: SignIn, site: Site):
    await came(site.live)
    browser = await sign_in(StaffRole.TECHNICIAN)
    await browser.get("/money/invoices/list")
    status, html = await browser.post("/money/invoices/list", fields={"step": "preview", "text": LIST})
    assert (status, "2 invoices to enter" in html) == (200, True)
    status, html = await browser.post("/money/invoices/list", fields={"step": "import", "text": LIST})
    assert "2 invoices entered" in html
    status, html = await browser.post("/money/invoices/list", fields={"step": "preview", "text": "lender\nx\n"})
    assert (status, "the column is missing" in html) == (422, True)
    status, html = await browser.post("/money/invoices/list", fields={"step": "preview"})
    assert (status, "Choose a file, or paste the list." in html) == (422, True)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("fiscal_year", "abc", "A whole number from 1990 to 2200."),
        ("fiscal_year", "26", "A whole number from 1990 to 2200."),
        ("words", "a", "Give three letters of each, or a number."),
        ("state", "gone", "There is none called “gone”"),
    ],
)
async def test_what_is_sought_by_wrong_is_told_at_its_field_and_the_list_stays(
    sign_in: SignIn, site: Site, field: str, typed: str, words: str
):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await entered(site, browser)
    status, html = await browser.get(f"/money/invoices?{field}={typed}&lender={VALLEY.id}")
    assert (status, f'href="{address}"' in html, html.count(words)) == (422, True, 2), "on top and at the field"
    assert f'id="{field}-problem"' in html
    assert field == "state" or f'value="{typed}"' in html, "what was typed stays"


async def test_a_page_of_the_list_that_is_not_there_is_the_first_of_what_was_sought(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await entered(site, browser)
    for words, listed in (("alman", True), ("unheard", False)):
        status, html = await browser.get(f"/money/invoices?words={words}&before=never")
        assert (status, "this is the first" in html, f'href="{address}"' in html) == (422, True, listed)
        assert ('id="words-problem"' in html, f'value="{words}"' in html) == (False, True)


async def test_who_may_only_look_is_offered_nothing_to_change(sign_in: SignIn, site: Site):
    await came(site.live)
    name = (await enter(site.live))["invoice"]["id"]
    browser = await sign_in(StaffRole.VIEWER)
    for path in ("/money/invoices", "/money/invoices/exports", f"/money/invoices/{name}"):
        status, html = await browser.get(path)
        assert (status, 'method="post"' in html.split("<main")[1]) == (200, False), path
    for path in ("/money/invoices/new", "/money/invoices/list"):
        assert (await browser.get(path))[0] == 403


@pytest.mark.parametrize("state", ["verified", "approved", "paid"])
async def test_each_state_says_what_comes_next(sign_in: SignIn, site: Site, state: str):
    await came(site.live)
    name = (await enter(site.live, kind="damaged"))["invoice"]["id"]
    await act(site.live, name, "verify")
    if state != "verified":
        await act(site.live, name, "approve", StaffRole.MANAGER)
    if state == "paid":
        await act(site.live, name, "pay", reference="4711")
    browser = await sign_in(StaffRole.MANAGER)
    _, html = await browser.get(f"/money/invoices/{name}")
    offered = {"verified": "approve", "approved": "pay", "paid": "not-paid"}
    assert f'data-act="{offered[state]}"' in html


async def test_a_task_about_an_invoice_leads_to_it(sign_in: SignIn, site: Site):
    await came(site.live)
    name = (await enter(site.live))["invoice"]["id"]
    await act(site.live, name, "verify")
    (task,) = await site.live.store.tasks()
    browser = await sign_in(StaffRole.MANAGER)
    _, html = await browser.post(f"/tasks/{task.id}/open")
    assert f'href="/money/invoices/{name}"' in html
