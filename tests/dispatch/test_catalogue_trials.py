"""The trial button against real servers: every outcome in plain words, over SRU and over Z39.50."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from gateway.catalogue.sources import CatalogueGround
from gateway.catalogue.trial import CatalogueAsked
from gateway.clock import SystemTime
from gateway.demo.stage.processes import free_port
from gateway.dispatch.catalogues import Catalogues
from gateway.workflow.catalogue import OwnIndexes
from gateway.workflow.partners import Partner, PartnerCatalogue
from gateway.workflow.values import Identifier, Wanted
from tests.catalogue import zebra_server
from tests.catalogue.records import field, item, record, response
from tests.catalogue.sru_server import sru_server
from tests.z3950.test_readers import silent_server
from tests.z3950.ztest import port as port  # noqa: PLC0414 - a fixture

pytestmark = pytest.mark.process

RECORD = record("b1", field("020", a="0306406152"), item("30000000000001"), field("850", a="XX-HILLS"))
WANTED = Wanted(
    identifiers=(Identifier(code="ISBN", value="0306406152"),), title="The Imaginary Almanac", author="Example, Ada"
)
HOLDS = "It answers: holds it, 1 of 1 copy in. Searched by ISBN 9780306406157: 1 record. Its record number there: b1."
SCHEMES = ("http", "z39.50s")


@pytest.fixture(scope="module")
def zebra(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A Zebra that lets everybody in."""
    zebra_server.needed(zebra_server.is_installed(), "Zebra", "idzebra-2.0")
    with zebra_server.zebra(tmp_path_factory.mktemp("zebra"), [RECORD]) as url:
        yield int(urlsplit(url).port or 0)


@pytest.fixture(scope="module")
def closed_zebra(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """One that wants a user and a password."""
    zebra_server.needed(zebra_server.is_installed(), "Zebra", "idzebra-2.0")
    folder: Path = tmp_path_factory.mktemp("closed-zebra")
    with zebra_server.zebra(folder, [RECORD], users={"hill": "hush"}) as url:
        yield int(urlsplit(url).port or 0)


@asynccontextmanager
async def catalogues(password: str | None = None) -> AsyncIterator[Catalogues]:
    time = SystemTime()
    them = Catalogues(
        partners=tuple,
        time=time,
        ground=CatalogueGround(now=time.now, sleep=time.sleep, zone=UTC),
        passwords=lambda _catalogue: password,
        on_search=lambda *_: None,
    )
    yield them
    await them.close()


async def tried(
    port: int, scheme: str, *, database: str = "Default", password: str | None = None, **record_: Any
) -> CatalogueAsked:
    given: dict[str, Any] = {"product": "koha", "record_number": "001", "timeout_s": 60.0} | record_
    catalogue = PartnerCatalogue(url=f"{scheme}://127.0.0.1:{port}/{database}", **given)
    partner = Partner(id="brook", name="Brook", peer="brook", symbols=("ISIL:XX-BROOK",), catalogue=catalogue)
    async with catalogues(password) as them:
        return await them.try_out(partner, WANTED)


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_a_catalogue_that_is_set_up_right_says_what_it_holds(zebra: int, scheme: str):
    assert await tried(zebra, scheme) == CatalogueAsked(ok=True, words=HOLDS)


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_a_union_catalogue_names_its_libraries(zebra: int, scheme: str):
    said = await tried(zebra, scheme, is_union=True, holdings="850", product="koha")
    assert (said.ok, said.words.startswith("It answers: xx-hills: holds it. ")) == (True, True), said


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_nobody_there(scheme: str):
    said = await tried(free_port(), scheme)
    assert not said.ok
    assert said.words.startswith("It can't be said what it holds: there is no connection. Compare host and port"), said


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_silence(scheme: str):
    async with silent_server() as port:
        said = await tried(port, scheme, timeout_s=1.0)
    assert not said.ok
    assert said.words.startswith("It can't be said what it holds: it did not answer in time. It may be slow"), said


@pytest.mark.parametrize(
    ("scheme", "words"),
    [
        ("http", "it answered with HTTP 404, and not with records. The address"),
        ("z39.50s", "What stands behind host and port"),
    ],
)
async def test_a_database_that_is_not_there(zebra: int, scheme: str, words: str):
    said = await tried(zebra, scheme, database="Unheard")
    assert (said.ok, words in said.words) == (False, True), said


@pytest.mark.parametrize(("scheme", "index"), [("http", "bath.nothing"), ("z39.50s", "1=1092")])
async def test_an_index_that_is_not_there(zebra: int, scheme: str, index: str):
    said = await tried(zebra, scheme, indexes=OwnIndexes(isbn=index))
    assert not said.ok
    assert said.words.startswith("It answers, and refused a query: it does not have one of our indexes"), said
    assert "catalogue.indexes), or to none" in said.words


async def test_who_may_come_in(closed_zebra: int):
    said = await tried(closed_zebra, "z39.50s")
    assert not said.ok
    assert "Ask the library for a user and a password" in said.words, said
    wrong = await tried(closed_zebra, "z39.50s", user="hill", password="shout")
    assert "Ask the library for a user and a password" in wrong.words, wrong
    assert await tried(closed_zebra, "z39.50s", user="hill", password="hush") == CatalogueAsked(ok=True, words=HOLDS)


async def test_another_program_at_the_port():
    """A server of HTTP that is asked over Z39.50."""
    async with sru_server(response()) as server:
        said = await tried(int(urlsplit(server.url).port or 0), "z39.50s")
    assert (said.ok, "Compare host and port" in said.words) == (False, True), said


async def test_an_address_of_http_that_is_not_its_sru():
    async with sru_server(response()) as server:
        said = await tried(int(urlsplit(server.url).port or 0), "http", database="catalogue")
    assert (said.ok, "The address is not the one of its SRU" in said.words) == (False, True), said


async def test_a_real_server_of_another_make(port: int):
    """yaz-ztest finds by chance, in any database, whatever is asked for: none of it is the work."""
    said = await tried(port, "z39.50s", product="standard")
    assert "It answers: " in said.words, said
