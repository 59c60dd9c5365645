"""A small circulation system of the tests' own, on loopback, that misbehaves by script.

It shares no code with the library under test: it finds what it needs in a request by looking for letters.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from enum import Enum

from gateway.sip2.connection import Address

DATE = "20260828    120000"


class Act(Enum):
    """What it may do in place of an answer."""

    SILENCE = "say nothing"
    HANG_UP = "close the line"


Answer = bytes | str | Act


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another task brings about, at most a minute."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.001)


def field(request: str, code: str) -> str:
    """The value of an identified field of a request, "" where there is none."""
    _before, found, rest = request.partition("|" + code)
    return rest.partition("|")[0] if found else ""


def polite(request: str) -> str:
    """The right answer to a request, without its trailer."""
    customer, item = field(request, "AA"), field(request, "AB")
    answers = {
        "93": "941",
        "99": f"98YYYYNN999002{DATE}2.00AOEXV|BXYYYYYYYYYYYYYYYY|",
        "17": f"18030001{DATE}AB{item}|AJThe Imaginary Almanac|",
        "63": f"64{'':14}000{DATE}{'0000' * 6}AOEXV|AA{customer}|AEDoe, Jo|BLY|",
        "11": f"121NUN{DATE}AOEXV|AA{customer}|AB{item}|AJThe Imaginary Almanac|AH2026-10-28|",
    }
    return answers[request[:2]]


def trailed(request: str, text: str) -> bytes:
    """`text` with the sequence number of the request and a right checksum."""
    place = request.rfind("AY")
    body = f"{text}{request[place : place + 3]}AZ".encode("cp850")
    return body + b"%04X\r" % (-sum(body) & 0xFFFF)


class HostileAcs:
    """Answers politely, except where `script` has something for a message code: each entry is used once, in order.

    A text gets the request's trailer, bytes go out as they are. `greeting` is spoken on connecting.
    """

    def __init__(
        self,
        script: Mapping[str, Iterable[Answer]] | None = None,
        greeting: bytes = b"",
        usual: Callable[[str], str] = polite,
    ) -> None:
        self.script = {code: list(answers) for code, answers in (script or {}).items()}
        self.greeting = greeting
        self.usual = usual
        self.heard: list[str] = []
        self.connections = 0
        self.most_at_once = 0
        self.held: frozenset[str] = frozenset()
        """The codes of requests that are answered only once `free` is set."""
        self.free = asyncio.Event()
        self.address = Address("127.0.0.1", 0)
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def codes(self) -> list[str]:
        """The message codes heard so far."""
        return [request[:2] for request in self.heard]

    def lines(self) -> int:
        """How many lines are open now."""
        return len(self._open)

    def hang_up(self) -> None:
        """Close every line now."""
        for writer in self._open:
            writer.close()

    def say(self, data: bytes) -> None:
        """Say something that nobody asked for, on every line."""
        for writer in self._open:
            writer.write(data)

    @asynccontextmanager
    async def serve(self, tls: ssl.SSLContext | None = None, port: int = 0) -> AsyncIterator["HostileAcs"]:
        """Listen, on a free port or this one, while the block runs."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", port, ssl=tls)
        self.address = Address("127.0.0.1", server.sockets[0].getsockname()[1])
        try:
            yield self
        finally:
            server.close()
            self.free.set()
            self.hang_up()
            await asyncio.gather(*self._tasks)
            await server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._open.add(writer)
        self.connections += 1
        self.most_at_once = max(self.most_at_once, len(self._open))
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has gone
        finally:
            self._open.discard(writer)
            writer.close()
            with suppress(ConnectionError):  # the client has gone
                await writer.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self.greeting)
        while True:
            request = (await reader.readuntil(b"\r"))[:-1].decode("cp850").removeprefix("\n")  # CR LF ends a line too
            self.heard.append(request)
            if request[:2] in self.held:
                await self.free.wait()
            script = self.script.get(request[:2])
            answer = script.pop(0) if script else self.usual(request)
            if answer is Act.HANG_UP:
                return
            if isinstance(answer, str):
                writer.write(trailed(request, answer))
            elif isinstance(answer, bytes):
                writer.write(answer)
