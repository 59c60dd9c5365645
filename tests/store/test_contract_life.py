"""The contract of the port, on both stores: its tables, its check, opening and closing."""

import asyncio

import pytest

from gateway.store.factory import open_store
from gateway.store.port import Store, StoreUnavailable
from tests.store.values import creation, find_copies, later, request


async def test_migrating_twice_changes_nothing(store: Store) -> None:
    await store.commit(creation())
    before, after = await store.migrate()
    assert before == after >= 1
    assert await store.request("HILL-1") == request()


async def test_migrating_says_from_where_to_where(url: str) -> None:
    store = open_store(url)
    await store.open()
    try:
        assert (await store.migrate())[0] == 0
    finally:
        await store.close()


async def test_a_store_without_tables_is_unavailable(url: str) -> None:
    store = open_store(url)
    await store.open()
    try:
        with pytest.raises(StoreUnavailable):
            await store.check()
        with pytest.raises(StoreUnavailable):
            await store.request("HILL-1")
    finally:
        await store.close()


async def test_a_check_of_a_store_that_works_is_silent(store: Store) -> None:
    await store.check()
    await store.check()


async def test_what_was_committed_is_there_after_opening_again(store: Store, url: str) -> None:
    await store.commit(creation(1, find_copies()))
    await store.close()
    again = open_store(url)
    await again.open()
    try:
        assert await again.request("HILL-1") == request()
        assert len(await again.pending("HILL-1")) == 1
    finally:
        await again.close()


async def test_closing_writes_what_waits_and_takes_no_more(store: Store, url: str) -> None:
    waiting = [asyncio.ensure_future(store.commit(creation(number))) for number in range(1, 100)]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*waiting)
    for refused in (store.commit(creation(100)), store.request("HILL-1"), store.depths(later(0)), store.check()):
        with pytest.raises(StoreUnavailable):
            await refused
    again = open_store(url)
    await again.open()
    try:
        assert await again.count_by_state() == {"searching": 99}
    finally:
        await again.close()


async def test_a_commit_whose_caller_gave_up_harms_no_other(store: Store) -> None:
    doomed = [asyncio.ensure_future(store.commit(creation(number))) for number in range(1, 6)]
    await asyncio.sleep(0)
    for task in doomed:
        task.cancel()
    await store.commit(creation(6))
    assert await store.request("HILL-6") is not None
