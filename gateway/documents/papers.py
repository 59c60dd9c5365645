"""What each paper says, apart from how it is printed: text.py and pdf.py print the same structs.

A day is the library's own, a code is what a scanner reads. What leaves the house has no field for a customer: `leaves_the_house`
says which papers do, and tests hold them to it. Invoices and letters will be further structs here, with a template beside the others. Pure.
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar

import msgspec

from gateway.stationery import PaperName


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a paper."""


class CodeKind(StrEnum):
    """What a code stands for, which decides the bars it is printed in."""

    REQUEST = "request"
    OUR_ITEM = "our item"
    """The bars that our own circulation system's labels have."""
    THEIR_ITEM = "their item"
    AT_DESK = "at the desk"
    """A request's page at the desk, as a square code: for papers that stay in the house."""


class Code(Part, frozen=True, kw_only=True):
    """What is printed as bars or a square for a scanner, and as text beside it."""

    text: str
    kind: CodeKind


class Library(Part, frozen=True, kw_only=True):
    """Who and where we are."""

    name: str
    department: str | None
    lines: tuple[str, ...]
    """The address; it doesn't say the name again."""
    contact: str | None


class Addressee(Part, frozen=True, kw_only=True):
    """Whom a parcel is for, and where it goes."""

    name: str
    lines: tuple[str, ...]
    courier: str | None = None


class Work(Part, frozen=True, kw_only=True):
    """What the work is, in our catalogue's words if they are known; and which part of it, for a copy."""

    title: str | None
    author: str | None
    edition: str | None
    volume: str | None
    article: str | None
    article_author: str | None
    issue: str | None
    pages: str | None


class Piece(Part, frozen=True, kw_only=True):
    """One thing in a parcel: an item of ours, or a copy to keep, which has no barcode."""

    work: Work
    item: Code | None = None
    call_number: str | None = None
    due: date | None = None
    """Only if it isn't the parcel's."""


class Paper(Part, frozen=True, kw_only=True, tag_field="paper"):
    """A paper: its tag is its PaperName, `heading` what stands on top of it."""

    heading: ClassVar[str]
    leaves_the_house: ClassVar[bool] = True

    library: Library

    @classmethod
    def named(cls) -> PaperName:
        """Give the paper's name, which is that of its template."""
        return PaperName(str(cls.__struct_config__.tag))


class PullSlip(Paper, frozen=True, kw_only=True, tag=PaperName.PULL_SLIP.value):
    """Fetch one item from the shelf; stays with it until it is at the desk."""

    heading = "PULL SLIP"
    leaves_the_house = False

    branch: str
    call_number: str | None
    item: Code
    work: Work
    is_copy: bool
    """A copy is made of it, and it goes back to its shelf."""
    level: str | None
    """Rush, Express …; None where nothing hurries."""
    doubt: str | None
    """What a person is to look at before it goes out."""
    partner: str
    our_request: Code
    at_desk: Code
    needed_by: date | None


class Strap(Paper, frozen=True, kw_only=True, tag=PaperName.STRAP.value):
    """The paper band around an item that we lend."""

    heading = "INTERLIBRARY LOAN"

    due: date | None
    conditions: tuple[str, ...]
    work: Work
    item: Code
    call_number: str | None
    lent_to: str
    their_request: Code | None
    our_request: Code


class BorrowedStrap(Paper, frozen=True, kw_only=True, tag=PaperName.BORROWED_STRAP.value):
    """The paper band around an item that we borrowed, while it is in our house and with our customer."""

    heading = "INTERLIBRARY LOAN"
    leaves_the_house = False

    due: date | None
    conditions: tuple[str, ...]
    pick_up_at: str
    customer: str | None
    """The customer's name, where the library's settings have it printed."""
    work: Work
    item: Code
    our_request: Code


class RoutingSlip(Paper, frozen=True, kw_only=True, tag=PaperName.ROUTING_SLIP.value):
    """Send an item on its way inside the house."""

    heading = "ROUTING SLIP"
    leaves_the_house = False

    to: str
    work: Work
    item: Code
    call_number: str | None
    our_request: Code
    at_desk: Code


class PackingSlip(Paper, frozen=True, kw_only=True, tag=PaperName.PACKING_SLIP.value):
    """What is in a parcel to a partner: a loan with its due date and where it comes back to, or a copy to keep."""

    heading = "PACKING SLIP"

    to: Addressee
    their_request: Code | None
    our_request: Code
    due: date | None
    conditions: tuple[str, ...]
    pieces: tuple[Piece, ...]
    comes_back: bool


class ReturnSlip(Paper, frozen=True, kw_only=True, tag=PaperName.RETURN_SLIP.value):
    """What is in a parcel back to its lender: whose numbers it has there, and where it goes."""

    heading = "PACKING SLIP"

    to: Addressee
    their_request: Code | None
    our_request: Code
    due: date | None
    work: Work
    items: tuple[Code, ...]
    """The lender's own barcodes."""


class ShippingLabel(Paper, frozen=True, kw_only=True, tag=PaperName.SHIPPING_LABEL.value):
    """The address of a parcel to a partner."""

    heading = "LABEL"

    to: Addressee
    request: Code | None


class ReturnLabel(Paper, frozen=True, kw_only=True, tag=PaperName.RETURN_LABEL.value):
    """The address of a parcel back to its lender."""

    heading = "RETURN"

    to: Addressee
    request: Code | None


class CoverBand(Paper, frozen=True, kw_only=True, tag=PaperName.COVER_BAND.value):
    """A narrow band around the front cover, which leaves the spine free: whoever has the item sees that it is on loan, and until when."""

    heading = "ILL"

    due: date | None
    conditions: tuple[str, ...]
    title: str | None
    item: Code
    our_request: Code


AnyPaper = (
    PullSlip | Strap | BorrowedStrap | RoutingSlip | PackingSlip | ReturnSlip | ShippingLabel | ReturnLabel | CoverBand
)
"""Every paper that there is."""
