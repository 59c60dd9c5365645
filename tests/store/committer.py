"""Commits without end and says of each commit that it returned; in a process that is killed (killing.py)."""

import asyncio
import itertools

from gateway.store.factory import open_store
from tests.store.killing import Say
from tests.store.values import ACS, creation, later, perform, step


async def commit_without_end(url: str, name: str, say: Say) -> None:
    """Commit requests, several at once, and the next version of each."""
    store = open_store(url)
    await store.open()
    await store.migrate()

    async def one(number: int) -> None:
        await store.commit(creation(number, perform()))
        say("created", f"HILL-{number}")
        await store.commit(step(number))
        say("stepped", f"HILL-{number}")
        for row in await store.claim(ACS, now=later(0), until=later(600), owner=name, limit=1):
            await store.start(row.id, owner=name, at=later(1))
            say("started", row.request)

    for first in itertools.count(1, 10):
        await asyncio.gather(*(one(number) for number in range(first, first + 10)))
