"""Peers and partners over the API, on a real server and store."""

from typing import Any

import msgspec
import pytest

from gateway.workflow.records import Role, State
from tests.web.known import VALLEY, a_request, keep
from tests.web.live import Live

PEER: dict[str, Any] = {"id": "east", "url": "https://ill.example.org/iso18626", "agencies": ["ISIL:XX-E", "*"]}
PARTNER: dict[str, Any] = {"id": "east", "name": "Example East Library", "peer": "hub", "symbols": ["ISIL:XX-E"]}


async def test_a_peer_is_saved_shown_and_listed(live: Live):
    assert (await live.call("PUT", "/peers/east", body=PEER))[1]["what"] == "added"
    assert [peer["id"] for peer in (await live.call("GET", "/peers", role="viewer"))[1]["peers"]] == ["east", "hub"]
    assert (await live.call("GET", "/peers/hub", role="viewer"))[1]["partners"] == ["valley"]
    assert len(live.directory_changes) == 1


async def test_a_partner_is_saved_and_listed_with_its_standing(live: Live):
    _, saved = await live.call("PUT", "/partners/east", body=PARTNER)
    assert saved["warnings"] == ["Peer hub may not speak for ISIL:XX-E yet: add that to its agencies."]
    assert (await live.call("PUT", "/partners/valley", body=msgspec.to_builtins(VALLEY) | {"suspended": True}))[
        0
    ] == 200
    listed = (await live.call("GET", "/partners", role="viewer"))[1]
    assert [(partner["id"], partner.get("suspended", False)) for partner in listed["partners"]] == [
        ("east", False),
        ("valley", True),
    ]
    assert listed["standing"]["valley"]["requests_refused"] == "suspended until further notice"
    assert len(live.directory_changes) == 2


async def test_all_mistakes_are_told_at_once_each_with_its_field(live: Live):
    body = PEER | {"version": "3", "url": "ftp://x", "agencies": ["XX"], "max_per_minute": "many", "dialekt": "plain"}
    status, answer = await live.call("PUT", "/peers/east", body=body)
    assert (status, answer["error"]) == (422, "unusable")
    assert answer["problems"] == [
        {"column": "dialekt", "words": "there is no such field; did you mean dialect"},
        {"column": "max_per_minute", "words": "must be a whole number"},
    ]
    del body["max_per_minute"], body["dialekt"]
    _, answer = await live.call("PUT", "/peers/east", body=body)
    assert [problem["column"] for problem in answer["problems"]] == ["url", "version", "agencies"]
    assert live.directory_changes == []


@pytest.mark.parametrize(
    ("path", "body", "column", "words"),
    [
        ("/peers/west", PEER, "id", "not the one in the address"),
        ("/peers/east", PEER | {"password": "x"}, "password", "there is no such field"),
        ("/partners/west", PARTNER, "id", "not the one in the address"),
        ("/partners/east", PARTNER | {"peer": "nobody"}, "peer", "there is no peer “nobody”"),
        (
            "/partners/east",
            PARTNER | {"symbols": ["XX"]},
            "symbols",
            "“XX” is not type:value, like ISIL:XX-EXAMPLE",
        ),
        (
            "/partners/east",
            PARTNER | {"symbols": ["isil:xx-evl"]},
            "symbols",
            "“isil:xx-evl” belongs to Example Valley Library",
        ),
    ],
)
async def test_a_record_that_can_not_be_is_refused(live: Live, path: str, body: Any, column: str, words: str):
    status, answer = await live.call("PUT", path, body=body)
    assert (status, answer["problems"]) == (422, [{"column": column, "words": words}])
    assert live.directory_changes == []


async def test_a_secret_is_named_and_only_one_that_is_for_peers(live: Live):
    for written in ("open sesame", "env:STORE_PASSWORD", "secret:acs", "secret:peer-unknown"):
        status, answer = await live.call("PUT", "/peers/east", body=PEER | {"outbound": {"bearer": written}})
        assert (status, answer["problems"][0]["column"]) == (422, "outbound.bearer")
        assert "sesame" not in str(answer)
    assert (await live.call("PUT", "/peers/east", body=PEER | {"outbound": {"bearer": "secret:peer-east"}}))[0] == 200


async def test_what_was_changed_by_whom_and_when_is_kept(live: Live):
    await live.call("PUT", "/partners/east", body=PARTNER)
    await live.call("PUT", "/partners/east", body=PARTNER | {"name": "Example East Side Library", "groups": ["east"]})
    await live.call("PUT", "/partners/east", body=PARTNER | {"name": "Example East Side Library", "groups": ["east"]})
    await live.call("DELETE", "/partners/east")
    lines = (await live.call("GET", "/partners/east/history", role="viewer"))[1]["history"]
    assert [(line["by"], line["what"]) for line in lines] == [
        ("first-admin", "removed"),
        ("first-admin", "changed name, groups"),
        ("first-admin", "added"),
    ], "the same once more is no change"
    assert (lines[1]["before"]["name"], lines[1]["after"]["name"]) == (
        "Example East Library",
        "Example East Side Library",
    )
    assert len(live.directory_changes) == 3


