"""A customer's list of items (63) that is longer than a message may be is asked for in pieces (BP and BQ, from 1).

Stands in front of `Lines`, which see nothing of it: the pieces are put together to the one reply that was asked for. Each
begins with the last entry of the one before, so that a list that changes meanwhile is noticed. Whose lists were too long once is remembered
and asked in pieces at once, for a reply that is too long costs its line.
"""

from collections.abc import Awaitable, Callable
from itertools import chain
from typing import Final, Protocol

import msgspec
from pysip2.models import PatronInformationRequest, SIPRequest

from gateway.sip2.codec import Reply, folded
from gateway.sip2.errors import Outcome, TooLong, Unknown

PIECE: Final = 100
"""Entries asked for at once: with the longest titles still far below the limit of a message."""
TRIES: Final = 3
"""How often a list is begun anew that changes while it is read."""

BeforeWrite = Callable[[], Awaitable[object]]
MayWrite = Callable[[], bool]
_LISTS: Final = (
    ("AS", "hold_items_count"),
    ("AT", "overdue_items_count"),
    ("AU", "charged_items_count"),
    ("AV", "fine_items_count"),
    ("BU", "recall_items_count"),
    ("CD", "unavailable_holds_count"),
)
"""The field of each list, by its place in a 63's summary, and the count of a 64 that goes with it."""


class Piecewise(Protocol):
    """What is asked of `lines.Lines`."""

    async def exchange(
        self, request: SIPRequest, *, before_write: BeforeWrite | None = None, may_write: MayWrite = lambda: True
    ) -> Reply:
        """One request, one reply; raises NotSent or Unknown."""

    def supports(self, code: str) -> bool | None:
        """Whether the circulation system does a message; None where that is not known."""


class Pieces:
    """A `Piecewise` whose replies may be longer than a message."""

    def __init__(self, line: Piecewise) -> None:
        self._line = line
        self._long: set[tuple[str, str]] = set()

    def supports(self, code: str) -> bool | None:
        """See the line."""
        return self._line.supports(code)

    async def exchange(
        self, request: SIPRequest, *, before_write: BeforeWrite | None = None, may_write: MayWrite = lambda: True
    ) -> Reply:
        """See the line. Raises TooLong where a list can't be had in pieces either."""
        if not isinstance(request, PatronInformationRequest) or "Y" not in request.summary:
            return await self._line.exchange(request, before_write=before_write, may_write=may_write)
        key = (folded(request.patron_identifier), request.summary)
        if key not in self._long:
            try:
                return await self._line.exchange(request)
            except Unknown as lost:
                if lost.outcome is not Outcome.OVERSIZE:
                    raise
                self._long.add(key)
        return await self._in_pieces(request)

    async def _in_pieces(self, request: PatronInformationRequest) -> Reply:
        code, count = _LISTS[request.summary.index("Y")]
        for _ in range(TRIES):
            pieces = await self._read(request, code, count)
            if pieces is not None:
                return _together(pieces, code)
        raise TooLong("a list that is longer than a message may be changed whenever it was read in pieces")

    async def _read(self, request: PatronInformationRequest, code: str, count: str) -> list[Reply] | None:
        """Read all pieces; None where the list changed meanwhile."""
        pieces: list[Reply] = []
        first = 1
        while True:
            reply = await self._piece(request, first)
            entries = reply.fields.get(code, ())
            if pieces and (
                entries[:1] != pieces[-1].fields[code][-1:] or reply.fixed.get(count) != pieces[0].fixed.get(count)
            ):
                return None
            pieces.append(reply)
            if len(entries) != PIECE:  # the last one, or all of them from a system that knows no pieces
                return pieces
            first += PIECE - 1

    async def _piece(self, request: PatronInformationRequest, first: int) -> Reply:
        piece = msgspec.structs.replace(request, start_item=str(first), end_item=str(first + PIECE - 1))
        try:
            return await self._line.exchange(piece)
        except Unknown as lost:
            if lost.outcome is not Outcome.OVERSIZE:
                raise
            raise TooLong("a list is longer than a message may be, in pieces as well") from lost


def _together(pieces: list[Reply], code: str) -> Reply:
    """The reply that one message would have been: each piece's first entry but the first's was in the one before."""
    first, *others = pieces
    entries = (*first.fields.get(code, ()), *chain.from_iterable(piece.fields[code][1:] for piece in others))
    return msgspec.structs.replace(first, fields=first.fields | {code: entries})
