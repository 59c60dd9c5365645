"""What there is to print on, and in which bars: the sheets, labels and rolls that a library buys, with their measures.

The names stand in the settings and in calls of the API. Measures are in points (1/72 inch). Pure; knows no paper but by its name.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec


class PaperName(StrEnum):
    """The papers, by the name of their template and of their stock in the settings."""

    PULL_SLIP = "pull-slip"
    STRAP = "strap"
    BORROWED_STRAP = "borrowed-strap"
    ROUTING_SLIP = "routing-slip"
    PACKING_SLIP = "packing-slip"
    SHIPPING_LABEL = "shipping-label"
    RETURN_SLIP = "return-slip"
    RETURN_LABEL = "return-label"
    COVER_BAND = "cover-band"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"
    STATEMENT = "statement"
    REMINDER_LETTER = "reminder-letter"
    DISPUTE_LETTER = "dispute-letter"
    WORKLIST = "worklist"


class Symbology(StrEnum):
    """The bars of item barcodes, as the library's labels have them."""

    CODABAR = "codabar"
    CODE_39 = "code39"
    CODE_128 = "code128"


class SheetSize(StrEnum):
    """The sheets in the library's printers."""

    LETTER = "letter"
    A4 = "a4"


class Stock(msgspec.Struct, frozen=True):
    """A sheet and the equal places on it, row by row from the top left. A place keeps `inset` free at its edges."""

    sheet_width: float
    sheet_height: float | None
    """None: a roll, cut where the paper ends."""
    width: float
    height: float
    across: int = 1
    down: int = 1
    left: float = 0
    top: float = 0
    pitch_across: float = 0
    pitch_down: float = 0
    inset: float = 6
    flows: bool = False
    """The paper goes on over as many sheets as it takes; else it must fit into one place."""
    is_labels: bool = False
    """Labels are peeled off one by one, so a sheet that was begun goes into the printer again; a plain sheet is cut."""

    @property
    def places(self) -> int:
        """How many there are on a sheet."""
        return self.across * self.down


_IN: Final = 72.0
_MM: Final = _IN / 25.4
_LETTER: Final = (8.5 * _IN, 11 * _IN)
_A4: Final = (210 * _MM, 297 * _MM)
_MARGIN: Final = 18.0
"""What a printer leaves free at the edges of a sheet, and a little more."""


def _inches(
    width: float, height: float, across: int, down: int, *, first: tuple[float, float], pitch: tuple[float, float]
) -> Stock:
    """Labels on a letter sheet, in inches as their makers give them: the first corner's and each next one's distance."""
    left, top, pitch_across, pitch_down = (_IN * measure for measure in (*first, *pitch))
    return Stock(*_LETTER, width * _IN, height * _IN, across, down, left, top, pitch_across, pitch_down, is_labels=True)


def _divided(sheet: tuple[float, float], across: int, down: int, *, is_labels: bool = False) -> Stock:
    """A sheet that is all equal parts: a plain one, to be cut."""
    width, height = sheet[0] / across, sheet[1] / down
    return Stock(*sheet, width, height, across, down, 0, 0, width, height, inset=_MARGIN, is_labels=is_labels)


def _turned(sheet: tuple[float, float]) -> tuple[float, float]:
    return sheet[1], sheet[0]


# fmt: off
STOCKS: Final[Mapping[str, Stock]] = {
    "letter":        Stock(*_LETTER, *_LETTER, inset=3 * _MARGIN, flows=True),
    "letter-2":      _divided(_LETTER, 1, 2),
    "letter-4":      _divided(_LETTER, 2, 2),
    "letter-straps": _divided(_turned(_LETTER), 1, 2),
    "letter-bands":  _divided(_LETTER, 1, 4),
    "5160":          _inches(2.625, 1,      3, 10, first=(0.1875,  0.5), pitch=(2.75,   1)),
    "5163":          _inches(4,     2,      2, 5,  first=(0.15625, 0.5), pitch=(4.1875, 2)),
    "5164":          _inches(4,     10 / 3, 2, 3,  first=(0.15625, 0.5), pitch=(4.1875, 10 / 3)),
    "6464":          _inches(4,     10 / 3, 2, 3,  first=(0.15625, 0.5), pitch=(4.1875, 10 / 3)),
    "5168":          _inches(3.5,   5,      2, 2,  first=(0.5,     0.5), pitch=(4,      5)),
    "5126":          _divided(_LETTER, 1, 2, is_labels=True),
    "a4":            Stock(*_A4, *_A4, inset=3 * _MARGIN, flows=True),
    "a4-2":          _divided(_A4, 1, 2),
    "a4-4":          _divided(_A4, 2, 2),
    "a4-straps":     _divided(_turned(_A4), 1, 2),
    "a4-bands":      _divided(_A4, 1, 4),
    "L7163":         Stock(*_A4, 280.9, 108, 2, 7, 13.2, 43, 288.0, 108, is_labels=True),
    "L7165":         Stock(*_A4, 280.8, 192, 2, 4, 13.2, 37, 288.1, 192, is_labels=True),
    "4x6":           Stock(4 * _IN, 6 * _IN, 4 * _IN, 6 * _IN, inset=10),
    "roll-80":       Stock(80 * _MM, None, 80 * _MM, 0, inset=4 * _MM, flows=True),
}
# fmt: on
"""Avery's label sheets by their numbers (6464 is 5164 in removable), plain sheets to cut, thermal labels of 4 by 6 inches, a receipt roll."""

