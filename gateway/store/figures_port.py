"""The part of the port that figures are made from. Every query is bounded: by a period, and by a number of requests."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from gateway.workflow.figures import FaultCount, LenderBooks, PartnerBooks
from gateway.workflow.records import Request


class FiguresPort(Protocol):
    """What the gateway asks of its store for figures. Every method may raise StoreUnavailable."""

    async def partner_books(self, partner: str, *, since: datetime, until: datetime, at_most: int) -> PartnerBooks:
        """What happened in [since, until) with the requests to us of a partner that changed since then.

        Of no more than so many requests, those that changed last.
        """

    async def lender_books(self, *, since: datetime, at_most: int) -> LenderBooks:
        """What has happened since then with our own requests, so many at the most, and how much each partner was lent."""

    async def says_received(self, partner: str, *, since: datetime, at_most: int) -> bool:
        """Whether a partner has said Received of any of its newest requests since then, so many at the most."""

    async def fetched(self, *, since: datetime, at_most: int) -> tuple[Request, ...]:
        """Of the requests that changed last since then, so many at the most: those of partners that were supplied, newest first."""

    async def add_faults(self, counts: Iterable[FaultCount]) -> None:
        """Add to the counts of a day."""

    async def faults(self, peer: str, *, first: date, last: date) -> tuple[FaultCount, ...]:
        """What was counted of a peer on these days, both included."""
