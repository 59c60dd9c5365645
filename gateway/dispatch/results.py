"""What a performer reports: an event, or a request for more time.

A retry is a value (`Later`), not an exception.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Final

import msgspec

from gateway.iso18626.replies import NotDelivered
from gateway.money.events import AnyBillEvent
from gateway.money.invoices.events import AnyInvoiceEvent
from gateway.notices.life import NoticeEvent
from gateway.sip2.errors import Inexpressible, NotSent, Reason, Unknown
from gateway.sip2.errors import Outcome as SipOutcome
from gateway.store.bills_port import KeptPaper
from gateway.store.invoices_port import KeptLetter
from gateway.store.port import HistoryEntry
from gateway.workflow.events import AnyEvent

NO_SEAT_WAIT_S = 0.1
"""After which another gateway may have the work that this one took up just before it lost its last connection."""


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """The effect is over, and this is what came of it."""

    event: AnyEvent
    history: tuple[HistoryEntry, ...] = ()
    heard: bool = True
    """Whether the other side gave a sign of life."""


class BillHappened(msgspec.Struct, frozen=True, kw_only=True):
    """The effect of a bill is over, and this is what came of it."""

    event: AnyBillEvent
    history: tuple[HistoryEntry, ...] = ()
    heard: bool = True
    """As for Happened."""
    paper: KeptPaper | None = None
    """What was set, to be kept with that."""


class InvoiceHappened(msgspec.Struct, frozen=True, kw_only=True):
    """The effect of a lender's invoice is over, and this is what came of it."""

    event: AnyInvoiceEvent
    history: tuple[HistoryEntry, ...] = ()
    heard: bool = True
    """As for Happened."""
    letter: KeptLetter | None = None
    """What was set, to be kept with that."""


class NoticeHappened(msgspec.Struct, frozen=True, kw_only=True):
    """The work of a notice is over, and this is what came of it."""

    event: NoticeEvent
    heard: bool = True
    """As for Happened."""


class Fault(Enum):
    """Why work has to wait, as far as the one who tried it can tell."""

    ITS_OWN = "its own"
    DOUBTFUL = "doubtful"
    """It can't be answered, or the other side is in trouble: what else is tried will tell (lanes.py)."""
    LANES = "lanes"
    """Nothing got through to the other side, or it asks to be left alone."""


class Later(msgspec.Struct, frozen=True, kw_only=True):
    """Not now. `unstarted`: nothing has arrived anywhere."""

    words: str
    unstarted: bool
    fault: Fault = Fault.DOUBTFUL
    after_s: float | None = None
    untried: bool = False
    """It was not even tried, for what went before: the reason is still that."""
    told: str = ""
    """What the request's timeline says of it, once: for what people would take for done, or wait for."""


Result = Happened | Later
BillResult = BillHappened | Later
InvoiceResult = InvoiceHappened | Later
NoticeResult = NoticeHappened | Later
Report = Happened | BillHappened | InvoiceHappened | NoticeHappened

_UNANSWERED: Final[Mapping[SipOutcome, str]] = {
    SipOutcome.REPLY: "it answered",
    SipOutcome.LOGIN_REFUSED: "it refused our login",
    SipOutcome.CLOSED: "it ended the connection before it had answered",
    SipOutcome.DAMAGED: "its answer was damaged",
    SipOutcome.NOISE: "what it answered was no SIP2 message",
    SipOutcome.OFFLINE: "it says that it is not on line",
    SipOutcome.OVERSIZE: "its answer was longer than a message may be",
    SipOutcome.RESEND_REFUSED: "it asked for the same message again and again",
    SipOutcome.STATUS_INSTEAD: "it sent its status in place of an answer",
    SipOutcome.TIMEOUT: "it did not answer in time",
    SipOutcome.WRONG_ECHO: "it answered another question than ours",
}
"""Why there is no answer, for people."""


def unanswered(trouble: Unknown) -> str:
    """Say why there is no answer, for people."""
    return _UNANSWERED[trouble.outcome]


def nothing_done(trouble: NotSent | Unknown) -> Later:
    """Try again later; a gateway without a seat, or a question that can't be written, says nothing of the circulation system's health."""
    if isinstance(trouble, Unknown):
        return Later(words=f"{unanswered(trouble)} (message {trouble.code})", unstarted=True)
    if isinstance(trouble, Inexpressible):
        return Later(words=str(trouble), unstarted=True, fault=Fault.ITS_OWN)
    if trouble.reason is Reason.NO_SEAT:
        return Later(words=str(trouble), unstarted=True, fault=Fault.ITS_OWN, after_s=NO_SEAT_WAIT_S)
    if trouble.reason is Reason.LATE:
        return Later(words=str(trouble), unstarted=True, fault=Fault.ITS_OWN, after_s=0.0)
    fault = Fault.DOUBTFUL if trouble.reason is Reason.BUSY else Fault.LANES
    return Later(
        words=str(trouble),
        unstarted=True,
        fault=fault,
        after_s=trouble.retry_after_s,
        untried=trouble.reason is Reason.BREAKER,
    )


def not_delivered(outcome: NotDelivered) -> Later:
    """Send the same bytes later. An answer, or silence after it was sent, may be due to this one message."""
    no_way_there = not outcome.may_have_arrived and outcome.http_status is None
    fault = Fault.LANES if no_way_there or outcome.retry_after_s is not None else Fault.DOUBTFUL
    return Later(words=outcome.words, unstarted=False, fault=fault, after_s=outcome.retry_after_s)
