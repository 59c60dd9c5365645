"""The papers that go with an item that we lend: packing slip, label, strap; and the routing slip of any. Borrowed: borrowed.py.

Each is plain text, layout.WIDTH columns wide. None can carry a customer's name: the records hold none, and neither the
request's note nor its address for electronic delivery is printed. Pure.
"""

from datetime import tzinfo

from gateway.documents.layout import Block, centred, field, page, sides
from gateway.documents.words import (
    article_block,
    condition_words,
    due_block,
    item_block,
    library_block,
    local_day,
    partner_block,
    recipient,
    request_block,
    work_block,
)
from gateway.iso18626.codes import ServiceType
from gateway.workflow.partners import Partner
from gateway.workflow.records import Item, ItemPlace, OurLibrary, Request, State


def packing_slip(request: Request, partner: Partner, library: OurLibrary, zone: tzinfo) -> str:
    """Say what is in a parcel to a partner: a loan with its due date and where it comes back to, or a copy to keep."""
    if _is_copy(request):
        contents = [[*work_block(request.wanted), *article_block(request.wanted)]]
        ends = library_block("From", library)
    else:
        contents = _parcel(request, zone)
        ends = library_block("Return to", library)
    return page(
        sides(library.name, "PACKING SLIP"),
        partner_block("To", partner, request),
        [*request_block(request), *_terms(request, zone)],
        *contents,
        ends,
    )


def label(request: Request, partner: Partner, library: OurLibrary) -> str:
    """Address a parcel to a partner."""
    return page(
        sides("Interlibrary loan", "LABEL"),
        partner_block("TO", partner, request),
        field("Request", request.partner_request_id),
        library_block("From", library),
    )


def strap(request: Request, item: Item, partner: Partner, library: OurLibrary, zone: tzinfo) -> str:
    """Make the paper band around a lent item: the due date to be read from afar, the conditions, where it belongs."""
    day = local_day(item.due_at or request.due_at, zone)
    return page(
        sides(library.name, "INTERLIBRARY LOAN"),
        centred(["Please keep this band on the item."]),
        due_block(day),
        field("CONDITIONS", condition_words(request.condition)),
        [*work_block(request.wanted, item), *item_block(item)],
        [*field("Lent to", recipient(request, partner)), *request_block(request)],
        library_block("Return to", library),
    )


def routing_slip(item: Item, to_branch: str) -> str:
    """Send an item on its way inside the house."""
    return page(
        sides("Interlibrary loan", "ROUTING SLIP"),
        field("TO", to_branch),
        [*field("Title", item.copy.title), *field("Author", item.copy.author), *item_block(item)],
    )


def _is_copy(request: Request) -> bool:
    """A copy to keep goes out, whichever of the two was asked for."""
    return request.service is ServiceType.COPY or request.state in {State.TO_COPY, State.COPY_COMPLETED}


def _terms(request: Request, zone: tzinfo) -> Block:
    due = [] if _is_copy(request) else field("Due", local_day(request.due_at, zone))
    return [*due, *field("Conditions", condition_words(request.condition))]


def _parcel(request: Request, zone: tzinfo) -> list[Block]:
    """A block for each item that is out; for all of the request's before the checkout, and on a reprint after the return."""
    items = [item for item in request.items if item.place is ItemPlace.OUT] or request.items
    if not items:
        return [work_block(request.wanted)]
    return [_packed(request, item, number, len(items), zone) for number, item in enumerate(items, start=1)]


def _packed(request: Request, item: Item, number: int, count: int, zone: tzinfo) -> Block:
    its_own_due = item.due_at if item.due_at != request.due_at else None
    return [
        *field("Item", f"{number} of {count}" if count > 1 else None),
        *work_block(request.wanted, item),
        *item_block(item),
        *field("Due", local_day(its_own_due, zone)),
    ]
