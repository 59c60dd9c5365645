"""A listener on loopback with few limits, and a client that speaks bytes to it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from gateway.listener import Listener
from gateway.room import ConnectionTrouble, ListenerLimits

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

    async def everything(self) -> bytes:
        """All that comes until the connection ends."""
        async with asyncio.timeout(DEADLINE_S):
            return await self._reader.read()

    def close(self) -> None:
        self._writer.transport.abort()


class Place:
    """A listener that runs, and what it told of those it did not let in or let go."""

    listener: Listener

    def __init__(self) -> None:
        self.port = 0
        self.troubles: list[tuple[ConnectionTrouble, str]] = []
        self.clients: list[Client] = []
        self.asked = asyncio.Semaphore(0)
        self.begun = asyncio.Semaphore(0)
        self.go_on = asyncio.Event()

    async def connect(self, tls: ssl.SSLContext | None = None, source: str = "127.0.0.1") -> Client:
        reader, writer = await asyncio.open_connection("localhost", self.port, ssl=tls, local_addr=(source, 0))
        self.clients.append(Client(reader, writer))
        return self.clients[-1]

    async def being_answered(self, tls: ssl.SSLContext | None = None, source: str = "127.0.0.1") -> Client:
        """A connection whose whole request is being worked on, until `go_on`."""
        client = await self.connect(tls, source)
        await client.say(GET.replace(b" / ", b" /slow "))
        await self.asked.acquire()
        return client

    async def refused(self) -> bool:
        """Wait until nobody new is let in."""
        async with asyncio.timeout(DEADLINE_S):
            while True:
                try:
                    (await self.connect()).close()
                except OSError:
                    return True

    def count(self, trouble: ConnectionTrouble) -> int:
        return [each for each, _ in self.troubles].count(trouble)


@asynccontextmanager
async def listening(limits: ListenerLimits, tls: ssl.SSLContext | None = None) -> AsyncIterator[Place]:
    place = Place()

    async def answer(http: web.Request) -> web.Response:
        place.begun.release()
        await http.read()
        return web.Response(text="here")

    async def answer_later(_: web.Request) -> web.Response:
        place.asked.release()
        await place.go_on.wait()
        return web.Response(text="here")

    application = web.Application()
    application.add_routes([web.get("/", answer), web.post("/", answer), web.get("/slow", answer_later)])
    place.listener = Listener(application, limits, lambda trouble, source: place.troubles.append((trouble, source)))
    place.port = await place.listener.start("127.0.0.1", 0, tls)
    try:
        yield place
    finally:
        place.go_on.set()
        for client in place.clients:
            client.close()
        await place.listener.stop()
