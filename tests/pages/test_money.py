"""The pages about money, without a browser: a bill from its task to its payment by forms alone, and what is refused there."""

import re

import msgspec
import pytest

from gateway.money.records import Seen
from gateway.store.port import Change
from gateway.workflow.partners import BilledBy, Billing
from gateway.workflow.records import State
from gateway.workflow.staff import StaffRole
from gateway.workflow.tasks import TaskKind
from tests.fakes.directory import put
from tests.pages.bill_forms import begun, fee_draft, in_the_form, seen_at, typed_again
from tests.pages.conftest import SignIn, Site
from tests.web.billing import invoice, lost, made, seen
from tests.web.known import VALLEY


async def test_a_bill_goes_from_its_task_to_its_payment_by_forms(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await begun(site, browser)
    name = address.rpartition("/")[2]
    status, html = await browser.post(f"{address}/shelf-checked")
    assert (status, "has not answered yet" in html) == (409, True)
    await seen(site.live, name)
    await browser.post(f"{address}/shelf-checked")
    fields = {
        "kind-0": "replacement",
        "words-0": "Replacement",
        "amount-0": "60.00",
        "kind-1": "fee",
        "words-1": "Post",
        "amount-1": "5",
    }
    await browser.post(f"{address}/change", fields=fields)
    _, html = await browser.get(address)
    assert "65.00 USD" in html
    await browser.post(f"{address}/finalise")
    await made(site.live, name)
    _, html = await browser.get(address)
    assert "Invoice INV-2027-00001" in html
    assert "Sent on paper" in html
    assert "Send by e-mail" not in html, "it is not set up"
    async with browser.http.get(browser.url + f"{address}/paper") as paper:
        assert paper.content_type == "application/pdf"
    await browser.post(f"{address}/posted")
    _, html = await browser.get(f"/money/payments?bill={name}")
    assert 'value="65.00"' in html
    await browser.post(
        "/money/payments",
        fields={"partner": VALLEY.id, "amount": "65.00", "currency": "usd", "means": "check", "bill": "INV-2027-00001"},
    )
    _, html = await browser.get(address)
    assert "Paid" in html
    _, html = await browser.get("/money/payments")
    assert f'<a href="/money/bills/{name}"><code>INV-2027-00001</code></a> <span class="amount">65.00 USD' in html
    _, html = await browser.get("/money/owed")
    assert "Nobody owes anything" in html


async def test_how_a_partner_settles_is_read_before_the_bill_is_finalised_and_after(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    await put(site.live.store, msgspec.structs.replace(VALLEY, billing=Billing(by=BilledBy.IFM)))
    line = {"kind": "fee", "words": "Fee", "amount": "5.00"}
    _, fee = await site.live.call("POST", "/bills", body={"partner": VALLEY.id, "lines": [line]})
    address = f"/money/bills/{fee['bill']['id']}"
    _, html = await browser.get(address)
    assert "As the partner&#39;s record says: Net 30 days, through OCLC IFM." in html.replace("'", "&#39;")
    await browser.post(f"{address}/finalise")
    _, html = await browser.get(address)
    assert "Net 30 days, through OCLC IFM." in html
    assert "record says" not in html


async def test_a_bill_whose_item_is_back_is_not_offered_to_be_finalised(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await begun(site, browser)
    name = address.rpartition("/")[2]
    await seen(site.live, name)
    await browser.post(f"{address}/shelf-checked")
    offers = ("Write its", f"{address}/finalise")
    _, html = await browser.get(address)
    assert [offer in html for offer in offers] == [True, True]
    await seen(site.live, name, Seen.BACK)
    _, html = await browser.get(address)
    assert [offer in html for offer in offers] == [False, False]
    assert "Drop the bill; if that is wrong, mend it in the ILS and look again." in html


@pytest.mark.parametrize("act", ["shelf-checked", "look-again"])
async def test_lines_that_were_typed_are_kept_with_what_is_said_of_the_shelf(sign_in: SignIn, site: Site, act: str):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await begun(site, browser)
    await seen(site.live, address.rpartition("/")[2])
    _, html = await browser.get(address)
    assert f'form="line-form" formaction="{address}/{act}"' in html, "the button sends the lines along"
    typed = {
        "kind-0": "replacement",
        "words-0": "A lost atlas",
        "amount-0": "75.00",
        "seen": await seen_at(browser, address),
    }
    status, html = await browser.post(f"{address}/{act}", fields=typed)
    assert (status, in_the_form(html)[0], "75.00 USD" in html) == (200, ("A lost atlas", "75.00"), True)


@pytest.mark.parametrize("act", ["shelf-checked", "look-again"])
async def test_a_line_that_can_not_be_kept_stands_there_again_and_nothing_is_done(
    sign_in: SignIn, site: Site, act: str
):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await begun(site, browser)
    typed = {"kind-0": "fee", "words-0": "Post", "amount-0": "5,00", "seen": await seen_at(browser, address)}
    status, html = await browser.post(f"{address}/{act}", fields=typed)
    assert (status, "amount like 12.50" in html, in_the_form(html)[0]) == (409, True, ("Post", "5,00"))
    assert "To look for" in html


@pytest.mark.parametrize(
    ("what", "status", "words"),
    [
        (Seen.OUT, 200, "Finalise"),
        (Seen.UNCLEAR, 409, "has changed since you saw it"),
        (Seen.BACK, 409, "shows the item as back. Check it in"),
    ],
    ids=str,
)
async def test_an_answer_of_the_circulation_system_conflicts_with_no_form_but_where_it_is_to_be_weighed(
    sign_in: SignIn, site: Site, what: Seen, status: int, words: str
):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await begun(site, browser)
    version = await seen_at(browser, address)
    await seen(site.live, address.rpartition("/")[2], what)
    typed = {"kind-0": "replacement", "words-0": "A lost atlas", "amount-0": "75.00", "seen": version}
    answer, html = await browser.post(f"{address}/shelf-checked", fields=typed)
    assert (answer, words in html, "A lost atlas" in html) == (status, True, True)


async def test_a_paper_that_is_made_meanwhile_conflicts_with_no_form(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await fee_draft(site)
    await browser.post(f"{address}/finalise")
    version = await seen_at(browser, address)
    await made(site.live, address.rpartition("/")[2])
    fields = {"seen": version, "reason": "They will call."}
    assert (await browser.post(f"{address}/note", fields=fields))[0] == 200
    status, html = await browser.post(f"{address}/note", fields=fields)
    assert (status, "has changed since you saw it" in html) == (409, True), "a person has acted"


async def test_who_may_only_look_is_offered_nothing_to_change(sign_in: SignIn, site: Site):
    await lost(site.live)
    bill = await invoice(site.live)
    browser = await sign_in(StaffRole.VIEWER)
    for path in ("/money", "/money/payments", "/money/owed", f"/money/bills/{bill}"):
        status, html = await browser.get(path)
        assert (status, 'method="post"' in html.split("<main")[1]) == (200, False), path


@pytest.mark.parametrize(("role", "offered"), [(StaffRole.TECHNICIAN, False), (StaffRole.MANAGER, True)])
async def test_writing_off_and_taking_back_are_offered_to_managers(
    sign_in: SignIn, site: Site, role: StaffRole, *, offered: bool
):
    bill = await invoice(site.live)
    await site.live.call("POST", "/payments", body={"partner": VALLEY.id, "amount": "5.00", "currency": "USD"})
    browser = await sign_in(role)
    assert ("Write off" in (await browser.get(f"/money/bills/{bill}"))[1]) is offered
    assert ("Did not hold" in (await browser.get("/money/payments"))[1]) is offered


async def test_a_reason_that_is_refused_stands_at_its_act_again(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await fee_draft(site)
    await browser.post(f"{address}/finalise")
    seen = await seen_at(browser, address)
    await browser.post(f"{address}/note", fields={"reason": "They called.", "seen": seen})
    status, html = await browser.post(f"{address}/note", fields={"reason": "And <again>.", "seen": seen})
    assert (status, html.count('value="And &lt;again&gt;."')) == (409, 1)


@pytest.mark.parametrize("act", ["change", "note", "finalise"])
async def test_lines_and_a_note_are_kept_together_whichever_button_is_pressed(sign_in: SignIn, site: Site, act: str):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await fee_draft(site)
    _, html = await browser.get(address)
    assert '<input id="note" name="note" form="line-form"' in html
    assert f'form="line-form" formaction="{address}/note"' in html
    typed = typed_again(html) | {"amount-0": "7.00", "note": "They <called>."}
    status, html = await browser.post(f"{address}/{act}", fields=typed)
    shown = (await site.live.call("GET", f"/bills/{address.rpartition('/')[2]}"))[1]
    assert (status, shown["bill"]["total"], html.count("They &lt;called&gt;.")) == (200, "7.00", 1), (
        "and is in no field"
    )
    assert shown["bill"]["state"] == ("finalised" if act == "finalise" else "draft")


async def test_a_note_beside_lines_that_can_not_be_kept_stands_there_again_and_is_not_kept(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await fee_draft(site)
    typed = typed_again((await browser.get(address))[1]) | {"note": "They <called>."}
    status, html = await browser.post(f"{address}/note", fields=typed | {"amount-0": "7,00"})
    assert (status, in_the_form(html)[0][1], html.count("They &lt;called&gt;.")) == (409, "7,00", 1)
    assert 'value="They &lt;called&gt;."' in html
    await browser.post(f"{address}/note", fields=typed)
    status, html = await browser.post(f"{address}/note", fields=typed)
    assert (status, html.count("They &lt;called&gt;.")) == (409, 2), "at its field, and as it was kept"
    assert '<details class="more" open>' in html, "where it is seen"


async def test_an_empty_note_is_not_kept_and_that_stands_at_its_field(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await fee_draft(site)
    typed = typed_again((await browser.get(address))[1])
    for empty in ("", "  "):
        status, html = await browser.post(f"{address}/note", fields=typed | {"note": empty})
        assert (status, '<p class="problem" id="note-problem">Write the note.</p>' in html) == (409, True)
        assert '<details class="more" open>' in html
    assert await seen_at(browser, address) == typed["seen"], "nothing was written"
    await browser.post(f"{address}/finalise")
    fields = {"reason": "", "seen": await seen_at(browser, address)}
    status, html = await browser.post(f"{address}/note", fields=fields)
    assert (status, '<a href="#reason-note">Write the note.</a>' in html) == (409, True)


async def test_a_reason_for_an_act_that_is_not_possible_any_more_is_said(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await begun(site, browser)
    seen = await seen_at(browser, address)
    status, html = await browser.post(f"{address}/dispute", fields={"reason": "It came <back>.", "seen": seen})
    assert (status, 'data-act="dispute"' in html) == (409, False)
    assert re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", html)[:1] == [("Reason", "It came &lt;back&gt;.")]


async def test_credit_that_can_not_be_paid_back_keeps_what_was_typed(sign_in: SignIn):
    browser = await sign_in(StaffRole.MANAGER)
    await browser.get("/money/payments")
    typed = {"partner": VALLEY.id, "amount": "900.00", "currency": "USD", "reference": "W-1", "key": "a-key-of-it"}
    status, html = await browser.post("/money/payments/back", fields=typed)
    form = html[html.index('data-act="pay-back"') :]
    assert status == 422
    for text in ('value="900.00"', 'value="W-1"', 'value="a-key-of-it"', f'value="{VALLEY.id}" selected'):
        assert text in form, text


async def test_what_came_back_stands_out(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await begun(site, browser)
    request = await site.live.store.request("r1")
    assert request is not None
    await site.live.store.commit(Change(request=msgspec.structs.replace(request, state=State.COMPLETED, version=2)))
    assert "The item has come back" in (await browser.get(address))[1]
    assert "Came back" in (await browser.get("/money"))[1]


async def test_a_task_about_a_bill_leads_to_it(sign_in: SignIn, site: Site):
    bill = await invoice(site.live)
    await site.live.store.put_task(
        bill, TaskKind.PERHAPS_MAILED, "The bill may have been sent.", at=site.live.time.now()
    )
    (task,) = await site.live.store.tasks()
    browser = await sign_in(StaffRole.TECHNICIAN)
    _, html = await browser.post(f"/tasks/{task.id}/open")
    assert f'href="/money/bills/{bill}"' in html


async def test_a_requests_page_shows_its_bill_with_state_and_link(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await begun(site, browser)
    _, html = await browser.get("/requests/r1")
    assert f'<a href="{address}">Not numbered yet</a>' in html
    assert "To look for" in html
    _, html = await browser.get("/money")
    assert (html.count("To look for"), "Candidate" in html) == (2, False), (
        "on the button of the list, and beside the bill"
    )
    await browser.post(f"{address}/drop", fields={"reason": "It was found."})
    line = {"kind": "fee", "words": "Fee", "amount": "75.00", "request": "r1"}
    _, fee = await site.live.call("POST", "/bills", body={"partner": VALLEY.id, "lines": [line]})
    await site.live.call("POST", f"/bills/{fee['bill']['id']}/actions/finalise", body={})
    _, html = await browser.get("/requests/r1")
    assert "Dropped" in html
    assert f'<a href="/money/bills/{fee["bill"]["id"]}">INV-2027-00001</a>' in html
    assert "75.00 USD</span> owed" in html


async def test_credit_is_paid_back_by_a_manager_and_no_more_than_there_is(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.MANAGER)
    given = {"partner": VALLEY.id, "amount": "20.00", "currency": "USD", "means": "check"}
    await browser.post("/money/payments", fields=given)
    status, html = await browser.post("/money/payments/back", fields={**given, "amount": "21.00"})
    assert (status, "has not so much credit" in html) == (422, True)
    status, html = await browser.post("/money/payments/back", fields={**given, "amount": "twenty"})
    assert (status, "an amount like 12.50" in html) == (422, True)
    status, html = await browser.post("/money/payments/back", fields={**given, "amount": "20.00"})
    assert (status, "Paid back, out of its credit" in html) == (200, True)
    assert await site.live.store.bills.credit(VALLEY.id) == ()
    technician = await sign_in(StaffRole.TECHNICIAN)
    assert "Pay credit back" not in (await technician.get("/money/payments"))[1]
    assert (await technician.post("/money/payments/back", fields=given))[0] == 403


async def test_fees_that_are_due_become_drafts_by_a_button(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    _, html = await browser.get("/money")
    assert "Gather fees that are due" in html
    _, html = await browser.post("/money/fees")
    assert "No fee is due." in html
