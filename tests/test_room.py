"""The room of a listener: who gives way where there is none, and who is told to come back."""

import asyncio

import pytest

from gateway.room import ConnectionTrouble, ListenerLimits, address_of, source
from tests.fakes.listening import DEADLINE_S, GET, listening


async def test_where_all_are_being_answered_callers_are_told_when_to_come_back() -> None:
    async with listening(ListenerLimits(total=3)) as place:
        inside = [await place.being_answered() for _ in range(3)]
        outside = await place.connect()
        answer = await outside.hear()
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After: 5\r\n" in answer
        assert await outside.has_ended()
        assert place.troubles == [(ConnectionTrouble.NO_ROOM, "127.0.0.1")]
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
        assert place.troubles == [(ConnectionTrouble.GAVE_WAY, "127.0.0.1")]


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
        assert place.troubles == [(ConnectionTrouble.GAVE_WAY, "127.0.0.3")] * 2
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
