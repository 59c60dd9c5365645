"""Lenders' invoices over the live API (duty 10): from the paper to the payment, what history says, disputes, and what is refused."""

import csv
import io
from typing import Any

import msgspec
import pytest

from gateway.dispatch.purging import purge
from gateway.store.directory_port import RecordChange
from gateway.store.port import StoreUnavailable
from gateway.workflow.records import State
from gateway.workflow.staff import StaffRole
from tests.web.invoicing import (
    CLAIM,
    DAY,
    MANAGER,
    PDF,
    TECHNICIAN,
    act,
    came,
    changed,
    enter,
    fetch,
    hand_in,
    made,
    says,
)
from tests.web.known import START, VALLEY
from tests.web.live import Live

# ── the way from paper to payment ────────────────────────────────────────────────────────────────


async def test_an_invoice_goes_from_its_entry_to_its_payment(live: Live):
    await came(live)
    shown = await enter(live, headers={"Idempotency-Key": "k1"})
    name = shown["invoice"]["id"]
    assert (shown["invoice"]["state"], shown["invoice"]["lender"]) == ("entered", VALLEY.name)
    assert shown["invoice"]["title"] == "The Imaginary Almanac"
    assert set(says(shown).values()) == {"agrees", "can't tell"}
    again = await enter(live, status=200, headers={"Idempotency-Key": "k1"})
    assert again["invoice"]["id"] == name

    status, done = await hand_in(live, name, PDF)
    assert (status, done["words"]) == (200, f"The document is kept, as {name}-1.pdf.")
    async with fetch(live, f"/invoices/{name}/documents/1") as answer:
        assert (answer.status, answer.content_type, await answer.read()) == (200, "application/pdf", PDF)
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}-1.pdf"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]

    verified = await act(live, name, "verify")
    assert (verified["invoice"]["state"], verified["verified_by"]) == ("verified", "a-technician")
    await act(live, name, "approve", TECHNICIAN, status=403)
    approved = await act(live, name, "approve", MANAGER)
    assert (approved["invoice"]["state"], approved["approved_by"]) == ("approved", "a-manager")

    status, batch = await live.call("POST", "/invoices/exports", role=TECHNICIAN, body={})
    assert (status, batch["count"], batch["totals"]) == (201, 1, {"USD": "80.00"})
    async with fetch(live, f"/invoices/exports/{batch['batch']}") as answer:
        (row,) = csv.DictReader(io.StringIO(await answer.text()))
    assert (row["invoice"], row["amount"], row["approved_by"]) == ("2026/00417", "80.00", "a-manager")
    assert (await live.call("POST", "/invoices/exports", role=TECHNICIAN, body={}))[0] == 409

    await act(live, name, "pay", status=409, reference="4711")
    await live.time.advance(8 * 86_400)
    await act(live, name, "pay", status=409, reference=" ")
    paid = await act(live, name, "pay", reference="4711", means="bank transfer")
    assert (paid["invoice"]["state"], paid["reference"], paid["paid_on"]) == ("paid", "4711", "2026-11-05")
    words = [line["words"] for line in paid["history"]]
    assert len(words) == 6, words
    totals = (await live.call("GET", "/invoices"))[1]["totals"]
    assert totals == [{"state": "paid", "currency": "USD", "count": 1, "agreed": "80.00"}]


async def test_what_our_customer_lost_gets_the_lenders_price_in_the_ils_first(live: Live):
    await came(live)
    name = (await enter(live))["invoice"]["id"]
    verified = await act(live, name, "verify")
    assert verified["invoice"]["pay_from"] == "2026-11-04"
    (row,) = (await live.call("GET", "/prices", role=StaffRole.VIEWER))[1]["rows"]
    assert (row["request"], row["amount"], row["by_lender"]) == ("B-00001", "80.00", True)


async def test_whoever_entered_it_never_approves_it(live: Live):
    await came(live)
    status, shown = await live.call("POST", "/invoices", role=MANAGER, body=CLAIM)
    assert status == 201
    name = shown["invoice"]["id"]
    verified = await act(live, name, "verify", TECHNICIAN)
    assert "approve" not in [offer["act"] for offer in verified["acts"]], "a technician may not"
    refused = await act(live, name, "approve", MANAGER, status=409)
    assert "a second person does" in refused["detail"]
    shown = (await live.call("GET", f"/invoices/{name}", role=MANAGER))[1]
    assert "approve" not in [offer["act"] for offer in shown["acts"]]
    approved = await act(live, name, "approve", StaffRole.ADMIN)
    assert approved["approved_by"] == "first-admin"


async def test_who_corrected_it_does_not_approve_it_either(live: Live):
    await came(live)
    name = (await enter(live))["invoice"]["id"]
    corrected = await act(live, name, "correct", MANAGER, claim=CLAIM | {"amount": "75.00"})
    assert (corrected["invoice"]["amount"], corrected["hands"]) == ("75.00", ["a-technician", "a-manager"])
    await act(live, name, "verify")
    await act(live, name, "approve", MANAGER, status=409)


# ── what history says ────────────────────────────────────────────────────────────────────────────


