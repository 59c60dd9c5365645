"""The part of the port that keeps facts: what has changed and is to be folded in, what was folded, and what is counted of it.

A fact is found by its request's line of the register, and stays when the request goes.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

import msgspec

from gateway.workflow.facts import Fact, Folded, TellingLine, Work
from gateway.workflow.questions import BehindPage, Counts, HowLong, Question, Span, Stretches, WorkBy
from gateway.workflow.records import Request


class Mark(msgspec.Struct, frozen=True, order=True):
    """How far changes were followed: the transaction that changed a line of the register, and the line."""

    changed: int = 0
    line: int = -1


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A request that has changed since its fact was written: as it is now, its fact, and the lines that are not in it."""

    line: int
    changed: int
    """What the line of the register says of when."""
    request: Request
    fact: Fact | None
    lines: tuple[TellingLine, ...]


class ChangedPiece(msgspec.Struct, frozen=True, kw_only=True):
    """Some of what has changed; when it was folded and written, `to` is how far one has come."""

    since: Mark
    to: Mark
    requests: tuple[Changed, ...]


class FactStore(Protocol):
    """Each method may raise StoreUnavailable."""

    async def changed(self, limit: int) -> ChangedPiece | None:
        """Return those requests that changed first, of those whose change was not followed yet; None if there are none.

        None is missed: what is written while one looks comes with a later piece.
        """

    async def write(self, piece: ChangedPiece, folded: Sequence[Folded]) -> bool:
        """Write what became of a piece, a `Folded` for each request of it, in one transaction; False if another gateway has."""

    async def behind(self) -> int:
        """Count the requests whose change was not followed yet."""

    async def missed(self, after: int, limit: int) -> ChangedPiece | None:
        """Return requests, after a line of the register, whose fact is not of their last change though that was followed; None if there are none.

        There are none, unless the database was put back from a copy.
        """

    async def count(self, question: Question, spans: Sequence[Span]) -> tuple[Counts, ...]:
        """Count, or add up, what happened in each span of time; a correction counts in the span in which it was made."""

    async def how_long(self, question: HowLong, spans: Sequence[Span]) -> tuple[Stretches, ...]:
        """Measure what ended in each span of time."""

    async def behind_number(
        self, question: Question, span: Span, *, after: tuple[int, int] | None, limit: int
    ) -> BehindPage:
        """Return what was counted; `after`: the `next` of the page before, None for the first."""

    async def work(self, first: date, last: date, by: WorkBy) -> tuple[Work, ...]:
        """Return the acts of people from the first to the last day, put together by day or by hour."""

    async def fault_counts(self, first: date, last: date) -> Mapping[str, int]:
        """Return how many exchanges with each peer failed from the first to the last day."""
