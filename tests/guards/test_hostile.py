"""Everything hostile that the suite has, thrown at a running gateway, and a neighbour whose messages are answered meanwhile.

What must hold stands in hostile/house.py: no stretch of the event loop over 50 ms of the gateway's own processor time, no memory over
200 MB, no log over 64 KB a second.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import count, islice
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.demo.stage.talk import SaidNo
from tests.catalogue.records import item, record, response
from tests.guards.conftest import HILL
from tests.guards.crowd import flood, silent, throw
from tests.guards.hostile import desk, documents, systems, wire
from tests.guards.hostile.house import ADMIN, CUSTOMER, House
from tests.sip2.hostile import HostileAcs

pytestmark = pytest.mark.timed


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from _running(House(tmp_path_factory.mktemp("house")))


@pytest.fixture(scope="module")
def tls_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from _running(House(tmp_path_factory.mktemp("tls-house"), is_tls=True))


def _running(house: House) -> Iterator[House]:
    house.process.start()
    yield house
    house.process.stop()


async def test_documents_of_a_partner(house: House) -> None:
    async def attack() -> None:
        thrown = [*documents.documents().values()]
        answers = await flood(house.ports["http"], HILL, thrown, 4)
        assert set(answers.statuses) <= {200, 400, 408, 413}, (
            "408: where the processor is busy, a long document takes more than 15 s"
        )
        unknown = await flood(house.ports["http"], "a-guess", thrown[:20], 4)
        assert set(unknown.statuses) <= {401, 408, 413, 429}

    await house.withstands(attack)


async def test_messages_as_long_as_they_may_be(house: House) -> None:
    async def attack() -> None:
        answers = await flood(house.ports["http"], HILL, [*documents.messages().values()], 4)
        assert set(answers.statuses) == {200}

    await house.withstands(attack)


@pytest.mark.parametrize("listener", wire.PATHS)
async def test_http_that_is_none(house: House, listener: str) -> None:
    async def attack() -> None:
        await throw(house.ports[listener], wire.malformed(wire.PATHS[listener]).values())

    await house.withstands(attack)


async def test_forms_of_strangers(house: House) -> None:
    async def attack() -> None:
        for path in ("/sign-in", "/orders/list", "/requests/acts"):
            await throw(house.ports["desk"], wire.forms(path))

    await house.withstands(attack)


async def test_packed_bodies_of_a_partner(house: House) -> None:
    async def attack() -> None:
        posts = [
            wire.post("/iso18626", body, f"Content-Encoding: {encoding}", token=HILL)
            for encoding, body in documents.packed().values()
        ]
        await throw(house.ports["http"], posts)

    await house.withstands(attack)


async def test_json_and_lists(house: House) -> None:
    async def attack() -> None:
        posts = [(path, "application/json", body) for path in desk.CALLS for body in desk.BODIES.values()]
        posts += [(path, "text/csv", body) for path in desk.IMPORTS for body in desk.LISTS.values()]
        calls = [wire.post(f"/api/v1{path}", body, f"Content-Type: {kind}", token=ADMIN) for path, kind, body in posts]
        calls += [wire.get(f"/api/v1{query}", f"Authorization: Bearer {ADMIN}") for query in desk.QUERIES]
        await throw(house.ports["api"], map(_closing, calls))

    await house.withstands(attack)


def _closing(call: bytes) -> bytes:
    return call.replace(b"Host: localhost\r\n", b"Host: localhost\r\nConnection: close\r\n", 1)


async def test_tls_that_is_none(tls_house: House) -> None:
    port = tls_house.ports["http"]

    async def attack() -> None:
        await throw(port, wire.no_handshakes().values())
        async with silent(port, 150, wire.no_handshakes()["half a hello"]):
            await throw(port, [wire.get("/", "Connection: close")] * 100, tls=tls_house.tls, at_once=20)
        await throw(port, wire.malformed("/iso18626").values(), tls=tls_house.tls)

    await tls_house.withstands(attack)


async def test_a_circulation_system_that_says_what_it_likes(house: House) -> None:
    """Each reply to a question that somebody asks over the API: a 99, a 63, a 17."""
    tried = {"partner": "hill", "wanted": {"title": "The imaginary almanac", "author": "Example"}}
    calls: tuple[tuple[str, list[bytes | str], str, dict[str, Any] | None], ...] = (
        ("99", systems.status_replies(), "/acs/check", None),
        ("63", systems.customer_replies(CUSTOMER), "/partners/hill/test-account", None),
        ("17", systems.item_replies(), "/policy/try", tried),
    )
    acs = HostileAcs()

    async def attack() -> None:
        for code, replies, path, body in calls:
            for reply in replies:
                acs.script = {code: [reply]}
                await _ask(house, "POST", "/acs/resume")
                await _ask(house, "POST", path, body)
                assert not acs.script[code], "the reply was heard"

    catalogue = _catalogue([response(record("ex1", item("30000000001010")))])
    async with acs.serve(port=house.ports["acs"]), _served(catalogue, house.ports["sru"]):
        await house.withstands(attack)


async def test_a_catalogue_that_says_what_it_likes(house: House) -> None:
    """Each page to somebody who looks for a title of its own."""
    pages, numbers = systems.catalogue_pages(), count()

    async def attack() -> None:
        for number in islice(numbers, len(pages)):
            await _ask(house, "GET", f"/catalogue/copies?title=imaginary+almanac+{number}&author=example")

    async with _served(_catalogue(pages), house.ports["sru"]):
        await house.withstands(attack)


async def test_a_partner_that_answers_what_it_likes(house: House) -> None:
    """Each answer to a message of ours; the requests are unfilled, for nothing is found."""
    answers = systems.peer_answers()
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answers[len(heard) % len(answers)])
        writer.close()

    async def attack() -> None:
        wanted = len(heard) + len(answers)
        await flood(house.ports["http"], HILL, [documents.about(title=f"No {number}") for number in range(40)], 2)
        async with asyncio.timeout(60):
            while len(heard) < wanted:
                await asyncio.sleep(0.05)

    server = await asyncio.start_server(hear, "127.0.0.1", house.ports["peer"])
    async with server, _served(_catalogue([response()]), house.ports["sru"]):
        await house.withstands(attack)


def _catalogue(pages: list[bytes]) -> web.Application:
    """Gives the pages in turn, each to all queries about one title."""
    turns: dict[str, int] = {}

    async def answer(call: web.Request) -> web.Response:
        sought = re.sub(r"\D", "", call.query["query"])
        return web.Response(body=pages[turns.setdefault(sought, len(turns)) % len(pages)], content_type="text/xml")

    application = web.Application()
    application.router.add_get("/sru", answer)
    return application


@asynccontextmanager
async def _served(application: web.Application, port: int) -> AsyncIterator[None]:
    async with TestServer(application, port=port):
        yield


async def _ask(house: House, method: str, path: str, body: dict[str, Any] | None = None) -> None:
    """Whatever the answer is: the question is what it costs."""
    with suppress(SaidNo):
        await asyncio.to_thread(house.api.call, method, path, None if method == "GET" else body or {})
