"""Bringing a PostgreSQL database up to date beside gateways that go on working on it."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import asyncpg
import structlog

from gateway.store import migrations
from gateway.store.migrations import Migration
from gateway.store.port import StoreUnavailable

_TIMEOUT_S: Final = 3600.0
_PAUSE_S: Final = 0.2
"""For those who waited behind a migration that gave way."""
_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(8160862)"  # any number, but always this one
_AS_LONG_AS_IT_TAKES: Final = "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0"
_GIVING_WAY: Final = "SET LOCAL lock_timeout = '500ms'"
"""Well before the server looks for deadlocks (`deadlock_timeout`, 1 s as it comes): a migration locks one table after the other in an order of
its own, and whoever works on these tables meanwhile must not be the one that is ended."""

_log = structlog.get_logger(__name__)


async def bring_up(transaction: Callable[[], AbstractAsyncContextManager[Any]], known: tuple[Migration, ...]) -> int:
    """Run the migrations that are missing, all in one transaction, and give the version before.

    One gateway at a time. A migration that can't have a table at once lets go of all it has, and begins anew. Raises StoreUnavailable.
    """
    while True:
        try:
            async with transaction() as connection:
                return await _run(connection, known)
        except StoreUnavailable as error:
            if not isinstance(error.__cause__, asyncpg.LockNotAvailableError):
                raise
        _log.info("others work on the tables that are to be changed: the migration begins anew")
        await asyncio.sleep(_PAUSE_S)


async def _run(connection: Any, known: tuple[Migration, ...]) -> int:
    await connection.execute(_AS_LONG_AS_IT_TAKES)
    await connection.execute(_ONE_AT_A_TIME, timeout=_TIMEOUT_S)
    await connection.execute(migrations.CREATE_TABLE)  # before any look: a look may not see what we waited for
    before = int(await connection.fetchval(migrations.VERSION))
    await connection.execute(_GIVING_WAY)
    for migration in migrations.missing(known, before):
        await connection.execute(migration.script, timeout=_TIMEOUT_S)
    return before
