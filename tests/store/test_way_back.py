"""The guide's way back from an upgrade: the back-up of before, and the program of before, which finds what it had."""

from pathlib import Path

import pytest

from gateway.store.factory import open_store
from gateway.store.port import DatabaseTooNew
from tests.store.test_backups import _programs, copy_back, copy_out
from tests.store.then import NEWEST, know
from tests.store.values import creation, request

__all__ = ["_programs"]


async def test_a_store_goes_back_to_the_version_before_with_its_back_up(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(monkeypatch, NEWEST - 1)
    await written(url, 1)
    (tmp_path / "backup").mkdir()
    await copy_out(url, tmp_path / "backup")
    with monkeypatch.context() as upgraded:
        know(upgraded, NEWEST)
        await written(url, 2)
    with pytest.raises(DatabaseTooNew):
        await written(url, 3)
    await copy_back(tmp_path / "backup", url)
    assert await written(url, 3) == (NEWEST - 1, NEWEST - 1)
    store = open_store(url)
    await store.open()
    try:
        assert await store.request("HILL-1") == request(1)
        assert await store.request("HILL-2") is None, "what happened since is found by the comparison"
    finally:
        await store.close()


async def written(url: str, number: int) -> tuple[int, int]:
    """Start as a gateway does, and take a request; between which versions the store was brought."""
    store = open_store(url)
    await store.open()
    try:
        versions = await store.migrate()
        await store.commit(creation(number))
    finally:
        await store.close()
    return versions
