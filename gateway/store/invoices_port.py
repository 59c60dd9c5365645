"""What is kept of lenders' invoices: one transaction is an `InvoiceChange`, as a bill's is a `BillChange`. `port.Store.invoices` gives it.

Documents that came with an invoice are files like those of copies (copies_port.py), under the invoice's id.
"""

from datetime import datetime
from decimal import Decimal
from typing import Protocol

import msgspec

from gateway.money.invoices.booking import OwedLine
from gateway.money.invoices.records import Invoice, InvoiceState
from gateway.store.booked_port import BookStore
from gateway.store.money_port import MoneyWrite
from gateway.store.values import HistoryEntry


class InvoiceWrite(MoneyWrite, frozen=True, kw_only=True):
    """What becomes of one invoice; AlreadyExists also if another with its lender, number, year and request is kept."""

    invoice: Invoice
    booked: tuple[OwedLine, ...] = ()
    """For figures; it stays when the invoice goes."""


class KeptLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A dispute letter, byte for byte."""

    invoice: str
    letter: int
    made_at: datetime
    digest: str
    template_hash: str
    pdf: bytes


class InvoiceChange(msgspec.Struct, frozen=True, kw_only=True):
    """One transaction."""

    at: datetime
    writes: tuple[InvoiceWrite, ...]
    letter: KeptLetter | None = None
    completes: int | None = None
    """The id of the work whose outcome this is."""
    owner: str | None = None
    subject: str | None = None
    """The invoice to which the work belongs."""
    key: str | None = None
    """For one use: AlreadyExists if it was used."""
    key_subject: str | None = None
    """What the key made, if that is not the invoice."""


class InvoiceFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which invoices to list: newest change first, `before` is the (updated_at, id) of the last one seen."""

    states: tuple[InvoiceState, ...] = ()
    lenders: tuple[str, ...] = ()
    """As `likeness.lender_key` gives them; empty: all."""
    fiscal_year: int | None = None
    words: tuple[str, ...] = ()
    """Beginnings of words, all of which it must have (`wording.words`)."""
    before: tuple[datetime, str] | None = None
    limit: int = 50


class OwingRow(msgspec.Struct, frozen=True, kw_only=True):
    """How many invoices stand somewhere in one currency, and what is to be paid for them in all."""

    state: InvoiceState
    currency: str
    count: int
    agreed: Decimal


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """An export to the accounting system."""

    batch: str
    count: int


class InvoiceStore(BookStore, Protocol):
    """Each method may raise StoreUnavailable."""

    async def commit(self, change: InvoiceChange) -> None:
        """Write it all, durably. Raises VersionConflict, AlreadyExists, LeaseLost."""

    async def invoice(self, invoice_id: str) -> Invoice | None:
        """By its id."""

    async def invoices(self, where: InvoiceFilter) -> tuple[Invoice, ...]:
        """What the filter lets through."""

    async def of_request(self, request_id: str) -> tuple[Invoice, ...]:
        """Every invoice about a request, the oldest first."""

    async def of_lender(self, lender: str, *, limit: int) -> tuple[Invoice, ...]:
        """A lender's newest invoices."""

    async def totals(self) -> tuple[OwingRow, ...]:
        """What stands where, in each state and currency that has any."""

    async def history(self, invoice_id: str) -> tuple[HistoryEntry, ...]:
        """An invoice's history, oldest first."""

    async def letter(self, invoice_id: str, letter: int) -> KeptLetter | None:
        """A dispute letter that was made."""

    async def letters(self, invoice_id: str) -> tuple[int, ...]:
        """Which have been made."""

    async def in_batch(self, batch: str) -> tuple[Invoice, ...]:
        """What an export held, in the order of its entry."""

    async def batches(self, *, limit: int) -> tuple[Batch, ...]:
        """The newest exports."""

    async def ended(self, *, before: datetime, limit: int) -> tuple[str, ...]:
        """The ids of some that ended before then."""

    async def lines_of(self, invoice_id: str) -> tuple[int, ...]:
        """Return the numbers of the lines of an invoice's history, in order."""

    async def forget(self, invoice_id: str, *, ended_before: datetime, told: HistoryEntry) -> bool:
        """Delete an invoice with its history and letters, if it ended before then, with a line of history that tells of it; False if not."""
