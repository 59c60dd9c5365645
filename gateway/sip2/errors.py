"""What can go wrong in SIP2, as one tree, and how an exchange can end, as one list.

::

    SIP2Error
    ├── FrameError          bytes that are no SIP2 message at all, or more of them than is allowed
    ├── NotSent             nothing of this request was written: it is safe to try again later
    │   ├── Inexpressible   the request can't be said in SIP2: trying again won't help
    │   │   └── TooLong     what it asks for is longer than a message may be: trying again won't help either
    │   ├── LoginRefused    the ACS refused our account, or we stopped trying after it did
    │   └── LoginUnclear    the ACS was told our account, and answered neither yes nor no
    └── Unknown             bytes were, or may have been, written and no valid reply came: ask before acting again

An exchange thus has three results: a Reply, `NotSent`, `Unknown`. No text of an error quotes a field's value.
"""

from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """Why nothing was sent; a bounded set, fit for a metric's label."""

    BREAKER = "breaker"  # too many failures in a row: the breaker is open
    BUSY = "busy"  # every line stayed in use
    CLOSED = "closed"  # the lines were closed for good
    CONNECT = "connect"  # no connection, or none that got through its opening
    INEXPRESSIBLE = "inexpressible"
    LATE = "late"  # a connection was to be had when it was too late for the request
    LOGIN = "login"  # the ACS answered 94 with ok = 0, or its prompts refused us
    NO_SEAT = "no_seat"  # we may have no line now: others that share the ACS have them all
    OFFLINE = "offline"  # the ACS says in its 98 that it is not on line
    STOPPED = "stopped"  # refused logins: waiting, or stopped until staff resume


class Outcome(StrEnum):
    """How one exchange on one connection ended; a bounded set, fit for a metric's label."""

    REPLY = "reply"
    LOGIN_REFUSED = "login_refused"
    CLOSED = "closed"  # the connection ended before the reply did
    DAMAGED = "damaged"  # the checksum was wrong and the reply could not be had again
    NOISE = "noise"  # something that is no SIP2 message
    OFFLINE = "offline"  # a 98 that says "not on line" during the opening
    OVERSIZE = "oversize"  # more bytes without a terminator than a message may have
    RESEND_REFUSED = "resend_refused"  # a second 96, or a 96 in reply to our 97
    STATUS_INSTEAD = "status_instead"  # an unsolicited 98 in place of the reply
    TIMEOUT = "timeout"  # no complete reply before the deadline
    WRONG_ECHO = "wrong_echo"  # a reply to another request: message type, AY, AA or AB differ


ANSWERED: Final = frozenset(
    {
        Outcome.DAMAGED,
        Outcome.NOISE,
        Outcome.OVERSIZE,
        Outcome.RESEND_REFUSED,
        Outcome.STATUS_INSTEAD,
        Outcome.WRONG_ECHO,
    }
)
"""Somebody is there, though the reply to this one request is no good: that says nothing of the next."""


class SIP2Error(Exception):
    """Root of everything this package raises on purpose."""


class FrameError(SIP2Error):
    """The bytes don't start with two digits, or a message is longer than allowed."""


class NotSent(SIP2Error):  # noqa: N818 - the name states the result, as callers read it
    """Nothing of this request was written.

    `reason` says why; `retry_after_s` (seconds) is known when a breaker or a refused login sets it.
    """

    def __init__(self, reason: Reason, text: str, retry_after_s: float | None = None) -> None:
        super().__init__(text)
        self.reason = reason
        self.retry_after_s = retry_after_s


class Inexpressible(NotSent):
    """The request can't be written as a SIP2 message: too long, or with characters that may not stand in a field."""

    def __init__(self, text: str) -> None:
        super().__init__(Reason.INEXPRESSIBLE, text)


class TooLong(Inexpressible):
    """A list is longer than a message may be, and can't be had in pieces. It was asked for; that changes nothing."""


class LoginRefused(NotSent):
    """The ACS refused our account, or had refused it before. From `Lines`, `retry_after_s` None: only `resume()` helps."""


class LoginUnclear(NotSent):
    """What came to our account and password was neither yes nor no: it may have been a refusal to the ACS."""


class Unknown(SIP2Error):  # noqa: N818 - one of the three outcomes: done, refused, unknown
    """The request may have arrived and no valid matching reply came; `outcome` says what happened instead."""

    def __init__(self, code: str, outcome: Outcome) -> None:
        super().__init__(f"outcome of message {code} is unknown: {outcome}")
        self.code = code
        self.outcome = outcome
