"""Bodies that are too long, packed, slow, or break off."""

import asyncio
import gzip
import zlib
from collections.abc import Callable

import aiohttp
import pytest

from gateway.iso18626.authentication import PeerCredentials
from gateway.iso18626.codes import ErrorType
from gateway.iso18626.exchange import Result
from gateway.iso18626.server import ServerSettings
from tests.iso18626.serving import ANYBODY_HERE, XML, confirmation, door, head, message, raw


async def test_100_kb_are_accepted_and_more_than_the_limit_is_413():
    settings = ServerSettings(max_body_bytes=100_000)
    base = len(message("x"))
    async with door(ANYBODY_HERE, settings=settings) as here:
        assert (await here.post(message("x" * (100_000 - base + 1))))[0] == 200
        assert (await here.post(message("x" * (100_000 - base + 2))))[0] == 413
    assert [exchange.result for exchange in here.exchanges] == [Result.OK, Result.NOT_ACCEPTED]


@pytest.mark.parametrize("limit_bytes", [99_999, 1024 * 1024 + 1])
def test_a_limit_under_100_kb_or_above_what_is_parsed_is_refused(limit_bytes: int):
    with pytest.raises(ValueError, match="max_body_bytes"):
        ServerSettings(max_body_bytes=limit_bytes)


async def test_an_announced_giant_is_refused_before_it_is_read():
    async with door(ANYBODY_HERE) as here:
        assert (await raw(here.port, head(10**12), b"<")).startswith(b"HTTP/1.1 413 ")


async def test_an_unannounced_giant_is_cut_off():
    chunk = b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n"
    request = b"POST /iso18626 HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with door(ANYBODY_HERE, settings=ServerSettings(max_body_bytes=100_000)) as here:
        reply = await raw(here.port, request, *[chunk] * 3, end=True)
    assert reply.startswith(b"HTTP/1.1 413 ")


async def test_a_compressed_giant_is_cut_off_and_a_compressed_message_is_read():
    headers = {**XML, "Content-Encoding": "gzip"}
    async with door(ANYBODY_HERE) as here:
        assert (await here.post(gzip.compress(b"x" * 50_000_000), headers=headers))[0] == 413
        assert (await here.post(gzip.compress(message()), headers=headers))[0] == 200


def bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("X-Gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", bare),
        ("identity", bytes),
    ],
)
async def test_a_message_may_come_packed(coding: str, pack: Callable[[bytes], bytes]):
    async with door(ANYBODY_HERE) as here:
        assert (await here.post(pack(message()), headers={**XML, "Content-Encoding": coding}))[0] == 200
        assert here.received[0].data == message()


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip"])
async def test_of_other_codings_it_is_told_which_are_read(coding: str):
    headers = {**XML, "Content-Encoding": coding}
    async with (
        door(ANYBODY_HERE) as here,
        aiohttp.ClientSession(skip_auto_headers=["Accept-Encoding"]) as session,
        session.post(here.url, data=b"x", headers=headers) as response,
    ):
        assert (response.status, response.headers["Accept-Encoding"]) == (415, "gzip, deflate")


async def test_what_nobody_may_send_is_not_unpacked(monkeypatch: pytest.MonkeyPatch):
    """Half a second of standstill for each megabyte that came, on every address of the door."""

    def unpack(*_: object) -> bytes:
        raise AssertionError

    monkeypatch.setattr("gateway.iso18626.server.unpacked", unpack)
    bomb, headers = gzip.compress(b" " * 20_000_000), {**XML, "Content-Encoding": "gzip"}
    async with door(PeerCredentials(peer="valley", bearer="token")) as here:
        assert (await here.post(bomb, headers=headers))[0] == 401
        for changed in ({"Content-Type": "text/plain"}, {"Content-Encoding": "br"}):
            status, _ = await here.post(bomb, headers={**headers, "Authorization": "Bearer token", **changed})
            assert status == 415
        async with aiohttp.ClientSession() as session:
            async with session.post(here.url + "/elsewhere", data=bomb, headers=headers) as response:
                assert response.status == 404
            async with session.put(here.url, data=bomb, headers=headers) as response:
                assert response.status == 405
    assert all(exchange.result is not Result.FAULT for exchange in here.exchanges)


@pytest.mark.parametrize("body", [b"no gzip at all", b"x" * 300_000, gzip.compress(message())[:-40]])
async def test_a_body_that_is_not_compressed_as_it_says_gets_400_and_a_confirmation(body: bytes):
    async with door(ANYBODY_HERE) as here:
        status, reply = await here.post(body, headers={**XML, "Content-Encoding": "gzip"})
        assert (await here.post(message()))[0] == 200
    assert status == 400
    assert [error.error_type for error in confirmation(reply).errors] == [ErrorType.BADLY_FORMED_MESSAGE]
    assert (here.exchanges[0].result, here.exchanges[0].error_type) == (Result.ERROR, ErrorType.BADLY_FORMED_MESSAGE)
    assert b"Traceback" not in reply


async def test_a_slow_body_is_408_and_the_connection_ends():
    async with door(ANYBODY_HERE, settings=ServerSettings(read_timeout_s=0.05)) as here:
        reply = await raw(here.port, head(1000), b"<slow", end=False)
    assert reply.startswith(b"HTTP/1.1 408 ")
    assert here.exchanges[0].result == Result.NOT_ACCEPTED


async def test_a_body_that_breaks_off_is_recorded_and_hurts_nobody():
    async with door(ANYBODY_HERE) as here:
        _, writer = await asyncio.open_connection("127.0.0.1", here.port)
        writer.write(head(1000) + b"<half")
        await writer.drain()
        writer.transport.abort()
        assert (await here.post(message()))[0] == 200
        await here.has_told(2)
    assert sorted(exchange.result for exchange in here.exchanges) == [Result.NOT_ACCEPTED, Result.OK]