async def test_a_change_made_from_an_older_directory_is_refused(live: Live):
    version = (await live.call("GET", "/partners/valley"))[1]["version"]
    await live.call("PUT", "/partners/east", body=PARTNER)
    status, answer = await live.call("PUT", f"/partners/east?version={version}", body=PARTNER | {"name": "Other"})
    assert (status, answer["error"]) == (409, "refused")
    assert (await live.call("PUT", f"/partners/east?version={version + 1}", body=PARTNER | {"name": "Other"}))[0] == 200


async def test_what_open_requests_use_stays(live: Live):
    await keep(live.store, a_request("r1"), a_request("r2", State.COMPLETED))
    status, answer = await live.call("DELETE", "/partners/valley")
    assert (status, answer["detail"]) == (
        409,
        "Open requests use it: r1. It can be removed once they have ended.",
    )
    status, answer = await live.call("DELETE", "/peers/hub")
    assert (status, answer["detail"]) == (
        409,
        "Partners are reached through it: valley. Give them another peer first.",
    )


async def test_what_is_lost_has_ended_where_we_lend_and_not_where_we_borrow(live: Live):
    await keep(live.store, a_request("b1", State.LOST, role=Role.BORROWING), a_request("r1", State.LOST))
    status, answer = await live.call("DELETE", "/partners/valley")
    assert (status, answer["detail"]) == (409, "Open requests use it: b1. It can be removed once they have ended.")


async def test_what_only_ended_requests_used_goes(live: Live):
    ended = a_request("b2", State.SERVED_HERE, role=Role.BORROWING)
    await keep(live.store, a_request("r1", State.LOST), a_request("r2", State.COMPLETED), ended)
    assert (await live.call("DELETE", "/partners/valley"))[0] == 200
    assert (await live.call("DELETE", "/peers/hub"))[0] == 200
    assert (await live.store.peers(), await live.store.partners()) == ((), ())
    assert (await live.call("DELETE", "/peers/hub"))[0] == 404


async def test_an_open_request_without_a_partner_holds_its_peer(live: Live):
    await live.call("DELETE", "/partners/valley")
    await keep(live.store, a_request("r1", State.AWAITING_APPROVAL, partner=None))
    assert (await live.call("DELETE", "/peers/hub"))[0] == 409


async def test_a_partner_is_suspended_for_a_time_and_taken_back(live: Live):
    """The clock of the tests stands at 28 October 2026."""
    body = {"first": "2026-10-01", "last": "2026-11-30", "why": "unpaid"}
    assert (await live.call("POST", "/partners/valley/suspend", body=body))[1]["what"] == (
        "suspended from 2026-10-01 until 2026-11-30"
    )
    shown = (await live.call("GET", "/partners/valley"))[1]["standing"]
    assert shown["requests_refused"] == shown["not_asked_to_lend"] == "suspended until 2026-11-30 (unpaid)"
    assert (await live.call("POST", "/partners/valley/resume"))[1]["partner"]["suspensions"] == [
        {"first": "2026-10-01", "last": "2026-10-27", "why": "unpaid"}
    ]
    assert (await live.call("POST", "/partners/valley/resume"))[0] == 409
    for first, last in (("2026-11-02", "2026-11-01"), ("2026-10-01", "2026-10-27")):
        status, answer = await live.call("POST", "/partners/valley/suspend", body={"first": first, "last": last})
        assert (status, answer["problems"][0]["column"]) == (422, "last")


async def test_the_directory_is_searched_by_words_of_any_name(live: Live):
    for words, found in (
        ("valley", ["valley"]),
        ("isil:xx-evl valley", ["valley"]),
        ("valley nowhere", []),
        ("", ["valley"]),
    ):
        _, answer = await live.call("GET", f"/partners?q={words}")
        assert ([partner["id"] for partner in answer["partners"]], answer["total"]) == (found, 1)
    await live.call("POST", "/partners/valley/suspend", body={})
    _, answer = await live.call("GET", "/partners?away=true")
    assert [partner["id"] for partner in answer["partners"]] == ["valley"]


async def test_a_peer_is_tried(live: Live):
    assert await live.call("POST", "/peers/hub/try", role="technician") == (200, {"ok": True, "words": "hub answers."})
    assert (await live.call("POST", "/peers/nobody/try"))[0] == 404


async def test_the_catalogue_of_a_partner_is_tried_with_a_work(live: Live):
    status, answer = await live.call("POST", "/partners/valley/test-catalogue?isbn=9780306406157")
    assert (status, answer["detail"]) == (422, "Its record names no catalogue.")
    catalogue = {"url": "https://catalogue.example.org/sru", "product": "koha", "indexes": {"isbn": "bath.isbn"}}
    record = msgspec.to_builtins(VALLEY) | {"catalogue": catalogue}
    assert (await live.call("PUT", "/partners/valley", body=record))[0] == 200
    _, answer = await live.call("POST", "/partners/valley/test-catalogue?isbn=9780306406157")
    assert answer == {"ok": True, "words": "valley has 9780306406157."}
