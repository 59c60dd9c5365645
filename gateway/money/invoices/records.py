"""What is kept of an invoice that a lender has sent us. Records, as those of the workflow.

Amounts are decimals of the invoice's currency; `store` keeps them as whole numbers of its minor unit. A released field is never
renamed, and a new one has a default.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from gateway.money.engine import Subject
from gateway.money.records import BillWay, Buyer, Means, Seller
from gateway.workflow.values import Record


class InvoiceState(StrEnum):
    """Where an invoice stands. What leads from one to the next: table.py."""

    ENTERED = "entered"
    DISPUTED = "disputed"
    VERIFIED = "verified"
    APPROVED = "approved"
    EXPORTED = "exported"
    PAID = "paid"
    WITHDRAWN = "withdrawn"
    """The lender took it back, or it asks for nothing."""
    DROPPED = "dropped"
    """Entered by mistake."""


class InvoiceKind(StrEnum):
    """What it asks money for."""

    LOST = "lost"
    DAMAGED = "damaged"
    LATE = "late"
    FEE = "loan fee"
    OTHER = "other"


class Check(StrEnum):
    """What an invoice is compared with, in the order in which it is told."""

    REQUEST = "our request"
    SUPPLIED = "supplied by this lender"
    BACK = "back before the invoice"
    DUE = "renewed or recalled"
    BEFORE = "billed before"
    AGREED = "the cost that was agreed"
    TERMS = "the lender's terms"
    CURRENCY = "currency"
    AGE = "within six months"
    CHARGED = "charged to the customer"


class Says(StrEnum):
    """What the comparison comes to."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNCLEAR = "can't tell"


class InvoiceFinding(Record, frozen=True, kw_only=True):
    """What one comparison comes to, in words that a lender may read; `inside` stays among us."""

    check: Check
    says: Says
    words: str
    inside: str = ""


class Claim(Record, frozen=True, kw_only=True):
    """What stands on the invoice, as a person read it."""

    number: str
    """As the lender writes it."""
    lender: str
    """Its name, as the invoice has it."""
    partner: str | None = None
    """Which of the partners that is, by its id; None: none of them."""
    symbols: tuple[str, ...] = ()
    """What that partner went by then: it is known by them if its record was merged with another, or made anew."""
    kind: InvoiceKind
    dated: date
    due: date | None = None
    amount: Decimal
    currency: str
    request: str | None = None
    """The request of ours that it names, by our number."""
    title: str | None = None
    note: str = ""


class DisputeFace(Record, frozen=True, kw_only=True):
    """What a dispute letter says beside the invoice's own facts, frozen when it is asked for."""

    us: Seller
    them: Buyer
    dated: date
    words: str
    """What we dispute, as a person wrote it."""
    evidence: tuple[str, ...] = ()


class Invoice(Subject, frozen=True, kw_only=True):
    """An invoice of one lender about one request of ours, or about none. One that names several requests is entered once for each."""

    state: InvoiceState
    claim: Claim
    fiscal_year: int
    """Of the invoice's date, by the fiscal year that was the library's when it was entered."""
    agreed: Decimal
    """What is to be paid: what was asked for, unless a dispute ended with less."""
    findings: tuple[InvoiceFinding, ...] = ()
    checked_at: datetime | None = None
    hands: tuple[str, ...] = ()
    """Who entered it, corrected it, settled its amount or verified it: none of them approves it."""
    verified_by: str | None = None
    verified_at: datetime | None = None
    verified_why: str = ""
    """Why, although something differs."""
    pay_from: date | None = None
    """What a customer has lost is charged to the customer first; until then the lender is not paid."""
    approved_by: str | None = None
    approved_at: datetime | None = None
    disputed: str | None = None
    """Why we dispute it."""
    letter: DisputeFace | None = None
    """The last one."""
    letters: int = 0
    """How many were asked for."""
    letter_made: bool = False
    """The last one's PDF is kept."""
    sent_at: datetime | None = None
    """When the last one went out."""
    sent_by: BillWay | None = None
    sent_to: str | None = None
    batch: str | None = None
    """The export by which the accounting system heard of it."""
    exported_at: datetime | None = None
    paid_on: date | None = None
    paid_by: str | None = None
    means: Means | None = None
    reference: str = ""
    quiet: int = 0
    """How many of its versions leave every form as true as it was: no person made them."""

    @property
    def version_of_forms(self) -> int:
        """The version that a form names, and that is looked at when it comes."""
        return self.version - self.quiet

    @property
    def differs(self) -> tuple[InvoiceFinding, ...]:
        """What of it does not agree with our records."""
        return tuple(finding for finding in self.findings if finding.says is Says.DIFFERS)


OPEN = (
    InvoiceState.ENTERED,
    InvoiceState.DISPUTED,
    InvoiceState.VERIFIED,
    InvoiceState.APPROVED,
    InvoiceState.EXPORTED,
)
"""Something is still to be done, or to be paid."""
ENDED = (InvoiceState.PAID, InvoiceState.WITHDRAWN, InvoiceState.DROPPED)
