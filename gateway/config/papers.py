"""[papers]: how the library's papers look, and what each is printed on."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from gateway.config.kinds import HttpUrl, Identity, ReadableFile, one_of
from gateway.config.section import Section
from gateway.stationery import STOCKS, PaperName, SheetSize, Symbology, misfit


def _folder(path: str) -> str:
    if not (Path(path).is_dir() and os.access(path, os.R_OK | os.X_OK)):
        raise ValueError(f"there is no folder {path} that can be read")
    return path


def _picture(path: str) -> str:
    if Path(path).suffix.casefold() not in {".svg", ".png", ".jpg", ".jpeg"}:
        raise ValueError("must be an SVG, PNG or JPEG file, and be called so")
    return path


def _suits(stocks: dict[PaperName, str]) -> dict[PaperName, str]:
    wrong = [f"{stock} {why}" for paper, stock in stocks.items() if (why := misfit(paper, stock))]
    if wrong:
        raise ValueError("; ".join(wrong))
    return stocks


Folder = Annotated[str, AfterValidator(_folder)]
Picture = Annotated[ReadableFile, AfterValidator(_picture)]
StockName = Annotated[str, one_of("stock", STOCKS)]
StockOfPapers = Annotated[dict[PaperName, StockName], AfterValidator(_suits)]


class PapersSection(Section):
    """[papers]: what is left out is ours, and as usual for the sheets that the library has."""

    templates: Folder | None = None
    """Templates of its own (*.typ), each in the place of ours of the same name."""
    logo: Picture | None = None
    fonts: tuple[Folder, ...] = ()
    item_bars: Symbology = Symbology.CODABAR
    desk_url: HttpUrl | None = None
    sheet: SheetSize = SheetSize.LETTER
    stock: StockOfPapers = Field(default_factory=dict)
    printers: dict[Identity, StockOfPapers] = Field(default_factory=dict)
