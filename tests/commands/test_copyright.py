"""`copyright` against a live API."""

from pathlib import Path

from tests.commands.shell import Shell
from tests.web.known import START
from tests.web.test_copyright import ask

YEAR = ("--year", str(START.year))


async def test_titles_are_listed_and_written_to_a_file(shell: Shell, tmp_path: Path):
    for number in range(1, 7):
        await ask(shell.live, number)
    ran = await shell.run("copyright", "list", *YEAR)
    assert "The Journal" in ran.out
    assert "1 over what is allowed, 1 of them filled and without a royalty." in ran.out
    file = tmp_path / "ccc.csv"
    assert (await shell.run("copyright", "list", *YEAR, "--over", "--into", str(file))).code == 0
    assert file.read_text().count("The Journal") == 6


async def test_a_royalty_is_noted(shell: Shell):
    request = await ask(shell.live, 1)
    ran = await shell.run("copyright", "royalty", request, "12.5", "--currency", "EUR", "--reference", "CCC-2")
    assert ran.out == "Royalty paid: 12.50 EUR on 2026-10-28 (CCC-2).\n"
    ran = await shell.run("copyright", "royalty", request, "much")
    assert (ran.code, "amount: must be an amount like 12.50" in ran.err) == (1, True)
