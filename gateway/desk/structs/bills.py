"""Bills, payments and what is owed: what is asked and answered."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import msgspec

from gateway.desk.structs.common import SAYABLE, Limit
from gateway.money.ageing import BillAge
from gateway.money.effects import BillPaper
from gateway.money.events import BillAct
from gateway.money.records import (
    KINDS_OF_LINES,
    LINES_MAX,
    WORDS_MAX,
    BillKind,
    BillState,
    BillWay,
    EntryKind,
    LineKind,
    Means,
    Seen,
)

__all__ = [
    "KINDS_OF_LINES",
    "LINES_MAX",
    "WORDS_MAX",
    "BillAct",
    "BillAge",
    "BillKind",
    "BillPaper",
    "BillState",
    "BillWay",
    "EntryKind",
    "LineKind",
    "Means",
    "Seen",
]

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Line1 = Annotated[str, msgspec.Meta(min_length=1, max_length=WORDS_MAX)]
Reason = Annotated[str, msgspec.Meta(max_length=1000, pattern=SAYABLE)]
Currency = Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]


class LineBody(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it is written: what for, how much, and about which request."""

    kind: LineKind
    words: Line1
    amount: Decimal
    request: Id | None = None
    item: Annotated[str, msgspec.Meta(max_length=64)] | None = None


class ProposeBody(msgspec.Struct, frozen=True, kw_only=True):
    """A bill to begin: for a request's item that did not come back, or with lines for a partner."""

    request: Id | None = None
    item: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    """Of a request with several."""
    partner: Id | None = None
    lines: Annotated[tuple[LineBody, ...], msgspec.Meta(max_length=LINES_MAX)] = ()


class CreditBody(msgspec.Struct, frozen=True, kw_only=True):
    """A credit note to begin: with lines, or as the partner's terms say for what came back."""

    lines: Annotated[tuple[LineBody, ...], msgspec.Meta(max_length=LINES_MAX)] = ()


class BillActBody(msgspec.Struct, frozen=True, kw_only=True):
    """What an act on a bill needs beside its name."""

    reason: Reason = ""
    lines: Annotated[tuple[LineBody, ...], msgspec.Meta(max_length=LINES_MAX)] | None = None
    amount: Decimal | None = None
    """How much of the balance a replacement stands for; all of it if it is left out."""
    to: Annotated[str, msgspec.Meta(max_length=254)] | None = None
    """The e-mail address; the partner's if it is left out."""
    seen: int | None = None
    """The version that was seen: refused if somebody has changed the bill since."""


class UseCreditBody(msgspec.Struct, frozen=True, kw_only=True):
    """How much of the partner's credit pays for a bill; as much as it owes and there is, if it is left out."""

    amount: Decimal | None = None


class PayBody(msgspec.Struct, frozen=True, kw_only=True):
    """Money that came. Without shares the oldest bills are paid first; what is over stays as credit."""

    partner: Id
    amount: Decimal
    currency: Currency
    received_on: date | None = None
    """Today if it is left out."""
    means: Means = Means.CHECK
    reference: Annotated[str, msgspec.Meta(max_length=200)] = ""
    shares: Mapping[Id, Decimal] | None = None
    """How much goes to each bill, by its id."""
    booked_in: Currency | None = None
    """The bills' currency, if the money came in another; then `rate` of it for one of what came."""
    rate: Decimal | None = None


class TakeBackBody(msgspec.Struct, frozen=True, kw_only=True):
    """Why a payment did not hold."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=1000, pattern=SAYABLE)]


class LoanShown(msgspec.Struct, frozen=True, kw_only=True):
    """The request and the item that a line is about."""

    request: str
    their_request: str | None
    title: str | None
    author: str | None
    call_number: str | None
    item_barcode: str | None
    shipped_on: date | None
    due_on: date | None
    notice_on: date | None


class LineShown(msgspec.Struct, frozen=True, kw_only=True):
    """A line."""

    kind: LineKind
    words: str
    amount: Decimal
    loan: LoanShown | None


class BillLine(msgspec.Struct, frozen=True, kw_only=True):
    """A bill in a list."""

    id: str
    kind: BillKind
    state: BillState
    version: int
    number: str | None
    partner: str
    partner_name: str
    currency: str
    total: Decimal
    balance: Decimal
    dated: date | None
    due: date | None
    age: BillAge | None
    """While something is owed."""
    title: str | None
    """Of the first item; without one, the words of the first line."""
    created_at: datetime
    state_since: datetime
    came_back: bool = False
    """Its item is back: it should be credited, or dropped."""


class BillsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which bills: newest change first; `before` is the cursor of the page before."""

    state: BillState | None = None
    kind: BillKind | None = None
    partner: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    owed: bool = False
    before: Annotated[str, msgspec.Meta(max_length=128)] | None = None
    limit: Limit = 50


