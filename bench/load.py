"""The load generator, a process of its own: posts requests over keep-alive connections and notes how long each answer took.

    python -m bench.load '{"port": 8626, "connections": 32, "seconds": 5, "rate": 1000, "first": 1}'

With a rate, messages are due at random moments (a Poisson process), and an answer's time counts from the moment at which its
message was due, whether or not a connection was free: a slow server can't hide behind a patient client. Without one, each
connection sends its next message as soon as it has the answer. It prints one line of JSON (`Figures`). Sockets are
written by hand, so that the client costs a small part of what the server does.
"""

import asyncio
import os
import random
import selectors
import sys
from collections import deque
from collections.abc import Callable

import msgspec

from bench import documents

DEADLINE_S = 30.0
"""How long the last answers are waited for."""


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. Messages are numbered from `first`."""

    port: int
    connections: int
    seconds: float
    rate: float | None = None
    first: int = 1
    record_id: str = "no-such-record"


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it: answers that confirmed OK, all others, and the milliseconds of each confirmed one, sorted."""

    ok: int
    failed: int
    seconds: float
    latencies_ms: tuple[float, ...]

    @property
    def per_second(self) -> float:
        """Confirmed messages a second."""
        return self.ok / self.seconds

    def percentile_ms(self, percent: float) -> float:
        """The time within which so many per cent of the answers came."""
        if not self.latencies_ms:
            return float("nan")
        return self.latencies_ms[min(len(self.latencies_ms) - 1, int(len(self.latencies_ms) * percent / 100))]


class Requests:
    """Numbered HTTP requests, cut from one template."""

    def __init__(self, load: Load) -> None:
        body = documents.request(0, load.record_id)
        head = (
            f"POST /iso18626 HTTP/1.1\r\nHost: 127.0.0.1:{load.port}\r\nContent-Type: application/xml\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode()
        self._before, rest = (head + body).split(documents.timestamp(0).encode())
        self._between, self._after = rest.split(b"BENCH-00000000")
        self._next = load.first

    def __call__(self) -> bytes:
        """The next one."""
        number, self._next = self._next, self._next + 1
        written = documents.timestamp(number).encode()
        return b"%b%b%bBENCH-%08d%b" % (self._before, written, self._between, number, self._after)


class Line(asyncio.Protocol):
    """One connection with at most one message under way; `answered` is told when it is over, and whether all was well."""

    def __init__(self, answered: Callable[["Line", bool], None]) -> None:
        self._answered = answered
        self._received = b""
        self.due_s = 0.0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def send(self, data: bytes, due_s: float) -> None:
        """Send a message that was due at this moment of the loop's clock."""
        assert self.transport is not None
        self.due_s = due_s
        self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, blank, body = self._received.partition(b"\r\n\r\n")
        if not blank or len(body) < _content_length(head):
            return
        self._received = b""
        self._answered(self, head.startswith(b"HTTP/1.1 200 ") and b"<messageStatus>OK</messageStatus>" in body)

    def connection_lost(self, exc: Exception | None) -> None:
        """A server that hangs up under load spoils the figures: end at once."""
        if self.transport is not None and not self.transport.is_closing():
            raise ConnectionError("the server closed a connection") from exc


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


class Generator:
    """Sends what a Load asks for and gathers the Figures."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._requests = Requests(load)
        self._clock = asyncio.get_running_loop().time
        self._idle: list[Line] = []
        self._due: deque[float] = deque()
        self._latencies_ms: list[float] = []
        self._failed = 0
        self._under_way = 0
        self._last_s = 0.0
        self._sending = True
        self._answer = asyncio.Event()

    async def run(self) -> Figures:
        """Connect, send for as long as asked, wait for the last answers."""
        loop = asyncio.get_running_loop()
        for _ in range(self._load.connections):
            _, line = await loop.create_connection(lambda: Line(self._answered), "127.0.0.1", self._load.port)
            self._idle.append(line)
        began_s = self._clock()
        await (self._saturate() if self._load.rate is None else self._at_rate(self._load.rate, began_s))
        self._sending = False
        async with asyncio.timeout(DEADLINE_S):
            while self._under_way or self._due:
                self._answer.clear()
                await self._answer.wait()
        return Figures(
            ok=len(self._latencies_ms),
            failed=self._failed,
            seconds=max(self._last_s - began_s, self._load.seconds),
            latencies_ms=tuple(sorted(self._latencies_ms)),
        )

    async def _saturate(self) -> None:
        self._due.extend([self._clock()] * len(self._idle))
        self._send_due()
        await asyncio.sleep(self._load.seconds)

    async def _at_rate(self, rate: float, began_s: float) -> None:
        due_s = began_s
        while (due_s := due_s + random.expovariate(rate)) < began_s + self._load.seconds:
            await asyncio.sleep(due_s - self._clock())
            self._due.append(due_s)
            self._send_due()

    def _send_due(self) -> None:
        while self._due and self._idle:
            self._under_way += 1
            self._idle.pop().send(self._requests(), self._due.popleft())

    def _answered(self, line: Line, well: bool) -> None:  # noqa: FBT001 - one of two outcomes
        self._last_s = self._clock()
        self._under_way -= 1
        self._answer.set()
        if well:
            self._latencies_ms.append((self._last_s - line.due_s) * 1000)
        else:
            self._failed += 1
        self._idle.append(line)
        if self._load.rate is None and self._sending:
            self._due.append(self._last_s)
        self._send_due()


async def generate(load: Load) -> Figures:
    """Carry a load out."""
    return await Generator(load).run()


def go_first() -> bool:
    """Take the processor before all others, if there are two and the system lets us; say whether. Partners' systems have machines of their own, and what a
    message takes is not to be what this process waits for its turn.
    """
    if os.cpu_count() == 1:  # it would be the gateway's
        return False
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except PermissionError:
        return False
    return True


def main() -> None:
    """Carry out the load on the command line; print its figures."""
    if not go_first():
        print(
            "The load generator may not go first here: what it waits for its turn counts as answers' time.",
            file=sys.stderr,
        )
    load = msgspec.json.decode(sys.argv[1], type=Load)
    # select() waits to the microsecond; epoll would round a message's moment to the millisecond.
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    figures = loop.run_until_complete(generate(load))
    loop.close()
    print(msgspec.json.encode(figures).decode())


if __name__ == "__main__":
    main()
