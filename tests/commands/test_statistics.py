"""`figures` against a live API."""

from pathlib import Path

import pytest

from gateway.dispatch.bookkeeping import Bookkeeper
from gateway.reports.folding import House
from tests.commands.shell import Shell
from tests.reports.made_up import OWN, by_time, ways

YEAR = ("--period", "2025")


@pytest.fixture
async def lived(shell: Shell) -> Shell:
    live = shell.live
    for change in by_time(ways(7, 40)):
        await live.store.commit(change)
    await Bookkeeper(live.store, lambda: House(own=frozenset({OWN})), live.time).catch_up()
    return shell


async def test_list_names_figures_and_reports_with_their_definitions(shell: Shell):
    ran = await shell.run("figures", "list")
    assert "provided: Provided to other libraries" in ran.out
    assert "report annual:" in ran.out


async def test_show_prints_lines_columns_and_the_definition(lived: Shell):
    ran = await lived.run("figures", "show", "fill-lending", *YEAR)
    assert "Fill rate" in ran.out
    assert "%" in ran.out
    assert "sent ÷ (sent + unfilled" in ran.out
    assert (await lived.run("figures", "show", "fees", *YEAR)).out.count("USD") == 1
    assert (await lived.run("figures", "show", "turnaround-lending", *YEAR, "--json")).json["period"]["name"] == "2025"


async def test_report_prints_its_lines(lived: Shell):
    ran = await lived.run("figures", "report", "annual", *YEAR)
    assert "575 Interlibrary loans provided to other libraries" in ran.out


async def test_requests_are_listed_page_by_page(lived: Shell):
    ran = await lived.run("figures", "requests", "came", *YEAR, "--column", "lending", "--limit", "2")
    assert ran.out.count("L-0") == 2
    assert "More: --after " in ran.out
    after = ran.out.split("--after ")[1].strip()
    more = await lived.run("figures", "requests", "came", *YEAR, "--column", "lending", "--after", after)
    assert "L-0" in more.out


@pytest.mark.process
@pytest.mark.parametrize("words", [("show", "partners"), ("report", "arl"), ("export",)])
async def test_files_are_written(lived: Shell, tmp_path: Path, words: tuple[str, ...]):
    for ending, begins in ((".csv", b""), (".xlsx", b"PK")):
        file = tmp_path / f"figures{ending}"
        ran = await lived.run("figures", *words, *YEAR, "--into", str(file))
        assert ran.code == 0, ran.err
        assert file.read_bytes().startswith(begins)
        assert file.stat().st_size > 50


async def test_a_file_of_another_kind_and_a_period_that_is_none_are_said(lived: Shell, tmp_path: Path):
    ran = await lived.run("figures", "export", "--into", str(tmp_path / "x.doc"))
    assert (ran.code, "must end in .csv or .xlsx" in ran.err) == (1, True)
    ran = await lived.run("figures", "show", "provided", "--period", "soon")
    assert (ran.code, "--period: a month like" in ran.err) == (1, True)
