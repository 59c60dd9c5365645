"""Amounts of a thousand million and of nothing, in currencies with no, two and three digits, from the line that a person writes to the figures."""

import csv
import io
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.documents.bills import bill_paper
from gateway.web.api import PREFIX
from gateway.workflow.partners import Billing
from tests.documents.reading import texts
from tests.documents.test_pdf import printed
from tests.fakes.directory import put
from tests.web.known import VALLEY
from tests.web.live import Live

DIGITS = {"USD": 2, "JPY": 0, "KWD": 3}
MOST = Decimal(10**9)


@pytest.fixture(params=DIGITS)
async def currency(request: pytest.FixtureRequest, live: Live) -> str:
    """The partner is billed in it."""
    await put(live.store, msgspec.structs.replace(VALLEY, billing=Billing(currency=request.param)))
    return str(request.param)


def exact(amount: Decimal | int, currency: str) -> str:
    """With all digits of the currency."""
    return str(Decimal(amount).quantize(Decimal(1).scaleb(-DIGITS[currency])))


async def done(live: Live, method: str, path: str, **more: Any) -> Any:
    status, answer = await live.call(method, path, role="manager", **more)
    assert status < 300, answer
    return answer


async def drafted(live: Live, *amounts: str) -> str:
    lines = [{"kind": "fee", "words": f"Fee {place}", "amount": amount} for place, amount in enumerate(amounts)]
    return str((await done(live, "POST", "/bills", body={"partner": VALLEY.id, "lines": lines}))["bill"]["id"])


async def finalised(live: Live, *amounts: str) -> str:
    bill = await drafted(live, *amounts)
    await done(live, "POST", f"/bills/{bill}/actions/finalise", body={})
    return bill


async def listed(live: Live, path: str) -> list[list[str]]:
    headers = {"Authorization": f"Bearer {live.tokens['viewer']}"}
    async with live.http.get(f"{live.url}{PREFIX}{path}", headers=headers) as answer:
        assert answer.status == 200
        return list(csv.reader(io.StringIO(await answer.text())))


async def test_a_thousand_million_stands_on_a_bill_its_paper_and_in_every_list_and_figure(
    live: Live, currency: str
) -> None:
    most, nothing = exact(MOST, currency), exact(0, currency)
    bill = await finalised(live, most)
    shown = await done(live, "GET", f"/bills/{bill}")
    assert [line["amount"] for line in shown["lines"]] == [most]
    assert (shown["bill"]["total"], shown["bill"]["balance"]) == (most, most)
    assert [entry["amount"] for entry in shown["ledger"]] == [most]

    kept = await live.store.bills.bill(bill)
    assert kept is not None
    (paper,) = texts(printed(bill_paper(kept)))
    assert {f"{Decimal(most):,}", nothing} <= set(paper.split())

    await done(live, "POST", "/payments", body={"partner": VALLEY.id, "amount": most, "currency": currency})
    exported = await listed(live, "/bills/export?first=2026-10-01&last=2026-10-31")
    place = exported[0].index("amount")
    assert [row[place] for row in exported[1:]] == [most, f"-{most}"]
    of_month = await listed(live, "/figures/bills?period=2026-10&format=csv")
    assert [row[1:5] for row in of_month[1:]] == [
        [f"{VALLEY.name}, {currency}", most, nothing, most],
        [f"Total, {currency}", most, nothing, most],
    ]
    behind = await done(live, "GET", f"/figures/bills/entries?period=2026-10&row=total/{currency}&column=paid")
    assert [row["amount"] for row in behind["rows"]] == [most]


async def test_sums_above_what_one_bill_may_ask_for_are_shown_exactly(live: Live, currency: str) -> None:
    for _ in range(11):
        await finalised(live, exact(MOST, currency))
    eleven = exact(11 * MOST, currency)
    rows = (await done(live, "GET", "/figures/open-bills?period=2026-10"))["figures"][0]["rows"]
    assert [row["cells"][0] for row in rows] == [eleven, eleven]
    report = (await done(live, "GET", "/reports/annual?period=2027"))["rows"]
    assert [row["value"] for row in report if row["row"] == f"total/{currency}" and row["column"] == "billed"] == [
        eleven
    ]
    owed = await done(live, "GET", "/bills/owed")
    assert owed["totals"][0]["total"] == eleven


@pytest.mark.parametrize("lines", [["9999999999"], ["5000000000", "4999999999"]])
async def test_the_most_that_is_taken(live: Live, currency: str, lines: list[str]) -> None:
    bill = await finalised(live, *lines)
    assert (await done(live, "GET", f"/bills/{bill}"))["bill"]["total"] == exact(9_999_999_999, currency)


@pytest.mark.parametrize("lines", [["10000000000"], ["9999999999", "1"]])
async def test_more_is_refused_in_words(live: Live, currency: str, lines: list[str]) -> None:
    body = {"partner": VALLEY.id, "lines": [{"kind": "fee", "words": "Fee", "amount": each} for each in lines]}
    status, answer = await live.call("POST", "/bills", role="manager", body=body)
    assert status == 422
    assert "below 10,000,000,000" in str(answer)
    bill = await drafted(live, "1")
    status, answer = await live.call(
        "POST", f"/bills/{bill}/actions/change", role="manager", body={"lines": body["lines"]}
    )
    assert status == 422


@pytest.mark.parametrize(("amounts", "words"), [(["0"], "asks for nothing"), (["7", "0"], "no amount yet")])
async def test_nothing_is_no_amount_of_a_bill(live: Live, currency: str, amounts: list[str], words: str) -> None:
    bill = await drafted(live, *amounts)
    status, answer = await live.call("POST", f"/bills/{bill}/actions/finalise", role="manager", body={})
    assert status == 409
    assert words in answer["detail"]


async def test_lenders_invoices_of_as_much_and_of_nothing(live: Live, currency: str) -> None:
    for number, amount in (("A-1", exact(MOST, currency)), ("A-2", "0")):
        body = {
            "number": number, "lender": "Far Library", "kind": "other", "dated": "2026-10-20", "amount": amount, "currency": currency,
        }  # fmt: skip
        await done(live, "POST", "/invoices", body=body)
    rows = (await done(live, "GET", "/figures/lenders-invoices?period=2026-10"))["figures"][0]["rows"]
    assert [row["cells"][0] for row in rows] == [exact(MOST, currency)] * 2
    (row, _) = (await done(live, "GET", "/figures/owed-to-lenders?period=2026-10"))["figures"][0]["rows"]
    assert row["words"] == f"Far Library, {currency}"
    assert row["cells"][4] == exact(MOST, currency)
