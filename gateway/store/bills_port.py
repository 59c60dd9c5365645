"""What is kept of bills, payments and the ledger: one transaction is a `BillChange`, as a request's is a `Change`.

`port.Store.bills` gives it. What a change books is durable together with the bills that it changes, or none of it is.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

import msgspec

from gateway.money.effects import BillPaper
from gateway.money.records import Bill, BillKind, BillState, LedgerEntry, Payment
from gateway.store.booked_port import BookStore
from gateway.store.money_port import MoneyWrite
from gateway.store.values import HistoryEntry


class BillWrite(MoneyWrite, frozen=True, kw_only=True):
    """What becomes of one bill."""

    bill: Bill
    lines: bool = False
    """Its lines are others than before."""
    takes_number: bool = False
    """It gets the next number of its series and fiscal year."""
    notices_set_aside: str | None = None
    """The id of a mail that nobody need see to any more."""


class KeptPaper(msgspec.Struct, frozen=True, kw_only=True):
    """A paper of a bill, byte for byte."""

    bill: str
    paper: BillPaper
    made_at: datetime
    digest: str
    template_hash: str
    pdf: bytes


class CreditMove(msgspec.Struct, frozen=True, kw_only=True):
    """By how much a partner's credit changes: NotEnoughCredit if it would be below nothing."""

    partner: str
    currency: str
    by: Decimal


class BillChange(msgspec.Struct, frozen=True, kw_only=True):
    """One transaction."""

    at: datetime
    writes: tuple[BillWrite, ...] = ()
    entries: tuple[LedgerEntry, ...] = ()
    credit: tuple[CreditMove, ...] = ()
    payment: Payment | None = None
    """A new one."""
    payments_moved: tuple[str, str] | None = None
    """Every payment of the first partner is the second one's."""
    reversed: Payment | None = None
    """One that did not hold; VersionConflict if it was taken back before."""
    paper: KeptPaper | None = None
    told: Mapping[str, HistoryEntry] = {}
    """Requests into whose history a line goes; their task to be billed ends with it."""
    completes: int | None = None
    """The id of the work whose outcome this is."""
    owner: str | None = None
    subject: str | None = None
    """The bill to which the work belongs."""
    key: str | None = None
    """For one use: AlreadyExists if it was used."""


class BillFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which bills to list: newest change first, `before` is the (updated_at, id) of the last one seen."""

    states: tuple[BillState, ...] = ()
    kind: BillKind | None = None
    partner: str | None = None
    owed: bool = False
    """Only those on which something is owed."""
    before: tuple[datetime, str] | None = None
    limit: int = 50


class OwedRow(msgspec.Struct, frozen=True, kw_only=True):
    """What is owed on one bill."""

    partner: str
    currency: str
    dated: date
    state: BillState
    balance: Decimal


class LastNumber(msgspec.Struct, frozen=True, kw_only=True):
    """The last number of a series in a fiscal year."""

    series: str
    fiscal_year: int
    last: int


class LostNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers that went out before a restore, of bills that the copy doesn't have."""

    series: str
    fiscal_year: int
    first: int
    last: int
    at: datetime
    by: str


class FeeDue(msgspec.Struct, frozen=True, kw_only=True):
    """What was agreed for a loan or copy that we sent."""

    request: str
    partner: str
    currency: str
    amount: Decimal
    sent_at: datetime


class BillStore(BookStore, Protocol):
    """Each method may raise StoreUnavailable."""

    async def commit(self, change: BillChange) -> None:
        """Write it all, durably. Raises VersionConflict, AlreadyExists, LeaseLost, NotEnoughCredit, NumbersInDoubt."""

    async def bill(self, bill_id: str) -> Bill | None:
        """By its id."""

    async def numbered(self, series: str, fiscal_year: int, number: int) -> Bill | None:
        """By its number."""

    async def last_numbers(self) -> tuple[LastNumber, ...]:
        """The last number of each series and fiscal year."""

    async def numbers_in_doubt(self) -> datetime | None:
        """Since which restore nobody has said which number went out last; None: nothing is in doubt."""

    async def confirm_numbers(self, last: Sequence[LastNumber], *, at: datetime, by: str) -> None:
        """Go on behind these numbers; what lies between them and those that the store knows is kept as lost.

        Raises VersionConflict if one of them is below what the store knows.
        """

    async def lost_numbers(self) -> tuple[LostNumbers, ...]:
        """What went out before a restore and is not here, the newest restore first."""

    async def bills(self, where: BillFilter) -> tuple[Bill, ...]:
        """What the filter lets through."""

    async def of_request(self, request_id: str) -> tuple[Bill, ...]:
        """Every bill with a line about a request, the oldest first."""

    async def credit_notes(self, bill_id: str) -> tuple[Bill, ...]:
        """Every credit note about a bill, dropped ones too."""

    async def returned(self, limit: int) -> tuple[str, ...]:
        """Bills of items whose requests say that the loan is over, and that have not heard of it."""

    async def fees_due(self, since: datetime, until: datetime) -> tuple[FeeDue, ...]:
        """Loans and copies that were sent within that time and cost something, and of whose fee no bill asks yet."""

    async def bills_of_ids(self, ids: Sequence[str]) -> Mapping[str, Bill]:
        """Those of so many bills that are kept, by their ids."""

    async def payments_of_ids(self, ids: Sequence[str]) -> Mapping[str, Payment]:
        """Likewise payments."""

    async def count_by_state(self) -> Mapping[BillState, int]:
        """How many bills are in each state that has any."""

    async def owed(self, partner: str | None = None) -> tuple[OwedRow, ...]:
        """Every bill on which something is owed, of all partners or of one."""

    async def credit(self, partner: str | None = None) -> tuple[tuple[str, str, Decimal], ...]:
        """(partner, currency, credit) of whoever has some."""

    async def history(self, bill_id: str) -> tuple[HistoryEntry, ...]:
        """A bill's history, oldest first."""

    async def paper(self, bill_id: str, paper: BillPaper) -> KeptPaper | None:
        """A paper that was made."""

    async def papers(self, bill_id: str) -> tuple[BillPaper, ...]:
        """Which have been made."""

    async def payment(self, payment_id: str) -> Payment | None:
        """By its id."""

    async def payments(self, *, partner: str | None = None, limit: int) -> tuple[Payment, ...]:
        """The newest payments, of all partners or of one."""

    async def ledger(
        self, *, partner: str | None = None, bill: str | None = None, payment: str | None = None
    ) -> Sequence[LedgerEntry]:
        """The ledger's lines of one of these, oldest first."""

    async def ledger_within(self, since: datetime, until: datetime) -> Sequence[LedgerEntry]:
        """Those that were written from `since` on and before `until`."""

    async def subject_of(self, key: str) -> str | None:
        """The bill or payment that a one-use key made or changed."""

    async def forget_keys(self, *, before: datetime) -> int:
        """Drop older keys; give how many."""
