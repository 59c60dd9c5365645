"""What the door allows a peer and an address: a rate, a number of failures, an amount of memory."""

import asyncio
import gzip
import io
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import pytest

from gateway.iso18626.authentication import PeerCredentials
from gateway.iso18626.exchange import Result
from gateway.iso18626.limits import Limits, Rate
from gateway.iso18626.messages import Authentication
from gateway.iso18626.server import Received, ServerAnswer, ServerSettings
from tests.iso18626.serving import ANYBODY_HERE, DEADLINE_S, XML, Door, accept, door, head, message, raw

HILL = PeerCredentials(peer="hill", bearer="token of hill")
VALLEY = PeerCredentials(peer="valley", bearer="token of valley")
SLOW_RATE = Rate(burst=3, per_s=0.01)


def bearer(token: str) -> dict[str, str]:
    return {**XML, "Authorization": f"Bearer {token}"}


async def statuses(here: Door, times: int, headers: dict[str, str], data: bytes | None = None) -> list[int]:
    return [(await here.post(data or message(f"number {n}"), headers=headers))[0] for n in range(times)]


async def retry_after(here: Door, headers: dict[str, str]) -> tuple[int, int]:
    async with aiohttp.ClientSession() as session, session.post(here.url, data=message(), headers=headers) as response:
        return response.status, int(response.headers["Retry-After"])


# How often a peer may send


async def test_a_peer_beyond_its_rate_is_asked_to_wait_and_the_others_are_not() -> None:
    settings = ServerSettings(limits=Limits(rates={"hill": SLOW_RATE}))
    async with door(HILL, VALLEY, settings=settings) as here:
        assert await statuses(here, 5, bearer("token of hill")) == [200, 200, 200, 429, 429]
        assert await statuses(here, 5, bearer("token of valley")) == [200] * 5
        status, wait_s = await retry_after(here, bearer("token of hill"))
        assert (status, 40 < wait_s <= 100) == (429, True), "100 s at this rate, less what the test took"
    refused = [exchange for exchange in here.exchanges if exchange.result is Result.TOO_MANY]
    assert [(exchange.peer, exchange.http_status) for exchange in refused] == [("hill", 429)] * 3
    assert len(here.received) == 8, "what is refused reaches nobody"


async def test_the_rate_is_refilled_with_time() -> None:
    settings = ServerSettings(limits=Limits(rates={"hill": Rate(burst=1, per_s=20)}))
    async with door(HILL, settings=settings) as here, asyncio.timeout(DEADLINE_S):
        granted = 0
        while granted < 3:
            granted += (await statuses(here, 1, bearer("token of hill"))) == [200]


async def test_who_shows_nothing_is_a_stranger_where_such_are_taken_within_the_rate_of_its_address() -> None:
    settings = ServerSettings(
        stranger="(unknown)", limits=Limits(strangers=SLOW_RATE), trusted_proxies=("127.0.0.0/8",)
    )
    async with door(HILL, settings=settings) as here:
        assert await statuses(here, 4, XML) == [200, 200, 200, 429]
        assert await statuses(here, 1, from_address("192.0.2.8", XML)) == [200]
        assert {received.peer for received in here.received} == {"(unknown)"}
        assert await statuses(here, 1, bearer("wrong")) == [401], "who shows something wrong is none"
        assert await statuses(here, 1, bearer("token of hill")) == [200]
        assert here.received[-1].peer == "hill"
        with_secret = message("n", Authentication(account_id=None, security_code="guessed"))
        assert await statuses(here, 1, from_address("192.0.2.9", XML), with_secret) == [401]


async def test_messages_that_cannot_be_read_count_as_well() -> None:
    settings = ServerSettings(limits=Limits(rates={"hill": SLOW_RATE}))
    async with door(HILL, settings=settings) as here:
        assert await statuses(here, 4, bearer("token of hill"), b"no message") == [400, 400, 400, 429]


async def test_beyond_its_rate_a_peers_message_is_not_even_read() -> None:
    settings = ServerSettings(limits=Limits(rates={"hill": SLOW_RATE}))
    async with door(HILL, settings=settings) as here:
        await statuses(here, 3, bearer("token of hill"))
        lines = head(1_000_000, "Authorization: Bearer token of hill")
        assert (await raw(here.port, lines)).startswith(b"HTTP/1.1 429 "), "the body is not waited for"
    assert (here.exchanges[-1].peer, here.exchanges[-1].kind) == ("hill", None)


