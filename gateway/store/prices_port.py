"""What the store keeps of prices of unreturned borrowed items. `port.Store.prices` gives it."""

from collections.abc import Collection, Mapping
from typing import Protocol

from gateway.workflow.charges import Price


class PriceStore(Protocol):
    """Each method may raise StoreUnavailable."""

    async def prices(self) -> Mapping[str, Price]:
        """Return every price that is not settled, by its request."""

    async def price(self, request: str) -> Price | None:
        """Return the price of a request, settled or not."""

    async def prices_of(self, requests: Collection[str]) -> Mapping[str, Price]:
        """Return the prices of these requests, settled or not, by their requests."""

    async def save_price(self, price: Price, *, settled: bool) -> None:
        """Keep a price in place of the request's own, if it has one."""
