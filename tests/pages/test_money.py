"""The pages about money, without a browser: a bill from its task to its payment by forms alone, and what is refused there."""

import re
from decimal import Decimal

import msgspec
import pytest

from gateway.dispatch.bills import BillCause
from gateway.money.events import AnyBillEvent, BillAct, BillActed
from gateway.money.machine import BillRuling
from gateway.money.records import BilledAmount, LineKind
from gateway.store.port import Change
from gateway.workflow.partners import BilledBy, Billing
from gateway.workflow.records import State
from gateway.workflow.staff import StaffRole
from gateway.workflow.tasks import TaskKind
from tests.fakes.directory import put
from tests.pages.conftest import Browser, SignIn, Site
from tests.web.billing import invoice, lost, made, seen
from tests.web.known import VALLEY

KEY = re.compile(r'name="key" value="([^"]+)"')


async def seen_at(browser: Browser, address: str) -> str:
    """The version that a bill's page shows."""
    found = re.search(r'name="seen" value="(\d+)"', (await browser.get(address))[1])
    assert found
    return found[1]


async def begun(site: Site, browser: Browser) -> str:
    """Begin a bill for a lost loan by the button of the list; return its address."""
    await lost(site.live)
    _, html = await browser.get("/money")
    assert "Begin a bill" in html
    key = KEY.search(html)
    assert key
    await browser.post("/money", fields={"request": "r1", "item": "", "key": key[1]})
    (bill,) = (await site.live.call("GET", "/bills"))[1]["bills"]
    return f"/money/bills/{bill['id']}"


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
    _, html = await browser.get("/money/owed")
    assert "Nobody owes anything" in html


async def fee_draft(site: Site) -> str:
    """Begin a bill of one fee of 5.00; return its address."""
    line = {"kind": "fee", "words": "Fee", "amount": "5.00"}
    _, fee = await site.live.call("POST", "/bills", body={"partner": VALLEY.id, "lines": [line]})
    return f"/money/bills/{fee['bill']['id']}"


def beside(html: str) -> list[str]:
    """The lines that were typed, and stand beside the form."""
    return re.findall(r"<dt>Line \d+</dt><dd>(.*?)</dd>", html)


def in_the_form(html: str) -> list[tuple[str, str]]:
    """The words and the amount of each line of the form."""
    values = [re.findall(rf'name="{name}-\d+"[^>]* value="([^"]*)"', html) for name in ("words", "amount")]
    return list(zip(*values, strict=True))


def typed_again(html: str) -> dict[str, str]:
    """The fields of the form as it stands there."""
    lines = {f"kind-{place}": "fee" for place in range(len(in_the_form(html)))}
    for place, (words, amount) in enumerate(in_the_form(html)):
        lines |= {f"words-{place}": words, f"amount-{place}": amount}
    found = re.search(r'name="seen" value="(\d+)"', html)
    assert found
    return lines | {"seen": found[1]}


