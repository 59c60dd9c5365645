"""Customers are forgotten a while after the end of their requests, and nothing else is."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.dispatch.anonymise import EVERY_S, anonymise, daily
from gateway.store.port import StoreUnavailable
from gateway.workflow.events import StaffActed
from gateway.workflow.records import Request
from gateway.workflow.triggers import StaffAction
from tests.dispatch.house import House
from tests.dispatch.orders import CARD, asking, order, placed

AFTER = timedelta(days=30)
KEY = "list:a-digest-with-the-barcode"


async def ended(house: House) -> Request:
    """A request that its customer did not want any more."""
    request = await placed(house, order(key=KEY))
    await house.intake.act(request.id, StaffActed(at=house.time.now(), by="desk", action=StaffAction.CALL_OFF))
    return request


async def test_thirty_days_after_the_end_and_not_before(house: House):
    request, still_open = await ended(house), await placed(house)
    await house.time.advance(AFTER.total_seconds() - 1)
    assert await anonymise(house.store, after=AFTER, now=house.time.now()) == 0
    await house.time.advance(2)
    assert await anonymise(house.store, after=AFTER, now=house.time.now()) == 1
    assert await house.store.borrowing.customer(request.id) is None
    assert await house.store.borrowing.customer(still_open.id) is not None


async def test_the_key_of_a_lists_line_goes_too_and_history_stays(house: House):
    request = await ended(house)
    history = await house.store.history(request.id)
    await house.time.advance(AFTER.total_seconds() + 1)
    await anonymise(house.store, after=AFTER, now=house.time.now())
    assert await asking(house).request_of(KEY) is None
    assert await house.store.history(request.id) == history
    assert await house.store.request(request.id) is not None


async def test_nothing_of_the_customer_is_left_in_any_table(house: House):
    await ended(house)
    await house.time.advance(AFTER.total_seconds() + 1)
    assert found_in(house.store._path) == {"customers", "customer_works"}
    await anonymise(house.store, after=AFTER, now=house.time.now())
    assert found_in(house.store._path) == set()


_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"


def found_in(path: Path) -> set[str]:
    """The tables in which a customer's barcode or name stands. What is virtual keeps its words in tables of its own, which are read."""
    with closing(sqlite3.connect(path)) as database:
        tables = [row[0] for row in database.execute(_TABLES)]
        return {
            table
            for table in tables
            for row in database.execute(f"SELECT * FROM {table}")  # noqa: S608 - names of our own tables
            if CARD in repr(row) or "Inventa" in repr(row)
        }


async def test_it_is_done_at_the_start_and_every_day_whatever_the_store_does(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    counts: list[object] = []

    async def now_and_then(*_args: object, **_more: object) -> int:
        counts.append(None)
        if len(counts) == 1:
            raise StoreUnavailable("gone")
        return 0

    monkeypatch.setattr(house.store.borrowing, "anonymise", now_and_then)
    job = asyncio.create_task(daily(house.store, after=AFTER, time=house.time))
    try:
        for done in (1, 2, 3):
            async with asyncio.timeout(60):
                while len(counts) < done or not house.time.sleepers:
                    await asyncio.sleep(0)
            await house.time.advance(EVERY_S)
    finally:
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)
    assert len(counts) >= 3
