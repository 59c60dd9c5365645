"""An unknown library becomes a partner, with what its message told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from gateway.desk import approval
from gateway.desk.access import Caller
from gateway.iso18626 import messages as iso
from gateway.iso18626 import values
from gateway.iso18626.codec import encode
from gateway.store.port import Change, Inbound
from gateway.workflow.partners import STRANGER
from gateway.workflow.records import Request, State
from gateway.workflow.staff import StaffRole
from gateway.workflow.triggers import StaffAction
from tests.web.known import START, VALLEY, a_request
from tests.web.live import Live

HILLS = "ISIL:XX-HILLS"


def told(symbol: str = HILLS) -> bytes:
    """What the message that made a request said."""
    return encode(
        iso.Request(
            header=iso.Header(
                supplying_agency_id=values.AgencyId.of("ISIL:XX-ECL"),
                requesting_agency_id=values.AgencyId.of(symbol),
                timestamp=datetime(2026, 10, 28, tzinfo=UTC),
                requesting_agency_request_id="their-r1",
            ),
            bibliographic_info=iso.BibliographicInfo(title="The Imaginary Almanac"),
            requesting_agency_info=iso.RequestingAgencyInfo(
                name="Example Hills Library",
                contact_name="Nobody, Nora",
                addresses=(
                    values.PhysicalAddress(line1="3 Made-up Hill", locality="Hills"),
                    values.ElectronicAddress(
                        electronic_address_type=values.Code("Email"), electronic_address_data="ill@hills.example.org"
                    ),
                ),
            ),
        )
    )


async def kept(live: Live, request_id: str = "r1", **fields: Any) -> Request:
    """A request of a library that we don't know."""
    request = a_request(
        request_id,
        State.AWAITING_APPROVAL,
        **{"partner": None, "requesting_agency": HILLS, "items": (), **fields},
    )
    message = Inbound(
        peer=request.peer, digest=request_id, content="c", received_at=START, kind="request", ok=True, document=told(),
        confirmation=b"<confirmation/>",
    )  # fmt: skip
    await live.store.commit(Change(request=request, created=True, history_of=request.id, inbound=message))
    return request


async def test_the_partner_has_what_the_message_told_and_every_kept_request_goes_on(live: Live):
    await kept(live, "r1")
    await kept(live, "r2", requesting_agency="isil:xx-hills")
    await kept(live, "r3", requesting_agency="ISIL:XX-ELSEWHERE")
    status, answer = await live.call("POST", "/requests/r1/approve-partner", body={"account": "21234000000027"})
    assert status == 200
    assert answer["partner"] == {
        "id": "xx-hills",
        "name": "Example Hills Library",
        "peer": "hub",
        "symbols": [HILLS],
        "account": "21234000000027",
        "address": {"line1": "3 Made-up Hill", "locality": "Hills"},
        "email": "ill@hills.example.org",
    }
    assert answer["released"] == ["r1", "r2"]
    acted = [(request_id, event.action, event.partner) for request_id, event in live.intake.acted]
    assert acted == [("r1", StaffAction.APPROVE, "xx-hills"), ("r2", StaffAction.APPROVE, "xx-hills")]
    (peer,) = await live.store.peers()
    assert peer.agencies == ("ISIL:XX-EVL", HILLS)
    (line,) = (await live.call("GET", "/partners/xx-hills/history"))[1]["history"]
    assert (line["what"], line["by"]) == ("approved with request r1", "first-admin")


async def test_a_request_that_nobody_knows_the_sender_of_needs_its_peer_named(live: Live):
    await kept(live, "r1", peer=STRANGER)
    status, answer = await live.call("POST", "/requests/r1/approve-partner")
    assert (status, answer["problems"]) == (422, [{"column": "peer", "words": "is missing"}])
    assert (await live.call("POST", "/requests/r1/approve-partner", body={"peer": "hub"}))[0] == 200
    assert [event.peer for _, event in live.intake.acted] == ["hub"]


