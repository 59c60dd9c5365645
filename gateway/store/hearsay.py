"""Hearsay as PostgreSQL carries it (NOTIFY); a gateway with a store of its own has nobody to say anything to. See the port: hearsay_port.py."""

from collections.abc import Callable
from typing import Final
from uuid import uuid4

from gateway.store.borrowing import Fetch

CHANNEL: Final = "ill_gateway_said"
SAY: Final = "SELECT set_config('synchronous_commit', 'off', TRUE), pg_notify($1, $2)"
"""Nothing is kept, so nothing waits for the disk."""


class Hearsay:
    """The port's HearsayPort; `fetch` runs a statement of PostgreSQL, None where a store is not shared."""

    def __init__(self, fetch: Fetch | None = None) -> None:
        """Begin with nobody who listens."""
        self.is_alone = fetch is None
        """No other gateway attends."""
        self._fetch = fetch
        self._instance = uuid4().hex
        self._hears: list[Callable[[str], None]] = []

    def on_said(self, hear: Callable[[str], None]) -> None:
        """See the port."""
        self._hears.append(hear)

    async def say(self, words: str) -> None:
        """See the port."""
        if self._fetch is not None and not self.is_alone:
            await self._fetch(SAY, CHANNEL, f"{self._instance} {words}")

    def heard(self, payload: str) -> None:
        """Take a notification: which gateway's, and what it says."""
        sender, words = payload.split(" ", 1)
        if sender != self._instance:
            for hear in self._hears:
                hear(words)