async def test_a_book_that_was_back_is_disputed_with_our_evidence(live: Live):
    await came(live, state=State.COMPLETED, returned_at=START - 30 * DAY)
    shown = await enter(live)
    name = shown["invoice"]["id"]
    assert says(shown)["back before the invoice"] == "differs"
    refused = await act(live, name, "verify", status=409)
    assert "differs from our records" in refused["detail"]
    disputed = await act(live, name, "dispute", reason="The book is back on your shelf.")
    assert (disputed["invoice"]["state"], disputed["letter_made"]) == ("disputed", False)
    kept = await live.store.invoices.invoice(name)
    assert kept is not None
    assert kept.letter is not None
    assert kept.letter.evidence == ("We sent it back on 2026-09-28.",)
    assert kept.letter.them.name == VALLEY.name

    await act(live, name, "posted", status=409)
    await made(live, name)
    async with fetch(live, f"/invoices/{name}/letters/1") as answer:
        assert (answer.status, answer.content_type, await answer.read()) == (200, "application/pdf", PDF)
    posted = await act(live, name, "posted")
    assert posted["sent_by"] == "paper"
    await act(live, name, "end-dispute", status=409, reason="", amount="0")
    await act(live, name, "end-dispute", status=422, reason="They agree.", amount="0.001")
    over = await act(live, name, "end-dispute", reason="They agree.", amount="0")
    assert (over["invoice"]["state"], over["invoice"]["agreed"]) == ("withdrawn", "0.00")


async def test_an_invoice_that_is_entered_twice_under_slightly_different_numbers_is_seen(live: Live):
    await came(live)
    first = (await enter(live))["invoice"]["id"]
    refused = await enter(live, status=409, number="2026-00417")
    assert "kept already" in refused["detail"]
    slip = await enter(live, number="2026/00471")
    assert says(slip)["billed before"] == "differs"
    finding = next(each for each in slip["findings"] if each["check"] == "billed before")
    assert "almost the same number, 2026/00417," in finding["words"]
    assert first in finding["inside"]
    without = await enter(live, number="INV 2026 417", request=None)
    assert says(without)["billed before"] == "agrees", "2026417 is another number than 202600417, by two places"


async def test_what_was_entered_meanwhile_counts_when_somebody_verifies(live: Live):
    await came(live)
    first = (await enter(live))["invoice"]["id"]
    await enter(live, number="2026/00471")
    refused = await act(live, first, "verify", status=409)
    assert "differs" in refused["detail"]
    again = await act(live, first, "check")
    assert says(again)["billed before"] == "differs"


async def test_a_request_is_found_by_our_number_and_by_the_lenders(live: Live):
    await came(live)
    assert (await enter(live, request="b-00001"))["invoice"]["request"] == "B-00001"
    unknown = await enter(live, request="B-99999", number="9")
    assert (unknown["invoice"]["request"], says(unknown)["our request"]) == ("B-99999", "differs")
    none = await enter(live, request=None, number="10")
    assert says(none)["our request"] == "can't tell"


async def test_a_lender_is_named_by_its_id_its_symbol_or_its_name(live: Live):
    for place, lender in enumerate((VALLEY.id, "isil:xx-evl", "example  valley library")):
        shown = await enter(live, lender=lender, number=f"A-{place}00", request=None)
        assert (shown["invoice"]["partner"], shown["invoice"]["lender"]) == (VALLEY.id, VALLEY.name)
    stranger = await enter(live, lender="Library of Nowhere", number="A-9", request=None)
    assert (stranger["invoice"]["partner"], stranger["invoice"]["lender"]) == (None, "Library of Nowhere")


async def test_a_partner_that_is_renamed_or_removed_leaves_the_invoice_as_it_was(live: Live):
    await came(live)
    name = (await enter(live))["invoice"]["id"]
    renamed = msgspec.structs.replace(VALLEY, name="Valley and Hills Library")
    await changed(live, RecordChange(before=VALLEY, after=renamed))
    shown = (await live.call("GET", f"/invoices/{name}"))[1]["invoice"]
    assert (shown["lender"], shown["partner_name"]) == (VALLEY.name, "Valley and Hills Library")
    assert says(await act(live, name, "check"))["supplied by this lender"] == "agrees"
    await changed(live, RecordChange(before=renamed))
    shown = (await live.call("GET", f"/invoices/{name}"))[1]["invoice"]
    assert (shown["lender"], shown["partner"], shown["partner_name"]) == (VALLEY.name, VALLEY.id, None)
    assert len((await live.call("GET", f"/invoices?lender={VALLEY.id}"))[1]["invoices"]) == 1
    assert says(await act(live, name, "check"))["supplied by this lender"] == "agrees"
    await act(live, name, "verify", reason="We know them.")


