"""What figures of money are counted from: what the ledger booked in a span of time, and what was open at its end. Values alone.

Amounts are decimals of their currency; kinds are those of the ledger's lines (`money.records.EntryKind`), by their words.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import msgspec

Booked = Mapping[tuple[str, str, str], Decimal]
"""By partner, currency and kind of line: the sum of what was booked of bills."""


class OpenBill(msgspec.Struct, frozen=True, kw_only=True):
    """A bill on which something was owed at a time."""

    partner: str
    currency: str
    dated: date
    balance: Decimal
    disputed: bool
