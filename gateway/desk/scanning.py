"""One scan at the desk: what it means, and the step that it does; what came of that, and its cart: carts.py.

Which step that is, the tables say (`workflow/*/scans.py`); a mode pins another. The act goes on by itself: `carts.outcome`
tells what has become of it. Scanners read twice: the same code within a minute shows what came of the first, across gateways
and restarts, for what is done is written down before it is asked for. A customer's card is kept nowhere.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final

import msgspec

from gateway.barcodes import BarcodeKind, Scan, scanned
from gateway.desk.access import Caller
from gateway.desk.acts import act
from gateway.desk.carts import OFFERED, current, newest_cart, offers_of, shown_again, shown_scan
from gateway.desk.errors import ConflictError, UnusableError
from gateway.desk.ports import Desk
from gateway.desk.reads import partners_by_id
from gateway.desk.scan_lookups import Nothing, another_copy, look_up
from gateway.desk.scan_words import where_it_stands
from gateway.desk.scans import requests_of
from gateway.desk.structs.acts import ActBody
from gateway.desk.structs.scans import UNDO_S, ScanBody, ScanMode, Scanned
from gateway.desk.views import partner_name
from gateway.dispatch.roles import TABLES
from gateway.store.scans_port import ScanRecord, ScanResult
from gateway.workflow.records import ItemPlace, Request, Role
from gateway.workflow.triggers import StaffAction

A = StaffAction

TWICE: Final = timedelta(seconds=60)
"""Within this the same code is taken for the same scan."""

BEGINS: Final = "It is being asked for"
"""Until the workflow has taken it."""

# fmt: off
OF_MODE: Final[Mapping[ScanMode, tuple[StaffAction, ...]]] = {
    ScanMode.ARRIVE:    (A.ARRIVE,),
    ScanMode.SHIP:      (A.ARRIVE_AND_SHIP, A.SHIP),
    ScanMode.CHECK_IN:  (A.CHECK_IN,),
    ScanMode.RECEIVE:   (A.RECEIVE,),
    ScanMode.SEND_BACK: (A.SEND_BACK,),
    ScanMode.LOOK:      (),
}
"""What a pinned mode does: the first that the table has in the request's state."""
# fmt: on


@dataclass(frozen=True)
class _Asked:
    """One scan under way."""

    desk: Desk
    caller: Caller
    body: ScanBody
    read: Scan
    record: ScanRecord

    @property
    def key(self) -> str:
        """What two scans of the same code have in common."""
        return self.read.barcode.casefold()

    @property
    def is_meant(self) -> bool:
        """Whether it is meant, even if the same code was scanned a moment ago."""
        return self.body.again or self.body.act is not None or self.body.mode is not ScanMode.NEXT


async def scan(desk: Desk, caller: Caller, body: ScanBody) -> Scanned:
    """Do what a scan means, and say it in one line."""
    asked = await _asked(desk, caller, body)
    if body.key and (before := await desk.store.scans.scan(asked.record.id)):
        return msgspec.structs.replace(await shown_again(desk, before), repeated=False)
    if not asked.is_meant and (first := await desk.store.scans.newest_of(asked.key, since=asked.record.at - TWICE)):
        return await shown_again(desk, first)
    found = await requests_of(desk.store, asked.read.barcode)
    if not found and (other := await another_copy(desk.store, asked.read)):
        found = [other]
    request = _only(found, body)
    if request is None:
        return await _no_request(asked, found)
    step = _step(request, body)
    return await _looked(asked, request) if step is None else await _done(asked, request, step)


async def _asked(desk: Desk, caller: Caller, body: ScanBody) -> _Asked:
    read = scanned(body.code)
    if not read.barcode:
        raise UnusableError("code: nothing was scanned.")
    if body.act is not None and body.act not in OFFERED:
        raise UnusableError(f"act: none of {', '.join(OFFERED)}.")
    cart = body.cart or await newest_cart(desk, caller)
    number = sha256(f"{caller.name}:{body.key}".encode()).hexdigest()[:16] if body.key else secrets.token_hex(8)
    record = ScanRecord(id=number, cart=cart, at=desk.now(), by=caller.name, result=ScanResult.STOP, said="")
    return _Asked(desk, caller, body, read, record)


# ── what is meant ────────────────────────────────────────────────────────────────────────────────


def _only(found: list[Request], body: ScanBody) -> Request | None:
    """The one that is meant: of several with the item, the one that it can be of now; what is out comes first, then what is at the desk."""
    if len(found) < 2:  # noqa: PLR2004 - none or one
        return next(iter(found), None)
    fitting = [each for each in found if _step(each, body)]
    at = {place: [each for each in fitting if any(item.place is place for item in each.items)] for place in _NEARER}
    return next((several[0] for several in (fitting, *at.values()) if len(several) == 1), None)


_NEARER: Final = (ItemPlace.OUT, ItemPlace.AT_DESK)
"""Of two requests for an item, the one that it was checked out or in for has it: the other waits for it."""


