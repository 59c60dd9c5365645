"""Two gateways on one PostgreSQL: a peer and a partner made at one are heard and answered by the other, without a restart."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from gateway.app.gateway import Gateway
from gateway.config import Settings
from gateway.iso18626 import messages as iso
from gateway.iso18626 import values
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import MessageStatus
from tests.fakes.small_settings import TOKEN, small_settings
from tests.faults.database import Kind, database

DEADLINE_S = 60.0


def settings(folder: Path, url: str, name: str) -> Settings:
    return small_settings(folder, name=name, url=url, secrets='peer-new = "a token that the new peer shows"\n')


async def put(session: aiohttp.ClientSession, gateway: Gateway, path: str, **record: object) -> None:
    url = f"http://127.0.0.1:{gateway.ports['api']}/api/v1{path}"
    async with session.put(url, json=record, headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
        assert answer.status == 200, await answer.text()


async def post(session: aiohttp.ClientSession, gateway: Gateway) -> tuple[int, bytes]:
    message = iso.Request(
        header=iso.Header(
            supplying_agency_id=values.AgencyId.of("ISIL:XX-EXAMPLE"),
            requesting_agency_id=values.AgencyId.of("ISIL:XX-NEW"),
            timestamp=datetime(2026, 10, 28, tzinfo=UTC),
            requesting_agency_request_id="N-1",
        ),
        bibliographic_info=iso.BibliographicInfo(title="The Imaginary Almanac"),
    )
    headers = {"Content-Type": "application/xml", "Authorization": "Bearer a token that the new peer shows"}
    url = f"http://127.0.0.1:{gateway.ports['http']}/iso18626"
    async with session.post(url, data=encode(message), headers=headers) as answer:
        return answer.status, await answer.read()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not condition():
            await asyncio.sleep(0.01)


async def test_what_is_made_at_one_gateway_counts_at_the_other(tmp_path: Path):
    with database(Kind.POSTGRESQL, tmp_path) as store:
        one_settings, two_settings = (settings(tmp_path, store.url, name) for name in ("one", "two"))
        async with Gateway(one_settings) as one, Gateway(two_settings) as two, aiohttp.ClientSession() as session:
            assert (await post(session, two))[0] in {401, 403}
            inbound = {"bearer": "secret:peer-new"}
            await put(session, one, "/peers/new", agencies=["ISIL:XX-NEW"], inbound=inbound)
            await put(session, one, "/partners/new", name="Example New Library", peer="new", symbols=["ISIL:XX-NEW"])
            await until(lambda: two.directory.partner("new") is not None)
            status, confirmation = await post(session, two)
            message = decode(confirmation).message
            assert isinstance(message, iso.RequestConfirmation)
            assert (status, message.confirmation_header.message_status) == (200, MessageStatus.OK)
            request = await one.store.request_by_partner_id("ISIL:XX-NEW", "N-1")
            assert request is not None
            assert (request.peer, request.partner) == ("new", "new")
