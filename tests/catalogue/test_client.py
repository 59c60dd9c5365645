"""The SRU client on real sockets: paging, limits, and every kind of trouble in words."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from gateway.catalogue.asking import CatalogueTroubleError, SearchResult
from gateway.catalogue.client import SruClient
from gateway.demo.stage.processes import free_port
from gateway.outgoing import Destinations
from gateway.workflow.catalogue import SruVersion
from tests.catalogue.records import SETTINGS, diagnostic, item, record, response
from tests.catalogue.sru_server import Answer, sru_server

AT = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)
ONE = response(record("b1", item("30000000000001")))


@asynccontextmanager
async def client_of(url: str, *, password: str | None = None, **settings: Any) -> AsyncIterator[SruClient]:
    changed = msgspec.structs.replace(SETTINGS, url=url, **settings)
    async with aiohttp.ClientSession() as session:
        yield SruClient(session, changed, now=lambda: AT, sleep=no_sleep, on_search=forget, password=password)


def forget(_result: SearchResult, _latency_s: float, _words: str) -> None:
    """A hook that keeps nothing."""


async def no_sleep(_delay_s: float) -> None:
    await asyncio.sleep(0)


async def trouble_of(*answers: Answer, **settings: Any) -> str:
    async with sru_server(*answers) as server, client_of(server.url, **settings) as client:
        with pytest.raises(CatalogueTroubleError) as caught:
            await client.search("q")
    return str(caught.value)


async def test_a_query_gives_its_records():
    async with sru_server(ONE) as server, client_of(server.url) as client:
        answer = await client.search('bath.isbn="x"')
    assert [bib.number for bib in answer.bibs] == ["b1"]
    assert (answer.at, answer.total, answer.is_whole) == (AT, 1, True)
    assert server.asked[0]["query"] == 'bath.isbn="x"'
    assert server.authorizations == [None]


@pytest.mark.parametrize("version", list(SruVersion))
async def test_every_version_is_asked_for_by_its_name(version: SruVersion):
    async with sru_server(ONE) as server, client_of(server.url, version=version) as client:
        await client.search("q")
    assert server.asked[0]["version"] == version


async def test_pages_are_fetched_until_there_are_no_more():
    pages = (
        response(record("b1"), record("b2"), total=3, next_position=3),
        response(record("b3"), total=3, start=3),
    )
    async with sru_server(*pages) as server, client_of(server.url, page_records=2) as client:
        answer = await client.search("q")
    assert [bib.number for bib in answer.bibs] == ["b1", "b2", "b3"]
    assert [call["startRecord"] for call in server.asked] == ["1", "3"]


async def test_a_server_that_names_no_next_record_is_paged_all_the_same():
    """Zebra leaves nextRecordPosition out on some pages."""
    pages = (response(record("b1"), total=2), response(record("b2"), total=2, start=2))
    async with sru_server(*pages) as server, client_of(server.url, page_records=1) as client:
        assert (await client.search("q")).is_whole


async def test_no_more_records_are_looked_at_than_the_limit():
    page = response(record("b1"), record("b2"), total=100, next_position=3)
    async with sru_server(page) as server, client_of(server.url, page_records=2, max_records=3) as client:
        answer = await client.search("q")
    assert [call["maximumRecords"] for call in server.asked] == ["2", "1"]
    assert [bib.number for bib in answer.bibs] == ["b1", "b2", "b1"], "of the second page only what there is room for"
    assert not answer.is_whole


async def test_a_server_that_leads_in_circles_is_left():
    page = response(record("b1"), total=100, next_position=1)
    async with sru_server(page) as server, client_of(server.url) as client:
        await client.search("q")
    assert len(server.asked) == 1


async def test_a_record_that_cannot_be_read_is_counted_and_the_others_are_given():
    page = ONE.replace(b"<zs:records>", b"<zs:records><zs:record><zs:recordData><dc/></zs:recordData></zs:record>")
    async with sru_server(page) as server, client_of(server.url) as client:
        answer = await client.search("q")
    assert (len(answer.bibs), answer.unread, answer.is_whole) == (1, 1, False)


async def test_a_refused_query_is_an_answer_with_its_reason():
    async with sru_server(diagnostic(16, "oclc")) as server, client_of(server.url) as client:
        answer = await client.search("q")
    assert (answer.refused, answer.bibs) == ("it does not have one of our indexes (oclc)", ())


async def test_a_place_beyond_the_last_record_is_no_refusal():
    async with sru_server(diagnostic(61)) as server, client_of(server.url) as client:
        assert (await client.search("q")).is_whole


async def test_a_fault_that_passes_is_trouble_and_no_answer():
    assert await trouble_of(diagnostic(2)) == "it said: it is not available for the moment"


async def answer_500(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=500, text="secret stack trace")


async def answer_elsewhere(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/elsewhere")


async def hang_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def be_slow(_request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(3600)
    return web.Response()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (answer_500, "it answered with HTTP 500, and not with records"),
        (answer_elsewhere, "it answered with HTTP 302, and not with records"),
        (hang_up, "the connection broke off"),
        (b"Not found", "it gave no answer that can be used: what came back is not well-formed XML, or broke off"),
        (ONE[:-50], "it gave no answer that can be used: what came back is not well-formed XML, or broke off"),
        (b"<html/>", "it gave no answer that can be used: what came back is XML, but no response of SRU"),
        (
            b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
            "it gave no answer that can be used: what came back has a document type declaration: a page of HTML, or worse",
        ),
    ],
)
async def test_trouble_is_said_in_words(answer: Answer, words: str):
    assert await trouble_of(answer) == words


async def test_a_slow_server_is_not_waited_for():
    assert await trouble_of(be_slow, timeout_s=0.05) == "it did not answer in time"


async def test_a_reply_has_a_limit():
    assert await trouble_of(ONE + b" " * 5000, max_reply_bytes=4000) == "it answered with more than 4000 bytes"


async def test_a_large_reply_is_read_too():
    """Beyond the size that is read on the event loop."""
    many = response(*(record(f"b{number}", item(f"3{number:013}")) for number in range(700)))
    async with sru_server(many) as server, client_of(server.url, max_records=700, page_records=700) as client:
        assert len((await client.search("q")).bibs) == 700


async def test_connecting_is_tried_again():
    waits: list[float] = []

    async def sleep(delay_s: float) -> None:
        waits.append(delay_s)

    settings = msgspec.structs.replace(SETTINGS, url=f"http://127.0.0.1:{free_port()}/sru")
    async with aiohttp.ClientSession() as session:
        client = SruClient(session, settings, now=lambda: AT, sleep=sleep, on_search=forget)
        with pytest.raises(CatalogueTroubleError, match="there is no connection"):
            await client.search("q")
    assert len(waits) == 2


async def test_a_catalogue_whose_address_must_not_be_connected_to_is_not_asked():
    connector = aiohttp.TCPConnector(socket_factory=Destinations().socket)
    async with sru_server(ONE) as server, aiohttp.ClientSession(connector=connector) as session:
        settings = msgspec.structs.replace(SETTINGS, url=server.url)
        client = SruClient(session, settings, now=lambda: AT, sleep=no_sleep, on_search=forget)
        with pytest.raises(CatalogueTroubleError, match="we may not connect to its address"):
            await client.search("q")
    assert server.asked == []


async def test_queries_run_side_by_side_within_bounds():
    async with sru_server(ONE) as server, client_of(server.url, at_once=2) as client:
        await asyncio.gather(*(client.search(f"q{number}") for number in range(8)))
    assert len(server.asked) == 8
    assert server.most_at_once <= 2


async def test_a_user_and_password_are_shown():
    async with sru_server(ONE) as server, client_of(server.url, user="ill", password="hush") as client:
        await client.search("q")
    assert server.authorizations == ["Basic aWxsOmh1c2g="]


@pytest.mark.parametrize(
    ("answer", "result", "words"),
    [
        (ONE, SearchResult.OK, ""),
        (diagnostic(16), SearchResult.REFUSED, "it does not have one of our indexes"),
        (answer_500, SearchResult.SILENT, "it answered with HTTP 500, and not with records"),
    ],
)
async def test_the_hook_is_told_how_each_query_ended(answer: Answer, result: SearchResult, words: str):
    told: list[tuple[SearchResult, float, str]] = []
    async with sru_server(answer) as server, aiohttp.ClientSession() as session:
        settings = msgspec.structs.replace(SETTINGS, url=server.url)
        client = SruClient(session, settings, now=lambda: AT, sleep=no_sleep, on_search=lambda *each: told.append(each))
        with suppress(CatalogueTroubleError):
            await client.search("q")
    assert [(each[0], each[2]) for each in told] == [(result, words)]
    assert told[0][1] > 0
