"""The part of the port that keeps facts: what has changed and is to be folded in, what was folded, and what is counted of it.

A fact is found by its request's line of the register, and stays when the request goes.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec

from gateway.workflow.facts import ActsCounted, Attempt, Fact, Folded, TellingLine
from gateway.workflow.questions import BehindPage, FactsQuestion, FactsSaid, HowLong, Span, WorkBy
from gateway.workflow.records import Request


class FactsMark(msgspec.Struct, frozen=True, order=True):
    """How far changes were followed: the transaction that changed a line of the register, and the line."""

    changed: int = 0
    line: int = -1


class HowFar(msgspec.Struct, frozen=True, kw_only=True):
    """How far facts follow what changed, and sums follow the facts, as it stood at one time."""

    mark: FactsMark
    writes: int
    """How often facts were written: what was read before another write may not stand any more."""
    sums_for: str
    """Which questions' sums they are, and in which time zone (`reports.sums.Summing.kept_for`)."""
    sums_to: int
    """Facts up to this line are in the sums; beyond all lines once all are."""
    sums_mark: FactsMark
    """The mark when sums were written last: another one if a gateway that keeps none has written facts since."""


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A request that has changed since its fact was written: as it is now, its fact, and the lines that are not in it."""

    line: int
    changed: int
    """What the line of the register says of when."""
    request: Request
    fact: Fact | None
    lines: tuple[TellingLine, ...]
    attempts: tuple[Attempt, ...] = ()
    """The lenders that are known to have been asked for it."""


class ChangedPiece(msgspec.Struct, frozen=True, kw_only=True):
    """Some of what has changed; when it was folded and written, `to` is how far one has come."""

    since: HowFar
    to: FactsMark
    requests: tuple[Changed, ...]


class FactStore(Protocol):
    """Each method may raise StoreUnavailable."""

    async def changed(self, limit: int) -> ChangedPiece | None:
        """Return those requests that changed first, of those whose change was not followed yet; None if there are none.

        None is missed: what is written while one looks comes with a later piece.
        """

    async def write(self, piece: ChangedPiece, folded: Sequence[Folded], zone: ZoneInfo) -> bool:
        """Write what became of a piece, a `Folded` for each request of it, in one transaction; False if another gateway has.

        Sums change with it, if they are kept for this time zone, by whose months they add up.
        """

    async def sum_up(self, zone: ZoneInfo, limit: int) -> bool:
        """Put so many more facts into the sums, if not all are; False if there is nothing to do for now: all are, or those of another gateway had to go."""

    async def behind(self) -> int:
        """Count the requests whose change was not followed yet."""

    async def missed(self, after: int, limit: int) -> ChangedPiece | None:
        """Return requests, after a line of the register, whose fact is not of their last change though that was followed; None if there are none.

        There are none, unless the database was put back from a copy.
        """

    async def ask(
        self, questions: Mapping[str, FactsQuestion | HowLong], spans: Sequence[Span]
    ) -> tuple[FactsSaid, ...]:
        """Count, add up or measure what happened in each span of time; a correction counts in the span in which it was made.

        Whole months are read from sums, as soon as these are of all facts, and what is left of a span from the facts themselves.
        """

    async def behind_number(
        self, question: FactsQuestion, span: Span, *, after: tuple[int, int] | None, limit: int
    ) -> BehindPage:
        """Return what was counted; `after`: the `next` of the page before, None for the first."""

    async def work(self, first: date, last: date, by: WorkBy) -> tuple[ActsCounted, ...]:
        """Return the acts of people from the first to the last day, put together by day or by hour."""

    async def fault_counts(self, first: date, last: date) -> Mapping[str, int]:
        """Return how many exchanges with each peer failed from the first to the last day."""
