"""What was scanned and names no request: another copy, the wrong book, a customer's card, a barcode of the pool, an ISBN, words."""

from typing import Final

import msgspec

from gateway.barcodes import BarcodeKind, Scan
from gateway.catalogue.keys import keys_of
from gateway.catalogue.likeness import Fit, title_likeness
from gateway.catalogue.same_work import is_same_work
from gateway.desk.access import Caller, Right
from gateway.desk.customers import found_by_card
from gateway.desk.ports import Desk
from gateway.desk.search import search
from gateway.desk.structs.scans import ScanMode
from gateway.desk.structs.search import SearchQuery, Which
from gateway.dispatch.numbered import with_number
from gateway.dispatch.roles import OPEN_IN
from gateway.iso18626.codes import ReasonUnfilled
from gateway.standard_numbers import BadIdentifierError, isbn13
from gateway.store.port import RequestFilter, Store
from gateway.store.scans_port import ScanResult
from gateway.workflow.days import local_day
from gateway.workflow.records import Copy, Request, Role, State
from gateway.workflow.values import Identifier, Wanted

FOUND_MAX: Final = 9
"""As many as there are number keys."""
PULLED_MAX: Final = 200
"""Requests on the pull list that a book on the cart is compared with."""
ALIKE: Final = 0.5
"""From this on one title may have been taken for the other at the shelf."""


class Nothing(msgspec.Struct, frozen=True, kw_only=True):
    """No request is meant; what there is to say, and which requests may have to do with it."""

    result: ScanResult = ScanResult.STOP
    said: str
    title: str | None = None
    requests: tuple[Request, ...] = ()
    is_kept: bool = True
    """Whether it may stand in the cart which requests were found: that they are one customer's is for nobody else to see."""
    may_search: bool = False
    """Whether a search over all requests may find more."""


async def another_copy(store: Store, read: Scan) -> Request | None:
    """Return the only request on the pull list of whose work this is another copy; None if there is none, or several."""
    copy = await _listed(store, read)
    if copy is None or not copy.title:
        return None
    fitting = [each for each in await _pulled(store) if is_same_work(copy, _copies(each), each.wanted) is Fit.YES]
    return fitting[0] if len(fitting) == 1 else None


async def look_up(desk: Desk, caller: Caller, read: Scan, mode: ScanMode) -> Nothing:
    """Say what was scanned. Nothing of a customer's card is in it."""
    if is_isbn(read):
        return await _of_isbn(desk.store, read.barcode)
    pooled = await desk.store.borrowing.barcode(read.barcode)
    if pooled is not None:
        return Nothing(said=f"Barcode {read.barcode} of the pool is {pooled.state}: no request has it")
    copy = await _listed(desk.store, read)
    if copy is not None:
        return await _not_wanted(desk, copy)
    if (found := await _of_card(desk, caller, read, mode)) is not None:
        return found
    return await _of_words(desk, caller, read.barcode)


async def _listed(store: Store, read: Scan) -> Copy | None:
    return await store.copy(read.barcode) if len(read.barcode) <= 64 else None  # noqa: PLR2004 - as long as a barcode


async def _pulled(store: Store) -> tuple[Request, ...]:
    return await store.requests(RequestFilter(states=(State.WILL_SUPPLY,), limit=PULLED_MAX))


def _copies(request: Request) -> list[Copy]:
    return [item.copy for item in request.items]


async def _not_wanted(desk: Desk, copy: Copy) -> Nothing:
    """A book of ours that no request has: its promise has lapsed, or it is perhaps the one that stood beside the right one."""
    if (lapsed := await _lapsed(desk, copy)) is not None:
        return lapsed
    near = max(await _pulled(desk.store), key=lambda each: _nearness(copy, each), default=None)
    if near is None or _nearness(copy, near) < ALIKE:
        return Nothing(said="Nobody asked for this book", title=copy.title)
    item = next(iter(near.items), None)
    title, barcode = (item.copy.title or near.wanted.title, f" ({item.barcode})") if item else (near.wanted.title, "")
    said = f"Not the book they asked for. {near.id} wants “{title}”{barcode}"
    return Nothing(said=said, title=copy.title, requests=(near,))


