"""Which papers a request has, and for whom: what each says is in `documents`, how it is printed in papers.py.

Which one it is follows from our role in the request. The strap of what we borrowed alone may name a customer, where the settings
have it so.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Final

from gateway.desk.access import Caller, Right
from gateway.desk.errors import ConflictError, HasNoneError, NotThereError
from gateway.desk.look_ups import note_look_up
from gateway.desk.ports import Desk
from gateway.desk.reads import partners_by_id
from gateway.desk.structs.papers import Slip
from gateway.documents import borrowed, lent, lists
from gateway.documents.papers import Paper, PullSlip
from gateway.iso18626.codes import ServiceType
from gateway.store.port import Store
from gateway.workflow.borrowing.groups import SENT_TO_US
from gateway.workflow.partners import Partner
from gateway.workflow.records import Item, ItemPlace, Request, Role, State
from gateway.workflow.staff import LookUpWay

_MAY_HAVE_COME: Final = frozenset({State.LOST, State.COMPLETED})


def slips_of(request: Request, partners: Mapping[str, Partner]) -> tuple[Slip, ...]:
    """Return the papers that a request can have as it stands, in the order in which they are wanted."""
    has_items = bool(request.items)
    if request.role is Role.BORROWING:
        goes_back = _was_sent(request)
        can = {Slip.STRAP: has_items, Slip.COVER_BAND: has_items, Slip.ROUTING_SLIP: has_items}
        can |= {Slip.PACKING_SLIP: goes_back, Slip.LABEL: goes_back}
    else:
        is_known = request.partner in partners
        to_fetch = any(item.place in {ItemPlace.CHOSEN, ItemPlace.HELD} for item in request.items)
        can = {Slip.PULL_SLIP: to_fetch, Slip.STRAP: has_items and is_known, Slip.COVER_BAND: has_items}
        can |= {Slip.PACKING_SLIP: is_known and has_items, Slip.LABEL: is_known, Slip.ROUTING_SLIP: has_items}
    return tuple(slip for slip, possible in can.items() if possible)


async def papers_of(desk: Desk, caller: Caller, request: Request, slip: Slip, barcode: str | None) -> Sequence[Paper]:
    """Return a request's papers of a kind: one for each item, or for the one with this barcode, where it is about items.

    Raises NotThereError if there is none; ConflictError if there can't be any yet.
    """
    papers = await _PAPERS[slip](desk, caller, request, barcode)
    if not papers:
        raise HasNoneError("There is nothing to print.")
    return papers


async def pull_slips(desk: Desk, requests: Iterable[Request]) -> Sequence[PullSlip]:
    """Return a slip for each item that is still on the shelf, in the order in which one walks."""
    return lists.pull_slips(requests, await partners_by_id(desk.store), desk.library, desk.zone)


async def _packing_slips(desk: Desk, _caller: Caller, request: Request, _barcode: str | None) -> Sequence[Paper]:
    """The paper in the parcel to the partner, or back to the lender. Raises ConflictError if nothing goes there."""
    if request.role is Role.BORROWING:
        return [borrowed.return_slip(request, await _lender(desk.store, request), desk.library, desk.zone)]
    return [lent.packing_slip(request, await _partner(desk.store, request), desk.library, desk.zone)]


async def _labels(desk: Desk, _caller: Caller, request: Request, _barcode: str | None) -> Sequence[Paper]:
    """The paper on that parcel. Raises ConflictError likewise."""
    if request.role is Role.BORROWING:
        return [borrowed.return_label(request, await _lender(desk.store, request), desk.library)]
    return [lent.shipping_label(request, await _partner(desk.store, request), desk.library)]


async def _straps(desk: Desk, caller: Caller, request: Request, barcode: str | None) -> Sequence[Paper]:
    """The band around each item, or around one of them. Raises NotThereError, ConflictError."""
    items = _items(request, barcode)
    if request.role is Role.BORROWING:
        name = await _customers_name(desk, caller, request)
        return [borrowed.borrowed_strap(request, item, desk.library, desk.zone, name) for item in items]
    partner = await _partner(desk.store, request)
    return [lent.strap(request, item, partner, desk.library, desk.zone) for item in items]


async def _cover_bands(desk: Desk, _caller: Caller, request: Request, barcode: str | None) -> Sequence[Paper]:
    """The narrow band around the front cover of each item, or of one of them. Raises NotThereError."""
    band = borrowed.borrowed_band if request.role is Role.BORROWING else lent.cover_band
    return [band(request, item, desk.library, desk.zone) for item in _items(request, barcode)]


async def _routing_slips(desk: Desk, _caller: Caller, request: Request, barcode: str | None) -> Sequence[Paper]:
    """The way of each item, or of one of them, inside the house. Raises NotThereError."""
    items = _items(request, barcode)
    to = desk.library.branch
    return [lent.routing_slip(request, item, to(_destination(request, item)), desk.library) for item in items]


async def _pull_slips(desk: Desk, _caller: Caller, request: Request, barcode: str | None) -> Sequence[Paper]:
    """A slip for each item that is still on the shelf, or for one of them."""
    return [slip for slip in await pull_slips(desk, [request]) if barcode in {None, slip.item.text}]


_PAPERS: Final[Mapping[Slip, Callable[[Desk, Caller, Request, str | None], Awaitable[Sequence[Paper]]]]] = {
    Slip.PACKING_SLIP: _packing_slips,
    Slip.LABEL: _labels,
    Slip.STRAP: _straps,
    Slip.COVER_BAND: _cover_bands,
    Slip.ROUTING_SLIP: _routing_slips,
    Slip.PULL_SLIP: _pull_slips,
}


def _items(request: Request, barcode: str | None) -> list[Item]:
    items = [item for item in request.items if barcode in {None, item.barcode}]
    if not items and barcode:
        raise NotThereError("The request has no such item.")
    if not items:
        raise HasNoneError("The request has no item yet.")
    return items


def _destination(request: Request, item: Item) -> str:
    """Where an item goes, as the check-in said; else what we borrowed to its customer's branch, and our own home."""
    if request.role is Role.LENDING:
        return item.route_to or item.copy.branch
    return request.borrowed.route_to or request.borrowed.pickup_branch


