"""Hearing what other gateways on the same PostgreSQL commit: LISTEN on a connection of its own, renewed when lost.

The connection is asked every few seconds whether it still answers. All others may be in use and wait for as long as a statement may take,
so if the server has fallen silent it is noticed here (`silent`).

A notification is lost with the connection that would have brought it, so whoever listens is told of every
reconnection and looks for itself. Nothing here is needed for correctness: the outbox also sweeps slowly.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import asyncpg
import structlog

from gateway.store.port import StoreUnavailable

_PROBE_EVERY_S = 5.0
_PROBE_TIMEOUT_S = 5.0
_RECONNECT_EVERY_S = 1.0

_LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError, StoreUnavailable)

_log = structlog.get_logger(__name__)


class NotificationListener:
    """Keeps one connection that listens.

    `connect` gives a new connection, `heard` gets the payloads of the notifications on each channel, `missed` is awaited
    after a reconnection: whatever was notified meanwhile is lost. `silent` is called if the server does not answer.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[asyncpg.Connection]],
        heard: Mapping[str, Callable[[str], None]],
        missed: Callable[[], Awaitable[None]],
        silent: Callable[[], None],
    ) -> None:
        """Set up; `start` connects."""
        self._silent = silent
        self._connect = connect
        self._heard = heard
        self._missed = missed
        self._lost = asyncio.Event()
        self._connection: asyncpg.Connection | None = None
        self._watcher: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen, and go on doing so until `close`. Raises what connecting raises."""
        await self._listen()
        self._watcher = asyncio.create_task(self._watch(), name="store: listener")

    async def close(self) -> None:
        """Stop listening."""
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.wait([self._watcher])
            self._watcher = None
        self._drop()

    def _drop(self) -> None:
        """Cut the connection; nothing on it is worth a farewell that may hang."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _listen(self) -> None:
        self._lost = lost = asyncio.Event()  # of this connection: the end of an earlier one may be told late
        self._connection = await self._connect()
        self._connection.add_termination_listener(lambda _: lost.set())
        for channel in self._heard:
            await self._connection.add_listener(channel, lambda _c, _pid, heard, payload: self._heard[heard](payload))

    async def _watch(self) -> None:
        """Reconnect whenever the connection is lost."""
        while True:
            await self._until_lost()
            self._drop()
            _log.warning("store_listener_lost")
            await self._listen_again()
            _log.info("store_listener_restored")

    async def _until_lost(self) -> None:
        """Wait until the connection is closed, or doesn't answer a probe (a firewall may drop it in silence)."""
        while not self._lost.is_set():
            try:
                async with asyncio.timeout(_PROBE_EVERY_S):
                    await self._lost.wait()
            except TimeoutError:
                if not await self._answers():
                    return

    async def _answers(self) -> bool:
        assert self._connection is not None
        try:
            await self._connection.execute("SELECT 1", timeout=_PROBE_TIMEOUT_S)
        except TimeoutError:
            self._silent()
            return False
        except _LOST:
            return False
        return True

    async def _listen_again(self) -> None:
        """Try until the connection listens and what was missed has been looked for."""
        while True:
            try:
                await self._listen()
                await self._missed()
            except _LOST:
                self._drop()
                await asyncio.sleep(_RECONNECT_EVERY_S)
            else:
                return
