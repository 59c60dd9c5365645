"""A printing job: papers, and what each is printed on. What goes to the process that makes the PDF (pdf.py). Pure."""

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from gateway.documents.papers import AnyPaper, Paper
from gateway.stationery import STOCKS, USUAL, PaperName, SheetSize, Stock, Symbology, misfit


class Unprintable(ValueError):  # noqa: N818 - what can't be done, in words for whoever asked
    """The papers can't be printed so; the text is for whoever asked."""


class PaperStyle(msgspec.Struct, frozen=True, kw_only=True):
    """What a library's papers have in common."""

    item_bars: Symbology = Symbology.CODABAR
    templates: str | None = None
    """A folder with the library's own templates; one that is not there is ours."""
    logo: str | None = None
    """An SVG or PNG file."""
    fonts: tuple[str, ...] = ()
    """Folders of fonts for what ours can't write."""
    desk: str | None = None
    """Where the desk is, for the square code of a request; without it the code is the number alone."""


class Stationery(msgspec.Struct, frozen=True, kw_only=True):
    """What each paper is printed on: by printer, else by paper, else as usual for the sheets that the library has."""

    sheet: SheetSize = SheetSize.LETTER
    stock: Mapping[PaperName, str] = {}
    printers: Mapping[str, Mapping[PaperName, str]] = {}

    def stock_for(self, paper: PaperName, printer: str | None) -> str:
        """Name the stock of a paper. Raises Unprintable for a printer that the settings don't name."""
        if printer is not None and printer not in self.printers:
            known = ", ".join(self.printers) or "none"
            raise Unprintable(f"printer: the settings name no printer “{printer}”; there are {known}.")
        own = self.printers[printer].get(paper) if printer is not None else None
        return own or self.stock.get(paper) or USUAL[paper][self.sheet]


class PrintChoice(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody wants papers printed."""

    printer: str | None = None
    stock: str | None = None
    """On this, whatever the settings say."""
    start: int = 1
    """The first free place on the first sheet of all, from 1: for a sheet of labels that was begun."""
    starts: Mapping[str, int] = {}
    """Likewise on the first sheet of each stock, for a cart whose papers are on several."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """Papers that follow each other on one stock."""

    stock: str
    papers: tuple[AnyPaper, ...]
    start: int = 1


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One PDF."""

    title: str
    day: date
    runs: tuple[Run, ...]
    look: PaperStyle = PaperStyle()
    outlines: bool = False
    """Draw the places of each stock, to see whether a printer meets them."""


def runs(papers: Iterable[Paper], stationery: Stationery, choice: PrintChoice) -> tuple[Run, ...]:
    """Put papers on their stock: what is on one stock comes together, in the order in which it came, so that no label is wasted.

    Raises Unprintable for a stock, a printer or a place that isn't there, and for a stock that is too small.
    """
    by_stock: dict[str, list[Paper]] = {}
    for paper in papers:
        by_stock.setdefault(_stock(paper.named(), stationery, choice), []).append(paper)
    starts = {next(iter(by_stock), ""): choice.start} | dict(choice.starts)
    return tuple(
        Run(stock=name, papers=tuple(of_stock), start=_place(stock_named(name), starts.get(name, 1)))  # type: ignore[arg-type]  # every Paper is an AnyPaper
        for name, of_stock in by_stock.items()
    )


def begun(made: Iterable[Run]) -> dict[str, int]:
    """Say where each sheet of labels goes on after these papers: its first free place, by stock; 1 where a new sheet begins."""
    labels = ((run, STOCKS[run.stock]) for run in made if STOCKS[run.stock].is_labels)
    return {run.stock: (run.start - 1 + len(run.papers)) % stock.places + 1 for run, stock in labels}


def _stock(paper: PaperName, stationery: Stationery, choice: PrintChoice) -> str:
    name = choice.stock or stationery.stock_for(paper, choice.printer)
    stock_named(name)
    if why := misfit(paper, name):
        raise Unprintable(f"stock: {name} {why}.")
    return name


def stock_named(name: str) -> Stock:
    """Return a stock. Raises Unprintable."""
    if name not in STOCKS:
        raise Unprintable(f"stock: there is no “{name}”; there are {', '.join(STOCKS)}.")
    return STOCKS[name]


def _place(stock: Stock, start: int) -> int:
    if not 1 <= start <= stock.places:
        raise Unprintable(f"start: a sheet has places 1 to {stock.places}.")
    return start
