"""What is known of how long branches take to bring a book: by the settings, else by their own history, read now and then."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

import msgspec

from gateway.clock import TimeSource
from gateway.reports.fetching import fetchings
from gateway.store.port import Store
from gateway.workflow import fetching
from gateway.workflow.calendar import Calendars
from gateway.workflow.records import CopyStatus, Fetching

FRESH_S: Final = 1800.0
"""How long it is good: a courier's days change by the season."""
SINCE: Final = timedelta(days=180)
MOST_REQUESTS: Final = 2_000


class FetchBook:
    """Keeps it for a while; raises StoreUnavailable where it is needed and can't be read."""

    def __init__(
        self,
        *,
        store: Store,
        time: TimeSource,
        calendars: Calendars,
        as_set: Mapping[str, int] = MappingProxyType({}),
        by_policy: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        """`as_set`: open days of branches by the settings, which count before what was learned; before both, those of the policy."""
        self._store = store
        self._time = time
        self._calendars = calendars
        self._as_set = as_set
        self._by_policy = by_policy
        self._learned: Mapping[str, Fetching] = {}
        self._fresh_until = float("-inf")
        self._lock = asyncio.Lock()

    async def of_branches(self) -> Mapping[str, Fetching]:
        """Return it for every branch of which something is known; who asks meanwhile waits."""
        async with self._lock:
            if self._time.monotonic() >= self._fresh_until:
                since = self._time.now() - SINCE
                requests = await self._store.fetched(since=since, at_most=MOST_REQUESTS)
                self._learned = fetchings(requests, self._calendars)
                self._fresh_until = self._time.monotonic() + FRESH_S
        return {
            **self._learned,
            **self._set("the settings", self._as_set),
            **self._set("the policy", self._by_policy()),
        }

    def _set(self, where: str, days: Mapping[str, int]) -> Mapping[str, Fetching]:
        return {
            branch: fetching.as_set(each, where, self._learned.get(branch, fetching.UNKNOWN))
            for branch, each in days.items()
        }

    async def timed(self, copies: tuple[CopyStatus, ...]) -> tuple[CopyStatus, ...]:
        """Return the copies, each with what its branch takes."""
        known = await self.of_branches()
        return tuple(
            msgspec.structs.replace(each, fetching=known.get(each.copy.branch, fetching.UNKNOWN)) for each in copies
        )
