"""Trying a peer's connection: each answer, and none, in words."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.dispatch.connections import Connections
from gateway.iso18626.client import Endpoint, Iso18626Client, client_session
from gateway.workflow.partners import Peer

PEER = Peer(id="hub")


async def _never(_seconds: float) -> None:
    raise AssertionError("nothing is tried twice")


async def attempt(endpoint_of: Callable[[Peer], Endpoint | None]) -> tuple[bool, str]:
    async with client_session() as session:
        poster = Iso18626Client(
            session, now=lambda: datetime.now(UTC), sleep=_never, on_exchange=lambda _exchange: None
        )
        found = await Connections(endpoint_of, poster).attempt(PEER)
        return found.ok, found.words


@pytest.mark.parametrize(
    ("status", "ok", "words"),
    [
        (200, True, "It answers (200)"),
        (405, True, "It answers (405)"),
        (501, True, "It answers (501)"),
        (401, False, "does not accept what we show it"),
        (404, False, "nothing at this address"),
        (503, False, "an error of its own (503)"),
    ],
)
async def test_what_it_answers_is_told(status: int, ok: bool, words: str):  # noqa: FBT001 - a parameter of the test
    async def answer(http: web.Request) -> web.Response:
        assert http.method == "GET"
        assert http.headers["Authorization"] == "Bearer token"
        return web.Response(status=status)

    application = web.Application()
    application.router.add_route("*", "/iso", answer)
    async with TestServer(application) as server:
        endpoint = Endpoint(peer="hub", url=str(server.make_url("/iso")), bearer="token")
        found, told = await attempt(lambda _peer: endpoint)
    assert (found, words in told) == (ok, True), told


async def test_nobody_there_is_told():
    async with TestServer(web.Application()) as server:
        address = str(server.make_url("/iso"))
    found, told = await attempt(lambda _peer: Endpoint(peer="hub", url=address))
    assert (found, told) == (False, "It does not answer: no connection.")


async def test_a_peer_without_an_address_is_not_tried():
    found, told = await attempt(lambda _peer: None)
    assert not found
    assert told.startswith("It can't be reached")
