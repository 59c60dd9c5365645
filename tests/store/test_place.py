"""Whether the file at a SQLite store's place is the one that was opened, and whether one that was there is lost."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from gateway.store.place import is_new, lost
from gateway.store.port import StoreUnavailable
from gateway.store.sqlite import SqliteStore
from tests.store.conftest import SQLITE
from tests.store.fresh import lay_tables
from tests.store.values import creation


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    await lay_tables(tmp_path / SQLITE)
    opened = SqliteStore(tmp_path / SQLITE)
    await opened.open()
    yield opened
    await opened.close()


def put_another_there(path: Path) -> None:
    path.rename(path.with_name("aside.db"))
    path.write_bytes(path.with_name("aside.db").read_bytes())


@pytest.mark.parametrize("move", [Path.unlink, lambda path: path.rename(path.with_name("aside.db")), put_another_there])
async def test_nothing_is_taken_into_a_file_that_nobody_finds_again(store: SqliteStore, move: Callable[[Path], None]):
    await store.commit(creation(1))
    move(store._path)
    for writing in (store.commit(creation(2)), store.check()):
        with pytest.raises(
            StoreUnavailable, match=r"gateway\.db was moved, deleted or replaced while the gateway has it"
        ):
            await writing
    assert await store.request("HILL-2") is None
    assert await store.request("HILL-1") is not None, "what is there can still be looked at"


async def test_once_the_file_is_back_the_store_goes_on(store: SqliteStore):
    aside = store._path.with_name("aside.db")
    store._path.rename(aside)
    with pytest.raises(StoreUnavailable):
        await store.commit(creation(1))
    aside.rename(store._path)
    await store.commit(creation(1))
    assert await store.request("HILL-1") is not None


async def test_a_folder_that_is_gone_to_later_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    await lay_tables(tmp_path / SQLITE)
    store = SqliteStore(Path(SQLITE))
    await store.open()
    monkeypatch.chdir("/")
    await store.commit(creation(1))
    await store.close()


@pytest.mark.parametrize("left", ["gateway.db.mark", "gateway.db-wal"])
async def test_a_store_that_is_lost_is_not_made_anew(tmp_path: Path, left: str):
    path = tmp_path / SQLITE
    assert is_new(path)
    path.with_name(left).write_bytes(b"of before")
    assert not is_new(path)
    with pytest.raises(StoreUnavailable, match=rf"there is no store at .*, and {left} beside it"):
        await SqliteStore(path).open()
    assert not path.exists()
    assert path.with_name(left).read_bytes() == b"of before"


async def test_what_stands_beside_a_store_that_is_there_tells_nothing(store: SqliteStore):
    store._path.with_name(f"{SQLITE}.mark").touch()
    assert lost(store._path) is None
    assert not is_new(store._path)


def test_a_place_that_can_not_be_looked_at_is_not_called_new(tmp_path: Path):
    assert not is_new(tmp_path / ("long" * 100))
