"""What only the store on PostgreSQL does: several gateways on one database, and connections that get lost."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import asyncpg
import pytest

from gateway.store import listener, postgres_transactions
from gateway.store.factory import open_store
from gateway.store.keeping_tables import ASKED_BEFORE
from gateway.store.port import AlreadyExists, Change, LeaseLost, StoreUnavailable, VersionConflict
from gateway.store.postgres import PostgresStore
from gateway.store.postgres_writes import ADDITIONS
from gateway.workflow.records import Act
from tests.store.postgres import CUT_ALL, DEADLINE_S, administer, until
from tests.store.values import ACS, creation, find_copies, later, look, perform, request, step


@pytest.fixture
def store(stores: tuple[PostgresStore, PostgresStore]) -> PostgresStore:
    return stores[0]


# reading


@pytest.mark.parametrize(("read", "most"), [(PostgresStore._fetch, 2), (PostgresStore._fetch_slowly, 3)])
async def test_few_reads_are_asked_for_at_a_time_and_long_ones_keep_no_others_waiting(
    store: PostgresStore,
    monkeypatch: pytest.MonkeyPatch,
    read: Callable[[PostgresStore, str], Coroutine[Any, Any, Any]],
    most: int,
) -> None:
    under_way, answered, fetch_on = 0, asyncio.Event(), store._fetch_on

    async def held(lending: Any, statement: str, *params: Any) -> Any:
        nonlocal under_way
        if statement == "SELECT 1":
            under_way += 1
            await answered.wait()
        return await fetch_on(lending, statement, *params)

    monkeypatch.setattr(store, "_fetch_on", held)
    reading = [asyncio.create_task(read(store, "SELECT 1")) for _ in range(10)]
    other = PostgresStore._fetch_slowly if read is PostgresStore._fetch else PostgresStore._fetch
    assert await other(store, "SELECT 2") == [(2,)]
    assert under_way == most
    answered.set()
    assert await asyncio.gather(*reading) == [[(1,)]] * 10


async def test_a_read_whose_turn_does_not_come_says_so(store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_transactions, "TURN_S", 0.01)
    async with AsyncExitStack() as others:
        for _ in range(2):
            await others.enter_async_context(postgres_transactions.in_turn(store._reads))
        with pytest.raises(StoreUnavailable, match="too long"):
            await store._fetch("SELECT 1")
    assert await store._fetch("SELECT 1") == [(1,)]


async def test_what_a_message_or_a_decision_waits_for_waits_for_no_page(store: PostgresStore) -> None:
    await store.commit(creation(1))
    async with AsyncExitStack() as others:
        for seats, most in ((store._reads, 2), (store._slow_reads, 3)):
            for _ in range(most):
                await others.enter_async_context(postgres_transactions.in_turn(seats))
        found = request(1)
        assert await store.request(found.id, first=True) == found
        assert await store.request_by_partner_id(found.requesting_agency, found.partner_request_id) == found
        assert await store.confirmation("hills", "never") is None
        assert await store.first_content(found.id) == "content-1"


# several gateways


async def test_gateways_that_migrate_at_once_do_so_one_after_another(postgres_url: str) -> None:
    stores = [open_store(postgres_url) for _ in range(4)]
    await asyncio.gather(*(store.open() for store in stores))
    try:
        versions = await asyncio.gather(*(store.migrate() for store in stores))
    finally:
        await asyncio.gather(*(store.close() for store in stores))
    assert [before for before, _ in versions].count(0) == 1


async def test_a_commit_wakes_the_other_gateway_and_its_own_only_once(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    heard: list[list[str | None]] = [[], []]
    for store, lanes in zip(stores, heard, strict=True):
        store.on_commit(lanes.extend)
    await stores[0].commit(creation(1, perform(), find_copies()))
    await stores[1].commit(creation(2, find_copies("peer:example")))
    await until(lambda: len(heard[0]) >= 3 and len(heard[1]) >= 3)
    assert [sorted(lanes, key=str) for lanes in heard] == [[None, ACS, "peer:example"]] * 2


async def test_gateways_share_the_work_and_no_row_is_done_twice(stores: tuple[PostgresStore, PostgresStore]) -> None:
    """Each claims, starts and completes until nothing is left; every request went through both of its effects."""
    await asyncio.gather(*(stores[0].commit(creation(number, perform(), look())) for number in range(1, 41)))
    done: list[tuple[str, str]] = []

    async def work(store: PostgresStore, owner: str) -> None:
        idle = 0
        while idle < 20:
            rows = await store.claim(ACS, now=later(0), until=later(60), owner=owner, limit=3)
            idle = 0 if rows else idle + 1
            for row in rows:
                await store.start(row.id, owner=owner, at=later(1))
                request = await store.request(row.request)
                assert request is not None
                number, version = int(row.request.removeprefix("HILL-")), request.version + 1
                await store.commit(step(number, version, completes=row.id, owner=owner))
                done.append((row.request, row.effect.key))

    await asyncio.gather(*(work(store, f"{place}.{n}") for place, store in enumerate(stores) for n in range(2)))
    assert sorted(done) == sorted((f"HILL-{n}", key) for n in range(1, 41) for key in ("perform:hold", "look:hold"))
    assert await stores[0].lanes() == ()


async def test_of_two_gateways_that_decide_about_a_request_one_wins(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    await stores[0].commit(creation())
    for version in range(2, 20):
        results = await asyncio.gather(
            *(store.commit(step(version=version)) for store in stores), return_exceptions=True
        )
        assert sorted(type(result).__name__ for result in results) == ["NoneType", "VersionConflict"]


async def test_of_two_gateways_that_get_a_request_at_once_one_makes_it(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    """In batches that hold the same requests in opposite order: neither waits for the other in a circle."""
    there = [stores[0].commit(creation(number, id=f"A-{number}")) for number in range(1, 31)]
    back = [stores[1].commit(creation(number, id=f"B-{number}")) for number in range(30, 0, -1)]
    results = await asyncio.gather(*there, *back, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyExists"] * 30 + ["NoneType"] * 30
    assert {type(result) for result in results} == {AlreadyExists, type(None)}


async def test_a_row_queued_while_another_gateway_completes_the_one_before_it_is_not_forgotten(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    """Whatever their order, the follower may run afterwards."""
    await stores[0].commit(creation(1, perform()))
    for _ in range(30):
        (row,) = await stores[0].claim(ACS, now=later(0), until=later(60), owner="a", limit=1)
        await asyncio.gather(
            stores[0].commit(note_completing(row.id)), stores[1].commit(note_queueing()), return_exceptions=False
        )
    assert len(await stores[0].pending("HILL-1")) == 1


def note_completing(effect_id: int) -> Change:
    return step(request=None, history_of="HILL-1", completes=effect_id, owner="a")


def note_queueing() -> Change:
    return step(request=None, history_of="HILL-1", effects=(perform(Act.ARRIVE),))


async def test_a_start_and_a_withdrawal_at_once_never_both_succeed(stores: tuple[PostgresStore, PostgresStore]) -> None:
    for number in range(1, 31):
        await stores[0].commit(creation(number, perform()))
        (row,) = await stores[0].claim(ACS, now=later(0), until=later(60), owner="a", limit=1)
        started, withdrawn = await asyncio.gather(
            stores[0].start(row.id, owner="a", at=later(1)),
            stores[1].commit(step(number, must_withdraw=("perform:hold",))),
            return_exceptions=True,
        )
        assert (started is None) != (withdrawn is None), (started, withdrawn)
        assert started is None or isinstance(started, LeaseLost)


# connections that get lost


async def test_a_lost_connection_is_told_and_then_replaced(store: PostgresStore, laid_postgres_url: str) -> None:
    await store.commit(creation(1))
    await administer(laid_postgres_url, CUT_ALL)

    async def works() -> bool:
        try:
            await store.check()
            await store.commit(creation(2))
        except StoreUnavailable:
            return False
        return True

    async with asyncio.timeout(DEADLINE_S):
        while not await works():
            await asyncio.sleep(0)
    assert await store.count_by_state() == {"searching": 2}


async def test_a_gateway_hears_again_after_its_listening_connection_was_lost(
    stores: tuple[PostgresStore, PostgresStore], laid_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looks at every lane once it listens again, since what was notified meanwhile is lost."""
    monkeypatch.setattr(listener, "_RECONNECT_EVERY_S", 0.01)
    other, deaf = stores
    heard: list[str | None] = []
    await other.commit(creation(1, perform()))
    deaf.on_commit(heard.extend)
    await until(lambda: True)
    heard.clear()
    lost = deaf._listener._connection
    await administer(laid_postgres_url, CUT_ALL)
    await until(lambda: deaf._listener._connection not in {lost, None} and ACS in heard)
    heard.clear()
    await committed(other, creation(2, find_copies("peer:example")))
    await until(lambda: "peer:example" in heard)


