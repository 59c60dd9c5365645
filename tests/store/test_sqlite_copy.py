"""A copy takes the place of a SQLite store, or leaves it as it was and nothing beside it."""

import errno
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from gateway.store import backups, sqlite_copy
from gateway.store.backups import BackupError
from gateway.store.sqlite import SqliteStore
from tests.store.fresh import lay_tables
from tests.store.test_backups import put_back, small_store


def test_a_copy_that_is_not_whole_leaves_the_store_and_nothing_beside_it(tmp_path: Path) -> None:
    small_store(tmp_path / "store")
    rows = sqlite_copy.copy_out(tmp_path / "store", tmp_path / "copy").rows
    with pytest.raises(BackupError, match=r"migrations \(2000 for 1\)"):
        put_back(tmp_path / "copy", tmp_path / "store", {**rows, "migrations": 1})
    assert {path.name for path in tmp_path.iterdir()} == {"copy", "store", "store.lock"}


@pytest.mark.parametrize("kept", ["a secret", None])
def test_a_copy_is_not_written_where_a_link_leads(
    kept: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is put there in the moment before the copy is made."""
    small_store(tmp_path / "store")
    rows = sqlite_copy.copy_out(tmp_path / "store", tmp_path / "copy").rows
    secret, remove = tmp_path / "secret", sqlite_copy._remove
    if kept:
        secret.write_text(kept)

    def and_put_a_link(path: Path) -> None:
        remove(path)
        path.symlink_to(secret)

    monkeypatch.setattr(sqlite_copy, "_remove", and_put_a_link)
    with pytest.raises(BackupError, match="File exists"):
        put_back(tmp_path / "copy", tmp_path / "store", rows)
    assert (secret.read_text() if secret.exists() else None) == kept


def test_a_copy_with_a_log_beside_it_does_not_take_the_stores_place(tmp_path: Path) -> None:
    small_store(tmp_path / "store")
    rows = sqlite_copy.copy_out(tmp_path / "store", tmp_path / "copy").rows
    with sqlite_copy.fresh_copy(tmp_path / "copy", tmp_path / "store", rows) as fresh:
        fresh.with_name(f"{fresh.name}-wal").touch()
        with pytest.raises(BackupError, match="could not be closed"):
            sqlite_copy.take_place(fresh, tmp_path / "store")
    assert {path.name for path in tmp_path.iterdir()} == {"copy", "store", "store.lock"}


def refuse_to_move(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Files whose names begin with one of these stay where they are."""
    replace = Path.replace

    def if_it_may_be(path: Path, target: Path) -> Path:
        if path.name.startswith(names):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", if_it_may_be)


def test_the_store_is_moved_back_if_the_copy_can_not_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gateway that starts would make an empty one."""
    small_store(tmp_path / "store")
    rows = sqlite_copy.copy_out(tmp_path / "store", tmp_path / "copy").rows
    (tmp_path / "store-wal").write_bytes(b"a log")
    refuse_to_move(monkeypatch, "store.restoring")
    with pytest.raises(BackupError) as failed:
        put_back(tmp_path / "copy", tmp_path / "store", rows)
    assert str(failed.value) == f"the copy can't take the place of {tmp_path / 'store'}: Read-only file system"
    assert {path.name for path in tmp_path.iterdir()} == {"copy", "store", "store-wal", "store.lock"}
    assert (tmp_path / "store-wal").read_bytes() == b"a log"
    (tmp_path / "store-wal").unlink()
    with closing(sqlite3.connect(tmp_path / "store")) as read:
        assert read.execute("SELECT count(*) FROM migrations").fetchone() == (2000,)


def test_two_restores_of_one_second_keep_both_stores_of_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    second = SimpleNamespace(now=lambda zone: datetime(2026, 11, 27, 9, 30, tzinfo=zone))
    monkeypatch.setattr(sqlite_copy, "datetime", second)
    store, log = tmp_path / "store", tmp_path / "store-wal"
    small_store(store)
    rows = sqlite_copy.copy_out(store, tmp_path / "copy").rows
    kept = []
    for content in (b"first", b"second", b"third"):
        log.write_bytes(content)
        kept.append(put_back(tmp_path / "copy", store, rows))
    plain = tmp_path / "store.before-20261127T093000Z"
    assert kept == [plain, plain.with_name(f"{plain.name}-2"), plain.with_name(f"{plain.name}-3")]
    assert [Path(f"{each}-wal").read_bytes() for each in kept] == [b"first", b"second", b"third"]


def test_where_there_was_no_store_none_is_spoken_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_store(tmp_path / "there")
    rows = sqlite_copy.copy_out(tmp_path / "there", tmp_path / "copy").rows
    refuse_to_move(monkeypatch, "store.restoring")
    with pytest.raises(BackupError) as failed:
        put_back(tmp_path / "copy", tmp_path / "store", rows)
    assert str(failed.value) == f"the copy can't take the place of {tmp_path / 'store'}: Read-only file system"


def test_where_the_store_of_before_is_is_said_if_it_can_not_be_moved_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_store(tmp_path / "store")
    rows = sqlite_copy.copy_out(tmp_path / "store", tmp_path / "copy").rows
    refuse_to_move(monkeypatch, "store.restoring", "store.before")
    with pytest.raises(BackupError, match=r"can't be moved back either \(Read-only file system\)") as failed:
        put_back(tmp_path / "copy", tmp_path / "store", rows)
    (before,) = tmp_path.glob("store.before-*")
    assert f"move {before} and its logs (-wal, -shm) to {tmp_path / 'store'} before a gateway" in str(failed.value)
    with closing(sqlite3.connect(before)) as read:
        assert read.execute("SELECT count(*) FROM migrations").fetchone() == (2000,)


def test_whoever_waits_is_told_what_is_done_and_how_far_it_is(tmp_path: Path) -> None:
    small_store(tmp_path / "store")
    told: list[tuple[str, int, int]] = []

    def tell(doing: str, done: int, of: int) -> None:
        told.append((doing, done, of))

    rows = sqlite_copy.copy_out(tmp_path / "store", tmp_path / "copy", tell).rows
    pages = told[1][2]
    assert told == [("counting the rows", 0, 0), ("copying", pages, pages), ("checking the copy", 0, 0)]
    told.clear()
    backups.digest(tmp_path / "copy", tell)
    with sqlite_copy.fresh_copy(tmp_path / "copy", tmp_path / "store", rows, tell):
        pass
    size = (tmp_path / "copy").stat().st_size
    assert told == [("digest of copy", size, size), ("copying", size, size), ("checking the copy", 0, 0)]


async def test_a_copy_that_was_made_while_the_clock_was_ahead_hides_none_after_it(tmp_path: Path) -> None:
    """Else nobody would hear for years that back-ups fail."""
    path = tmp_path / "store"
    await lay_tables(path)
    now = datetime.now(UTC)
    for at in (now + timedelta(days=3650), now, now - timedelta(days=1)):
        sqlite_copy.note_time(path, at)
    store = SqliteStore(path)
    await store.open()
    try:
        assert await store.turn_of("backup") == now
    finally:
        await store.close()


def test_a_store_that_can_not_be_looked_at_is_named_once_and_why(tmp_path: Path) -> None:
    path = tmp_path / ("long" * 100)
    with pytest.raises(BackupError) as caught:
        sqlite_copy.is_there(path)
    assert str(caught.value) == f"{path} can't be read: File name too long"