async def test_a_partner_that_was_merged_with_another_is_the_same_lender(live: Live):
    await came(live)
    first = (await enter(live, request=None))["invoice"]["id"]
    union = msgspec.structs.replace(
        VALLEY, id="union", name="Valley Union Library", symbols=("ISIL:XX-UNI",), aliases=VALLEY.symbols
    )
    await changed(live, RecordChange(before=VALLEY))
    await changed(live, RecordChange(after=union))
    again = await enter(live, lender="union")
    assert says(again)["supplied by this lender"] == "agrees", (
        "the request was asked of a symbol that the union has now"
    )
    assert says(again)["billed before"] == "differs"
    assert first in next(each["inside"] for each in again["findings"] if each["check"] == "billed before")


async def test_a_purged_request_leaves_its_invoice_as_it_was(live: Live):
    await came(live)
    name = (await enter(live))["invoice"]["id"]
    await purge(live.store, ("B-00001",), at=START)
    shown = (await live.call("GET", f"/invoices/{name}"))[1]
    assert (shown["invoice"]["state"], says(shown)["our request"]) == ("entered", "agrees"), "as it was compared then"
    again = await act(live, name, "check")
    assert says(again)["our request"] == "can't tell"
    assert (await act(live, name, "verify"))["invoice"]["state"] == "verified"


# ── amounts, days, and what is refused ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("more", "column"),
    [
        ({"amount": "1.005"}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "1E+20"}, "amount"),
        ({"currency": "XXX"}, "currency"),
        ({"dated": "1950-01-01"}, "dated"),
        ({"dated": "2031-01-01"}, "dated"),
        ({"due": "2026-10-01"}, "due"),
        ({"number": "--"}, "number"),
    ],
)
async def test_what_can_not_stand_on_an_invoice_is_told_at_its_field(live: Live, more: dict[str, Any], column: str):
    answer = await enter(live, status=422, **more)
    assert [problem["column"] for problem in answer["problems"]] == [column]
    assert (await live.call("GET", "/invoices"))[1]["invoices"] == []


async def test_amounts_of_a_billion_and_of_nothing(live: Live):
    await came(live)
    big = await enter(live, amount="1000000000.00", number="A-1000")
    assert big["invoice"]["agreed"] == "1000000000.00"
    free = await enter(live, amount="0", number="B-2000", kind="damaged")
    over = await act(live, free["invoice"]["id"], "verify", reason="They said so.")
    assert over["invoice"]["state"] == "withdrawn"


async def test_a_fiscal_year_that_changes_leaves_what_was_filed_where_it_was(live: Live):
    await came(live)
    first = (await enter(live))["invoice"]
    calendar = msgspec.structs.replace(live.desk.money.billing, year_begins=(1, 1))
    object.__setattr__(live.desk.money, "billing", calendar)  # as after a restart with other settings
    second = (await enter(live, number="88", kind="damaged"))["invoice"]
    assert (first["fiscal_year"], second["fiscal_year"]) == (2027, 2026)
    assert (await act(live, first["id"], "verify"))["invoice"]["fiscal_year"] == 2027
    filed = {year: (await live.call("GET", f"/invoices?fiscal_year={year}"))[1]["invoices"] for year in (2026, 2027)}
    assert {year: [each["id"] for each in found] for year, found in filed.items()} == {
        2026: [second["id"]],
        2027: [first["id"]],
    }


async def test_who_saw_an_older_version_is_told(live: Live):
    await came(live)
    shown = await enter(live)
    name, version = shown["invoice"]["id"], shown["invoice"]["version"]
    await act(live, name, "note", reason="call them", seen=version)
    await act(live, name, "note", reason="call them", seen=version, status=409)


async def test_a_payment_while_the_store_is_away_is_told_and_nothing_is_half_done(
    live: Live, monkeypatch: pytest.MonkeyPatch
):
    await came(live)
    name = (await enter(live, kind="damaged"))["invoice"]["id"]
    await act(live, name, "verify")
    await act(live, name, "approve", MANAGER)

    async def away(_change: object) -> None:
        raise StoreUnavailable("gone")

    with monkeypatch.context() as patch:
        patch.setattr(live.store.invoices, "commit", away)
        refused = await act(live, name, "pay", status=503, reference="4711")
        assert "Nothing was changed" in refused["detail"]
    shown = (await live.call("GET", f"/invoices/{name}"))[1]
    assert (shown["invoice"]["state"], shown["reference"]) == ("approved", "")
    assert (await act(live, name, "pay", reference="4711"))["invoice"]["state"] == "paid"


async def test_only_a_manager_says_that_a_payment_came_back(live: Live):
    await came(live)
    name = (await enter(live, kind="damaged"))["invoice"]["id"]
    await act(live, name, "verify")
    await act(live, name, "approve", MANAGER)
    await act(live, name, "pay", reference="4711")
    await act(live, name, "not-paid", status=403, reason="bounced")
    back = await act(live, name, "not-paid", MANAGER, reason="bounced")
    assert (back["invoice"]["state"], back["reference"]) == ("approved", "")


async def test_nothing_is_mailed_without_a_mail_server(live: Live):
    await came(live)
    name = (await enter(live))["invoice"]["id"]
    await act(live, name, "dispute", reason="Not so.")
    await made(live, name)
    assert "not set up" in (await act(live, name, "mail", status=409, to="ill@partner.example"))["detail"]
