"""`figures` against a live API."""

from pathlib import Path

import pytest

from tests.commands.shell import Shell
from tests.reports.lived import two_years_and_money
from tests.store.fresh import Fill

YEAR = ("--period", "2025")


@pytest.fixture
def fill() -> Fill:
    """A library with two years of made-up requests, and a year of money."""
    return two_years_and_money


async def test_list_names_figures_and_reports_with_their_definitions(shell: Shell):
    ran = await shell.run("figures", "list")
    assert "provided: Provided to other libraries" in ran.out
    assert "report annual:" in ran.out


async def test_show_prints_lines_columns_and_the_definition(shell: Shell):
    ran = await shell.run("figures", "show", "fill-lending", *YEAR)
    assert "Fill rate" in ran.out
    assert "%" in ran.out
    assert "sent ÷ (sent + unfilled" in ran.out
    assert (await shell.run("figures", "show", "fees", *YEAR)).out.count("USD") == 1
    assert (await shell.run("figures", "show", "turnaround-lending", *YEAR, "--json")).json["period"]["name"] == "2025"


async def test_report_prints_its_lines(shell: Shell):
    ran = await shell.run("figures", "report", "annual", *YEAR)
    assert "575 Interlibrary loans provided to other libraries" in ran.out


async def test_requests_are_listed_page_by_page(shell: Shell):
    ran = await shell.run("figures", "requests", "came", *YEAR, "--column", "lending", "--limit", "2")
    assert ran.out.count("L-0") == 2
    assert "More: --after " in ran.out
    after = ran.out.split("--after ")[1].strip()
    more = await shell.run("figures", "requests", "came", *YEAR, "--column", "lending", "--after", after)
    assert "L-0" in more.out


async def test_entries_are_what_a_number_of_money_adds_up(shell: Shell):
    of = ("--period", "2026", "--row", "total/USD", "--column", "billed")
    found = (await shell.run("figures", "entries", "bills", *of, "--json")).json
    ran = await shell.run("figures", "entries", "bills", *of, "--limit", "1")
    assert ran.out.startswith("Total: Billed, ")
    assert found["rows"][0]["number"] in ran.out
    assert "More: --after 1" in ran.out
    more = await shell.run("figures", "entries", "bills", *of, "--after", "1")
    assert found["rows"][1]["number"] in more.out
    assert "Billed to other libraries, USD" in (await shell.run("figures", "report", "annual", "--period", "2026")).out


@pytest.mark.process
@pytest.mark.parametrize("words", [("show", "partners"), ("report", "arl"), ("export",)])
async def test_files_are_written(shell: Shell, tmp_path: Path, words: tuple[str, ...]):
    for ending, begins in ((".csv", b""), (".xlsx", b"PK")):
        file = tmp_path / f"figures{ending}"
        ran = await shell.run("figures", *words, *YEAR, "--into", str(file))
        assert ran.code == 0, ran.err
        assert file.read_bytes().startswith(begins)
        assert file.stat().st_size > 50


async def test_a_file_of_another_kind_and_a_period_that_is_none_are_said(shell: Shell, tmp_path: Path):
    ran = await shell.run("figures", "export", "--into", str(tmp_path / "x.doc"))
    assert (ran.code, "must end in .csv or .xlsx" in ran.err) == (1, True)
    ran = await shell.run("figures", "show", "provided", "--period", "soon")
    assert (ran.code, "--period: a month like" in ran.err) == (1, True)
