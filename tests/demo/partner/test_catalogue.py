"""The demonstration partner's catalogue: what a gateway asks is understood, and read by the gateway as it is meant."""

import asyncio
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from gateway.catalogue.catalogue_finder import CatalogueFinder
from gateway.catalogue.client import SruClient
from gateway.catalogue.held import held
from gateway.catalogue.of_partner import settings_of
from gateway.demo.partner.catalogue import BadQueryError, search
from gateway.demo.partner.server import CATALOGUE_PATH, look_up
from gateway.workflow.catalogue import SruSettings
from gateway.workflow.holdings import Held, Holding
from gateway.workflow.partners import PartnerCatalogue
from gateway.workflow.values import Identifier, Wanted


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ('bath.isbn="9780000000606"', ["sv000001"]),
        ('bath.isbn="1" or bath.isbn="9780000000613"', ["sv000002"]),
        ('dc.title="clouds" and (dc.creator="invented" or dc.creator="nobody")', ["sv000003"]),
        ('dc.title="ledg*"', ["sv000001"]),
        ('dc.title="ledg"', []),
        ('dc.title="clouds" and dc.date="1998"', []),
        ('dc.title=""', []),
    ],
)
def test_what_a_gateway_asks_is_understood(query: str, numbers: list[str]):
    assert [work.number for work in search(query)] == numbers


@pytest.mark.parametrize(
    ("query", "number"),
    [("clouds", 10), ("(", 10), ('dc.title="a" and', 10), ('dc.title="a" dc.title="b"', 10), ('x.y="a"', 16)],
)
def test_what_is_not_understood_is_a_diagnostic(query: str, number: int):
    with pytest.raises(BadQueryError) as caught:
        search(query)
    assert caught.value.number == number


async def looked_up(wanted: Wanted) -> Held:
    application = aiohttp.web.Application()
    application.router.add_get(CATALOGUE_PATH, look_up)
    async with TestServer(application) as server, aiohttp.ClientSession() as session:
        catalogue = PartnerCatalogue(url=str(server.make_url(CATALOGUE_PATH)), product="koha")
        settings = settings_of(catalogue)
        assert isinstance(settings, SruSettings)
        client = SruClient(
            session, settings, now=lambda: datetime.now(UTC), sleep=asyncio.sleep, on_search=lambda *_: None
        )
        finder = CatalogueFinder(client.search, settings, now=lambda: datetime.now(UTC), zone=UTC)
        return held(await finder.records(wanted), wanted)


@pytest.mark.parametrize(
    ("isbn", "title", "holding", "record_id"),
    [
        ("9780000000620", "Clouds for Beginners", Holding.AVAILABLE, "sv000003"),
        ("9780000000613", "A Grammar of Silence", Holding.HOLDS, "sv000002"),
        ("9780000000507", "The Cartographer of Clouds", Holding.HOLDS_NOT, None),
    ],
)
async def test_a_gateway_reads_what_it_holds(isbn: str, title: str, holding: Holding, record_id: str | None):
    said = await looked_up(Wanted(identifiers=(Identifier(code="ISBN", value=isbn),), title=title))
    assert (said.holding, said.record_id) == (holding, record_id)
