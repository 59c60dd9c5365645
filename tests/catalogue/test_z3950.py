"""Look-ups over Z39.50 against real servers: Zebra with MARC records in UTF-8 and MARC-8, yaz-ztest with OPAC records."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from gateway.catalogue import pqf
from gateway.catalogue.asking import CatalogueTroubleError, SearchResult
from gateway.catalogue.catalogue_finder import CatalogueFinder
from gateway.catalogue.z3950 import Z3950Client
from gateway.outgoing import Destinations
from gateway.workflow.catalogue import HOLDINGS, Z3950Settings
from gateway.workflow.catalogue_products import PRODUCTS
from gateway.workflow.values import Wanted
from tests.catalogue import zebra_server
from tests.catalogue.test_zebra import RECORDS, each_kind_of_key, numbered
from tests.z3950.test_readers import silent_server
from tests.z3950.ztest import port as port  # noqa: PLC0414 - a fixture

pytestmark = pytest.mark.process

INDEXES = msgspec.structs.replace(PRODUCTS["polaris"].z3950, oclc="1=1211")
SETTINGS = Z3950Settings(
    host="127.0.0.1", port=0, database="Default", indexes=INDEXES, items=HOLDINGS["952"], timeout_s=60.0
)


@pytest.fixture(scope="module", params=["utf-8", "marc-8"])
def zebra_port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A running Zebra whose records come in these characters."""
    zebra_server.needed(zebra_server.is_installed(), "Zebra", "idzebra-2.0")
    folder: Path = tmp_path_factory.mktemp("zebra")
    with zebra_server.zebra(folder, RECORDS, charset=request.param) as address:
        it = urlsplit(address).port
        assert it is not None
        yield it


@asynccontextmanager
async def client_of(port: int, *, allowed: bool = True, **settings: Any) -> AsyncIterator[Z3950Client]:
    changed = msgspec.structs.replace(SETTINGS, port=port, **settings)
    client = Z3950Client(
        changed,
        now=lambda: datetime.now(UTC),
        on_search=lambda *_: None,
        objection=Destinations(("127.0.0.0/8",) if allowed else ()).objection,
    )
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def finder_of(port: int, **settings: Any) -> AsyncIterator[CatalogueFinder]:
    async with client_of(port, **settings) as client:
        changed = msgspec.structs.replace(SETTINGS, **settings)
        yield CatalogueFinder(client.search, changed, now=lambda: datetime.now(UTC), zone=UTC, say=pqf)


@each_kind_of_key
async def test_a_work_is_found_by_each_kind_of_key(zebra_port: int, wanted: Wanted, barcode: str):
    async with finder_of(zebra_port) as finder:
        found = await finder.find(wanted)
    assert [copy.item_barcode for copy in found.copies] == [barcode], found.words
    assert found.copies[0].doubt is None


async def test_letters_with_accents_come_as_they_were_catalogued(zebra_port: int):
    async with client_of(zebra_port) as client:
        [bib] = (await client.search(pqf.clause(INDEXES.record, "b4"))).bibs
    assert (bib.main_title, bib.authors) == ("Über Geologie", ("Østermock, Tala",))


async def test_many_records_come_in_pages(zebra_port: int):
    async with finder_of(zebra_port, page_records=10) as finder:
        found = await finder.find(Wanted(title="Collected poems", author="Example, Ada"))
    assert len(found.copies) == 45


async def test_a_work_that_is_not_there_is_not_found(zebra_port: int):
    async with finder_of(zebra_port) as finder:
        found = await finder.find(numbered("ISBN", "9780804429573", title="Unheard of"))
    assert (found.copies, found.certain) == ((), True)


async def test_no_title_is_a_syntax_error(zebra_port: int):
    """Whatever people write into a title, the query stays one."""
    async with finder_of(zebra_port) as finder:
        for title in ('"', "@and x", "x\\", "what? * ^", "@attr 1=4", "<title> & 'co'", "=", "…"):
            found = await finder.find(Wanted(title=title, author='O"Example'))
            assert "refused" not in found.words, title


