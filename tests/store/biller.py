# ruff: noqa: T201 - what it prints is what it is for
"""A process that finalises bills without end and says of each that it has its number; for tests that kill it.

python -m tests.store.biller sqlite:////tmp/gateway.db NAME
"""

import asyncio
import itertools
import sys

from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import BillIntake
from gateway.store.factory import open_store
from tests.store.test_contract_bills import finalise, proposed


async def main(url: str, name: str) -> None:
    """Begin bills and finalise them, several at once."""
    store = open_store(url)
    await store.open()
    await store.migrate()
    door = BillIntake(store, BillPlanner())

    async def one(number: int) -> None:
        bill = f"M-{name}-{number}"
        await door.begin(proposed(bill))
        await door.submit_bill(bill, finalise())
        print("finalised", bill, flush=True)

    for first in itertools.count(1, 8):
        await asyncio.gather(*(one(number) for number in range(first, first + 8)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