def _step(request: Request, body: ScanBody) -> StaffAction | None:
    """What is to be done: what was offered, what the mode pins, else what the state's line says."""
    table = TABLES[request.role]
    if body.act is not None:
        return body.act
    if body.mode is ScanMode.NEXT:
        step = table.scan_step(request.state)
        return None if step in _SENDS and len(request.items) > 1 else step
    possible = table.actions(request.state)
    return next((step for step in OF_MODE[body.mode] if step in possible), None)


_SENDS: Final = frozenset({A.ARRIVE_AND_SHIP, A.SHIP})
"""Of a request with several items one is in hand: a person says whether the others go too."""


# ── what is done ─────────────────────────────────────────────────────────────────────────────────


async def _done(asked: _Asked, request: Request, step: StaffAction) -> Scanned:
    """Write down that it is asked for, ask, and write down what was said to that."""
    desk = asked.desk
    record = msgspec.structs.replace(_of(asked, request), code=asked.key, act=step, open=True, said=BEGINS)
    if not await desk.store.scans.add(record, unless_since=None if asked.is_meant else record.at - TWICE):
        first = await desk.store.scans.newest_of(record.code, since=record.at - TWICE)
        return await shown_again(desk, first or record)
    try:
        await act(desk, asked.caller, request.id, step, _said_with(asked, request, step))
    except (ConflictError, UnusableError) as refused:
        nothing = {
            "code": "",
            "act": None,
            "open": False,
            "result": ScanResult.STOP,
            "said": refused.detail,
            "refused": step,
        }
        record = msgspec.structs.replace(record, **nothing)
        await desk.store.scans.change(record)
        return shown_scan(record, request, await offers_of(desk, asked.caller, record))
    record = msgspec.structs.replace(record, taken=True)
    await desk.store.scans.change(record)
    return await current(desk, record)


def _said_with(asked: _Asked, request: Request, step: StaffAction) -> ActBody:
    """What goes with the act: the item, where which one it is counts."""
    body, is_own = asked.body, request.item(asked.read.barcode) is not None
    names = (is_own and step is A.CHECK_IN) or _is_other_item(asked, request)
    item_barcodes = (asked.read.barcode,) if names else ()
    return ActBody(item_barcodes=item_barcodes, undo_s=UNDO_S, sure=body.sure, seen=body.seen, seen_in=body.seen_in)


def _is_other_item(asked: _Asked, request: Request) -> bool:
    """Whether what was scanned is another copy than the request's own."""
    numbers = {request.id.casefold(), request.partner_request_id.casefold()}
    is_own = request.item(asked.read.barcode) is not None
    return request.role is Role.LENDING and not is_own and asked.key not in numbers


def _of(asked: _Asked, request: Request) -> ScanRecord:
    item = request.item(asked.read.barcode) or next(iter(request.items), None)
    title = (item.copy.title if item else None) or request.wanted.title or request.wanted.article_title
    barcode = asked.read.barcode if _is_other_item(asked, request) else item.barcode if item else None
    named = {"request": request.id, "title": title, "item": barcode}
    return msgspec.structs.replace(asked.record, **named)


async def _looked(asked: _Asked, request: Request) -> Scanned:
    """Do nothing: say where the request stands, and offer what can be done."""
    partner = partner_name(request, await partners_by_id(asked.desk.store))
    table = TABLES[request.role]
    line = table.scan_line(request.state)
    said = where_it_stands(request, partner, table.standing(request.state), line.why if line.action is None else None)
    record = msgspec.structs.replace(_of(asked, request), result=ScanResult.LOOK, said=said)
    await asked.desk.store.scans.add(record, unless_since=None)
    return shown_scan(record, request, await offers_of(asked.desk, asked.caller, record))


async def _no_request(asked: _Asked, found: list[Request]) -> Scanned:
    """Say what it is that was scanned, or which of several requests may be meant."""
    if found:
        said = f"More than one request has {asked.read.barcode[:64]}: say which"
        nothing = Nothing(result=ScanResult.LOOK, said=said, requests=tuple(found))
    else:
        nothing = await look_up(asked.desk, asked.caller, asked.read, asked.body.mode)
    found_ids = tuple(each.id for each in nothing.requests)
    item = asked.read.barcode if asked.read.kind in _TELLS_THE_BOOK else None
    told = {"result": nothing.result, "said": nothing.said, "title": nothing.title, "item": item, "found": found_ids}
    record = msgspec.structs.replace(asked.record, **told)
    kept = record if nothing.is_kept else msgspec.structs.replace(record, found=())
    await asked.desk.store.scans.add(kept, unless_since=None)
    shown = shown_scan(record, None, await offers_of(asked.desk, asked.caller, record))
    search = asked.read.barcode if nothing.may_search else None
    return msgspec.structs.replace(shown, search=search)


_TELLS_THE_BOOK: Final = frozenset({BarcodeKind.ITEM, BarcodeKind.ISBN})
"""What may stand in a cart of what was scanned and means no request: it tells which book is to be put aside, and nothing of a customer."""
