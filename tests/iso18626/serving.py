"""A running server of the library for the tests of its doors, with made-up peers and certificates."""

import asyncio
import io
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import trustme
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from gateway.iso18626.authentication import PeerCredentials
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import Action
from gateway.iso18626.exchange import Exchange
from gateway.iso18626.known_peers import KnownPeers
from gateway.iso18626.messages import (
    Authentication,
    Confirmation,
    Header,
    RequestingAgencyMessage,
)
from gateway.iso18626.receipts import confirmation_for
from gateway.iso18626.server import Iso18626Server, Received, ServerAnswer, ServerSettings
from gateway.iso18626.values import AgencyId

NOW = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
SENT = datetime(2031, 5, 6, 7, 8, 0, tzinfo=UTC)
XML = {"Content-Type": "application/xml"}
ANYBODY_HERE = PeerCredentials(peer="valley", networks=("127.0.0.0/8",))
DEADLINE_S = 60.0


def message(note: str | None = None, secret: Authentication | None = None) -> bytes:
    header = Header(
        supplying_agency_id=AgencyId.of("ISIL:XX-HILL"),
        requesting_agency_id=AgencyId.of("ISIL:XX-VALLEY"),
        timestamp=SENT,
        requesting_agency_request_id="REQ-1",
        authentication=secret,
    )
    return encode(RequestingAgencyMessage(header=header, action=Action.RECEIVED, note=note))


async def accept(received: Received) -> ServerAnswer:
    return ServerAnswer(confirmation=confirmation_for(received.decoded, NOW))


class Door:
    """A running server, and what it has told."""

    def __init__(self, url: str, port: int, exchanges: list[Exchange], received: list[Received]) -> None:
        self.url = url
        self.port = port
        self.exchanges = exchanges
        self.received = received

    async def has_told(self, count: int) -> None:
        """Comes back as soon as so many exchanges were recorded."""
        async with asyncio.timeout(DEADLINE_S):
            while len(self.exchanges) < count:
                await asyncio.sleep(0)

    async def post(self, data: bytes | io.BytesIO, **kwargs) -> tuple[int, bytes]:
        kwargs.setdefault("headers", XML)
        async with aiohttp.ClientSession() as session, session.post(self.url, data=data, **kwargs) as response:
            return response.status, await response.read()


@asynccontextmanager
async def door(
    *peers: PeerCredentials,
    receive: Callable[[Received], Awaitable[ServerAnswer]] = accept,
    settings: ServerSettings | None = None,
    tls: ssl.SSLContext | None = None,
    directory: Callable[[], KnownPeers] | None = None,
    servers: Callable[[], int] = lambda: 1,
) -> AsyncIterator[Door]:
    exchanges: list[Exchange] = []
    received: list[Received] = []
    known = KnownPeers(peers)

    async def note_and_receive(one: Received) -> ServerAnswer:
        received.append(one)
        return await receive(one)

    server = Iso18626Server(
        peers=directory or (lambda: known),
        receive=note_and_receive,
        now=lambda: NOW,
        on_exchange=exchanges.append,
        settings=settings or ServerSettings(),
        servers=servers,
    )
    runner = web.ServerRunner(
        web.Server(server.handle, access_log=None, lingering_time=0.1, auto_decompress=False), shutdown_timeout=0.1
    )
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    port = runner.addresses[0][1]
    try:
        scheme, host = ("https", "localhost") if tls else ("http", "127.0.0.1")
        yield Door(f"{scheme}://{host}:{port}/iso18626", port, exchanges, received)
    finally:
        await runner.cleanup()


def confirmation(data: bytes) -> Confirmation:
    read = decode(data).message
    assert isinstance(read, Confirmation)
    return read


async def raw(port: int, *chunks: bytes, end: bool = False) -> bytes:
    """All that comes back on a connection to which these bytes were written."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()
        if end:
            writer.write_eof()
        async with asyncio.timeout(DEADLINE_S):
            return await reader.read()
    finally:
        writer.close()


def head(length: int, *extra: str) -> bytes:
    lines = (
        "POST /iso18626 HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/xml",
        f"Content-Length: {length}",
        *extra,
    )
    return "\r\n".join((*lines, "", "")).encode()


class Papers:
    """Files of a made-up certificate authority, one server and one client."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.ca = str(folder / "ca.pem")
        self.server = str(folder / "server.pem")
        self.client = str(folder / "client.pem")
        authority.cert_pem.write_to_path(self.ca)
        authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(self.server)
        client = authority.issue_cert("client.example.org", common_name="valley.example.org")
        client.private_key_and_cert_chain_pem.write_to_path(self.client)
        certificate = x509.load_pem_x509_certificate(client.cert_chain_pems[0].bytes())
        self.fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
