"""Wrong tokens, counted by the address that they come from: so many at once, then one now and then.

A token has 256 random bits, so nobody guesses one; what is bounded is the work that guessing makes, and what it writes into the log.
Whoever shows a valid token is let through, whatever its neighbours behind the same proxy did, and wipes the slate.
"""

from collections.abc import Callable
from typing import Final

from aiohttp import hdrs, web

from gateway.desk import guesses
from gateway.desk.errors import TooOftenError
from gateway.desk.guesses import caller_address
from gateway.iso18626.limits import Rate
from gateway.web.answers import NotIdentifiedError

WRONG_TOKENS: Final = Rate(burst=30, per_s=0.1)
"""Of one address; of IPv6, 64 bits are one. As many as the peers' door lets fail."""

OnRefused = Callable[[str, bool], None]
"""Told of each call without a valid token: the address, and whether it had too many of them before."""


class WrongTokens:
    """The wrong tokens of late. `proxies` are the networks whose X-Forwarded-For counts."""

    def __init__(self, proxies: tuple[str, ...], on_refused: OnRefused) -> None:
        self._proxies = proxies
        self._on_refused = on_refused
        self._wrong = guesses.Guesses(WRONG_TOKENS)

    def was_right(self, http: web.Request) -> None:
        """Wipe the caller's slate."""
        self._wrong.forget(self._address(http))

    def was_wrong(self, http: web.Request) -> NotIdentifiedError | TooOftenError:
        """Count it, and give what the caller is told."""
        address = self._address(http)
        wait_s = self._wrong.count(address)
        self._on_refused(address, wait_s > 0)
        if wait_s:
            return TooOftenError("Too many calls without a valid token came from this address.", wait_s)
        return NotIdentifiedError("Authorization: Bearer with a valid token is needed.")

    def _address(self, http: web.Request) -> str:
        hops = http.headers.getall(hdrs.X_FORWARDED_FOR, ())
        return caller_address(http.remote, hops, self._proxies)
