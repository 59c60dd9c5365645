"""Proposals of directory services by the API: what would change, accepted or declined."""

from typing import Any

import msgspec
import pytest

from gateway.dispatch.directory_services import DirectoryServices
from gateway.store.directory_port import RecordKind
from gateway.workflow.directories import DirectoryService
from tests.partners.directory_server import DirectoryServer, crosslink_entry, directory_server
from tests.web.live import Live


def follow(live: Live, *services: DirectoryService) -> None:
    """Let the desk read these."""
    reading = DirectoryServices(services, store=live.store, time=live.time, our_symbols=("ISIL:XX-ECL",))
    object.__setattr__(live.desk.partners, "directories", reading)


async def read(live: Live, server: DirectoryServer) -> Any:
    follow(live, server.service())
    status, answer = await live.call("POST", "/directories/read", role="admin")
    assert status == 200, answer
    return answer


async def accept(live: Live, number: str, answer: str = "accept") -> tuple[int, Any]:
    return await live.call("POST", f"/directories/proposals/{number}/{answer}", role="admin")


async def test_without_services_there_is_nothing(live: Live):
    assert (await live.call("GET", "/directories", role="viewer"))[1]["proposals"] == []


async def test_a_new_library_becomes_a_partner_and_is_proposed_no_more(live: Live):
    async with directory_server(crosslink_entry(7)) as server:
        found = await read(live, server)
        (proposed,) = found["proposals"]
        assert (proposed["is_new"], proposed["partner"], proposed["problems"]) == (True, "lib7", [])
        assert proposed["changes"]["peer.url"] == {"before": "", "after": "https://l7.example.org/iso18626"}
        status, answer = await accept(live, proposed["id"])
        assert (status, answer["words"]) == (200, "Example Library 7 is a partner now.")
        assert (await live.call("GET", "/directories"))[1]["proposals"] == []
        assert (await live.call("GET", "/partners/lib7"))[1]["partner"]["symbols"] == ["ISIL:XX-L7"]
        (line,) = await live.store.directory_history(RecordKind.PARTNER, "lib7", limit=9)
        assert line.what == "taken from the directory consortium"
        assert (await accept(live, proposed["id"]))[0] == 404


async def test_a_change_is_shown_column_by_column_and_declined_until_there_is_another(live: Live):
    async with directory_server(crosslink_entry(7)) as server:
        (proposed,) = (await read(live, server))["proposals"]
        await accept(live, proposed["id"])
        closures = [{"startDate": "2030-12-24", "endDate": "2030-12-26", "reason": "Holidays"}]
        server.entries = [crosslink_entry(7, closures=closures, email="ill@l7.example.org")]
        (proposed,) = (await read(live, server))["proposals"]
        assert not proposed["is_new"]
        assert proposed["changes"] == {
            "email": {"before": "", "after": "ill@l7.example.org"},
            "closures": {"before": "", "after": "2030-12-24/2030-12-26 Holidays"},
        }
        assert (await accept(live, proposed["id"], "decline"))[0] == 200
        assert (await read(live, server))["proposals"] == []
        server.entries = [crosslink_entry(7, closures=closures, email="new@l7.example.org")]
        assert len((await read(live, server))["proposals"]) == 1


async def test_what_can_not_be_a_record_is_told_and_not_accepted(live: Live):
    async with directory_server(crosslink_entry(7, email="no address")) as server:
        (proposed,) = (await read(live, server))["proposals"]
        assert proposed["problems"]
        status, answer = await accept(live, proposed["id"])
        assert (status, [each["column"] for each in answer["problems"]]) == (422, ["email"])


async def test_trouble_is_shown_beside_what_was_told_before(live: Live):
    async with directory_server(crosslink_entry(7)) as server:
        await read(live, server)
    answer = (await live.call("POST", "/directories/read", role="admin"))[1]
    assert answer["directories"][0]["trouble"] == "There is no connection."
    assert len(answer["proposals"]) == 1


@pytest.mark.parametrize("other", [(), ("other",)])
async def test_what_a_service_told_that_is_not_in_the_settings_any_more_is_not_proposed(
    live: Live, other: tuple[str, ...]
):
    async with directory_server(crosslink_entry(7)) as server:
        await read(live, server)
        follow(live, *(msgspec.structs.replace(server.service(), id=name) for name in other))
        assert (await live.call("GET", "/directories"))[1]["proposals"] == []
