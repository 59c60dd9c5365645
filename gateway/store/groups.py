"""Group commit: whatever waits is written together, because the durable commit costs more than the writing.

While one batch is committed the next one gathers. Nobody waits for company by the clock, but what the event loop has at hand
already comes along, so that batches are large when there is much to do; a job by itself behind several batches of one is written at once.
This module knows no database: `write` is handed in.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from gateway.store.port import StoreUnavailable

LARGEST_BATCH = 64
"""Bounds how long the event loop is kept by the statements of one batch (about 3 ms); who weighs more than one counts for more."""

QUIET_TURNS = 6
"""Turns of the event loop without a new job after which nobody is about to come: from the socket to here a message takes so many where nothing
on its way waits for a server."""

SURELY_ALONE = 8
"""Batches of one in turn, during which nobody else came, after which a job by itself is written at once. Among many at once there is now and
then a straggler, and to write behind that at once would part the many: batches of 64 became batches of 8, and two writers took turns."""

MOST_ALONE = 2 * SURELY_ALONE
"""No more batches of one count: who is alone and meets another once (a clock that rings, a page that is read) is still alone behind it."""

Job = TypeVar("Job")


class Waiting(Generic[Job]):
    """A job with its key and the future that its submitter waits for."""

    __slots__ = ("future", "job", "key", "weight")

    def __init__(self, job: Job, key: str | None, future: "asyncio.Future[Any]", weight: int = 1) -> None:
        """Take a job; two of one key never share a batch."""
        self.weight = weight
        self.job = job
        self.key = key
        self.future = future


def take(waiting: "deque[Waiting[Job]]", largest: int) -> list[Waiting[Job]]:
    """Take the next batch off the queue: no two of one key, and no more than weigh `largest` together; what is left keeps its order.

    One that weighs more goes alone.
    """
    batch: list[Waiting[Job]] = []
    left: list[Waiting[Job]] = []
    keys: set[str] = set()
    room = largest
    while waiting and room > 0 and len(left) < largest:
        one = waiting.popleft()
        if one.future.done():  # its submitter was cancelled
            continue
        if one.key in keys or (batch and one.weight > room):
            left.append(one)
        else:
            batch.append(one)
            room -= one.weight
        if one.key is not None:
            keys.add(one.key)
    waiting.extendleft(reversed(left))
    return batch


def alone_by_now(before: int, *, company: int) -> int:
    """Count batches of one: a batch with `company`, in it or come meanwhile, takes back half of what `SURELY_ALONE` asks for with each of them."""
    return max(0, before - company * SURELY_ALONE // 2) if company else min(before + 1, MOST_ALONE)


class GroupCommit(Generic[Job]):
    """Writes jobs in batches, one batch at a time.

    `write` gets the jobs of a batch, writes all of them durably and gives the result of each, or raises and has
    written none. When a batch fails, its jobs are written one by one, so that only the guilty one gets its
    error; StoreUnavailable alone is everybody's, for then it may not be known what was written.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Job]], Awaitable[Sequence[Any]]],
        *,
        largest: int = LARGEST_BATCH,
        quiet_turns: int = QUIET_TURNS,
    ) -> None:
        """Set up; `start` begins to write."""
        self._write = write
        self._largest = largest
        self._quiet_turns = quiet_turns
        self._waiting: deque[Waiting[Job]] = deque()
        self._more = asyncio.Event()
        self._alone = 0
        self._closed = True
        self._worker: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write; needs the running loop."""
        self._closed = False
        self._worker = asyncio.create_task(self._work(), name="store: group commit")

    async def close(self) -> None:
        """Write what waits, and take no more."""
        self._closed = True
        self._more.set()
        if self._worker is not None:
            await self._worker
            self._worker = None

    async def submit(self, job: Job, *, key: str | None = None, weight: int = 1) -> Any:
        """Have a job written; gives its result when that is durable, or raises its error."""
        if self._closed:
            raise StoreUnavailable("the store is closed")
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(job, key, future, weight))
        self._more.set()
        return await future

    async def _work(self) -> None:
        while self._waiting or not self._closed:
            self._more.clear()
            await self._gather()
            batch = take(self._waiting, self._largest)
            if batch:
                await self._settle(batch)
                self._alone = alone_by_now(self._alone, company=len(batch) - 1 + len(self._waiting))
            elif not self._waiting and not self._closed:
                await self._more.wait()

    async def _gather(self) -> None:
        """Let those come who are about to: as long as turns of the event loop bring jobs, the batch waits.

        Who is alone behind many who were has no company to wait for: the turns would be half of what the loop does for it.
        """
        if self._alone >= SURELY_ALONE and len(self._waiting) == 1:
            return
        seen, quiet_turns = 0, 0
        while quiet_turns < self._quiet_turns and 0 < len(self._waiting) < self._largest:
            quiet_turns = quiet_turns + 1 if len(self._waiting) == seen else 0
            seen = len(self._waiting)
            await asyncio.sleep(0)

    async def _settle(self, batch: Sequence[Waiting[Job]]) -> None:
        """Write a batch and tell everybody; on a failure that is somebody's own, one by one."""
        try:
            results = await self._write([one.job for one in batch])
        except StoreUnavailable as error:
            for one in batch:
                _fail(one, type(error)(*error.args))
        except Exception as error:  # noqa: BLE001 - handed to the one whose job it is
            if len(batch) == 1:
                _fail(batch[0], error)
                return
            for one in batch:
                await self._settle([one])
        else:
            for one, result in zip(batch, results, strict=True):
                if not one.future.done():
                    one.future.set_result(result)


def _fail(one: Waiting[Any], error: Exception) -> None:
    """Hand an error to whoever still waits for it."""
    if not one.future.done():
        one.future.set_exception(error)
