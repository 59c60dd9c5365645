# ruff: noqa: T201 - what it prints is what it is for
"""A process that commits without end and says of each commit that it returned; for tests that kill it.

python tests/store/committer.py sqlite:////tmp/gateway.db
"""

import asyncio
import itertools
import sys

from gateway.store.factory import open_store
from tests.store.values import ACS, creation, later, perform, step


async def main(url: str) -> None:
    """Commit requests, several at once, and the next version of each."""
    store = open_store(url)
    await store.open()
    await store.migrate()

    async def one(number: int) -> None:
        await store.commit(creation(number, perform()))
        print("created", number, flush=True)
        await store.commit(step(number))
        print("stepped", number, flush=True)
        for row in await store.claim(ACS, now=later(0), until=later(600), owner="committer", limit=1):
            await store.start(row.id, owner="committer", at=later(1))
            print("started", row.request.removeprefix("HILL-"), flush=True)

    for first in itertools.count(1, 10):
        await asyncio.gather(*(one(number) for number in range(first, first + 10)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
