import asyncio
import base64
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
import trustme
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from gateway.iso18626.authentication import PeerCredentials
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import Action, ErrorType, MessageKind, MessageStatus
from gateway.iso18626.exchange import Exchange, Result
from gateway.iso18626.messages import (
    Authentication,
    Confirmation,
    ErrorData,
    Header,
    RequestingAgencyMessage,
)
from gateway.iso18626.receipts import confirmation_for
from gateway.iso18626.server import Answer, Iso18626Server, Received, ServerSettings, Unavailable
from gateway.iso18626.tls import client_tls, server_tls
from gateway.iso18626.values import AgencyId

NOW = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
SENT = datetime(2031, 5, 6, 7, 8, 0, tzinfo=UTC)
XML = {"Content-Type": "application/xml"}
ANYBODY_HERE = PeerCredentials(peer="valley", networks=("127.0.0.0/8",))
DEADLINE_S = 5.0


def message(note: str | None = None, secret: Authentication | None = None) -> bytes:
    header = Header(
        supplying_agency_id=AgencyId.of("ISIL:XX-HILL"),
        requesting_agency_id=AgencyId.of("ISIL:XX-VALLEY"),
        timestamp=SENT,
        requesting_agency_request_id="REQ-1",
        authentication=secret,
    )
    return encode(RequestingAgencyMessage(header=header, action=Action.RECEIVED, note=note))


async def accept(received: Received) -> Answer:
    return Answer(confirmation=confirmation_for(received.decoded, NOW))


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
            while len(self.exchanges) < count:  # noqa: ASYNC110  the hook is a plain function
                await asyncio.sleep(0)

    async def post(self, data: bytes, **kwargs) -> tuple[int, bytes]:
        kwargs.setdefault("headers", XML)
        async with aiohttp.ClientSession() as session, session.post(self.url, data=data, **kwargs) as response:
            return response.status, await response.read()


@asynccontextmanager
async def door(
    *peers: PeerCredentials,
    receive: Callable[[Received], Awaitable[Answer]] = accept,
    settings: ServerSettings | None = None,
    tls: ssl.SSLContext | None = None,
    directory: Callable[[], tuple[PeerCredentials, ...]] | None = None,
) -> AsyncIterator[Door]:
    exchanges: list[Exchange] = []
    received: list[Received] = []

    async def note_and_receive(one: Received) -> Answer:
        received.append(one)
        return await receive(one)

    server = Iso18626Server(
        peers=directory or (lambda: peers),
        receive=note_and_receive,
        now=lambda: NOW,
        on_exchange=exchanges.append,
        settings=settings,
    )
    app = web.Application()
    app.add_routes(server.routes("/iso18626"))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, lingering_time=0.1)
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


async def test_a_message_reaches_the_hook_and_its_confirmation_comes_back():
    async with door(ANYBODY_HERE) as here:
        data = message("it has come")
        status, body = await here.post(data)
    assert status == 200
    read = confirmation(body)
    assert read.confirmation_header.message_status == MessageStatus.OK
    assert read.confirmation_header.requesting_agency_request_id == "REQ-1"
    assert read.confirmation_header.timestamp == NOW
    assert read.confirmation_header.timestamp_received == SENT
    (received,) = here.received
    assert (received.peer, received.data, received.received_at) == ("valley", data, NOW)
    assert received.decoded == decode(data)
    (exchange,) = here.exchanges
    assert exchange.latency_s > 0
    assert (exchange.result, exchange.peer, exchange.kind, exchange.http_status, exchange.repairs) == (
        Result.OK,
        "valley",
        MessageKind.REQUESTING_AGENCY_MESSAGE,
        200,
        (),
    )


async def test_the_reply_is_xml():
    async with (
        door(ANYBODY_HERE) as here,
        aiohttp.ClientSession() as session,
        session.post(here.url, data=message(), headers=XML) as response,
    ):
        assert response.content_type == "application/xml"


