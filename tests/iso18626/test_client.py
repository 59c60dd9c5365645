import asyncio
import base64
import random
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from msgspec.structs import replace

from gateway.iso18626.client import ClientSettings, Endpoint, Iso18626Client, client_session
from gateway.iso18626.codes import ErrorType, MessageKind
from gateway.iso18626.exchange import Exchange, Result
from gateway.iso18626.replies import Confirmed, NotDelivered, Outcome, Rejected
from gateway.iso18626.tls import client_tls, server_tls
from gateway.outgoing import Destinations

NOW = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
NAMESPACE = "http://illtransactions.org/2013/iso18626"
DEADLINE_S = 60.0
KIND = MessageKind.SUPPLYING_AGENCY_MESSAGE
MESSAGE = b"<ISO18626Message>any bytes, the client does not look into them</ISO18626Message>"


def confirmation(status: str = "OK", error: str = "") -> bytes:
    return (
        f'<ISO18626Message xmlns="{NAMESPACE}" version="1.2"><supplyingAgencyMessageConfirmation><confirmationHeader>'
        f"<timestamp>2031-05-06T07:08:09Z</timestamp><messageStatus>{status}</messageStatus></confirmationHeader>"
        f"<reasonForMessage>StatusChange</reasonForMessage>{error}"
        "</supplyingAgencyMessageConfirmation></ISO18626Message>"
    ).encode()


REFUSAL = confirmation(
    "ERROR", "<errorData><errorType>UnrecognisedDataValue</errorType><errorValue>status</errorValue></errorData>"
)


def http(status: int, body: bytes = b"", *headers: str, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    lines = (f"HTTP/1.1 {status} Words", "Content-Type: text/xml", f"Content-Length: {size}", *headers, "", "")
    return "\r\n".join(lines).encode() + body


Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]


def saying(reply: bytes) -> Behaviour:
    """A peer that says this and closes."""

    async def say(writer: asyncio.StreamWriter) -> None:
        writer.write(reply)
        await writer.drain()

    return say


