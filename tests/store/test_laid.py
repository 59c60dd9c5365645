"""A database of PostgreSQL that tests share is, for each of them, as its migrations left it."""

import asyncpg
import pytest

from tests.store.postgres import administer, lay_tables

SHAPE = """
    SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT attrelid::regclass::text || '.' || attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT attisdropped
    UNION ALL SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ORDER BY 1"""
"""All that there is, by its name."""
WRITTEN = """
    INSERT INTO turns (duty, at) VALUES ('of a test', 1);
    UPDATE directory_version SET version = 7;
    DELETE FROM checks;
    SELECT setval('public.history_id_seq', 900)"""
KEPT = """
    SELECT 'turns', count(*) FROM turns WHERE duty = 'of a test'
    UNION ALL SELECT 'version', version FROM directory_version
    UNION ALL SELECT 'checks', count(*) FROM checks
    UNION ALL SELECT 'next', nextval('public.history_id_seq')"""
CHANGES = (
    "ALTER TABLE requests DROP COLUMN body CASCADE",
    "ALTER TABLE turns ADD COLUMN of_a_test bigint",
    "DROP INDEX requests_by_time",
    "CREATE TABLE of_a_test (id bigint)",
    "DROP TABLE turns",
    "CREATE FUNCTION of_a_test() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "DROP TRIGGER task_opened ON tasks",
    "DROP SCHEMA public CASCADE; CREATE SCHEMA public",
)


async def asked(url: str, question: str) -> list[tuple[object, ...]]:
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(question)]
    finally:
        await connection.close()


async def test_what_a_test_wrote_is_gone_and_what_migrations_wrote_is_back(postgres: str):
    await lay_tables(postgres)
    await administer(postgres, WRITTEN)
    assert await asked(postgres, KEPT) == [("turns", 1), ("version", 7), ("checks", 0), ("next", 901)]
    await lay_tables(postgres)
    assert await asked(postgres, KEPT) == [("turns", 0), ("version", 0), ("checks", 1), ("next", 1)]


@pytest.mark.parametrize("change", CHANGES)
async def test_what_a_test_made_of_its_tables_is_made_anew(change: str, postgres: str):
    await lay_tables(postgres)
    fresh = await asked(postgres, SHAPE)
    await administer(postgres, change)
    assert await asked(postgres, SHAPE) != fresh
    await lay_tables(postgres)
    assert await asked(postgres, SHAPE) == fresh


async def test_a_constraint_that_a_test_took_away_is_back(postgres: str):
    await lay_tables(postgres)
    await administer(postgres, "ALTER TABLE history DROP CONSTRAINT history_request_fkey")
    await lay_tables(postgres)
    found = "SELECT count(*) FROM pg_constraint WHERE conname = 'history_request_fkey'"
    assert await asked(postgres, found) == [(1,)]
