"""No address leads into this machine, its link or its cloud, unless the settings allow it: judged when connecting."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import BaseTestServer, TestServer

from gateway.outgoing import AddressRefusedError, Destinations, why_unreached

LOOPBACK = ("127.0.0.0/8",)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.7.6",
        "0.0.0.0",
        "::1",
        "::",
        "169.254.169.254",
        "fe80::1",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "fd20:ce::254",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "224.0.0.1",
        "255.255.255.255",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
    ],
)
def test_an_address_of_this_machine_its_link_or_its_cloud_is_refused(address: str):
    assert Destinations().objection(address) is not None


@pytest.mark.parametrize(
    "address",
    ["192.0.2.1", "10.0.0.7", "192.168.1.20", "2001:db8::1", "fd12:3456::1", "::ffff:10.0.0.7", "64:ff9b::a00:7"],
)
def test_any_other_address_is_not_and_private_networks_are_among_those(address: str):
    assert Destinations().objection(address) is None


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://[::1]:8627/api", "https://localhost/", "http://169.254.169.254/"]
)
def test_a_url_is_judged_as_soon_as_it_can_be(url: str):
    assert Destinations().url_objection(url) is not None
    assert Destinations(["0.0.0.0/0", "::/0"]).url_objection(url) is None


@pytest.mark.parametrize("url", ["http://partner.example/", "http://192.0.2.1/", "http://[::1", "nonsense"])
def test_a_name_is_judged_once_it_has_an_address(url: str):
    assert Destinations().url_objection(url) is None


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])
def test_what_the_settings_allow_is_allowed_however_it_is_written(address: str):
    assert Destinations(LOOPBACK).objection(address) is None
    assert Destinations(LOOPBACK).objection("169.254.169.254") is not None


def test_a_network_that_is_none_is_a_mistake():
    with pytest.raises(ValueError, match="nowhere"):
        Destinations(["nowhere"])


class Everywhere(AbstractResolver):
    """A DNS in which every name is this machine's, as an attacker's own may be from one look to the next."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is open."""


@asynccontextmanager
async def guarded(destinations: Destinations) -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(socket_factory=destinations.socket, resolver=Everywhere())
    async with aiohttp.ClientSession(connector=connector) as session:
        yield session


@asynccontextmanager
async def listening() -> AsyncIterator[BaseTestServer]:
    """A service for this machine alone; `/away` sends its callers to another name of it."""

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/away":
            raise web.HTTPFound(f"http://inner.example:{request.url.port}/inside")
        return web.Response(text="inside")

    application = web.Application()
    application.router.add_get("/{tail:.*}", answer)
    async with TestServer(application) as server:
        yield server


@pytest.mark.parametrize("host", ["127.0.0.1", "[::ffff:127.0.0.1]", "partner.example"])
async def test_no_connection_is_made_whatever_way_the_address_came(host: str):
    async with listening() as server, guarded(Destinations()) as session:
        with pytest.raises(aiohttp.ClientConnectorError) as refused:
            await session.get(f"http://{host}:{server.port}/")
        assert isinstance(refused.value.os_error, AddressRefusedError)


async def test_a_redirect_leads_nowhere_either():
    """The first address is allowed, the one that it sends us to is not."""
    inner = {"127.0.0.1": "127.0.0.2"}

    class Moving(Everywhere):
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            (found,) = await super().resolve(host, port, family)
            return [found if host == "partner.example" else {**found, "host": inner[found["host"]]}]

    connector = aiohttp.TCPConnector(socket_factory=Destinations(["127.0.0.1"]).socket, resolver=Moving())
    async with listening() as server, aiohttp.ClientSession(connector=connector) as session:
        with pytest.raises(aiohttp.ClientConnectorError) as refused:
            await session.get(f"http://partner.example:{server.port}/away")
        assert isinstance(refused.value.os_error, AddressRefusedError)


async def test_what_is_allowed_is_reached():
    async with listening() as server, guarded(Destinations(LOOPBACK)) as session:
        answer = await session.get(f"http://partner.example:{server.port}/")
        assert await answer.text() == "inside"


async def test_a_connection_by_hand_asks_the_same_rule():
    """As SMTP and Z39.50 will."""
    loop = asyncio.get_running_loop()
    (info, *_) = await loop.getaddrinfo("localhost", 25, type=socket.SOCK_STREAM)
    with pytest.raises(AddressRefusedError):
        Destinations().socket(info)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError(), "no answer in time"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed ('127.0.0.1', 1)"), "nothing listens there"),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "the name is not known"),
        (OSError(errno.EHOSTUNREACH, "Connect call failed ('192.0.2.1', 1)"), "No route to host"),
        (OSError("Multiple exceptions: [Errno 111], [Errno 113]"), "no connection"),
        (OSError(0, "Error"), "no connection"),
        (
            OSError("Multiple exceptions: [Errno 111] … ('::1', 1), [Errno 111] … ('127.0.0.1', 1)"),
            "nothing listens there",
        ),
    ],
)
def test_why_there_is_no_connection_is_said_without_pythons_own_words(error: OSError, words: str):
    assert why_unreached(error) == words
