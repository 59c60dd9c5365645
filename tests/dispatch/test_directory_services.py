"""Reading directory services over HTTP: page by page in each project's way, within bounds, and only where we may connect."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from gateway.clock import TakeOn
from gateway.dispatch import directory_services
from gateway.dispatch.directory_services import LOOK_EVERY_S, PAGE_ENTRIES, DirectoryServices, due_at, follow
from gateway.outgoing import Destinations
from gateway.store.told_port import Reading
from gateway.workflow.catalogue import OwnIndexes
from gateway.workflow.directories import DirectoryForm, DirectoryService
from gateway.workflow.partners import PartnerCatalogue
from tests.dispatch.house import OURS, House
from tests.partners.directory_server import crosslink_entry, directory_server, reshare_entry


def reader(house: House, *services: DirectoryService, allowed: tuple[str, ...] = ("127.0.0.0/8",)) -> DirectoryServices:
    destinations = Destinations(allowed)
    return DirectoryServices(
        services, store=house.store, time=house.time, our_symbols=(OURS,), socket_factory=destinations.socket
    )


async def trouble(house: House) -> str:
    (reading,) = await house.store.told.readings()
    return reading.trouble


async def test_crosslinks_entries_are_read_page_by_page_with_their_catalogues(house: House):
    catalogue = {
        "catalogConfig": {
            "sru": {"address": "https://l0.example.org/sru"},
            "queryConfig": {"isbn": "bath.isbn={term}"},
        }
    }
    entries = [crosslink_entry(0, **catalogue), *(crosslink_entry(number) for number in range(1, PAGE_ENTRIES + 3))]
    async with directory_server(*entries) as server:
        await reader(house, server.service(token="a-token")).read_all()
        assert [each["offset"] for each in server.asked] == ["0", str(PAGE_ENTRIES)]
        assert server.headers[0]["Authorization"] == "Bearer a-token"
    told = await house.store.told.told()
    assert len(told) == len(entries)
    first = next(each.entry for each in told if each.entry.symbols == ("ISIL:XX-L0",))
    assert (first.url, first.dialect) == ("https://l0.example.org/iso18626", "reshare")
    assert first.catalogue == PartnerCatalogue(url="https://l0.example.org/sru", indexes=OwnIndexes(isbn="bath.isbn"))
    assert await house.store.told.readings() == (
        Reading(directory="consortium", at=house.time.now(), entries=len(entries)),
    )


async def test_mod_directorys_entries_are_read_behind_okapi(house: House):
    async with directory_server(*map(reshare_entry, range(PAGE_ENTRIES + 1))) as server:
        service = server.service(DirectoryForm.RESHARE, tenant="example", token="okapi-token")
        await reader(house, service).read_all()
        assert [(each["perPage"], each["page"]) for each in server.asked] == [
            (str(PAGE_ENTRIES), "1"),
            (str(PAGE_ENTRIES), "2"),
        ]
        assert (server.headers[0]["X-Okapi-Tenant"], server.headers[0]["X-Okapi-Token"]) == ("example", "okapi-token")
    told = await house.store.told.told()
    assert len(told) == PAGE_ENTRIES + 1
    assert told[0].entry.catalogue == PartnerCatalogue(url="z39.50s://l0.example.org:210/MAIN")


async def test_a_file_of_our_own_form_is_read_whole_and_we_are_not_among_its_libraries(house: House):
    libraries = [{"name": "East", "symbols": ["ISIL:XX-E"]}, {"name": "We ourselves", "symbols": [OURS]}]
    async with directory_server(*libraries) as server:
        await reader(house, server.service(DirectoryForm.PLAIN, user="hill", password="pass")).read_all()
        assert server.headers[0]["Authorization"].startswith("Basic ")
        assert server.asked == [{}]
    assert [each.entry.name for each in await house.store.told.told()] == ["East"]


async def test_what_is_gone_from_the_directory_is_gone_here_and_what_was_declined_stays_so(house: House):
    async with directory_server(crosslink_entry(1), crosslink_entry(2)) as server:
        services = reader(house, server.service())
        await services.read_all()
        first, second = await house.store.told.told()
        await house.store.told.decline(second)
        await house.time.advance(60)
        server.entries = [crosslink_entry(2)]
        await services.read_all()
        (left,) = await house.store.told.told()
    assert (left.id, left.declined) == (second.id, second.digest)
    assert first.id != left.id


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (web.Response(status=401), "It does not let us in (HTTP 401): look at token, user and tenant in the settings."),
        (web.Response(status=302, headers={"Location": "/elsewhere"}), "It answered with HTTP 302, and not with its entries."),
        (web.Response(text="<html>"), "What it answers is no JSON."),
        (web.json_response({"items": []}), "It tells of no library with a symbol."),
    ],
)  # fmt: skip
async def test_what_goes_wrong_is_told_and_takes_nothing_away(house: House, answer: web.Response, words: str):
    async with directory_server(crosslink_entry(1)) as server:
        services = reader(house, server.service())
        await services.read_all()
        server.trouble = answer
        await services.read_all()
    assert await trouble(house) == words
    assert len(await house.store.told.told()) == 1


async def test_an_address_that_we_may_not_connect_to_is_refused(house: House):
    async with directory_server(crosslink_entry(1)) as server:
        await reader(house, server.service(), allowed=()).read_all()
        assert server.asked == []
    assert await trouble(house) == "We may not connect to its address (settings: outgoing.allowed_networks)."


async def test_nobody_there(house: House):
    service = DirectoryService(id="consortium", url="http://127.0.0.1:9/", form=DirectoryForm.PLAIN)
    await reader(house, service).read_all()
    assert await trouble(house) == "There is no connection."


async def test_an_answer_without_end_is_cut_off(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(directory_services, "MOST_BYTES", 200)
    async with directory_server(crosslink_entry(1)) as server:
        await reader(house, server.service()).read_all()
    assert await trouble(house) == "It answers with more than 200 bytes."


async def test_a_directory_without_end_is_given_up(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(directory_services, "MOST_PAGES", 2)
    async with directory_server(*map(crosslink_entry, range(3 * PAGE_ENTRIES))) as server:
        await reader(house, server.service()).read_all()
        assert len(server.asked) == 2
    assert (await trouble(house)).startswith("It has more than ")


async def test_each_is_read_when_it_is_due_by_one_gateway(house: House):
    async with directory_server(crosslink_entry(1)) as server:
        services = reader(house, server.service(every_hours=6))

        def take_on(service: str) -> TakeOn:
            return lambda at: house.store.take_turn(f"directory {service}", at=at, now=at)

        following = asyncio.create_task(follow(services, clock=house.time, take_on=take_on))
        await until(lambda: len(server.asked) == 1 and bool(house.time.sleepers))
        await house.time.advance(3600)
        await until(lambda: bool(house.time.sleepers))
        assert len(server.asked) == 1
        passed_s = 0.0
        async with asyncio.timeout(60):
            while len(server.asked) < 2:  # it may be awake as time passes: then it sleeps on from a later moment
                await house.time.advance(LOOK_EVERY_S)
                passed_s += LOOK_EVERY_S
                await asyncio.sleep(0.001)
        assert passed_s >= 3600, "not before it is due"
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def until(holds: Callable[[], Any]) -> None:
    """Let others go on until it holds."""
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.01)


def test_all_gateways_count_from_the_same_moment():
    service = DirectoryService(id="a", url="http://a.example/", form=DirectoryForm.PLAIN, every_hours=5)
    now = datetime(2026, 11, 27, 13, 37, tzinfo=UTC)
    due = due_at(service, now)
    assert due <= now < due + timedelta(hours=5)
    assert due_at(service, due) == due == due_at(service, due + timedelta(hours=4, minutes=59))


def test_no_secret_is_shown():
    service = DirectoryService(
        id="a", url="http://a.example/", form=DirectoryForm.PLAIN, token="token-value", password="password-value"
    )
    assert "value" not in repr(service)
