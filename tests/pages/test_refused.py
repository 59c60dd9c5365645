"""Forms that the desk refuses, each on its own page: what was typed stands there again, at the form that it was typed into."""

import re
from typing import Any

import pytest

from gateway.desk import invoices, partners, payments, pool
from gateway.desk.errors import ConflictError
from gateway.workflow.recovery import Recovery
from gateway.workflow.staff import StaffRole
from tests.pages.conftest import Browser, SignIn, Site
from tests.web.billing import invoice
from tests.web.invoicing import came, enter
from tests.web.known import START, VALLEY

WHY = "Not just now, for a <reason>."


async def refused(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, path: str, **typed: str
) -> str:
    """Send a form that the desk refuses, and return what stands on the page then."""

    async def refuse(*_: Any) -> Any:
        raise ConflictError("It was changed meanwhile.")

    await browser.get("/account")
    with monkeypatch.context() as now:
        now.setattr(module, name, refuse)
        status, html = await browser.post(path, fields=typed)
    assert (status in {409, 422}, "It was changed meanwhile." in html) == (True, True)
    return html.replace("&lt;", "<").replace("&gt;", ">")


async def test_why_a_barcode_goes_out_of_use(sign_in: SignIn, site: Site, monkeypatch: pytest.MonkeyPatch):
    await site.live.call("POST", "/pool", body={"range": "pool", "barcodes": ["P-1", "P-2"]})
    html = await refused(
        await sign_in(), monkeypatch, pool, "block_barcode", "/pool/pool", barcode="P-2", step="block", why=WHY
    )
    [typed] = re.findall(r'value="([^"]+)" placeholder="Why" aria-label="Why (P-\d)', html)
    assert typed == (WHY, "P-2")


async def test_from_when_and_why_a_partner_is_suspended(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch):
    html = await refused(
        await sign_in(StaffRole.ADMIN),
        monkeypatch,
        partners,
        "suspend_partner",
        "/partners/valley/suspend",
        first="2026-12-24",
        last="2027-01-02",
        why=WHY,
    )
    for name, text in (("first", "2026-12-24"), ("last", "2027-01-02"), ("why", WHY)):
        assert re.search(f'name="{name}"[^\n]* value="{text}"', html), name


async def test_why_a_payment_did_not_hold(sign_in: SignIn, site: Site, monkeypatch: pytest.MonkeyPatch):
    await invoice(site.live)
    body = {"partner": VALLEY.id, "amount": "5.00", "currency": "USD"}
    made = [(await site.live.call("POST", "/payments", body=body))[1]["id"] for _ in range(2)]
    path = f"/money/payments/{made[0]}/take-back"
    browser = await sign_in(StaffRole.MANAGER)
    html = await refused(browser, monkeypatch, payments, "take_back_payment", path, reason=WHY)
    assert re.findall(rf'value="{re.escape(WHY)}"[^>]* aria-label="Why payment (\S+) did', html) == [made[0]]


async def test_a_note_on_a_lenders_invoice(sign_in: SignIn, site: Site, monkeypatch: pytest.MonkeyPatch):
    await came(site.live)
    name = (await enter(site.live))["invoice"]["id"]
    browser, path = await sign_in(), f"/money/invoices/{name}/note"
    html = await refused(browser, monkeypatch, invoices, "act_on_invoice", path, reason=WHY)
    assert re.findall(rf'id="reason-(\w+)"[^>]* value="{re.escape(WHY)}"', html) == ["note"]


async def test_a_reason_for_an_act_on_a_lenders_invoice_that_is_not_possible_any_more(sign_in: SignIn, site: Site):
    await came(site.live)
    name = (await enter(site.live))["invoice"]["id"]
    browser = await sign_in(StaffRole.MANAGER)
    await browser.get("/account")
    status, html = await browser.post(f"/money/invoices/{name}/not-paid", fields={"reason": WHY})
    assert (status, "<dt>Reason</dt><dd>Not just now, for a &lt;reason&gt;.</dd>" in html) == (409, True)


async def test_the_last_numbers_that_went_out(sign_in: SignIn, site: Site):
    await invoice(site.live)
    await site.live.store.recovery.begin(Recovery(since=START, why="Restored."))
    await site.live.call("POST", "/recovery/confirm-access")
    browser = await sign_in(StaffRole.ADMIN)
    _, html = await browser.get("/recovery/numbers")
    typed = dict(re.findall(r'name="(last-[^"]+)" value="(\d+)"', html))
    assert len(typed) == 2
    first, second = typed
    status, html = await browser.post("/recovery/numbers", fields={first: "17", second: "a few"})
    assert (status, "give the last number" in html) == (200, True)
    assert dict(re.findall(r'name="(last-[^"]+)" value="([^"]*)"', html)) == {first: "17", second: "a few"}
