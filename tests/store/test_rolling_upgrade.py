"""A rolling upgrade across a migration: gateways of the old version go on working while the first new one migrates.

The new version is this program with one more migration, additive as all must be (CONTRIBUTING.md).
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from itertools import count

import asyncpg
import pytest

from gateway.store import migrations
from gateway.store.migrations import Migration
from gateway.store.port import DatabaseTooNew, RequestFilter
from gateway.store.postgres import PostgresStore
from gateway.workflow.effects import Perform
from gateway.workflow.records import Act
from tests.store.values import creation, later, queued, step

ADDITIVE = """
    ALTER TABLE requests ADD COLUMN colour TEXT NOT NULL DEFAULT 'none';
    ALTER TABLE effects ADD COLUMN weight INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE of_tomorrow (id BIGINT PRIMARY KEY);
    CREATE INDEX effects_by_weight ON effects (weight, id);"""
WAITS_FOR_EFFECTS = "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = 'effects'::regclass"
BEFORE, AFTER = 20, 20
"""Requests that the old gateway handles before the migration, and after it."""


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[PostgresStore]:
    store = PostgresStore(url)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


async def handle(store: PostgresStore, owner: str, number: int) -> None:
    """A request with a piece of work in a lane of its gateway's own: queued, leased, started, done, read."""
    effect = queued(Perform(act=Act.HOLD, item_barcode="399990001"), f"lane of {owner}")
    await store.commit(creation(number, effect))
    lease = {"now": later(0), "until": later(3600), "owner": owner, "limit": 1, "at_most": 1}
    (row,) = await store.claim(f"lane of {owner}", **lease)  # type: ignore[arg-type]
    await store.start(row.id, owner=owner, at=later(1))
    await store.commit(step(number, completes=row.id, owner=owner))
    found = await store.request(f"HILL-{number}")
    assert found is not None
    assert found.version == 2
    await store.requests(RequestFilter(limit=1))
    await store.attend(owner, seats=2, in_use=0, for_s=60.0)


async def keep_handling(store: PostgresStore, numbers: Iterable[int], done: list[int], enough: asyncio.Event) -> None:
    for number in numbers:
        if enough.is_set():
            return
        await handle(store, "old", number)
        done.append(number)


async def reaches(done: list[int], length: int, working: "asyncio.Task[None]") -> None:
    """Wait until so many are done; what ends the work early is raised."""
    async with asyncio.timeout(60):
        while len(done) < length:
            if working.done():
                working.result()
            await asyncio.sleep(0.005)


async def test_an_old_gateway_goes_on_while_a_new_one_migrates_and_beside_it(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = migrations.load("postgresql")
    of_tomorrow = (*known, Migration(len(known) + 1, "9999_of_tomorrow.sql", ADDITIVE))
    done: list[int] = []
    enough = asyncio.Event()
    async with opened(postgres_url) as old:
        await old.migrate()
        working = asyncio.create_task(keep_handling(old, count(1), done, enough))
        await reaches(done, BEFORE, working)
        with monkeypatch.context() as newer:
            newer.setattr(migrations, "load", lambda _dialect: of_tomorrow)
            async with opened(postgres_url) as new:
                assert await new.migrate() == (len(known), len(known) + 1)
                migrated_at = len(done)
                for number in range(100_001, 100_011):
                    await handle(new, "new", number)
                await reaches(done, migrated_at + AFTER, working)
        enough.set()
        await working
        assert await old.lanes() == (), "nothing is left over"


async def test_a_migration_gives_way_to_whoever_needs_a_table_that_it_has_while_it_waits_for_theirs(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server would end one of the two, and the one that works has partners who wait for an answer."""
    known = migrations.load("postgresql")
    of_tomorrow = (*known, Migration(len(known) + 1, "9999_of_tomorrow.sql", ADDITIVE))
    async with opened(postgres_url) as old, opened(postgres_url) as new:
        await old.migrate()
        worker, watcher = await asyncpg.connect(postgres_url), await asyncpg.connect(postgres_url)
        monkeypatch.setattr(migrations, "load", lambda _dialect: of_tomorrow)
        try:
            async with asyncio.timeout(60), worker.transaction():
                await worker.execute("LOCK TABLE effects IN ROW EXCLUSIVE MODE")
                migrating = asyncio.create_task(new.migrate())
                while not await watcher.fetchval(WAITS_FOR_EFFECTS):
                    await asyncio.sleep(0.01)
                await worker.execute("LOCK TABLE requests IN ROW EXCLUSIVE MODE")
            async with asyncio.timeout(60):
                assert await migrating == (len(known), len(known) + 1)
        finally:
            await worker.close()
            await watcher.close()


async def test_an_old_gateway_that_starts_after_the_migration_is_refused(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it would do to tables of which it knows nothing can't be known: the upgrade goes forwards."""
    known = migrations.load("postgresql")
    of_tomorrow = (*known, Migration(len(known) + 1, "9999_of_tomorrow.sql", ADDITIVE))
    with monkeypatch.context() as newer:
        newer.setattr(migrations, "load", lambda _dialect: of_tomorrow)
        async with opened(postgres_url) as new:
            await new.migrate()
    with pytest.raises(DatabaseTooNew, match="newer gateway"):
        await PostgresStore(postgres_url).open()
