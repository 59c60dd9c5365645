"""The local item list over the API: import a whole list, with every row's problems."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Final

import msgspec
from aiohttp import web

from gateway.catalogue.item_list import Import, read_csv, read_json
from gateway.store.port import Store
from gateway.web.answers import UnusableError, ok, read_text
from gateway.web.ports import Api, Call
from gateway.web.queries import whole_number, yes_or_no

LIST_MAX: Final = 256 * 1024 * 1024
"""Bytes of an item list; a line has about 150, so that is more than a million items."""
READERS: Final[Mapping[str, Callable[[str], Import]]] = {"text/csv": read_csv, "application/json": read_json}
DROP_AT_MOST: Final = 10
"""Per cent of the list that `replace` may forget unless the call names another share: a list cut short is no order to forget."""
_PAGE: Final = 5_000


class Dropped(msgspec.Struct, frozen=True):
    """How many items of how many in the list are not in the new one."""

    count: int
    of: int

    def is_more_than(self, share: int) -> bool:
        """Whether they are more than `share` per cent."""
        return self.count * 100 > self.of * share


async def import_items(api: Api, call: Call) -> web.Response:
    """POST items/import: a list as text/csv or application/json.

    `replace=true` forgets the items that aren't in it, but refuses if they are more than `drop_at_most` per cent (10) of
    the list. `dry_run=true` answers the same and changes nothing. Items without fault are imported even if others have one;
    a list with no usable item changes nothing.
    """
    query = call.http.query
    replace, dry_run = yes_or_no(query, "replace"), yes_or_no(query, "dry_run")
    share = whole_number(query, "drop_at_most", default=DROP_AT_MOST, least=0, most=100)
    reader = READERS.get(call.http.content_type)
    if reader is None:
        raise UnusableError(f"Content-Type: {' or '.join(READERS)}.")
    body = await read_text(call.http, LIST_MAX)
    # In a thread: a long list takes seconds to read, and peers must get their confirmations meanwhile.
    found = (await asyncio.to_thread(reader, body)).looked_over(api.pickup.branches)
    if not found.items:
        raise UnusableError("The list has no item that can be used; nothing was changed.", problems=found.problems)
    barcodes = frozenset(item.copy.item_barcode for item in found.items)
    dropped = await _dropped(api.store, barcodes) if replace else Dropped(0, 0)
    if dropped.is_more_than(share):
        raise UnusableError(
            f"{dropped.count} of {dropped.of} items are not in this list, more than {share} per cent; nothing was changed. "
            "Name a larger share (drop_at_most) if that is meant.",
            problems=found.problems,
        )
    imported = len(found.items) if dry_run else await api.store.import_items(found.items, replace=replace)
    return ok(
        {
            "imported": imported,
            "dropped": dropped.count,
            "of": dropped.of,
            "dry_run": dry_run,
            "problems": found.problems,
        }
    )


async def _dropped(store: Store, kept: Collection[str]) -> Dropped:
    """Count what is listed, page by page, and what of it is not kept."""
    count, total, after = 0, 0, ""
    while page := await store.item_barcodes(after, _PAGE):
        total += len(page)
        count += sum(barcode not in kept for barcode in page)
        after = page[-1]
    return Dropped(count, total)
