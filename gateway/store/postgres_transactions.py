"""A connection that is lent, and a transaction on it: how either ends if the server says nothing any more.

A commit has no limit on the server. With a synchronous standby it waits until the standby has it, and a limit (or a cancelled statement)
would end that wait and call the commit done, though it is on one machine alone: what a partner was told is kept would be lost with that one. A commit
that takes too long is left alone instead: its connection is cut here, the server goes on waiting, and until the standby has it nobody sees it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import asyncpg

from gateway.store.errors import StoreUnavailable
from gateway.store.postgres_servers import STATEMENT_TIMEOUT_S, Servers

FAREWELL_S: Final = 2.0
"""How long a server may take to hear that a statement is not waited for any more."""
COMMIT_S: Final = 25.0
TURN_S: Final = 20.0
"""How long a read waits for its turn; it is the database that keeps it waiting, and pages say so."""
_GOING_BACK: Final[set["asyncio.Task[None]"]] = set()
"""Who gives connections back; the event loop itself keeps no task alive."""
_COMMIT: Final = "SET LOCAL statement_timeout = 0; COMMIT"


@asynccontextmanager
async def lent(pool: asyncpg.Pool, servers: Servers) -> AsyncIterator[Any]:
    """Lend a connection of the pool. A server that says nothing loses all of them, and one that refuses a write is told of.

    The connection goes back by itself: the pool has a task do that, and whoever has an answer does not wait for its two turns of the event loop.
    """
    connection = await pool.acquire()
    try:
        yield connection
    except asyncpg.ReadOnlySQLTransactionError:
        servers.refused()
        raise
    except TimeoutError:  # the server's own limits are shorter than the driver's
        servers.cut()
        raise
    finally:
        task = asyncio.create_task(_give_back(connection, pool, servers), name="store: a connection goes back")
        _GOING_BACK.add(task)
        task.add_done_callback(_GOING_BACK.discard)


@asynccontextmanager
async def in_turn(seats: asyncio.Semaphore) -> AsyncIterator[None]:
    """Wait for a seat, and have it for the block. Raises StoreUnavailable where none becomes free."""
    try:
        async with asyncio.timeout(TURN_S if seats.locked() else None):
            await seats.acquire()
    except TimeoutError:
        raise StoreUnavailable("the database takes too long to answer others") from None
    try:
        yield
    finally:
        seats.release()


async def _give_back(connection: Any, pool: asyncpg.Pool, servers: Servers) -> None:
    try:
        await pool.release(connection, timeout=FAREWELL_S)
    except TimeoutError:  # it did not even hear that nobody waits
        servers.cut()
    except asyncpg.InternalClientError:
        return  # it ended after the pool had looked whether it is still lent: nothing is left to give back
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        _end(connection)


@asynccontextmanager
async def whole(connection: Any, servers: Servers, last: str) -> AsyncIterator[None]:
    """Make the block one transaction, committed if it ends well; `last` is said with the commit, on the same way to the server."""
    await connection.execute("BEGIN")
    try:
        yield
    except BaseException:
        await _roll_back(connection, servers)
        raise
    await _commit(connection, last)


async def at_once(connection: Any, statement: str, *params: Any) -> None:
    """Run a statement that is a transaction by itself. The server's limit on statements ends before such a one is committed."""
    patience = asyncio.get_running_loop().call_later(COMMIT_S, _end, connection)
    try:
        await connection.execute(statement, *params, timeout=COMMIT_S + STATEMENT_TIMEOUT_S)
    finally:
        patience.cancel()


async def _commit(connection: Any, last: str = "") -> None:
    await at_once(connection, last + _COMMIT)


async def _roll_back(connection: Any, servers: Servers) -> None:
    """Undo; whatever fails here is less than what has failed already."""
    try:
        async with asyncio.timeout(FAREWELL_S):
            await connection.execute("ROLLBACK")
    except TimeoutError:
        servers.cut()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        _end(connection)


def _end(connection: Any) -> None:
    """End a connection without a word; it may be gone."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()
