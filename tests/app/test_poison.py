"""Messages that their receiver always fails at stop no other message to that system: a whole gateway, on sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from gateway.iso18626.codec import decode
from gateway.iso18626.receipts import confirmation_for
from tests.app.test_gateway import until
from tests.app.test_outgoing import ALLOWED, REFUSE_UNKNOWN, gateway_with

POISON = "POISON"
PATIENT = "[outbox]\nfirst_wait_s = 3600.0\n"
"""Longer than any test waits: what is taken all the same was not held up by a failure."""
QUICK = "[outbox]\nfirst_wait_s = 0.02\nlongest_wait_s = 0.1\n"


@asynccontextmanager
async def choking() -> AsyncIterator[tuple[BaseTestServer, list[bytes], list[bytes]]]:
    """A partner's system that answers 500 to what names such a request; what it failed at, and what it took."""
    failed: list[bytes] = []
    taken: list[bytes] = []

    async def answer(request: web.Request) -> web.Response:
        data = await request.read()
        if POISON.encode() in data:
            failed.append(data)
            return web.Response(status=500)
        taken.append(data)
        decoded = decode(data)
        receipt = confirmation_for(decoded, decoded.message.header.timestamp)  # type: ignore[union-attr, arg-type]
        return web.Response(body=receipt, content_type="application/xml")

    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", answer)
    async with TestServer(application) as server:
        yield server, failed, taken


async def test_what_is_behind_a_poison_message_goes_on(tmp_path: Path):
    async with (
        choking() as (server, failed, taken),
        gateway_with(tmp_path, url=str(server.make_url("/")), extra=REFUSE_UNKNOWN + ALLOWED + PATIENT) as caller,
    ):
        await caller.post(POISON)

        async def has_failed() -> bool:
            return bool(failed)

        async def all_taken() -> bool:
            return len(taken) == 3

        await until(has_failed)
        for number in ("R1", "R2", "R3"):
            await caller.post(number)
        await until(all_taken)
        assert caller.gateway.outbox.paused == {}


async def test_two_poison_messages_stop_the_lane_until_another_got_through_and_not_again(tmp_path: Path):
    async with (
        choking() as (server, failed, taken),
        gateway_with(tmp_path, url=str(server.make_url("/")), extra=REFUSE_UNKNOWN + ALLOWED + QUICK) as caller,
    ):

        async def have_failed(times: int) -> bool:
            return all(sum(poison in data for data in failed) >= times for poison in (b"POISON-1", b"POISON-2"))

        async def is_taken(number: str) -> bool:
            return any(f">{number}<".encode() in data for data in taken)

        for number in ("POISON-1", "POISON-2", "R1"):
            await caller.post(number)
        await until(partial(is_taken, "R1"))
        tries = max(sum(poison in data for data in failed) for poison in (b"POISON-1", b"POISON-2"))
        await until(partial(have_failed, tries + 4))
        assert caller.gateway.outbox.paused == {}, "each has failed again and again, and nothing else came"
        await caller.post("R2")
        await until(partial(is_taken, "R2"))
        assert caller.gateway.outbox.paused == {}
