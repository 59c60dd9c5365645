"""The servers of a PostgreSQL store: which of them takes writes, found again after a failover.

A URL may name several (`postgresql://db1,db2/ill`). libpq's rule for that, the first one that answers, is not enough: a machine that
has vanished answers nothing, and would take a connection's whole time; a standby answers, and takes no writes. So each is tried for
a short time of its own, the one that was good last comes first, and one that can only be read is second best: pages can be
looked at meanwhile. While there is no better one, somebody looks for it every second.

Two more things that libpq leaves to whoever uses it:

- A server that has vanished is noticed by silence. Every statement has a limit on the server that is shorter than the driver's, so whoever
  hears nothing cuts all connections at once (`cut`), and nobody else waits out a limit of their own.
- A pooler may hand one session to several in turn (PgBouncer's transaction mode). LISTEN, prepared statements and the limits belong to
  a session, so that is refused at the start, in words (`must_have_sessions`).
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs, unquote, urlencode, urlsplit, urlunsplit

import asyncpg
import structlog

from gateway.outgoing import why_unreached
from gateway.store.errors import StoreUnavailable

CONNECT_TIMEOUT_S: Final = 10.0
PER_SERVER_S: Final = 4.0
"""How long one of several servers may take."""
STATEMENT_TIMEOUT_S: Final = 30.0
LOOK_EVERY_S: Final = 1.0
_PORT: Final = 5432
_PREPARE: Final = """
    SELECT current_setting('transaction_read_only')::bool, count(set_config(name, value, false))
    FROM unnest($1::text[], $2::text[]) AS given (name, value)"""
_PROCESS: Final = "SELECT pg_backend_pid()"
_REFUSALS: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
POOLED: Final = (
    "a pooler between here and the server hands one session to several in turn (PgBouncer: pool_mode = transaction). "
    "LISTEN, prepared statements and limits belong to a session: set pool_mode = session for this database, or name the server itself"
)
UNREADABLE: Final = (
    "the hosts and ports in the store's URL can't be read, or there are more of the ones than of the others"
)
NO_WRITES: Final = "the database takes no writes: it is a standby, or was set to be read only"

_log = structlog.get_logger(__name__)


class Server(NamedTuple):
    """Where one server is; without a host, where the URL and the environment say."""

    host: str | None
    port: int | None

    def __str__(self) -> str:
        """As it stands in the URL; no password is in it."""
        return f"{self.host}:{self.port}" if self.host else "the server"


class _KnownAlready(NamedTuple):
    """What stands for the driver's statement about types where none was sent; it has a name, so what was prepared last is still there."""

    name: str


class InformedConnection(asyncpg.Connection):  # type: ignore[misc] # the driver has no types
    """A connection that does not ask the server again what its own types are like.

    The driver knows few arrays by itself, and asks for others in each session anew: that takes the server four times as long as all else
    at a session's start. What the server has by itself is the same on every server of PostgreSQL's. If a later driver asks in another
    way, it asks again, and nothing else changes; a test would tell.
    """

    async def _introspect_types(self, typeoids: Collection[int], *driver: Any) -> tuple[Sequence[Any], Any]:
        """Return the driver's description of types, and the statement by which it was asked for."""
        types = frozenset(typeoids)
        if described := _DESCRIBED.get(types):
            return described, _KnownAlready("known")
        found: tuple[Sequence[Any], Any] = await super()._introspect_types(typeoids, *driver)
        if max(types) < _FIRST_GIVEN:
            _DESCRIBED[types] = found[0]
        return found


_FIRST_GIVEN: Final = 10_000
"""From here on a server gives numbers to types as it is set up, and to those that somebody makes."""
_DESCRIBED: Final[dict[frozenset[int], Sequence[Any]]] = {}


class Opened(NamedTuple):
    """A connection, and whether its server takes writes."""

    connection: asyncpg.Connection
    writes: bool


def servers_of(url: str) -> tuple[Server, ...]:
    """Return the servers that a URL of libpq's names, in its order.

    Raises StoreUnavailable if its hosts and ports can't be read; the text holds nothing of the URL, which may be secret.
    """
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    listed = unquote(parts.netloc.rpartition("@")[2]) or query.get("host", [""])[-1]
    if "," not in listed:
        return (Server(None, None),)
    try:
        found = [_host_and_port(each) for each in listed.split(",")]
        ports = [int(port) for port in query.get("port", [""])[-1].split(",") if port]
        usual = ports * len(found) if len(ports) == 1 else ports or [_PORT] * len(found)
        return tuple(Server(host, port or other) for (host, port), other in zip(found, usual, strict=True))
    except ValueError:
        raise StoreUnavailable(UNREADABLE) from None


def _host_and_port(text: str) -> tuple[str, int | None]:
    """Read `host`, `host:port`, `[::1]:port` or the folder of a socket."""
    if text.startswith("["):
        host, _, port = text[1:].partition("]")
        return host, int(port[1:]) if port else None
    host, _, port = text.partition(":")
    return host, int(port) if port else None


def for_writing(url: str) -> str:
    """Return a URL by which libpq's own programs go to the server that takes writes, if several are named."""
    parts = urlsplit(url)
    if servers_of(url)[0].host is None or "target_session_attrs" in parts.query:
        return url
    query = "&".join(filter(None, (parts.query, urlencode({"target_session_attrs": "read-write"}))))
    return urlunsplit(parts._replace(query=query))


