"""The cells of a list of requests, each read for what it is; what is wrong with one is said in words that do not quote it.

Used by `request_list`. Pure; raises CellError and nothing else.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from stdnum import luhn

from gateway.iso18626.codes import ServiceType


class CellError(ValueError):
    """A cell that can't be used. Its text says why and what would be right; it may be a customer's cell, so it quotes nothing."""


_SPREADSHEET_NUMBER: Final = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE | re.ASCII)
_BARCODE: Final = re.compile(r"[A-Z0-9._-]{1,32}", re.IGNORECASE | re.ASCII)
_ITEM: Final = re.compile(r"3[0-9]{13}", re.ASCII)
_CUSTOMER: Final = re.compile(r"2[0-9]{13}", re.ASCII)
CHECK_DIGIT: Final = "the check digit of the customer's barcode is wrong: compare it with the card"


def read_customer(text: str) -> str:
    """Read a customer's barcode; blanks between its digits go. Other forms than ill.md's "Barcodes" are taken as they are."""
    barcode = text.replace(" ", "")
    if not barcode:
        raise CellError("empty: every request is for a customer")
    if _SPREADSHEET_NUMBER.fullmatch(barcode):
        raise CellError("a spreadsheet has rounded this number: format the column as text and fill it in again")
    if _ITEM.fullmatch(barcode):
        raise CellError("this has the form of an item's barcode, not of a customer's")
    if not _BARCODE.fullmatch(barcode):
        raise CellError("not a barcode: letters, digits, points and hyphens only")
    return barcode


def doubt_about_customer(barcode: str) -> str | None:
    """Say what is odd about a barcode that was read; a wrong check digit is a warning, not an error (ill.md, "Barcodes")."""
    return CHECK_DIGIT if _CUSTOMER.fullmatch(barcode) and not luhn.is_valid(barcode) else None


SERVICES: Final[Mapping[str, ServiceType]] = {
    **dict.fromkeys(("loan", "book", "borrow", "l"), ServiceType.LOAN),
    **dict.fromkeys(("copy", "article", "chapter", "photocopy", "scan", "c"), ServiceType.COPY),
    **dict.fromkeys(("copyorloan", "loanorcopy", "either"), ServiceType.COPY_OR_LOAN),
}
"""What people write for loan and copy, without regard to case and blanks."""


def read_service(text: str, *, is_part: bool) -> ServiceType:
    """Read loan or copy; where the cell is empty, a part of a work is copied and a whole one lent."""
    if not text:
        return ServiceType.COPY if is_part else ServiceType.LOAN
    service = SERVICES.get(re.sub(r"[^a-z]", "", text.casefold()))
    if service is None:
        raise CellError('neither "loan" nor "copy"')
    return service


def read_branch(text: str, branches: frozenset[str] | None) -> str | None:
    """Read a pickup branch, written as the library writes it; None for an empty cell. `branches` None: any will do."""
    if not text:
        return None
    if branches is None:
        return text
    known = {branch.casefold(): branch for branch in branches}
    if text.casefold() not in known:
        raise CellError(f"not a pickup branch; those are {', '.join(sorted(branches))}")
    return known[text.casefold()]


_ISO: Final = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:[T ].*)?", re.ASCII)
_DOTTED: Final = re.compile(r"(?P<day>\d{1,2})\. ?(?P<month>\d{1,2})\. ?(?P<year>\d{4})", re.ASCII)
_SLASHED: Final = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})", re.ASCII)
_SLASHED_DAY_FIRST: Final = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})", re.ASCII)


def read_need_before(text: str, today: date, *, day_first: bool) -> date | None:
    """Read a need-by date, None for an empty cell: 2026-12-24, 24.12.2026, 12/24/2026 (or 24/12/2026 with `day_first`)."""
    day = read_day(text, today, day_first=day_first)
    if day is not None and day < today:
        raise CellError("this day is past")
    return day


def read_day(text: str, today: date, *, day_first: bool) -> date | None:
    """Read any date, in the same ways; `today` is only shown, as an example."""
    if not text:
        return None
    forms = (_ISO, _DOTTED, _SLASHED_DAY_FIRST if day_first else _SLASHED)
    match = next(filter(None, (form.fullmatch(text) for form in forms)), None)
    day = _date(match) if match else None
    if day is None:
        raise CellError(f"not a date: write it like {today.isoformat()}")
    return day


def _date(match: re.Match[str]) -> date | None:
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
