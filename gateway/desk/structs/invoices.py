"""Lenders' invoices: what is asked and answered."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import msgspec

from gateway.desk.structs.bills import Currency, Reason
from gateway.desk.structs.common import Limit, Problem
from gateway.money.invoices.events import InvoiceAct
from gateway.money.invoices.records import Check, InvoiceKind, InvoiceState, Says
from gateway.money.records import BillWay, Means

__all__ = ["BillWay", "Check", "InvoiceAct", "InvoiceKind", "InvoiceState", "Means", "Says"]

_LINE = r"^[^\x00-\x1f\x7f-\x9f\ufffe\uffff]*$"
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=_LINE)]
Number = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=_LINE)]
Optional = Annotated[str, msgspec.Meta(max_length=300, pattern=_LINE)]


class EnterBody(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on an invoice."""

    lender: Name
    """A partner by its id or symbol, else the lender's name as the invoice has it."""
    number: Number
    """As the lender writes it."""
    kind: InvoiceKind
    dated: date
    due: date | None = None
    amount: Decimal
    currency: Currency | None = None
    """The library's own, if none is named."""
    request: Annotated[str, msgspec.Meta(max_length=64, pattern=_LINE)] | None = None
    """Our number, or the lender's own number of it."""
    title: Optional | None = None
    """Of the request, if it is left out."""
    note: Reason = ""


class InvoiceActBody(msgspec.Struct, frozen=True, kw_only=True):
    """What an act on an invoice needs beside its name."""

    reason: Reason = ""
    claim: EnterBody | None = None
    """correct: what stands on the invoice after all."""
    amount: Decimal | None = None
    """end-dispute: what is to be paid; what was asked for, if it is left out."""
    to: Annotated[str, msgspec.Meta(max_length=254, pattern=r"^[^@\s<>]{1,64}@[A-Za-z0-9.-]{1,253}$")] | None = None
    """mail: the e-mail address; the lender's if it is left out."""
    paid_on: date | None = None
    """pay: today, if it is left out."""
    means: Means = Means.CHECK
    reference: Annotated[str, msgspec.Meta(max_length=200, pattern=_LINE)] = ""
    seen: int | None = None
    """The version that was seen: refused if somebody has changed the invoice since."""


class FindingShown(msgspec.Struct, frozen=True, kw_only=True):
    """What one comparison with history comes to."""

    check: Check
    says: Says
    words: str
    inside: str
    """What stays among us."""


class InvoiceLine(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice in a list."""

    id: str
    state: InvoiceState
    version: int
    number: str
    lender: str
    partner: str | None
    partner_name: str | None
    """What its record says now."""
    kind: InvoiceKind
    dated: date
    due: date | None
    amount: Decimal
    agreed: Decimal
    currency: str
    request: str | None
    title: str | None
    fiscal_year: int
    differs: int
    """How many comparisons differ."""
    pay_from: date | None
    created_at: datetime
    state_since: datetime


class InvoicesQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which invoices: newest change first; `before` is the cursor of the page before."""

    state: InvoiceState | None = None
    lender: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    """A partner's id or symbol, or a name as it was entered."""
    fiscal_year: Annotated[int, msgspec.Meta(ge=1990, le=2200)] | None = None
    words: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    """Beginnings of words, or a number, all of which it must have."""
    before: Annotated[str, msgspec.Meta(max_length=128)] | None = None
    limit: Limit = 50


class OwingShown(msgspec.Struct, frozen=True, kw_only=True):
    """How many invoices stand somewhere in one currency, and what is to be paid for them in all."""

    state: InvoiceState
    currency: str
    count: int
    agreed: Decimal


class InvoiceList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of invoices; `next` is the `before` of the following one."""

    invoices: tuple[InvoiceLine, ...]
    totals: tuple[OwingShown, ...]
    """Of all, whatever was asked for."""
    next: str | None


class DocumentShown(msgspec.Struct, frozen=True, kw_only=True):
    """A document that is kept with an invoice."""

    place: int
    """From 1."""
    name: str
    content_type: str
    size: int
    by: str
    at: datetime


class InvoiceHistoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an invoice's history."""

    at: datetime
    by: str
    words: str
    state: str | None
    kind: str


class InvoiceActOffered(msgspec.Struct, frozen=True, kw_only=True):
    """What can be done to an invoice now, by whoever asks."""

    act: InvoiceAct
    label: str
    says: str
    """What it does, and who hears of it."""
    needs_reason: bool


class InvoiceShown(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice with everything about it."""

    invoice: InvoiceLine
    note: str
    findings: tuple[FindingShown, ...]
    checked_at: datetime | None
    hands: tuple[str, ...]
    """Who entered, corrected, settled or verified it: none of them approves it."""
    verified_by: str | None
    verified_at: datetime | None
    verified_why: str
    approved_by: str | None
    approved_at: datetime | None
    disputed: str | None
    letters: tuple[int, ...]
    """Dispute letters that were made."""
    letter_made: bool
    sent_at: datetime | None
    sent_by: BillWay | None
    sent_to: str | None
    batch: str | None
    exported_at: datetime | None
    paid_on: date | None
    paid_by: str | None
    means: Means | None
    reference: str
    documents: tuple[DocumentShown, ...]
    history: tuple[InvoiceHistoryLine, ...]
    acts: tuple[InvoiceActOffered, ...]
    email: str | None
    """Where a letter would be sent."""
    is_new: bool = True
    """False if the call was made before, under the same key."""


class InvoiceListQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a list is only looked at."""

    preview: bool = False


class InvoiceTaken(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a list, and the invoice that it became or was before; None in a preview."""

    row: int
    number: str
    lender: str
    amount: Decimal
    currency: str
    invoice: str | None
    is_new: bool
    differs: tuple[str, ...]
    """What of it does not agree with history."""


class InvoicesTaken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a list."""

    taken: int
    known: int
    """Lines whose invoices were kept before."""
    preview: bool
    rows: tuple[InvoiceTaken, ...]
    problems: tuple[Problem, ...] = ()


class BatchShown(msgspec.Struct, frozen=True, kw_only=True):
    """An export to the accounting system."""

    batch: str
    count: int
    totals: Mapping[str, Decimal] = {}
    """By currency; of one that was just made."""
    is_new: bool = True


class BatchList(msgspec.Struct, frozen=True, kw_only=True):
    """The newest exports, and how many invoices wait for the next."""

    batches: tuple[BatchShown, ...]
    waiting: int


DocumentPlace = Annotated[int, msgspec.Meta(ge=1, le=1000)]
LetterPlace = Annotated[int, msgspec.Meta(ge=1, le=1000)]
