"""Paper over the API, as plain text: what goes into a parcel and onto it, and what stays with an item in the house.

Which paper it is follows from our role in the request. The strap alone may name a customer, where the settings have it so.
"""

from aiohttp import web

from gateway.documents import borrowed, slips
from gateway.iso18626.codes import ServiceType
from gateway.store.port import Change, HistoryEntry, HistoryKind
from gateway.web.access import Right
from gateway.web.answers import ConflictError, NotThereError, text
from gateway.web.ports import Api, Call
from gateway.web.queries import partners_by_id, the_request
from gateway.workflow.partners import Partner
from gateway.workflow.records import Item, Request, Role, State


async def show_packing_slip(api: Api, call: Call) -> web.Response:
    """GET requests/{request}/packing-slip: the paper in the parcel to the partner, or back to the lender."""
    request = await the_request(api.store, call.http)
    if request.role is Role.BORROWING:
        return text(borrowed.return_slip(request, await _lender(api, request), api.library, api.zone))
    return text(slips.packing_slip(request, await _partner(api, request), api.library, api.zone))


async def show_label(api: Api, call: Call) -> web.Response:
    """GET requests/{request}/label: the paper on the parcel."""
    request = await the_request(api.store, call.http)
    if request.role is Role.BORROWING:
        return text(borrowed.return_label(request, await _lender(api, request), api.library))
    return text(slips.label(request, await _partner(api, request), api.library))


async def show_strap(api: Api, call: Call) -> web.Response:
    """GET requests/{request}/strap: the band around each item, or around ?item=; one to a page."""
    request = await the_request(api.store, call.http)
    items = _items(request, call)
    if request.role is Role.BORROWING:
        name = await _name(api, call, request)
        straps = (borrowed.borrowed_strap(request, item, api.library, api.zone, name) for item in items)
    else:
        partner = await _partner(api, request)
        straps = (slips.strap(request, item, partner, api.library, api.zone) for item in items)
    return text("\f".join(straps))


async def show_routing_slip(api: Api, call: Call) -> web.Response:
    """GET requests/{request}/routing-slip: the way of each item, or of ?item=, inside the house; one to a page."""
    request = await the_request(api.store, call.http)
    routes = ((item, _destination(request, item)) for item in _items(request, call))
    return text("\f".join(slips.routing_slip(item, branch) for item, branch in routes))


def _items(request: Request, call: Call) -> list[Item]:
    named = call.http.query.get("item")
    items = [item for item in request.items if named in {None, item.barcode}]
    if not items:
        raise NotThereError("The request has no such item." if named else "The request has no item yet.")
    return items


def _destination(request: Request, item: Item) -> str:
    """Where an item goes, as the check-in said; else what we borrowed to its customer's branch, and our own home."""
    if request.role is Role.LENDING:
        return item.route_to or item.copy.branch
    return request.borrowed.route_to or request.borrowed.pickup_branch


async def _partner(api: Api, request: Request) -> Partner:
    partner = (await partners_by_id(api.store)).get(request.partner or "")
    if partner is None:
        raise ConflictError("The request's partner isn't one of ours yet: approve it first.")
    return partner


async def _lender(api: Api, request: Request) -> Partner | None:
    """The lender that the item goes back to, as its record says; None where it is a partner no more."""
    if not request.borrowed.asked:
        raise ConflictError("No lender was asked yet: there is nothing to send back.")
    if request.service is ServiceType.COPY or request.state is State.COPY_HERE:
        raise ConflictError("It is a copy to keep: there is nothing to send back.")
    return (await partners_by_id(api.store)).get(request.partner or "")


async def _name(api: Api, call: Call, request: Request) -> str | None:
    """The customer's name, where it is printed and whoever prints may see it; that it was is written down."""
    if not (api.names_on_straps and call.caller.may(Right.REVEAL)):
        return None
    customer = await api.store.borrowing.customer(request.id)
    if customer is None or customer.name is None:
        return None
    words = "The strap was given out with the customer's name."
    entry = HistoryEntry(at=api.now(), by=call.caller.name, kind=HistoryKind.NOTE, words=words)
    await api.store.commit(Change(history_of=request.id, history=(entry,)))
    return customer.name