class Servers:
    """Opens connections, and knows whether the server takes writes. `settings` hold for each session."""

    def __init__(self, url: str, settings: Mapping[str, str]) -> None:
        """Name the servers as libpq's URLs do."""
        self._url = url
        self._settings = settings
        self._chosen: Server | None = None
        self._open: set[asyncpg.Connection] = set()
        self._finding = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None

    @cached_property
    def _servers(self) -> tuple[Server, ...]:
        return servers_of(self._url)

    @property
    def reads_only(self) -> bool:
        """Whether no server that takes writes is known."""
        return self._looking is not None

    async def connect(self, *_: object, **_given: object) -> asyncpg.Connection:
        """Open a connection, to the server that takes writes if there is one. Raises what the server says; StoreUnavailable for several."""
        chosen = self._chosen
        if chosen is not None:
            try:
                opened = await self._connect_to(chosen)
            except _REFUSALS:
                if len(self._servers) == 1:
                    raise
            else:
                if opened.writes or self.reads_only:
                    return opened.connection
                opened.connection.terminate()
        async with self._finding:
            if self._chosen is not None and self._chosen != chosen:  # somebody else has found it meanwhile
                return (await self._connect_to(self._chosen)).connection
            return (await self._find()).connection

    def cut(self) -> None:
        """End all connections: what they wait for is not to come any more."""
        _log.warning("store_silent", connections=len(self._open))
        for connection in tuple(self._open):
            connection.terminate()

    def refused(self) -> None:
        """Hear that a server has refused a write; look for one that takes it."""
        self._look()

    async def close(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])
            self._looking = None

    async def _find(self) -> Opened:
        """Try each server, the one that was good last at the end; prefer one that takes writes."""
        second_best: tuple[Server, Opened] | None = None
        refusals: list[tuple[Server, BaseException]] = []
        for server in sorted(self._servers, key=lambda server: server == self._chosen):
            try:
                opened = await self._connect_to(server)
            except _REFUSALS as error:
                refusals.append((server, error))
                continue
            if opened.writes:
                if second_best is not None:
                    second_best[1].connection.terminate()
                return self._choose(server, opened)
            if second_best is None:
                second_best = (server, opened)
            else:
                opened.connection.terminate()
        if second_best is None:
            raise _none_answers(refusals)
        return self._choose(*second_best)

    async def _connect_to(self, server: Server) -> Opened:
        """Connect to one server, and set the session up."""
        connection = await asyncpg.connect(
            self._url,
            host=server.host,
            port=server.port,
            timeout=PER_SERVER_S if server.host else CONNECT_TIMEOUT_S,
            command_timeout=STATEMENT_TIMEOUT_S,
            connection_class=InformedConnection,
            max_cached_statement_lifetime=0,  # what is prepared stays so: the hundred that it keeps are bound enough
            server_settings={"application_name": self._settings["application_name"]},
            target_session_attrs="any",
        )
        try:
            async with asyncio.timeout(PER_SERVER_S):
                names, values = list(self._settings), list(self._settings.values())
                reads_only, _ = await connection.fetchrow(_PREPARE, names, values)
        except BaseException:
            connection.terminate()
            raise
        self._open.add(connection)
        # What the listener is given is the pool's stand-in, where the pool has lent the connection.
        connection.add_termination_listener(lambda _: self._open.discard(connection))
        return Opened(connection, not reads_only)

    def _choose(self, server: Server, opened: Opened) -> Opened:
        if server != self._chosen and len(self._servers) > 1:
            _log.info("store_server", server=str(server), writes=opened.writes)
        self._chosen = server
        if not opened.writes:
            self._look()
        return opened

    def _look(self) -> None:
        """Begin to look for a server that takes writes, unless somebody does."""
        if self._looking is None:
            _log.warning("store_reads_only")
            self._looking = asyncio.create_task(self._look_for_writes(), name="store: look for writes")

    async def _look_for_writes(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            before = self._chosen
            with suppress(StoreUnavailable, *_REFUSALS):
                async with self._finding:
                    found = await self._find()
                found.connection.terminate()
                if found.writes:
                    self._looking = None
                    _log.info("store_writes_again")
                    if self._chosen != before:
                        self.cut()
                    return


def _none_answers(refusals: Sequence[tuple[Server, BaseException]]) -> BaseException:
    """Return what to raise if no server can be used: of a single one its own words."""
    if len(refusals) == 1:
        return refusals[0][1]
    said = "; ".join(f"{server}: {_why(error)}" for server, error in refusals)
    return StoreUnavailable(f"none of the database's servers can be used: {said}")


def _why(error: BaseException) -> str:
    return why_unreached(error) if isinstance(error, OSError) else str(error) or type(error).__name__


async def must_have_sessions(pool: asyncpg.Pool) -> None:
    """Look whether each connection has a session of the server to itself. Raises StoreUnavailable with what to do.

    A pooler by transactions gives a session away as soon as one ends: the second connection gets the first one's, or the first finds another.
    """
    async with pool.acquire() as one, pool.acquire() as other:
        mine = await _in_transaction(one)
        async with other.transaction():
            others = await other.fetchval(_PROCESS)
            again = await _in_transaction(one)
    if not mine == again != others:
        raise StoreUnavailable(POOLED)


async def _in_transaction(connection: Any) -> int:
    """Return the server's process that a transaction of this connection runs in."""
    async with connection.transaction():
        return int(await connection.fetchval(_PROCESS))