async def reset(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def silence(_: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


class Peer:
    """A scripted server: the requests it has read, in full."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: list[bytes] = []


@asynccontextmanager
async def peer(behaviour: Behaviour, tls: ssl.SSLContext | None = None) -> AsyncIterator[Peer]:
    tasks: set[asyncio.Task[None]] = set()
    scripted = Peer("")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line[16:]) for line in head.decode().split("\r\n") if line.lower().startswith("content-length:")
        )
        scripted.requests.append(head + await reader.readexactly(length))
        try:
            await behaviour(writer)
        finally:
            writer.close()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(serve(reader, writer))
        tasks.add(task)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    scripted.url = f"https://localhost:{port}/iso" if tls else f"http://127.0.0.1:{port}/iso"
    try:
        yield scripted
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Caller:
    """The client under test, with a wait that takes no time."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.waits_s: list[float] = []

    async def _sleep(self, delay_s: float) -> None:
        self.waits_s.append(delay_s)

    async def post(
        self, endpoint: Endpoint | str, *, timeout_s: float = DEADLINE_S, settings: ClientSettings | None = None
    ) -> Outcome:
        reached = endpoint if isinstance(endpoint, Endpoint) else Endpoint(peer="hill", url=endpoint)
        async with client_session() as session:
            client = Iso18626Client(
                session, now=lambda: NOW, sleep=self._sleep, on_exchange=self.exchanges.append, settings=settings
            )
            return await client.post(reached, MESSAGE, kind=KIND, timeout_s=timeout_s)


@pytest.fixture
def caller() -> Caller:
    return Caller()


async def test_an_address_that_must_not_be_connected_to_is_not_and_is_tried_once(caller: Caller):
    async with peer(saying(http(200, confirmation()))) as hill, client_session(Destinations().socket) as session:
        client = Iso18626Client(session, now=lambda: NOW, sleep=caller._sleep, on_exchange=caller.exchanges.append)
        endpoint = Endpoint(peer="hill", url=hill.url, bearer="a secret")
        outcome = await client.post(endpoint, MESSAGE, kind=KIND, timeout_s=DEADLINE_S)
    assert hill.requests == []
    assert caller.waits_s == []
    words = "we may not connect to the peer's address (settings: outgoing.allowed_networks)"
    assert outcome == NotDelivered(words=words, may_have_arrived=False)


async def test_a_message_goes_out_byte_for_byte_and_its_confirmation_is_read(caller: Caller):
    async with peer(saying(http(200, confirmation()))) as hill:
        outcome = await caller.post(hill.url)
    assert isinstance(outcome, Confirmed)
    assert outcome.data == confirmation()
    (request,) = hill.requests
    head, _, body = request.partition(b"\r\n\r\n")
    assert body == MESSAGE
    assert head.startswith(b"POST /iso HTTP/1.1\r\n")
    assert b"\r\nContent-Type: application/xml; charset=utf-8\r\n" in head + b"\r\n"
    assert b"Authorization" not in head
    (exchange,) = caller.exchanges
    assert exchange.latency_s > 0
    assert (exchange.result, exchange.peer, exchange.kind, exchange.http_status) == (Result.OK, "hill", KIND, 200)
    assert exchange.repairs


async def test_the_system_that_answers_201_and_400_is_understood(caller: Caller):
    async with peer(saying(http(201, confirmation()))) as hill:
        assert isinstance(await caller.post(hill.url), Confirmed)
    async with peer(saying(http(400, REFUSAL))) as hill:
        outcome = await caller.post(hill.url)
    assert isinstance(outcome, Rejected)
    assert (outcome.error_type, outcome.error_value) == (ErrorType.UNRECOGNISED_DATA_VALUE, "status")
    assert (caller.exchanges[1].result, caller.exchanges[1].error_type) == (Result.ERROR, outcome.error_type)


async def test_a_400_without_a_confirmation_is_a_refusal(caller: Caller):
    async with peer(saying(http(400, b"<html>no"))) as hill:
        outcome = await caller.post(hill.url)
    assert isinstance(outcome, Rejected)
    assert outcome.confirmation is None


@pytest.mark.parametrize(
    ("reply", "retry_after_s", "http_status"),
    [
        (http(500, b"Traceback (most recent call last)"), None, 500),
        (http(503, b"", "Retry-After: 30"), 30.0, 503),
        (http(429, b"", "Retry-After: Tue, 06 May 2031 07:09:09 GMT"), 60.0, 429),
        (http(200, b"<html>Please log in</html>"), None, 200),
        (http(200), None, 200),
        (http(200, b"x" * 3_000_000), None, 200),
        (http(200, confirmation(), length=9_999), None, None),  # breaks off within the reply
        (b"220 hill.example.org ESMTP\r\n\r\n", None, None),
        (b"", None, None),
    ],
    ids=["500", "503", "429", "login page", "empty", "huge", "cut short", "no HTTP", "closed"],
)
async def test_without_a_confirmation_the_message_may_have_arrived_and_is_sent_once(
    caller: Caller, reply: bytes, retry_after_s: float | None, http_status: int | None
):
    async with peer(saying(reply)) as hill:
        outcome = await caller.post(hill.url)
    assert isinstance(outcome, NotDelivered)
    assert outcome.may_have_arrived
    assert (outcome.retry_after_s, outcome.http_status) == (retry_after_s, http_status)
    assert "Traceback" not in outcome.words
    assert len(hill.requests) == 1
    assert caller.waits_s == []
    assert caller.exchanges[0].result == Result.NOT_DELIVERED


async def test_a_reset_after_the_request_was_read_may_have_arrived(caller: Caller):
    async with peer(reset) as hill:
        outcome = await caller.post(hill.url)
    assert isinstance(outcome, NotDelivered)
    assert (outcome.may_have_arrived, len(hill.requests)) == (True, 1)


async def test_silence_ends_at_the_deadline_and_may_have_arrived(caller: Caller):
    async with peer(silence) as hill:
        outcome = await caller.post(hill.url, timeout_s=0.2)
    assert outcome == NotDelivered(words="no confirmation within the time for it", may_have_arrived=True)
    assert len(hill.requests) == 1


async def test_a_reply_that_stops_half_way_ends_at_the_deadline(caller: Caller):
    async def stop_half_way(writer: asyncio.StreamWriter) -> None:
        writer.write(http(200, confirmation(), length=9_999))
        await silence(writer)

    async with peer(stop_half_way) as hill:
        outcome = await caller.post(hill.url, timeout_s=0.2)
    assert isinstance(outcome, NotDelivered)
    assert outcome.may_have_arrived


async def test_a_redirect_is_not_followed(caller: Caller):
    async with (
        peer(saying(http(200, confirmation()))) as elsewhere,
        peer(saying(http(307, b"", f"Location: {elsewhere.url}"))) as hill,
    ):
        outcome = await caller.post(hill.url)
    assert elsewhere.requests == []
    assert isinstance(outcome, NotDelivered)
    assert (outcome.may_have_arrived, outcome.http_status) == (False, 307)


@pytest.mark.parametrize("attempts", [1, 2, 3])
async def test_nobody_there_is_tried_again_for_seconds_and_has_not_arrived(caller: Caller, attempts: int):
    with socket.socket() as bound:  # a port that nobody else gets, and on which nobody listens
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}/iso"
        outcome = await caller.post(url, settings=ClientSettings(connect_attempts=attempts, connect_waits_s=2.0))
    assert outcome == NotDelivered(words="no connection", may_have_arrived=False)
    assert len(caller.waits_s) == attempts - 1
    assert all(0 <= wait_s <= 2.0 for wait_s in caller.waits_s)


@pytest.mark.parametrize(
    ("longest_s", "waits_s"),
    [(2.0, [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]), (0.3, [0.1, 0.2, 0.3, 0.3]), (0.05, [0.05, 0.05]), (0.0, [0.0])],
)
async def test_each_wait_for_a_peer_that_is_away_may_be_twice_as_long_as_the_one_before(
    caller: Caller, longest_s: float, waits_s: list[float], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(random, "uniform", lambda _least, most: most)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}/iso"
        settings = ClientSettings(connect_attempts=1 + len(waits_s), connect_waits_s=longest_s)
        await caller.post(url, settings=settings)
    assert caller.waits_s == pytest.approx(waits_s)


async def test_a_handshake_that_never_ends_has_not_arrived(caller: Caller):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"https://127.0.0.1:{deaf.getsockname()[1]}/iso"
        outcome = await caller.post(url, settings=ClientSettings(connect_timeout_s=0.1))
    assert outcome == NotDelivered(words="no connection within the time for it", may_have_arrived=False)
    assert caller.waits_s == []


async def test_a_peer_that_comes_up_between_two_attempts_gets_the_message_once():
    ours = socket.socket()  # bound, so that nobody else gets the port, and refusing until somebody listens
    ours.bind(("127.0.0.1", 0))
    requests: list[bytes] = []
    servers: list[asyncio.Server] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readuntil(MESSAGE))
        writer.write(http(200, confirmation()))
        writer.close()

    async def start_it(_: float) -> None:
        servers.append(await asyncio.start_server(serve, sock=ours))

    async with client_session() as session:
        client = Iso18626Client(session, now=lambda: NOW, sleep=start_it, on_exchange=lambda _: None)
        endpoint = Endpoint(peer="hill", url=f"http://127.0.0.1:{ours.getsockname()[1]}/iso")
        outcome = await client.post(endpoint, MESSAGE, kind=KIND, timeout_s=DEADLINE_S)
    assert isinstance(outcome, Confirmed)
    assert len(requests) == 1
    for server in servers:
        server.close()


