"""The page of payments: what is wrong stands at its field, and what was typed is kept."""

import re

import msgspec
import pytest

from gateway.desk import payments
from gateway.desk.errors import ConflictError
from gateway.workflow.staff import StaffRole
from tests.fakes.directory import put
from tests.pages.conftest import SignIn, Site
from tests.web.billing import invoice
from tests.web.known import VALLEY


async def test_a_payment_that_is_typed_wrong_keeps_what_was_typed(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.TECHNICIAN)
    status, html = await browser.post(
        "/money/payments", fields={"partner": VALLEY.id, "amount": "five", "currency": "USD", "reference": "4711"}
    )
    assert (status, 'value="4711"' in html, 'value="five"' in html) == (422, True, True)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("amount", "1,234.50", "Write an amount like 12.50, without signs between the thousands."),
        ("amount", "-5", "Must be above 0"),
        ("currency", "US", "Write the three letters of its code, like USD."),
        ("received_on", "24 Dec", "Write a day like 2026-12-24."),
        ("received_on", "20261224", "Write a day like 2026-12-24."),
        ("received_on", "2026-W52-4", "Write a day like 2026-12-24."),
        ("received_on", "2099-01-01", "Is still to come; name the day on which the money came"),
        ("bill", "INV-2099-00001", "There is no such bill."),
    ],
)
async def test_what_is_wrong_with_a_payment_stands_at_its_field(sign_in: SignIn, field: str, typed: str, words: str):
    browser = await sign_in(StaffRole.TECHNICIAN)
    right = {"partner": VALLEY.id, "amount": "5.00", "currency": "USD"}
    status, html = await browser.post("/money/payments", fields={**right, field: typed})
    problems = re.findall(r'<p class="problem" id="([^"]*)-problem">([^<]*)</p>', html)
    assert (status, problems) == (422, [(field, words)])
    assert f'value="{typed}"' in html


@pytest.mark.parametrize(
    ("partner", "words"),
    [("", "Choose the library that it came from."), ("nobody", "There is no such partner.")],
)
async def test_of_whom_a_payment_came_is_asked_at_its_field(sign_in: SignIn, partner: str, words: str):
    browser = await sign_in(StaffRole.TECHNICIAN)
    fields = {"partner": partner, "amount": "5.00", "currency": "USD", "bill": "INV-2099-00001"}
    status, html = await browser.post("/money/payments", fields=fields)
    problems = re.findall(r'<p class="problem" id="([^"]*)-problem">([^<]*)</p>', html)
    assert (status, problems) == (422, [("partner", words)])
    assert 'aria-describedby="partner-problem"' in html


async def test_what_concerns_no_field_of_a_payment_stands_on_top_alone(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
):
    async def sent_before(*_: object, **__: object) -> None:
        raise ConflictError("This form was sent before: look at the payments.")

    browser = await sign_in(StaffRole.TECHNICIAN)
    monkeypatch.setattr(payments, "book_payment", sent_before)
    for bill in ("", "INV-2027-00001"):
        fields = {"partner": VALLEY.id, "amount": "5.00", "currency": "USD", "bill": bill}
        status, html = await browser.post("/money/payments", fields=fields)
        assert (status, "This form was sent before" in html, 'class="problem"' in html) == (422, True, False)


async def test_a_bill_of_another_partner_is_called_by_its_number(sign_in: SignIn, site: Site):
    bill = await invoice(site.live)
    await put(
        site.live.store, msgspec.structs.replace(VALLEY, id="other", symbols=("ISIL:XX-OTH",), name="Other Library")
    )
    _, shown = await site.live.call("GET", f"/bills/{bill}")
    number = shown["bill"]["number"]
    browser = await sign_in(StaffRole.TECHNICIAN)
    _, html = await browser.post(
        "/money/payments", fields={"partner": "other", "amount": "5.00", "currency": "USD", "bill": number}
    )
    assert re.findall(r'id="bill-problem">([^<]*)<', html) == [f"{number} is no bill of this partner."]


async def test_credit_is_paid_back_to_those_who_have_some(sign_in: SignIn, site: Site):
    def offered(html: str) -> list[str]:
        return re.findall(
            '<option value="([^"]+)"', html.split('id="back-partner"')[1].split("</select>", maxsplit=1)[0]
        )

    browser = await sign_in(StaffRole.MANAGER)
    _, html = await browser.get("/money/payments")
    assert ("None has credit." in html, offered(html)) == (True, [])
    await site.live.call("POST", "/payments", body={"partner": VALLEY.id, "amount": "5.00", "currency": "USD"})
    assert offered((await browser.get("/money/payments"))[1]) == [VALLEY.id]
