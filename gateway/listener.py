"""A listening socket with limits: how many connections there are, how many from one address, how long they may idle.

aiohttp answers what comes over a connection; here it is decided whether there is one. Beyond the limits a caller is told
503 and when to come back, and costs nothing more. On a connection that is taken, the head of a request has to be there in
`idle_s`, the first and every later one, TLS in `handshake_s`; a peer that vanishes is noticed by the system's own probes.
What a request may be is not decided here.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, Final

from aiohttp import web
from msgspec import Struct

RETRY_AFTER_S: Final = 5
LINGERING_S: Final = 1.0
"""How long a connection that was turned away may take to read that it was."""
STOP_WITHIN_S: Final = 5.0
"""What requests under way may take when we stop."""
DEAD_AFTER_S: Final = 60
"""Since the last sign of life of a peer that is expected to acknowledge something."""

_TURNED_AWAY: Final = (
    "HTTP/1.1 503 Service Unavailable\r\n"
    f"Retry-After: {RETRY_AFTER_S}\r\n"
    "Content-Length: 0\r\nConnection: close\r\n\r\n"
).encode()
_PROBES: Final = (  # socket(7), tcp(7); not every system has all of them
    ("TCP_KEEPIDLE", DEAD_AFTER_S // 2),
    ("TCP_KEEPINTVL", DEAD_AFTER_S // 6),
    ("TCP_KEEPCNT", 3),
    ("TCP_USER_TIMEOUT", DEAD_AFTER_S * 1000),
)

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
"""Answers every request, whatever its method and path."""


class ListenerLimits(Struct, frozen=True, kw_only=True):
    """Connections at once, in all and of each address, and times in seconds.

    Addresses in `exempt` (our own proxies, in CIDR notation) may have as many as there are.
    """

    total: int = 500
    each: int = 200
    idle_s: float = 30.0
    handshake_s: float = 10.0
    exempt: tuple[str, ...] = ()


class Listener:
    """One application, or one handler, on one address. `start` gives the port; `stop` lets requests under way end."""

    def __init__(
        self,
        served: web.Application | Handler,
        limits: ListenerLimits,
        on_turned_away: Callable[[], None] = lambda: None,
    ) -> None:
        self._runner = _runner(served, limits.idle_s)
        self._limits = limits
        self._exempt = tuple(ip_network(text) for text in limits.exempt)
        self._on_turned_away = on_turned_away

    async def start(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Listen; port 0 takes a free one. Raises OSError."""
        await self._runner.setup()
        site = _Site(self._runner, self._protocol, (host, port), tls, self._limits.handshake_s)
        await site.start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close the socket, then the connections as their requests end."""
        await self._runner.cleanup()

    def _protocol(self) -> "_Turnstile":
        server = self._runner.server
        assert server is not None, "a site is started after the runner's setup"
        return _Turnstile(server, self._limits, self._exempt, self._on_turned_away)


def _runner(served: web.Application | Handler, idle_s: float) -> web.BaseRunner:
    """What runs an application, or a handler without one: routes and middlewares cost as much as all else of HTTP."""
    if isinstance(served, web.Application):
        return web.AppRunner(
            served,
            access_log=None,
            keepalive_timeout=idle_s,
            lingering_time=LINGERING_S,
            shutdown_timeout=STOP_WITHIN_S,
        )
    server = web.Server(served, access_log=None, keepalive_timeout=idle_s, lingering_time=LINGERING_S)
    return web.ServerRunner(server, shutdown_timeout=STOP_WITHIN_S)


class _Site(web.BaseSite):
    """What aiohttp's TCPSite is, with a protocol of ours in front and a limit for the handshake."""

    def __init__(
        self,
        runner: web.BaseRunner,
        protocol: Callable[[], asyncio.Protocol],
        address: tuple[str, int],
        tls: ssl.SSLContext | None,
        handshake_s: float,
    ) -> None:
        super().__init__(runner, ssl_context=tls)
        self._protocol = protocol
        self._address = address
        self._handshake_s = handshake_s if tls else None

    @property
    def name(self) -> str:
        """For people."""
        return "{}:{}".format(*self._address)

    async def start(self) -> None:
        """Listen."""
        await super().start()
        self._server = await asyncio.get_running_loop().create_server(
            self._protocol, *self._address, ssl=self._ssl_context, ssl_handshake_timeout=self._handshake_s
        )


class _Turnstile(asyncio.Protocol):
    """The first protocol of a connection: hands it to aiohttp, or says that there is no room."""

    def __init__(
        self,
        server: web.Server,
        limits: ListenerLimits,
        exempt: tuple[IPv4Network | IPv6Network, ...],
        on_turned_away: Callable[[], None],
    ) -> None:
        self._server = server
        self._limits = limits
        self._exempt = exempt
        self._on_turned_away = on_turned_away

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count those who are there already, and decide."""
        assert isinstance(transport, asyncio.Transport)
        address = _address(transport)
        if self._is_full(address):
            self._turn_away(transport)
            return
        _probe(transport)
        handler = self._server()
        transport.set_protocol(handler)
        handler.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Whatever comes after we have said no is not read."""

    def _is_full(self, address: str) -> bool:
        connections = self._server.connections
        if len(connections) >= self._limits.total:
            return True
        if len(connections) < self._limits.each or self._is_exempt(address):
            return False
        return sum(_host(other.peername) == address for other in connections) >= self._limits.each

    def _is_exempt(self, address: str) -> bool:
        return any(ip_address(address) in network for network in self._exempt)

    def _turn_away(self, transport: asyncio.Transport) -> None:
        self._on_turned_away()
        transport.write(_TURNED_AWAY)
        if transport.can_write_eof():
            transport.write_eof()  # closing at once would reset the connection before the answer is read
            asyncio.get_running_loop().call_later(LINGERING_S, transport.abort)
        else:
            transport.close()


def _address(transport: asyncio.Transport) -> str:
    return _host(transport.get_extra_info("peername"))


def _host(peername: Any) -> str:
    """The address of a socket's other side, without the zone of a link-local one; "0.0.0.0" where it is gone already."""
    return str(peername[0]).partition("%")[0] if peername else "0.0.0.0"  # noqa: S104 - nobody binds to it


def _probe(transport: asyncio.Transport) -> None:
    """Have the system find out whether the other side is still there."""
    line = transport.get_extra_info("socket")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _PROBES:
        if hasattr(socket, name):
            line.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
