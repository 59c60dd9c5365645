"""What a scanner or a keyboard gives for a barcode, put into the form that the circulation system knows.

A wrong check digit is a warning and never an error (ill.md, "Barcodes"): some libraries number as they like,
and the circulation system decides. Pure: text in, value out.
"""

import re
from enum import StrEnum
from typing import Final

import msgspec
from stdnum import ean, luhn


class BarcodeKind(StrEnum):
    """What a barcode says of itself by its form."""

    ITEM = "item"
    CUSTOMER = "customer"
    ISBN = "isbn"
    OTHER = "other"


class BarcodeWarning(StrEnum):
    """What is odd about a scan, in words for whoever holds the scanner."""

    EMPTY = "nothing was scanned"
    CHECK_DIGIT = "the check digit is wrong: scan it again, or look whether it was mistyped"
    ISBN = "this is the ISBN on the cover, not the library's own barcode"


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """A barcode as the circulation system knows it, what it is, and what is odd about it."""

    barcode: str
    kind: BarcodeKind = BarcodeKind.OTHER
    warnings: tuple[BarcodeWarning, ...] = ()


_SYMBOLOGY: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]", re.ASCII)
"""What scanners set before a code, if they are told to, to say of which kind it is: `]C1` is Code 128 (ISO/IEC 15424)."""
_CODE_39: Final = re.compile(r"\*([^*]+)\*")
_CODABAR: Final = re.compile(r"[A-D]([0-9][0-9$:/.+-]*)[A-D]", re.IGNORECASE | re.ASCII)
_SPACED_DIGITS: Final = re.compile(r"[0-9]+(?: +[0-9]+)+", re.ASCII)
_FORMS: Final = (
    (re.compile(r"3[0-9]{13}", re.ASCII), BarcodeKind.ITEM),
    (re.compile(r"2[0-9]{13}", re.ASCII), BarcodeKind.CUSTOMER),
    (re.compile(r"97[89][0-9]{10}", re.ASCII), BarcodeKind.ISBN),
)


def scanned(text: str) -> Scan:
    """Read a scan: line end, a scanner's prefix, Code 39's asterisks, Codabar's start and stop letters and blanks between digits go.

    A line's end or another character that can't be printed inside stays: two scans that ran together would be a third number,
    somebody else's. Whoever takes the barcode finds it to be none (`sip2.carried`, `orders.cells.read_customer`).
    """
    barcode = _bare(text)
    kind = next((kind for form, kind in _FORMS if form.fullmatch(barcode)), BarcodeKind.OTHER)
    return Scan(barcode=barcode, kind=kind, warnings=_warnings(barcode, kind))


def _bare(text: str) -> str:
    surroundings = _surroundings(text)
    barcode = text.strip(surroundings)
    prefix = _SYMBOLOGY.match(barcode)
    barcode = barcode[prefix.end() :].strip(surroundings) if prefix else barcode
    for wrapping in (_CODE_39, _CODABAR):
        found = wrapping.fullmatch(barcode)
        barcode = found[1].strip() if found else barcode
    return barcode.replace(" ", "") if _SPACED_DIGITS.fullmatch(barcode) else barcode


def _surroundings(text: str) -> str:
    """The characters of a text that are no part of a barcode at its ends."""
    return "".join({char for char in text if char.isspace() or not char.isprintable()})


def _warnings(barcode: str, kind: BarcodeKind) -> tuple[BarcodeWarning, ...]:
    if not barcode:
        return (BarcodeWarning.EMPTY,)
    if kind is BarcodeKind.ISBN:
        wrong = () if ean.is_valid(barcode) else (BarcodeWarning.CHECK_DIGIT,)
        return (BarcodeWarning.ISBN, *wrong)
    numbered = kind in {BarcodeKind.ITEM, BarcodeKind.CUSTOMER}
    return (BarcodeWarning.CHECK_DIGIT,) if numbered and not luhn.is_valid(barcode) else ()
