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
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

from aiohttp import hdrs, web

from gateway.room import LINGERING_S, ConnectionTrouble, ListenerLimits, OnTrouble, Room, Seat

READ_BYTES: Final = 32 * 1024
"""About what the system keeps for us of one connection, and so what is read of it in one go: 256 KB in chunks of one byte took 50 ms."""
STOP_WITHIN_S: Final = 5.0
"""What requests under way may take when we stop, to be received and to be answered."""
CUT_WITHIN_S: Final = 0.5
"""What is left after that is told that it ends, and may take so long to do so."""
SERVER_NAME: Final = "ill-gateway"
"""What the Server header says: no version of anything."""
DEAD_AFTER_S: Final = 60
"""Since the last sign of life of a peer that is expected to acknowledge something."""

_PROBES: Final = (  # socket(7), tcp(7); not every system has all of them
    ("TCP_KEEPIDLE", DEAD_AFTER_S // 2),
    ("TCP_KEEPINTVL", DEAD_AFTER_S // 6),
    ("TCP_KEEPCNT", 3),
    ("TCP_USER_TIMEOUT", DEAD_AFTER_S * 1000),
)

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
"""Answers every request, whatever its method and path."""


class Listener:
    """One application, or one handler, on one address. `start` gives the port; `stop` lets requests under way end.

    A proxy may put a request on a connection in the very moment in which we close it, and then can't know what became of it. So
    whoever wants to stop without that calls `let_go` some time before, and waits until `answered` stands still.
    """

    def __init__(
        self,
        served: web.Application | Handler,
        limits: ListenerLimits,
        on_trouble: OnTrouble = lambda _trouble, _source: None,
    ) -> None:
        self._runner = _runner(served)
        self._limits = limits
        self._room = Room(limits, on_trouble)
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

    @property
    def answered(self) -> int:
        """How many requests there were so far."""
        return self._room.answered

    def let_go(self) -> None:
        """Say with each answer from now on that it is the last on its connection; the next request comes on another, or elsewhere."""
        self._room.letting_go = True

    async def stop(self) -> None:
        """Close the socket, then the connections as their requests end: one whose body is still on its way is heard out."""
        for site in tuple(self._runner.sites):
            await site.stop()
        self.let_go()
        self._room.close_idle()
        await self._runner.shutdown()  # ends streams
        await self._room.emptied(STOP_WITHIN_S)
        await self._runner.cleanup()
        await self._room.close()

    def _protocol(self) -> "_Turnstile":
        server = self._runner.server
        assert server is not None, "a site is started after the runner's setup"
        return _Turnstile(server, self._room, self._limits, self._tls)


def _runner(served: web.Application | Handler) -> web.BaseRunner:
    """What runs an application, or a handler without one: routes and middlewares cost as much as all else of HTTP."""
    if isinstance(served, web.Application):
        return web.AppRunner(served, shutdown_timeout=CUT_WITHIN_S)
    return web.ServerRunner(web.Server(served), shutdown_timeout=CUT_WITHIN_S)


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


class _Turnstile(asyncio.Protocol):
    """The first protocol of a connection: says that there is no room, or sees to TLS and hands it to aiohttp's."""

    def __init__(self, server: web.Server, room: Room, limits: ListenerLimits, tls: ssl.SSLContext | None) -> None:
        self._server = server
        self._room = room
        self._limits = limits
        self._tls = tls
        self._early = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Decide."""
        assert isinstance(transport, asyncio.Transport)
        loop = asyncio.get_running_loop()
        seat = Seat(transport, loop.time())
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

    async def _shake_hands(self, seat: Seat, tls: ssl.SSLContext) -> None:
        secured = await self._secured(seat, tls)
        if secured is not None and not secured.is_closing():
            self._hand_over(seat, secured)
            return
        seat.transport.abort()
        if self._room.leave(seat):
            self._room.tell(ConnectionTrouble.NO_HANDSHAKE, seat.source)

    async def _secured(self, seat: Seat, tls: ssl.SSLContext) -> asyncio.Transport | None:
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

    def _hand_over(self, seat: Seat, transport: asyncio.Transport) -> None:
        _probe(transport)
        seat.connection = connection = _Connection(self._server, seat, self._room, self._limits.idle_s)
        transport.set_protocol(connection)
        connection.connection_made(transport)
        if self._early:
            connection.data_received(self._early)


class _Connection(web.RequestHandler):
    """aiohttp's side of a connection: tells whose turn it is, who we are without versions, and little of what is no HTTP."""

    def __init__(self, server: web.Server, seat: Seat, room: Room, idle_s: float) -> None:
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

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way: the next request is waited for, and none of it has been read."""
        return self._waiter is not None and not self._waiter.done()

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
        self._room.answered += 1
        if isinstance(resp, web.StreamResponse):
            resp.headers.setdefault(hdrs.SERVER, SERVER_NAME)
            if self._room.letting_go:
                resp.force_close()
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
        self._room.tell(ConnectionTrouble.NOT_HTTP, self._seat.source)
        response = web.Response(status=status, text=f"{HTTPStatus.BAD_REQUEST.phrase}\n")
        response.force_close()
        return response


def when_gone(request: web.BaseRequest, call: Callable[[], None]) -> None:
    """Call once the caller has hung up, at once if it has already. A handler that only waits would learn it with its next write."""
    if request.transport is None:
        call()
    elif isinstance(request.protocol, _Connection):
        request.protocol.on_gone.append(call)


def _probe(transport: asyncio.Transport) -> None:
    """Have the system find out whether the other side is still there."""
    line = transport.get_extra_info("socket")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _PROBES:
        if hasattr(socket, name):
            line.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
