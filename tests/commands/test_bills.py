"""`bills …` against a live API: from a fee to its payment, and what goes to the accounting system."""

from pathlib import Path

from tests.commands.shell import Shell
from tests.web.live import VALLEY
from tests.web.test_bills import PDF, lost, made


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


async def test_what_can_not_be_read_is_said_before_anything_is_asked(shell: Shell):
    assert (await shell.run("bills", "begin")).err == "Name either a request or --partner.\n"
    wrong = await shell.run("bills", "pay", VALLEY.id, "five", "USD")
    assert wrong.err == "five is no amount: write it like 12.50.\n"
    unknown = await shell.run("bills", "begin", "--partner", VALLEY.id, "--line", "gift", "1.00", "x")
    assert unknown.err.startswith("There is no kind of line gift")
