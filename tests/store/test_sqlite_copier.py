"""A gateway copies the SQLite store from which it serves: what is committed meanwhile goes into the copy, and nothing waits for long."""

import asyncio
import resource
import socket
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from gateway.store import sqlite_copier, sqlite_copy
from gateway.store.backups import BackupError, CopyMade, silent
from gateway.store.copy_call import CopyAnswer, CopyCall, Failed, copied_by_the_gateway, place
from gateway.store.sqlite import SqliteStore
from gateway.store.sqlite_copier import _is_the_one
from tests.store.values import creation, inbound, perform

STORE, COPY = "gateway.sqlite", "copy"
ROWS_BEFORE = 40
BESIDE = sqlite_copy._copied_beside


@pytest.fixture
async def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SqliteStore]:
    """A store with some requests, open; it is copied by itself or not at all, a page at a time and without rests."""
    opened = SqliteStore(tmp_path / STORE)
    await opened.open()
    await opened.migrate()
    for number in range(ROWS_BEFORE):
        await opened.commit(creation(number, perform()))
    monkeypatch.setattr(sqlite_copier, "PIECE_PAGES", 1)
    monkeypatch.setattr(sqlite_copier, "resting", lambda _: lambda: None)
    monkeypatch.setattr(sqlite_copy, "_copied_beside", _not_beside)
    yield opened
    await opened.close()


def _not_beside(*_: object) -> CopyMade:
    raise AssertionError("the store was copied from beside")


