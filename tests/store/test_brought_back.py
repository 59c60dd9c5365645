"""A database that comes from another PostgreSQL server, by a dump or by means of the site's own: what has changed there is followed here."""

import os
from pathlib import Path

import pytest

from gateway.store import postgres_copy
from gateway.store.factory import open_store
from tests.store.postgres import administer, empty, programs
from tests.store.test_backups import fill
from tests.store.test_contract_facts import bookkeeper

FAR_AHEAD = """
    UPDATE register SET changed = changed + 1000000000000;
    UPDATE fact_mark SET changed = (SELECT max(changed) FROM register), line = (SELECT max(line) FROM register)"""


@pytest.mark.process
async def test_a_dump_of_a_server_that_is_ahead_is_counted_as_this_one_counts(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What changed has the number of its transaction: this server comes to that of another one years later."""
    await fill(postgres_url)
    await administer(postgres_url, FAR_AHEAD)
    monkeypatch.setenv("PATH", f"{programs()}:{os.environ['PATH']}")
    rows = (await postgres_copy.copy_out(postgres_url, tmp_path / "copy")).rows
    await empty(postgres_url)
    assert await postgres_copy.copy_back(tmp_path / "copy", postgres_url, rows) is None
    assert await followed(postgres_url) == (39, 0)


async def test_a_database_that_the_site_has_brought_back_is_counted_likewise(postgres_url: str) -> None:
    """And one that this server has counted itself stays as it is: nothing is followed anew."""
    await fill(postgres_url)
    await postgres_copy.settle_in(postgres_url)
    assert await followed(postgres_url) == (39, 0)
    await postgres_copy.settle_in(postgres_url)
    assert await followed(postgres_url) == (0, 0)
    await administer(postgres_url, FAR_AHEAD)
    await postgres_copy.settle_in(postgres_url)
    assert await followed(postgres_url) == (39, 0)


async def followed(url: str) -> tuple[int, int]:
    """How many changes are followed now, and how many wait then."""
    store = open_store(url)
    await store.open()
    try:
        return await bookkeeper(store).catch_up(), await store.facts.behind()
    finally:
        await store.close()
