"""What accepting one message is made of: the CPU time of each step, measured alone, beside that of the whole.

    python -m bench.steps

`bench.accept` measures a gateway from outside. This says where its time goes, and so how much could be won at the most by
making a step cheaper: a gateway on SQLite in this process, messages 64 at once, each a new request of 4.5 KB, no work after it.
What it tells figures is followed later, in pieces, and stands below the whole.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from bench import documents
from bench.filling import Restless
from bench.load import Load
from bench.processes import generate
from bench.report import heading, table
from bench.settings import PEER, Ports, Wishes, settings_text
from gateway import logs
from gateway.app.gateway import Gateway
from gateway.app.process import spare_the_collector
from gateway.clock import SystemTime
from gateway.config.loading import load
from gateway.config.settings import Settings
from gateway.demo.stage.processes import free_port
from gateway.dispatch import bookkeeping
from gateway.dispatch.bookkeeping import Bookkeeper
from gateway.iso18626.codec import decode
from gateway.iso18626.codes import Version
from gateway.iso18626.parser import parse
from gateway.iso18626.receipts import confirmation_for
from gateway.iso18626.schema import is_valid
from gateway.iso18626.server import Received
from gateway.listener import Handler, Listener
from gateway.reports.folding import House
from gateway.room import ListenerLimits
from gateway.store.port import Change
from gateway.store.rows import change_rows

WORDS = """\
CPU time of this process, all its threads; of what is measured without a load generator the best of several rounds. Steps measured
alone find their code and data in the processor's caches, as they do not when messages come over HTTP: the whole is more than
their sum. “Nothing behind it” is the same listener and HTTP server with a handler that reads the body and gives a ready answer."""
ROUNDS = 7
AT_ONCE = 64
MESSAGES = 8 * AT_ONCE
SECONDS = 4.0
ALONE = 100.0
"""Messages a second, so few that each has a commit of its own."""
HARDLY_ANY = 1.0
PAUSE_S = 1.0
NEVER_S = 1e9
LITTLE_S = 0.02
"""What a gateway at rest takes of the processor in that time, and more."""

Step = tuple[str, float]


def documents_from(first: int) -> list[bytes]:
    """As many requests as one round takes."""
    return [documents.request(first + number) for number in range(MESSAGES)]


def codec_rows() -> list[Step]:
    """What the bytes cost until they are a message."""
    data = documents_from(0)
    roots = [parse(each) for each in data]
    parsed_us = _best_us(parse, data)
    checked_us = _best_us(lambda root: is_valid(root, Version.V1_2), roots)
    del roots
    decoded_us = _best_us(decode, data)
    return [
        ("parse (lxml)", parsed_us),
        ("check against the schema (lxml)", checked_us),
        ("read the elements into a message", decoded_us - parsed_us - checked_us),
    ]


def _best_us(do: Callable[[Any], object], things: Sequence[Any]) -> float:
    return min(_round_us(do, things) for _ in range(ROUNDS))


def _round_us(do: Callable[[Any], object], things: Sequence[Any]) -> float:
    began = time.process_time()
    for thing in things:
        do(thing)
    return (time.process_time() - began) / len(things) * 1e6


async def receiving_rows(gateway: Gateway) -> list[Step]:
    """What a message costs once it is one: judged, decided on and made into rows, then with the store's part."""
    commit = gateway.store.commit
    gateway.store.commit = _make_rows  # type: ignore[method-assign]  # the measured difference
    judged_us = min([await _received_us(gateway, round_ * MESSAGES) for round_ in range(ROUNDS)])
    gateway.store.commit = commit  # type: ignore[method-assign]
    received_us = min([await _received_us(gateway, (ROUNDS + round_) * MESSAGES) for round_ in range(ROUNDS)])
    return [
        ("judge, confirm, decide, make rows", judged_us),
        ("write and commit (SQLite, synchronous=FULL)", received_us - judged_us),
    ]


async def _make_rows(change: Change) -> None:
    change_rows(change)