async def test_an_error_of_the_gateway_is_answered_with_200_and_recorded():
    error = ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, "requestingAgencyRequestId")

    async def refuse(received: Received) -> Answer:
        return Answer(confirmation=confirmation_for(received.decoded, NOW, error), error=error)

    async with door(ANYBODY_HERE, receive=refuse) as here:
        status, body = await here.post(message())
    assert status == 200
    assert confirmation(body).errors == (error,)
    assert confirmation(body).confirmation_header.message_status == MessageStatus.ERROR
    assert (here.exchanges[0].result, here.exchanges[0].error_type) == (Result.ERROR, error.error_type)


async def test_a_replay_is_sent_as_it_was_stored():
    async def replay(_: Received) -> Answer:
        return Answer(confirmation=b"<stored/>")

    async with door(ANYBODY_HERE, receive=replay) as here:
        assert await here.post(message()) == (200, b"<stored/>")


async def test_repairs_are_recorded_by_kind():
    async with door(ANYBODY_HERE) as here:
        status, _ = await here.post(b"  \n" + message())
    assert status == 200
    assert [kind.value for kind in here.exchanges[0].repairs] == ["leading-blanks"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not XML at all",
        b"\x00\xff\xfe",
        message()[:-20],
        b"<" * 200_000,
        b"<a>" * 30_000,
        b"<a>" * 30_000 + b"</a>" * 30_000,
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
        b'<ISO18626Message xmlns="http://illtransactions.org/2013/iso18626"/>',
    ],
    ids=lambda body: body[:12].decode(errors="replace"),
)
async def test_a_body_that_cannot_be_read_gets_400_and_a_confirmation(body: bytes):
    async with door(ANYBODY_HERE) as here:
        status, reply = await here.post(body)
        assert (await here.post(message()))[0] == 200
    assert status == 400
    assert [error.error_type for error in confirmation(reply).errors] == [ErrorType.BADLY_FORMED_MESSAGE]
    assert confirmation(reply).confirmation_header.message_status == MessageStatus.ERROR
    assert b"passwd" not in reply
    assert b"Traceback" not in reply
    assert (here.exchanges[0].result, here.exchanges[0].error_type) == (Result.ERROR, ErrorType.BADLY_FORMED_MESSAGE)
    assert len(here.received) == 1


async def test_a_value_outside_a_closed_list_gets_200_and_the_confirmation_of_its_kind():
    async with door(ANYBODY_HERE) as here:
        status, reply = await here.post(message().replace(b">Received<", b">Vanished<"))
    assert status == 200
    read = confirmation(reply)
    assert read.confirmation_header.requesting_agency_request_id == "REQ-1"
    assert len(read.errors) == 1
    assert read.errors[0].error_type != ErrorType.BADLY_FORMED_MESSAGE
    assert here.exchanges[0].kind == MessageKind.REQUESTING_AGENCY_MESSAGE
    assert here.received == []


async def test_a_confirmation_is_no_message_to_be_posted():
    async with door(ANYBODY_HERE) as here:
        status, reply = await here.post(confirmation_for(decode(message()), NOW))
    assert status == 400
    assert confirmation(reply).errors[0].error_type == ErrorType.BADLY_FORMED_MESSAGE
    assert here.received == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_any_method_but_post_is_405(method: str):
    async with (
        door(ANYBODY_HERE) as here,
        aiohttp.ClientSession() as session,
        session.request(method, here.url) as response,
    ):
        assert response.status == 405
        assert response.headers["Allow"] == "POST"
    assert here.exchanges[0].result == Result.NOT_ACCEPTED


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", "xml"])
async def test_another_media_type_is_415(media_type: str):
    async with door(ANYBODY_HERE) as here:
        status, reply = await here.post(message(), headers={"Content-Type": media_type})
    assert (status, reply) == (415, b"Unsupported Media Type\n")
    assert here.received == []


@pytest.mark.parametrize("media_type", ["text/xml", "Application/XML; charset=UTF-8", 'text/xml;charset="utf-8"'])
async def test_either_xml_type_will_do_with_any_charset(media_type: str):
    async with door(ANYBODY_HERE) as here:
        assert (await here.post(message(), headers={"Content-Type": media_type}))[0] == 200


