"""The listener: answers over HTTP, what is malformed or slow, and its end."""

import asyncio
import gzip

import pytest

from gateway.listener import STOP_WITHIN_S
from gateway.room import ConnectionTrouble, ListenerLimits
from tests.fakes.listening import DEADLINE_S, GET, listening


async def test_a_request_is_answered_and_the_connection_kept() -> None:
    async with listening(ListenerLimits()) as place:
        client = await place.connect()
        for _ in range(2):
            assert b"HTTP/1.1 200 " in await client.ask()
    assert place.troubles == []


MALFORMED = {
    "a request line that is none": b"CUSTOMER 21234000012345\r\n\r\n",
    "a bad chunk": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n21234000012345" + b"0AA" * 30_000,
    "a header line without end": GET[:-2] + b"X: " + b"21234000012345" * 6_000,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"21234000012345",
}


@pytest.mark.parametrize("said", MALFORMED.values(), ids=MALFORMED)
async def test_what_is_no_http_is_told_without_a_word_of_it(said: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async with listening(ListenerLimits()) as place:
        client = await place.connect()
        await client.say(said)
        answer = await client.everything()
        assert (await (await place.connect()).ask()).startswith(b"HTTP/1.1 200 ")
    assert answer.startswith(b"HTTP/1.0 400 ")
    assert answer.endswith(b"\r\n\r\nBad Request\n")
    assert place.troubles == [(ConnectionTrouble.NOT_HTTP, "127.0.0.1")]
    assert not [record for record in caplog.records if record.levelname != "DEBUG"]


@pytest.mark.parametrize("said", [GET, GET.replace(b" / ", b" /nowhere "), b"?\r\n\r\n"])
async def test_no_answer_tells_versions(said: bytes) -> None:
    async with listening(ListenerLimits()) as place:
        client = await place.connect()
        await client.say(said)
        assert b"Server: ill-gateway\r\n" in await client.hear()


async def test_a_body_is_not_unpacked_before_anybody_has_looked_at_it() -> None:
    bomb = gzip.compress(b" " * 20_000_000)
    async with listening(ListenerLimits()) as place:
        client = await place.connect()
        head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n"
        await client.say(head.format(len(bomb)).encode() + bomb)
        assert (await client.hear()).startswith(b"HTTP/1.1 200 "), "the application reads up to a megabyte"


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


POST_OF_TWO_PARTS = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8\r\n\r\n"


async def test_who_is_let_go_hears_it_with_the_answer_and_newcomers_are_still_answered() -> None:
    async with listening(ListenerLimits()) as place:
        kept = await place.connect()
        assert b"Connection: close" not in await kept.ask()
        place.listener.let_go()
        for client in (kept, await place.connect()):
            head = await client.ask()
            assert b"HTTP/1.1 200 " in head
            assert b"\r\nConnection: close\r\n" in head
            assert await client.everything() == b"here"
        assert place.listener.answered == 3


async def test_stopping_hears_out_a_body_that_is_on_its_way() -> None:
    async with listening(ListenerLimits()) as place:
        client = await place.connect()
        await client.say(POST_OF_TWO_PARTS + b"half")
        await place.begun.acquire()
        stopping = asyncio.create_task(place.listener.stop())
        assert await place.refused()
        await client.say(b"half")
        assert (await client.hear()).startswith(b"HTTP/1.1 200 ")
        await stopping


async def test_stopping_does_not_wait_for_who_has_nothing_to_say() -> None:
    async with listening(ListenerLimits()) as place:
        client = await place.connect()
        await client.ask()
        async with asyncio.timeout(STOP_WITHIN_S):
            await place.listener.stop()
        assert await client.everything() == b"here"


async def test_stopping_leaves_nothing_behind() -> None:
    async with listening(ListenerLimits(total=1)) as place:
        await place.being_answered()
        await (await place.connect()).hear()
    with pytest.raises(OSError, match="Connect"):
        await place.connect()
