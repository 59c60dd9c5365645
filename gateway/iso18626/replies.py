"""What a peer's HTTP reply means: status, Retry-After and body in, one of three outcomes out. Pure.

`Confirmed` and `Rejected` are the peer's word. `NotDelivered` is everything else, and says whether the message may
have arrived all the same: then only the same bytes may be sent again. Peers differ in how they answer (iso18626.md,
"Confirmations"): any 2xx is read, so is the body of a 4xx, whatever its media type. A 2xx without a confirmation is
no confirmation: a login page answers so, too.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from msgspec import Struct

from gateway.iso18626.codec import decode
from gateway.iso18626.codes import ErrorType, MessageStatus
from gateway.iso18626.errors import ProtocolError
from gateway.iso18626.messages import Confirmation
from gateway.iso18626.repairs import Repair

# The form that RFC 9110, 5.6.7 has every sender write; the two obsolete ones count as nothing readable.
_HTTP_DATE: Final = "%a, %d %b %Y %H:%M:%S GMT"

_SUCCESS: Final = 2
_REDIRECT: Final = 3
_CLIENT_ERROR: Final = 4
_SERVER_ERROR: Final = 5

_WORDS: Final = {
    _SUCCESS: "HTTP {} without a confirmation that can be read",
    _REDIRECT: "HTTP {}: a redirect, which is not followed",
    _CLIENT_ERROR: "it takes no messages at this address (HTTP {})",
    _SERVER_ERROR: "it has a fault of its own (HTTP {})",
}
_WORDS_OF: Final[Mapping[int, str]] = {
    HTTPStatus.UNAUTHORIZED: "it does not know us by what we sign in with (HTTP {})",
    HTTPStatus.FORBIDDEN: "it does not let us in (HTTP {})",
    HTTPStatus.NOT_FOUND: "there is nothing at its address (HTTP {})",
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: "a proxy on the way does not let us through (HTTP {})",
    HTTPStatus.GONE: "its address has been given up (HTTP {})",
    HTTPStatus.REQUEST_TIMEOUT: "the message took longer to arrive than it waits (HTTP {})",
    HTTPStatus.TOO_EARLY: "it asks us to send the message later (HTTP {})",
    HTTPStatus.TOO_MANY_REQUESTS: "it asks for fewer messages (HTTP {})",
    HTTPStatus.BAD_GATEWAY: "what stands before its system gets no usable answer from it (HTTP {})",
    HTTPStatus.SERVICE_UNAVAILABLE: "it takes no messages at present (HTTP {})",
    HTTPStatus.GATEWAY_TIMEOUT: "what stands before its system gets no answer from it in time (HTTP {})",
}
"""What a status means to whoever reads it in a task (RFC 9110, 15; RFC 6585, 4; RFC 8470, 5.2), before what its class means."""

# A peer that asks to be left alone for longer than a day is asked again after a day.
LONGEST_RETRY_AFTER_S: Final = 86_400.0

# By these statuses a server says that it has not looked at the message: the door was the wrong one, or closed to us.
NOT_LOOKED_AT: Final = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.PAYMENT_REQUIRED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
        HTTPStatus.GONE,
        HTTPStatus.MISDIRECTED_REQUEST,
    }
)
# By these it asks for patience; whether the message had an effect is not known.
LATER: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


class Confirmed(Struct, frozen=True, kw_only=True):
    """The peer has accepted the message. `data` is its confirmation as it came."""

    http_status: int
    data: bytes
    confirmation: Confirmation
    repairs: tuple[Repair, ...] = ()


class Rejected(Struct, frozen=True, kw_only=True):
    """The peer has refused the message, and would refuse it again.

    `error_type` is None where the peer named none: a refusal by HTTP status alone (then `confirmation` is None too), or a
    confirmation ERROR without errorData.
    """

    http_status: int
    error_type: ErrorType | None
    error_value: str | None
    data: bytes = b""
    confirmation: Confirmation | None = None
    repairs: tuple[Repair, ...] = ()


class NotDelivered(Struct, frozen=True, kw_only=True):
    """No confirmation could be read; try again later.

    If it `may_have_arrived`, only the very same bytes may be sent again. `words` say why, for people; they quote
    nothing that the peer sent. `retry_after_s` is the peer's wish, at most a day.
    """

    words: str
    may_have_arrived: bool
    retry_after_s: float | None = None
    http_status: int | None = None


Outcome = Confirmed | Rejected | NotDelivered


class Reply(Struct, frozen=True, kw_only=True):
    """What came back over HTTP: the status, the Retry-After header, and the body, None if it was over the limit."""

    status: int
    retry_after: str | None = None
    data: bytes | None = b""


def read_reply(reply: Reply, now: datetime) -> Outcome:
    """The outcome that a reply stands for: the peer's word if there is one, whatever the HTTP status beside it."""
    return _peers_word(reply) or _by_status(reply, now)


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for, as a number or as a date (RFC 9110, 10.2.3); None if neither."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_RETRY_AFTER_S)
    try:
        moment = datetime.strptime(text, _HTTP_DATE).replace(tzinfo=UTC)
    except ValueError:
        return None
    wait_s = (moment - now).total_seconds()
    return min(max(wait_s, 0.0), LONGEST_RETRY_AFTER_S)


def _peers_word(reply: Reply) -> Confirmed | Rejected | None:
    """What the confirmation in a reply says; None if there is none, or none that can be read."""
    if not reply.data or reply.status // 100 not in {_SUCCESS, _CLIENT_ERROR}:
        return None
    try:
        decoded = decode(reply.data)
    except ProtocolError:
        return None
    if not isinstance(decoded.message, Confirmation):
        return None
    return _answer(reply.status, reply.data, decoded.message, decoded.repairs)


def _answer(
    http_status: int, data: bytes, confirmation: Confirmation, repairs: tuple[Repair, ...]
) -> Confirmed | Rejected:
    if confirmation.confirmation_header.message_status == MessageStatus.OK:
        return Confirmed(http_status=http_status, data=data, confirmation=confirmation, repairs=repairs)
    first = next(iter(confirmation.errors), None)
    return Rejected(
        http_status=http_status,
        error_type=first.error_type if first else None,
        error_value=first.error_value if first else None,
        data=data,
        confirmation=confirmation,
        repairs=repairs,
    )


def _by_status(reply: Reply, now: datetime) -> Rejected | NotDelivered:
    """What HTTP alone says."""
    if reply.status // 100 == _CLIENT_ERROR and reply.status not in NOT_LOOKED_AT | LATER:
        return Rejected(http_status=reply.status, error_type=None, error_value=None, data=reply.data or b"")
    return NotDelivered(
        words=_why_not(reply),
        may_have_arrived=reply.status not in NOT_LOOKED_AT and reply.status // 100 != _REDIRECT,
        retry_after_s=retry_after_s(reply.retry_after, now),
        http_status=reply.status,
    )


def _why_not(reply: Reply) -> str:
    if reply.data is None:
        return f"HTTP {reply.status} with a reply larger than the limit"
    words = _WORDS_OF.get(reply.status) or _WORDS.get(
        reply.status // 100, "it answers with what means nothing to us (HTTP {})"
    )
    return words.format(reply.status)
