"""The papers of what we borrow: the strap while it is in our house, the packing slip on its way back.

Each is plain text, layout.WIDTH columns wide. What leaves the house knows nothing of the customer: neither the request's record
nor anything else that is given here holds one. The strap stays in the house. Pure.
"""

from datetime import tzinfo

from gateway.documents.layout import Block, centred, field, page, sides
from gateway.documents.words import (
    article_block,
    condition_words,
    due_block,
    library_block,
    local_day,
    named,
    return_address,
    work_block,
)
from gateway.workflow.borrowing.dues import latest_return
from gateway.workflow.borrowing.numbers import attempt_number
from gateway.workflow.partners import Partner
from gateway.workflow.records import Item, OurLibrary, Request

_CHECKED_LENGTH = 14
"""Digits of a barcode whose last one is its check digit (ill.md, "Barcodes")."""


def return_slip(request: Request, lender: Partner | None, library: OurLibrary, zone: tzinfo) -> str:
    """Say what is in a parcel back to its lender: whose numbers it has there, and where it goes."""
    return page(
        sides(library.name, "PACKING SLIP"),
        _lender_block("Returned to", request, lender),
        [
            *field("Your request", request.borrowed.lender_request_id),
            *field("Our request", attempt_number(request.id, request.borrowed.attempt)),
            *field("Due", local_day(request.due_at, zone)),
        ],
        [
            *work_block(request.wanted),
            *article_block(request.wanted),
            *field("Your item", *request.borrowed.lender_items),
        ],
        library_block("From", library),
    )


def return_label(request: Request, lender: Partner | None, library: OurLibrary) -> str:
    """Address the parcel back to the lender."""
    return page(
        sides("Interlibrary loan", "RETURN"),
        _lender_block("TO", request, lender),
        field("Request", request.borrowed.lender_request_id or attempt_number(request.id, request.borrowed.attempt)),
        library_block("From", library),
    )


def borrowed_strap(request: Request, item: Item, library: OurLibrary, zone: tzinfo, customer: str | None = None) -> str:
    """Make the paper band around a borrowed item: by when it must be back, where it is picked up, which barcode stands for it.

    `customer` is a name, where the library's settings have it printed. The day is our circulation system's, once it has set one;
    until then the last on which the lender still gets it back in time.
    """
    due_at = item.due_at or (latest_return(request.due_at) if request.due_at else None)
    terms = request.borrowed.terms
    return page(
        sides(library.name, "INTERLIBRARY LOAN"),
        centred(["Please keep this band on the item."]),
        due_block(local_day(due_at, zone)),
        field("CONDITIONS", *map(condition_words, terms.conditions if terms else ())),
        [*field("PICK UP AT", request.borrowed.pickup_branch), *field("For", customer)],
        [*work_block(request.wanted, item), *article_block(request.wanted)],
        [*_barcode_block(item.barcode), *field("Our request", request.id)],
        library_block("Return to", library),
    )


def _barcode_block(barcode: str) -> Block:
    """The barcode as text: a label that can't be scanned is typed, and the check digit shows a slip of the hand."""
    is_checked = len(barcode) == _CHECKED_LENGTH and barcode.isascii() and barcode.isdigit()
    return [*field("Barcode", barcode), *field("Check digit", barcode[-1] if is_checked else None)]


def _lender_block(label: str, request: Request, lender: Partner | None) -> Block:
    """Say to whom and where it goes back: as the lender wrote, else as its record says, else its symbol alone."""
    name = request.borrowed.return_name or (lender.name if lender else request.supplying_agency)
    return field(label, *named(name, return_address(request, lender)))
