"""What is kept of money that we are owed: bills with their lines, the ledger, payments. Records, as those of the workflow.

Amounts are decimals of the bill's currency; `store` keeps them as whole numbers of its minor unit. A released field is never
renamed, and a new one has a default.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from gateway.money.amounts import NOTHING, total
from gateway.money.engine import Subject
from gateway.money.fiscal import paper_number
from gateway.workflow.values import PostalAddress, Record


class BillKind(StrEnum):
    """Which of the two papers that have a number a bill is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit note"


class BillState(StrEnum):
    """Where a bill stands. What leads from one to the next: table.py."""

    CANDIDATE = "candidate"
    DRAFT = "draft"
    DROPPED = "dropped"
    FINALISED = "finalised"
    SENT = "sent"
    PART_PAID = "part paid"
    PAID = "paid"
    DISPUTED = "disputed"
    REPLACED = "replacement accepted"
    CREDITED = "credited"
    WRITTEN_OFF = "written off"


class LineKind(StrEnum):
    """What a line asks money for."""

    REPLACEMENT = "replacement"
    PROCESSING = "processing"
    DAMAGE = "damage"
    FEE = "fee"
    TAX = "tax"
    CREDIT = "credit"
    """On a credit note: what is taken back."""


_ASKED_FOR: Final = tuple(kind for kind in LineKind if kind is not LineKind.CREDIT)
KINDS_OF_LINES: Final = {
    BillKind.INVOICE: _ASKED_FOR,
    BillKind.CREDIT_NOTE: (LineKind.CREDIT, *_ASKED_FOR),
}
"""What a line may be for; the first is what a new one is taken for."""


WORDS_MAX: Final = 200
"""How many characters a line's words may have."""
LINES_MAX: Final = 200
"""How many lines a person may write; a bill of gathered fees may have more."""


class BillWay(StrEnum):
    """How a bill reaches the partner."""

    EMAIL = "e-mail"
    PAPER = "paper"


class Seen(StrEnum):
    """What the circulation system (17) shows of an item before it is billed."""

    OUT = "out"
    BACK = "back"
    UNCLEAR = "unclear"


class Loan(Record, frozen=True, kw_only=True):
    """The request and the item that a line is about, as they were when the line was written. Nothing of a customer."""

    request: str
    their_request: str | None = None
    title: str | None = None
    author: str | None = None
    call_number: str | None = None
    item_barcode: str | None = None
    shipped_on: date | None = None
    due_on: date | None = None
    notice_on: date | None = None
    """When the partner was first told that it is overdue."""


class BilledAmount(Record, frozen=True, kw_only=True):
    """One amount of a bill, above 0."""

    kind: LineKind
    words: str
    amount: Decimal
    loan: Loan | None = None


class Seller(Record, frozen=True, kw_only=True):
    """Who we are on a bill."""

    name: str
    department: str | None = None
    address: PostalAddress = PostalAddress()
    contact: str | None = None
    tax_id: str | None = None
    remit_to: tuple[str, ...] = ()
    """Where the money goes, line by line, if elsewhere."""
    ways_to_pay: tuple[str, ...] = ()
    """Check, ACH, a link to pay by card, IFM, voucher: one a line."""


class Buyer(Record, frozen=True, kw_only=True):
    """Whom a bill is for."""

    name: str
    symbol: str | None = None
    address: PostalAddress = PostalAddress()
    reference: str | None = None
    """Its purchase order, or whatever else it wants to read on a bill."""


class BillTerms(Record, frozen=True, kw_only=True):
    """What a bill says about paying it and about what comes back."""

    payment: str = ""
    """Such as "Net 30 days"."""
    if_returned: str = ""
    """What is credited if the item comes back."""


class Face(Record, frozen=True, kw_only=True):
    """What a bill says beside its number and its lines, frozen when it is finalised."""

    seller: Seller
    buyer: Buyer
    dated: date
    due: date | None = None
    terms: BillTerms = BillTerms()
    corrects: str | None = None
    """On a credit note: the number of the invoice."""


class PaperNumber(Record, frozen=True, kw_only=True):
    """A number of a series, without gaps in its fiscal year."""

    series: str
    year: int
    number: int

    def __str__(self) -> str:
        """As papers show it."""
        return paper_number(self.series, self.year, self.number)


