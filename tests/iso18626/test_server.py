"""The door for messages of peers: what it answers over HTTP, with which status, and what it records."""

import asyncio

import aiohttp
import pytest

from gateway.iso18626.authentication import PeerCredentials
from gateway.iso18626.client import Endpoint, Iso18626Client, client_session
from gateway.iso18626.codec import decode
from gateway.iso18626.codes import ErrorType, MessageKind, MessageStatus
from gateway.iso18626.exchange import Result
from gateway.iso18626.known_peers import KnownPeers
from gateway.iso18626.messages import ErrorData, RequestingAgencyMessage
from gateway.iso18626.receipts import confirmation_for
from gateway.iso18626.repairs import RepairKind
from gateway.iso18626.replies import Confirmed, NotDelivered, Outcome, Rejected
from gateway.iso18626.server import Received, ServerAnswer, Unavailable
from tests.iso18626.serving import ANYBODY_HERE, DEADLINE_S, NOW, SENT, XML, accept, confirmation, door, message, raw


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

    async def refuse(received: Received) -> ServerAnswer:
        return ServerAnswer(confirmation=confirmation_for(received.decoded, NOW, error), error=error)

    async with door(ANYBODY_HERE, receive=refuse) as here:
        status, body = await here.post(message())
    assert status == 200
    assert confirmation(body).errors == (error,)
    assert confirmation(body).confirmation_header.message_status == MessageStatus.ERROR
    assert (here.exchanges[0].result, here.exchanges[0].error_type) == (Result.ERROR, error.error_type)


async def test_a_replay_is_sent_as_it_was_stored():
    async def replay(_: Received) -> ServerAnswer:
        return ServerAnswer(confirmation=b"<stored/>")

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


async def test_the_charset_that_http_names_counts_where_the_document_names_none():
    _, _, document = message("Bücher für Köln").decode().partition("?>")
    async with door(ANYBODY_HERE) as here:
        status, _ = await here.post(
            document.encode("latin-1"), headers={"Content-Type": "text/xml; charset=ISO-8859-1"}
        )
    assert status == 200
    (received,) = here.received
    assert received.decoded.message == decode(document.encode()).message
    assert received.data == document.encode()
    assert [repair.kind for repair in received.decoded.repairs] == [RepairKind.CHARSET]
    assert here.exchanges[0].repairs == (RepairKind.CHARSET,)


@pytest.mark.parametrize("named", ["", "Content-Type:\r\n"])
async def test_no_media_type_at_all_will_do(named: str):
    data = message()
    lines = f"POST /iso18626 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{named}Content-Length: {len(data)}\r\n\r\n"
    async with door(ANYBODY_HERE) as here:
        assert (await raw(here.port, lines.encode() + data)).startswith(b"HTTP/1.1 200 ")


async def test_without_a_store_it_is_503_with_the_time_to_come_back():
    async def gone(_: Received) -> ServerAnswer:
        raise Unavailable(retry_after_s=14.2)

    async with (
        door(ANYBODY_HERE, receive=gone) as here,
        aiohttp.ClientSession() as session,
        session.post(here.url, data=message(), headers=XML) as response,
    ):
        assert (response.status, response.headers["Retry-After"]) == (503, "15")
    assert (here.exchanges[0].result, here.exchanges[0].peer) == (Result.UNAVAILABLE, "valley")


async def test_a_directory_without_a_store_is_503():
    def gone() -> KnownPeers:
        raise Unavailable(retry_after_s=5)

    async with door(directory=gone) as here:
        assert (await here.post(message()))[0] == 503


async def test_a_fault_is_500_without_a_traceback_and_told_to_the_hook():
    fault = RuntimeError("the customer Ada Example of 1 Imaginary Lane")

    async def fail(_: Received) -> ServerAnswer:
        raise fault

    async with door(ANYBODY_HERE, receive=fail) as here:
        assert await here.post(message()) == (500, b"Internal Server Error\n")
    assert here.exchanges[0].fault is fault
    assert (here.exchanges[0].result, here.exchanges[0].peer) == (Result.FAULT, "valley")


async def test_nothing_is_logged(caplog: pytest.LogCaptureFixture):
    async def fail(_: Received) -> ServerAnswer:
        raise RuntimeError("secret of the customer")

    caplog.set_level("DEBUG")
    async with door(ANYBODY_HERE, receive=fail) as here:
        await here.post(message("secret of the customer"))
        await here.post(b"secret of the customer")
    assert "secret" not in caplog.text


async def test_a_hundred_at_once_are_each_answered():
    async with door(ANYBODY_HERE) as here, aiohttp.ClientSession() as session:

        async def one(number: int) -> bytes:
            async with session.post(here.url, data=message(f"number {number}"), headers=XML) as response:
                return await response.read()

        replies = await asyncio.gather(*map(one, range(100)))
    assert {confirmation(reply).confirmation_header.message_status for reply in replies} == {MessageStatus.OK}
    assert len({received.data for received in here.received}) == 100


async def test_our_own_client_understands_each_answer():
    error = ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, "supplyingAgencyId")

    async def as_the_note_says(received: Received) -> ServerAnswer:
        assert isinstance(received.decoded.message, RequestingAgencyMessage)
        match received.decoded.message.note:
            case "refuse":
                return ServerAnswer(confirmation=confirmation_for(received.decoded, NOW, error), error=error)
            case "drain":
                raise Unavailable(retry_after_s=7)
            case _:
                return await accept(received)

    async with (
        door(PeerCredentials(peer="valley", bearer="token"), receive=as_the_note_says) as here,
        client_session() as session,
    ):
        client = Iso18626Client(session, now=lambda: NOW, sleep=asyncio.sleep, on_exchange=lambda _: None)

        async def send(note: str, bearer: str = "token") -> Outcome:
            endpoint = Endpoint(peer="here", url=here.url, bearer=bearer)
            kind = MessageKind.REQUESTING_AGENCY_MESSAGE
            return await client.post(endpoint, message(note), kind=kind, timeout_s=DEADLINE_S)

        accepted, refused = await send("accept"), await send("refuse")
        drained, stranger = await send("drain"), await send("accept", bearer="wrong")
    assert isinstance(accepted, Confirmed)
    assert isinstance(refused, Rejected)
    assert (refused.error_type, refused.error_value) == (error.error_type, error.error_value)
    assert isinstance(drained, NotDelivered)
    assert (drained.http_status, drained.retry_after_s, drained.may_have_arrived) == (503, 7.0, True)
    assert isinstance(stranger, NotDelivered)
    assert (stranger.http_status, stranger.may_have_arrived) == (401, False)


async def test_elsewhere_there_is_nothing_and_it_is_counted():
    async with door(ANYBODY_HERE) as server, aiohttp.ClientSession() as session:
        async with session.post(f"http://127.0.0.1:{server.port}/elsewhere", data=b"<x/>") as response:
            assert response.status == 404
        assert [exchange.result for exchange in server.exchanges] == [Result.NOT_ACCEPTED]
        assert server.received == []
