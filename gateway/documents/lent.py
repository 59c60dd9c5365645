"""What the papers say that go with an item that we lend: packing slip, label, strap, band; and the routing slip of any.

What we borrow: borrowed.py. Nothing here can name a customer: the records hold none, and neither the request's note nor its address
for electronic delivery is taken. Pure.
"""

from datetime import tzinfo

from gateway.documents.papers import CoverBand, PackingSlip, Piece, RoutingSlip, ShippingLabel, Strap
from gateway.documents.words import (
    at_desk,
    conditions,
    item_code,
    our_library,
    partner_addressee,
    recipient,
    request_code,
    their_request,
    work_of,
)
from gateway.iso18626.codes import ServiceType
from gateway.workflow.days import local_day
from gateway.workflow.partners import OurLibrary, Partner
from gateway.workflow.records import Item, ItemPlace, Request, State


def packing_slip(request: Request, partner: Partner, library: OurLibrary, zone: tzinfo) -> PackingSlip:
    """Say what is in a parcel to a partner."""
    is_copy = goes_as_copy(request)
    return PackingSlip(
        library=our_library(library),
        to=partner_addressee(request, partner),
        their_request=their_request(request.partner_request_id),
        our_request=request_code(request.id),
        due=None if is_copy else local_day(request.due_at, zone),
        conditions=conditions([request.condition]),
        pieces=(Piece(work=work_of(request.wanted)),) if is_copy else _parcel(request, zone),
        comes_back=not is_copy,
    )


def shipping_label(request: Request, partner: Partner, library: OurLibrary) -> ShippingLabel:
    """Address a parcel to a partner."""
    return ShippingLabel(
        library=our_library(library),
        to=partner_addressee(request, partner),
        request=their_request(request.partner_request_id),
    )


def strap(request: Request, item: Item, partner: Partner, library: OurLibrary, zone: tzinfo) -> Strap:
    """Say what the band around a lent item says: until when, on which conditions, to whom, and where it belongs."""
    return Strap(
        library=our_library(library),
        due=local_day(item.due_at or request.due_at, zone),
        conditions=conditions([request.condition]),
        work=work_of(request.wanted, item),
        item=item_code(item),
        call_number=item.copy.call_number,
        lent_to=recipient(request, partner),
        their_request=their_request(request.partner_request_id),
        our_request=request_code(request.id),
    )


def cover_band(request: Request, item: Item, library: OurLibrary, zone: tzinfo) -> CoverBand:
    """Say what the narrow band around the front cover of a lent item says."""
    return CoverBand(
        library=our_library(library),
        due=local_day(item.due_at or request.due_at, zone),
        conditions=conditions([request.condition]),
        title=item.copy.title or request.wanted.title,
        item=item_code(item),
        our_request=request_code(request.id),
    )


def routing_slip(request: Request, item: Item, to: str, library: OurLibrary) -> RoutingSlip:
    """Send an item to a branch, whose name `to` is."""
    copy = item.copy
    return RoutingSlip(
        library=our_library(library),
        to=to,
        work=work_of(request.wanted, item),
        item=item_code(item),
        call_number=copy.call_number,
        our_request=request_code(request.id),
        at_desk=at_desk(request),
    )


def goes_as_copy(request: Request) -> bool:
    """Tell whether a copy to keep goes out, whichever of the two was asked for."""
    return request.service is ServiceType.COPY or request.state in {State.TO_COPY, State.COPY_COMPLETED}


def _parcel(request: Request, zone: tzinfo) -> tuple[Piece, ...]:
    """Each item that is out; all of the request's before the checkout, and on a reprint after the return."""
    items = [item for item in request.items if item.place is ItemPlace.OUT] or request.items
    return tuple(_packed(request, item, zone) for item in items) or (Piece(work=work_of(request.wanted)),)


def _packed(request: Request, item: Item, zone: tzinfo) -> Piece:
    return Piece(
        work=work_of(request.wanted, item),
        item=item_code(item),
        call_number=item.copy.call_number,
        due=local_day(item.due_at, zone) if item.due_at != request.due_at else None,
    )
