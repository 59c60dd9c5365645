"""Finding copies in the local item list, behind the port that a catalogue look-up will also fill.

Knows no store: the composition root passes in the look-up itself.
"""

from collections.abc import Awaitable, Callable

from gateway.catalogue.keys import keys_of
from gateway.workflow.finding import Found
from gateway.workflow.records import Copy, Wanted

FindByKeys = Callable[[tuple[str, ...]], Awaitable[tuple[Copy, ...]]]
"""Copies that have any of the keys, in the order of the keys, each once; may raise what its store raises."""


class ItemListFinder:
    """A CopyFinder over the local item list. `find_by_keys` is the store's look-up."""

    def __init__(self, find_by_keys: FindByKeys) -> None:
        self._find_by_keys = find_by_keys

    async def find(self, wanted: Wanted) -> Found:
        """Give every copy that the request's identifiers lead to, best key first; raises what the look-up raises."""
        keys = keys_of(wanted)
        if not keys:
            return Found(words="The request names no number that the item list could be searched by.", certain=False)
        return Found(copies=await self._find_by_keys(keys), words=f"Item list: searched by {', '.join(keys)}.")
