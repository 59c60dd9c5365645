"""What a lender of a run keeps of each request that it was asked: plain values. `id` is the requester's number of the attempt."""

from datetime import datetime
from enum import StrEnum

import msgspec

from gateway.iso18626.codes import ReasonForMessage, RequestType, Status, YesNo
from tests.faults.orders import Answer


class Stand(StrEnum):
    """Where the lender stands with a request."""

    ASKED = "asked"
    SAID_NO = "said no"
    """Unfilled, or RetryPossible: over, as long as no Retry comes."""
    PROMISED = "promised"
    OUT = "out"
    """It believes that its item is on its way, or with the borrower."""
    COMING_BACK = "coming back"
    BACK = "back"
    LOST = "lost"
    COPIED = "copied"
    CANCELLED = "cancelled"


MAY_SEND = frozenset({Stand.ASKED, Stand.PROMISED})
"""A request that stands: the lender may still send its item."""


class HeardLetter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One letter of ours as it came, the first time or again."""

    at: datetime
    what: str
    """A RequestType or an Action."""
    again: bool = False
    """The same bytes were heard before."""
    note: str | None = None
    deviations: tuple[str, ...] = ()


class SaidLetter(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One message of the lender's, and when it was confirmed."""

    at: datetime
    reason: ReasonForMessage
    status: Status
    answer: YesNo | None = None
    confirmed_at: datetime | None = None
    trouble: str = ""


class LenderPage(msgspec.Struct, kw_only=True):
    """One request at one lender."""

    id: str
    lender: str
    order: str
    kind: RequestType
    asked_at: datetime
    answers: Answer
    stand: Stand = Stand.ASKED
    heard: list[HeardLetter] = []
    said: list[SaidLetter] = []
    trouble: str = ""
