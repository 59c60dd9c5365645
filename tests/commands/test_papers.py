"""`papers check | copy | stocks`: no gateway runs."""

import json
from pathlib import Path

import pytest

from gateway.cli import main
from gateway.documents.template_files import TEMPLATES
from gateway.stationery import STOCKS

SETTINGS = """\
[library]
name = "Example Metropolitan Library"
symbols = ["ISIL:XX-EXAMPLE"]
time_zone = "Europe/Berlin"
[acs]
host = "acs.example.org"
[papers]
templates = "{folder}"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The library's own templates, which the settings name."""
    own = tmp_path / "own"
    own.mkdir()
    settings = tmp_path / "ill-gateway.toml"
    settings.write_text(SETTINGS.format(folder=own), encoding="utf-8")
    monkeypatch.setenv("ILL_GATEWAY_CONFIG", str(settings))
    return own


def test_ours_can_be_printed_and_looked_at(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["papers", "check", "--pdf", str(tmp_path / "look.pdf"), "--outlines"]) == 0
    assert capsys.readouterr().out == "All papers can be printed.\n"
    assert (tmp_path / "look.pdf").read_bytes().startswith(b"%PDF-")


def test_each_mistake_is_told_with_line_and_reason(folder: Path, capsys: pytest.CaptureFixture[str]):
    (folder / "strap.typ").write_text("#let paper(it) = [\n  #it.nonsense\n]\n", encoding="utf-8")
    (folder / "return-label.typ").write_text("#let paper(it) = [", encoding="utf-8")
    assert main(["papers", "check"]) == 1
    said = capsys.readouterr().out
    assert "strap.typ:2:6" in said
    assert 'dictionary does not contain key "nonsense"' in said
    assert "unclosed delimiter" in said
    assert "2 of 15 papers can't be printed." in said
    assert main(["papers", "check", "--json"]) == 1
    assert set(json.loads(capsys.readouterr().out)["faults"]) == {"strap", "return-label"}


def test_what_does_not_suit_the_sheets_of_one_printer_is_told(folder: Path, capsys: pytest.CaptureFixture[str]):
    template = "#let paper(it) = layout(size => if size.width > 5in { it.nothing } else { [A label] })"
    (folder / "shipping-label.typ").write_text(template)
    settings = folder.parent / "ill-gateway.toml"
    settings.write_text(settings.read_text() + '[papers.printers.upstairs]\nshipping-label = "5126"\n')
    assert main(["papers", "check", "--json"]) == 1
    assert set(json.loads(capsys.readouterr().out)["faults"]) == {"shipping-label at upstairs"}


def test_a_template_that_is_no_text_is_told(folder: Path, capsys: pytest.CaptureFixture[str]):
    (folder / "strap.typ").write_bytes("#let paper(it) = [fällig]".encode("latin-1"))
    assert main(["papers", "check"]) == 1
    assert "strap.typ is not text in UTF-8." in capsys.readouterr().out


def test_a_copied_template_is_the_librarys_to_change(folder: Path, capsys: pytest.CaptureFixture[str]):
    (folder / "strap.typ").write_text("ours", encoding="utf-8")
    assert main(["papers", "copy", str(folder), "strap", "return-slip"]) == 0
    assert capsys.readouterr().out == "Copied: return-slip.typ.\nLeft as they are: strap.typ.\n"
    assert (folder / "strap.typ").read_text(encoding="utf-8") == "ours"
    assert (folder / "return-slip.typ").read_bytes() == (TEMPLATES / "return-slip.typ").read_bytes()
    assert main(["papers", "copy", str(folder / "new"), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["copied"]) == len(list(TEMPLATES.glob("*.typ")))


def test_every_stock_is_listed(capsys: pytest.CaptureFixture[str]):
    assert main(["papers", "stocks"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]]
    assert listed == list(STOCKS)
    assert main(["papers", "stocks", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(STOCKS)
