"""The local item list: take a whole list, with every row's problems."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Final

import msgspec

from gateway.catalogue.item_list import COLUMNS, REQUIRED, Import, read_csv, read_json
from gateway.desk.access import Caller
from gateway.desk.errors import UnusableError
from gateway.desk.files import text_of
from gateway.desk.ports import Desk
from gateway.desk.shown import shown
from gateway.desk.structs.common import Problem, Upload
from gateway.desk.structs.items import ItemsImported, ItemsQuery
from gateway.store.port import Store

LIST_MAX: Final = 256 * 1024 * 1024
"""Bytes of an item list; a line has about 150, so that is more than a million items."""
LIST_COLUMNS: Final = COLUMNS
MUST_BE_THERE: Final = REQUIRED
"""Columns that a list has in any case, and a value of each in every line."""
READERS: Final[Mapping[str, Callable[[str], Import]]] = {"text/csv": read_csv, "application/json": read_json}
_PAGE: Final = 5_000


class Dropped(msgspec.Struct, frozen=True):
    """How many items of how many in the list are not in the new one."""

    count: int
    of: int

    def is_more_than(self, share: int) -> bool:
        """Whether they are more than `share` per cent."""
        return self.count * 100 > self.of * share


async def import_items(desk: Desk, _caller: Caller, query: ItemsQuery, body: Upload) -> ItemsImported:
    """Take a list of items as CSV or JSON.

    Items without fault are imported even if others have one; a list with no usable item changes nothing.
    """
    text = text_of(body)
    # In a thread: a long list takes seconds to read, and peers must get their confirmations meanwhile.
    found = (await asyncio.to_thread(READERS[body.content_type], text)).looked_over(desk.orders.pickup.branches)
    problems = tuple(shown(problem, Problem) for problem in found.problems)
    if not found.items:
        raise UnusableError("The list has no item that can be used; nothing was changed.", problems)
    barcodes = frozenset(item.copy.item_barcode for item in found.items)
    dropped = await _dropped(desk.store, barcodes) if query.replace else Dropped(0, 0)
    if dropped.is_more_than(query.drop_at_most):
        raise UnusableError(
            f"{dropped.count} of {dropped.of} items are not in this list, more than {query.drop_at_most} per cent; "
            "nothing was changed. Name a larger share (drop_at_most) if that is meant.",
            problems,
        )
    count = len(found.items)
    return ItemsImported(
        imported=count if query.dry_run else await desk.store.import_items(found.items, replace=query.replace),
        dropped=dropped.count,
        of=dropped.of,
        dry_run=query.dry_run,
        problems=problems,
    )


async def _dropped(store: Store, kept: Collection[str]) -> Dropped:
    """Count what is listed, page by page, and what of it is not kept."""
    count, total, after = 0, 0, ""
    while page := await store.item_barcodes(after, _PAGE):
        total += len(page)
        count += sum(barcode not in kept for barcode in page)
        after = page[-1]
    return Dropped(count, total)
