"""What gateways that share a store say to each other without keeping it: who doesn't hear it now never does."""

from collections.abc import Callable
from typing import Final, Protocol

SAID_BYTES: Final = 7_000
"""The most that is said at once; PostgreSQL takes 8,000 bytes, with who says it."""


class HearsayPort(Protocol):
    """The port."""

    def on_said(self, hear: Callable[[str], None]) -> None:
        """Call `hear` with what other gateways say. It runs on the event loop and may only schedule."""

    async def say(self, words: str) -> None:
        """Say something to the other gateways, in SAID_BYTES at the most. Raises StoreUnavailable."""
