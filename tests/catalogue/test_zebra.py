"""Look-ups against a real server: Zebra, over SRU 1.1, 1.2 and 2.0, with MARC and with OPAC records."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from pymarc import Field

from gateway.catalogue.catalogue_finder import CatalogueFinder
from gateway.catalogue.client import SruClient
from gateway.workflow.catalogue import Indexes, SruVersion
from gateway.workflow.values import Identifier, Wanted
from tests.catalogue import zebra_server
from tests.catalogue.records import SETTINGS, field, item, record

pytestmark = pytest.mark.process

RECORDS = (
    record(
        "b1", field("020", a="0306406152 (pbk.)"), field("035", a="(OCoLC)ocm00012345"), item("30000000000001", h="v.1")
    ),
    record(
        "b2",
        field("022", a="2049-3630"),
        item("30000000000002", h="v.12 (1998)"),
        title="Journal of geology",
        author=None,
    ),
    record("b3", field("010", a="   56729634 "), item("30000000000003"), title='Who owns the "Orchard"? /'),
    record(
        "b4",
        Field(tag="008", data="240101s1956    xx            000 0 ger d"),
        item("30000000000004"),
        title="Über Geologie /",
        author="Østermock, Tala",
    ),
    *(record(f"c{number}", item(f"3100000000{number:04}"), title="Collected poems") for number in range(45)),
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running Zebra; without it a test is skipped, in CI it fails."""
    zebra_server.needed(zebra_server.is_installed(), "Zebra", "idzebra-2.0")
    folder: Path = tmp_path_factory.mktemp("zebra")
    with zebra_server.zebra(folder, RECORDS) as address:
        yield address


@asynccontextmanager
async def finder_of(url: str, **settings: Any) -> AsyncIterator[CatalogueFinder]:
    changed = msgspec.structs.replace(SETTINGS, url=url, **settings)
    async with aiohttp.ClientSession() as session:
        client = SruClient(
            session, changed, now=lambda: datetime.now(UTC), sleep=asyncio.sleep, on_search=lambda *_: None
        )
        yield CatalogueFinder(client.search, changed, now=lambda: datetime.now(UTC), zone=UTC)


def numbered(code: str, value: str, **fields: Any) -> Wanted:
    return Wanted(identifiers=(Identifier(code=code, value=value),), **fields)


each_kind_of_key = pytest.mark.parametrize(
    ("wanted", "barcode"),
    [
        (Wanted(record_id="B1", volumes=("1",)), "30000000000001"),
        (numbered("OCLC", "12345", volumes=("1",)), "30000000000001"),
        (numbered("ISBN", "978-0-306-40615-7", volumes=("1",)), "30000000000001"),
        (numbered("ISSN", "20493630", volumes=("12",), published="1998"), "30000000000002"),
        (numbered("LCCN", "56-729634"), "30000000000003"),
        (Wanted(title='Who owns the "Orchard"?', author="Example, A."), "30000000000003"),
        (Wanted(title="uber geologie", author="Tala Østermock", published="1956"), "30000000000004"),
    ],
)


@pytest.mark.parametrize("version", list(SruVersion))
@each_kind_of_key
async def test_a_work_is_found_by_each_kind_of_key(url: str, version: SruVersion, wanted: Wanted, barcode: str):
    async with finder_of(url, version=version) as finder:
        found = await finder.find(wanted)
    assert [copy.item_barcode for copy in found.copies] == [barcode], found.words
    assert found.copies[0].doubt is None


async def test_a_work_that_is_not_there_is_not_found(url: str):
    async with finder_of(url) as finder:
        found = await finder.find(numbered("ISBN", "9780804429573", title="Unheard of"))
    assert (found.copies, found.certain) == ((), True)


async def test_many_records_come_in_pages(url: str):
    async with finder_of(url, page_records=10) as finder:
        found = await finder.find(Wanted(title="Collected poems", author="Example, Ada"))
    assert len(found.copies) == 45
    assert {copy.doubt for copy in found.copies} == {"several works or editions fit what the request says"}


@pytest.mark.parametrize("version", list(SruVersion))
async def test_opac_records_are_read(url: str, version: SruVersion):
    async with finder_of(url, version=version, schema=zebra_server.OPAC_SCHEMA, items=None) as finder:
        [copy] = (await finder.find(numbered("ISBN", "0306406152", volumes=("1",)))).copies
    assert (copy.item_barcode, copy.branch, copy.volume) == ("30000000000001", "MAIN", "v.1")


async def test_an_index_that_zebra_does_not_have_is_told(url: str):
    async with finder_of(url, indexes=Indexes(isbn="bath.nothing")) as finder:
        found = await finder.find(numbered("ISBN", "0306406152"))
    assert not found.certain
    assert "refused, it does not have one of our indexes" in found.words


async def test_a_schema_that_zebra_does_not_have_is_told(url: str):
    async with finder_of(url, schema="unheard-of") as finder:
        found = await finder.find(numbered("ISBN", "0306406152"))
    assert not found.certain
    assert "refused, it does not have this record schema (unheard-of)" in found.words


async def test_no_title_is_a_syntax_error(url: str):
    """Whatever people write into a title, the query stays one."""
    async with finder_of(url) as finder:
        for title in ('"', "a) or (b", "x\\", "what? * ^", "and or not", "<title> & 'co'", "=", "…"):
            found = await finder.find(Wanted(title=title, author='O"Example'))
            assert "refused" not in found.words
