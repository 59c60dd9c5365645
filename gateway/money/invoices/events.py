"""What can happen to an invoice: from people, and from our own work.

One struct a happening; `trigger` is the table's word for it. Released tags and fields are never renamed.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from gateway.money.invoices.records import Claim, DisputeFace, InvoiceFinding
from gateway.money.records import Means
from gateway.workflow.triggers import Event


class InvoiceTrigger(StrEnum):
    """The columns of the table: everything that can happen."""

    ENTERED = "entered"
    DOCUMENT_KEPT = "document kept"
    LETTER_MADE = "letter made"
    LETTER_NOT_MADE = "letter not made"
    LETTER_MAILED = "letter mailed"
    LETTER_NOT_MAILED = "letter not mailed"
    LETTER_PERHAPS_MAILED = "letter perhaps mailed"
    EXPORTED = "exported"
    # from staff
    CORRECT = "correct"
    CHECK = "check again"
    DISPUTE = "dispute"
    MAKE_LETTER = "make the letter"
    MAIL = "mail"
    POSTED = "posted"
    END_DISPUTE = "end the dispute"
    WITHDRAW = "taken back by the lender"
    VERIFY = "verify"
    APPROVE = "approve"
    SEND_BACK = "send back"
    PAY = "pay"
    NOT_PAID = "not paid after all"
    DROP = "drop"
    NOTE = "note"


class InvoiceAct(StrEnum):
    """What staff can do to an invoice: the buttons of the desk and the words of `invoices act`."""

    CORRECT = "correct"
    CHECK = "check"
    VERIFY = "verify"
    APPROVE = "approve"
    SEND_BACK = "send-back"
    DISPUTE = "dispute"
    MAKE_LETTER = "make-letter"
    MAIL = "mail"
    POSTED = "posted"
    END_DISPUTE = "end-dispute"
    WITHDRAW = "withdraw"
    PAY = "pay"
    NOT_PAID = "not-paid"
    DROP = "drop"
    NOTE = "note"


class InvoiceEntered(Event, frozen=True, kw_only=True, tag="invoice entered"):
    """An invoice came: the only event that begins one."""

    invoice: str
    """The id given to it."""
    claim: Claim
    fiscal_year: int
    findings: tuple[InvoiceFinding, ...] = ()

    @property
    def trigger(self) -> InvoiceTrigger:
        """Always the same."""
        return InvoiceTrigger.ENTERED


class DocumentKept(Event, frozen=True, kw_only=True, tag="invoice document kept"):
    """The paper itself, or something that belongs to it, is kept."""

    name: str
    size: int
    """In bytes."""

    @property
    def trigger(self) -> InvoiceTrigger:
        """Always the same."""
        return InvoiceTrigger.DOCUMENT_KEPT


class LetterMade(Event, frozen=True, kw_only=True, tag="dispute letter made"):
    """A dispute letter is set, and kept in the same transaction."""

    letter: int
    digest: str
    """SHA-256 of the PDF."""

    @property
    def trigger(self) -> InvoiceTrigger:
        """Always the same."""
        return InvoiceTrigger.LETTER_MADE


class LetterNotMade(Event, frozen=True, kw_only=True, tag="dispute letter not made"):
    """It can't be set: a template's mistake, which staff mend."""

    letter: int
    words: str

    @property
    def trigger(self) -> InvoiceTrigger:
        """Always the same."""
        return InvoiceTrigger.LETTER_NOT_MADE


class LetterMailed(Event, frozen=True, kw_only=True, tag="dispute letter mailed"):
    """The mail server has taken the mail."""

    letter: int
    to: str
    words: str = ""

    @property
    def trigger(self) -> InvoiceTrigger:
        """Always the same."""
        return InvoiceTrigger.LETTER_MAILED


class LetterNotMailed(Event, frozen=True, kw_only=True, tag="dispute letter not mailed"):
    """The mail could not be handed over; `perhaps`: the connection ended when it may have been taken."""

    letter: int
    to: str
    words: str
    perhaps: bool = False

    @property
    def trigger(self) -> InvoiceTrigger:
        """By whether it may have arrived."""
        return InvoiceTrigger.LETTER_PERHAPS_MAILED if self.perhaps else InvoiceTrigger.LETTER_NOT_MAILED


class InvoiceExported(Event, frozen=True, kw_only=True, tag="invoice exported"):
    """The accounting system was given it, in an export with others."""

    batch: str

    @property
    def trigger(self) -> InvoiceTrigger:
        """Always the same."""
        return InvoiceTrigger.EXPORTED


class InvoiceActed(Event, frozen=True, kw_only=True, tag="invoice acted"):
    """Staff did something to an invoice, with what that act needs."""

    act: InvoiceAct
    words: str = ""
    """The reason, or the note."""
    claim: Claim | None = None
    fiscal_year: int | None = None
    findings: tuple[InvoiceFinding, ...] | None = None
    """What history says of it now."""
    letter: DisputeFace | None = None
    amount: Decimal | None = None
    """What is to be paid after a dispute; what was asked for, if it is left out."""
    pay_from: date | None = None
    to: str | None = None
    """The e-mail address."""
    paid_on: date | None = None
    means: Means | None = None
    reference: str = ""

    @property
    def trigger(self) -> InvoiceTrigger:
        """By the act."""
        return TRIGGER_OF[self.act]


TRIGGER_OF: Final[Mapping[InvoiceAct, InvoiceTrigger]] = {act: InvoiceTrigger[act.name] for act in InvoiceAct}

AnyInvoiceEvent = (
    InvoiceEntered
    | DocumentKept
    | LetterMade
    | LetterNotMade
    | LetterMailed
    | LetterNotMailed
    | InvoiceExported
    | InvoiceActed
)
