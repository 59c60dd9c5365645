"""The part of the port that is the local item list."""

from collections.abc import Iterable
from typing import Protocol

from gateway.workflow.finding import ListedItem
from gateway.workflow.records import Copy


class ItemsPort(Protocol):
    """Items, and the keys by which they are found. Every method may raise StoreUnavailable."""

    async def import_items(self, items: Iterable[ListedItem], *, replace: bool) -> int:
        """Keep the items, in place of those with their barcodes; give how many. `replace`: no others stay.

        Written in pieces, so that other work goes on meanwhile: a break leaves the pieces written before it,
        and what `replace` drops goes last.
        """

    async def item_barcodes(self, after: str, limit: int) -> tuple[str, ...]:
        """Barcodes of the list in their order, those behind `after` ("" for the first), no more than `limit`."""

    async def find_items(self, keys: tuple[str, ...]) -> tuple[Copy, ...]:
        """Copies with any of the keys, in the order of the keys, each once."""

    async def copy(self, item_barcode: str) -> Copy | None:
        """By its item barcode."""
