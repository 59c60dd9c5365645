"""What several topics read of the store."""

from collections.abc import AsyncIterator, Mapping
from typing import Final

from gateway.partners.merging import by_ids
from gateway.store.port import RequestFilter, Store
from gateway.workflow.partners import Partner
from gateway.workflow.records import Request, State

LIMIT_MAX: Final = 200
"""Requests in one answer."""


async def partners_by_id(store: Store) -> dict[str, Partner]:
    """Return every partner by its id, and by those of the partners that were merged into it."""
    return by_ids(await store.partners())


def names_of(partners: Mapping[str, Partner]) -> dict[str, str]:
    """Return the partners' names, by the ids by which tasks and stories name them."""
    return {code: partner.name for code, partner in partners.items()}


async def all_in(store: Store, states: tuple[State, ...]) -> AsyncIterator[Request]:
    """Yield every request in the states, newest first, page by page."""
    before = None
    while True:
        page = await store.requests(RequestFilter(states=states, before=before, limit=LIMIT_MAX))
        for request in page:
            yield request
        if len(page) < LIMIT_MAX:
            return
        before = (page[-1].updated_at, page[-1].id)