class Bill(Subject, frozen=True, kw_only=True):
    """An invoice or a credit note for one partner, in one currency."""

    kind: BillKind = BillKind.INVOICE
    state: BillState
    partner: str
    currency: str
    lines: tuple[BilledAmount, ...] = ()
    number: PaperNumber | None = None
    """Given by the store in the transaction that finalises."""
    series: str | None = None
    """From finalising on: the series and the fiscal year of which the number is."""
    fiscal_year: int | None = None
    face: Face | None = None
    """None until it is finalised."""
    template_hash: str | None = None
    """Of the template that its PDF is made by."""
    paper_made: bool = False
    item_barcode: str | None = None
    """The item that is looked for before anything is billed."""
    seen: Seen | None = None
    """What the circulation system showed of it last; None: not asked yet."""
    seen_at: datetime | None = None
    seen_words: str = ""
    shelf_checked_by: str | None = None
    """Who has looked at our own shelf, and not found it."""
    sent_at: datetime | None = None
    sent_by: BillWay | None = None
    sent_to: str | None = None
    reminders: int = 0
    """How many have gone out."""
    reminded_at: datetime | None = None
    disputed: str | None = None
    """Why the partner disputes it."""
    credits: str | None = None
    """On a credit note: the bill that it corrects."""
    paid: Decimal = NOTHING
    credited: Decimal = NOTHING
    waived: Decimal = NOTHING
    """Written off, or taken as replaced by another copy."""
    gathers: str | None = None
    """Of a bill of fees: the first request whose fee it asks for, by which no other bill asks for it."""
    back_at: datetime | None = None
    """When the item of it was seen to be back."""
    quiet: int = 0
    """How many of its versions leave every form as true as it was: no person made them."""

    @property
    def version_of_forms(self) -> int:
        """The version that a form names, and that is looked at when it comes."""
        return self.version - self.quiet

    @property
    def total(self) -> Decimal:
        """What it asks for."""
        return total(line.amount for line in self.lines)

    @property
    def balance(self) -> Decimal:
        """What is still owed; nothing on a credit note, nor before a bill is finalised."""
        if self.kind is BillKind.CREDIT_NOTE or self.face is None:
            return NOTHING
        return self.total - self.paid - self.credited - self.waived

    @property
    def requests(self) -> tuple[str, ...]:
        """The requests that its lines are about, each once."""
        return tuple(dict.fromkeys(line.loan.request for line in self.lines if line.loan))


class EntryKind(StrEnum):
    """What a line of the ledger books."""

    BILLED = "billed"
    PAID = "paid"
    REVERSED = "payment reversed"
    CREDITED = "credited"
    TO_CREDIT = "kept as credit"
    CREDIT_USED = "credit used"
    OVERPAID = "overpaid"
    WRITTEN_OFF = "written off"
    REVIVED = "write-off taken back"
    REPLACED = "replacement accepted"
    PAID_BACK = "paid back"
    MOVED = "moved with its partner"
    """From one partner to the one that it was merged into: a line for each, which sum up to nothing."""


class LedgerEntry(Record, frozen=True, kw_only=True):
    """A line of the ledger: written once, never changed. Above 0 the partner owes more, below 0 it owes less.

    What is of no bill is of the partner's credit: its sum is the credit, with a minus.
    """

    partner: str
    currency: str
    bill: str | None
    kind: EntryKind
    amount: Decimal
    at: datetime
    by: str
    payment: str | None = None
    credit_note: str | None = None
    words: str = ""


class Means(StrEnum):
    """How money came."""

    CHECK = "check"
    TRANSFER = "bank transfer"
    CARD = "card"
    IFM = "IFM"
    VOUCHER = "IFLA voucher"
    CASH = "cash"
    OTHER = "other"


class Payment(Record, frozen=True, kw_only=True):
    """Money that came from a partner: what is over after its bills stays as the partner's credit. Or some of that, paid back."""

    id: str
    partner: str
    currency: str
    amount: Decimal
    """In the currency in which it is booked."""
    received_on: date
    means: Means
    reference: str = ""
    booked_at: datetime
    booked_by: str
    paid_in: str | None = None
    """The currency in which it came, if another; then `paid_amount` of it at `rate`."""
    paid_amount: Decimal | None = None
    rate: Decimal | None = None
    reversed_at: datetime | None = None
    reversed_why: str = ""
    back: bool = False
    """We paid the partner, out of its credit; `received_on` is the day on which we did."""


Shares = Mapping[str, Decimal]
"""How much of a payment goes to each bill, by its id."""
