"""How far a look through the audit chain has come, in the log: one through tens of millions of lines takes minutes."""

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
        self._newest = newest
        self._next = time.now() + EVERY

    def tell(self, line: int) -> None:
        """Tell that this line has been reached, unless another was told of less than ten seconds ago."""
        if (now := self._time.now()) >= self._next:
            self._next = now + EVERY
            _log.info("looking through the audit chain", line=line, of=self._newest)