async def test_no_media_type_at_all_will_do():
    data = message()
    request = f"POST /iso18626 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(data)}\r\n\r\n".encode()
    async with door(ANYBODY_HERE) as here:
        assert (await raw(here.port, request + data)).startswith(b"HTTP/1.1 200 ")


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


async def test_a_body_that_is_not_compressed_as_it_says_is_400():
    async with door(ANYBODY_HERE) as here:
        status, reply = await here.post(b"no gzip at all", headers={**XML, "Content-Encoding": "gzip"})
        assert (await here.post(message()))[0] == 200
    assert status == 400
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


async def test_draining_is_503_with_the_time_to_come_back():
    async def drain(_: Received) -> Answer:
        raise Unavailable(retry_after_s=14.2)

    async with (
        door(ANYBODY_HERE, receive=drain) as here,
        aiohttp.ClientSession() as session,
        session.post(here.url, data=message(), headers=XML) as response,
    ):
        assert (response.status, response.headers["Retry-After"]) == (503, "15")
    assert (here.exchanges[0].result, here.exchanges[0].peer) == (Result.UNAVAILABLE, "valley")


async def test_a_directory_without_a_store_is_503():
    def gone() -> tuple[PeerCredentials, ...]:
        raise Unavailable(retry_after_s=5)

    async with door(directory=gone) as here:
        assert (await here.post(message()))[0] == 503


async def test_a_fault_is_500_without_a_traceback_and_told_to_the_hook():
    fault = RuntimeError("the customer Ada Example of 1 Imaginary Lane")

    async def fail(_: Received) -> Answer:
        raise fault

    async with door(ANYBODY_HERE, receive=fail) as here:
        assert await here.post(message()) == (500, b"Internal Server Error\n")
    assert here.exchanges[0].fault is fault
    assert (here.exchanges[0].result, here.exchanges[0].peer) == (Result.FAULT, "valley")


async def test_nothing_is_logged(caplog: pytest.LogCaptureFixture):
    async def fail(_: Received) -> Answer:
        raise RuntimeError("secret of the customer")

    caplog.set_level("DEBUG")
    async with door(ANYBODY_HERE, receive=fail) as here:
        await here.post(message("secret of the customer"))
        await here.post(b"secret of the customer")
    assert "secret" not in caplog.text


async def test_each_secret_in_the_header_identifies_its_peer():
    peers = [
        PeerCredentials(peer=name, account_id=name, security_code=f"code of {name}") for name in ("hill", "valley")
    ]
    async with door(*peers) as here:
        for name in ("valley", "hill"):
            secret = Authentication(account_id=name, security_code=f"code of {name}")
            assert (await here.post(message(secret=secret)))[0] == 200
        for wrong in (None, Authentication(account_id="hill", security_code="code of valley")):
            status, reply = await here.post(message(secret=wrong))
            assert (status, reply) == (403, b"Forbidden\n")
    assert [received.peer for received in here.received] == ["valley", "hill"]
    assert [exchange.result for exchange in here.exchanges[2:]] == [Result.NOT_ALLOWED] * 2


async def test_what_cannot_be_read_is_answered_without_the_secret_but_not_with_a_wrong_one():
    wrong = message(secret=Authentication(account_id="valley", security_code="wrong")).replace(
        b">Received<", b">Vanished<"
    )
    async with door(PeerCredentials(peer="valley", account_id="valley", security_code="right")) as here:
        assert (await here.post(b"<garbage"))[0] == 400
        assert (await here.post(wrong))[0] == 403
        assert (await here.post(wrong.replace(b"wrong", b"right")))[0] == 200
    assert [exchange.peer for exchange in here.exchanges] == [None, None, "valley"]


def authorization(value: str) -> dict[str, str]:
    return {**XML, "Authorization": value}


