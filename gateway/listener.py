"""A listening socket with limits: how many connections there are, how many from one address, how long they may idle.

aiohttp answers what comes over a connection; here it is decided whether there is one. Every connection counts from its first
moment, before its TLS handshake. Where there is no room, one that keeps us waiting (for a handshake, a request, the rest of a body)
gives way: of the address that has most of these the one that has kept us waiting longest, so that idle connections keep out
nobody who has something to say. Only where all are being answered is a caller told 503 and when to come back.
On a connection that is taken, the head of a request has to be there in `idle_s`, the first and every later one, TLS in
`handshake_s`; a peer that vanishes is noticed by the system's own probes. What a request may be is not decided here, but that
no body is unpacked before somebody has looked at who sends it, and that what is no HTTP is answered in two words.
"""

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from enum import StrEnum
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final

from aiohttp import hdrs, web
from msgspec import Struct

RETRY_AFTER_S: Final = 5
LINGERING_S: Final = 1.0
"""How long a connection that was turned away may take to read that it was."""
READ_BYTES: Final = 32 * 1024
"""About what the system keeps for us of one connection, and so what is read of it in one go: 256 KB in chunks of one byte took 50 ms."""
STOP_WITHIN_S: Final = 5.0
"""What requests under way may take when we stop."""
MOST_LINGERING: Final = 50
"""How many such connections there are at once; beyond, they are cut at once."""
SERVER_NAME: Final = "ill-gateway"
"""What the Server header says: no version of anything."""
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


class Trouble(StrEnum):
    """Why a connection was refused or cut short."""

    NO_ROOM = "no_room"
    """There were too many, and all of them were being answered."""
    GAVE_WAY = "gave_way"
    """It kept us waiting when there were too many."""
    NO_HANDSHAKE = "no_handshake"
    """TLS did not come about."""
    NOT_HTTP = "not_http"
    """What came over it is no HTTP."""


OnTrouble = Callable[[Trouble, str], None]
"""Told of each, with the caller's address (`source`)."""


class ListenerLimits(Struct, frozen=True, kw_only=True):
    """Connections at once, in all and of each address, and times in seconds.

    Of IPv6, 64 bits are one address. Those in `exempt` (our own proxies, in CIDR notation) may have as many as there are.
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
        on_trouble: OnTrouble = lambda _trouble, _source: None,
    ) -> None:
        self._runner = _runner(served)
        self._limits = limits
        self._room = _Room(limits, on_trouble)
        self._tls: ssl.SSLContext | None = None

    async def start(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Listen; port 0 takes a free one. Raises OSError."""
        await self._runner.setup()
        self._tls = tls
        await _Site(self._runner, self._protocol, (host, port)).start()
        return int(self._runner.addresses[0][1])

    def renew_tls(self, tls: ssl.SSLContext) -> None:
        """Shake hands with these certificates from now on; only for a listener that was started with TLS."""
        self._tls = tls

    async def stop(self) -> None:
        """Close the socket, then the connections as their requests end."""
        await self._runner.cleanup()
        await self._room.close()

    def _protocol(self) -> "_Turnstile":
        server = self._runner.server
        assert server is not None, "a site is started after the runner's setup"
        return _Turnstile(server, self._room, self._limits, self._tls)


def _runner(served: web.Application | Handler) -> web.BaseRunner:
    """What runs an application, or a handler without one: routes and middlewares cost as much as all else of HTTP."""
    if isinstance(served, web.Application):
        return web.AppRunner(served, shutdown_timeout=STOP_WITHIN_S)
    return web.ServerRunner(web.Server(served), shutdown_timeout=STOP_WITHIN_S)


class _Site(web.BaseSite):
    """What aiohttp's TCPSite is, with a protocol of ours in front."""

    def __init__(
        self, runner: web.BaseRunner, protocol: Callable[[], asyncio.Protocol], address: tuple[str, int]
    ) -> None:
        super().__init__(runner)
        self._protocol = protocol
        self._address = address

    @property
    def name(self) -> str:
        """For people."""
        return "{}:{}".format(*self._address)

    async def start(self) -> None:
        """Listen."""
        await super().start()
        self._server = server = await asyncio.get_running_loop().create_server(self._protocol, *self._address)
        for line in server.sockets:  # connections inherit it
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, READ_BYTES)


