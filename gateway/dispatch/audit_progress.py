"""How far a look through the audit chain has come, in the log and for whoever waits: one through tens of millions of lines takes minutes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

import structlog

from gateway.clock import TimeSource

EVERY: Final = timedelta(seconds=10)
_log = structlog.get_logger(__name__)


class Progress:
    """Tells now and then which line of history has been reached."""

    def __init__(self, time: TimeSource, newest: int) -> None:
        """`newest` is the newest line of history, where the look ends."""
        self._time = time
        self.newest = newest
        self.line = 0
        self._next = time.now() + EVERY

    def tell(self, line: int) -> None:
        """Tell that this line has been reached; the log hears of it unless it heard of another less than ten seconds ago."""
        self.line = line
        if (now := self._time.now()) >= self._next:
            self._next = now + EVERY
            _log.info("looking through the audit chain", line=line, of=self.newest)


class Looks:
    """The looks that go on in this gateway."""

    def __init__(self) -> None:
        self._going: list[Progress] = []

    @contextmanager
    def one(self, progress: Progress) -> Iterator[Progress]:
        """Know of a look until the block ends."""
        self._going.append(progress)
        try:
            yield progress
        finally:
            self._going.remove(progress)

    def last(self) -> Progress | None:
        """Return the one that was begun last; None if none goes on."""
        return self._going[-1] if self._going else None
