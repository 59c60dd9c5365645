"""Clients of the tests' own, written on bare sockets: many at once, slow, silent, or sending without end.

They know the shape of an HTTP answer and nothing else of the gateway.
"""

import asyncio
import re
import ssl
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress

DEADLINE_S = 60.0
NEIGHBOUR = "127.0.0.2"
"""All of 127.0.0.0/8 is this machine."""
PATIENCE_S = 1.0
"""With a connection on which something bad was written: who answers does so at once."""
SILENCE_S = 0.25
"""After an answer, where the connection stays open: nothing more comes."""
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Answers:
    """What came back: how often each status (0: no answer), the seconds of each, and what Retry-After said."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.seconds: list[float] = []
        self.retry_after_s: set[int] = set()

    @property
    def median_s(self) -> float:
        """What half of the answers took at the most."""
        return statistics.median(self.seconds)


class Line:
    """A connection that is opened anew whenever the other side has closed it."""

    def __init__(
        self, port: int, answers: Answers, tls: ssl.SSLContext | None = None, source: str = "127.0.0.1"
    ) -> None:
        self._port = port
        self._tls = tls
        self._source = (source, 0)
        self._answers = answers
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, token: str, body: bytes) -> int:
        """Send one message and note its answer; the status, 0 where there was none."""
        began_s = time.perf_counter()
        async with asyncio.timeout(DEADLINE_S):
            try:
                status = await self._exchange(request(token, body))
            except (ConnectionError, asyncio.IncompleteReadError):
                self.close()
                status = 0
        self._answers.statuses[status] += 1
        self._answers.seconds.append(time.perf_counter() - began_s)
        return status

    def close(self) -> None:
        """Drop the connection."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    async def _exchange(self, data: bytes) -> int:
        if self._streams is None:
            self._streams = await asyncio.open_connection(
                "127.0.0.1", self._port, ssl=self._tls, local_addr=self._source
            )
        reader, writer = self._streams
        writer.write(data)
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        await reader.readexactly(int(length[1]) if length else 0)
        retry = re.search(rb"Retry-After: (\d+)", head)
        if retry:
            self._answers.retry_after_s.add(int(retry[1]))
        if b"connection: close" in head.lower():
            self.close()
        return int(head[9:12])


def request(token: str, body: bytes) -> bytes:
    """One message over HTTP."""
    head = (
        "POST /iso18626 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/xml\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def flood(port: int, token: str, bodies: list[bytes], connections: int) -> Answers:
    """Post all of these over so many connections, each as fast as it is answered."""
    answers, waiting = Answers(), iter(bodies)

    async def client() -> None:
        with closing(Line(port, answers)) as line:
            for body in waiting:
                await line.post(token, body)

    await asyncio.gather(*(client() for _ in range(connections)))
    return answers


@asynccontextmanager
async def steady(
    port: int, token: str, bodies: Iterable[bytes], pause_s: float, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Answers]:
    """Somebody at an address of his own who posts one message after the other with a pause, while the block runs."""
    answers = Answers()

    async def client() -> None:
        with closing(Line(port, answers, tls, NEIGHBOUR)) as line:
            for body in bodies:
                await line.post(token, body)
                await asyncio.sleep(pause_s)

    task = asyncio.create_task(client())
    try:
        yield answers
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def throw(port: int, missiles: Iterable[bytes], *, at_once: int = 8, tls: ssl.SSLContext | None = None) -> None:
    """Write each of these on a connection of its own, and hear whatever comes until the other side or our patience ends."""
    waiting = iter(missiles)

    async def thrower() -> None:
        for missile in waiting:
            with suppress(ConnectionError, TimeoutError):
                await _throw(port, missile, tls)

    await asyncio.gather(*(thrower() for _ in range(at_once)))


async def _throw(port: int, missile: bytes, tls: ssl.SSLContext | None) -> None:
    async with asyncio.timeout(PATIENCE_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
        try:
            writer.write(missile)
            await asyncio.gather(writer.drain(), _hear(reader))
        finally:
            writer.transport.abort()


async def _hear(reader: asyncio.StreamReader) -> None:
    """Until the other side closes, or has said something and says no more."""
    said = await reader.read(2**16)
    with suppress(TimeoutError):
        while said:
            async with asyncio.timeout(SILENCE_S):
                said = await reader.read(2**16)


@asynccontextmanager
async def silent(
    port: int, count: int, said: bytes = b"", source: str = "127.0.0.1"
) -> AsyncIterator[list[asyncio.StreamReader]]:
    """Connections from this address on which this much is said, and then nothing more."""
    async with AsyncExitStack() as stack:
        readers = []
        for _ in range(count):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
            stack.callback(_abort, writer)
            writer.write(said)
            await writer.drain()
            readers.append(reader)
        yield readers


def _abort(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def heard(readers: list[asyncio.StreamReader]) -> Counter[bytes]:
    """How each of these connections ended: the first line that came back, or nothing."""

    async def one(reader: asyncio.StreamReader) -> bytes:
        try:
            return (await reader.read()).partition(b"\r\n")[0]
        except ConnectionError:
            return b""

    async with asyncio.timeout(DEADLINE_S):
        return Counter(await asyncio.gather(*map(one, readers)))
