"""What each paper says, apart from how it is printed: text.py and pdf.py print the same structs.

A day is the library's own, a code is what a scanner reads. What leaves the house has no field for a customer: `leaves_the_house`
says which papers do, and tests hold them to it. Pure.
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar

import msgspec

from gateway.stationery import PaperName


class PaperPart(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a paper."""


class CodeKind(StrEnum):
    """What a code stands for, which decides the bars it is printed in."""

    REQUEST = "request"
    OUR_ITEM = "our item"
    """The bars that our own circulation system's labels have."""
    THEIR_ITEM = "their item"
    AT_DESK = "at the desk"
    """A request's page at the desk, as a square code: for papers that stay in the house."""


class PrintedCode(PaperPart, frozen=True, kw_only=True):
    """What is printed as bars or a square for a scanner, and as text beside it."""

    text: str
    kind: CodeKind


class Letterhead(PaperPart, frozen=True, kw_only=True):
    """Who and where we are."""

    name: str
    department: str | None
    lines: tuple[str, ...]
    """The address; it doesn't say the name again."""
    contact: str | None


class Addressee(PaperPart, frozen=True, kw_only=True):
    """Whom a parcel is for, and where it goes."""

    name: str
    lines: tuple[str, ...]
    courier: str | None = None


class PrintedWork(PaperPart, frozen=True, kw_only=True):
    """What the work is, in our catalogue's words if they are known; and which part of it, for a copy."""

    title: str | None
    author: str | None
    edition: str | None
    volume: str | None
    article: str | None
    article_author: str | None
    issue: str | None
    pages: str | None


class Piece(PaperPart, frozen=True, kw_only=True):
    """One thing in a parcel: an item of ours, or a copy to keep, which has no barcode."""

    work: PrintedWork
    item: PrintedCode | None = None
    call_number: str | None = None
    due: date | None = None
    """Only if it isn't the parcel's."""


class Paper(PaperPart, frozen=True, kw_only=True, tag_field="paper"):
    """A paper: its tag is its PaperName, `heading` what stands on top of it."""

    heading: ClassVar[str]
    leaves_the_house: ClassVar[bool] = True

    library: Letterhead

    @classmethod
    def named(cls) -> PaperName:
        """Return the paper's name, which is that of its template."""
        return PaperName(str(cls.__struct_config__.tag))


class PullSlip(Paper, frozen=True, kw_only=True, tag=PaperName.PULL_SLIP.value):
    """Fetch one item from the shelf; stays with it until it is at the desk."""

    heading = "PULL SLIP"
    leaves_the_house = False

    branch: str
    call_number: str | None
    item: PrintedCode
    work: PrintedWork
    is_copy: bool
    """A copy is made of it, and it goes back to its shelf."""
    level: str | None
    """Rush, Express …; None where nothing hurries."""
    doubt: str | None
    """What a person is to look at before it goes out."""
    partner: str
    our_request: PrintedCode
    at_desk: PrintedCode
    needed_by: date | None


class Strap(Paper, frozen=True, kw_only=True, tag=PaperName.STRAP.value):
    """The paper band around an item that we lend."""

    heading = "INTERLIBRARY LOAN"

    due: date | None
    conditions: tuple[str, ...]
    work: PrintedWork
    item: PrintedCode
    call_number: str | None
    lent_to: str
    their_request: PrintedCode | None
    our_request: PrintedCode


class BorrowedStrap(Paper, frozen=True, kw_only=True, tag=PaperName.BORROWED_STRAP.value):
    """The paper band around an item that we borrowed, while it is in our house and with our customer."""

    heading = "INTERLIBRARY LOAN"
    leaves_the_house = False

    due: date | None
    conditions: tuple[str, ...]
    pick_up_at: str
    customer: str | None
    """The customer's name, where the library's settings have it printed."""
    work: PrintedWork
    item: PrintedCode
    our_request: PrintedCode


class RoutingSlip(Paper, frozen=True, kw_only=True, tag=PaperName.ROUTING_SLIP.value):
    """Send an item on its way inside the house."""

    heading = "ROUTING SLIP"
    leaves_the_house = False

    to: str
    work: PrintedWork
    item: PrintedCode
    call_number: str | None
    our_request: PrintedCode
    at_desk: PrintedCode


class PackingSlip(Paper, frozen=True, kw_only=True, tag=PaperName.PACKING_SLIP.value):
    """What is in a parcel to a partner: a loan with its due date and where it comes back to, or a copy to keep."""

    heading = "PACKING SLIP"

    to: Addressee
    their_request: PrintedCode | None
    our_request: PrintedCode
    due: date | None
    conditions: tuple[str, ...]
    pieces: tuple[Piece, ...]
    comes_back: bool


class ReturnSlip(Paper, frozen=True, kw_only=True, tag=PaperName.RETURN_SLIP.value):
    """What is in a parcel back to its lender: whose numbers it has there, and where it goes."""

    heading = "PACKING SLIP"

    to: Addressee
    their_request: PrintedCode | None
    our_request: PrintedCode
    due: date | None
    work: PrintedWork
    items: tuple[PrintedCode, ...]
    """The lender's own barcodes."""


