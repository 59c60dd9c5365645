"""Of one peer's messages so many bytes are kept in a day, and no more."""

from datetime import UTC, datetime

import pytest

from gateway.dispatch.storage_bound import LONGEST_WAIT_S, StorageBound
from gateway.iso18626.codes import Action
from gateway.iso18626.server import Unavailable
from gateway.store.port import RequestFilter
from tests.dispatch.house import House, action, request
from tests.fakes.clock import FakeTime


def bound(time: FakeTime, **options: object) -> StorageBound:
    return StorageBound(1000, now=time.now, **options)  # type: ignore[arg-type]


async def test_beyond_the_bound_a_peer_waits_until_the_day_ends():
    time = FakeTime(datetime(2026, 10, 28, 23, 30, tzinfo=UTC))
    storage = bound(time)
    assert storage.take("hill", 600) == 0
    assert storage.take("hill", 600) == 1800
    assert storage.take("hill", 400) == 0, "what still fits is kept"
    assert storage.take("valley", 1000) == 0, "each peer has its own"
    await time.advance(1800)
    assert storage.take("hill", 600) == 0


def test_nobody_is_told_to_wait_for_longer_than_an_hour():
    assert bound(FakeTime(datetime(2026, 10, 28, 1, 0, tzinfo=UTC))).take("hill", 1001) == LONGEST_WAIT_S


def test_several_gateways_allow_a_share_each():
    storage = bound(FakeTime(), gateways=lambda: 2)
    assert storage.take("hill", 500) == 0
    assert storage.take("hill", 1) > 0


def test_what_is_kept_is_told():
    told: list[tuple[str, int]] = []
    storage = bound(FakeTime(), on_kept=lambda peer, count: told.append((peer, count)))
    storage.take("hill", 900)
    storage.take("hill", 900)
    assert told == [("hill", 900)]


async def test_a_message_beyond_the_bound_changes_nothing_and_a_repeat_is_still_confirmed(house: House):
    first = request(house.time.now(), "R1")
    confirmed = await house.receive_raw(first)
    for size in (1_000_000, 100):
        while house.storage.take("peer-one", size) == 0:
            pass
    for message in (request(house.time.now(), "R2"), action(house.time.now(), Action.CANCEL)):
        with pytest.raises(Unavailable):
            await house.receive(message)
    assert await house.receive_raw(first) == confirmed
    (known,) = await house.store.requests(RequestFilter())
    assert len(await house.store.messages(known.id)) == 1
    await house.time.advance(24 * 3600)
    await house.new("R2")
