"""Prices of unreturned borrowed items as common SQL: a line for each request, those that are not settled by an index of their own."""

# ruff: noqa: S608 - statements are put together from constants

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Final

from gateway.store import encoding
from gateway.store.columns import Fetched
from gateway.workflow.charges import Price

OPEN: Final = "SELECT body FROM item_prices WHERE NOT settled"
SAVE: Final = """
    INSERT INTO item_prices (request, settled, body) VALUES ($1, $2, $3)
    ON CONFLICT (request) DO UPDATE SET settled = excluded.settled, body = excluded.body"""


class PriceTables:
    """The port's PriceStore on the verbs of either store."""

    def __init__(
        self, *, fetch: Callable[..., Awaitable[Sequence[Fetched]]], change: Callable[..., Awaitable[int]]
    ) -> None:
        """Take the verbs."""
        self._fetch, self._change = fetch, change

    async def prices(self) -> Mapping[str, Price]:
        """See the port."""
        found = [encoding.decode_price(body) for (body,) in await self._fetch(OPEN)]
        return {price.request: price for price in found}

    async def price(self, request: str) -> Price | None:
        """See the port."""
        return (await self.prices_of([request])).get(request)

    async def prices_of(self, requests: Collection[str]) -> Mapping[str, Price]:
        """See the port."""
        if not requests:
            return {}
        found = [encoding.decode_price(body) for (body,) in await self._fetch(of_requests(len(requests)), *requests)]
        return {price.request: price for price in found}

    async def save_price(self, price: Price, *, settled: bool) -> None:
        """See the port."""
        await self._change((SAVE, (price.request, settled, encoding.encode(price))))


def of_requests(count: int) -> str:
    """Return the query for the prices of so many requests."""
    places = ", ".join(f"${place}" for place in range(1, 1 + count))
    return f"SELECT body FROM item_prices WHERE request IN ({places})"
