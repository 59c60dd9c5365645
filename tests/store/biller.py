"""Finalises bills without end and says of each that it has its number; in a process that is killed (killing.py)."""

import asyncio
import itertools

from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import BillIntake
from gateway.store.factory import open_store
from tests.store.killing import Say
from tests.store.test_contract_bills import finalise, proposed


async def bill_without_end(url: str, name: str, say: Say) -> None:
    """Begin bills and finalise them, several at once."""
    store = open_store(url)
    await store.open()
    await store.migrate()
    door = BillIntake(store, BillPlanner())

    async def one(number: int) -> None:
        bill = f"M-{name}-{number}"
        await door.begin(proposed(bill))
        await door.submit_bill(bill, finalise())
        say("finalised", bill)

    for first in itertools.count(1, 8):
        await asyncio.gather(*(one(number) for number in range(first, first + 8)))
