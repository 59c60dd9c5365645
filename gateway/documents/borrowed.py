"""What the papers of what we borrow say: the strap and the band while we have it, packing slip and label on its way back.

What leaves the house knows nothing of the customer: neither the request's record nor anything else that is given here holds one.
The strap stays in the house. Pure.
"""

from datetime import date, tzinfo

from gateway.documents.papers import Addressee, BorrowedStrap, CodeKind, CoverBand, PrintedCode, ReturnLabel, ReturnSlip
from gateway.documents.words import (
    addressee,
    conditions,
    item_code,
    our_library,
    request_code,
    return_address,
    their_request,
    work_of,
)
from gateway.workflow.borrowing.dues import latest_return
from gateway.workflow.borrowing.numbers import attempt_number
from gateway.workflow.days import local_day
from gateway.workflow.partners import OurLibrary, Partner
from gateway.workflow.records import Item, Request


def return_slip(request: Request, lender: Partner | None, library: OurLibrary, zone: tzinfo) -> ReturnSlip:
    """Say what is in a parcel back to its lender."""
    return ReturnSlip(
        library=our_library(library),
        to=_lender(request, lender),
        their_request=their_request(request.borrowed.lender_request_id),
        our_request=_our_number(request),
        due=local_day(request.due_at, zone),
        work=work_of(request.wanted),
        items=tuple(PrintedCode(text=barcode, kind=CodeKind.THEIR_ITEM) for barcode in request.borrowed.lender_items),
    )


def return_label(request: Request, lender: Partner | None, library: OurLibrary) -> ReturnLabel:
    """Address the parcel back to the lender; our number stands there if the lender has said none."""
    number = their_request(request.borrowed.lender_request_id) or _our_number(request)
    return ReturnLabel(library=our_library(library), to=_lender(request, lender), request=number)


def borrowed_strap(
    request: Request, item: Item, library: OurLibrary, zone: tzinfo, customer: str | None = None
) -> BorrowedStrap:
    """Say what the band around a borrowed item says: by when it must be back, where it is picked up, which barcode stands for it.

    `customer` is a name, where the library's settings have it printed.
    """
    return BorrowedStrap(
        library=our_library(library),
        due=_customers_day(request, item, zone),
        conditions=_terms(request),
        pick_up_at=library.branch(request.borrowed.pickup_branch),
        customer=customer,
        work=work_of(request.wanted, item),
        item=item_code(item),
        our_request=request_code(request.id),
    )


def borrowed_band(request: Request, item: Item, library: OurLibrary, zone: tzinfo) -> CoverBand:
    """Say what the narrow band around the front cover of a borrowed item says."""
    return CoverBand(
        library=our_library(library),
        due=_customers_day(request, item, zone),
        conditions=_terms(request),
        title=item.copy.title or request.wanted.title,
        item=item_code(item),
        our_request=request_code(request.id),
    )


def _customers_day(request: Request, item: Item, zone: tzinfo) -> date | None:
    """The day of our circulation system, once it has set one; until then the last on which the lender still gets it back in time."""
    return local_day(item.due_at or (latest_return(request.due_at) if request.due_at else None), zone)


def _terms(request: Request) -> tuple[str, ...]:
    terms = request.borrowed.terms
    return conditions(terms.conditions if terms else ())


def _our_number(request: Request) -> PrintedCode:
    """Our number as the lender knows it, which says the attempt."""
    return request_code(attempt_number(request.id, request.borrowed.attempt))


def _lender(request: Request, lender: Partner | None) -> Addressee:
    """To whom and where it goes back: as the lender wrote, else as its record says, else to its symbol alone."""
    name = request.borrowed.return_name or (lender.name if lender else request.supplying_agency)
    return addressee(name, return_address(request, lender))
