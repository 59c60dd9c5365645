"""Wrong tokens and passwords of late, by whatever key they are counted: so many at once, then one now and then.

Each gateway has a count of its own. With several the sum is what one allows times their number, which bounds it all the same.
"""

from collections.abc import Iterable
from time import monotonic

from gateway.iso18626.authentication import client_address, comes_from, source
from gateway.iso18626.limits import Buckets, Rate


class Guesses:
    """A count for each key."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._wrong = Buckets()

    def count(self, key: str) -> float:
        """Count one, and return 0; or return the seconds to wait, for there were too many."""
        return self._wrong.take(key, self._rate, monotonic())

    def forget(self, key: str) -> None:
        """Wipe the slate."""
        self._wrong.forget(key)


def caller_address(remote: str | None, hops: Iterable[str], proxies: tuple[str, ...]) -> str:
    """Return what counts as the caller's one address; `hops` are the values of X-Forwarded-For, which counts from `proxies` alone."""
    return source(client_address(remote, hops, proxies))


def is_proxy(remote: str | None, proxies: tuple[str, ...]) -> bool:
    """Say whether a connection comes from one of our proxies, whose word counts."""
    return comes_from(remote, proxies)
