"""Printing in a process of its own: the loop goes on, jobs take turns, and what runs wild is stopped."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from gateway.dispatch import printing
from gateway.dispatch.printing import NotPrinted, Printing, TooMuchToPrint
from gateway.documents.job import PaperStyle, PrintChoice, Stationery, Unprintable
from gateway.documents.papers import PrintedWork
from gateway.documents.samples import PULL_SLIP, SAMPLES

pytestmark = pytest.mark.process

NOW = datetime(2026, 9, 1, 3, tzinfo=UTC)


def a_printing(look: PaperStyle | None = None) -> Printing:
    return Printing(look or PaperStyle(), Stationery(), lambda: NOW, UTC)


async def test_papers_come_back_as_a_pdf():
    pdf = await a_printing().pdf("Slips", [PULL_SLIP], PrintChoice())
    assert pdf.startswith(b"%PDF-")
    assert b"pdfuaid:part>1<" in pdf


async def test_modules_in_the_folder_of_the_moment_are_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "msgspec.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)
    assert (await a_printing().pdf("Slips", [PULL_SLIP], PrintChoice())).startswith(b"%PDF-")


async def test_a_stock_that_is_not_there_is_refused_before_anything_is_started():
    with pytest.raises(Unprintable, match="stock"):
        await a_printing().pdf("Slips", [PULL_SLIP], PrintChoice(stock="papyrus"))


async def test_a_templates_mistake_is_told_in_words(tmp_path: Path):
    (tmp_path / "pull-slip.typ").write_text("#let paper(it) = it.nothing", encoding="utf-8")
    with pytest.raises(NotPrinted, match=r"pull-slip\.typ:1"):
        await a_printing(PaperStyle(templates=str(tmp_path))).pdf("Slips", [PULL_SLIP], PrintChoice())


async def test_what_runs_wild_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    endless = "#let paper(it) = for i in range(100000) { for j in range(100000) { for k in range(100000) { } } }"
    (tmp_path / "pull-slip.typ").write_text(endless, encoding="utf-8")
    monkeypatch.setattr(printing, "PATIENCE_S", 0.5)
    press = a_printing(PaperStyle(templates=str(tmp_path)))
    with pytest.raises(NotPrinted, match="stopped"):
        await press.pdf("Slips", [PULL_SLIP], PrintChoice())
    assert _children() == set()


async def test_whoever_hangs_up_stops_the_process():
    job = asyncio.create_task(a_printing().pdf("Slips", [PULL_SLIP] * 200, PrintChoice()))
    while not _children():
        await asyncio.sleep(0.01)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert _children() == set()


async def test_a_process_that_dies_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(printing, "_MODULE", "gateway.no_such_module")
    with pytest.raises(NotPrinted):
        await a_printing().pdf("Slips", [PULL_SLIP], PrintChoice())


async def test_no_more_wait_than_there_is_patience_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(printing, "MOST_WAITING", 1)
    press = a_printing()
    first = asyncio.create_task(press.pdf("Slips", [PULL_SLIP], PrintChoice()))
    await asyncio.sleep(0)
    with pytest.raises(TooMuchToPrint):
        await press.pdf("Slips", [PULL_SLIP], PrintChoice())
    assert (await first).startswith(b"%PDF-")
    assert (await press.pdf("Slips", SAMPLES, PrintChoice())).startswith(b"%PDF-")


async def test_the_process_knows_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ILL_GATEWAY_SECRETS__ACS", "a-secret-for-tests-only")
    assert "a-secret-for-tests-only" not in "".join(printing._environment().values())


async def test_characters_in_no_font_are_counted_in_the_log_and_not_named(caplog: pytest.LogCaptureFixture):
    work = PrintedWork(**{**dict.fromkeys(PrintedWork.__struct_fields__), "title": "想像"})
    await a_printing().pdf("Slips", [msgspec.structs.replace(PULL_SLIP, work=work)], PrintChoice())
    (record,) = caplog.records
    assert record.getMessage().startswith("2 characters are in no font")
    assert "想" not in record.getMessage()


def _children() -> set[str]:
    """The processes that print for us now."""
    task = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    found = task.read_text(encoding="ascii").split()
    return {pid for pid in found if b"gateway.documents.pdf" in Path(f"/proc/{pid}/cmdline").read_bytes()}