class BillList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of bills; `next` is the `before` of the following one."""

    bills: tuple[BillLine, ...]
    counts: Mapping[BillState, int]
    """How many there are in each state, whatever was asked for."""
    next: str | None


class ToBill(msgspec.Struct, frozen=True, kw_only=True):
    """A request whose task says that it is to be billed, and the bill that was begun for it."""

    request: str
    item: str | None
    title: str | None
    partner: str
    partner_name: str
    due_on: date | None
    since: datetime
    words: str
    bill: str | None


class ToBillList(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is to be billed, the longest first."""

    requests: tuple[ToBill, ...]


class EntryShown(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the ledger."""

    at: datetime
    by: str
    kind: EntryKind
    amount: Decimal
    currency: str
    bill: str | None
    payment: str | None
    credit_note: str | None
    words: str


class BillHistoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a bill's history."""

    at: datetime
    by: str
    words: str
    state: str | None
    kind: str


class ActOffered(msgspec.Struct, frozen=True, kw_only=True):
    """What can be done to a bill now."""

    act: BillAct
    label: str
    says: str
    """What it does, and who hears of it."""
    needs_reason: bool
    for_managers: bool


class BillShown(msgspec.Struct, frozen=True, kw_only=True):
    """A bill with everything about it."""

    bill: BillLine
    lines: tuple[LineShown, ...]
    paid: Decimal
    credited: Decimal
    waived: Decimal
    seen: Seen | None
    seen_at: datetime | None
    seen_words: str
    shelf_checked_by: str | None
    sent_at: datetime | None
    sent_by: BillWay | None
    sent_to: str | None
    reminders: int
    disputed: str | None
    corrects: str | None
    """On a credit note: the bill's id."""
    credit_notes: tuple[str, ...]
    papers: tuple[BillPaper, ...]
    ledger: tuple[EntryShown, ...]
    history: tuple[BillHistoryLine, ...]
    acts: tuple[ActOffered, ...]
    terms: str
    """How and when it is to be paid, and what is credited for what comes back; of a draft, as the partner's record says now."""
    email: str | None
    """Where it would be sent."""
    credit: Decimal
    """What the partner has paid too much, in this currency."""
    is_new: bool = True
    """False if the call was made before, under the same key."""


class BillPaperQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which paper of a bill."""

    paper: BillPaper = BillPaper.BILL


class PaymentShown(msgspec.Struct, frozen=True, kw_only=True):
    """A payment."""

    id: str
    partner: str
    partner_name: str
    amount: Decimal
    currency: str
    received_on: date
    means: Means
    reference: str
    booked_at: datetime
    booked_by: str
    paid_in: str | None
    paid_amount: Decimal | None
    rate: Decimal | None
    reversed_at: datetime | None
    reversed_why: str
    shares: Mapping[str, Decimal]
    """By the bills' ids, as they are booked now."""
    numbers: Mapping[str, str] = {}
    """The numbers of those bills, by their ids."""
    left: Decimal
    """What stayed as credit."""
    back: bool = False
    """We paid it back to the partner, out of its credit."""
    is_new: bool = True


class PaymentsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Whose payments."""

    partner: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    limit: Limit = 50


class PaymentList(msgspec.Struct, frozen=True, kw_only=True):
    """The newest payments."""

    payments: tuple[PaymentShown, ...]


class OwedShown(msgspec.Struct, frozen=True, kw_only=True):
    """What a partner owes in one currency, by age."""

    partner: str
    partner_name: str
    currency: str
    by_age: Mapping[BillAge, Decimal]
    total: Decimal
    disputed: Decimal
    credit: Decimal


class OwedList(msgspec.Struct, frozen=True, kw_only=True):
    """What all partners owe, and what is owed of each age in each currency."""

    today: date
    partners: tuple[OwedShown, ...]
    totals: tuple[OwedShown, ...]


class StatementQuery(msgspec.Struct, frozen=True, kw_only=True):
    """From which day to which; the last twelve months if they are left out."""

    first: date | None = None
    last: date | None = None
    currency: Currency | None = None


class LedgerQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What was booked from the first to the last day; the year until today if they are left out."""

    first: date | None = None
    last: date | None = None


class PayBackBody(msgspec.Struct, frozen=True, kw_only=True):
    """Some of a partner's credit that we pay back to it."""

    partner: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    amount: Decimal
    currency: Currency
    paid_on: date | None = None
    """Today, if it is left out."""
    means: Means = Means.CHECK
    reference: Annotated[str, msgspec.Meta(max_length=200)] = ""


class FeesGathered(msgspec.Struct, frozen=True, kw_only=True):
    """The drafts that were begun, by their ids."""

    bills: tuple[str, ...]
