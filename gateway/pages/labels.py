"""Sheets of labels that were begun: which place is free next on each, as this browser remembers it, for the sheet lies in the printer beside it.

Where labels are printed the place is asked for, with what is remembered filled in. What the address says counts: printing once more what was
printed begins at the same place, and nothing is remembered twice.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from gateway.desk.papers import label_sheets
from gateway.desk.structs.common import Download
from gateway.desk.structs.papers import Slip
from gateway.pages.visit import Visit

COOKIE: Final = "labels"
"""As `5164:3.L7165:8`."""
KEPT_S: Final = 365 * 24 * 3600
_FIELD: Final = "from."
"""Before a stock's name, in the address of papers that are to be printed."""
_PLACE: Final = re.compile(r"[1-9][0-9]{0,2}")


@dataclass(frozen=True)
class Begun:
    """A sheet of labels as a form asks for it."""

    stock: str
    places: int
    free: int

    @property
    def field(self) -> str:
        """Under which name a form says its first free place."""
        return _FIELD + self.stock


def begun(visit: Visit, slips: Iterable[Slip], printer: str | None) -> list[Begun]:
    """Say on which sheets of labels these are printed by a printer, and where each goes on."""
    known = remembered(visit.http.cookies.get(COOKIE, ""))
    return [
        Begun(each.stock, each.places, min(known.get(each.stock, 1), each.places))
        for each in label_sheets(visit.desk, slips, printer)
    ]


def remembered(cookie: str) -> dict[str, int]:
    """Read what a browser remembers; what can't be read is left out."""
    pairs = (part.partition(":") for part in cookie.split("."))
    return {stock: int(place) for stock, _, place in pairs if stock and _is_place(place)}


def starts(visit: Visit) -> dict[str, int]:
    """Read the address: the first free place by stock."""
    asked = ((name.removeprefix(_FIELD), place) for name, place in visit.http.query.items() if name.startswith(_FIELD))
    return {stock: int(place) for stock, place in asked if _is_place(place)}


def remember(visit: Visit, answer: web.Response, printed: Download) -> web.Response:
    """Have the browser remember where its sheets go on."""
    free: Mapping[str, int] = remembered(visit.http.cookies.get(COOKIE, "")) | dict(printed.free)
    if printed.free:
        kept = ".".join(f"{stock}:{place}" for stock, place in free.items())
        visit.have_kept(answer, COOKIE, kept, lasts_s=KEPT_S)
    return answer


def _is_place(text: str) -> bool:
    return _PLACE.fullmatch(text) is not None
