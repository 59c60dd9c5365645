"""Numbers of a work as people type them, bare or with their kind before them: “0-306-40615-2”, “ISSN 0028-0836, oclc 123”. Pure.

What kind a bare number is follows from its form and its check digit; digits that are nothing else are an OCLC number.
"""

import re
from collections.abc import Iterator
from typing import Final

from gateway.iso18626.codes import BibliographicItemIdCode, BibliographicRecordIdCode
from gateway.orders.citation import NORMALISERS
from gateway.standard_numbers import BadIdentifierError, CheckDigitError

_BETWEEN: Final = re.compile(r"[,;\n]")
_LABELLED: Final = re.compile(rf"({'|'.join(NORMALISERS)})\b[:\s]*(.+)", re.IGNORECASE)
_ISSN: Final = re.compile(r"\d{4}-?\d{3}[\dX]", re.IGNORECASE | re.ASCII)
_ISBN_LENGTHS: Final = (10, 13)
_GUESSES: Final = (BibliographicItemIdCode.DOI, BibliographicItemIdCode.ISBN, BibliographicItemIdCode.ISSN)
_KNOWN: Final = {code.casefold(): code for code in NORMALISERS}


def numbered(text: str) -> tuple[tuple[str, str], ...]:
    """Return (code, number) for each number in a text, as it was written; codes are those of NORMALISERS."""
    return tuple(_pairs(text))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for each in filter(None, (part.strip() for part in _BETWEEN.split(text))):
        labelled = _LABELLED.fullmatch(each)
        yield (_KNOWN[labelled[1].casefold()], labelled[2]) if labelled else (_kind(each), each)


def _kind(number: str) -> str:
    """The kind whose form and check digit fit; else the one whose length it has."""
    for code in _GUESSES:
        if _fits(code, number):
            return code
    if _ISSN.fullmatch(number) and "-" in number:
        return BibliographicItemIdCode.ISSN
    digits = re.sub(r"[\s-]", "", number)
    return BibliographicItemIdCode.ISBN if len(digits) in _ISBN_LENGTHS else BibliographicRecordIdCode.OCLC


def _fits(code: str, number: str) -> bool:
    """Whether it is one, as far as its check digit tells; eight digits without a hyphen are an ISSN only if that is right."""
    if code == BibliographicItemIdCode.ISSN and not _ISSN.fullmatch(number):
        return False
    try:
        NORMALISERS[code](number)
    except (CheckDigitError, BadIdentifierError):
        return False
    return True
