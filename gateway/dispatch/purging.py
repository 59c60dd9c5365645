"""One purge each: what goes, and the line of history that tells of it. When, and of what, is said in keeping.py.

A line of history of no request tells which numbers went, so that the look at the audit chain (sealing.py) misses nothing else.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from gateway.store.keeping_port import OldBill
from gateway.store.keeping_tables import digest_of_tombstones
from gateway.store.port import Store
from gateway.store.sealing import GONE_WITH_IT, Book, distances
from gateway.store.values import HistoryEntry, HistoryKind

_BY: Final = "gateway"


async def purge(store: Store, requests: Collection[str], *, at: datetime) -> int:
    """Delete requests but for their tombstones; return how many lines of history went. Raises StoreError as `KeepingStore.purge` does."""
    lines = await store.keeping.lines_of(requests)
    await store.keeping.purge(lines, told=_told_of_requests(lines, at))
    return sum(map(len, lines.values()))


async def purge_bill(store: Store, bill: OldBill, *, at: datetime) -> None:
    """Delete an invoice with its credit notes. Raises StoreError as `KeepingStore.purge_bill` does."""
    words = f"{bill.number or 'A bill without a number'} was settled long ago and was purged."
    gone = _written(await store.keeping.lines_of_bill(bill.bill))
    detail = {"bill": bill.bill, GONE_WITH_IT: gone}
    await store.keeping.purge_bill(
        bill, told=HistoryEntry(at=at, by=_BY, kind=HistoryKind.NOTE, words=words, detail=detail)
    )


async def forget_invoice(store: Store, invoice: str, *, ended_before: datetime, at: datetime) -> bool:
    """Delete a lender's invoice if it ended before then; False if not."""
    words = f"The invoice {invoice} ended long ago and was purged."
    gone = _written({Book.INVOICE_HISTORY: await store.invoices.lines_of(invoice)})
    detail = {"invoice": invoice, GONE_WITH_IT: gone}
    told = HistoryEntry(at=at, by=_BY, kind=HistoryKind.NOTE, words=words, detail=detail)
    return await store.invoices.forget(invoice, ended_before=ended_before, told=told)


def _told_of_requests(lines: Mapping[str, Collection[int]], at: datetime) -> HistoryEntry:
    """Return what is written of a purge: how many requests, and the digest of their tombstones."""
    buried = {request: distances(numbers) for request, numbers in lines.items()}
    words = f"{len(buried)} requests that ended long ago were purged."
    detail = {"purged": len(buried), "digest": digest_of_tombstones(buried)}
    return HistoryEntry(at=at, by=_BY, kind=HistoryKind.NOTE, words=words, detail=detail)


def _written(lines: Mapping[Book, Collection[int]]) -> dict[Book, str]:
    return {book: distances(numbers) for book, numbers in lines.items()}