async def test_an_index_that_is_not_there_is_told(zebra_port: int):
    indexes = msgspec.structs.replace(INDEXES, isbn="1=1092")
    async with finder_of(zebra_port, indexes=indexes) as finder:
        found = await finder.find(numbered("ISBN", "0306406152"))
    assert not found.certain
    assert "refused, it does not have one of our indexes (1092)" in found.words


async def test_a_database_that_is_not_there_is_told(zebra_port: int):
    async with client_of(zebra_port, database="unheard-of") as client:
        with pytest.raises(CatalogueTroubleError, match=r"it said: the database is not available"):
            await client.search(pqf.clause("1=7", "0306406152"))


async def test_opac_records_say_what_is_in(port: int):
    async with client_of(port, items=None, indexes=PRODUCTS["standard"].z3950) as client:
        answer = await client.search(pqf.clause("1=4", "computer"))
    items = [item for bib in answer.bibs for item in bib.items]
    assert items
    assert {item.is_available for item in items} <= {True, False}
    assert any(item.copy.item_barcode for item in items)
    assert all(item.copy.call_number for item in items)


async def test_a_silent_catalogue_is_a_trouble_and_told_as_one():
    heard: list[tuple[SearchResult, str]] = []
    async with silent_server() as port:
        client = Z3950Client(
            msgspec.structs.replace(SETTINGS, port=port, timeout_s=1.0),
            now=lambda: datetime.now(UTC),
            on_search=lambda result, _latency_s, words: heard.append((result, words)),
            objection=lambda _address: None,
        )
        with pytest.raises(CatalogueTroubleError, match="it did not answer in time"):
            await client.search("@attr 1=7 x")
        await client.close()
    assert heard == [(SearchResult.SILENT, "it did not answer in time")]


async def test_where_nobody_listens_there_is_no_connection():
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    async with client_of(port) as client:
        with pytest.raises(CatalogueTroubleError, match="there is no connection"):
            await client.search("@attr 1=7 x")


@pytest.mark.parametrize(
    "said", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x30\x82\xff\xff" + b"\xff" * 200, b"\0" * 1000]
)
async def test_what_is_no_z3950_is_a_trouble(said: bytes):
    async def talk(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server, client_of(server.sockets[0].getsockname()[1], timeout_s=5.0) as client:
        with pytest.raises(CatalogueTroubleError):
            await client.search("@attr 1=7 x")


async def test_an_address_that_the_settings_forbid_is_not_connected_to():
    reached: list[object] = []
    server = await asyncio.start_server(lambda reader, _writer: reached.append(reader), "127.0.0.1", 0)
    async with server, client_of(server.sockets[0].getsockname()[1], allowed=False) as client:
        with pytest.raises(CatalogueTroubleError, match="we may not connect to its address"):
            await client.search("@attr 1=7 x")
    assert reached == []


async def test_a_host_without_an_address_is_told():
    async with client_of(210, host="catalogue.invalid") as client:
        with pytest.raises(CatalogueTroubleError, match="the name of its host is not known"):
            await client.search("@attr 1=7 x")


async def test_who_waits_for_another_query_to_end_is_not_told_that_the_catalogue_is_silent(port: int):
    """Ten at once, of which one may run: each has its whole time-out for itself."""
    async with client_of(port, at_once=1, items=None, timeout_s=20.0) as client:
        answers = await asyncio.gather(*(client.search(pqf.clause("1=4", f"computer {each}")) for each in range(10)))
    assert len(answers) == 10
    assert len(client._readers._idle) == 0


async def test_where_no_process_can_be_started_the_catalogue_is_not_known(monkeypatch: pytest.MonkeyPatch, port: int):
    async def fail(*_arguments: object, **_named: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", fail)
    async with client_of(port) as client:
        with pytest.raises(CatalogueTroubleError, match="the process that asks it can't be started"):
            await client.search("@attr 1=7 x")
