"""A SQLite file that stays open from one test to the next is, for each of them, as it was made."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from gateway.store.port import Change
from gateway.store.sqlite import SqliteStore
from gateway.workflow.effects import OpenTask
from gateway.workflow.records import State
from gateway.workflow.tasks import TaskKind
from tests.store.fresh import INDEXES_OF_WORDS, Fill, fresh_store, lay_tables, with_rows
from tests.store.values import creation, note, perform, step

TASK = OpenTask(kind=TaskKind.BILL, words="Bill the partner")
FOUND = "SELECT rowid FROM {0} WHERE {0} MATCH 'imaginary'"
AS_TESTS_LEAVE_IT = (
    "CREATE TABLE of_a_test (id INTEGER)",
    "DROP INDEX requests_by_time",
    "DROP TRIGGER task_opened",
    "BEGIN",
    "PRAGMA busy_timeout = 1",
)


def end(number: int) -> Change:
    """Give the change with which a request ends."""
    return step(number, of={"state": State.UNFILLED})


async def some(store: SqliteStore) -> None:
    """Write what triggers, keys of others and counted numbers have to do with."""
    await store.commit(creation(1, perform()))
    await store.commit(note(1, open_tasks=(TASK,)))
    await store.commit(creation(2))
    await store.commit(end(2))


def contents(store: SqliteStore) -> Mapping[str, Sequence[Any]]:
    """All that is in it; of the indexes of words, what is found in them."""
    read = store._writer.execute
    found = {name: read(FOUND.format(name)).fetchall() for name in INDEXES_OF_WORDS}
    return found | {table: read(f"SELECT * FROM {table}").fetchall() for table in with_rows(store._writer)}  # noqa: S608


async def of_its_own(folder: Path, fill: Fill | None) -> Mapping[str, Sequence[Any]]:
    """What a file holds that was just made."""
    path = folder / "own.db"
    await lay_tables(path, fill)
    store = SqliteStore(path)
    await store.open()
    try:
        return contents(store)
    finally:
        await store.close()


@pytest.mark.parametrize("fill", [None, some])
@pytest.mark.parametrize("before", [None, some])
async def test_what_a_test_wrote_is_gone_and_what_was_there_is_back(
    fill: Fill | None, before: Fill | None, tmp_path: Path
) -> None:
    made = await of_its_own(tmp_path, fill)
    async with fresh_store(before) as store:
        path = store._path
        for number in range(3, 6):
            await store.commit(creation(number, perform()))
        await store.commit(end(3))
        assert contents(store) != made
    async with fresh_store(fill) as store:
        assert store._path == path, "it is the same file"
        assert contents(store) == made
        assert store._writer.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert store._writer.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert bool(made["open_words"]) is bool(made["ended_words"]) is (fill is some)


@pytest.mark.parametrize("what", AS_TESTS_LEAVE_IT)
async def test_a_file_whose_tables_or_connections_a_test_changed_or_that_it_did_not_let_go_of_is_not_used_again(
    what: str,
) -> None:
    async with fresh_store() as store:
        path = store._path
        store._slow_reader.execute("PRAGMA query_only = OFF")
        store._slow_reader.execute(what)
        store._slow_reader.execute("PRAGMA query_only = ON")
    async with fresh_store() as store:
        assert store._path != path
        await store.commit(creation(1))


async def test_whoever_listened_to_a_connection_hears_nothing_of_the_next_test() -> None:
    heard = list[str]()
    async with fresh_store() as store:
        path = store._path
        store._writer.set_trace_callback(heard.append)
        await store.commit(creation(1))
    known = len(heard)
    assert known
    async with fresh_store() as store:
        assert store._path == path
        await store.commit(creation(1))
    assert len(heard) == known


async def test_a_file_with_a_connection_that_a_test_closed_is_not_used_again() -> None:
    async with fresh_store() as store:
        path = store._path
        store._reader.close()
    async with fresh_store() as store:
        assert store._path != path


async def test_two_at_once_are_two_files() -> None:
    async with fresh_store() as one, fresh_store() as other:
        assert one._path != other._path
