"""How old what is owed is, and what a partner's statement says. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate

import msgspec

from gateway.money.amounts import NOTHING, total
from gateway.money.records import LedgerEntry


class BillAge(StrEnum):
    """How many days ago a bill was dated."""

    UNDER_30 = "under 30 days"
    UNDER_60 = "30 to 59 days"
    UNDER_90 = "60 to 89 days"
    OLDER = "90 days and more"


_ENDS = ((30, BillAge.UNDER_30), (60, BillAge.UNDER_60), (90, BillAge.UNDER_90))


def age_of(dated: date, today: date) -> BillAge:
    """Return the age of a bill of that date."""
    days = (today - dated).days
    return next((age for end, age in _ENDS if days < end), BillAge.OLDER)


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """What a partner owes in one currency, by age."""

    partner: str
    currency: str
    by_age: Mapping[BillAge, Decimal]
    disputed: Decimal
    """Of all that."""
    credit: Decimal = NOTHING
    """What we owe it, which is not taken off."""

    @property
    def total(self) -> Decimal:
        """All of it."""
        return total(self.by_age.values())


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """What was booked, and what was owed then."""

    entry: LedgerEntry
    balance: Decimal


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A partner's account over some time in one currency."""

    opening: Decimal
    lines: tuple[StatementLine, ...]
    closing: Decimal


def statement(entries: Iterable[LedgerEntry], since: datetime, until: datetime) -> Statement:
    """Return what was booked from `since` on and before `until`. `entries` are all of one partner and currency."""
    ordered = sorted(entries, key=lambda entry: entry.at)
    opening = total(entry.amount for entry in ordered if entry.at < since)
    within = [entry for entry in ordered if since <= entry.at < until]
    balances = list(accumulate((entry.amount for entry in within), initial=opening))
    lines = tuple(StatementLine(entry=entry, balance=after) for entry, after in zip(within, balances[1:], strict=True))
    return Statement(opening=opening, lines=lines, closing=balances[-1])
