"""A request whose copies are in the catalogue alone: over SRU or Z39.50, ISO 18626 and SIP2, with the gateway composed as it runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from gateway.app.gateway import Gateway
from gateway.demo.acs.running import serve as serve_acs
from gateway.demo.acs.settings import AcsSettings
from gateway.iso18626 import messages as iso
from gateway.iso18626 import values
from gateway.iso18626.codec import encode
from gateway.iso18626.codes import ServiceType
from tests.app.test_gateway import until
from tests.catalogue import zebra_server
from tests.catalogue.records import field, item, record, response
from tests.catalogue.sru_server import SruServer, sru_server
from tests.fakes.small_settings import TOKEN, known_peer, small_settings

ALMANAC = record(
    "ex000001",
    field("020", a="9780000000019"),
    item("30000000001010", "EXC", o="031.02 PLA"),
    author="Placeholder, Ada",
)
OTHER = record("ex000002", field("020", a="9780000000019"), item("30000000001044", "EXC"), title="Unheard of birds")
NOTHING = response()

SETTINGS = """
[outgoing]
allowed_networks = ["127.0.0.0/8"]
[catalogue]
kind = "both"
url = "{sru}"
fresh_s = 0
[catalogue.holdings]
format = "952"
[[partners]]
id = "sample"
name = "Sample Valley Library"
peer = "sample"
symbols = ["ISIL:XX-PARTNER"]
account = "20000000090015"
auto_answer = "both"
"""


class House:
    """A running gateway, and what is asked of it from outside."""

    def __init__(self, gateway: Gateway, session: aiohttp.ClientSession, catalogue: SruServer) -> None:
        self.catalogue = catalogue
        self._gateway = gateway
        self._session = session

    async def ask(self, number: str) -> None:
        """The partner asks for the almanac by its ISBN."""
        url = f"http://127.0.0.1:{self._gateway.ports['http']}/iso18626"
        headers = {"Content-Type": "application/xml"}
        async with self._session.post(url, data=encode(request(number)), headers=headers) as answer:
            assert answer.status == 200

    async def ready(self) -> str:
        """What /readyz says; a silent catalogue takes nobody's service away."""
        url = f"http://127.0.0.1:{self._gateway.ports['operations']}/readyz"
        async with self._session.get(url) as answer:
            assert answer.status == 200
            return await answer.text()

    async def get(self, path: str) -> Any:
        url = f"http://127.0.0.1:{self._gateway.ports['api']}/api/v1{path}"
        async with self._session.get(url, headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
            return await answer.json()

    async def state(self, number: str) -> str:
        found = (await self.get("/requests"))["requests"]
        return next((each["state"] for each in found if each["partner_request_id"] == number), "")

    async def reaches(self, number: str, state: str) -> str:
        """Wait for a state; give the words of the whole timeline."""

        async def reached() -> bool:
            return await self.state(number) == state

        await until(reached)
        found = (await self.get("/requests"))["requests"]
        [ours] = [each["id"] for each in found if each["partner_request_id"] == number]
        return "\n".join(entry["words"] for entry in (await self.get(f"/requests/{ours}/timeline"))["entries"])


def request(number: str) -> iso.Request:
    header = iso.Header(
        supplying_agency_id=values.AgencyId.of("ISIL:XX-EXAMPLE"),
        requesting_agency_id=values.AgencyId.of("ISIL:XX-PARTNER"),
        timestamp=datetime.now(UTC),
        requesting_agency_request_id=number,
    )
    isbn = iso.BibliographicItemId(
        bibliographic_item_identifier="978-0-00-000001-9", bibliographic_item_identifier_code=values.Code("ISBN")
    )
    wanted = iso.BibliographicInfo(title="The Imaginary Almanac", bibliographic_item_ids=(isbn,))
    return iso.Request(
        header=header, bibliographic_info=wanted, service_info=iso.ServiceInfo(service_type=ServiceType.LOAN)
    )


@asynccontextmanager
async def house(folder: Path, *answers: Any) -> AsyncIterator[House]:
    acs = await serve_acs(AcsSettings())
    async with acs, sru_server(*answers) as catalogue, aiohttp.ClientSession() as session:
        more = known_peer(agencies="*") + SETTINGS.format(sru=catalogue.url)
        given = small_settings(folder, acs=acs.port, more=more)
        async with Gateway(given) as gateway:
            yield House(gateway, session, catalogue)


OVER_Z3950 = """
kind = "z39.50"
url = "z39.50s://127.0.0.1:{port}/Default"
product = "koha"
record_number = "001"
timeout_s = 60
"""


async def test_a_copy_of_a_catalogue_over_z3950_is_found_asked_about_and_held(tmp_path: Path):
    zebra_server.needed(zebra_server.is_installed(), "Zebra", "idzebra-2.0")
    folder = tmp_path / "zebra"
    folder.mkdir()
    acs = await serve_acs(AcsSettings())
    with zebra_server.zebra(folder, (ALMANAC, OTHER), charset="marc-8") as url:
        own = OVER_Z3950.format(port=urlsplit(url).port).join(SETTINGS.split('kind = "both"\nurl = "{sru}"'))
        async with acs, aiohttp.ClientSession() as session:
            given = small_settings(tmp_path, acs=acs.port, more=known_peer(agencies="*") + own)
            async with Gateway(given) as gateway, sru_server(NOTHING) as nobody:
                here = House(gateway, session, nobody)
                await here.ask("R1")
                told = await here.reaches("R1", "will supply")
    assert "Catalogue: ISBN 9780000000019: 2 records" in told
    assert "Chosen: 30000000001010" in told
    assert nobody.asked == []


async def fail(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=503)


async def test_a_copy_of_the_catalogue_is_found_asked_about_and_held(tmp_path: Path):
    async with house(tmp_path, response(ALMANAC, OTHER)) as here:
        await here.ask("R1")
        told = await here.reaches("R1", "will supply")
    assert "Catalogue: ISBN 9780000000019: 2 records" in told
    assert "Chosen: 30000000001010" in told
    assert "30000000001044" not in told, "the other record has the number and another title"


async def test_a_silent_catalogue_answers_with_what_it_said_before(tmp_path: Path):
    async with house(tmp_path, response(ALMANAC), fail) as here:
        await here.ask("R1")
        await here.reaches("R1", "will supply")
        await here.ask("R2")

        async def is_answered() -> bool:
            return await here.state("R2") not in ("", "searching", "checking")

        await until(is_answered)
        told = await here.reaches("R2", await here.state("R2"))
    assert "The catalogue did not answer (it answered with HTTP 503, and not with records); copies as known at" in told


async def test_a_catalogue_that_was_never_heard_keeps_the_request_searching(tmp_path: Path):
    async with house(tmp_path, fail) as here:
        await here.ask("R1")

        async def was_asked() -> bool:
            return bool(here.catalogue.asked)

        await until(was_asked)
        assert await here.state("R1") == "searching"
        assert (await here.get("/catalogue/copies?isbn=9780000000019"))["certain"] is False
        assert "it answered with HTTP 503, and not with records" in await here.ready()


async def test_a_work_that_neither_source_has_is_not_held(tmp_path: Path):
    async with house(tmp_path, NOTHING) as here:
        await here.ask("R1")
        told = await here.reaches("R1", "unfilled")
    assert "0 copies found. Item list: searched by isbn:9780000000019. Catalogue: ISBN 9780000000019: 0 records" in told
