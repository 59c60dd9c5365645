"""How far history and the books are sealed, by what their newest seals say: heads cover that, and nothing that stands beside it.

A seal that somebody has changed is told at each look, also by a metric, and sealing goes on behind it: what comes later is sealed all the same.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import structlog

from gateway.store.audit_port import SealStore
from gateway.store.port import Store
from gateway.store.sealing import GENESIS, Book, Seal, follows

_NEWEST: Final = (1 << 31) - 1
"""Above each number of a seal."""
_log = structlog.get_logger(__name__)


_SealBefore = Callable[[int], Awaitable[Seal | None]]
"""Reads the newest seal before a number, over history or over one book."""


class SealedTo:
    """How far it was sealed; `on_changed` is called for each look at a seal that was changed."""

    def __init__(self, store: Store, on_changed: Callable[[], None]) -> None:
        self._store = store
        self._on_changed = on_changed

    async def by_history(self, newest: Seal | None, up_to: int) -> int:
        """Return the last sealed line of history; of a seal that was changed, the last one up to `up_to` that it names."""
        return await self._end(newest, up_to, self._store.audit, self._before)

    async def by_book(self, book: Book, up_to: int) -> int:
        """Return the last sealed line of a book, likewise."""
        books = self._store.audit.books
        before = partial(books.seal_of, book)
        return await self._end(await before(_NEWEST), up_to, books, before)

    async def _before(self, number: int) -> Seal | None:
        found = await self._store.audit.seals(number - 2, limit=1)
        return next((seal for seal in found if seal.number < number), None)

    async def _end(self, newest: Seal | None, up_to: int, chain: SealStore, before: _SealBefore) -> int:
        """Of a seal that was changed what it names counts as far as that can be; if nothing of it can, the seal before it counts."""
        while newest is not None:
            last = await chain.seals(newest.number - 2, limit=1) if newest.number > 1 else ()
            if newest.leaves and follows(newest, last[0].head if last else GENESIS):
                return newest.leaves[-1].id
            self._tell(newest)
            if named := [leaf.id for leaf in newest.leaves if leaf.id <= up_to]:
                return max(named)
            newest = await before(newest.number)
        return 0

    def _tell(self, found: Seal) -> None:
        self._on_changed()
        words = "a seal of the audit chain was changed: ill-gateway audit verify says more"
        _log.error(words, number=found.number, beside=found.beside)
