"""The part of the port that figures of money ask: of bills and of lenders' invoices in the same way. `store.bills` and `store.invoices` are such."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from gateway.workflow.booked import Booked, BookedLine, OpenBill, WhichLines
from gateway.workflow.questions import Span


class BookStore(Protocol):
    """Each method may raise StoreUnavailable. What was purged is counted all the same."""

    async def booked(self, spans: Sequence[Span]) -> tuple[Booked, ...]:
        """What was booked in each span of time; of bills, credit that was paid back too."""

    async def open_at(self, at: datetime) -> tuple[OpenBill, ...]:
        """The bills on which something was owed then."""

    async def booked_lines(self, which: WhichLines, span: Span, *, after: int, limit: int) -> tuple[BookedLine, ...]:
        """The lines that were booked in a span of time, in the order of their times, behind so many of the first."""

    async def called(self, ids: Sequence[str]) -> Mapping[str, str]:
        """The number that each bill is known by on paper, of those that are kept."""