# ---- who has room


class _Seat:
    """A connection that was let in: whose it is, and since when it has kept us waiting."""

    def __init__(self, transport: asyncio.Transport, since_s: float) -> None:
        self.address = _address(transport.get_extra_info("peername"))
        self.source = source(self.address)
        self.transport = transport
        self.since_s = since_s
        self.handshake: asyncio.Task[None] | None = None
        self.connection: _Connection | None = None

    @property
    def keeps_us_waiting(self) -> bool:
        """Whether it is the caller's turn."""
        return self.connection is None or self.connection.keeps_us_waiting


class _Room:
    """The connections that there are."""

    def __init__(self, limits: ListenerLimits, on_trouble: OnTrouble) -> None:
        self._limits = limits
        self._exempt = tuple(ip_network(text) for text in limits.exempt)
        self._seats: set[_Seat] = set()
        self._of_source: Counter[str] = Counter()
        self._lingering = 0
        self.tell = on_trouble

    def take(self, seat: _Seat) -> bool:
        """Seat a newcomer, if need be in the place of one that keeps us waiting; False where there is no place."""
        if self._of_source[seat.source] >= self._limits.each and not self._is_exempt(seat):
            free = self._clear_one(each for each in self._seats if each.source == seat.source)
        else:
            free = len(self._seats) < self._limits.total or self._clear_one(self._seats)
        if free:
            self._seats.add(seat)
            self._of_source[seat.source] += 1
        return free

    def leave(self, seat: _Seat) -> bool:
        """Its place is free; False where it was before."""
        if seat not in self._seats:
            return False
        self._seats.remove(seat)
        self._of_source[seat.source] -= 1
        if not self._of_source[seat.source]:
            del self._of_source[seat.source]
        return True

    def turn_away(self, seat: _Seat, *, in_words: bool) -> None:
        """Say that there is no room, to so many callers at once as can be heard out."""
        self.tell(Trouble.NO_ROOM, seat.source)
        if not in_words or self._lingering >= MOST_LINGERING:
            seat.transport.abort()
            return
        seat.transport.write(_TURNED_AWAY)
        seat.transport.write_eof()  # closing at once would reset the connection before the answer is read
        self._lingering += 1
        asyncio.get_running_loop().call_later(LINGERING_S, self._show_out, seat)

    async def close(self) -> None:
        """Cut what has not become a connection of aiohttp's, which ends its own."""
        handshakes = [seat.handshake for seat in self._seats if seat.handshake is not None]
        for seat in self._seats:
            seat.transport.abort()
        await asyncio.gather(*handshakes)

    def _clear_one(self, among: Iterable[_Seat]) -> bool:
        """Cut one that keeps us waiting, of the address that has most of these the one that has done so longest."""
        waiting = [seat for seat in among if seat.keeps_us_waiting]
        if not waiting:
            return False
        of_source = Counter(seat.source for seat in waiting)
        seat = max(waiting, key=lambda seat: (of_source[seat.source], -seat.since_s))
        self.leave(seat)
        seat.transport.abort()
        self.tell(Trouble.GAVE_WAY, seat.source)
        return True

    def _show_out(self, seat: _Seat) -> None:
        self._lingering -= 1
        seat.transport.abort()

    def _is_exempt(self, seat: _Seat) -> bool:
        return any(seat.address in network for network in self._exempt)


