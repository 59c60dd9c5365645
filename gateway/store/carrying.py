"""The way from SQLite to PostgreSQL: a verified copy of a SQLite store goes into an empty database, table by table.

Both kinds have the same tables with the same columns, and rows mean the same in them (tests/store/test_contract.py goes through both). What
only one of them has it makes itself: indexes of words in SQLite, generated columns and who attends in PostgreSQL. There is no way back.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import asyncpg

from gateway.store import migrations
from gateway.store.backups import BackupError, Manifest, NotWhole, Tell, differing
from gateway.store.port import StoreError
from gateway.store.postgres import PostgresStore
from gateway.store.postgres_copy import connected, count_rows, must_be_empty, settle

_REFERENCES: Final = "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
_COLUMNS: Final = """
    SELECT table_name, column_name, data_type = 'boolean' AS is_truth, is_identity = 'YES' AS is_number FROM information_schema.columns
    WHERE table_schema = current_schema() AND is_generated = 'NEVER' ORDER BY table_name, ordinal_position"""
_NEXT: Final = "SELECT setval(pg_get_serial_sequence($1, $2), $3, true)"
_THEIRS: Final = frozenset({"migrations", "gateways"})
"""Tables that the database has filled itself."""


async def carry_over(folder: Path, manifest: Manifest, url: str, tell: Tell) -> None:
    """Put the rows of a copy into an empty database. Raises BackupError if nothing was done, NotWhole if the database is to be dropped."""
    known = len(migrations.load("postgresql"))
    if manifest.schema != known:
        raise BackupError(
            f"the copy has version {manifest.schema} of the tables, and this program's have {known}: "
            "run ill-gateway migrate on that SQLite store, and make another copy"
        )
    await must_be_empty(url)
    try:
        store = PostgresStore(url)
        await store.open()
        try:
            await store.migrate()
        finally:
            await store.close()
        with closing(sqlite3.connect(f"file:{quote(str(folder / manifest.file))}?mode=ro", uri=True)) as copy:
            async with connected(url) as connection, connection.transaction():
                await _fill(connection, copy, manifest.rows, tell)
    except (StoreError, BackupError, sqlite3.Error, asyncpg.InterfaceError, OSError) as exc:
        raise NotWhole(str(exc)) from exc


async def _fill(connection: Any, copy: sqlite3.Connection, expected: Mapping[str, int], tell: Tell) -> None:
    """Copy each table behind those that it refers to. Raises BackupError if another number of rows is there then."""
    columns = await connection.fetch(_COLUMNS)
    tables = _in_order({row[0] for row in columns} - _THEIRS, await connection.fetch(_REFERENCES))
    await connection.execute(f"TRUNCATE {', '.join(_quoted(tables))}")
    for done, table in enumerate(tables):
        tell(table, done, len(tables))
        of_table = [row for row in columns if row["table_name"] == table]
        names = [row["column_name"] for row in of_table]
        # What a trigger makes of a new row is a row of the copy already.
        await connection.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        await connection.copy_records_to_table(
            table, columns=names, records=_records(copy, table, names, [row["is_truth"] for row in of_table])
        )
        await connection.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
        for number in (row["column_name"] for row in of_table if row["is_number"]):
            if last := _last(copy, table, number):
                await connection.execute(_NEXT, f'"{table}"', number, last)
    counted = await count_rows(connection)
    if odd := differing({name: expected.get(name, 0) for name in tables}, {name: counted[name] for name in tables}):
        raise BackupError(f"other numbers of rows in {odd}")
    await settle(connection)


def _in_order(tables: set[str], references: Sequence[Any]) -> list[str]:
    """Return tables, each behind those that it refers to; to itself a table may refer within one copy."""
    order: TopologicalSorter[str] = TopologicalSorter({table: set() for table in sorted(tables)})
    for table, other in references:
        if table != other:
            order.add(table, other)
    return [table for table in order.static_order() if table in tables]


def _quoted(names: Sequence[str]) -> Iterator[str]:
    return (f'"{name}"' for name in names)


def _records(
    copy: sqlite3.Connection, table: str, names: Sequence[str], truths: Sequence[bool]
) -> Iterator[tuple[Any, ...]]:
    """Give the rows of a table, with SQLite's 0 and 1 as what PostgreSQL calls true and false."""
    for row in copy.execute(f'SELECT {", ".join(_quoted(names))} FROM "{table}"'):  # noqa: S608 - names of tables and columns
        yield tuple(
            bool(value) if is_truth and value is not None else value
            for value, is_truth in zip(row, truths, strict=True)
        )


def _last(copy: sqlite3.Connection, table: str, column: str) -> int:
    """Return the last number that was given in a table; it may belong to a row that is gone."""
    (last,) = copy.execute(f'SELECT coalesce(max("{column}"), 0) FROM "{table}"').fetchone()  # noqa: S608 - as above
    given = copy.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
    return max(int(last), int(given[0]) if given else 0)
