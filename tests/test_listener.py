"""The listener on loopback: who gets in, who is told to come back, and who is shown out."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trustme
from aiohttp import web

from gateway.listener import STOP_WITHIN_S, Listener
from gateway.room import ListenerLimits, Trouble, address_of, source

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
        self.troubles: list[tuple[Trouble, str]] = []
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

    def count(self, trouble: Trouble) -> int:
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


@pytest.fixture(scope="module")
def both_sides() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS of a server, and of a client that trusts it."""
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    return server, trusting


async def test_a_request_is_answered_and_the_connection_kept() -> None:
    async with listening(ListenerLimits()) as place:
        client = await place.connect()
        for _ in range(2):
            assert b"HTTP/1.1 200 " in await client.ask()
    assert place.troubles == []


async def test_where_all_are_being_answered_callers_are_told_when_to_come_back() -> None:
    async with listening(ListenerLimits(total=3)) as place:
        inside = [await place.being_answered() for _ in range(3)]
        outside = await place.connect()
        answer = await outside.hear()
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After: 5\r\n" in answer
        assert await outside.has_ended()
        assert place.troubles == [(Trouble.NO_ROOM, "127.0.0.1")]
        place.go_on.set()
        for client in inside:
            assert (await client.hear()).startswith(b"HTTP/1.1 200 ")


WAITING = {
    "nothing": b"",
    "half a head": GET[:20],
    "half a body": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx",
}


@pytest.mark.parametrize("said", WAITING.values(), ids=WAITING)
async def test_connections_that_keep_us_waiting_give_way_to_one_that_does_not(said: bytes) -> None:
    async with listening(ListenerLimits(total=3)) as place:
        waiting = [await place.connect() for _ in range(3)]
        for client in waiting:
            await client.say(said)
        assert (await (await place.connect()).ask()).startswith(b"HTTP/1.1 200 ")
        assert await waiting[0].has_ended(), "the one that has waited longest"
        assert place.troubles == [(Trouble.GAVE_WAY, "127.0.0.1")]


async def test_the_address_that_has_most_of_them_gives_way_first() -> None:
    async with listening(ListenerLimits(total=6)) as place:
        partner = await place.connect(source="127.0.0.2")
        crowd = [await place.connect(source="127.0.0.3") for _ in range(3)]
        busy = await place.being_answered(source="127.0.0.3")
        await place.connect(source="127.0.0.4")
        for _ in range(2):
            await place.connect(source="127.0.0.5")
        assert await crowd[0].has_ended()
        assert await crowd[1].has_ended()
        assert place.troubles == [(Trouble.GAVE_WAY, "127.0.0.3")] * 2
        assert (await partner.ask()).startswith(b"HTTP/1.1 200 ")
        place.go_on.set()
        assert (await busy.hear()).startswith(b"HTTP/1.1 200 ")


async def test_who_leaves_makes_room() -> None:
    async with listening(ListenerLimits(total=1)) as place:
        (await place.being_answered()).close()
        place.go_on.set()
        async with asyncio.timeout(DEADLINE_S):
            while not (await (await place.connect()).ask()).startswith(b"HTTP/1.1 200 "):
                await asyncio.sleep(0.01)


async def test_one_address_cannot_take_all_the_room() -> None:
    async with listening(ListenerLimits(total=10, each=2)) as place:
        for _ in range(2):
            await place.being_answered()
        answers = [await (await place.connect()).ask() for _ in range(3)]
        assert [answer[9:12] for answer in answers] == [b"503"] * 3
        assert (await (await place.connect(source="127.0.0.2")).ask()).startswith(b"HTTP/1.1 200 ")


async def test_of_one_address_the_newer_connections_stay() -> None:
    async with listening(ListenerLimits(total=10, each=2)) as place:
        clients = [await place.connect() for _ in range(5)]
        answers = [await client.ask() for client in clients]
        assert [answer[9:12] for answer in answers] == [b""] * 3 + [b"200"] * 2


async def test_our_own_proxy_may_take_all_the_room() -> None:
    async with listening(ListenerLimits(total=5, each=2, exempt=("127.0.0.0/8",))) as place:
        for _ in range(5):
            await place.being_answered()
        assert (await (await place.connect()).ask()).startswith(b"HTTP/1.1 503 ")


async def test_only_so_many_are_told_at_once_that_there_is_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who are told cost a descriptor for a moment, beside all limits."""
    monkeypatch.setattr("gateway.room.MOST_LINGERING", 2)
    async with listening(ListenerLimits(total=1)) as place:
        await place.being_answered()
        answers = [await (await place.connect()).hear() for _ in range(5)]
        assert [answer[9:12] for answer in answers] == [b"503"] * 2 + [b""] * 3


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_of_ipv6_a_network_counts_as_one_address(one: str, other: str, same: bool) -> None:  # noqa: FBT001 - expectation
    assert (source(address_of((one, 1))) == source(address_of((other, 1)))) is same


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
    assert place.troubles == [(Trouble.NOT_HTTP, "127.0.0.1")]
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


Both = tuple[ssl.SSLContext, ssl.SSLContext]


async def test_over_tls_it_is_the_same(both_sides: Both) -> None:
    server, trusting = both_sides
    async with listening(ListenerLimits(idle_s=0.5), server) as place:
        client = await place.connect(trusting)
        for _ in range(2):
            assert b"HTTP/1.1 200 " in await client.ask()
        assert b"here" in await client.everything(), "until it has been idle for too long"
    assert place.troubles == []


async def test_a_handshake_that_does_not_come_is_not_waited_for(both_sides: Both) -> None:
    server, trusting = both_sides
    async with listening(ListenerLimits(handshake_s=0.2, total=1), server) as place:
        assert await (await place.connect()).has_ended()
        assert place.troubles == [(Trouble.NO_HANDSHAKE, "127.0.0.1")]
        assert (await (await place.connect(trusting)).ask()).startswith(b"HTTP/1.1 200 ")


async def test_what_is_no_handshake_is_cut(both_sides: Both, caplog: pytest.LogCaptureFixture) -> None:
    async with listening(ListenerLimits(), both_sides[0]) as place:
        client = await place.connect()
        await client.say(GET)
        assert await client.has_ended()
        assert place.troubles == [(Trouble.NO_HANDSHAKE, "127.0.0.1")]
    assert not [record for record in caplog.records if record.levelname != "DEBUG"]


async def test_handshakes_count_from_the_first_moment_and_give_way(both_sides: Both) -> None:
    """Counted behind the handshake, one address had 795 connections where 200 were allowed."""
    server, trusting = both_sides
    async with listening(ListenerLimits(total=10, each=3), server) as place:
        silent = [await place.connect() for _ in range(8)]
        assert all([await client.has_ended() for client in silent[:5]])
        assert (await (await place.connect(trusting)).ask()).startswith(b"HTTP/1.1 200 ")
        assert place.count(Trouble.GAVE_WAY) == 6
        assert place.count(Trouble.NO_HANDSHAKE) == 0


async def test_where_there_is_no_room_tls_does_not_begin(both_sides: Both) -> None:
    server, trusting = both_sides
    async with listening(ListenerLimits(total=1), server) as place:
        await place.being_answered(trusting)
        with pytest.raises(OSError):  # noqa: PT011 - which one depends on how far the client came
            await place.connect(trusting)
        assert place.count(Trouble.NO_ROOM) == 1


async def test_stopping_ends_handshakes_too(both_sides: Both) -> None:
    async with listening(ListenerLimits(), both_sides[0]) as place:
        client, place.clients[:] = await place.connect(), []
    assert await client.has_ended()
    client.close()


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
