"""The part of the port that holds all work after a restore: one row, which every claim on every gateway looks at.

A copy of yesterday doesn't know what was done since. So from its first moment nothing is claimed but the question to a lender where a request stands
(StatusRequest), which waits behind nothing else of its request; work that acts elsewhere counts as started, so that it is looked at before it is
done; sessions have ended, and tokens rest. Then people let requests go on, one by one, and end it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from gateway.workflow.recovery import Agreement, Beside, Recovery


class RecoveryStore(Protocol):
    """The port. Every method may raise StoreUnavailable."""

    async def begin(self, recovery: Recovery) -> None:
        """Hold all work from now on, in place of an earlier recovery that has not ended; what it found is forgotten.

        So are the lanes that were left alone: whom the copy could not reach then may answer the questions that are asked now.
        """

    async def heed_clock(self, now: datetime) -> bool:
        """Count as begun now what began at a time to come: a clock was ahead then, and what partners said since would count for nothing until it comes.

        Not if a request changed between now and then: it may be now that the clock is wrong. False if there was none.
        """

    async def current(self) -> Recovery | None:
        """Return the recovery that holds work; None if none does."""

    async def last(self) -> Recovery | None:
        """Return the recovery that holds work, or the last one that did; None if this store was never brought back."""

    async def keep(self, found: Iterable[Beside], *, at: datetime) -> None:
        """Keep what a comparison found, in place of what an earlier one did; who was let go on stays so."""

    async def compared(self, agreement: Agreement, *, after: str = "", limit: int) -> tuple[Beside, ...]:
        """Return requests that stand so and have not been let go on, by their ids, those behind `after`."""

    async def count(self) -> Mapping[Agreement, int]:
        """Return how many requests stand so and have not been let go on."""

    async def count_going_on(self) -> int:
        """Return how many requests have been let go on."""

    async def let_go(self, request: str, *, at: datetime, by: str) -> bool:
        """Let a request go on, whatever was found of it; False if no recovery holds it."""

    async def let_agreeing_go(self, *, at: datetime, by: str) -> int:
        """Let all requests that agree go on; return how many."""

    async def confirm_access(self, *, at: datetime, by: str) -> bool:
        """Let the store's tokens count again; False if no recovery waits for it."""

    async def end(self, *, at: datetime, by: str) -> bool:
        """Hold no work any more; False if none is held."""

    async def mark(self) -> tuple[str, int]:
        """Return the name that this store was given when it was first marked, and how often it was marked."""

    async def set_mark(self, store: str, count: int) -> None:
        """Write both; a count that is not above the store's changes nothing."""
