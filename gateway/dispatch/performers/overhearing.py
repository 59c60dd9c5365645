"""What is said to the circulation system while a piece of work is carried out, as lines for the history of what it is for."""

from collections.abc import Awaitable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TypeVar

from gateway.clock import TimeSource
from gateway.sip2.connection import Exchange
from gateway.store.port import HistoryEntry, HistoryKind

Done = TypeVar("Done")
_exchanges: ContextVar[list[Exchange] | None] = ContextVar("exchanges", default=None)


def note_exchange(exchange: Exchange) -> None:
    """The hook of the lines: keep the exchange for the timeline of the request that it was made for, if any."""
    kept = _exchanges.get()
    if kept is not None:
        kept.append(exchange)


async def overheard(work: Awaitable[Done], time: TimeSource) -> tuple[Done, tuple[HistoryEntry, ...]]:
    """Wait for work, and return what was said to the circulation system meanwhile, as lines for the history."""
    exchanges: list[Exchange] = []
    token = _exchanges.set(exchanges)
    try:
        result = await work
    finally:
        _exchanges.reset(token)
    at = time.now()
    return result, tuple(_sip2_entry(exchange, at) for exchange in exchanges)


def _sip2_entry(exchange: Exchange, at: datetime) -> HistoryEntry:
    return HistoryEntry(
        at=at.astimezone(UTC),
        by="gateway",
        kind=HistoryKind.SIP2,
        words=f"SIP2 {exchange.code}: {exchange.outcome}, {exchange.latency_s * 1000:.0f} ms.",
        detail={"sent": exchange.sent, "received": exchange.received},
    )
