"""`invoices …` against a live API (duty 10): from the paper in hand to the payment, lists, letters, exports."""

from pathlib import Path

from gateway.commands.manual import arguments, parsers
from gateway.workflow.staff import StaffRole
from tests.commands.shell import Shell
from tests.web.invoicing import LIST, PDF, act, came, made
from tests.web.known import VALLEY


async def only(shell: Shell) -> str:
    (invoice,) = (await shell.live.call("GET", "/invoices"))[1]["invoices"]
    return str(invoice["id"])


async def test_an_invoice_is_entered_verified_exported_and_paid(shell: Shell, tmp_path: Path):
    assert (await shell.run("invoices", "list")).out == "No invoice is so.\n"
    await came(shell.live)
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(PDF)
    entered = await shell.run(
        "invoices", "enter", VALLEY.id, "2026/00417", "80.00", "--dated", "2026-10-20", "--kind", "damaged",
        "--request", "B-00001", "--document", str(paper),
    )  # fmt: skip
    assert entered.code == 0, entered.err
    name = await only(shell)
    assert f"kept as {name}: entered" in entered.out
    assert "agrees" in entered.out
    assert f"Documents: {name}-1.pdf." in entered.out
    back = tmp_path / "back.pdf"
    assert (await shell.run("invoices", "document", name, str(back))).code == 0
    assert back.read_bytes() == PDF
    assert "2026/00417" in (await shell.run("invoices", "list", "alman", "--state", "entered")).out
    corrected = await shell.run("invoices", "act", name, "correct", "--amount", "75.00")
    assert "75.00 USD" in corrected.out
    assert "verified" in (await shell.run("invoices", "act", name, "verify")).out
    refused = await shell.run("invoices", "act", name, "approve")
    assert (refused.code, "a second person does" in refused.err) == (1, True)
    await act(shell.live, name, "approve", StaffRole.MANAGER)
    exported = (await shell.run("invoices", "export")).out.splitlines()
    assert exported[0].startswith("invoice,entry,lender,")
    assert ",75.00,USD," in exported[1]
    listed = (await shell.run("invoices", "exports")).out
    assert "Approved and not exported: 0." in listed
    batch = listed.splitlines()[1].split()[0]
    assert (await shell.run("invoices", "export", batch)).out.splitlines() == exported
    paid = await shell.run("invoices", "act", name, "pay", "--reference", "4711", "--on", "2026-10-28")
    assert "paid" in paid.out
    assert "80.00" not in (await shell.run("invoices", "show", name)).out


async def test_a_dispute_leaves_its_letter_in_a_file(shell: Shell, tmp_path: Path):
    await came(shell.live)
    await shell.run("invoices", "enter", VALLEY.id, "77", "80.00", "--dated", "2026-10-20", "--request", "B-00001")
    name = await only(shell)
    file = tmp_path / "letter.pdf"
    none = await shell.run("invoices", "letter", name, str(file))
    assert none.err == "No letter has been made for this invoice.\n"
    assert "disputed" in (await shell.run("invoices", "act", name, "dispute", "--reason", "Not so.")).out
    await made(shell.live, name)
    assert (await shell.run("invoices", "letter", name, str(file))).code == 0
    assert file.read_bytes() == PDF
    over = await shell.run("invoices", "act", name, "end-dispute", "--reason", "They agree.", "--amount", "0")
    assert "withdrawn" in over.out


async def test_a_list_is_looked_at_and_taken(shell: Shell, tmp_path: Path):
    await came(shell.live)
    file = tmp_path / "list.csv"
    file.write_text(LIST)
    assert (
        "Would be entered: 2; kept already: 0." in (await shell.run("invoices", "import", str(file), "--preview")).out
    )
    assert "Entered: 2; kept already: 0." in (await shell.run("invoices", "import", str(file))).out
    assert "Entered: 0; kept already: 2." in (await shell.run("invoices", "import", str(file))).out
    file.write_text("lender,number\n")
    assert "nothing was entered" in (await shell.run("invoices", "import", str(file))).err


async def test_what_can_not_be_read_is_said_before_anything_is_asked(shell: Shell):
    wrong = await shell.run("invoices", "enter", VALLEY.id, "77", "five", "--dated", "2026-10-20")
    assert wrong.err == "five is no amount: write it like 12.50.\n"
    assert (await shell.run("invoices", "add-document", "V-1", "/no/such/file")).err.endswith(
        "No such file or directory.\n"
    )


def test_the_currency_is_the_librarys_own_of_a_new_invoice_and_stays_in_one_that_is_corrected():
    help_of = {
        path: argument.help
        for path, parser, _ in parsers()
        if path in {("invoices", "enter"), ("invoices", "act")}
        for argument in arguments(parser)
        if argument.dest == "currency"
    }
    assert help_of == {("invoices", "enter"): "ISO 4217 (the library's own)", ("invoices", "act"): "ISO 4217"}
