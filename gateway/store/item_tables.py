"""The local item list as tables: the part of the port that is common SQL."""

from collections.abc import Iterable, Iterator
from itertools import islice

from gateway.store import encoding, sql
from gateway.store.port import ListedItem
from gateway.store.verbs import Verbs
from gateway.workflow.records import Copy

_ITEMS_AT_ONCE = 200
"""Items written in one transaction of an import: a few milliseconds."""


class ItemTables(Verbs):
    """Items, and the keys by which they are found."""

    async def import_items(self, items: Iterable[ListedItem], *, replace: bool) -> int:
        """See the port."""
        run = (await self._fetch(sql.LAST_RUN))[0][0] + 1
        count = 0
        for piece in _pieces(items):
            barcodes = [(item.copy.item_barcode,) for item in piece]
            keys = [(key, item.copy.item_barcode) for item in piece for key in item.keys]
            bodies = [(item.copy.item_barcode, run, encoding.encode(item.copy)) for item in piece]
            await self._load((sql.SAVE_ITEM, bodies), (sql.DROP_KEYS, barcodes), (sql.SAVE_KEY, keys))
            count += len(piece)
        while replace and await self._change((sql.DROP_OLD_ITEMS, (run, _ITEMS_AT_ONCE))):
            pass
        return count

    async def item_barcodes(self, after: str, limit: int) -> tuple[str, ...]:
        """See the port."""
        return tuple(barcode for (barcode,) in await self._fetch(sql.ITEM_BARCODES, after, limit))

    async def find_items(self, keys: tuple[str, ...]) -> tuple[Copy, ...]:
        """See the port."""
        found: dict[str, Copy] = {}
        for key in keys:
            for copy in (encoding.decode_copy(body) for (body,) in await self._fetch(sql.FIND_ITEMS, key)):
                found.setdefault(copy.item_barcode, copy)
        return tuple(found.values())

    async def copy(self, item_barcode: str) -> Copy | None:
        """See the port."""
        found = await self._fetch(sql.ITEM, item_barcode)
        return encoding.decode_copy(found[0][0]) if found else None


def _pieces(items: Iterable[ListedItem]) -> Iterator[list[ListedItem]]:
    """Cut items into lists that are written at once."""
    rest = iter(items)
    while piece := list(islice(rest, _ITEMS_AT_ONCE)):
        yield piece
