"""The contract of the port, on both stores: what one gateway does for all."""

import asyncio

from gateway.store.port import Store
from gateway.store.postgres import PostgresStore
from tests.store.values import later


async def test_a_duty_is_taken_on_once_for_each_time(store: Store) -> None:
    assert await store.take_turn("reconcile", at=later(0))
    assert not await store.take_turn("reconcile", at=later(0))
    assert await store.take_turn("another", at=later(0))
    assert await store.take_turn("reconcile", at=later(1))
    assert not await store.take_turn("reconcile", at=later(0)), "a night that is long past"


async def test_of_gateways_that_would_take_it_on_at_once_one_does(stores: tuple[PostgresStore, PostgresStore]) -> None:
    for night in range(5):
        taken = await asyncio.gather(*(store.take_turn("reconcile", at=later(night)) for store in stores * 3))
        assert sum(taken) == 1
