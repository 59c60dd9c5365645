"""The open connections of a listener, so that all can be ended at once."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

_log = logging.getLogger(__name__)


class Connections:
    """Tasks that serve one connection each; `most` is how many there were at once since the last `forget`."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self.most = 0

    def __len__(self) -> int:
        """How many are open."""
        return len(self._tasks)

    def forget(self) -> None:
        """Count anew how many there are at once."""
        self.most = len(self._tasks)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Around the work of one connection: whatever ends a connection ends here, and is logged without its content."""
        task = asyncio.current_task()
        assert task is not None  # asyncio.start_server runs its callback as a task
        self._tasks.add(task)
        self.most = max(self.most, len(self._tasks))
        try:
            yield
        except asyncio.CancelledError:
            _log.info("connection dropped")  # by drop_all, whose wish ends here
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            _log.info("connection ended: %s", type(error).__name__)
        finally:
            self._tasks.discard(task)

    async def drop_all(self) -> None:
        """Close every connection, and wait until they are closed."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks)


async def close_writers(*writers: asyncio.StreamWriter) -> None:
    """Close streams, of which some may have lost their other side."""
    for writer in writers:
        writer.close()
    await asyncio.gather(*(writer.wait_closed() for writer in writers), return_exceptions=True)