async def test_a_library_that_is_a_partner_by_now_keeps_its_record(live: Live):
    await kept(live, "r1", requesting_agency="ISIL:XX-EVL")
    version = await live.store.directory_version()
    _, answer = await live.call("POST", "/requests/r1/approve-partner", body={"name": "Another Name"})
    assert (answer["partner"]["name"], answer["released"]) == ("Example Valley Library", ["r1"])
    assert await live.store.directory_version() == version


async def test_a_library_that_asks_under_a_symbol_that_a_partner_had_is_that_partner(live: Live):
    valley = msgspec.to_builtins(VALLEY) | {"aliases": [HILLS]}
    await live.call("PUT", "/partners/valley", body=valley)
    await kept(live, "r1")
    _, answer = await live.call("POST", "/requests/r1/approve-partner")
    assert (answer["partner"]["id"], answer["released"]) == ("valley", ["r1"])


async def test_what_another_peer_sent_is_not_taken_for_the_partners(live: Live):
    """A broker asked for a library before it became a partner behind a peer of its own."""
    await live.call("PUT", "/peers/broker", body={"agencies": ["*"]})
    await kept(live, "r1", peer="broker", requesting_agency="ISIL:XX-EVL")
    status, answer = await live.call("POST", "/requests/r1/approve-partner")
    assert status == 409
    assert "Example Valley Library is reached through peer hub, and peer broker sent this" in answer["detail"]
    assert (await live.call("POST", "/requests/r1/actions/approve", body={"partner": "valley"}))[0] == 409
    await kept(live, "r2", requesting_agency="ISIL:XX-EVL")
    assert (await live.call("POST", "/requests/r2/approve-partner"))[1]["released"] == ["r2"]
    await live.call("PUT", "/peers/broker", body={"agencies": ["*", "ISIL:XX-EVL"]})
    assert (await live.call("POST", "/requests/r1/approve-partner"))[1]["released"] == ["r1", "r2"]


async def test_only_a_request_that_waits_for_it_can_be_approved(live: Live):
    await live.store.commit(Change(request=a_request("r1"), created=True, history_of="r1"))
    assert (await live.call("POST", "/requests/r1/approve-partner"))[0] == 409
    assert (await live.call("POST", "/requests/r9/approve-partner"))[0] == 404
    await kept(live, "r2")
    status, answer = await live.call("POST", "/requests/r2/approve-partner", body={"id": "valley"})
    assert (status, answer["detail"]) == (409, "There is a partner “valley” already: name another id.")


async def test_unknown_senders_are_listed_with_what_they_told_and_ask_for(live: Live):
    await kept(live, "r1", peer=STRANGER)
    await kept(live, "r2", peer=STRANGER)
    status, answer = await live.call("GET", "/unknown-senders", role="viewer")
    assert status == 200
    (stranger,) = answer["strangers"]
    assert (stranger["agency"], stranger["peer"]) == (HILLS, None)
    assert {request["id"] for request in stranger["requests"]} == {"r1", "r2"}
    assert stranger["cells"]["name"] == "Example Hills Library"
    assert stranger["cells"]["address.locality"] == "Hills"


async def test_of_very_many_that_wait_those_that_came_last_are_told_and_each_can_be_looked_at(
    live: Live, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(approval, "MOST_WAITING", 3)
    monkeypatch.setattr(approval, "MOST_LIBRARIES", 2)
    for place in range(5):
        at = START + timedelta(minutes=place)
        await kept(live, f"r{place}", requesting_agency=f"ISIL:XX-{place}", created_at=at, updated_at=at)
    answer = (await live.call("GET", "/unknown-senders", role="viewer"))[1]
    assert [each["agency"] for each in answer["strangers"]] == ["ISIL:XX-2", "ISIL:XX-3"]
    assert answer["more"]
    oldest = await approval.show_stranger(live.desk, Caller(name="nobody", role=StaffRole.VIEWER), "r0")
    assert oldest is not None
    assert [each.id for each in oldest.requests] == ["r0"]


async def test_nobody_more_waits_than_are_told(live: Live):
    await kept(live)
    assert not (await live.call("GET", "/unknown-senders", role="viewer"))[1]["more"]
