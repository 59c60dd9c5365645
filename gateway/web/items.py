"""The local item list over the API: import a whole list, with every row's problems."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

from aiohttp import web

from gateway.catalogue.item_list import Import, read_csv, read_json
from gateway.web.answers import UnusableError, ok, read_text
from gateway.web.ports import Api, Call
from gateway.web.queries import yes_or_no

LIST_MAX: Final = 256 * 1024 * 1024
"""Bytes of an item list; a line has about 150, so that is more than a million items."""
READERS: Final[Mapping[str, Callable[[str], Import]]] = {"text/csv": read_csv, "application/json": read_json}


async def import_items(api: Api, call: Call) -> web.Response:
    """POST items/import: a list as text/csv or application/json; ?replace=true forgets the items that aren't in it.

    Items without fault are imported even where others have one; a list with no usable item changes nothing.
    """
    replace = yes_or_no(call.http.query, "replace")
    reader = READERS.get(call.http.content_type)
    if reader is None:
        raise UnusableError(f"Content-Type: {' or '.join(READERS)}.")
    body = await read_text(call.http, LIST_MAX)
    # In a thread: a long list takes seconds to read, and peers must get their confirmations meanwhile.
    found = await asyncio.to_thread(reader, body)
    if not found.items:
        raise UnusableError("The list has no item that can be used; nothing was changed.", problems=found.problems)
    imported = await api.store.import_items(found.items, replace=replace)
    return ok({"imported": imported, "problems": found.problems})