class _Turnstile(asyncio.Protocol):
    """The first protocol of a connection: says that there is no room, or sees to TLS and hands it to aiohttp's."""

    def __init__(self, server: web.Server, room: _Room, limits: ListenerLimits, tls: ssl.SSLContext | None) -> None:
        self._server = server
        self._room = room
        self._limits = limits
        self._tls = tls
        self._early = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Decide."""
        assert isinstance(transport, asyncio.Transport)
        loop = asyncio.get_running_loop()
        seat = _Seat(transport, loop.time())
        if not self._room.take(seat):
            self._room.turn_away(seat, in_words=self._tls is None)
        elif self._tls is None:
            self._hand_over(seat, transport)
        else:
            transport.pause_reading()  # until TLS is there to read
            seat.handshake = loop.create_task(self._shake_hands(seat, self._tls))

    def data_received(self, data: bytes) -> None:
        """Keep what comes right behind a handshake. Whatever comes after we have said no is not read."""
        if self._tls is not None:
            self._early += data

    async def _shake_hands(self, seat: _Seat, tls: ssl.SSLContext) -> None:
        secured = await self._secured(seat, tls)
        if secured is not None and not secured.is_closing():
            self._hand_over(seat, secured)
            return
        seat.transport.abort()
        if self._room.leave(seat):
            self._room.tell(Trouble.NO_HANDSHAKE, seat.source)

    async def _secured(self, seat: _Seat, tls: ssl.SSLContext) -> asyncio.Transport | None:
        """TLS over the connection; None where it did not come about, which asyncio tells by None as well."""
        try:
            return await asyncio.get_running_loop().start_tls(
                seat.transport,
                self,
                tls,
                server_side=True,
                ssl_handshake_timeout=self._limits.handshake_s,
                ssl_shutdown_timeout=LINGERING_S,
            )
        except OSError:  # those of ssl too
            return None

    def _hand_over(self, seat: _Seat, transport: asyncio.Transport) -> None:
        _probe(transport)
        seat.connection = connection = _Connection(self._server, seat, self._room, self._limits.idle_s)
        transport.set_protocol(connection)
        connection.connection_made(transport)
        if self._early:
            connection.data_received(self._early)


class _Connection(web.RequestHandler):
    """aiohttp's side of a connection: tells whose turn it is, who we are without versions, and little of what is no HTTP."""

    def __init__(self, server: web.Server, seat: _Seat, room: _Room, idle_s: float) -> None:
        settings: dict[str, Any] = {"access_log": None, "auto_decompress": False}
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=idle_s,
            lingering_time=LINGERING_S,
            **settings,
        )
        self._seat = seat
        self._room = room
        self.on_gone: list[Callable[[], None]] = []

    @property
    def keeps_us_waiting(self) -> bool:
        """Whether a whole request is still to come."""
        request = self._current_request
        return not self._messages if request is None else not request.content.is_eof()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Make room."""
        super().connection_lost(exc)
        self._room.leave(self._seat)
        for call in self.on_gone:
            call()

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Answer; from then on we wait again."""
        if isinstance(resp, web.StreamResponse):
            resp.headers.setdefault(hdrs.SERVER, SERVER_NAME)
        answered = await super().finish_response(request, resp, start_time)
        self._seat.since_s = asyncio.get_running_loop().time()
        return answered

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no HTTP without a word of it, neither to the caller nor in the log; aiohttp would quote it in both."""
        if status != HTTPStatus.BAD_REQUEST:
            return super().handle_error(request, status, exc, message)
        self._room.tell(Trouble.NOT_HTTP, self._seat.source)
        response = web.Response(status=status, text=f"{HTTPStatus.BAD_REQUEST.phrase}\n")
        response.force_close()
        return response


def when_gone(request: web.BaseRequest, call: Callable[[], None]) -> None:
    """Call once the caller has hung up, at once if it has already. A handler that only waits would learn it with its next write."""
    if request.transport is None:
        call()
    elif isinstance(request.protocol, _Connection):
        request.protocol.on_gone.append(call)


def source(address: IPv4Address | IPv6Address) -> str:
    """What counts as one address: of IPv6 a network of 64 bits, which is what one customer of a provider has."""
    return str(address) if isinstance(address, IPv4Address) else str(ip_network((address, 64), strict=False))


def _address(peername: Any) -> IPv4Address | IPv6Address:
    """The address of a socket's other side, without the zone of a link-local one; 0.0.0.0 where it is gone already."""
    address = ip_address(str(peername[0]).partition("%")[0]) if peername else IPv4Address(0)
    return getattr(address, "ipv4_mapped", None) or address


def _probe(transport: asyncio.Transport) -> None:
    """Have the system find out whether the other side is still there."""
    line = transport.get_extra_info("socket")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _PROBES:
        if hasattr(socket, name):
            line.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
