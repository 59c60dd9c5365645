"""What only the store on SQLite does: one process to a file, durable settings, and a disk that lets it down."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.store import sqlite, sqlite_copy
from gateway.store.factory import open_store
from gateway.store.port import Change, StoreUnavailable
from gateway.store.sqlite import SqliteStore
from gateway.workflow.effects import StartTimer
from gateway.workflow.records import Clock, State
from gateway.workflow.tasks import TaskKind
from tests.store.conftest import SQLITE
from tests.store.fresh import lay_tables
from tests.store.values import creation, entry, inbound, later, note, step


@pytest.fixture
async def store(sqlite_url: str, tmp_path: Path) -> AsyncIterator[SqliteStore]:
    await lay_tables(tmp_path / SQLITE)
    opened = open_store(sqlite_url)
    assert isinstance(opened, SqliteStore)
    await opened.open()
    yield opened
    await opened.close()


def setting(store: SqliteStore, name: str) -> object:
    return store._writer.execute(f"PRAGMA {name}").fetchone()[0]


async def test_commits_are_durable_by_setting(store: SqliteStore) -> None:
    assert setting(store, "journal_mode") == "wal"
    assert setting(store, "synchronous") == 2, "FULL"
    assert setting(store, "foreign_keys") == 1


async def test_a_file_system_that_takes_no_log_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lay_tables(tmp_path / SQLITE)
    with closing(sqlite3.connect(tmp_path / SQLITE)) as plain:
        plain.execute("PRAGMA journal_mode = DELETE")
    asks_for_it = "PRAGMA journal_mode = WAL"
    assert asks_for_it in sqlite._SETTINGS
    monkeypatch.setattr(sqlite, "_SETTINGS", tuple(each for each in sqlite._SETTINGS if each != asks_for_it))
    store = SqliteStore(tmp_path / SQLITE)
    for _ in range(2):  # the file is let go of, and so the second time finds the same
        with pytest.raises(StoreUnavailable, match="takes no write-ahead log"):
            await store.open()


async def test_a_store_that_is_closed_is_one_file(store: SqliteStore) -> None:
    await store.commit(creation(1))
    await store.commit(step(1))
    assert await store.request("HILL-1") is not None
    await store.close()
    beside = {path.name for path in store._path.parent.glob(f"{store._path.name}*")}
    assert beside == {store._path.name, f"{store._path.name}.lock"}


async def test_the_line_that_a_back_up_writes_leaves_the_log_to_the_gateway_that_serves(store: SqliteStore) -> None:
    store._writer.execute("PRAGMA wal_autocheckpoint = 0")  # so that whatever is moved meanwhile is moved by another
    for number in range(40):
        await store.commit(with_document(number, 200_000))
    before = store._path.stat()
    sqlite_copy.note_time(store._path, later(1))
    after = store._path.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def with_document(number: int, length: int) -> Change:
    return msgspec.structs.replace(creation(number), inbound=inbound(number, document=b"x" * length))


async def test_room_that_holds_nothing_is_given_back_to_the_disk_piece_by_piece_while_the_store_serves(
    store: SqliteStore, sqlite_url: str
) -> None:
    path = store._path
    for number in range(40):
        await store.commit(with_document(number, 50_000))
    assert setting(store, "wal_checkpoint(TRUNCATE)") == 0
    full = path.stat().st_size
    assert await store.keeping.give_back(spare=0.05, limit=65_536) == 0, "nothing is idle"
    await store.keeping.drop_documents(received_before=later(1000), limit=99)
    before = await store.keeping.room()
    assert before.idle > 40 * 48_000
    assert await store.keeping.give_back(spare=0.05, limit=65_536) == 65_536
    while await store.keeping.give_back(spare=0.05, limit=65_536):
        await store.commit(note(1, history=(entry("meanwhile"),)))
    after = await store.keeping.room()
    assert after.idle <= 0.05 * after.bytes + 65_536
    assert setting(store, "wal_checkpoint(TRUNCATE)") == 0
    assert path.stat().st_size < full - 40 * 45_000
    assert setting(store, "integrity_check") == "ok"


async def test_a_file_that_was_made_without_it_gives_nothing_back_until_it_was_made_anew(
    store: SqliteStore, sqlite_url: str
) -> None:
    await store.close()
    with closing(sqlite3.connect(store._path)) as made:
        made.execute("PRAGMA auto_vacuum = NONE")
        made.execute("VACUUM")
    again = open_store(sqlite_url)
    assert isinstance(again, SqliteStore)
    await again.open()
    await again.commit(with_document(1, 2_000_000))
    await again.keeping.drop_documents(received_before=later(1000), limit=99)
    assert await again.keeping.give_back(spare=0.05, limit=65_536) == 0
    await again.close()
    with closing(sqlite3.connect(store._path)) as made:
        made.execute("PRAGMA auto_vacuum = INCREMENTAL")
        made.execute("VACUUM")
        assert made.execute("PRAGMA auto_vacuum").fetchone() == (2,)


async def test_a_second_store_in_this_process_is_refused(store: SqliteStore, sqlite_url: str) -> None:
    with pytest.raises(StoreUnavailable, match=r"gateway\.db is already open in another gateway"):
        await open_store(sqlite_url).open()
    await store.commit(creation())


@pytest.mark.process
async def test_another_process_is_refused(store: SqliteStore, sqlite_url: str) -> None:
    program = (
        f"import asyncio; from gateway.store.factory import open_store; asyncio.run(open_store({sqlite_url!r}).open())"
    )
    run = partial(subprocess.run, check=False, capture_output=True, text=True)
    refused = await asyncio.to_thread(run, [sys.executable, "-c", program])
    assert refused.returncode != 0
    assert "is already open in another gateway" in refused.stderr


async def test_a_closed_store_lets_the_next_one_in(store: SqliteStore, sqlite_url: str) -> None:
    await store.close()
    again = open_store(sqlite_url)
    await again.open()
    await again.close()


async def test_a_folder_that_is_not_there_is_made_and_one_around_it_is_named(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/var/gateway.db")
    await store.open()
    await store.close()
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700
    with pytest.raises(StoreUnavailable, match="nowhere"):
        await open_store(f"sqlite:///{tmp_path}/nowhere/at/all/gateway.db").open()


def rights_in(folder: Path) -> dict[str, str]:
    return {file.name: oct(file.stat().st_mode & 0o777) for file in folder.iterdir()}


@pytest.mark.parametrize("was_there", [False, True])
async def test_nobody_else_reads_any_of_the_files(tmp_path: Path, *, was_there: bool) -> None:
    path = tmp_path / "gateway.db"
    before = os.umask(0)
    try:
        if was_there:
            for name in ("gateway.db", "gateway.db.lock"):
                (tmp_path / name).touch(mode=0o644)
        store = open_store(f"sqlite:///{path}")
        await store.open()
        await store.migrate()
        await store.commit(creation())
        names = ("gateway.db", "gateway.db-shm", "gateway.db-wal", "gateway.db.lock", "gateway.db.copies")
        assert rights_in(tmp_path) == dict.fromkeys(names, "0o600")
        await store.close()
    finally:
        os.umask(before)


async def test_a_file_that_is_no_database_is_refused_and_left_unlocked(tmp_path: Path) -> None:
    path = tmp_path / "gateway.db"
    path.write_bytes(b"something else altogether " * 100)
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="not a database"):
            await open_store(f"sqlite:///{path}").open()
    assert path.read_bytes().startswith(b"something else")


async def test_a_full_disk_makes_the_store_unavailable_until_there_is_room(store: SqliteStore) -> None:
    await store.commit(creation(1))
    store._writer.execute(f"PRAGMA max_page_count = {setting(store, 'page_count')}")
    changes = [creation(number, note="x" * 20_000) for number in range(2, 9)]
    results = await asyncio.gather(*(store.commit(change) for change in changes), return_exceptions=True)
    assert {type(result) for result in results} == {StoreUnavailable}
    assert await store.count_by_state() == {"searching": 1}
    store._writer.execute("PRAGMA max_page_count = 1000000")
    await store.commit(changes[0])


async def test_a_database_that_cannot_be_written_is_unavailable_and_still_read(store: SqliteStore) -> None:
    await store.commit(creation(1))
    store._writer.execute("PRAGMA query_only = ON")
    for write in (store.commit(step()), store.check(), store.claim_task(1, by="ann")):
        with pytest.raises(StoreUnavailable, match="readonly"):
            await write
    assert await store.request("HILL-1") is not None
    store._writer.execute("PRAGMA query_only = OFF")
    await store.commit(step())


async def test_a_file_that_another_program_locks_is_unavailable_and_then_works(store: SqliteStore) -> None:
    store._writer.execute("PRAGMA busy_timeout = 1")
    store._slow_reader.execute("PRAGMA query_only = OFF")
    store._slow_reader.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked"):
        await store.commit(creation(1))
    store._slow_reader.execute("ROLLBACK")
    await store.commit(creation(1))


async def test_a_failed_commit_leaves_no_transaction_open(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    await store.commit(creation(1))
    store._writer.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreUnavailable):
        await store.commit(step())
    assert not store._writer.in_transaction


async def test_a_commit_is_seen_by_every_reader_at_once(store: SqliteStore) -> None:
    await store.commit(creation(1))
    assert await store.request("HILL-1") is not None
    assert await store.count_by_state() == {"searching": 1}


async def test_a_slow_read_does_not_hold_up_the_loop(store: SqliteStore) -> None:
    """It runs in a thread: a query without end is under way while commits go on."""
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    slow = asyncio.ensure_future(store._fetch_slowly(endless))
    for number in range(1, 6):
        await store.commit(creation(number))
    assert await store.next_due(None, now=later(0)) is None
    assert not slow.done()
    store._slow_reader.interrupt()
    with pytest.raises(StoreUnavailable, match="interrupted"):
        await slow


async def test_requests_of_one_commit_are_one_segment_of_the_index_of_words(store: SqliteStore) -> None:
    """A segment each, which are then merged, was a sixth of what writing them costs."""
    await asyncio.gather(*(store.commit(creation(number)) for number in range(1, 15)))
    assert list(await store._fetch("SELECT count(DISTINCT segid) FROM open_words_idx")) == [(1,)]


async def test_a_step_closes_and_withdraws_by_one_statement_each_however_much_there_may_be(store: SqliteStore) -> None:
    """A new state closes thirty kinds of tasks, and an end takes back two dozen clocks: by a statement each they were half of a loan's."""
    await store.commit(creation(1))
    with written(store) as seen:
        await store.commit(step(version=2, close_tasks=tuple(TaskKind), withdraw=tuple(map(StartTimer.key_of, Clock))))
    assert [sum(each.startswith(verb) for each in seen) for verb in ("UPDATE tasks", "DELETE FROM effects")] == [1, 1]


@contextmanager
def written(store: SqliteStore) -> Iterator[list[str]]:
    """The statements by which the store writes meanwhile."""
    seen: list[str] = []
    store._writer.set_trace_callback(lambda statement: seen.append(statement.strip()))
    yield seen
    store._writer.set_trace_callback(None)


@pytest.mark.parametrize(
    ("of", "writes"), [({}, False), ({"note": "Large print"}, True), ({"state": State.UNFILLED}, True)]
)
async def test_words_and_numbers_are_written_where_a_step_changes_them_or_ends_the_request(
    store: SqliteStore, of: dict[str, Any], *, writes: bool
) -> None:
    """A loan has twenty steps, and two of them do."""
    new = creation(1)
    await store.commit(new)
    with written(store) as seen:
        await store.commit(step(before=new.request, of=of))
    tables = ("UPDATE register_words", "INSERT INTO register_numbers")
    assert [any(each.startswith(table) for each in seen) for table in tables] == [writes, writes]
    assert any(each.startswith("UPDATE register SET") for each in seen)
