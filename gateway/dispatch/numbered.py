"""Requests by a number or barcode that belongs to them, as the register knows them (store/wording.py)."""

from typing import Final

from gateway.store import wording
from gateway.store.port import Store
from gateway.workflow.records import Request

MOST_WITH_NUMBER: Final = 50
"""Requests that are looked at for a number: the open ones come first."""


async def with_number(store: Store, text: str) -> list[Request]:
    """Return the requests with a number or barcode, whatever is written between its letters and digits: open ones first, the newest first."""
    ids = await store.register.with_number(wording.number(text), limit=MOST_WITH_NUMBER)
    found = await store.register.requests(ids)
    return [found[each] for each in ids if each in found]
