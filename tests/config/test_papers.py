"""[papers]: what it comes to, and every mistake in words."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.config import Settings
from gateway.dispatch.printing import look_of, stationery_of
from gateway.documents.job import PaperStyle, Stationery
from gateway.stationery import PaperName, SheetSize, Symbology


def test_what_is_left_out_is_usual(loaded: Callable[[str], Settings]):
    papers = loaded("").papers
    assert look_of(papers) == PaperStyle()
    assert stationery_of(papers) == Stationery()


def test_what_it_comes_to(loaded: Callable[[str], Settings], tmp_path: Path):
    logo = tmp_path / "logo.svg"
    logo.write_text("<svg/>", encoding="utf-8")
    papers = loaded(
        f"""\
[papers]
templates = "{tmp_path}"
logo = "{logo}"
fonts = ["{tmp_path}"]
item_bars = "code39"
desk_url = "https://desk.example"
sheet = "a4"
[papers.stock]
packing-slip = "a4-2"
[papers.printers.thermal]
shipping-label = "4x6"
"""
    ).papers
    assert look_of(papers) == PaperStyle(
        item_bars=Symbology.CODE_39,
        templates=str(tmp_path),
        logo=str(logo),
        fonts=(str(tmp_path),),
        desk="https://desk.example",
    )
    assert stationery_of(papers) == Stationery(
        sheet=SheetSize.A4,
        stock={PaperName.PACKING_SLIP: "a4-2"},
        printers={"thermal": {PaperName.SHIPPING_LABEL: "4x6"}},
    )


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ('templates = "no-such-folder"', "papers.templates: there is no folder no-such-folder"),
        ('logo = "no-such-file.svg"', "papers.logo: there is no file no-such-file.svg"),
        ('logo = "pyproject.toml"', "papers.logo: must be an SVG, PNG or JPEG file"),
        ('fonts = ["no-such-folder"]', "papers.fonts"),
        ('item_bars = "telepen"', "papers.item_bars"),
        (
            '[papers.stock]\npacking-slip = "papyrus"',
            'papers.stock.packing-slip: "papyrus" is no stock; known are letter',
        ),
        ('[papers.stock]\npostcard = "a4"', "papers.stock.postcard"),
        ('[papers.printers.attic]\nstrap = "papyrus"', 'papers.printers.attic.strap: "papyrus" is no stock'),
    ],
)
def test_a_mistake_is_told_in_words(problems: Callable[..., tuple[str, ...]], toml: str, expected: str):
    (problem,) = problems(f"[papers]\n{toml}")
    assert problem.startswith(expected)
