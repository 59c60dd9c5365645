"""What other gateways change is read again, and not forgotten where the store is gone at that moment."""

import asyncio
from collections.abc import Callable
from typing import cast

import structlog

from gateway.fleet.news import RETRY_S, follow
from gateway.store.port import Store, StoreUnavailable, Topic
from tests.fakes.clock import FakeTime


class Telling:
    """A store that tells when told to."""

    def __init__(self) -> None:
        self.tell: dict[Topic, Callable[[], None]] = {}

    def on_change(self, topic: Topic, tell: Callable[[], None]) -> None:
        self.tell[topic] = tell


async def test_each_change_is_read_until_that_works() -> None:
    store, time = Telling(), FakeTime()
    reads: list[str] = []
    trouble: list[StoreUnavailable] = []

    async def read() -> None:
        reads.append("read")
        if trouble:
            raise trouble.pop()

    following = asyncio.create_task(follow(cast("Store", store), Topic.DIRECTORY, read, time))
    await time.settle()
    assert (list(store.tell), reads) == ([Topic.DIRECTORY], [])
    store.tell[Topic.DIRECTORY]()
    store.tell[Topic.DIRECTORY]()
    await time.settle()
    assert len(reads) == 1, "told twice before it was read: once is enough"
    trouble += [StoreUnavailable("gone"), StoreUnavailable("still gone")]
    store.tell[Topic.DIRECTORY]()
    await time.advance(10 * RETRY_S)
    assert len(reads) == 4
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


async def test_a_change_that_cannot_be_read_is_logged_and_the_next_one_read() -> None:
    store, time = Telling(), FakeTime()
    faults: list[Exception] = [ValueError("a peer that only a newer program understands")]
    reads: list[str] = []

    async def read() -> None:
        if faults:
            raise faults.pop()
        reads.append("read")

    with structlog.testing.capture_logs() as logs:
        following = asyncio.create_task(follow(cast("Store", store), Topic.DIRECTORY, read, time))
        await time.settle()
        store.tell[Topic.DIRECTORY]()
        await time.settle()
        assert reads == []
        store.tell[Topic.DIRECTORY]()
        await time.settle()
    assert reads == ["read"]
    assert [line["log_level"] for line in logs] == ["error"]
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


async def test_a_change_while_it_is_read_is_read_again() -> None:
    store, time = Telling(), FakeTime()
    reads: list[str] = []

    async def read() -> None:
        reads.append("read")
        if len(reads) == 1:
            store.tell[Topic.BACKOFFS]()

    following = asyncio.create_task(follow(cast("Store", store), Topic.BACKOFFS, read, time))
    await time.settle()
    store.tell[Topic.BACKOFFS]()
    await time.settle()
    assert len(reads) == 2
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
