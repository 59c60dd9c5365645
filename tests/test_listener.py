"""The listener on loopback: who gets in, who is told to come back, and who is shown out."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trustme
from aiohttp import web

from gateway.listener import Listener, ListenerLimits

DEADLINE_S = 60.0
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Client:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def say(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def hear(self) -> bytes:
        """The head of an answer; b"" where the connection ended."""
        async with asyncio.timeout(DEADLINE_S):
            try:
                return await self._reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionResetError):
                return b""

    async def ask(self) -> bytes:
        await self.say(GET)
        return await self.hear()

    async def has_ended(self) -> bool:
        async with asyncio.timeout(DEADLINE_S):
            try:
                return await self._reader.read() == b""
            except ConnectionResetError:
                return True

    def close(self) -> None:
        self._writer.transport.abort()


class Place:
    """A listener that runs, and how often it turned somebody away."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.turned_away = 0
        self.clients: list[Client] = []

    async def connect(self, tls: ssl.SSLContext | None = None, source: str = "127.0.0.1") -> Client:
        reader, writer = await asyncio.open_connection("localhost", self.port, ssl=tls, local_addr=(source, 0))
        self.clients.append(Client(reader, writer))
        return self.clients[-1]


@asynccontextmanager
async def listening(limits: ListenerLimits, tls: ssl.SSLContext | None = None) -> AsyncIterator[Place]:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="here")

    application = web.Application()
    application.router.add_get("/", answer)
    place = Place(0)

    def note() -> None:
        place.turned_away += 1

    listener = Listener(application, limits, note)
    place.port = await listener.start("127.0.0.1", 0, tls)
    try:
        yield place
    finally:
        for client in place.clients:
            client.close()
        await listener.stop()


async def test_a_request_is_answered_and_the_connection_kept() -> None:
    async with listening(ListenerLimits()) as place:
        client = await place.connect()
        assert (await client.ask()).startswith(b"HTTP/1.1 200 ")
    assert place.turned_away == 0


async def test_beyond_the_limit_callers_are_told_when_to_come_back_and_those_inside_are_served() -> None:
    async with listening(ListenerLimits(total=3)) as place:
        inside = [await place.connect() for _ in range(3)]
        for client in inside:
            await client.say(GET)
            assert (await client.hear()).startswith(b"HTTP/1.1 200 ")
        outside = await place.connect()
        answer = await outside.hear()
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After: 5\r\n" in answer
        assert await outside.has_ended()
        assert place.turned_away == 1


async def test_who_leaves_makes_room() -> None:
    async with listening(ListenerLimits(total=1)) as place:
        (await place.connect()).close()
        async with asyncio.timeout(DEADLINE_S):
            while not (await (await place.connect()).ask()).startswith(b"HTTP/1.1 200 "):
                await asyncio.sleep(0.01)


async def test_one_address_cannot_take_all_the_room() -> None:
    async with listening(ListenerLimits(total=10, each=2)) as place:
        greedy = [await place.connect() for _ in range(5)]
        answers = [await client.ask() for client in greedy]
        assert [answer[9:12] for answer in answers].count(b"200") == 2
        assert place.turned_away == 3


async def test_our_own_proxy_may_take_all_the_room() -> None:
    async with listening(ListenerLimits(total=5, each=2, exempt=("127.0.0.0/8",))) as place:
        answers = [await (await place.connect()).ask() for _ in range(6)]
        assert [answer[9:12] for answer in answers] == [b"200"] * 5 + [b"503"]


async def test_who_says_nothing_is_shown_out() -> None:
    async with listening(ListenerLimits(idle_s=0.1)) as place:
        assert await (await place.connect()).has_ended()


async def test_a_head_that_trickles_in_is_not_waited_for() -> None:
    async with listening(ListenerLimits(idle_s=0.2)) as place, asyncio.timeout(DEADLINE_S):
        client = await place.connect()
        await client.say(GET[:-2] + b"X-Slow: ")
        ended = asyncio.create_task(client.has_ended())
        while not ended.done():
            try:
                await client.say(b"x")
            except ConnectionError:
                break
            await asyncio.sleep(0.02)
        assert await ended


async def test_between_two_requests_the_same_holds() -> None:
    async with listening(ListenerLimits(idle_s=0.2)) as place, asyncio.timeout(DEADLINE_S):
        client = await place.connect()
        assert (await client.ask()).startswith(b"HTTP/1.1 200 ")
        await client.say(GET[:10])
        assert b"here" in await client._reader.read()


async def test_a_handshake_that_does_not_come_is_not_waited_for() -> None:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    async with listening(ListenerLimits(handshake_s=0.2, total=1), server) as place:
        assert await (await place.connect()).has_ended()
        assert (await (await place.connect(trusting)).ask()).startswith(b"HTTP/1.1 200 ")
        assert (await (await place.connect(trusting)).ask()).startswith(b"HTTP/1.1 503 ")


@pytest.mark.parametrize("turned_away", [0, 1])
async def test_stopping_leaves_nothing_behind(turned_away: int) -> None:
    async with listening(ListenerLimits(total=1)) as place:
        for _ in range(1 + turned_away):
            await (await place.connect()).ask()
    with pytest.raises(OSError, match="Connect"):
        await place.connect()
