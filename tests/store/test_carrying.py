"""A copy of a SQLite store in an empty PostgreSQL database: every row of every table is there, and numbers go on behind the last that was given."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from gateway.store import backups, carrying, migrations, sqlite_copy
from gateway.store.backups import BackupError, Manifest, NotWhole
from gateway.store.carrying import carry_over
from gateway.store.postgres import PostgresStore
from gateway.store.sqlite import SqliteStore
from gateway.workflow.recovery import Recovery
from tests.store.conftest import SQLITE
from tests.store.fresh import lay_tables
from tests.store.test_contract_facts import bookkeeper
from tests.store.values import NOW, claim, creation, entry, find_copies, ids, inbound, note, step, timer

NOT_CARRIED = frozenset({"migrations"})


@pytest.fixture
async def copied(tmp_path: Path) -> Manifest:
    """A back-up of a store with requests, messages, history, work that was done and work that waits."""
    await lay_tables(tmp_path / SQLITE)
    store = SqliteStore(tmp_path / SQLITE)
    await store.open()
    await store.commit(
        msgspec.structs.replace(creation(1, find_copies(), timer()), inbound=inbound(1, document=b"<\x00\xff>"))
    )
    await store.commit(step(1))
    await store.commit(creation(2, find_copies()))
    await store.commit(note(2, history=(entry("what nobody says: “ä” \\ \t 'x'"),)))
    await store.recovery.begin(Recovery(since=NOW, why="to have a truth in it"))
    await store.recovery.end(at=NOW, by="ada")
    await store.close()
    with closing(sqlite3.connect(tmp_path / SQLITE)) as write:  # a number that was given to work which is done
        write.execute("UPDATE sqlite_sequence SET seq = 4711 WHERE name = 'effects'")
        write.commit()
    copied = sqlite_copy.copy_out(tmp_path / SQLITE, tmp_path / "copy")
    return Manifest(
        kind="sqlite",
        made_at=NOW,
        gateway="0",
        schema=copied.rows["migrations"],
        file="copy",
        bytes=0,
        sha256=backups.digest(tmp_path / "copy"),
        rows=copied.rows,
        sealed=copied.sealed,
    )


async def in_database(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of each table, by the columns that the copy has too."""
    connection = await asyncpg.connect(url)
    try:
        columns = await connection.fetch(
            "SELECT table_name, string_agg('\"' || column_name || '\"', ', ' ORDER BY column_name) FROM information_schema.columns"
            " WHERE table_schema = 'public' AND is_generated = 'NEVER' GROUP BY table_name"
        )
        statements = {table: f'SELECT {names} FROM "{table}"' for table, names in columns}  # noqa: S608
        return {table: [tuple(row) for row in await connection.fetch(read)] for table, read in statements.items()}
    finally:
        await connection.close()


def in_copy(path: Path, table: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as read:
        names = sorted(f'"{row[1]}"' for row in read.execute(f'PRAGMA table_info("{table}")'))
        return read.execute(f'SELECT {", ".join(names)} FROM "{table}"').fetchall()  # noqa: S608


async def test_every_row_of_every_table_goes_over(copied: Manifest, tmp_path: Path, postgres_url: str):
    await carry_over(tmp_path, copied, postgres_url, backups.silent)
    found = await in_database(postgres_url)
    for table in found.keys() & copied.rows.keys() - NOT_CARRIED:
        rows = in_copy(tmp_path / "copy", table)
        assert (len(found[table]), {*found[table]}) == (len(rows), {*rows}), table
    assert {
        len(found[table]) > 0 for table in ("requests", "history", "messages", "effects", "recovery", "register")
    } == {True}
    left = {
        table for table in copied.rows if table not in found and not table.startswith(("open_words", "ended_words"))
    }
    assert left == set(), "each table of the one kind is a table of the other"


async def test_the_store_works_there_and_gives_no_number_twice(copied: Manifest, tmp_path: Path, postgres_url: str):
    await carry_over(tmp_path, copied, postgres_url, backups.silent)
    store = PostgresStore(postgres_url)
    await store.open()
    try:
        assert await store.request("HILL-1") is not None
        await store.commit(creation(3, find_copies()))
        assert min(await ids(store, 3)) == 4712
        assert len(await claim(store, None)) > 0
    finally:
        await store.close()


async def test_what_was_not_counted_yet_is_counted_there_though_sqlite_has_counted_further(
    copied: Manifest, tmp_path: Path, postgres_url: str
):
    """SQLite numbers changes by itself, PostgreSQL by its transactions: a new server is years behind a store that has served for long."""
    with closing(sqlite3.connect(tmp_path / "copy")) as write:
        write.execute("UPDATE register SET changed = changed + 1000000000000")
        write.execute("UPDATE fact_mark SET line = 1, changed = (SELECT changed FROM register WHERE line = 1)")
        write.commit()
    await carry_over(tmp_path, copied, postgres_url, backups.silent)
    store = PostgresStore(postgres_url)
    await store.open()
    try:
        assert (await store.facts.behind(), await bookkeeper(store).catch_up()) == (2, 2)
        assert await store.facts.behind() == 0
    finally:
        await store.close()


async def test_the_database_knows_at_once_how_many_rows_its_tables_have(
    copied: Manifest, tmp_path: Path, postgres_url: str
):
    """Else it plans searches without, until it looks by itself some minutes later."""
    await carry_over(tmp_path, copied, postgres_url, backups.silent)
    connection = await asyncpg.connect(postgres_url)
    try:
        assert await connection.fetchval("SELECT reltuples FROM pg_class WHERE oid = 'register'::regclass") == 2
    finally:
        await connection.close()


@pytest.mark.parametrize("lost", [ConnectionResetError("cut"), TimeoutError(), asyncpg.InterfaceError("closed")])
async def test_a_database_that_goes_away_meanwhile_is_to_be_dropped(
    lost: Exception, copied: Manifest, tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
):
    async def count_rows(_: object) -> dict[str, int]:
        raise lost

    monkeypatch.setattr(carrying, "count_rows", count_rows)
    with pytest.raises(NotWhole):
        await carry_over(tmp_path, copied, postgres_url, backups.silent)


async def test_a_copy_of_older_tables_and_a_database_that_has_some_are_refused(
    copied: Manifest, tmp_path: Path, postgres_url: str
):
    older = msgspec.structs.replace(copied, schema=len(migrations.load("sqlite")) - 1)
    with pytest.raises(BackupError, match="run ill-gateway migrate on that SQLite store"):
        await carry_over(tmp_path, older, postgres_url, backups.silent)
    await carry_over(tmp_path, copied, postgres_url, backups.silent)
    with pytest.raises(BackupError, match="the database has tables"):
        await carry_over(tmp_path, copied, postgres_url, backups.silent)


async def test_of_a_copy_that_is_not_whole_no_row_stays(copied: Manifest, tmp_path: Path, postgres_url: str):
    wrong = msgspec.structs.replace(copied, rows={**copied.rows, "requests": 3})
    with pytest.raises(NotWhole, match=r"other numbers of rows in requests \(2 for 3\)"):
        await carry_over(tmp_path, wrong, postgres_url, backups.silent)
    assert (await in_database(postgres_url))["requests"] == []
