"""A copy takes the place of a SQLite store, or leaves it as it was and nothing beside it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.store import sqlite_copy
from gateway.store.backups import BackupError
from tests.store.test_backups import put_back, small_store


def test_a_copy_that_is_not_whole_leaves_the_store_and_nothing_beside_it(tmp_path: Path) -> None:
    small_store(tmp_path / "store")
    rows, _ = sqlite_copy.copy_out(tmp_path / "store", tmp_path / "copy")
    with pytest.raises(BackupError, match=r"migrations \(2000 for 1\)"):
        put_back(tmp_path / "copy", tmp_path / "store", {**rows, "migrations": 1})
    assert {path.name for path in tmp_path.iterdir()} == {"copy", "store", "store.lock"}


@pytest.mark.parametrize("kept", ["a secret", None])
def test_a_copy_is_not_written_where_a_link_leads(
    kept: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is put there in the moment before the copy is made."""
    small_store(tmp_path / "store")
    rows, _ = sqlite_copy.copy_out(tmp_path / "store", tmp_path / "copy")
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
    rows, _ = sqlite_copy.copy_out(tmp_path / "store", tmp_path / "copy")
    with sqlite_copy.fresh_copy(tmp_path / "copy", tmp_path / "store", rows) as fresh:
        fresh.with_name(f"{fresh.name}-wal").touch()
        with pytest.raises(BackupError, match="could not be closed"):
            sqlite_copy.take_place(fresh, tmp_path / "store")
    assert {path.name for path in tmp_path.iterdir()} == {"copy", "store", "store.lock"}


def test_where_the_store_of_before_is_is_said_if_the_copy_can_not_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_store(tmp_path / "store")
    rows, _ = sqlite_copy.copy_out(tmp_path / "store", tmp_path / "copy")
    move_away = sqlite_copy._move_away

    def and_lose_the_copy(path: Path) -> Path | None:
        (tmp_path / "store.restoring").unlink()
        return move_away(path)

    monkeypatch.setattr(sqlite_copy, "_move_away", and_lose_the_copy)
    with pytest.raises(BackupError) as failed:
        put_back(tmp_path / "copy", tmp_path / "store", rows)
    (before,) = tmp_path.glob("store.before-*")
    assert str(failed.value).endswith(f"the store of before is {before}")
    with closing(sqlite3.connect(before)) as read:
        assert read.execute("SELECT count(*) FROM migrations").fetchone() == (2000,)
