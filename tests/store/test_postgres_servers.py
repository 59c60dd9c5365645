"""Which servers a URL names, and what becomes of the store when one of two dies, falls silent, or takes no writes."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from gateway.store import postgres_servers, postgres_transactions
from gateway.store.port import StoreReadsOnly, StoreUnavailable
from gateway.store.postgres import PostgresStore
from gateway.store.postgres_servers import Server, Servers, for_writing, servers_of
from tests.store.pair import Pair, pair
from tests.store.values import creation

BACK_WITHIN_S = 120.0


@pytest.mark.parametrize(
    ("url", "servers"),
    [
        ("postgresql://db/ill", [(None, None)]),
        ("postgresql:///ill?host=/run/postgresql", [(None, None)]),
        ("postgresql://u:p@db1,db2/ill", [("db1", 5432), ("db2", 5432)]),
        ("postgresql://u:p%40w@db1:6000,db2/ill", [("db1", 6000), ("db2", 5432)]),
        ("postgresql://u@db1,db2/ill?port=6000", [("db1", 6000), ("db2", 6000)]),
        ("postgresql://u@[::1]:6000,[::2]/ill", [("::1", 6000), ("::2", 5432)]),
        ("postgresql://u@/ill?host=/a,/b&port=1,2", [("/a", 1), ("/b", 2)]),
        ("postgresql://u@%2Fa,%2Fb/ill", [("/a", 5432), ("/b", 5432)]),
    ],
)
def test_a_url_names_one_server_or_several(url: str, servers: list[tuple[str | None, int | None]]) -> None:
    assert servers_of(url) == tuple(Server(*each) for each in servers)


@pytest.mark.parametrize("url", ["postgresql://u@a:s3cret,b/ill", "postgresql://u:s3cret@a,b,c/ill?port=1,2"])
def test_hosts_and_ports_that_can_not_be_read_are_told_without_what_may_be_secret(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="can't be read") as refused:
        servers_of(url)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://u@127.0.0.1:1/ill", "the database can't be reached: nothing listens there"),
        ("postgresql://u@db.invalid/ill", "the database can't be reached: the name is not known"),
        (
            "postgresql://u@127.0.0.1:1,127.0.0.1:2/ill",
            "none of the database's servers can be used: 127.0.0.1:1: nothing listens there; 127.0.0.1:2: nothing listens there",
        ),
    ],
    ids=("nothing listens", "no such name", "neither of two"),
)
async def test_why_a_server_can_not_be_reached_is_said_without_pythons_own_words(url: str, words: str) -> None:
    with pytest.raises(StoreUnavailable) as refused:
        await PostgresStore(url).open()
    assert str(refused.value) == words


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://db/ill", "postgresql://db/ill"),
        ("postgresql://a,b/ill", "postgresql://a,b/ill?target_session_attrs=read-write"),
        (
            "postgresql://a,b/ill?sslmode=require",
            "postgresql://a,b/ill?sslmode=require&target_session_attrs=read-write",
        ),
        ("postgresql://a,b/ill?target_session_attrs=any", "postgresql://a,b/ill?target_session_attrs=any"),
    ],
)
def test_programs_of_postgresql_are_sent_to_the_server_that_takes_writes(url: str, expected: str) -> None:
    assert for_writing(url) == expected


async def test_a_connection_that_ends_while_the_pool_has_lent_it_is_forgotten(postgres_url: str) -> None:
    """Kept, each outage would leave some behind."""
    servers = Servers(postgres_url, {"application_name": "test"})
    async with asyncpg.create_pool(min_size=1, max_size=1, connect=servers.connect) as pool, pool.acquire() as lent:
        assert len(servers._open) == 1
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            await lent.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        async with asyncio.timeout(BACK_WITHIN_S):
            while servers._open:
                await asyncio.sleep(0.01)


async def test_what_the_servers_own_types_are_like_is_asked_once(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A type that somebody has made is asked for in each session: there may be another one by its number."""
    monkeypatch.setattr(postgres_servers, "_DESCRIBED", {})
    servers = Servers(postgres_url, {"application_name": "test"})
    assert [len(await asked_for_types(await servers.connect())) for _ in range(3)] == [2, 1, 1]


async def asked_for_types(session: asyncpg.Connection) -> list[str]:
    """What the driver asks about types where an array of the server's own is sent and read, and one of a type that was made in the session."""
    said: list[str] = []
    session.add_query_logger(lambda record: said.append(record.query))
    assert await session.fetchval("SELECT $1::bigint[]", [1, 2]) == [1, 2]
    await session.execute("CREATE TYPE pg_temp.mood AS ENUM ('well')")
    assert await session.fetchval("SELECT $1::pg_temp.mood[]", ["well"]) == ["well"]
    await session.close()
    return [statement for statement in said if "typeinfo_tree" in statement]


