"""What figures of money are counted from: what was booked in a span of time, and what was open at its end. Values alone.

Amounts are decimals of their currency; kinds are those of the lines that were booked (of bills `money.records.EntryKind`, of lenders' invoices
`money.invoices.booking.OwedKind`), by their words.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import msgspec


class WhoseBooks(StrEnum):
    """Whose books: of the bills that we write, or of the invoices that lenders send."""

    BILLS = "bills"
    INVOICES = "invoices"


Booked = Mapping[tuple[str, str, str], Decimal]
"""By partner, currency and kind of line: the sum of what was booked."""


class OpenBill(msgspec.Struct, frozen=True, kw_only=True):
    """A bill, or a lender's invoice, on which something was owed at a time."""

    id: str
    partner: str
    currency: str
    dated: date
    balance: Decimal
    disputed: bool


class BookedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line that was booked: of a bill or an invoice, or (of credit that was paid back) of a payment."""

    id: str
    partner: str
    at: datetime
    kind: str
    amount: Decimal


class WhichLines(msgspec.Struct, frozen=True, kw_only=True):
    """Which lines: of these kinds, in one currency, with one partner or with all."""

    kinds: tuple[str, ...]
    currency: str
    partner: str | None = None
