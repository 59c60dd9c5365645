"""What history tells that figures are made of: counted by the store, put together by `reports`. Values alone."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

import msgspec

from gateway.iso18626.codes import Status
from gateway.workflow.records import Request, State

SUPPLIED = frozenset(
    {
        State.LOANED, State.RENEWING, State.OVERDUE, State.RECALLED, State.RETURNING, State.CHECKING_IN,
        State.CHECKED_IN, State.LENDING_AGAIN, State.COMPLETED, State.COPY_COMPLETED, State.LOST,
    }
)  # fmt: skip
"""Where a request to us stands from Loaned or CopyCompleted on."""


class FigureEvent(StrEnum):
    """The events of a request that figures look at, by their tags (events.py)."""

    ARRIVED = "request arrived"
    CONFIRMED = "told"
    REFUSED = "not told"


class RequestHappening(msgspec.Struct, frozen=True, kw_only=True):
    """One such event of a request, and the state that the request is in now."""

    request: str
    state: State
    at: datetime
    what: FigureEvent
    status: Status | None = None
    """What the partner was told."""


class RepairsCounted(msgspec.Struct, frozen=True, kw_only=True):
    """So many messages of a kind that needed the same repairs, each as `kind path`."""

    kind: str
    repairs: tuple[str, ...]
    count: int


class PartnerBooks(msgspec.Struct, frozen=True, kw_only=True):
    """What a period's history has of a partner."""

    happenings: tuple[RequestHappening, ...] = ()
    received: tuple[RepairsCounted, ...] = ()
    complete: bool = True
    """False where there were more requests than were looked at: the newest are in it."""


Attempt = tuple[str, int]
"""A request of ours, and the how-manieth lender."""


class LenderBooks(msgspec.Struct, frozen=True, kw_only=True):
    """What a period has of those who lend to us, and of what we lent."""

    ours: tuple[Request, ...] = ()
    """Our requests that changed in it, the newest first."""
    asked_at: Mapping[Attempt, datetime] = {}
    """When a lender confirmed the request that it was asked with."""
    answered_at: Mapping[Attempt, datetime] = {}
    """When it first said that it will send it, has sent it, or does not."""
    lent: Mapping[str, int] = {}
    """How many requests of each partner were supplied."""


class Direction(StrEnum):
    """Which way a message went."""

    IN = "in"
    OUT = "out"


class FaultCount(msgspec.Struct, frozen=True, kw_only=True):
    """So many exchanges of a peer's ended so on a day (UTC); `fault` is an exchange's result, or the type of its ERROR."""

    peer: str
    day: date
    direction: Direction
    fault: str
    count: int
