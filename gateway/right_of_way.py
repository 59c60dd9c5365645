"""Who goes first on the event loop: a partner's message, which waits for several of its turns, before a page, which takes long ones."""

import asyncio
from contextlib import suppress


class RightOfWay:
    """A `with` block has the right of way. Others call `stand_aside`, which waits for a bounded time."""

    def __init__(self) -> None:
        self._under_way = 0
        self._clear = asyncio.Event()
        self._clear.set()

    def __enter__(self) -> None:
        """Something is under way that goes first."""
        self._under_way += 1
        self._clear.clear()

    def __exit__(self, *_exc: object) -> None:
        """It is through."""
        self._under_way -= 1
        if not self._under_way:
            self._clear.set()

    async def stand_aside(self, most_s: float) -> float:
        """Wait until nothing is under way that goes first, for so long at most; give what is left of that."""
        if not self._under_way or most_s <= 0:
            return most_s
        clock = asyncio.get_running_loop().time
        until_s = clock() + most_s
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until_s):
                while self._under_way:
                    await self._clear.wait()
        return max(0.0, until_s - clock())