@contextmanager
def stopped_between_pieces(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Copies stop behind each of their pieces until what is given is called: from then on none does."""
    go_on = threading.Event()
    monkeypatch.setattr(sqlite_copier, "resting", lambda _: lambda: go_on.wait(10.0) and None)
    try:
        yield go_on.set
    finally:
        go_on.set()


@asynccontextmanager
async def copy_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[asyncio.Task[CopyMade], Callable[[], None]]]:
    """A copy of which some is made, and which stops behind each piece until what is given with it is called."""
    told = list[int]()
    with stopped_between_pieces(monkeypatch) as go_on:
        copying = asyncio.create_task(copy(tmp_path, tell=lambda _doing, done, _of: told.append(done)))
        await until(lambda: bool(told))
        yield copying, go_on


async def until(is_so: Callable[[], bool]) -> None:
    """Wait, in turns of the loop, for what comes from other threads."""
    async with asyncio.timeout(10.0):
        while not is_so():
            await asyncio.sleep(0)


async def copy(tmp_path: Path, name: str = COPY, tell: Callable[[str, int, int], None] = silent) -> CopyMade:
    return await asyncio.to_thread(sqlite_copy.copy_out, tmp_path / STORE, tmp_path / name, tell)


async def copy_alone(tmp_path: Path) -> CopyMade | None:
    """Have the store copied by its gateway or not at all; nothing is verified."""
    (tmp_path / COPY).touch()
    return await asyncio.to_thread(copied_by_the_gateway, tmp_path / STORE, tmp_path / COPY, silent)


def wanted(target: Path) -> CopyCall:
    found = target.stat()
    return CopyCall(path=str(target), device=found.st_dev, inode=found.st_ino)


def rows_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as read:
        names = [name for (name,) in read.execute(sqlite_copy._TABLES).fetchall()]
        return {name: sorted(read.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}  # noqa: S608


async def test_what_is_written_meanwhile_is_in_the_copy(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the place that the copy has come to, and behind it; new rows, changed ones, and a store that grows and shrinks."""
    async with copy_under_way(tmp_path, monkeypatch) as (copying, go_on):
        began_at = datetime.now(UTC)
        for number in range(ROWS_BEFORE, 2 * ROWS_BEFORE):
            await store.commit(creation(number, perform()))
        await store._change(("DELETE FROM effects WHERE id % 2 = $1", (0,)))
        await store._shrink(1024 * 1024)
        go_on()
        copied = await copying
    assert copied.rows["requests"] == 2 * ROWS_BEFORE
    assert copied.made_at > began_at
    assert rows_of(tmp_path / COPY) == rows_of(tmp_path / STORE)


async def test_a_copy_under_way_keeps_no_log(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A snapshot would: nothing that is written behind it can be moved into the file."""
    async with copy_under_way(tmp_path, monkeypatch) as (copying, go_on):
        for number in range(ROWS_BEFORE, 2 * ROWS_BEFORE):
            await store.commit(replace(creation(number), inbound=inbound(number, document=b"x" * 500_000)))
        log_bytes, store_bytes = ((tmp_path / name).stat().st_size for name in (f"{STORE}-wal", STORE))
        go_on()
        await copying
    assert store_bytes > ROWS_BEFORE * 500_000 - log_bytes
    assert log_bytes < 6_000_000


async def test_two_copies_at_once_are_not_made(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with copy_under_way(tmp_path, monkeypatch) as (first, go_on):
        with pytest.raises(BackupError, match="another back-up is being made"):
            await copy(tmp_path, "second")
        go_on()
        assert (await first).rows["requests"] == ROWS_BEFORE
    assert (await copy(tmp_path, "third")).rows["requests"] == ROWS_BEFORE


async def test_a_gateway_that_ends_breaks_a_copy_off_and_says_so(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with copy_under_way(tmp_path, monkeypatch) as (copying, go_on):
        closing_it = asyncio.create_task(store.close())
        await asyncio.sleep(0)
        go_on()
        await closing_it
        with pytest.raises(BackupError, match="the gateway is being stopped"):
            await copying
    assert not place(tmp_path / STORE).exists()


async def test_whoever_goes_away_wants_no_copy_any_more(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / COPY
    target.touch()
    began, pieces = threading.Event(), list[bool]()
    monkeypatch.setattr(sqlite_copier, "resting", lambda _: lambda: pieces.append(True))
    monkeypatch.setattr(sqlite_copier, "trailing", lambda _: lambda _: began.wait(10.0))
    _, calling = await asyncio.open_unix_connection(place(tmp_path / STORE))
    calling.write(msgspec.json.encode(wanted(target)) + b"\n")
    copier = store._copier
    await until(lambda: copier._copying is not None)
    calling.close()
    await until(copier._stop.is_set)
    began.set()
    await until(lambda: copier._copying is None)
    assert len(pieces) <= 1
    await store.commit(creation(ROWS_BEFORE, perform()))


async def test_a_copy_that_sqlite_begins_anew_is_whole(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Since another connection has written: its changes are not carried into the copy."""
    async with copy_under_way(tmp_path, monkeypatch) as (copying, go_on):
        await asyncio.to_thread(sqlite_copy.note_time, tmp_path / STORE, datetime.now(UTC))
        await store.commit(creation(ROWS_BEFORE, perform()))
        go_on()
        await copying
    assert rows_of(tmp_path / COPY) == rows_of(tmp_path / STORE)


async def test_a_gateway_that_ends_while_rows_are_counted_breaks_the_copy_off(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def count_and_stop(connection: sqlite3.Connection, before_each: Callable[[], None]) -> Mapping[str, int]:
        store._copier._stop.set()
        return sqlite_copy.count_rows(connection, before_each)

    monkeypatch.setattr(sqlite_copier, "count_rows", count_and_stop)
    with pytest.raises(BackupError, match="the gateway is being stopped"):
        await copy(tmp_path)


async def test_whoever_says_what_is_wanted_once_the_gateway_ends_gets_no_copy(
    store: SqliteStore, tmp_path: Path
) -> None:
    (tmp_path / COPY).touch()
    reader, writer = await asyncio.open_unix_connection(place(tmp_path / STORE))
    await until(lambda: any("_called" in repr(task.get_coro()) for task in asyncio.all_tasks()))
    await store.close()
    writer.write(msgspec.json.encode(wanted(tmp_path / COPY)) + b"\n")
    assert msgspec.json.decode(await reader.readline(), type=CopyAnswer) == Failed(words="the gateway is being stopped")
    writer.close()


async def test_a_store_that_is_opened_again_is_copied_as_before(store: SqliteStore, tmp_path: Path) -> None:
    await store.close()
    await store.open()
    assert (await copy(tmp_path)).rows["requests"] == ROWS_BEFORE


async def test_a_full_disk_ends_a_copy_and_not_the_gateway(store: SqliteStore, tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))  # for the kernel, no file may be longer
    try:
        with pytest.raises(BackupError, match=r"can't be copied: (database or disk is full|disk I/O error)"):
            await copy(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    await store.commit(creation(ROWS_BEFORE, perform()))


@pytest.mark.parametrize("said", [b"no JSON\n", b"{}\n", b"x" * 100_000, b""])
async def test_whoever_speaks_otherwise_is_not_heard(said: bytes, store: SqliteStore, tmp_path: Path) -> None:
    reader, writer = await asyncio.open_unix_connection(place(tmp_path / STORE))
    writer.write(said)
    writer.write_eof()
    async with asyncio.timeout(10.0):
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
    writer.close()
    assert (await copy(tmp_path)).rows["requests"] == ROWS_BEFORE


async def test_a_copy_that_fails_says_why_and_leaves_the_store_as_it_was(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_copier, "_OF_THE_COPY", ("no SQL",))
    with pytest.raises(BackupError, match='can\'t be copied: near "no": syntax error'):
        await copy(tmp_path)
    await store.commit(creation(ROWS_BEFORE, perform()))


async def test_a_gateway_that_can_not_write_there_lets_the_store_be_copied_from_beside(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_copier, "_is_the_one", lambda *_: False)
    assert await copy_alone(tmp_path) is None
    monkeypatch.setattr(sqlite_copy, "_copied_beside", BESIDE)
    assert (await copy(tmp_path, "made from beside")).rows["requests"] == ROWS_BEFORE


def test_the_file_to_write_into_is_the_one_that_was_made_for_it(tmp_path: Path) -> None:
    """In a container of its own the same path may be another file, or none."""
    target, other = tmp_path / COPY, tmp_path / "other"
    target.touch()
    other.touch()
    assert _is_the_one(target, wanted(target))
    assert not _is_the_one(target, wanted(other))
    assert not _is_the_one(tmp_path / "none", wanted(target))
    target.write_bytes(b"not empty")
    assert not _is_the_one(target, wanted(target))


async def test_what_a_killed_gateway_left_hears_nobody_and_is_in_nobodys_way(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(place(tmp_path / STORE)))
    assert await copy_alone(tmp_path) is None
    opened = SqliteStore(tmp_path / STORE)
    await opened.open()
    assert place(tmp_path / STORE).stat().st_mode & 0o777 == 0o600
    await opened.migrate()
    assert (await copy(tmp_path, "whole")).rows["requests"] == 0
    await opened.close()
    assert not place(tmp_path / STORE).exists()


async def test_where_no_socket_can_be_made_the_store_is_copied_from_beside(tmp_path: Path) -> None:
    """A path for one has at most some hundred characters."""
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    opened = SqliteStore(folder / STORE)
    await opened.open()
    await opened.migrate()
    assert (await copy(folder)).rows["requests"] == 0
    await opened.close()
