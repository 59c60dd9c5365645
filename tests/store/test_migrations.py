"""Migrations: numbered without gaps, recorded, and never run by an older program."""

import msgspec
import pytest

from gateway.store import migrations
from gateway.store.factory import open_store
from gateway.store.migrations import Dialect, Migration
from gateway.store.port import DatabaseTooNew, Store
from gateway.store.register_tables import Register
from gateway.workflow.effects import OpenTask
from gateway.workflow.tasks import TaskKind
from tests.store.outside import run
from tests.store.values import creation, later, note, request

DIALECTS: tuple[Dialect, ...] = ("sqlite", "postgresql")


def test_both_databases_have_the_same_migrations() -> None:
    names = [[migration.name for migration in migrations.load(dialect)] for dialect in DIALECTS]
    assert names[0] == names[1] != []


@pytest.mark.parametrize("version", [0, 1, 2])
def test_what_a_database_lacks_is_what_comes_after_its_version(version: int) -> None:
    known = (Migration(1, "0001_a.sql", ""), Migration(2, "0002_b.sql", ""))
    assert [migration.version for migration in migrations.missing(known, version)] == list(range(version + 1, 3))


async def test_a_database_of_a_newer_program_is_refused(store: Store, url: str) -> None:
    await run(store, "INSERT INTO migrations (version, name) VALUES (999, '0999_of_tomorrow.sql')")
    with pytest.raises(DatabaseTooNew, match="version 999"):
        await store.migrate()
    await store.close()
    again = open_store(url)
    with pytest.raises(DatabaseTooNew, match="newer gateway"):
        await again.open()
    with pytest.raises(DatabaseTooNew):
        await open_store(url).open()


async def nothing(_: Register) -> None:
    """A program of then had no register."""


async def test_tasks_of_before_they_could_be_about_something_are_kept(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, older = open_store(url), {dialect: migrations.load(dialect)[:13] for dialect in DIALECTS}
    await store.open()
    try:
        with monkeypatch.context() as patch:
            patch.setattr(migrations, "load", older.get)
            patch.setattr(Register, "fill", nothing)
            await store.migrate()
        opened = OpenTask(kind=TaskKind.BILL, words="Bill the partner")
        body = msgspec.json.encode(request(1)).decode()
        columns = "id, role, state, version, peer, requesting_agency_key, partner_request_id, updated_at, search, body"
        known = f"'HILL-1', 'lending', 'searching', 1, 'example-broker', 'ISIL:ZZ-ExVal', 'EV-1', 0, '', '{body}'"
        await run(store, f"INSERT INTO requests ({columns}) VALUES ({known})")  # noqa: S608 - constants
        entered = f"'HILL-1', 'bill', '{opened.words}', 0"
        await run(store, f"INSERT INTO tasks (request, kind, words, opened_at) VALUES ({entered})")  # noqa: S608 - constants
        await store.migrate()
        (task,) = await store.tasks()
        assert (task.id, task.request, task.about, task.words) == (1, "HILL-1", None, opened.words)
        await store.commit(note(1, open_tasks=(msgspec.structs.replace(opened, words="Bill it"),)))
        assert [(task.id, task.words) for task in await store.tasks()] == [(1, "Bill it")]
    finally:
        await store.close()


async def test_tasks_of_before_their_tellings_were_counted_were_told_once_and_count_from_there(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older gateway may work beside a new one for a while, and knows nothing of the count: what it tells counts all the same."""
    store, older = open_store(url), {dialect: migrations.load(dialect)[:47] for dialect in DIALECTS}
    await store.open()
    try:
        with monkeypatch.context() as patch:
            patch.setattr(migrations, "load", older.get)
            await store.migrate()
        opening = "INSERT INTO tasks (about, kind, words, opened_at) VALUES ('valley', 'bill', 'Bill it', 0)"
        await run(store, opening)
        assert await store.migrate() == (47, len(migrations.load("sqlite")))
        assert [(task.words, task.told) for task in await store.tasks()] == [("Bill it", 1)]
        again = (
            "ON CONFLICT (about, kind) WHERE closed_at IS NULL AND request IS NULL DO UPDATE SET words = excluded.words"
        )
        await run(store, f"{opening} {again}")
        await store.put_task("valley", TaskKind.BILL, "Bill it", at=later(1))
        assert [task.told for task in await store.tasks()] == [3]
    finally:
        await store.close()


async def test_a_migration_that_fails_leaves_nothing_behind(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(url)
    await store.open()
    try:
        broken = Migration(1, "0001_broken.sql", "CREATE TABLE half (id INTEGER); CREATE TABLE half (id INTEGER);")
        with monkeypatch.context() as patch:
            patch.setattr(migrations, "load", lambda _: (broken,))
            with pytest.raises(Exception, match="half"):
                await store.migrate()
        assert (await store.migrate())[0] == 0
        await store.commit(creation())
        with pytest.raises(Exception, match="half"):
            await run(store, "SELECT * FROM half")
    finally:
        await store.close()
