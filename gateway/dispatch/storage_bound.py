"""How many bytes of messages are kept of one peer in a day: whoever sends within its rate could fill the disk all the same.

Counted in memory, by the days of UTC: a restart begins anew, and of several gateways each allows its share. A message beyond
the bound is answered with 503 and when to come again, and nothing of it is kept; repeats cost nothing.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final

LONGEST_WAIT_S: Final = 3600.0
"""What a peer is told to wait at the most: the day may end sooner, and people may have raised the bound."""


def _ignore(_peer: str, _count: int) -> None:
    """Tell nobody."""


class StorageBound:
    """`take` is asked before a message is kept; `on_kept` hears what was counted."""

    def __init__(
        self,
        most_bytes: int,
        *,
        now: Callable[[], datetime],
        gateways: Callable[[], int] = lambda: 1,
        on_kept: Callable[[str, int], None] = _ignore,
    ) -> None:
        self._most_bytes = most_bytes
        self._now = now
        self._gateways = gateways
        self._on_kept = on_kept
        self._day = date.min
        self._kept: dict[str, int] = {}

    def take(self, peer: str, count: int) -> float:
        """Count so many bytes for a peer and give 0; or count none, and give the seconds after which to come again."""
        now = self._now().astimezone(UTC)
        if now.date() != self._day:
            self._day, self._kept = now.date(), {}
        kept = self._kept.get(peer, 0)
        if kept + count > self._most_bytes / self._gateways():
            return min(LONGEST_WAIT_S, (_midnight_after(now) - now).total_seconds())
        self._kept[peer] = kept + count
        self._on_kept(peer, count)
        return 0.0


def _midnight_after(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
