"""What a performer reports, and what it stands on: an event, or a request for more time; the two lines out of the house.

A retry is a value (`Later`), not an exception.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec
from pysip2.models import SIPRequest

from gateway.iso18626.client import Endpoint
from gateway.iso18626.codes import MessageKind
from gateway.iso18626.replies import Outcome
from gateway.sip2.codec import Reply
from gateway.sip2.errors import Inexpressible, NotSent, Reason, Unknown
from gateway.store.port import HistoryEntry
from gateway.workflow.events import AnyEvent

NO_SEAT_WAIT_S = 0.1
"""After which another gateway may have the work that this one took up just before it lost its last connection."""


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """The effect is over, and this is what came of it."""

    event: AnyEvent
    history: tuple[HistoryEntry, ...] = ()


class Later(msgspec.Struct, frozen=True, kw_only=True):
    """Not now. `unstarted`: nothing has arrived anywhere. `lane_down`: leave the whole lane alone for a while."""

    words: str
    unstarted: bool
    lane_down: bool = True
    after_s: float | None = None
    told: str = ""
    """What the request's timeline says of it, once: for what people would take for done, or wait for."""


Report = Happened | Later


class SipPool(Protocol):
    """What is asked of `sip2.pool.Pool`."""

    async def exchange(
        self, request: SIPRequest, *, before_write: Callable[[], Awaitable[None]] | None = None
    ) -> Reply:
        """One request, one reply; raises NotSent or Unknown."""

    def supports(self, code: str) -> bool | None:
        """Whether the circulation system says that it knows a message; None where it did not say."""


class Poster(Protocol):
    """What is asked of `iso18626.client.Iso18626Client`."""

    async def post(self, endpoint: Endpoint, data: bytes, *, kind: MessageKind, timeout_s: float) -> Outcome:
        """Send, and say what became of it."""


def nothing_done(trouble: NotSent | Unknown) -> Later:
    """Try again later; a gateway without a seat, or a question that can't be written, says nothing of the circulation system's health."""
    if isinstance(trouble, Inexpressible):
        return Later(words=str(trouble), unstarted=True, lane_down=False)
    if isinstance(trouble, NotSent) and trouble.reason is Reason.NO_SEAT:
        return Later(words=str(trouble), unstarted=True, lane_down=False, after_s=NO_SEAT_WAIT_S)
    after_s = trouble.retry_after_s if isinstance(trouble, NotSent) else None
    return Later(words=str(trouble), unstarted=True, after_s=after_s)