async def test_where_the_message_may_tell_another_peer_its_rate_is_looked_at_behind_it() -> None:
    strict = PeerCredentials(peer="strict", bearer="token of hill", security_code="s")
    settings = ServerSettings(limits=Limits(rates={"hill": SLOW_RATE, "strict": SLOW_RATE}))
    secret = message(secret=Authentication(account_id=None, security_code="s"))
    async with door(HILL, strict, settings=settings) as here:
        assert await statuses(here, 4, bearer("token of hill"), secret) == [200, 200, 200, 429]
        assert await statuses(here, 4, bearer("token of hill")) == [200, 200, 200, 429]
    assert {exchange.peer for exchange in here.exchanges} == {"strict", "hill"}


async def test_one_of_several_servers_allows_its_share_and_hears_of_a_change_at_once() -> None:
    """Of messages, and of failures: three doors together allow what one would alone."""
    settings = ServerSettings(limits=Limits(rates={"hill": SLOW_RATE}, failures=SLOW_RATE))
    servers = [3]
    async with door(HILL, settings=settings, servers=lambda: servers[0]) as here:
        assert await statuses(here, 2, bearer("token of hill")) == [200, 429]
        assert await statuses(here, 2, bearer("guess")) == [401, 429]
    servers[0] = 1
    async with door(HILL, settings=settings, servers=lambda: servers[0]) as here:
        assert await statuses(here, 4, bearer("token of hill")) == [200, 200, 200, 429]
        assert await statuses(here, 4, bearer("guess")) == [401, 401, 401, 429]


# How often a caller may fail


THREE_FAILURES = ServerSettings(limits=Limits(failures=SLOW_RATE), trusted_proxies=("127.0.0.0/8",))


def from_address(address: str, headers: dict[str, str]) -> dict[str, str]:
    return {**headers, "X-Forwarded-For": address}


async def test_an_address_that_failed_too_often_is_asked_to_wait() -> None:
    async with door(HILL, settings=THREE_FAILURES) as here:
        guesses = [await statuses(here, 1, bearer(f"guess {n}")) for n in range(5)]
        assert guesses == [[401], [401], [401], [429], [429]]
        assert await statuses(here, 1, from_address("192.0.2.1", bearer("guess"))) == [401]
    assert [exchange.result for exchange in here.exchanges[:5]] == [Result.NOT_ALLOWED] * 3 + [Result.TOO_MANY] * 2
    assert here.exchanges[0].address == "127.0.0.1"


async def test_who_proves_himself_over_http_suffers_for_no_neighbour_and_wipes_the_slate() -> None:
    async with door(HILL, settings=THREE_FAILURES) as here:
        await statuses(here, 5, bearer("guess"))
        assert await statuses(here, 1, bearer("token of hill")) == [200]
        assert await statuses(here, 1, bearer("guess")) == [401]


async def test_secrets_in_messages_are_guessed_no_faster() -> None:
    peer = PeerCredentials(peer="hill", account_id="hill", security_code="open-sesame")
    async with door(peer, settings=THREE_FAILURES) as here:
        wrong = message(secret=Authentication(account_id="hill", security_code="wrong"))
        right = message(secret=Authentication(account_id="hill", security_code="open-sesame"))
        assert await statuses(here, 4, XML, wrong) == [403, 403, 403, 429]
        assert await statuses(here, 1, XML, right) == [429], "its message is not even read"
        assert await statuses(here, 1, from_address("192.0.2.1", XML), right) == [200]


async def test_what_cannot_be_read_from_nobody_we_know_counts_as_a_failure() -> None:
    peer = PeerCredentials(peer="hill", account_id="hill", security_code="open-sesame")
    async with door(peer, settings=THREE_FAILURES) as here:
        assert await statuses(here, 5, XML, b"<noise/>") == [400, 400, 400, 429, 429]


NOT_AS_AGREED = {
    "another path": ("POST", "/elsewhere", XML, b"", 404),
    "another method": ("PUT", "", XML, b"", 405),
    "another media type": ("POST", "", {"Content-Type": "text/plain"}, b"", 415),
    "another coding": ("POST", "", {**XML, "Content-Encoding": "br"}, b"", 415),
    "too large": ("POST", "", XML, b"x" * 1_100_000, 413),
    "too large unpacked": ("POST", "", {**XML, "Content-Encoding": "gzip"}, gzip.compress(b"x" * 2_000_000), 413),
}


