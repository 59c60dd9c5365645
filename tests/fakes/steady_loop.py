"""An event loop whose clock stands still while the machine keeps the process from running.

Where both ends of a socket live in one loop, a deadline of 0.2 s must end a silence and nothing else. On a busy machine
the process may get no processor for longer than that, and the deadline would overtake an answer that has already come.
Here only waiting in which nothing came counts as time, and of everything else at most `STRETCH_S` between two looks.
"""

import asyncio
import selectors
import time

STRETCH_S = 0.002


class _Waiting(selectors.DefaultSelector):
    """A selector that adds up how long was waited. Seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.passed_s = 0.0
        self._left_at = time.monotonic()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """As every selector's."""
        asked_at = time.monotonic()
        ready = super().select(timeout)
        now = time.monotonic()
        longest_s = STRETCH_S if ready or timeout is None else max(timeout, STRETCH_S)
        self.passed_s += min(asked_at - self._left_at, STRETCH_S) + min(now - asked_at, longest_s)
        self._left_at = now
        return ready


class SteadyLoop(asyncio.SelectorEventLoop):
    """What every asynchronous test runs in (tests/conftest.py)."""

    def __init__(self) -> None:
        self._waiting = _Waiting()
        super().__init__(self._waiting)

    def time(self) -> float:
        """Seconds since the loop was made; they pass no faster than those of the system's clock."""
        return self._waiting.passed_s