# fmt: off
LEAST: Final[Mapping[PaperName, tuple[float, float]]] = {
    PaperName.PULL_SLIP:      (2.8 * _IN, 3.0 * _IN),
    PaperName.STRAP:          (7.0 * _IN, 3.4 * _IN),
    PaperName.BORROWED_STRAP: (7.0 * _IN, 3.4 * _IN),
    PaperName.ROUTING_SLIP:   (2.8 * _IN, 3.0 * _IN),
    PaperName.PACKING_SLIP:   (2.8 * _IN, 5.0 * _IN),
    PaperName.SHIPPING_LABEL: (2.6 * _IN, 1.0 * _IN),
    PaperName.RETURN_SLIP:    (2.8 * _IN, 5.0 * _IN),
    PaperName.RETURN_LABEL:   (2.6 * _IN, 1.0 * _IN),
    PaperName.COVER_BAND:     (6.0 * _IN, 2.2 * _IN),
    PaperName.INVOICE:        (5.0 * _IN, 7.0 * _IN),
    PaperName.CREDIT_NOTE:    (5.0 * _IN, 7.0 * _IN),
    PaperName.STATEMENT:      (5.0 * _IN, 7.0 * _IN),
    PaperName.REMINDER_LETTER: (5.0 * _IN, 7.0 * _IN),
    PaperName.DISPUTE_LETTER: (5.0 * _IN, 7.0 * _IN),
    PaperName.WORKLIST:       (7.0 * _IN, 7.0 * _IN),
}
# fmt: on
"""Width and height of the smallest place on which a paper keeps its codes, whatever the texts beside them are."""


ON_THEIR_BOOKS: Final = frozenset({PaperName.BORROWED_STRAP, PaperName.COVER_BAND})
"""Papers that go round another library's book: nothing is stuck on what is not ours (desk.md, “Whom to beat”)."""


def misfit(paper: PaperName, name: str) -> str | None:
    """Say why a paper can't be printed on a stock of this name, in words that may follow the name; None if it can. On a roll it has any height."""
    stock, (width, height) = STOCKS[name], LEAST[paper]
    words = paper.replace("-", " ")
    if stock.width < width or (stock.sheet_height is not None and stock.height < height):
        return f"is too small for a {words}"
    if stock.is_labels and paper in ON_THEIR_BOOKS:
        return f"is adhesive, and a {words} goes on another library's book"
    return None


# fmt: off
USUAL: Final[Mapping[PaperName, Mapping[SheetSize, str]]] = {
    PaperName.PULL_SLIP:      {SheetSize.LETTER: "letter-4",      SheetSize.A4: "a4-4"},
    PaperName.STRAP:          {SheetSize.LETTER: "letter-straps", SheetSize.A4: "a4-straps"},
    PaperName.BORROWED_STRAP: {SheetSize.LETTER: "letter-straps", SheetSize.A4: "a4-straps"},
    PaperName.ROUTING_SLIP:   {SheetSize.LETTER: "letter-4",      SheetSize.A4: "a4-4"},
    PaperName.PACKING_SLIP:   {SheetSize.LETTER: "letter",        SheetSize.A4: "a4"},
    PaperName.SHIPPING_LABEL: {SheetSize.LETTER: "5164",          SheetSize.A4: "L7165"},
    PaperName.RETURN_SLIP:    {SheetSize.LETTER: "letter",        SheetSize.A4: "a4"},
    PaperName.RETURN_LABEL:   {SheetSize.LETTER: "5164",          SheetSize.A4: "L7165"},
    PaperName.COVER_BAND:     {SheetSize.LETTER: "letter-bands",  SheetSize.A4: "a4-bands"},
    PaperName.INVOICE:        {SheetSize.LETTER: "letter",        SheetSize.A4: "a4"},
    PaperName.CREDIT_NOTE:    {SheetSize.LETTER: "letter",        SheetSize.A4: "a4"},
    PaperName.STATEMENT:      {SheetSize.LETTER: "letter",        SheetSize.A4: "a4"},
    PaperName.REMINDER_LETTER: {SheetSize.LETTER: "letter",       SheetSize.A4: "a4"},
    PaperName.DISPUTE_LETTER: {SheetSize.LETTER: "letter",        SheetSize.A4: "a4"},
    PaperName.WORKLIST:       {SheetSize.LETTER: "letter",        SheetSize.A4: "a4"},
}
# fmt: on
"""What each paper is printed on where the settings say nothing else."""
