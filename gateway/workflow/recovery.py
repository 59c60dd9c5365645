"""After a restore: what is known of it, and what the comparison found of each open request. Records, as those of records.py."""

from datetime import datetime
from enum import StrEnum

from gateway.workflow.values import Record


class Agreement(StrEnum):
    """How a request of the restored copy stands beside what others say."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNCLEAR = "unclear"
    """Nobody that could be asked knows: a person has to."""


class Recovery(Record, frozen=True, kw_only=True):
    """Since when all work rests because the store was brought back from an earlier time."""

    since: datetime
    why: str
    copy_of: datetime | None = None
    """The time that it was brought back to; None where nobody said."""
    compared_at: datetime | None = None
    confirmed_at: datetime | None = None
    """When an administrator confirmed accounts and tokens; None: the store's tokens don't count."""
    confirmed_by: str | None = None


class Beside(Record, frozen=True, kw_only=True):
    """One open request beside what the circulation system and the lender say."""

    request: str
    agreement: Agreement
    words: str = ""
    act: str = ""
    """What a person could do about it."""
    goes_on_at: datetime | None = None
    goes_on_by: str | None = None
