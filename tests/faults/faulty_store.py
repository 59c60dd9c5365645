"""A store that dies, or says that it is gone, at a named step around a transaction.

Wraps the real store: what it lets through is the real thing, down to the disk. It is told what to do while it runs
(`Order`), so that the steps are met in the middle of the work and not only after a start.
"""

import os
import random
import signal
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from gateway.store.port import Change, EffectRow, Store, StoreUnavailable

T = TypeVar("T")


class Step(StrEnum):
    """Where the process may die: just before, or just after, the store did its part."""

    BEFORE_COMMIT = "before a commit"
    AFTER_COMMIT = "after a commit"
    BEFORE_START = "before a row is marked started"
    AFTER_START = "after a row was marked started, before its first byte"
    BEFORE_CLAIM = "before a lease"
    AFTER_CLAIM = "after a lease"
    BEFORE_POSTPONE = "before a row is postponed"
    AFTER_POSTPONE = "after a row was postponed"


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Die at the `countdown`-th time from now that this step comes; or fail the next `failures` writes.

    A write that fails was not written, or (one in two) was, without anybody being told.
    """

    step: Step | None = None
    countdown: int = 1
    failures: int = 0


class FaultyStore:
    """The port's Store around another one; every method it does not name goes straight through."""

    def __init__(self, store: Store, chance: random.Random) -> None:
        self._store = store
        self._chance = chance
        self._order = Order()
        self._left = 0

    def obey(self, order: Order) -> None:
        """Take an order, in place of the one before."""
        self._order, self._left = order, order.failures

    def __getattr__(self, name: str) -> Any:
        """Everything else is the real store's."""
        return getattr(self._store, name)

    async def commit(self, change: Change) -> None:
        """See the port."""
        await self._around(Step.BEFORE_COMMIT, lambda: self._store.commit(change), Step.AFTER_COMMIT)

    async def start(self, effect_id: int, **how: Any) -> None:
        """See the port."""
        await self._around(Step.BEFORE_START, lambda: self._store.start(effect_id, **how), Step.AFTER_START)

    async def claim(self, lane: str | None, **how: Any) -> tuple[EffectRow, ...]:
        """See the port. A lease that finds nothing to lease is no step."""
        rows = await self._around(Step.BEFORE_CLAIM, lambda: self._store.claim(lane, **how), None)
        if rows:
            self._reach(Step.AFTER_CLAIM)
        return rows

    async def postpone(self, effect_id: int, **how: Any) -> None:
        """See the port."""
        await self._around(Step.BEFORE_POSTPONE, lambda: self._store.postpone(effect_id, **how), Step.AFTER_POSTPONE)

    async def _around(self, before: Step, write: Callable[[], Awaitable[T]], after: Step | None) -> T:
        self._reach(before)
        fails = self._left > 0
        self._left -= fails
        if fails and self._chance.random() < 0.5:
            raise StoreUnavailable("as ordered: not written")
        result = await write()
        if fails:
            raise StoreUnavailable("as ordered: written, and nobody was told")
        if after is not None:
            self._reach(after)
        return result

    def _reach(self, step: Step) -> None:
        if step is not self._order.step:
            return
        if self._order.countdown <= 1:
            os.kill(os.getpid(), signal.SIGKILL)
        self._order = msgspec.structs.replace(self._order, countdown=self._order.countdown - 1)