async def _partner(store: Store, request: Request) -> Partner:
    partner = (await partners_by_id(store)).get(request.partner or "")
    if partner is None:
        raise ConflictError("The request's partner isn't one of ours yet: approve it first.")
    return partner


async def _lender(store: Store, request: Request) -> Partner | None:
    """The lender that the item goes back to, as its record says; None where it is a partner no more."""
    if _is_copy(request):
        raise ConflictError("It is a copy to keep: there is nothing to send back.")
    if not _was_sent(request):
        raise ConflictError("No lender has sent it: there is nothing to send back.")
    return (await partners_by_id(store)).get(request.partner or "")


def _was_sent(request: Request) -> bool:
    """Whether a lender has sent us its item; what a loan that is over says of that is the item that was received."""
    if _is_copy(request):
        return False
    return request.state in SENT_TO_US or (request.state in _MAY_HAVE_COME and bool(request.items))


def _is_copy(request: Request) -> bool:
    return request.service is ServiceType.COPY or request.state is State.COPY_HERE


async def _customers_name(desk: Desk, caller: Caller, request: Request) -> str | None:
    """The customer's name, where it is printed and whoever prints may see it; that it was is written down."""
    if not (desk.orders.names_on_straps and caller.may(Right.REVEAL)):
        return None
    customer = await desk.store.borrowing.customer(request.id)
    if customer is None or customer.name is None:
        return None
    await note_look_up(desk, caller, request.id, LookUpWay.STRAP, "The strap was given out with the customer's name.")
    return customer.name
