"""PostgreSQL shared by several gateways: limits that hold for all together, seats, gateways that are gone, news of changes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import cast

import asyncpg
import pytest

from gateway.desk.ports import Desk
from gateway.desk.presence import Presence
from gateway.fleet.seats import Patience
from gateway.store.hearsay_port import SAID_BYTES
from gateway.store.port import AlreadyExists, BackOff, LeaseLost, LoginCount, NameTaken, StoreUnavailable, Topic
from gateway.store.postgres import _ATTENDING, SETTINGS, PostgresStore
from gateway.workflow.partners import Partner, Peer
from tests.fakes.directory import put
from tests.store.postgres import CUT_ALL, DEADLINE_S, administer, until
from tests.store.values import ACS, NOW, creation, find_copies, inbound, later, perform, step

Stores = tuple[PostgresStore, PostgresStore]

# limits, and messages


async def test_a_lanes_limit_holds_for_all_gateways_together(stores: Stores) -> None:
    for number in range(1, 21):
        await stores[0].commit(creation(number, perform()))
    claims = await asyncio.gather(
        *(
            store.claim(ACS, now=later(0), until=later(60), owner=f"{place}.{n}", limit=2, at_most=5)
            for place, store in enumerate(stores)
            for n in range(6)
        )
    )
    assert sum(map(len, claims)) == 5


async def test_a_message_that_two_gateways_get_at_once_is_taken_once(
    stores: Stores,
) -> None:
    await stores[0].commit(creation())
    twice = step(inbound=inbound(5), effects=(perform(),))
    results = await asyncio.gather(*(store.commit(twice) for store in stores), return_exceptions=True)
    kinds = sorted(type(result).__name__ for result in results)
    assert kinds in (["AlreadyExists", "NoneType"], ["NoneType", "VersionConflict"])
    assert len(await stores[0].pending("HILL-1")) == 1
    with pytest.raises(AlreadyExists):
        await stores[1].commit(step(version=3, inbound=inbound(5), effects=(perform(),)))


# seats, and gateways that are gone


async def attend(store: PostgresStore, name: str, *, in_use: int, for_s: float = 60.0) -> int:
    return (await store.attend(name, seats=4, in_use=in_use, for_s=for_s)).seats


async def test_seats_go_to_whoever_attends_once_others_have_given_them_up(
    stores: Stores,
) -> None:
    a, b = stores
    assert await attend(a, "a", in_use=0) == 4
    assert await attend(b, "b", in_use=0) == 0
    assert await attend(a, "a", in_use=4) == 2
    assert await attend(b, "b", in_use=0) == 0, "`a` has not said that it uses less"
    assert await attend(a, "a", in_use=2) == 2
    assert await attend(b, "b", in_use=0) == 2
    await a.leave("a")
    assert await attend(b, "b", in_use=2) == 4


async def test_each_hears_how_many_there_are(stores: Stores) -> None:
    heard = []
    for store, name in zip((*stores, stores[1]), ("a", "b", "b"), strict=True):
        heard.append((await store.attend(name, seats=4, in_use=0, for_s=60.0)).gateways)
    await stores[0].leave("a")
    heard.append((await stores[1].attend("b", seats=4, in_use=0, for_s=60.0)).gateways)
    assert heard == [1, 2, 2, 1]


async def test_gateways_that_come_at_once_never_have_a_seat_twice(stores: Stores) -> None:
    """Several names on each store stand for as many gateways."""
    names = [f"gateway {n}" for n in range(6)]
    shares = await asyncio.gather(*(attend(stores[n % 2], name, in_use=0) for n, name in enumerate(names)))
    assert sum(shares) == 4


async def test_the_work_of_a_gateway_that_is_gone_is_free_and_the_others_are_woken(
    stores: Stores,
) -> None:
    a, b = stores
    heard: list[str | None] = []
    await a.commit(creation(1, perform()))
    await a.commit(creation(2, perform()))
    assert await attend(a, "a", in_use=0, for_s=0.05) == 4
    (row,) = await a.claim(ACS, now=later(0), until=later(3600), owner="a", limit=1)
    (other,) = await a.claim(ACS, now=later(0), until=later(3600), owner="c", limit=1)
    b.on_commit(heard.extend)
    assert await attend(b, "b", in_use=0) in {0, 4}
    async with asyncio.timeout(DEADLINE_S):
        while await attend(b, "b", in_use=0) < 4:
            await asyncio.sleep(0.01)
    await until(lambda: ACS in heard)
    assert [again.id for again in await b.claim(ACS, now=later(0), until=later(60), owner="b", limit=9)] == [row.id]
    with pytest.raises(LeaseLost):
        await a.start(row.id, owner="a", at=later(1))
    await b.start(other.id, owner="c", at=later(1))


async def test_gateways_hear_of_a_new_request_and_of_its_work(stores: Stores) -> None:
    told, heard = asyncio.Event(), list[str | None]()
    stores[1].on_change(Topic.REQUESTS, told.set)
    stores[1].on_commit(heard.extend)
    await stores[0].commit(creation(1, find_copies()))
    await until(lambda: told.is_set() and bool(heard))
    assert heard == [None]


async def test_work_that_is_hurried_at_one_gateway_wakes_the_others(stores: Stores) -> None:
    a, b = stores
    heard: list[str | None] = []
    await a.commit(creation(1, perform(due_at=later(3600))))
    b.on_commit(heard.extend)
    assert await a.hurry("HILL-404", now=NOW) == 0
    assert await a.hurry("HILL-1", now=NOW) == 1
    await until(lambda: bool(heard))
    assert heard == [ACS]


async def test_a_gateway_that_was_held_for_gone_attends_again(stores: Stores) -> None:
    a, b = stores
    await attend(a, "a", in_use=0, for_s=-1.0)
    assert await attend(b, "b", in_use=0) == 4
    assert await attend(a, "a", in_use=0) == 0, "what it had has been given away"
    assert await attend(b, "b", in_use=4) == 2
    assert await attend(b, "b", in_use=2) == 2
    assert await attend(a, "a", in_use=0) == 2


async def test_of_two_gateways_with_one_name_the_younger_stays(stores: Stores) -> None:
    old, young = stores
    await attend(old, "gateway", in_use=0)
    assert await attend(young, "gateway", in_use=0) == 4
    with pytest.raises(NameTaken, match="started as gateway"):
        await attend(old, "gateway", in_use=4)
    await young.commit(creation(1, perform()))
    (row,) = await young.claim(ACS, now=later(0), until=later(60), owner="gateway", limit=1)
    await old.leave("gateway")
    assert await attend(young, "gateway", in_use=4) == 4
    await young.start(row.id, owner="gateway", at=later(1))


@asynccontextmanager
async def standing_still(url: str, *statements: str) -> AsyncIterator[None]:
    """A gateway that is stopped within a transaction: its connection lives on, and says nothing more."""
    connection = await asyncpg.connect(url, server_settings=SETTINGS)
    try:
        await connection.execute("BEGIN")
        for statement in statements:
            await connection.execute(statement)
        yield
    finally:
        connection.terminate()


async def test_a_gateway_that_stands_still_while_it_attends_costs_no_other_its_seats(
    stores: Stores, laid_postgres_url: str
) -> None:
    assert await attend(stores[0], "a", in_use=0) == 4
    async with standing_still(laid_postgres_url, _ATTENDING), asyncio.timeout(Patience().attempt_s):
        assert await attend(stores[0], "a", in_use=4) == 4


async def test_a_gateway_that_stands_still_within_its_work_holds_up_nobodys_for_long(
    stores: Stores, laid_postgres_url: str
) -> None:
    await stores[0].commit(creation(1, perform()))
    locks = ("UPDATE requests SET version = version", "UPDATE effects SET attempts = attempts")
    claiming = f"SELECT pg_advisory_xact_lock(8160863, hashtext('{ACS}'))"
    async with standing_still(laid_postgres_url, claiming, *locks), asyncio.timeout(60):
        (row,) = await stores[0].claim(ACS, now=later(0), until=later(60), owner="a", limit=1, at_most=1)
        await stores[0].commit(step(completes=row.id, owner="a"))


async def test_what_waits_too_long_for_a_lock_finds_the_store_away_for_the_moment(
    stores: Stores, laid_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stores[0].commit(creation(1, perform()))
    monkeypatch.setitem(SETTINGS, "idle_in_transaction_session_timeout", "30s")
    async with standing_still(laid_postgres_url, "UPDATE requests SET version = version"):
        with pytest.raises(StoreUnavailable):
            await stores[0].commit(step(effects=(perform(),)))


async def test_a_count_of_logins_that_two_gateways_write_at_once_is_written_by_one(stores: Stores) -> None:
    for version in range(5):
        writes = (store.set_logins("main", LoginCount(refusals=n, version=version)) for n, store in enumerate(stores))
        assert sorted(await asyncio.gather(*writes)) == [False, True]


# what others change


async def test_gateways_hear_of_each_others_changes(stores: Stores) -> None:
    told: list[Topic] = []
    for topic in Topic:
        stores[1].on_change(topic, partial(told.append, topic))
    changes: list[tuple[Callable[[], Awaitable[object]], Topic]] = [
        (lambda: stores[0].set_backoff(BackOff(lane=ACS, until=later(60), failures=2)), Topic.BACKOFFS),
        (lambda: stores[0].clear_backoff(ACS), Topic.BACKOFFS),
        (lambda: put(stores[0], Peer(id="example-broker")), Topic.DIRECTORY),
        (
            lambda: put(stores[0], Partner(id="example-valley", name="Example Valley Library", peer="example-broker")),
            Topic.DIRECTORY,
        ),
        (lambda: stores[0].set_logins("main", LoginCount(refusals=1)), Topic.LOGINS),
        (lambda: stores[0].save_policy(b"{}", at=later(0), by="staff"), Topic.DIRECTORY),
    ]
    for change, topic in changes:
        told.clear()
        await change()
        await until(lambda: bool(told))
        assert told == [topic]


async def test_whoever_lost_its_connection_is_told_of_every_topic(stores: Stores, laid_postgres_url: str) -> None:
    told: set[Topic] = set()
    for topic in Topic:
        stores[1].on_change(topic, partial(told.add, topic))
    await administer(laid_postgres_url, CUT_ALL)
    await until(lambda: told == set(Topic))


async def test_gateways_hear_what_others_say_and_not_themselves(stores: Stores) -> None:
    heard: list[tuple[int, str]] = []
    for place, store in enumerate(stores):
        store.hearsay.on_said(partial(_note, heard, place))
    await stores[0].hearsay.say("one")
    await stores[1].hearsay.say("two " + "x" * (SAID_BYTES - 4))
    await until(lambda: len(heard) == 2)
    assert sorted((place, words[:3]) for place, words in heard) == [(0, "two"), (1, "one")]


async def test_a_gateway_that_is_alone_says_nothing(stores: Stores) -> None:
    heard: list[tuple[int, str]] = []
    stores[1].hearsay.on_said(partial(_note, heard, 1))
    await attend(stores[0], "a", in_use=0)
    await stores[0].hearsay.say("to nobody")
    await attend(stores[1], "b", in_use=0)
    await attend(stores[0], "a", in_use=0)
    await stores[0].hearsay.say("to b")
    await until(lambda: bool(heard))
    assert heard == [(1, "to b")]


async def test_who_has_a_request_open_is_known_at_every_gateway(stores: Stores) -> None:
    here, there = (
        Presence(cast("Desk", SimpleNamespace(store=store, now=lambda: datetime.now(tz=UTC)))) for store in stores
    )
    go = here.come("ada", ["HILL-1"])
    await here.tell()
    await asyncio.wait_for(there.changed.wait(), DEADLINE_S)
    assert there.words("HILL-1", "ben") == "ada has this open"
    there.take_news()
    go()
    await here.tell()
    await asyncio.wait_for(there.changed.wait(), DEADLINE_S)
    assert there.words("HILL-1", "ben") == ""


def _note(heard: list[tuple[int, str]], place: int, words: str) -> None:
    heard.append((place, words))
