"""What keeps a customer from borrowing, and the library's own limits beside it; judged in mapping/eligibility.py. Values alone."""

from decimal import Decimal
from enum import StrEnum
from typing import Final

from gateway.workflow.values import Record


class Obstacle(StrEnum):
    """Why a customer may not borrow. The first fourteen are SIP2's patron status, in its order (SIP2 2.00, "patron status")."""

    CHARGE_DENIED = "charge denied"
    RENEWAL_DENIED = "renewal denied"
    RECALL_DENIED = "recall denied"
    HOLD_DENIED = "hold denied"
    CARD_LOST = "card lost"
    TOO_MANY_CHARGED = "too many charged"
    TOO_MANY_OVERDUE = "too many overdue"
    TOO_MANY_RENEWALS = "too many renewals"
    TOO_MANY_CLAIMS = "too many claims"
    TOO_MANY_LOST = "too many lost"
    EXCESSIVE_FINES = "excessive fines"
    EXCESSIVE_FEES = "excessive fees"
    RECALL_OVERDUE = "recall overdue"
    TOO_MANY_BILLED = "too many billed"
    NO_SUCH_CARD = "no such card"
    CARD_NOT_VALID = "card not valid"
    WRONG_PIN = "wrong PIN"
    PIN_NOT_CONFIRMED = "PIN not confirmed"
    EXPIRED = "expired"
    FEES_OVER_LIMIT = "fees over limit"
    FEES_UNREADABLE = "fees unreadable"
    HOLDS_AT_LIMIT = "holds at limit"
    LOANS_AT_LIMIT = "loans at limit"
    OVERDUE_OVER_LIMIT = "overdue over limit"
    BLOCKED_BY_SCREEN = "blocked by screen"


FLAGS: Final = tuple(Obstacle)[:14]
"""The positions of the patron status; `Y` sets one."""

NO_BEARING: Final = frozenset({Obstacle.RENEWAL_DENIED, Obstacle.RECALL_DENIED, Obstacle.TOO_MANY_RENEWALS})
"""Flags that say nothing against a new loan; some products set them on every account."""


class Limits(Record, frozen=True, kw_only=True):
    """The library's own rules, from configuration; None is no limit."""

    max_fees: Decimal | None = None
    """What a customer may owe, in the circulation system's currency."""
    max_holds: int | None = None
    """Holds (as the 64 counts them, which differs from product to product) with the new one."""
    max_loans: int | None = None
    """Items checked out, with the new one."""
    max_overdue: int | None = None
    """Items that may be overdue."""
    ignored: frozenset[Obstacle] = NO_BEARING
    """Obstacles that do not block."""
    expiry_field: str = "PA"
    """The field that carries the card's expiry date; what can't be read as a date is not taken for one. Empty: none does."""
