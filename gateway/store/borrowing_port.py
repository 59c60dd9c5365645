"""What borrowing asks of the store beside the requests themselves: customers, intake keys, copied articles, pool barcodes.

A customer's data lies here alone, so that forgetting it makes a request anonymous and touches neither history nor
figures (ill.md, duty 14). `port.Store.borrowing` gives it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

import msgspec

from gateway.workflow.borrowing_records import PoolState
from gateway.workflow.records import State


class Customer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who wants the work. Only the barcode is needed; the rest is known where the form asked for it, and guards notes."""

    barcode: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is written with a new request of ours, in its transaction."""

    customer: Customer
    works: tuple[str, ...] = ()
    """The keys of the work (workflow/duplicates.py)."""
    intake_key: str | None = None
    copied: str | None = None
    """Of an article: the key that the rule of five counts by (workflow/copyright.py)."""


class PoolBarcode(msgspec.Struct, frozen=True, kw_only=True):
    """A barcode of the pool, and the request that has it."""

    barcode: str
    range: str
    state: PoolState
    request: str | None
    since: datetime
    why: str = ""
    """Why it is out of use."""


class BorrowingStore(Protocol):
    """Each method may raise StoreUnavailable."""

    async def customer(self, request_id: str) -> Customer | None:
        """Who asked; None once the request is anonymous."""

    async def earlier_requests(self, barcode: str, works: Iterable[str], *, since: datetime) -> tuple[str, ...]:
        """The requests of a customer for a work, by any of its keys, since then; oldest first."""

    async def requests_of(self, barcode: str, *, limit: int) -> tuple[str, ...]:
        """The requests of a customer, newest first."""

    async def request_by_intake_key(self, key: str) -> str | None:
        """The request that was made under an idempotency key, or of a line of a list."""

    async def count_copied(self, key: str) -> int:
        """How many articles were asked for under a key of the rule of five, and not in vain."""

    async def anonymise(self, states: Iterable[State], *, ended_before: datetime) -> int:
        """Forget the customers of requests that ended before then, and the keys of their intake; give how many.

        The key of a line of a list is a digest of the customer's barcode, too short a secret to keep one.
        """

    async def free_barcodes(self, name: str, *, rested_before: datetime, limit: int) -> tuple[PoolBarcode, ...]:
        """Barcodes of a range that are free, or have rested since before then; the longest unused first."""

    async def unused_barcodes(self, name: str) -> tuple[PoolBarcode, ...]:
        """Barcodes of a range that stand for nothing: free ones, and those that rest after a loan; the longest unused first."""

    async def barcode(self, barcode: str) -> PoolBarcode | None:
        """A barcode of the pool."""

    async def add_barcodes(self, name: str, barcodes: Iterable[str], *, at: datetime) -> None:
        """Put barcodes into a range of the pool, free; those that are there stay as they are."""

    async def barcodes_of(
        self, name: str, *, state: PoolState | None, after: str, limit: int
    ) -> tuple[PoolBarcode, ...]:
        """Barcodes of a range in their order, those after one; `state` as it is stored: one that has rested long enough rests still."""

    async def block_barcode(self, barcode: str, *, blocked: bool, at: datetime, why: str = "") -> bool:
        """Take a barcode out of use, or put it back; False where a request has it, or it isn't there."""

    async def count_barcodes(self, *, rested_before: datetime) -> Mapping[str, Mapping[PoolState, int]]:
        """How many barcodes of each range are in each state; those that have rested since before then count as free."""
