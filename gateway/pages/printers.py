"""Which printer papers are for, where the settings name some with a stock of their own: chosen once, and remembered by the browser beside it.

It is filled in where papers are printed. What the address of a paper says counts: what is printed once more comes out for the same printer.
"""

from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import quote, unquote

import msgspec
from aiohttp import web

from gateway.desk.errors import UnusableError
from gateway.desk.papers import printers
from gateway.desk.structs.papers import Name
from gateway.pages.forms import way_back
from gateway.pages.labels import KEPT_S
from gateway.pages.visit import Visit

COOKIE: Final = "printer"


@dataclass(frozen=True)
class Printers:
    """The printers as a page offers them; `chosen` is None for the usual one."""

    names: tuple[str, ...]
    chosen: str | None


class PrinterForm(msgspec.Struct, frozen=True, kw_only=True):
    """Which printer is chosen, and the page to go back to."""

    printer: Name | None = None
    to: Annotated[str, msgspec.Meta(max_length=2000)] = "/"


def printers_of(visit: Visit, asked: str | None = None) -> Printers:
    """Say which printers there are, and which is chosen: the one that a page is `asked` for, or that this browser remembers.

    One that the settings name no more is forgotten.
    """
    names, kept = printers(visit.desk), unquote(visit.http.cookies.get(COOKIE, ""))
    return Printers(names, next((name for name in (asked, kept) if name in names), None))


async def choose(visit: Visit) -> web.StreamResponse:
    """POST /printer: have the browser remember a printer, or that it is the usual one."""
    choice = await visit.form(PrinterForm)
    if choice.printer is not None and choice.printer not in printers(visit.desk):
        raise UnusableError("printer: the settings name no such printer.")
    answer = visit.go(way_back(choice.to) or "/")
    visit.have_kept(answer, COOKIE, quote(choice.printer or "", safe=""), lasts_s=KEPT_S if choice.printer else 0)
    return answer
