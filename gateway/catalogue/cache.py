"""Answers of the catalogue, kept for a while: to ask less, and to go on while it is silent. Holds so many, the newest.

In memory, hence each gateway's own and gone with it. Pure: the time is given.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

import msgspec

from gateway.catalogue.marc import Bib


class KeptAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a query gave, and when."""

    at: datetime
    bibs: tuple[Bib, ...] = ()
    total: int = 0
    """How many records there are, of which some may not have been fetched."""
    refused: str = ""
    """Why the server did not do the query, in words."""
    unread: int = 0
    """Records that could not be read."""

    @property
    def is_whole(self) -> bool:
        """Whether every record that there is was seen."""
        return not self.refused and not self.unread and len(self.bibs) >= self.total


class Cache:
    """Answers by their query. `fresh` and `stale`: for how long one stands, and serves where there is nothing better."""

    def __init__(self, *, most: int, fresh: timedelta, stale: timedelta) -> None:
        self._most = most
        self._fresh = fresh
        self._stale = stale
        self._kept: OrderedDict[str, KeptAnswer] = OrderedDict()

    def keep(self, query: str, answer: KeptAnswer) -> None:
        """Keep an answer, and forget the oldest where there are too many."""
        self._kept[query] = answer
        self._kept.move_to_end(query)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def fresh(self, query: str, now: datetime) -> KeptAnswer | None:
        """Return an answer that still stands."""
        return self._younger(query, now, self._fresh)

    def stale(self, query: str, now: datetime) -> KeptAnswer | None:
        """Return an answer that serves while the catalogue is silent."""
        return self._younger(query, now, self._stale)

    def _younger(self, query: str, now: datetime, age: timedelta) -> KeptAnswer | None:
        answer = self._kept.get(query)
        return answer if answer is not None and now - answer.at < age else None