@pytest.mark.parametrize(
    "url", ["", "hill", "ftp://hill.example.org/", "http://", "http://[::1", "http://127.0.0.1:99999/"]
)
async def test_an_address_that_is_none_has_not_arrived(caller: Caller, url: str):
    outcome = await caller.post(url)
    assert isinstance(outcome, NotDelivered)
    assert not outcome.may_have_arrived


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        (Endpoint(peer="hill", url="", basic_user="gate", basic_password="pä:ss"), "gate:pä:ss"),
        (Endpoint(peer="hill", url="", basic_user="gate"), "gate:"),
    ],
)
async def test_basic_credentials_are_shown(caller: Caller, endpoint: Endpoint, expected: str):
    async with peer(saying(http(200, confirmation()))) as hill:
        await caller.post(replace(endpoint, url=hill.url))
    assert b"\r\nAuthorization: Basic " + base64.b64encode(expected.encode()) + b"\r\n" in hill.requests[0]


async def test_a_bearer_token_is_shown(caller: Caller):
    async with peer(saying(http(200, confirmation()))) as hill:
        await caller.post(Endpoint(peer="hill", url=hill.url, bearer="token"))
    assert b"\r\nAuthorization: Bearer token\r\n" in hill.requests[0]


def test_credentials_are_never_printed_and_never_break_a_header():
    assert "secret" not in f"{Endpoint(peer='hill', url='http://x/secret', bearer='secret')!r}"
    with pytest.raises(ValueError, match="hill") as refused:
        Endpoint(peer="hill", url="http://x/", bearer="secret\r\nX: y")
    assert "secret" not in str(refused.value)


async def test_tls_with_a_certificate_of_ours(caller: Caller, tmp_path: Path):
    authority, other = trustme.CA(), trustme.CA()
    files = {name: str(tmp_path / f"{name}.pem") for name in ("ca", "other", "server", "client")}
    authority.cert_pem.write_to_path(files["ca"])
    other.cert_pem.write_to_path(files["other"])
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(files["server"])
    authority.issue_cert("gateway.example.org").private_key_and_cert_chain_pem.write_to_path(files["client"])
    tls = server_tls(cert_file=files["server"], client_ca_file=files["ca"])
    tls.verify_mode = ssl.CERT_REQUIRED
    async with peer(saying(http(200, confirmation())), tls) as hill:
        ours = client_tls(ca_file=files["ca"], cert_file=files["client"])
        assert isinstance(await caller.post(Endpoint(peer="hill", url=hill.url, tls=ours)), Confirmed)
        for distrusting in (client_tls(ca_file=files["other"]), None):
            outcome = await caller.post(Endpoint(peer="hill", url=hill.url, tls=distrusting))
            assert outcome == NotDelivered(words="the certificate of the peer is not trusted", may_have_arrived=False)
        without = await caller.post(Endpoint(peer="hill", url=hill.url, tls=client_tls(ca_file=files["ca"])))
        assert isinstance(without, NotDelivered)
        assert caller.waits_s == []
        assert len(hill.requests) == 1


async def test_nothing_is_logged(caller: Caller, caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO")
    async with peer(saying(http(500, b"secret of the customer"))) as hill:
        await caller.post(Endpoint(peer="hill", url=hill.url, bearer="secret"))
    assert "secret" not in caplog.text
    assert "customer" not in caplog.text


async def test_the_systems_authorities_are_trusted_by_default():
    assert client_tls().verify_mode == ssl.CERT_REQUIRED
    assert client_tls().check_hostname
