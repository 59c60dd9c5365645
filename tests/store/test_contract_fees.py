"""The contract of the port, on both stores: no fee of a loan is on two bills, whoever gathers at once and whatever each of them saw."""

import asyncio
from collections import Counter
from decimal import Decimal

import pytest

from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import BillIntake
from gateway.money.events import BillAct
from gateway.money.records import Bill, BilledAmount, LineKind, Loan
from gateway.store.bills_port import BillFilter
from gateway.store.port import AlreadyExists, Store
from gateway.store.postgres import PostgresStore
from tests.store.outside import fetch
from tests.store.test_contract_bills import acted, proposed


def fee(request: str) -> BilledAmount:
    return BilledAmount(kind=LineKind.FEE, words="Fee", amount=Decimal("5.00"), loan=Loan(request=request))


async def gathers(door: BillIntake, name: str, *requests: str) -> Bill | None:
    try:
        return await door.begin(proposed(name, *map(fee, requests), gathers=requests[0]))
    except AlreadyExists:
        return None


async def asked_for(store: Store) -> Counter[str]:
    """How many bills ask for the fee of each request."""
    bills = await store.bills.bills(BillFilter(limit=1000))
    return Counter(request for bill in bills for request in bill.requests)


async def test_who_saw_one_fee_more_does_not_bill_the_others_once_more(store: Store) -> None:
    """An earlier loan was told late: the first of the month is another one for each of the two."""
    door = BillIntake(store, BillPlanner())
    assert await gathers(door, "M-1", "HILL-2", "HILL-3") is not None
    assert await gathers(door, "M-2", "HILL-1", "HILL-2", "HILL-3") is None
    assert await asked_for(store) == {"HILL-2": 1, "HILL-3": 1}
    assert await gathers(door, "M-3", "HILL-1") is not None, "it goes on a bill of its own the next time"


async def test_a_dropped_bill_keeps_its_fees_from_coming_again_until_it_is_purged(store: Store) -> None:
    door = BillIntake(store, BillPlanner())
    await gathers(door, "M-1", "HILL-1", "HILL-2")
    await door.submit_bill("M-1", acted(BillAct.DROP))
    assert await gathers(door, "M-2", "HILL-2") is None
    assert sorted(await fetch(store, "SELECT request, bill FROM bill_fees")) == [("HILL-1", "M-1"), ("HILL-2", "M-1")]


@pytest.mark.process
async def test_gateways_that_gather_at_once_bill_each_fee_once(stores: tuple[PostgresStore, PostgresStore]) -> None:
    doors = [BillIntake(store, BillPlanner()) for store in stores]
    for month in range(10):
        loans = [f"HILL-{month}-{number}" for number in range(1, 8)]
        seen = [loans, loans[1:], loans[3:], list(reversed(loans))]
        await asyncio.gather(
            *(gathers(doors[place % 2], f"M-{month}-{place}", *requests) for place, requests in enumerate(seen))
        )
    assert set((await asked_for(stores[0])).values()) == {1}
