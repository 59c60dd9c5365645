"""The listener over TLS: handshakes that come, that do not, and that are none."""

import ssl

import pytest
import trustme

from gateway.room import ConnectionTrouble, ListenerLimits
from tests.fakes.listening import GET, listening


@pytest.fixture(scope="module")
def both_sides() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS of a server, and of a client that trusts it."""
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    return server, trusting


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
        assert place.troubles == [(ConnectionTrouble.NO_HANDSHAKE, "127.0.0.1")]
        assert (await (await place.connect(trusting)).ask()).startswith(b"HTTP/1.1 200 ")


async def test_what_is_no_handshake_is_cut(both_sides: Both, caplog: pytest.LogCaptureFixture) -> None:
    async with listening(ListenerLimits(), both_sides[0]) as place:
        client = await place.connect()
        await client.say(GET)
        assert await client.has_ended()
        assert place.troubles == [(ConnectionTrouble.NO_HANDSHAKE, "127.0.0.1")]
    assert not [record for record in caplog.records if record.levelname != "DEBUG"]


async def test_handshakes_count_from_the_first_moment_and_give_way(both_sides: Both) -> None:
    """Counted behind the handshake, one address had 795 connections where 200 were allowed."""
    server, trusting = both_sides
    async with listening(ListenerLimits(total=10, each=3), server) as place:
        silent = [await place.connect() for _ in range(8)]
        assert all([await client.has_ended() for client in silent[:5]])
        assert (await (await place.connect(trusting)).ask()).startswith(b"HTTP/1.1 200 ")
        assert place.count(ConnectionTrouble.GAVE_WAY) == 6
        assert place.count(ConnectionTrouble.NO_HANDSHAKE) == 0


async def test_where_there_is_no_room_tls_does_not_begin(both_sides: Both) -> None:
    server, trusting = both_sides
    async with listening(ListenerLimits(total=1), server) as place:
        await place.being_answered(trusting)
        with pytest.raises(OSError):  # noqa: PT011 - which one depends on how far the client came
            await place.connect(trusting)
        assert place.count(ConnectionTrouble.NO_ROOM) == 1


async def test_stopping_ends_handshakes_too(both_sides: Both) -> None:
    async with listening(ListenerLimits(), both_sides[0]) as place:
        client, place.clients[:] = await place.connect(), []
    assert await client.has_ended()
    client.close()