class ShippingLabel(Paper, frozen=True, kw_only=True, tag=PaperName.SHIPPING_LABEL.value):
    """The address of a parcel to a partner."""

    heading = "LABEL"

    to: Addressee
    request: PrintedCode | None


class ReturnLabel(Paper, frozen=True, kw_only=True, tag=PaperName.RETURN_LABEL.value):
    """The address of a parcel back to its lender."""

    heading = "RETURN"

    to: Addressee
    request: PrintedCode | None


class CoverBand(Paper, frozen=True, kw_only=True, tag=PaperName.COVER_BAND.value):
    """A narrow band around the front cover, which leaves the spine free: whoever has the item sees that it is on loan, and until when."""

    heading = "ILL"

    due: date | None
    conditions: tuple[str, ...]
    title: str | None
    item: PrintedCode
    our_request: PrintedCode


class BillItem(PaperPart, frozen=True, kw_only=True):
    """An item that a bill is about."""

    title: str | None
    author: str | None
    call_number: str | None
    barcode: str | None
    our_request: str
    their_request: str | None
    shipped: date | None
    due: date | None
    notice: date | None


class PaperBillLine(PaperPart, frozen=True, kw_only=True):
    """An amount with its currency's digits, as a text: whoever sets it works nothing out."""

    words: str
    amount: str
    item: BillItem | None = None
    """Only at the first line about it."""


class _OfMoney(Paper, frozen=True, kw_only=True):
    """What papers about money share."""

    to: Addressee
    number: str
    dated: date
    currency: str
    tax_id: str | None = None
    reference: str | None = None
    """What the partner wants to read on it."""


class InvoicePaper(_OfMoney, frozen=True, kw_only=True, tag=PaperName.INVOICE.value):
    """What a partner owes for something, with its number."""

    heading = "INVOICE"

    due: date | None
    terms: str
    lines: tuple[PaperBillLine, ...]
    total: str
    paid: str
    balance: str
    if_returned: str
    remit_to: tuple[str, ...]
    ways_to_pay: tuple[str, ...]


class CreditNote(_OfMoney, frozen=True, kw_only=True, tag=PaperName.CREDIT_NOTE.value):
    """What is taken back of an invoice."""

    heading = "CREDIT NOTE"

    corrects: str
    lines: tuple[PaperBillLine, ...]
    total: str


class StatementRow(PaperPart, frozen=True, kw_only=True):
    """One thing that was booked, and what was owed then."""

    day: date
    words: str
    amount: str
    balance: str


class OpenBillLine(PaperPart, frozen=True, kw_only=True):
    """An invoice on which something is owed."""

    number: str
    dated: date
    due: date | None
    total: str
    balance: str
    age: str


class StatementPaper(_OfMoney, frozen=True, kw_only=True, tag=PaperName.STATEMENT.value):
    """A partner's account over some time: what was owed before, what was booked, what is owed now, and how old that is. `number` is its account's."""

    heading = "STATEMENT"

    since: date
    until: date
    opening: str
    rows: tuple[StatementRow, ...]
    closing: str
    bills: tuple[OpenBillLine, ...]
    ages: tuple[PaperBillLine, ...]
    remit_to: tuple[str, ...]
    ways_to_pay: tuple[str, ...]


class ReminderLetter(_OfMoney, frozen=True, kw_only=True, tag=PaperName.REMINDER_LETTER.value):
    """An invoice that was not paid, said once more."""

    heading = "REMINDER"

    which: str
    """First, second, last."""
    invoice_dated: date
    due: date | None
    words: str
    lines: tuple[PaperBillLine, ...]
    total: str
    paid: str
    balance: str
    remit_to: tuple[str, ...]
    ways_to_pay: tuple[str, ...]


class DisputeLetter(_OfMoney, frozen=True, kw_only=True, tag=PaperName.DISPUTE_LETTER.value):
    """Why we do not owe what a lender's invoice asks for. `number` is the invoice's, as the lender writes it."""

    heading = "DISPUTED INVOICE"

    entry: str
    """Under which we keep it."""
    invoice_dated: date
    kind: str
    amount: str
    title: str | None
    our_request: str | None
    words: str
    evidence: tuple[str, ...]


class WorklistRow(PaperPart, frozen=True, kw_only=True):
    """A request of a list, with what one needs to find and to know it."""

    request: str
    title: str | None
    author: str | None
    item: str | None
    place: str | None
    """Its branch, and its shelf if we lend it."""
    partner: str | None
    state: str
    due: date | None
    marks: tuple[str, ...]


class WorklistPaper(Paper, frozen=True, kw_only=True, tag=PaperName.WORKLIST.value):
    """A worklist, to take along."""

    heading = "WORK LIST"
    leaves_the_house = False

    words: str
    """How many there are, and what of; that these are the first, where there are more."""
    rows: tuple[WorklistRow, ...]


AnyPaper = (
    PullSlip
    | Strap
    | BorrowedStrap
    | RoutingSlip
    | PackingSlip
    | ReturnSlip
    | ShippingLabel
    | ReturnLabel
    | CoverBand
    | InvoicePaper
    | CreditNote
    | StatementPaper
    | ReminderLetter
    | DisputeLetter
    | WorklistPaper
)
"""Every paper that there is."""