@pytest.mark.parametrize(("method", "path", "headers", "data", "status"), NOT_AS_AGREED.values(), ids=NOT_AS_AGREED)
async def test_who_does_not_speak_as_agreed_fails_as_well(
    method: str, path: str, headers: dict[str, str], data: bytes, status: int
) -> None:
    by_message = PeerCredentials(peer="hill", account_id="hill", security_code="open-sesame")
    async with door(by_message, VALLEY, settings=THREE_FAILURES) as here, aiohttp.ClientSession() as session:

        async def ask(**more: str) -> int:
            async with session.request(
                method, here.url + path, data=io.BytesIO(data), headers={**headers, **more}
            ) as response:
                return response.status

        assert [await ask() for _ in range(5)] == [status] * 3 + [429] * 2
        assert await ask(Authorization="Bearer token of valley") == status, "who proves himself is told what is wrong"
    assert here.exchanges[0].result is Result.NOT_ACCEPTED


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
    ],
)
async def test_addresses_of_one_network_are_one(one: str, other: str, same: bool) -> None:  # noqa: FBT001 - expectation
    async with door(HILL, settings=THREE_FAILURES) as here:
        await statuses(here, 5, from_address(one, bearer("guess")))
        assert await statuses(here, 1, from_address(other, bearer("guess"))) == [429 if same else 401]


# How much is held in memory


SMALL_BUDGET = ServerSettings(
    limits=Limits(held_bytes=250_000, held_bytes_each=150_000), trusted_proxies=("127.0.0.0/8",)
)


async def when_full(here: Door) -> tuple[int, int]:
    headers = from_address("192.0.2.9", XML)
    async with (
        aiohttp.ClientSession() as session,
        session.post(here.url, data=message("x" * 60_000), headers=headers) as response,
    ):
        return response.status, int(response.headers["Retry-After"])


@asynccontextmanager
async def half_posted(here: Door, address: str) -> AsyncIterator[None]:
    """A connection on which a large message is under way, and stays so."""
    _, writer = await asyncio.open_connection("127.0.0.1", here.port)
    try:
        writer.write(head(200_000, f"X-Forwarded-For: {address}") + b"<" * 100_000)
        await writer.drain()
        yield
    finally:
        writer.transport.abort()


async def held(here: Door, status: int, address: str) -> None:
    """Comes back as soon as a message of that address gets this answer."""
    async with asyncio.timeout(DEADLINE_S):
        while (await here.post(message("x" * 60_000), headers=from_address(address, XML)))[0] != status:
            await asyncio.sleep(0.01)


async def test_what_is_being_read_is_bounded_for_one_address_and_for_all() -> None:
    anybody = PeerCredentials(peer="valley", networks=("0.0.0.0/0",))
    async with door(anybody, settings=SMALL_BUDGET) as here, AsyncExitStack() as stack:
        await stack.enter_async_context(half_posted(here, "192.0.2.1"))
        await held(here, 503, "192.0.2.1")
        await held(here, 200, "192.0.2.2")
        await stack.enter_async_context(half_posted(here, "192.0.2.2"))
        await held(here, 503, "192.0.2.3")
        assert await when_full(here) == (503, 5)
        await stack.aclose()
        await held(here, 200, "192.0.2.1")
        await held(here, 200, "192.0.2.3")
    assert {exchange.result for exchange in here.exchanges} >= {Result.UNAVAILABLE, Result.OK}


async def test_what_is_being_handled_is_held_until_it_is_answered() -> None:
    go_on = asyncio.Event()

    async def wait_first(received: Received) -> ServerAnswer:
        if len(received.data) > 100_000:
            await go_on.wait()
        return await accept(received)

    async with door(ANYBODY_HERE, receive=wait_first, settings=SMALL_BUDGET) as here:
        first = asyncio.create_task(here.post(message("x" * 110_000)))
        async with asyncio.timeout(DEADLINE_S):
            while not here.received:
                await asyncio.sleep(0.001)
        assert (await here.post(message("y" * 60_000)))[0] == 503
        go_on.set()
        assert (await first)[0] == 200
        assert (await here.post(message("y" * 60_000)))[0] == 200