async def committed(store: PostgresStore, change: Change) -> None:
    """Commit, on a connection that may first have to be found lost."""
    try:
        await store.commit(change)
    except StoreUnavailable:
        await store.commit(change)


async def test_a_listening_connection_that_answers_no_probe_is_replaced(
    stores: tuple[PostgresStore, PostgresStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A firewall may forget a connection without telling either end."""
    monkeypatch.setattr(listener, "_PROBE_EVERY_S", 0.01)
    monkeypatch.setattr(listener, "_PROBE_TIMEOUT_S", 0.01)
    one = stores[0]._listener
    one._lost.set()
    before = one._connection
    await until(lambda: one._connection not in {before, None} and not one._lost.is_set())
    silent = one._connection
    assert silent is not None
    monkeypatch.setattr(type(silent), "execute", never)
    await until(lambda: one._connection not in {silent, None})


async def never(*_args: object, **_kwargs: object) -> None:
    raise TimeoutError


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(StoreUnavailable):
        await open_store("postgresql://gateway:s3cret@127.0.0.1:1/ill").open()


async def test_an_unknown_database_is_unavailable(postgres_url: str) -> None:
    with pytest.raises(StoreUnavailable, match="nowhere"):
        await open_store(postgres_url.replace("/postgres?", "/nowhere?")).open()


async def test_a_database_that_is_read_only_is_unavailable(store: PostgresStore) -> None:
    await store.commit(creation(1))
    assert store._pool is not None
    await store._pool.execute("ALTER DATABASE postgres SET default_transaction_read_only = on")
    try:
        await forget_sessions(store)
        for write in (store.commit(creation(2)), store.check()):
            with pytest.raises(StoreUnavailable):
                await write
        assert await store.request("HILL-1") is not None
    finally:
        await store._pool.execute(
            "BEGIN READ WRITE; ALTER DATABASE postgres RESET default_transaction_read_only; COMMIT"
        )
    await forget_sessions(store)
    await store.commit(creation(2))


async def test_a_new_request_waits_for_no_connection_that_others_have(store: PostgresStore) -> None:
    assert store._pool is not None
    async with AsyncExitStack() as others:
        for _ in range(store._pool.get_max_size()):
            await others.enter_async_context(store._pool.acquire())
        assert await store.keeping.asked_before("ISIL:ZZ-ExVal", "EV-1") is None
        await store.commit(creation(1))
    assert await store.keeping.asked_before("ISIL:ZZ-ExVal", "EV-1") == request(1)


async def test_what_a_new_request_asks_for_is_prepared_before_one_comes(
    store: PostgresStore, laid_postgres_url: str
) -> None:
    """A gateway that starts finds the tables there."""
    started = PostgresStore(laid_postgres_url)
    await started.open()
    assert started._partners is not None
    async with AsyncExitStack() as all_of_them:
        all_of_them.push_async_callback(started.close)
        for _ in range(started._partners.get_max_size()):
            connection = await all_of_them.enter_async_context(started._partners.acquire())
            prepared = await connection.fetch("SELECT statement FROM pg_prepared_statements")
            assert {ASKED_BEFORE, ADDITIONS.statement} <= {row["statement"] for row in prepared}


async def forget_sessions(store: PostgresStore) -> None:
    """Let it begin new ones, with the settings of by now."""
    for pool in (store._pool, store._partners):
        assert pool is not None
        await pool.expire_connections()


async def test_a_value_that_the_database_cannot_hold_fails_its_own_change_alone(store: PostgresStore) -> None:
    results = await asyncio.gather(
        *(
            store.commit(creation(number, partner_request_id=f"EV-{number}\0" if number == 3 else f"EV-{number}"))
            for number in range(1, 6)
        ),
        store.commit(step(9)),
        return_exceptions=True,
    )
    assert [type(result) for result in results if result is not None] == [
        asyncpg.CharacterNotInRepertoireError,
        VersionConflict,
    ]
    assert await store.count_by_state() == {"searching": 4}


# connections that are lent


async def test_an_answer_does_not_wait_for_its_connection_to_go_back(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, release = asyncio.Event(), asyncpg.pool.Pool.release

    async def later_on(*given: Any, **named: Any) -> None:
        await go_on.wait()
        await release(*given, **named)

    monkeypatch.setattr(asyncpg.pool.Pool, "release", later_on)
    async with asyncio.timeout(DEADLINE_S):
        await store.commit(creation(1))
        assert await store.request("HILL-1") is not None
    go_on.set()


@pytest.mark.parametrize(("error", "cuts"), [(TimeoutError(), 1), (asyncpg.InterfaceError("closed"), 0)], ids=repr)
async def test_a_connection_that_can_not_go_back_is_ended_and_another_one_serves(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch, error: Exception, cuts: int
) -> None:
    refused, cut = asyncio.Event(), list[str]()

    async def refuse(*_given: Any, **_named: Any) -> None:
        refused.set()
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(asyncpg.pool.Pool, "release", refuse)
        patch.setattr(store._servers, "cut", partial(cut.append, "all"))
        assert await store.request("HILL-1") is None
        await asyncio.wait_for(refused.wait(), DEADLINE_S)
        await until(lambda: not postgres_transactions._GOING_BACK)
    assert len(cut) == cuts
    await store.commit(creation(1))
    assert await store.request("HILL-1") is not None
