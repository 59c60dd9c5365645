"""Bills over the live API: from a lost loan to the last cent, and what each role may do."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.config import load
from gateway.desk.bills import read_cursor
from gateway.desk.statements import make_statement
from gateway.desk.structs.bills import StatementQuery
from gateway.documents.bills import bill_paper, reminder_letter
from gateway.documents.papers import InvoicePaper, ReminderLetter
from gateway.web.api import PREFIX
from gateway.workflow.partners import BilledBy, Billing, FeesBilled
from gateway.workflow.recovery import Recovery
from gateway.workflow.staff import StaffRole
from tests.fakes.directory import put
from tests.web.billing import PDF, act, fetch, invoice, lost, made, seen, sent_for_a_fee
from tests.web.known import START, VALLEY
from tests.web.live import Live, live_api

SETTINGS = """
[library]
name = "Example Valley Library"
time_zone = "America/Denver"
symbols = ["ISIL:XX-EVL"]
[acs]
host = "acs.example.org"
[money.export]
"Posting date" = "date"
"Account" = "=4711"
"Voucher" = "invoice"
"Payable" = "due"
"CN" = "credit_note"
"Sum" = "amount"
"""


async def test_a_lost_loan_becomes_an_invoice_that_is_paid(live: Live):
    await lost(live)
    (listed,) = (await live.call("GET", "/bills/to-bill"))[1]["requests"]
    assert (listed["request"], listed["title"], listed["bill"]) == ("r1", "The Imaginary Almanac", None)
    status, answer = await live.call("POST", "/bills", body={"request": "r1"}, headers={"Idempotency-Key": "one-use-1"})
    assert (status, answer["bill"]["state"]) == (201, "candidate")
    assert answer["lines"][0]["loan"]["notice_on"] == "2026-10-28"
    bill = answer["bill"]["id"]
    status, again = await live.call("POST", "/bills", body={"request": "r1"}, headers={"Idempotency-Key": "one-use-1"})
    assert (status, again["bill"]["id"]) == (200, bill)
    assert (await live.call("POST", "/bills", body={"request": "r1"}))[0] == 409
    assert (await live.call("GET", "/bills/to-bill"))[1]["requests"][0]["bill"] == bill

    status, answer = await act(live, bill, "shelf-checked")
    assert (status, "has not answered yet" in answer["detail"]) == (409, True)
    await seen(live, bill)
    assert (await act(live, bill, "shelf-checked"))[1]["bill"]["state"] == "draft"
    assert (await act(live, bill, "finalise"))[0] == 409, "a line has no amount yet"
    item = answer_item = (await live.call("GET", f"/bills/{bill}"))[1]["lines"][0]["loan"]["item_barcode"]
    lines = [
        {"kind": "replacement", "words": "Replacement", "amount": "60.00", "request": "r1", "item": item},
        {"kind": "processing", "words": "Processing", "amount": "15.00"},
    ]
    status, answer = await act(live, bill, "change", lines=lines)
    assert (status, answer["bill"]["total"], answer["lines"][0]["loan"]["item_barcode"]) == (200, "75.00", answer_item)
    status, answer = await act(live, bill, "finalise")
    assert (status, answer["bill"]["number"], answer["bill"]["balance"]) == (200, "INV-2027-00001", "75.00")
    assert (await live.call("GET", "/bills/to-bill"))[1]["requests"] == []
    assert (await act(live, bill, "posted"))[0] == 409, "nothing is sent before its PDF is made"

    await made(live, bill)
    async with fetch(live, f"/bills/{bill}/paper") as paper:
        assert (paper.status, paper.content_type, await paper.read()) == (200, "application/pdf", PDF)
    assert (await act(live, bill, "posted"))[1]["bill"]["state"] == "sent"
    status, paid = await live.call(
        "POST",
        "/payments",
        body={"partner": VALLEY.id, "amount": "100.00", "currency": "USD", "means": "check", "reference": "4711"},
    )
    assert (status, paid["shares"], paid["left"]) == (201, {bill: "75.00"}, "25.00")
    shown = (await live.call("GET", "/bills/INV-2027-00001"))[1]
    assert (shown["bill"]["state"], shown["bill"]["balance"], shown["credit"]) == ("paid", "0.00", "25.00")
    assert [(entry["kind"], entry["amount"]) for entry in shown["ledger"]] == [("billed", "75.00"), ("paid", "-75.00")]


async def test_only_a_manager_writes_off_and_only_with_a_reason(live: Live):
    bill = await invoice(live)
    assert (await act(live, bill, "write-off", reason="gone"))[0] == 403
    assert (await act(live, bill, "write-off", StaffRole.MANAGER))[0] == 409
    status, answer = await act(live, bill, "write-off", StaffRole.MANAGER, reason="gone")
    assert (status, answer["bill"]["state"], answer["waived"]) == (200, "written off", "75.00")


async def test_what_comes_back_is_credited_by_the_terms(live: Live):
    await lost(live)
    bill = (await live.call("POST", "/bills", body={"request": "r1", "lines": [
        {"kind": "replacement", "words": "Replacement", "amount": "60.00", "request": "r1"},
        {"kind": "processing", "words": "Processing", "amount": "15.00"},
    ]}))[1]["bill"]["id"]  # fmt: skip
    await seen(live, bill)
    await act(live, bill, "shelf-checked")
    await act(live, bill, "finalise")
    status, note = await live.call("POST", f"/bills/{bill}/credit-note", body={})
    assert (status, note["bill"]["kind"], note["bill"]["total"], note["corrects"]) == (
        201,
        "credit note",
        "60.00",
        bill,
    )
    status, answer = await act(live, note["bill"]["id"], "finalise")
    assert (status, answer["bill"]["number"]) == (200, "CN-2027-00001")
    shown = (await live.call("GET", f"/bills/{bill}"))[1]
    assert (shown["bill"]["balance"], shown["credited"], shown["credit_notes"]) == (
        "15.00",
        "60.00",
        [note["bill"]["id"]],
    )
    assert (await live.call("POST", f"/bills/{bill}/credit-note", body={}))[0] == 409, "no more than was asked for"


async def test_what_is_owed_ages_and_the_credit_stands_beside_it(live: Live):
    old = await invoice(live, "40.00")
    await live.time.advance(61 * 86_400)
    await invoice(live, "10.00")
    await act(live, old, "dispute", reason="returned in May")
    owed = (await live.call("GET", "/bills/owed"))[1]
    (partner,) = owed["partners"]
    assert partner["by_age"] == {
        "under 30 days": "10.00",
        "30 to 59 days": "0",
        "60 to 89 days": "40.00",
        "90 days and more": "0",
    }
    assert (partner["total"], partner["disputed"], owed["totals"][0]["total"]) == ("50.00", "40.00", "50.00")
    listed = (await live.call("GET", "/bills?owed=true"))[1]
    assert [bill["age"] for bill in listed["bills"]] == ["60 to 89 days", "under 30 days"]
    assert listed["counts"] == {"disputed": 1, "finalised": 1}


async def test_a_payment_in_another_currency_needs_a_rate(live: Live):
    bill = await invoice(live, "108.46")
    body = {"partner": VALLEY.id, "amount": "100.00", "currency": "EUR", "booked_in": "USD"}
    assert (await live.call("POST", "/payments", body=body))[0] == 422
    status, paid = await live.call("POST", "/payments", body=body | {"rate": "1.08455"})
    assert (status, paid["amount"], paid["paid_amount"], paid["shares"]) == (201, "108.46", "100.00", {bill: "108.46"})
    assert (
        await live.call(
            "POST", "/payments", body={"partner": VALLEY.id, "amount": "5", "currency": "EUR", "shares": {bill: "5"}}
        )
    )[0] == 409


async def test_a_payment_that_did_not_hold_is_a_managers_to_take_back(live: Live):
    bill = await invoice(live)
    paid = (await live.call("POST", "/payments", body={"partner": VALLEY.id, "amount": "75.00", "currency": "USD"}))[1]
    back = ("POST", f"/payments/{paid['id']}/take-back")
    assert (await live.call(*back, role=StaffRole.TECHNICIAN, body={"reason": "bounced"}))[0] == 403
    status, back = await live.call(
        "POST", f"/payments/{paid['id']}/take-back", role=StaffRole.MANAGER, body={"reason": "bounced"}
    )
    assert (status, back["shares"], back["reversed_why"]) == (200, {bill: "0.00"}, "bounced")
    assert (await live.call("GET", f"/bills/{bill}"))[1]["bill"]["balance"] == "75.00"
    assert len((await live.call("GET", "/payments"))[1]["payments"]) == 1


async def test_credit_pays_for_the_next_bill(live: Live):
    await live.call("POST", "/payments", body={"partner": VALLEY.id, "amount": "20.00", "currency": "USD"})
    bill = await invoice(live)
    status, answer = await live.call("POST", f"/bills/{bill}/use-credit", body={})
    assert (status, answer["bill"]["balance"], answer["bill"]["state"], answer["credit"]) == (
        200,
        "55.00",
        "part paid",
        "0",
    )
    assert (await live.call("POST", f"/bills/{bill}/use-credit", body={}))[0] == 409


async def test_what_was_booked_goes_to_the_accounting_system(live: Live):
    await invoice(live)
    await live.call(
        "POST", "/payments", body={"partner": VALLEY.id, "amount": "75.00", "currency": "USD", "reference": "=cmd()"}
    )
    async with fetch(live, "/bills/export?first=2026-10-01&last=2026-10-31") as answer:
        text = await answer.text()
    heading, billed, paid = text.splitlines()
    assert heading.startswith("date,kind,partner,partner_name,invoice,")
    assert ",INV-2027-00001,2026-10-28,2026-11-27," in billed
    assert "'=cmd()" in paid, "no cell begins a formula"
    assert (await live.call("GET", "/bills/export?first=2026-10-02&last=2026-10-01"))[0] == 422


async def test_what_was_booked_has_the_columns_that_the_settings_name(tmp_path: Path):
    file = tmp_path / "ill-gateway.toml"
    file.write_text(SETTINGS)
    async with live_api(billing=load(file, {}).billing()) as live:
        bill = await invoice(live)
        line = {"kind": "credit", "words": "A mistake", "amount": "15.00"}
        note = (await live.call("POST", f"/bills/{bill}/credit-note", body={"lines": [line]}))[1]["bill"]["id"]
        assert (await act(live, note, "finalise"))[0] == 200
        async with fetch(live, "/bills/export?first=2026-10-01&last=2026-10-31") as answer:
            text = await answer.text()
    assert text.splitlines() == [
        "Posting date,Account,Voucher,Payable,CN,Sum",
        "2026-10-28,4711,INV-2027-00001,2026-11-27,,75.00",
        "2026-10-28,4711,INV-2027-00001,2026-11-27,CN-2027-00001,-15.00",
    ]


async def test_what_is_no_amount_is_refused_at_its_line(live: Live):
    for amount in ("1.005", "-1", "NaN", "1E+20"):
        body = {"partner": VALLEY.id, "lines": [{"kind": "fee", "words": "Fee", "amount": amount}]}
        status, answer = await live.call("POST", "/bills", body=body)
        assert (status, answer["problems"][0]["column"]) == (422, "amount"), answer
    assert (await live.call("GET", "/bills"))[1]["bills"] == []


async def test_an_invoice_has_no_line_that_takes_back(live: Live):
    fee, credit = ({"kind": kind, "words": "Fee", "amount": "5.00"} for kind in ("fee", "credit"))
    status, answer = await live.call("POST", "/bills", body={"partner": VALLEY.id, "lines": [credit]})
    words = "must be replacement, processing, damage, fee or tax"
    assert (status, answer["problems"]) == (422, [{"row": 1, "column": "kind", "words": words}])
    _, draft = await live.call("POST", "/bills", body={"partner": VALLEY.id, "lines": [fee]})
    status, answer = await act(live, draft["bill"]["id"], "change", lines=[fee, credit])
    assert (status, answer["problems"]) == (422, [{"row": 2, "column": "kind", "words": words}])


async def test_a_credit_note_has_lines_that_take_back_and_keeps_them_when_it_is_changed(live: Live):
    credit = {"kind": "credit", "words": "Fee", "amount": "5.00"}
    status, note = await live.call("POST", f"/bills/{await invoice(live)}/credit-note", body={"lines": [credit]})
    assert status == 201
    assert (await act(live, note["bill"]["id"], "change", lines=[credit, credit]))[0] == 200


@pytest.mark.parametrize("body", [{"request": "r1"}, {"partner": VALLEY.id}])
async def test_a_partner_that_is_not_billed_by_reciprocity_gets_no_bill(live: Live, body: dict[str, str]):
    await lost(live)
    await put(live.store, msgspec.structs.replace(VALLEY, billing=Billing(by=BilledBy.NOBODY)))
    status, answer = await live.call("POST", "/bills", body=body)
    assert (status, "neither bills the other" in answer["detail"]) == (409, True)
    assert (await live.call("GET", "/bills"))[1]["bills"] == []
    await put(live.store, msgspec.structs.replace(VALLEY, billing=Billing()))
    assert (await live.call("POST", "/bills", body=body))[0] == 201


async def test_who_saw_an_older_version_is_told(live: Live):
    bill = await invoice(live)
    version = (await live.call("GET", f"/bills/{bill}"))[1]["bill"]["version"]
    assert (await act(live, bill, "dispute", reason="why", seen=version))[0] == 200
    assert (await act(live, bill, "dispute", reason="why", seen=version))[0] == 409


async def test_bills_come_page_by_page(live: Live):
    for _ in range(3):
        await invoice(live)
        await live.time.advance(60)
    first = (await live.call("GET", "/bills?limit=2"))[1]
    assert [bill["number"] for bill in first["bills"]] == ["INV-2027-00003", "INV-2027-00002"]
    query = {"limit": "2", "before": first["next"]}
    async with fetch(live, "/bills", params=query) as answer:
        rest = await answer.json()
    assert [bill["number"] for bill in rest["bills"]] == ["INV-2027-00001"]
    assert (await live.call("GET", "/bills?before=yesterday"))[0] == 422


@pytest.mark.parametrize("at", ["2027-01-31T04:00:00+00:00", "2027-01-31T04:00:00Z"])
def test_where_a_page_has_ended_is_read_as_it_was_told_whatever_letters_the_number_has(at: str):
    assert read_cursor(f"{at} M-2Z3ZZ-Z9QXT") == (datetime(2027, 1, 31, 4, tzinfo=UTC), "M-2Z3ZZ-Z9QXT")


@pytest.mark.process
async def test_a_statement_is_printed(live: Live):
    await invoice(live)
    async with fetch(live, f"/partners/{VALLEY.id}/statement") as answer:
        assert (answer.status, answer.content_type) == (200, "application/pdf")
        assert (await answer.read()).startswith(b"%PDF")
    assert (await live.call("GET", "/partners/nobody/statement"))[0] == 404


@pytest.mark.parametrize(("by", "said"), [(BilledBy.IFM, "through OCLC IFM"), (BilledBy.VOUCHER, "with IFLA vouchers")])
async def test_who_settles_in_a_way_of_its_own_reads_so_on_page_paper_and_statement(
    live: Live, by: BilledBy, said: str
):
    await put(live.store, msgspec.structs.replace(VALLEY, billing=Billing(by=by)))
    line = {"kind": "fee", "words": "Fee", "amount": "75.00"}
    _, draft = await live.call("POST", "/bills", body={"partner": VALLEY.id, "lines": [line]})
    assert draft["terms"].startswith(f"Net 30 days, {said}."), "before it is finalised"
    _, shown = await act(live, draft["bill"]["id"], "finalise")
    await put(live.store, VALLEY)
    assert (await live.call("GET", f"/bills/{shown['bill']['id']}"))[1]["terms"] == shown["terms"] == draft["terms"]
    bill = await live.store.bills.bill(draft["bill"]["id"])
    assert bill is not None
    ways = (f"To be settled {said}: please send no check and no transfer.",)
    for paper in (bill_paper(bill), reminder_letter(bill, 1, START.date())):
        assert isinstance(paper, InvoicePaper | ReminderLetter)
        assert paper.ways_to_pay == ways, "as it was frozen"
    usual = await make_statement(live.desk, VALLEY.id, StatementQuery())
    assert usual.paper.ways_to_pay == ("By check",)
    await put(live.store, msgspec.structs.replace(VALLEY, billing=Billing(by=by)))
    assert (await make_statement(live.desk, VALLEY.id, StatementQuery())).paper.ways_to_pay == ways


async def test_nothing_is_mailed_without_a_mail_server(live: Live):
    status, answer = await act(live, await invoice(live), "mail", to="bills@partner.example")
    assert (status, "not set up" in answer["detail"]) == (409, True)


async def test_fees_become_drafts_once_as_the_partners_terms_say(live: Live):
    await sent_for_a_fee(live, "r1")
    assert (await live.call("POST", "/bills/fees"))[1]["bills"] == [], "its terms say never"
    await put(live.store, msgspec.structs.replace(VALLEY, billing=Billing(fees=FeesBilled.PER_LOAN)))
    (bill,) = (await live.call("POST", "/bills/fees"))[1]["bills"]
    shown = (await live.call("GET", f"/bills/{bill}"))[1]
    assert (shown["bill"]["state"], shown["bill"]["total"]) == ("draft", "5.00")
    assert (shown["lines"][0]["kind"], shown["lines"][0]["loan"]["request"]) == ("fee", "r1")
    assert (await live.call("POST", "/bills/fees"))[1]["bills"] == []
    await act(live, bill, "drop")
    assert (await live.call("POST", "/bills/fees"))[1]["bills"] == [], "who drops it does not want it"


async def test_after_a_restore_an_administrator_says_which_number_went_out_last(live: Live):
    await invoice(live)
    await live.store.recovery.begin(Recovery(since=START, why="Restored."))
    await live.call("POST", "/recovery/confirm-access")
    numbers = (await live.call("GET", "/recovery/numbers"))[1]
    assert numbers["in_doubt_since"] is not None
    assert {(each["series"], each["last"]) for each in numbers["last"]} == {("INV", 1), ("CN", 0)}
    line = {"kind": "fee", "words": "Fee", "amount": "1.00"}
    bill = (await live.call("POST", "/bills", body={"partner": VALLEY.id, "lines": [line]}))[1]["bill"]["id"]
    status, answer = await act(live, bill, "finalise")
    assert (status, "an administrator says so" in answer["detail"]) == (409, True)
    too_low = {"last": [{"series": "INV", "fiscal_year": 2027, "last": 0}]}
    assert (await live.call("POST", "/recovery/numbers", body=too_low))[0] == 409
    said = {"last": [{"series": "INV", "fiscal_year": 2027, "last": 4}]}
    status, numbers = await live.call("POST", "/recovery/numbers", body=said)
    assert (status, numbers["in_doubt_since"]) == (200, None)
    assert [(lost["first"], lost["last"]) for lost in numbers["lost"]] == [("INV-2027-00002", "INV-2027-00004")]
    assert (await act(live, bill, "finalise"))[1]["bill"]["number"] == "INV-2027-00005"
    assert (await live.call("POST", "/recovery/numbers", body=said))[0] == 409, "nothing is in doubt"


async def test_a_partner_is_not_removed_while_something_between_us_is_not_settled(live: Live):
    bill = await invoice(live)
    version = (await live.call("GET", f"/partners/{VALLEY.id}"))[1]["version"]

    async def removed() -> tuple[int, Any]:
        return await live.call("DELETE", f"/partners/{VALLEY.id}", params={"version": version})

    status, answer = await removed()
    assert (status, "settle that first" in answer["detail"]) == (409, True)
    paid = {"partner": VALLEY.id, "amount": "80.00", "currency": "USD", "means": "check"}
    await live.call("POST", "/payments", body=paid)
    assert (await removed())[0] == 409, "it has credit"
    await live.call("POST", "/payments/back", body={"partner": VALLEY.id, "amount": "5.00", "currency": "USD"})
    assert (await removed())[0] == 200
    shown = (await live.call("GET", f"/bills/{bill}"))[1]
    assert shown["bill"]["partner_name"] == VALLEY.name, "a bill keeps the name that it was finalised with"


async def test_a_list_of_partners_that_leaves_one_out_removes_it_not(live: Live):
    bill = await invoice(live)
    text = "id,name,peer,symbols\neast,Example East Library,hub,ISIL:XX-EAST\n"
    headers = {"Authorization": f"Bearer {live.tokens[StaffRole.ADMIN]}", "Content-Type": "text/csv"}
    async with live.http.post(f"{live.url}{PREFIX}/directory/import", data=text, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
    listed = (await live.call("GET", "/partners"))[1]["partners"]
    assert {each["id"] for each in listed} == {VALLEY.id, "east"}
    paid = {"partner": VALLEY.id, "amount": "75.00", "currency": "USD", "means": "check"}
    assert (await live.call("POST", "/payments", body=paid))[1]["shares"] == {bill: "75.00"}


async def test_of_two_people_who_finalise_one_invoice_at_once_one_has_its_number_and_the_other_words(live: Live):
    for number in range(1, 6):
        line = {"kind": "fee", "words": "Fee", "amount": "5.00"}
        bill = (await live.call("POST", "/bills", body={"partner": VALLEY.id, "lines": [line]}))[1]["bill"]["id"]
        both = (StaffRole.TECHNICIAN, StaffRole.MANAGER)
        answers = await asyncio.gather(*(act(live, bill, "finalise", role) for role in both))
        (_, done), (refused, told) = sorted(answers, key=lambda answer: answer[0])
        assert (done["bill"]["number"], refused) == (f"INV-2027-{number:05}", 409)
        assert told["detail"] == "“finalise” is not possible while the invoice is “finalised”."


async def test_a_partner_that_is_renamed_keeps_its_old_name_on_what_is_finalised(live: Live):
    bill = await invoice(live)
    await put(live.store, msgspec.structs.replace(VALLEY, name="Renamed Valley Library"))
    assert (await live.call("GET", f"/bills/{bill}"))[1]["bill"]["partner_name"] == VALLEY.name
    owed = (await live.call("GET", "/bills/owed"))[1]["partners"]
    assert [each["partner_name"] for each in owed] == ["Renamed Valley Library"]


async def test_a_new_fiscal_year_begins_its_numbers_at_one(live: Live):
    await invoice(live)
    await live.time.advance(300 * 24 * 3600)
    bill = await invoice(live)
    assert (await live.call("GET", f"/bills/{bill}"))[1]["bill"]["number"] == "INV-2028-00001"
