"""A gateway that starts with a clock which is years ahead destroys nothing before somebody can have set it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from gateway.dispatch import anonymise, copy_sweep
from gateway.dispatch.bookkeeping import Bookkeeper
from gateway.dispatch.keeping import nightly
from gateway.dispatch.long_pause import LONG, PURGE, REST, may_let_go
from gateway.reports.folding import House as Library
from gateway.store.copies_port import CopyFile
from gateway.store.port import Store
from gateway.store.scans_port import ScanRecord, ScanResult
from gateway.workflow.records import Request
from tests.dispatch.house import THEIRS, House
from tests.dispatch.test_anonymise import ended
from tests.dispatch.test_keeping import end, purger

YEARS_S = 10 * 365 * 86_400.0
ALL = {"customer", "request", "file", "scan"}


@pytest.fixture
async def request_of_old(house: House) -> Request:
    """What ended just now, with a file, and a scan beside it; tonight's purge was taken on."""
    over, lent = await ended(house), await house.new("R1")
    await end(house, lent)
    now = house.time.now()
    ends_at = now + timedelta(days=14)
    file = CopyFile(id="f" * 64, request=lent.id, name="a", content_type="b", by="ada", at=now, ends_at=ends_at)
    await house.store.copies.begin(file)
    scan = ScanRecord(id="s1", cart="c1", at=now, by="ada", result=ScanResult.STOP, said="")
    assert await house.store.scans.add(scan, unless_since=None)
    await Bookkeeper(house.store, Library, house.time).catch_up()
    assert await take_on(house, now)
    return over


async def take_on(house: House, at: datetime) -> bool:
    return await house.store.take_turn(PURGE, at=at, now=house.time.now())


@asynccontextmanager
async def running(house: House) -> AsyncIterator[None]:
    """All that destroys, as a gateway runs it."""
    jobs = [
        asyncio.create_task(each)
        for each in (
            anonymise.daily(house.store, after=timedelta(days=30), time=house.time),
            copy_sweep.hourly(house.store, time=house.time),
            nightly(purger(house), zone=UTC, clock=house.time, take_on=lambda at: take_on(house, at)),
        )
    ]
    try:
        yield
    finally:
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)


async def pass_hours(house: House, hours: int) -> None:
    for _ in range(hours):
        await house.time.advance(3600)
        await house.rest()


async def left(house: House, over: Request) -> set[str]:
    """What is still there."""
    there = {
        "customer": await house.store.borrowing.customer(over.id) is not None,
        "request": await house.store.request_by_partner_id(THEIRS, "R1") is not None,
        "file": await house.store.copies.file("f" * 64) is not None,
        "scan": bool(await house.store.scans.of_cart("c1", limit=1)),
    }
    return {name for name, is_there in there.items() if is_there}


async def test_nothing_goes_at_a_start_years_ahead_and_all_of_it_once_a_day_or_two_have_passed(
    house: House, request_of_old: Request
):
    house.time.set_by(YEARS_S)
    async with running(house):
        await pass_hours(house, 22)
        assert await left(house, request_of_old) == ALL
        await pass_hours(house, 26)
        assert await left(house, request_of_old) == set()


async def test_a_gateway_that_is_started_again_while_the_clock_is_still_ahead_waits_on(
    house: House, request_of_old: Request
):
    house.time.set_by(YEARS_S)
    for _ in range(4):
        async with running(house):
            await pass_hours(house, 5)
            assert await left(house, request_of_old) == ALL


async def test_once_the_clock_was_set_right_all_goes_on_as_if_it_had_never_been_wrong(
    house: House, request_of_old: Request
):
    house.time.set_by(YEARS_S)
    async with running(house):
        await pass_hours(house, 2)
    house.time.set_by(-YEARS_S)
    async with running(house):
        await pass_hours(house, 24 * 15)
        assert await left(house, request_of_old) == ALL - {"file"}


async def test_a_clock_that_is_set_years_forward_while_the_gateway_runs_lets_nothing_go(
    house: House, request_of_old: Request
):
    async with running(house):
        await pass_hours(house, 1)
        house.time.set_by(YEARS_S)
        await pass_hours(house, 22)
        assert await left(house, request_of_old) == ALL


async def test_a_clock_that_is_set_forward_behind_a_look_lets_nothing_go(
    house: House, request_of_old: Request, monkeypatch: pytest.MonkeyPatch
):
    async def and_set_the_clock(store: Store, now: datetime) -> bool:
        may = await may_let_go(store, now)
        house.time.set_by(YEARS_S)
        return may

    for module in (anonymise, copy_sweep):
        monkeypatch.setattr(module, "may_let_go", and_set_the_clock)
    async with running(house):
        await house.rest()
        assert await left(house, request_of_old) == ALL


async def test_a_gateway_whose_clock_alone_is_ahead_lets_nothing_go_however_long_it_runs(house: House):
    """The other one takes each night back, by the right clock."""
    assert await take_on(house, house.time.now())
    for hour in range(24 * 4):
        house.time.set_by(YEARS_S)
        assert not await may_let_go(house.store, house.time.now())
        assert hour % 24 or await take_on(house, house.time.now())
        house.time.set_by(3600 - YEARS_S)
        assert await may_let_go(house.store, house.time.now())
        assert hour % 24 != 12 or await take_on(house, house.time.now())


@pytest.mark.parametrize(("pause", "may"), [(LONG, True), (LONG + timedelta(seconds=1), False)])
async def test_a_month_is_no_long_pause_and_a_store_without_a_night_has_none(
    house: House, pause: timedelta, *, may: bool
):
    assert await may_let_go(house.store, house.time.now())
    assert await take_on(house, house.time.now())
    house.time.set_by(pause.total_seconds())
    assert await may_let_go(house.store, house.time.now()) is may
    assert await take_on(house, house.time.now())
    house.time.set_by(REST.total_seconds())
    assert await may_let_go(house.store, house.time.now())