async def test_basic_and_bearer_identify_their_peers_and_are_asked_for():
    basic = PeerCredentials(peer="hill", basic_user="hill", basic_password="pass:word")
    bearer = PeerCredentials(peer="valley", bearer="token")
    right = "Basic " + base64.b64encode(b"hill:pass:word").decode()
    async with door(basic, bearer) as here, aiohttp.ClientSession() as session:
        assert (await here.post(message(), headers=authorization(right)))[0] == 200
        assert (await here.post(message(), headers=authorization("Bearer token")))[0] == 200
        for wrong in ("Basic aGlsbDp3cm9uZw==", "Bearer tokens", "Bearer", "Digest x"):
            assert (await here.post(message(), headers=authorization(wrong)))[0] == 401
        async with session.post(here.url, data=message(), headers=XML) as response:
            assert response.status == 401
            assert response.headers["WWW-Authenticate"] == 'Basic realm="ISO 18626", Bearer realm="ISO 18626"'
    assert [received.peer for received in here.received] == ["hill", "valley"]


async def test_without_any_peer_nobody_is_let_in():
    async with door() as here:
        assert (await here.post(message()))[0] == 403
    async with door(PeerCredentials(peer="nothing")) as here:
        assert (await here.post(message()))[0] == 403


async def test_a_stranger_is_refused_before_its_body_is_read():
    async with door(PeerCredentials(peer="valley", networks=("192.0.2.0/24",))) as here:
        assert (await raw(here.port, head(500_000))).startswith(b"HTTP/1.1 403 ")


async def test_forwarded_for_counts_from_a_configured_proxy_alone():
    peer = PeerCredentials(peer="valley", networks=("192.0.2.0/24",))
    forwarded = {**XML, "X-Forwarded-For": "203.0.113.5, 192.0.2.7"}
    spoofed = {**XML, "X-Forwarded-For": "192.0.2.7, 203.0.113.5"}
    async with door(peer, settings=ServerSettings(trusted_proxies=("127.0.0.0/8",))) as here:
        assert (await here.post(message(), headers=forwarded))[0] == 200
        assert (await here.post(message(), headers=spoofed))[0] == 403
    async with door(peer) as here:
        assert (await here.post(message(), headers=forwarded))[0] == 403


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


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return Papers(tmp_path_factory.mktemp("papers"))


async def test_a_client_certificate_identifies_by_name_or_fingerprint(papers: Papers):
    tls = server_tls(cert_file=papers.server, client_ca_file=papers.ca)
    with_certificate = client_tls(ca_file=papers.ca, cert_file=papers.client)
    without = client_tls(ca_file=papers.ca)
    for known in ("valley.example.org", papers.fingerprint):
        async with door(PeerCredentials(peer="valley", certificate=known), tls=tls) as here:
            assert (await here.post(message(), ssl=with_certificate))[0] == 200
            assert (await here.post(message(), ssl=without))[0] == 403
    async with door(PeerCredentials(peer="valley", certificate="other.example.org"), tls=tls) as here:
        assert (await here.post(message(), ssl=with_certificate))[0] == 403


async def test_a_certificate_of_an_unknown_authority_gets_no_connection(papers: Papers, tmp_path: Path):
    tls = server_tls(cert_file=papers.server, client_ca_file=papers.ca)
    forged = Papers(tmp_path)
    context = client_tls(ca_file=papers.ca, cert_file=forged.client)
    async with door(PeerCredentials(peer="valley", certificate="valley.example.org"), tls=tls) as here:
        with pytest.raises(aiohttp.ClientError):
            await here.post(message(), ssl=context)
    assert here.received == []


async def test_without_an_authority_for_clients_no_certificate_counts(papers: Papers):
    tls = server_tls(cert_file=papers.server)
    context = client_tls(ca_file=papers.ca, cert_file=papers.client)
    async with door(PeerCredentials(peer="valley", certificate="valley.example.org"), tls=tls) as here:
        assert (await here.post(message(), ssl=context))[0] == 403


async def test_a_hundred_at_once_are_each_answered():
    async with door(ANYBODY_HERE) as here, aiohttp.ClientSession() as session:

        async def one(number: int) -> bytes:
            async with session.post(here.url, data=message(f"number {number}"), headers=XML) as response:
                return await response.read()

        replies = await asyncio.gather(*map(one, range(100)))
    assert {confirmation(reply).confirmation_header.message_status for reply in replies} == {MessageStatus.OK}
    assert len({received.data for received in here.received}) == 100