async def test_a_connection_that_ends_as_it_goes_back_is_no_fault(
    postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The pool looks whether it is still lent, and takes it back a turn of the event loop later."""
    servers = Servers(postgres_url, {"application_name": "test"})
    async with asyncpg.create_pool(min_size=1, max_size=1, connect=servers.connect) as pool:
        for turns in range(6):
            async with postgres_transactions.lent(pool, servers) as connection:
                assert await connection.fetchval("SELECT 1") == 1
            for _ in range(turns):
                await asyncio.sleep(0)
            for opened in tuple(servers._open):
                opened.terminate()
            async with asyncio.timeout(BACK_WITHIN_S):
                while postgres_transactions._GOING_BACK:
                    await asyncio.sleep(0.01)
    gc.collect()
    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == []


# ── two servers: one pair for what it survives, and one each for what ends it ────────────────────


@pytest.fixture(scope="module")
def whole_pair() -> Iterator[Pair]:
    with pair() as both:
        yield both


@pytest.fixture
def pair_to_end() -> Iterator[Pair]:
    with pair() as both:
        yield both


@asynccontextmanager
async def store_on(servers: Pair) -> AsyncIterator[PostgresStore]:
    opened = PostgresStore(servers.url)
    await opened.open()
    try:
        await opened.migrate()
        yield opened
    finally:
        await opened.close()


async def until_written(store: PostgresStore, number: int) -> None:
    """Commit until it works."""
    while True:
        try:
            await store.commit(creation(number))
        except StoreUnavailable:
            await asyncio.sleep(0.1)
        else:
            return


async def until_read_only(store: PostgresStore) -> None:
    """Look until it is known that nothing takes writes."""
    while not store.reads_only:
        try:
            await store.check()
        except StoreUnavailable:
            await asyncio.sleep(0.1)


@pytest.mark.process
async def test_while_only_a_standby_is_left_it_is_read_and_once_it_is_promoted_written(pair_to_end: Pair) -> None:
    async with store_on(pair_to_end) as store:
        await asyncio.gather(*(store.commit(creation(number)) for number in range(1, 41)))
        pair_to_end.kill_primary()
        async with asyncio.timeout(BACK_WITHIN_S):
            await until_read_only(store)
        with pytest.raises(StoreReadsOnly):
            await store.commit(creation(41))
        assert [number for number in range(1, 41) if await store.request(f"HILL-{number}") is None] == []
        pair_to_end.promote()
        async with asyncio.timeout(BACK_WITHIN_S):
            await until_written(store, 41)
            while store.reads_only:
                await asyncio.sleep(0.1)


@pytest.mark.process
async def test_a_primary_that_falls_silent_is_left(pair_to_end: Pair) -> None:
    """All eight connections wait for it then, each with a limit of its own of half a minute."""
    async with store_on(pair_to_end) as store:
        await asyncio.gather(*(store.commit(creation(number)) for number in range(1, 41)))
        pair_to_end.silence_primary()
        waiting = asyncio.gather(*(store.request(f"HILL-{number}") for number in range(1, 17)), return_exceptions=True)
        pair_to_end.promote()
        async with asyncio.timeout(BACK_WITHIN_S):
            await until_written(store, 41)
        await waiting
        assert [number for number in range(1, 42) if await store.request(f"HILL-{number}") is None] == []


@pytest.mark.process
async def test_a_store_that_can_only_be_read_does_not_open(whole_pair: Pair) -> None:
    async with store_on(whole_pair):
        alone = PostgresStore(whole_pair.standby.get_uri())
        with pytest.raises(StoreReadsOnly):
            await alone.open()


@pytest.mark.process
async def test_a_commit_that_the_standby_does_not_have_is_told_to_nobody(
    whole_pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is it seen: a repeat of the message would be answered by what one machine alone has."""
    async with store_on(whole_pair) as store:
        monkeypatch.setattr(postgres_transactions, "COMMIT_S", 1.0)
        whole_pair.silence_standby()
        with pytest.raises(StoreUnavailable):
            await store.commit(creation(1))
        assert await store.request("HILL-1") is None
        whole_pair.wake_standby()
        async with asyncio.timeout(BACK_WITHIN_S):
            while await store.request("HILL-1") is None:
                await asyncio.sleep(0.05)


@pytest.mark.process
async def test_a_limit_on_the_server_does_not_end_a_commit_that_waits(whole_pair: Pair) -> None:
    """By its own rules the server would call such a commit done, with a warning that nobody reads."""
    connection = await asyncpg.connect(whole_pair.primary.get_uri())
    await connection.execute("SET statement_timeout = '500ms'; BEGIN; CREATE TABLE waits (a int)")
    whole_pair.silence_standby()
    committing = asyncio.create_task(postgres_transactions._commit(connection))
    done, _ = await asyncio.wait([committing], timeout=2.0)
    whole_pair.wake_standby()
    assert done == set()
    await committing
    await connection.close()


@pytest.mark.process
async def test_nor_does_it_end_a_statement_that_is_a_transaction_by_itself(whole_pair: Pair) -> None:
    connection = await asyncpg.connect(whole_pair.primary.get_uri())
    await connection.execute("CREATE TABLE waits_alone (a int); SET statement_timeout = '500ms'")
    whole_pair.silence_standby()
    committing = asyncio.create_task(
        postgres_transactions.at_once(connection, "INSERT INTO waits_alone VALUES ($1)", 1)
    )
    done, _ = await asyncio.wait([committing], timeout=2.0)
    whole_pair.wake_standby()
    assert done == set()
    await committing
    await connection.close()