async def test_lines_that_were_typed_and_not_kept_are_finalised_with_the_bill(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await fee_draft(site)
    _, html = await browser.get(address)
    form = html[html.index('data-act="change"') :].partition("</form>")[0]
    assert re.findall("<button([^>]*)>", form) == [
        "",
        f' class="main" formaction="{address}/finalise" data-act="finalise"',
    ], "Enter presses the first one, which only keeps the lines"
    assert html.count(f"{address}/finalise") == 1, "nowhere without the lines"
    lines = {"kind-0": "fee", "words-0": "Fee", "amount-0": "5.00"}
    typed = lines | {"kind-1": "fee", "words-1": "Post", "amount-1": "2.50"}
    status, html = await browser.post(f"{address}/finalise", fields=typed | {"seen": await seen_at(browser, address)})
    assert (status, "Invoice INV-2027-00001" in html, "7.50 USD" in html, "Post" in html) == (200, True, True, True)


@pytest.mark.parametrize(("amount", "words"), [("2,50", "amount like 12.50"), ("", "A line has no amount yet.")])
async def test_a_bill_whose_typed_lines_will_not_do_is_not_finalised_and_shows_them(
    sign_in: SignIn, site: Site, amount: str, words: str
):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await fee_draft(site)
    lines = {"kind-0": "fee", "words-0": "Fee", "amount-0": "5.00"}
    typed = lines | {"kind-1": "fee", "words-1": "Post", "amount-1": amount}
    status, html = await browser.post(f"{address}/finalise", fields=typed | {"seen": await seen_at(browser, address)})
    assert (status, words in html, "INV-2027" in html) == (409, True, False)
    assert 'name="words-1" maxlength="200" value="Post"' in html


async def test_lines_are_not_kept_nor_finalised_over_what_somebody_else_has_changed(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await fee_draft(site)
    seen = await seen_at(browser, address)
    await browser.post(f"{address}/note", fields={"reason": "They called.", "seen": seen})
    for words in ("Fee", "Dearer fee"):
        typed = {"kind-0": "fee", "words-0": words, "amount-0": "5.00", "seen": seen}
        status, html = await browser.post(f"{address}/finalise", fields=typed)
        assert (status, "has changed since you saw it" in html, beside(html)) == (409, True, [f"fee, {words}, 5.00"])


@pytest.mark.parametrize("act", ["change", "finalise"])
async def test_who_presses_twice_without_looking_does_not_write_over_what_somebody_else_has_kept(
    sign_in: SignIn, site: Site, act: str
):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await fee_draft(site)
    mine = {"kind-0": "fee", "words-0": "My fee", "amount-0": "5,50", "seen": await seen_at(browser, address)}
    theirs = mine | {"words-0": "Their fee", "amount-0": "7.00"}
    await browser.post(f"{address}/change", fields=theirs)
    status, html = await browser.post(f"{address}/{act}", fields=mine)
    assert (status, "has changed since you saw it" in html, beside(html)) == (409, True, ["fee, My fee, 5,50"])
    assert in_the_form(html) == [("Their fee", "7.00"), ("", ""), ("", "")], "what is wrong with mine is not asked yet"
    _, html = await browser.post(f"{address}/{act}", fields=typed_again(html))
    assert ("7.00 USD" in html, "Their fee" in html, "My fee" in html) == (True, True, False)


OTHERS_LINES = (BilledAmount(kind=LineKind.FEE, words="Their fee", amount=Decimal("7.00")),)


@pytest.mark.parametrize(("mine", "act"), [("5.00", "finalise"), ("5.50", "change"), ("5.50", "finalise")])
@pytest.mark.parametrize("before", [True, False])
async def test_a_bill_is_not_finalised_with_lines_that_somebody_else_writes_meanwhile(
    sign_in: SignIn, site: Site, monkeypatch: pytest.MonkeyPatch, mine: str, act: str, *, before: bool
):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await fee_draft(site)
    typed = {"kind-0": "fee", "words-0": "Fee", "amount-0": mine, "seen": await seen_at(browser, address)}
    door = site.live.desk.money.bills
    submit = door.submit_bill

    async def with_another(bill: str, event: AnyBillEvent, cause: BillCause) -> BillRuling:
        """Somebody else writes lines just before or just after one of our events."""
        theirs = BillActed(at=event.at, by="another", act=BillAct.CHANGE, lines=OTHERS_LINES)
        is_meant = isinstance(event, BillActed) and event.act == act
        if is_meant and before:
            await submit(bill, theirs)
        ruling = await submit(bill, event, cause)
        if is_meant and not before:
            await submit(bill, theirs)
        return ruling

    monkeypatch.setattr(door, "submit_bill", with_another)
    status, html = await browser.post(f"{address}/finalise", fields=typed)
    if act == "finalise" and not before:
        assert (status, "INV-2027-00001" in html, f"{mine} USD" in html, "Their fee" in html) == (200, True, True, False)
    else:
        assert (status, "has changed since you saw it" in html, "INV-2027" in html) == (409, True, False)
        assert (in_the_form(html)[0], beside(html)) == (("Their fee", "7.00"), [f"fee, Fee, {mine}"])


async def test_of_a_long_bill_every_line_is_kept_and_finalised(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await fee_draft(site)
    typed = {"seen": await seen_at(browser, address)}
    for place in range(90):
        typed |= {f"kind-{place}": "fee", f"words-{place}": f"Fee {place}", f"amount-{place}": "1.00"}
    status, html = await browser.post(f"{address}/finalise", fields=typed)
    assert (status, "Invoice INV-2027-00001" in html, "90.00 USD" in html) == (200, True, True)


async def test_lines_that_are_as_they_were_are_not_written_to_the_history(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await fee_draft(site)
    lines = {"kind-0": "fee", "words-0": "Fee", "amount-0": "5"}
    _, html = await browser.post(f"{address}/finalise", fields=lines | {"seen": await seen_at(browser, address)})
    story = re.findall(r'<p dir="auto"><b>(.*?)</b>', html.partition('id="history"')[2])
    assert [words for words in story if "lines" in words or words == "Finalised."] == ["Finalised."]


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


async def test_a_line_without_an_amount_that_can_be_read_is_told_at_its_field(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await begun(site, browser)
    status, html = await browser.post(
        f"{address}/change",
        fields={"kind-0": "fee", "words-0": "Post", "amount-0": "5,00", "seen": await seen_at(browser, address)},
    )
    assert (status, "amount like 12.50" in html) == (409, True)
    assert 'value="Post"' in html
    assert 'value="5,00"' in html
    status, html = await browser.post(
        f"{address}/change", fields={"kind-0": "no such", "words-0": "Post", "amount-0": "5"}
    )
    assert status == 409


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


async def test_a_payment_that_is_typed_wrong_keeps_what_was_typed(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    status, html = await browser.post(
        "/money/payments", fields={"partner": VALLEY.id, "amount": "five", "currency": "USD", "reference": "4711"}
    )
    assert (status, 'value="4711"' in html, 'value="five"' in html) == (422, True, True)


async def test_the_lines_of_a_bill_that_somebody_else_has_changed_are_there_to_be_read(
    sign_in: SignIn, site: Site
):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await begun(site, browser)
    seen = await seen_at(browser, address)
    await browser.post(f"{address}/note", fields={"reason": "They called.", "seen": seen})
    lines = {f"{name}-{place}": "" for place in range(4) for name in ("words", "amount")}
    lines |= {f"kind-{place}": "fee" for place in range(4)}
    lines |= {"kind-3": "tax", "words-3": "A fourth line", "amount-3": "7.50", "seen": seen}
    status, html = await browser.post(f"{address}/change", fields=lines)
    assert (status, "has changed since you saw it" in html) == (409, True)
    assert re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", html)[:1] == [("Line 4", "tax, A fourth line, 7.50")]
    status, html = await browser.post(f"{address}/change", fields=lines | {"seen": await seen_at(browser, address)})
    assert (status, "7.50 USD" in html) == (200, True)


async def test_a_reason_that_is_refused_stands_at_its_act_again(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await begun(site, browser)
    seen = await seen_at(browser, address)
    await browser.post(f"{address}/note", fields={"reason": "They called.", "seen": seen})
    status, html = await browser.post(f"{address}/note", fields={"reason": "And <again>.", "seen": seen})
    assert (status, html.count('value="And &lt;again&gt;."')) == (409, 1)


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


async def test_a_new_line_of_a_credit_note_takes_back(sign_in: SignIn, site: Site):
    line = {"kind": "credit", "words": "Credit: fee", "amount": "5.00"}
    status, made_note = await site.live.call(
        "POST", f"/bills/{await invoice(site.live)}/credit-note", body={"lines": [line]}
    )
    assert status == 201
    browser = await sign_in(StaffRole.TECHNICIAN)
    _, html = await browser.get(f"/money/bills/{made_note['bill']['id']}")
    kinds = re.findall(r'<select name="kind-\d+"[^>]*><option value="([^"]+)"', html)
    assert len(kinds) > 1
    assert set(kinds) == {"credit"}


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
