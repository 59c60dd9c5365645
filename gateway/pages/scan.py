"""Scan: one box for everything, the newest result, and the cart with its papers. With a script scans go in one after the other."""

from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import Annotated, Final
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from gateway.barcodes import scanned
from gateway.desk import carts, scanning
from gateway.desk.errors import ConflictError, DeskError, UnusableError
from gateway.desk.scan_lookups import is_isbn
from gateway.desk.structs.papers import CartLine, Name, Slip
from gateway.desk.structs.scans import CartShown, Id, ScanBody, ScanMode, Scanned, UndoBody
from gateway.pages.labels import begun, remember, starts
from gateway.pages.printers import printers_of
from gateway.pages.visit import Visit

PART: Final = "X-Part"
"""The header by which the script asks for the part alone that changes with a scan."""


class Mode(msgspec.Struct, frozen=True):
    """A mode as it stands on the page: what it does, its button, its key."""

    mode: ScanMode
    label: str
    key: str
    does: str


# fmt: off
MODES: Final = (
    Mode(ScanMode.NEXT,      "What comes next", "1", "Arrives, ships, checks in, receives, sends back: each item its own next step."),
    Mode(ScanMode.ARRIVE,    "Arrive",          "2", "Each item is checked in at the desk, and stays there until it is shipped."),
    Mode(ScanMode.SHIP,      "Ship",            "3", "Each item is checked in at the desk, and out to its partner."),
    Mode(ScanMode.CHECK_IN,  "Check in",        "4", "Each item that was lent is back."),
    Mode(ScanMode.RECEIVE,   "Receive",         "5", "Each parcel of a lender is taken in for its customer."),
    Mode(ScanMode.SEND_BACK, "Send back",       "6", "Each borrowed item goes back to its lender."),
    Mode(ScanMode.LOOK,      "Just look",       "0", "Nothing is done: it says what each is, and where it stands."),
)
# fmt: on
PAPER_WORDS: Final = {
    Slip.STRAP: "strap",
    Slip.PACKING_SLIP: "packing slip",
    Slip.LABEL: "label",
    Slip.ROUTING_SLIP: "routing slip",
}
LISTED: Final = 80
"""Scans of a cart that are listed, and those under way; each scan is answered with all of them. A cart has some forty; the whole one has a page too."""
COLOURS: Final = {"done": "green", "look": "amber", "stop": "red"}


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """Which cart, in which mode, which scan is said on top, and how much is listed."""

    cart: Id | None = None
    mode: ScanMode = ScanMode.NEXT
    scan: Id | None = None
    whole: bool = False
    """Whether all of the cart is listed."""


class CartPapers(Where, frozen=True, kw_only=True):
    """Which cart's papers are printed, and for which printer."""

    printer: Name | None = None


class Undo(Where, frozen=True, kw_only=True):
    """Which scan is to be undone."""

    scan: Id
    seen: Annotated[int, msgspec.Meta(ge=0)] | None = None


async def show(visit: Visit) -> web.StreamResponse:
    """GET /scan: the box, what came of the newest scan, the cart."""
    where = visit.query(Where)
    newest = await carts.outcome(visit.desk, visit.caller, where.scan) if where.scan else None
    return await _show(visit, "scan.html", where, newest)


async def refresh(visit: Visit) -> web.StreamResponse:
    """GET /scan/cart: the part that changes, as the script asks for it while something is under way."""
    where = visit.query(Where)
    newest = await carts.outcome(visit.desk, visit.caller, where.scan) if where.scan else None
    return await _show(visit, "scan_parts.html", where, newest)


async def scan(visit: Visit) -> web.StreamResponse:
    """POST /scan: do what a scan means."""
    where, trouble, found = await visit.form(Where), "", None
    try:
        body = await visit.form(ScanBody)
        found = await scanning.scan(visit.desk, visit.caller, body)
    except (ConflictError, UnusableError) as refused:
        trouble = _why(refused)
    if PART not in visit.http.headers and found is not None and not _is_for_now(found):
        return visit.go(_address(msgspec.structs.replace(where, cart=found.cart, scan=found.scan)))
    where = msgspec.structs.replace(where, cart=found.cart if found else where.cart)
    template = "scan_parts.html" if PART in visit.http.headers else "scan.html"
    return await _show(visit, template, where, found, trouble)