async def _received_us(gateway: Gateway, first: int) -> float:
    now = SystemTime().now()
    messages = iter(
        [Received(peer=PEER, decoded=decode(data), data=data, received_at=now) for data in documents_from(first)]
    )

    async def take_some() -> None:
        for message in messages:
            await gateway.receiver.receive(message)

    began = time.process_time()
    await asyncio.gather(*(take_some() for _ in range(AT_ONCE)))
    return (time.process_time() - began) / MESSAGES * 1e6


async def bare_us() -> float:
    """What HTTP alone costs."""
    answer = confirmation_for(decode(documents.request(0)), SystemTime().now())

    async def answer_at_once(request: web.BaseRequest) -> web.Response:
        await request.read()
        return web.Response(body=answer, content_type="application/xml", charset="utf-8")

    async with _listening(answer_at_once) as port:
        return await _over_http_us(port, 0)


@asynccontextmanager
async def _listening(handler: Handler) -> AsyncIterator[int]:
    listener = Listener(handler, ListenerLimits())
    try:
        yield await listener.start("127.0.0.1", 0)
    finally:
        await listener.stop()


async def followed_us(gateway: Gateway, settings: Settings) -> float:
    """What it costs to follow the messages that there were by now into what figures are counted from."""
    house = House(calendars=settings.calendars())
    bookkeeper = Bookkeeper(gateway.store, lambda: house, Restless())
    began = time.process_time()
    count = await bookkeeper.catch_up()
    return (time.process_time() - began) / count * 1e6


async def alone_us(port: int, first: int) -> float:
    """What a message costs that nobody shares a commit with: what so many a second take beyond what hardly any take."""
    resting_us, few = await _over_http(port, first, HARDLY_ANY)
    busy_us, many = await _over_http(port, first + AT_ONCE, ALONE)
    return (busy_us - resting_us) / (many - few)


async def _over_http_us(port: int, first: int) -> float:
    spent_us, count = await _over_http(port, first)
    return spent_us / count


async def _over_http(port: int, first: int, rate: float | None = None) -> tuple[float, int]:
    """The CPU time of some seconds, and how many messages were confirmed in them."""
    began = time.process_time()
    asked = Load(port=port, connections=AT_ONCE, seconds=SECONDS, rate=rate, first=first)
    figures = await asyncio.to_thread(generate, asked)
    return (time.process_time() - began) * 1e6, figures.ok


async def at_rest() -> None:
    """Wait until the gateway has done what its start leaves for later: half a second of the processor, in the first two or three."""
    began = -1.0
    while time.process_time() - began > LITTLE_S:
        began = time.process_time()
        await asyncio.sleep(PAUSE_S)


async def measure() -> list[Step]:
    """Every step, their sum, the whole."""
    with tempfile.TemporaryDirectory() as name:
        config = Path(name) / "gateway.toml"
        ports = Ports(http=free_port(), api=free_port(), operations=free_port())
        config.write_text(settings_text(Wishes(store_url=f"sqlite:///{name}/gateway.sqlite"), ports), encoding="utf-8")
        settings = load(config, {})
        bookkeeping.EVERY_S = NEVER_S  # type: ignore[misc]  # by chance it would fall into one measurement or another
        async with Gateway(settings) as gateway:
            spare_the_collector()
            await at_rest()
            single_us = await alone_us(ports.http, 1_000_000)  # first: a minute after a request came its clock runs
            rows = [("HTTP, nothing behind it", await bare_us()), *codec_rows(), *await receiving_rows(gateway)]
            whole_us = await _over_http_us(ports.http, 2_000_000)
            later_us = await followed_us(gateway, settings)
    return [
        *rows,
        ("these together", sum(us for _, us in rows)),
        ("the whole, over HTTP", whole_us),
        (f"a message alone, {ALONE:.0f} a second", single_us),
        ("followed into figures, later", later_us),
    ]


def main() -> None:
    """Measure and print."""
    logs.configure("warning", logs.LogFormat.TEXT)
    heading("steps: where the time of accepting one message goes", WORDS)
    rows = asyncio.run(measure())
    table(("step", "CPU us", "at most a second"), [(name, f"{us:,.0f}", f"{1e6 / us:,.0f}") for name, us in rows])


if __name__ == "__main__":
    main()
