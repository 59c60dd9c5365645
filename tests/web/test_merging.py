"""A partner that is merged into another over the live API: its open requests, invoices, terms and statements follow; what went out keeps its name."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from gateway.store.port import StoreUnavailable
from gateway.workflow.partners import Billing, FeesBilled, Partner
from gateway.workflow.policy import Policy, PolicyLine
from gateway.workflow.records import State
from gateway.workflow.staff import StaffRole
from tests.fakes.directory import put
from tests.web.billing import act, fetch, invoice, made, sent_for_a_fee
from tests.web.invoicing import act as act_on_invoice
from tests.web.invoicing import came, enter, says
from tests.web.known import START, VALLEY, a_request, keep
from tests.web.live import Live, live_api

UNION = Partner(
    id="union",
    name="Example Union Library",
    peer="hub",
    symbols=("ISIL:XX-UNI",),
    billing=Billing(net_days=10, email="bills@union.example", fees=FeesBilled.PER_LOAN),
)


@pytest.fixture
async def live() -> AsyncIterator[Live]:
    async with live_api() as api:
        await put(api.store, UNION)
        yield api


async def merge(live: Live, status: int = 200, partner: str = VALLEY.id, into: str = UNION.id) -> Any:
    got, answer = await live.call("POST", f"/partners/{partner}/merge", body={"into": into})
    assert got == status, answer
    return answer


async def test_what_is_open_follows_and_what_went_out_keeps_its_name(live: Live):
    await keep(live.store, a_request("r1", State.LOANED, shipped_at=START, due_at=START))
    finalised, draft = await invoice(live, "75.00"), await invoice_draft(live, "20.00")
    paid = {"partner": VALLEY.id, "amount": "5.00", "currency": "USD", "means": "check", "shares": {}}
    assert (await live.call("POST", "/payments", body=paid))[0] == 201
    merged = await merge(live)
    assert (merged["bills"], merged["partner"]["merged"]) == (2, ["valley"])
    assert merged["partner"]["aliases"] == ["ISIL:XX-EVL"]
    assert (await live.call("GET", f"/partners/{VALLEY.id}"))[0] == 404

    shown = (await live.call("GET", "/requests/r1"))[1]
    assert (shown["partner_name"], shown["request"]["peer"]) == (UNION.name, "hub")
    listed = (await live.call("GET", "/requests?partner=union"))[1]["requests"]
    assert [each["id"] for each in listed] == ["r1"]
    bill = (await live.call("GET", f"/bills/{finalised}"))[1]
    assert (bill["bill"]["partner"], bill["bill"]["partner_name"]) == ("union", VALLEY.name)
    assert bill["email"] == "bills@union.example", "where its reminders go"
    assert (await act(live, draft, "finalise"))[0] == 200
    second = (await live.call("GET", f"/bills/{draft}"))[1]["bill"]
    assert (second["partner_name"], second["due"]) == (UNION.name, "2026-11-07"), "on the other's terms"
    (owed,) = (await live.call("GET", "/bills/owed"))[1]["partners"]
    assert (owed["partner"], owed["total"], owed["credit"]) == ("union", "95.00", "5.00")


async def invoice_draft(live: Live, amount: str) -> str:
    line = {"kind": "fee", "words": "Fee", "amount": amount}
    status, answer = await live.call("POST", "/bills", body={"partner": VALLEY.id, "lines": [line]})
    assert status == 201, answer
    return str(answer["bill"]["id"])


@pytest.mark.process
async def test_its_statement_and_its_payments_are_the_others(live: Live):
    bill = await invoice(live)
    await merge(live)
    async with fetch(live, "/partners/union/statement") as paper:
        assert (paper.status, paper.content_type) == (200, "application/pdf")
    body = {"partner": VALLEY.id, "amount": "75.00", "currency": "USD", "means": "check", "reference": "old name"}
    status, paid = await live.call("POST", "/payments", body=body)
    assert (status, paid["partner"], paid["shares"]) == (201, "union", {bill: "75.00"})
    assert (await live.call("GET", "/bills/owed"))[1]["partners"] == []


async def test_fees_of_before_are_billed_to_the_other_on_its_terms(live: Live):
    await sent_for_a_fee(live, "r1")
    await merge(live)
    (bill,) = (await live.call("POST", "/bills/fees"))[1]["bills"]
    assert (await live.call("GET", f"/bills/{bill}"))[1]["bill"]["partner"] == "union"


async def test_a_credit_note_about_an_invoice_of_before_goes_to_the_other(live: Live):
    bill = await invoice(live)
    await merge(live)
    body = {"lines": [{"kind": "credit", "words": "A mistake", "amount": "75.00"}]}
    note = (await live.call("POST", f"/bills/{bill}/credit-note", body=body))[1]["bill"]["id"]
    assert (await act(live, note, "finalise"))[0] == 200
    await made(live, note)
    assert (await live.call("GET", f"/bills/{bill}"))[1]["bill"]["state"] == "credited"
    assert (await live.call("GET", f"/bills/{note}"))[1]["bill"]["partner_name"] == UNION.name


async def test_who_was_broken_off_asks_once_more_and_it_goes_on(live: Live, monkeypatch: pytest.MonkeyPatch):
    bills = [await invoice(live) for _ in range(3)]
    commit, calls = live.store.bills.commit, 0

    async def failing(change: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise StoreUnavailable("gone")
        await commit(change)

    with monkeypatch.context() as patch:
        patch.setattr(live.store.bills, "commit", failing)
        await merge(live, 503)
    partners = [(await live.call("GET", f"/bills/{bill}"))[1]["bill"]["partner"] for bill in bills]
    assert sorted(partners) == ["union", "valley", "valley"]
    assert (await merge(live))["bills"] == 2
    (owed,) = (await live.call("GET", "/bills/owed"))[1]["partners"]
    assert (owed["partner"], owed["total"]) == ("union", "225.00")


async def test_lines_of_the_policy_that_name_it_are_told(live: Live):
    policy = Policy(lines=(PolicyLine(partners=("valley",), lend=False),))
    status, _ = await live.call("PUT", "/policy", body={"policy": msgspec.to_builtins(policy), "version": 0})
    assert status == 200
    assert (await merge(live))["notes"] == ["Line 1 of the policy names valley, which it can't be for any more."]


@pytest.mark.parametrize(
    ("partner", "into", "status"),
    [("valley", "valley", 422), ("valley", "nobody", 422), ("nobody", "union", 404)],
)
async def test_what_can_not_be_merged_is_refused(live: Live, partner: str, into: str, status: int):
    await merge(live, status, partner, into)
    assert {each["id"] for each in (await live.call("GET", "/partners"))[1]["partners"]} >= {"valley", "union"}


async def test_its_short_name_is_not_given_again(live: Live):
    await merge(live)
    again = {"name": "A New Valley Library", "peer": "hub", "symbols": ["ISIL:XX-NEW"]}
    status, answer = await live.call("PUT", "/partners/valley", body=again)
    assert (status, "was merged into Example Union Library" in str(answer["problems"])) == (422, True)


async def test_only_an_administrator_merges(live: Live):
    status, _ = await live.call("POST", "/partners/valley/merge", role="manager", body={"into": "union"})
    assert status == 403


async def test_a_lenders_invoice_of_before_is_the_others_and_is_seen_when_it_comes_again(live: Live):
    await came(live)
    first, unnamed = (
        (await enter(live))["invoice"]["id"],
        (await enter(live, number="20261234", request=None))["invoice"]["id"],
    )
    await merge(live)
    listed = (await live.call("GET", f"/invoices?lender={UNION.id}"))[1]["invoices"]
    assert {each["id"] for each in listed} == {first, unnamed}
    assert {(each["lender"], each["partner_name"]) for each in listed} == {(VALLEY.name, UNION.name)}
    shown = (await live.call("GET", f"/invoices/{first}"))[1]
    assert shown["email"] == "bills@union.example", "where a dispute letter goes"

    again = await enter(live, lender=UNION.id, number="20261243", request=None)
    assert says(again)["billed before"] == "differs"
    assert unnamed in next(each["inside"] for each in again["findings"] if each["check"] == "billed before")
    assert says(await act_on_invoice(live, first, "check"))["supplied by this lender"] == "agrees"
    await act_on_invoice(live, first, "verify")
    approved = await act_on_invoice(live, first, "approve", StaffRole.MANAGER)
    assert approved["invoice"]["state"] == "approved"


async def test_figures_of_lenders_invoices_keep_what_was_booked_before_apart_under_the_others_name(live: Live):
    await came(live)
    await enter(live)
    await merge(live)
    await enter(live, lender=UNION.id, number="77-B", kind="loan fee", amount="15.00")
    for figure, column in (("lenders-invoices", "asked"), ("owed-to-lenders", "open")):
        (found,) = (await live.call("GET", f"/figures/{figure}?period=2027"))[1]["figures"]
        place = [each["name"] for each in found["columns"]].index(column)
        lines = {(row["words"], row["cells"][place]) for row in found["rows"] if not row["is_total"]}
        assert lines == {(f"{UNION.name}, USD", "80.00"), (f"{UNION.name}, USD", "15.00")}
        assert [row["cells"][place] for row in found["rows"] if row["is_total"]] == ["95.00"]
