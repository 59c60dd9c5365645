"""The lines of a draft, without a browser: what is kept and finalised of what was typed, and what is refused."""

import re
from decimal import Decimal

import pytest

from gateway.dispatch.bills import BillCause
from gateway.money.events import AnyBillEvent, BillAct, BillActed, Proposed
from gateway.money.machine import BillRuling
from gateway.money.records import LINES_MAX, BilledAmount, LineKind
from gateway.workflow.staff import StaffRole
from tests.pages.bill_forms import begun, beside, fee_draft, in_the_form, seen_at, so_many, typed_again
from tests.pages.conftest import SignIn, Site
from tests.web.billing import invoice
from tests.web.known import VALLEY


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


@pytest.mark.parametrize("amount", ["5.50", "5,50"])
@pytest.mark.parametrize("act", ["change", "finalise"])
async def test_who_presses_twice_without_looking_does_not_write_over_what_somebody_else_has_kept(
    sign_in: SignIn, site: Site, act: str, amount: str
):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await fee_draft(site)
    mine = {"kind-0": "fee", "words-0": "My fee", "amount-0": amount, "seen": await seen_at(browser, address)}
    theirs = mine | {"words-0": "Their fee", "amount-0": "7.00"}
    await browser.post(f"{address}/change", fields=theirs)
    status, html = await browser.post(f"{address}/{act}", fields=mine)
    assert (status, "has changed since you saw it" in html, beside(html)) == (409, True, [f"fee, My fee, {amount}"])
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

    async def with_another(bill: str, event: AnyBillEvent, *cause: BillCause) -> BillRuling:
        """Somebody else writes lines just before or just after one of our events."""
        theirs = BillActed(at=event.at, by="another", act=BillAct.CHANGE, lines=OTHERS_LINES)
        is_meant = isinstance(event, BillActed) and event.act == act
        if is_meant and before:
            await submit(bill, theirs)
        ruling = await submit(bill, event, *cause)
        if is_meant and not before:
            await submit(bill, theirs)
        return ruling

    monkeypatch.setattr(door, "submit_bill", with_another)
    status, html = await browser.post(f"{address}/finalise", fields=typed)
    if act == "finalise" and not before:
        assert (status, "INV-2027-00001" in html, f"{mine} USD" in html, "Their fee" in html) == (
            200,
            True,
            True,
            False,
        )
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


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-inf"])
@pytest.mark.parametrize("act", ["change", "finalise"])
async def test_an_amount_that_is_no_number_is_told_at_its_field(sign_in: SignIn, site: Site, act: str, amount: str):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await fee_draft(site)
    typed = {"kind-0": "fee", "words-0": "Fee", "amount-0": amount, "seen": await seen_at(browser, address)}
    status, html = await browser.post(f"{address}/{act}", fields=typed)
    assert (status, in_the_form(html)[0]) == (409, ("Fee", amount))
    assert '<a href="#amount-0">A line needs words and an amount like 12.50.</a>' in html


async def test_words_of_a_line_that_are_too_long_are_told_at_their_field(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await fee_draft(site)
    typed = {"kind-0": "fee", "words-0": "a" * 201, "amount-0": "5.00", "seen": await seen_at(browser, address)}
    status, html = await browser.post(f"{address}/change", fields=typed)
    told = '<a href="#words-0">The words of a line have at most 200 characters.</a>'
    assert (status, told in html, 'id="words-0"' in html) == (409, True, True)


async def test_a_person_writes_no_more_lines_than_a_bill_may_have(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    address = await fee_draft(site)
    for lines, expected in ((LINES_MAX + 1, (409, True, False)), (LINES_MAX, (200, False, True))):
        typed = so_many(lines) | {"seen": await seen_at(browser, address)}
        status, html = await browser.post(f"{address}/change", fields=typed)
        assert (status, "at most 200 lines" in html, "200.00 USD" in html) == expected


async def test_a_bill_of_gathered_fees_that_has_more_lines_is_finalised_as_it_is(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    fee = BilledAmount(kind=LineKind.FEE, words="Fee", amount=Decimal("1.00"))
    fees = (fee,) * (LINES_MAX + 50)
    event = Proposed(at=site.live.time.now(), bill="M-1", partner=VALLEY.id, currency="USD", lines=fees)
    await site.live.desk.money.bills.begin(event)
    typed = so_many(len(fees)) | {"seen": await seen_at(browser, "/money/bills/M-1")}
    status, html = await browser.post("/money/bills/M-1/finalise", fields=typed)
    assert (status, "INV-2027-00001" in html, "250.00 USD" in html) == (200, True, True)


async def test_the_lines_of_a_bill_that_somebody_else_has_changed_are_there_to_be_read(sign_in: SignIn, site: Site):
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