async def _lapsed(desk: Desk, copy: Copy) -> Nothing | None:
    """A book that was promised, did not come in time, and is here now: its partner was told no, and may still want it."""
    found = await with_number(desk.store, copy.item_barcode)
    late = next((each for each in found if each.role is Role.LENDING and _is_lapsed(each)), None)
    if late is None:
        return None
    partner = late.deliver_to_name or late.partner or late.requesting_agency
    said = (
        f"Its promise has lapsed: {partner} was told on {local_day(late.state_since, desk.zone)} that it is not on the shelf ({late.id}). "
        "Write to them that it is here, and they may ask again; else check it in in the ILS, and it goes home"
    )
    return Nothing(result=ScanResult.LOOK, said=said, title=copy.title, requests=(late,))


def _is_lapsed(request: Request) -> bool:
    answer = request.answer
    return request.state is State.UNFILLED and answer is not None and answer.reason == ReasonUnfilled.NOT_ON_SHELF


def _nearness(copy: Copy, request: Request) -> float:
    titles = (*(each.title for each in _copies(request)), request.wanted.title)
    return max((title_likeness(copy.title or "", title, title) for title in titles if title), default=0.0)


async def _of_card(desk: Desk, caller: Caller, read: Scan, mode: ScanMode) -> Nothing | None:
    """A customer's card: of whoever looks, or scanned by mistake where a book is expected."""
    has_form = read.kind is BarcodeKind.CUSTOMER
    may_look = caller.may(Right.REVEAL) and mode in {ScanMode.NEXT, ScanMode.LOOK}
    is_card = may_look and bool(await desk.store.borrowing.requests_of(read.barcode, limit=1))
    found = await found_by_card(desk, caller, read.barcode, is_open=True) if is_card else []
    if not found:
        said = "That is a customer's card, without an open request" if may_look else _NO_ITEM
        return Nothing(said=said) if has_form or is_card else None
    count = "one open request" if len(found) == 1 else f"{len(found)} open requests"
    return Nothing(result=ScanResult.LOOK, said=f"A customer's card: {count}", requests=tuple(found), is_kept=False)


_NO_ITEM: Final = "That is a customer's card: scan the item"


def is_isbn(read: Scan) -> bool:
    """Whether it names a title and no copy: an ISBN, be it a misprinted one."""
    return read.kind is BarcodeKind.ISBN or _isbn(read.barcode) is not None


def _isbn(text: str) -> str | None:
    try:
        return isbn13(text)
    except BadIdentifierError:
        return None


async def _of_isbn(store: Store, text: str) -> Nothing:
    """An ISBN names a title and no copy: it shows the requests for it, and those that have a copy of ours, and does nothing to them."""
    isbn = _isbn(text) or text
    copies = await store.find_items(keys_of(Wanted(identifiers=(Identifier(code="ISBN", value=isbn),))))
    found: dict[str, Request] = {}
    for number in (isbn, *(copy.item_barcode for copy in copies[:FOUND_MAX])):
        found |= {each.id: each for each in await with_number(store, number)}
    is_open = tuple(each for each in found.values() if each.state in OPEN_IN[each.role])
    title = copies[0].title if copies else None
    if not is_open:
        return Nothing(
            said="An ISBN, and no open request for a copy of it: scan the library's own barcode",
            title=title,
            may_search=True,
        )
    said = "The ISBN on the cover: scan the library's own barcode, or choose"
    return Nothing(result=ScanResult.LOOK, said=said, title=title, requests=is_open)


async def _of_words(desk: Desk, caller: Caller, text: str) -> Nothing:
    """What is found by words, or by the beginning of a number."""
    found = await search(desk, caller, SearchQuery(q=text, which=Which.OPEN, limit=FOUND_MAX))
    if not found.open:
        return Nothing(said="No open request has that", may_search=True)
    requests = await desk.store.register.requests([row.id for row in found.rows])
    has = "One open request has that" if found.open == 1 else f"{found.open} open requests have that"
    more = f": the newest {FOUND_MAX} stand here, all under “All requests”" if found.open > FOUND_MAX else ""
    shown = tuple(requests[row.id] for row in found.rows if row.id in requests)
    return Nothing(result=ScanResult.LOOK, said=f"{has}{more}", requests=shown)
