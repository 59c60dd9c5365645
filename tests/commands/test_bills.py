"""`bills …` against a live API: from a fee to its payment, and what goes to the accounting system."""

from pathlib import Path

import msgspec
import pytest

from gateway.workflow.partners import Billing, FeesBilled
from tests.commands.shell import Shell
from tests.fakes.directory import put
from tests.web.billing import PDF, invoice, lost, made, sent_for_a_fee
from tests.web.known import VALLEY


async def test_a_fee_is_billed_and_paid(shell: Shell, tmp_path: Path):
    assert (await shell.run("bills", "list")).out == "There is no such bill here.\n"
    begun = await shell.run("bills", "begin", "--partner", VALLEY.id, "--line", "fee", "12.50", "Fee of October")
    assert "Total 12.50 USD" in begun.out
    (bill,) = (await shell.live.call("GET", "/bills"))[1]["bills"]
    finalised = await shell.run("bills", "act", bill["id"], "finalise")
    assert finalised.out.startswith("Invoice INV-2027-00001: finalised")
    await made(shell.live, bill["id"])
    file = tmp_path / "invoice.pdf"
    assert (await shell.run("bills", "paper", "INV-2027-00001", str(file))).code == 0
    assert file.read_bytes() == PDF
    assert "sent" in (await shell.run("bills", "act", "INV-2027-00001", "posted")).out
    paid = await shell.run("bills", "pay", VALLEY.id, "20.00", "USD", "--reference", "4711")
    assert "kept as credit: 7.50" in paid.out
    assert "paid" in (await shell.run("bills", "show", "INV-2027-00001")).out
    assert "4711" in (await shell.run("bills", "payments")).out
    assert "7.50" in (await shell.run("bills", "owed")).out
    exported = (await shell.run("bills", "export")).out.splitlines()
    assert [line.split(",")[1] for line in exported] == ["kind", "billed", "paid", "overpaid"]


async def test_what_did_not_come_back_is_listed_and_begun(shell: Shell):
    await lost(shell.live)
    assert "r1" in (await shell.run("bills", "to-bill")).out
    assert "candidate" in (await shell.run("bills", "begin", "r1")).out
    refused = await shell.run("bills", "begin", "r1")
    assert (refused.code, "There is a bill for this item already" in refused.err) == (1, True)


async def test_fees_that_are_due_become_bills(shell: Shell):
    assert (await shell.run("bills", "fees")).out == "No fee is due.\n"
    await put(shell.live.store, msgspec.structs.replace(VALLEY, billing=Billing(fees=FeesBilled.PER_LOAN)))
    await sent_for_a_fee(shell.live, "r1")
    gathered = await shell.run("bills", "fees")
    (bill,) = (await shell.live.call("GET", "/bills"))[1]["bills"]
    assert (gathered.code, gathered.out) == (0, f"{bill['id']}\n")
    assert (bill["state"], bill["total"]) == ("draft", "5.00")
    assert (await shell.run("bills", "fees", "--json")).json == {"bills": []}


async def test_credit_is_paid_back_and_no_more_than_there_is(shell: Shell):
    await shell.run("bills", "pay", VALLEY.id, "20.00", "USD")
    more = await shell.run("bills", "pay-back", VALLEY.id, "20.01", "USD")
    assert (more.code, more.out) == (1, "")
    back = await shell.run(
        "bills",
        "pay-back",
        VALLEY.id,
        "5.00",
        "USD",
        "--on",
        "2026-10-27",
        "--means",
        "bank transfer",
        "--reference",
        "R-1",
    )
    assert "5.00 USD of Example Valley Library.\nPaid back to it, out of its credit.\n" in back.out
    (paid,) = [each for each in (await shell.live.call("GET", "/payments"))[1]["payments"] if each["back"]]
    assert (paid["amount"], paid["received_on"], paid["means"], paid["reference"]) == (
        "5.00",
        "2026-10-27",
        "bank transfer",
        "R-1",
    )
    assert "15.00" in (await shell.run("bills", "owed")).out


async def test_a_payment_that_did_not_hold_is_taken_back_with_its_reason(shell: Shell):
    bill = await invoice(shell.live)
    await shell.run("bills", "pay", VALLEY.id, "75.00", "USD")
    (paid,) = (await shell.live.call("GET", "/payments"))[1]["payments"]
    assert (await shell.run("bills", "take-back", paid["id"])).code == 2, "a reason is asked for"
    back = await shell.run("bills", "take-back", paid["id"], "--reason", "It bounced.")
    assert (back.code, "Taken back: It bounced." in back.out) == (0, True)
    assert "owed 75.00" in (await shell.run("bills", "show", bill)).out
    assert "taken back" in (await shell.run("bills", "payments")).out


async def test_a_credit_note_is_begun_by_the_terms_or_by_its_lines(shell: Shell):
    bill = await invoice(shell.live)
    note = await shell.run("bills", "credit-note", bill, "--line", "credit", "15.00", "A mistake")
    assert (note.code, note.out.startswith("Credit note ")) == (0, True)
    assert "A mistake" in note.out
    (begun,) = [each for each in (await shell.live.call("GET", "/bills"))[1]["bills"] if each["id"] != bill]
    assert (begun["kind"], begun["state"], begun["total"]) == ("credit note", "draft", "15.00")
    assert (await shell.run("bills", "credit-note", "nothing")).code == 1


@pytest.mark.process
async def test_a_statement_is_written_to_a_file(shell: Shell, tmp_path: Path):
    await invoice(shell.live)
    file = tmp_path / "statement.pdf"
    days = ("--first", "2026-10-01", "--last", "2026-10-31")
    ran = await shell.run("bills", "statement", VALLEY.id, str(file), *days, "--json")
    assert ran.json == {"pdf": str(file), "bytes": file.stat().st_size}
    assert file.read_bytes().startswith(b"%PDF")
    assert (await shell.run("bills", "statement", "nobody", str(tmp_path / "none.pdf"))).code == 1
    assert not (tmp_path / "none.pdf").exists()


async def test_what_can_not_be_read_is_said_before_anything_is_asked(shell: Shell):
    assert (await shell.run("bills", "begin")).err == "Name either a request or --partner.\n"
    wrong = await shell.run("bills", "pay", VALLEY.id, "five", "USD")
    assert wrong.err == "five is no amount: write it like 12.50.\n"
    unknown = await shell.run("bills", "begin", "--partner", VALLEY.id, "--line", "gift", "1.00", "x")
    assert unknown.err.startswith("There is no kind of line gift")
