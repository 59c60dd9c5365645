"""Libraries with catalogues that answer over SRU, in the directory of a house."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC
from typing import Any

import msgspec
from aiohttp import web

from gateway.catalogue.asking import SearchResult
from gateway.catalogue.sources import CatalogueGround
from gateway.dispatch.catalogues import Catalogues
from gateway.workflow.holdings import Holding
from gateway.workflow.partners import Partner, PartnerCatalogue, Peer
from gateway.workflow.values import Identifier, Wanted
from tests.catalogue.records import field, item, record, response
from tests.catalogue.sru_server import Answer, SruServer, sru_server
from tests.dispatch.house import House
from tests.fakes.directory import put

WANTED = Wanted(
    identifiers=(Identifier(code="ISBN", value="0306406152"),), title="The Imaginary Almanac", author="Example, Ada"
)
ISBN = field("020", a="0306406152")
IN = response(record("b1", ISBN, item("30000000000001")))
OUT = response(record("b2", ISBN, item("30000000000002", q="2026-12-24")))
NOTHING = response()
UNION = response(record("u1", ISBN, field("850", a="XX-HILLS"), field("850", a="XX-BROOK")))


async def silent(_request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def broken(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=503)


class Partners:
    """Libraries with catalogues, in the directory of a house."""

    def __init__(self, house: House, catalogues: Catalogues, servers: dict[str, SruServer]) -> None:
        self.house = house
        self.catalogues = catalogues
        self.servers = servers

    async def standing(self, wanted: Wanted = WANTED) -> dict[str, Holding]:
        found = await self.catalogues.holdings(wanted)
        return {partner: held.holding for partner, held in found.by_partner.items()}


@asynccontextmanager
async def partners(
    house: House, answers: Mapping[str, Answer], *, deadline_s: float = 20.0, **settings: Any
) -> AsyncIterator[Partners]:
    """Give each of these a catalogue that answers so; `settings` are those of all records."""
    heard: list[SearchResult] = []
    async with AsyncExitStack() as stack:
        servers = {name: await stack.enter_async_context(sru_server(answer)) for name, answer in answers.items()}
        for name, server in servers.items():
            symbol = f"ISIL:XX-{name.upper()}"
            given = {"product": "koha"} | settings
            catalogue = PartnerCatalogue(url=server.url, **given)
            await put(house.store, Peer(id=f"{name}-system", url=f"http://{name}.example/", agencies=(symbol,)))
            made = Partner(id=name, name=name, peer=f"{name}-system", symbols=(symbol,), catalogue=catalogue)
            await put(house.store, made)
        await house.directory.refresh()
        catalogues = Catalogues(
            partners=lambda: house.directory.partners,
            time=house.time,
            ground=CatalogueGround(now=house.time.now, sleep=asyncio.sleep, zone=UTC),
            passwords=lambda _catalogue: None,
            on_search=lambda result, _latency_s, _words: heard.append(result),
            deadline_s=deadline_s,
        )
        stack.push_async_callback(catalogues.close)
        yield Partners(house, catalogues, servers)


async def change(them: Partners, name: str, **fields: Any) -> None:
    partner = them.house.directory.partner(name)
    assert partner is not None
    await put(them.house.store, msgspec.structs.replace(partner, **fields))
    await them.house.directory.refresh()