async def undo(visit: Visit) -> web.StreamResponse:
    """POST /scan/undo: take back what a scan did."""
    form, trouble = await visit.form(Undo), ""
    try:
        found = await carts.undo_scan(visit.desk, visit.caller, form.scan, UndoBody(seen=form.seen))
    except ConflictError as refused:
        trouble = refused.detail
        found = await carts.outcome(visit.desk, visit.caller, form.scan)
    if PART not in visit.http.headers and not trouble:
        return visit.go(_address(form))
    template = "scan_parts.html" if PART in visit.http.headers else "scan.html"
    return await _show(visit, template, form, found, trouble)


async def begin_cart(visit: Visit) -> web.StreamResponse:
    """GET /scan/new: an empty cart."""
    where = visit.query(Where)
    return visit.go(_address(Where(cart=carts.new_cart(visit.desk), mode=where.mode)))


async def papers(visit: Visit) -> web.StreamResponse:
    """GET /scan/papers: all papers of a cart as one PDF."""
    query = visit.query(CartPapers)
    cart = query.cart or await carts.newest_cart(visit.desk, visit.caller)
    pdf = await carts.print_papers_from(visit.desk, visit.caller, cart, starts(visit), query.printer)
    answer = web.Response(
        body=pdf.data, content_type=pdf.content_type, headers={"Content-Disposition": f'inline; filename="{cart}.pdf"'}
    )
    return remember(visit, answer, pdf)


async def _show(
    visit: Visit, template: str, where: Where, newest: Scanned | None, trouble: str = ""
) -> web.StreamResponse:
    cart = where.cart or await carts.newest_cart(visit.desk, visit.caller)
    shown = await carts.show_cart(visit.desk, visit.caller, cart)
    mode = next(each for each in MODES if each.mode is where.mode)
    printers = printers_of(visit)
    return await visit.show(
        template,
        cart=shown,
        lines=[each for place, each in enumerate(shown.scans) if place < LISTED or each.open or where.whole],
        listed=LISTED,
        is_whole=where.whole,
        mode=mode,
        modes=MODES,
        newest=newest,
        trouble=trouble,
        left_s=partial(_left_s, visit),
        order_at=order_at,
        papers=_counted(shown.papers),
        printers=printers,
        labels=begun(visit, (line.paper for line in shown.papers), printers.chosen),
        summary=_summary(shown),
        colours=COLOURS,
        here=lambda **other: _address(Where(cart=cart, **{"mode": where.mode, **other})),
    )


def _is_for_now(found: Scanned) -> bool:
    """Whether what was found is shown now and kept nowhere: requests that may be meant, as by a customer's card; what may be searched for."""
    return found.request is None and bool(found.offers or found.search)


def _why(refused: DeskError) -> str:
    return refused.problems[0].words if refused.problems else refused.detail


def order_at(text: str) -> str:
    """Return where one can order what was scanned and nobody knows: by its ISBN or by words. The number of a copy is no title."""
    if is_isbn(scanned(text)):
        return f"/orders/new?{urlencode({'isbn': text})}"
    is_number = " " not in text and any(char.isdigit() for char in text)
    return "/orders/new" if is_number else f"/orders/new?{urlencode({'title': text})}"


def _left_s(visit: Visit, scan: Scanned | None) -> int:
    """How many seconds are left to undo a scan."""
    if scan is None or scan.undo_until is None:
        return 0
    return max(0, round((scan.undo_until - visit.desk.now()).total_seconds()))


def _address(where: Where) -> str:
    mode = None if where.mode is ScanMode.NEXT else where.mode.value
    given = {"cart": where.cart, "mode": mode, "scan": where.scan, "whole": "true" if where.whole else None}
    return f"/scan?{urlencode({name: value for name, value in given.items() if value})}"


def _counted(lines: Iterable[CartLine]) -> list[tuple[str, int]]:
    """How many papers of each kind, in the order in which they first come."""
    return [(PAPER_WORDS[paper], count) for paper, count in Counter(line.paper for line in lines).items()]


def _summary(cart: CartShown) -> str:
    did = [scan for scan in cart.scans if scan.result == "done"]
    under_way, undone = sum(scan.open for scan in did), sum(scan.undone and not scan.open for scan in did)
    words = {
        "under way": under_way,
        "done": cart.done - under_way - undone,
        "undone": undone,
        "to look at": cart.look,
        "stopped": cart.stop,
    }
    return ", ".join(f"{count} {each}" for each, count in words.items() if count or each not in {"under way", "undone"})
