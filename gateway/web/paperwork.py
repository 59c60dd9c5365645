"""Which papers a request has, and for whom: what each says is in `documents`, how it comes out in papers.py.

Which one it is follows from our role in the request. The strap of what we borrowed alone may name a customer, where the settings
have it so.
"""

from collections.abc import Iterable, Sequence

from gateway.desk.access import Caller, Right
from gateway.desk.errors import ConflictError, NotThereError
from gateway.desk.ports import Desk
from gateway.desk.reads import partners_by_id
from gateway.documents import borrowed, lent, lists
from gateway.documents.papers import Paper, PullSlip
from gateway.iso18626.codes import ServiceType
from gateway.store.port import Change, HistoryEntry, HistoryKind
from gateway.workflow.partners import Partner
from gateway.workflow.records import Item, Request, Role, State


async def packing_slips(api: Desk, request: Request) -> Sequence[Paper]:
    """Give the paper in the parcel to the partner, or back to the lender. Raises ConflictError if nothing goes there."""
    if request.role is Role.BORROWING:
        return [borrowed.return_slip(request, await _lender(api, request), api.library, api.zone)]
    return [lent.packing_slip(request, await _partner(api, request), api.library, api.zone)]


async def labels(api: Desk, request: Request) -> Sequence[Paper]:
    """Give the paper on that parcel. Raises ConflictError likewise."""
    if request.role is Role.BORROWING:
        return [borrowed.return_label(request, await _lender(api, request), api.library)]
    return [lent.shipping_label(request, await _partner(api, request), api.library)]


async def straps(api: Desk, caller: Caller, request: Request, barcode: str | None) -> Sequence[Paper]:
    """Give the band around each item, or around one of them. Raises NotThereError, ConflictError."""
    items = _items(request, barcode)
    if request.role is Role.BORROWING:
        name = await _customers_name(api, caller, request)
        return [borrowed.borrowed_strap(request, item, api.library, api.zone, name) for item in items]
    partner = await _partner(api, request)
    return [lent.strap(request, item, partner, api.library, api.zone) for item in items]


async def cover_bands(api: Desk, request: Request, barcode: str | None) -> Sequence[Paper]:
    """Give the narrow band around the front cover of each item, or of one of them. Raises NotThereError."""
    band = borrowed.borrowed_band if request.role is Role.BORROWING else lent.cover_band
    return [band(request, item, api.library, api.zone) for item in _items(request, barcode)]


async def routing_slips(api: Desk, request: Request, barcode: str | None) -> Sequence[Paper]:
    """Give the way of each item, or of one of them, inside the house. Raises NotThereError."""
    items = _items(request, barcode)
    to = api.library.branch
    return [lent.routing_slip(request, item, to(_destination(request, item)), api.library) for item in items]


async def pull_slips(api: Desk, requests: Iterable[Request]) -> Sequence[PullSlip]:
    """Give a slip for each item that is still on the shelf, in the order in which one walks."""
    return lists.pull_slips(requests, await partners_by_id(api.store), api.library, api.zone)


def _items(request: Request, barcode: str | None) -> list[Item]:
    items = [item for item in request.items if barcode in {None, item.barcode}]
    if not items:
        raise NotThereError("The request has no such item." if barcode else "The request has no item yet.")
    return items


def _destination(request: Request, item: Item) -> str:
    """Where an item goes, as the check-in said; else what we borrowed to its customer's branch, and our own home."""
    if request.role is Role.LENDING:
        return item.route_to or item.copy.branch
    return request.borrowed.route_to or request.borrowed.pickup_branch


async def _partner(api: Desk, request: Request) -> Partner:
    partner = (await partners_by_id(api.store)).get(request.partner or "")
    if partner is None:
        raise ConflictError("The request's partner isn't one of ours yet: approve it first.")
    return partner


async def _lender(api: Desk, request: Request) -> Partner | None:
    """The lender that the item goes back to, as its record says; None where it is a partner no more."""
    if not request.borrowed.asked:
        raise ConflictError("No lender was asked yet: there is nothing to send back.")
    if request.service is ServiceType.COPY or request.state is State.COPY_HERE:
        raise ConflictError("It is a copy to keep: there is nothing to send back.")
    return (await partners_by_id(api.store)).get(request.partner or "")


async def _customers_name(api: Desk, caller: Caller, request: Request) -> str | None:
    """The customer's name, where it is printed and whoever prints may see it; that it was is written down."""
    if not (api.names_on_straps and caller.may(Right.REVEAL)):
        return None
    customer = await api.store.borrowing.customer(request.id)
    if customer is None or customer.name is None:
        return None
    words = "The strap was given out with the customer's name."
    entry = HistoryEntry(at=api.now(), by=caller.name, kind=HistoryKind.NOTE, words=words)
    await api.store.commit(Change(history_of=request.id, history=(entry,)))
    return customer.name
