"""How much one peer may ask of the server, and how often a caller may fail to say who it is. Pure: time is passed in.

Token buckets, each refilled at its rate up to its burst; a full one is forgotten, so what is kept is bounded by those
who asked lately, and by `most_keys` whatever happens. Nothing here knows HTTP: the server turns a wait into Retry-After.
"""

from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

from msgspec import Struct

MOST_KEYS: Final = 10_000
"""Buckets kept at once; beyond, those that were not touched for longest are forgotten."""


class Rate(Struct, frozen=True):
    """So many at once, and so many a second in the long run; both are above 0."""

    burst: float
    per_s: float

    @classmethod
    def per_minute(cls, count: float) -> "Rate":
        """A minute's worth may come at once."""
        return cls(burst=max(1.0, count), per_s=count / 60)

    def share(self, servers: int) -> "Rate":
        """What one of so many servers allows, so that together they allow this; one message at once is the least."""
        return self if servers == 1 else Rate(burst=max(1.0, self.burst / servers), per_s=self.per_s / servers)


class _Level(Struct, frozen=True):
    tokens: float
    at_s: float

    def refilled(self, rate: Rate, now_s: float) -> float:
        """The tokens at that moment."""
        return min(rate.burst, self.tokens + max(0.0, now_s - self.at_s) * rate.per_s)


class Buckets:
    """A bucket for each key, full at first."""

    def __init__(self, most_keys: int = MOST_KEYS) -> None:
        self._most_keys = most_keys
        self._levels: dict[str, _Level] = {}  # in the order in which they were last touched

    def __len__(self) -> int:
        """How many buckets are kept."""
        return len(self._levels)

    def wait_s(self, key: str, rate: Rate, now_s: float) -> float:
        """Seconds until the key may have a token; 0 if it may now."""
        return max(0.0, (1 - self._tokens(key, rate, now_s)) / rate.per_s)

    def take(self, key: str, rate: Rate, now_s: float) -> float:
        """Take a token and give 0; or take none and give the seconds until there is one."""
        tokens = self._tokens(key, rate, now_s)
        if tokens < 1:
            return (1 - tokens) / rate.per_s
        self._levels.pop(key, None)
        self._levels[key] = _Level(tokens - 1, now_s)
        if len(self._levels) > self._most_keys:
            del self._levels[next(iter(self._levels))]
        return 0.0

    def forget(self, key: str) -> None:
        """Fill the key's bucket."""
        self._levels.pop(key, None)

    def _tokens(self, key: str, rate: Rate, now_s: float) -> float:
        level = self._levels.get(key)
        return level.refilled(rate, now_s) if level else rate.burst


class Limits(Struct, frozen=True, kw_only=True):
    """What the server allows; the defaults are far above what libraries send each other."""

    rates: Mapping[str, Rate] = {}
    """By peer; one that is not named here is not limited."""
    failures: Rate = Rate(burst=30, per_s=0.1)
    """Of one address: messages whose sender could not be told."""
    strangers: Rate = Rate(burst=5, per_s=1 / 60)
    """Of one address: messages of a sender that shows nothing, where such are taken at all."""
    held_bytes: int = 64 * 1024 * 1024
    """Of all messages that are being read or handled."""
    held_bytes_each: int = 16 * 1024 * 1024
    """Of those that come from one address."""


class Budget:
    """An amount (bytes, say) of which all keys together, and each alone, may hold no more than their limits."""

    def __init__(self, total: int, each: int) -> None:
        self._total = total
        self._each = each
        self._held: dict[str, int] = {}
        self.taken = 0
        self.holdings = 0
        """How many hold of it, those that hold nothing yet among them."""

    def take(self, key: str, amount: int) -> bool:
        """Hold so much more for the key, or nothing if that would be too much."""
        held = self._held.get(key, 0)
        if self.taken + amount > self._total or held + amount > self._each:
            return False
        self._held[key] = held + amount
        self.taken += amount
        return True

    def give_back(self, key: str, amount: int) -> None:
        """No longer hold so much for the key."""
        rest = self._held.get(key, 0) - amount
        self.taken -= amount
        if rest > 0:
            self._held[key] = rest
        else:
            self._held.pop(key, None)


class Holding:
    """What one message holds of a budget, given back when the block ends."""

    def __init__(self, budget: Budget, key: str) -> None:
        self._budget = budget
        self._key = key
        self._amount = 0

    def add(self, amount: int) -> bool:
        """Hold so much more; False if the budget has no room for it."""
        granted = self._budget.take(self._key, amount)
        self._amount += amount if granted else 0
        return granted

    def __enter__(self) -> Self:
        """Nothing is held at first."""
        self._budget.holdings += 1
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        """Give everything back."""
        self._budget.holdings -= 1
        self._budget.give_back(self._key, self._amount)
