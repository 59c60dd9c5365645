"""What server and client tell of each message that went over the wire: the library's only report, for metrics and logs.

It holds no text of a message and no secret; the library itself logs nothing. Whoever owns the hook decides what is
counted and what is written down.
"""

from collections.abc import Callable
from enum import StrEnum

from msgspec import Struct

from gateway.iso18626.codes import ErrorType, MessageKind
from gateway.iso18626.repairs import RepairKind


class Result(StrEnum):
    """How an exchange ended."""

    OK = "ok"
    """Confirmed OK."""
    ERROR = "error"
    """Confirmed ERROR."""
    NOT_ALLOWED = "not_allowed"
    """The caller could not be identified (401, 403)."""
    TOO_MANY = "too_many"
    """More messages than this peer may send, or more failed attempts than this address may make (429)."""
    NOT_ACCEPTED = "not_accepted"
    """HTTP was not spoken as agreed: path, method, media type, coding, size, time (404, 405, 408, 413, 415) or a body that broke off."""
    UNAVAILABLE = "unavailable"
    """Draining, or the store is gone, or too much is being read already (503)."""
    FAULT = "fault"
    """A fault of ours (500)."""
    NOT_DELIVERED = "not_delivered"
    """We sent, and no confirmation could be read."""


class Exchange(Struct, frozen=True, kw_only=True):
    """One message in or out and what became of it.

    `peer` is None while the caller is unknown, `kind` while the message is; `address` is where an inbound one came from; `repairs` are what `decode` put right
    in the peer's document (the message that came in, or the confirmation of the one that went out). `fault` is the
    exception behind a FAULT: the library does not log it, the hook's owner does.
    """

    result: Result
    peer: str | None = None
    address: str | None = None
    kind: MessageKind | None = None
    http_status: int | None = None
    error_type: ErrorType | None = None
    repairs: tuple[RepairKind, ...] = ()
    latency_s: float
    fault: Exception | None = None


OnExchange = Callable[[Exchange], None]
