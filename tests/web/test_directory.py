"""Peers, partners and policy over the API, on a real server and store."""

from typing import Any

import msgspec
import pytest

from gateway.workflow.policy import Policy
from tests.web.live import VALLEY, Live

PEER = {"id": "east", "url": "https://ill.example.org/iso18626", "agencies": ["ISIL:XX-E", "*"]}
PARTNER = {"id": "east", "name": "Example East Library", "peer": "hub", "symbols": ["ISIL:XX-E"]}


async def test_a_peer_is_saved_and_listed(live: Live):
    assert (await live.call("PUT", "/peers/east", body=PEER))[0] == 200
    assert [peer["id"] for peer in (await live.call("GET", "/peers", role="viewer"))[1]["peers"]] == ["east", "hub"]
    assert len(live.directory_changes) == 1


async def test_a_partner_is_saved_and_listed(live: Live):
    assert (await live.call("PUT", "/partners/east", body=PARTNER))[0] == 200
    assert (await live.call("PUT", "/partners/valley", body=msgspec.to_builtins(VALLEY) | {"suspended": True}))[
        0
    ] == 200
    listed = (await live.call("GET", "/partners", role="viewer"))[1]["partners"]
    assert [(partner["id"], partner.get("suspended", False)) for partner in listed] == [
        ("east", False),
        ("valley", True),
    ]
    assert len(live.directory_changes) == 2


@pytest.mark.parametrize(
    ("path", "body", "word"),
    [
        ("/peers/west", PEER, "id"),
        ("/peers/east", PEER | {"version": "3"}, "version"),
        ("/peers/east", PEER | {"url": "ftp://x"}, "url"),
        ("/peers/east", PEER | {"agencies": ["XX"]}, "agencies"),
        ("/peers/east", PEER | {"password": "x"}, "Unknown: password"),
        ("/partners/west", PARTNER, "id"),
        ("/partners/east", PARTNER | {"peer": "nobody"}, "peer"),
        ("/partners/east", PARTNER | {"symbols": ["XX"]}, "symbols"),
        (
            "/partners/east",
            PARTNER | {"symbols": ["isil:xx-evl"]},
            "symbols: “isil:xx-evl” belongs to Example Valley Library",
        ),
    ],
)
async def test_a_record_that_can_not_be_is_refused(live: Live, path: str, body: dict[str, Any], word: str):
    status, answer = await live.call("PUT", path, body=body)
    assert (status, answer["error"]) == (422, "unusable")
    assert answer["detail"].startswith(word)
    assert live.directory_changes == []


async def test_the_policy_is_the_built_in_one_until_somebody_writes_one(live: Live):
    assert await live.call("GET", "/policy", role="viewer") == (
        200,
        {"version": 0, "policy": msgspec.to_builtins(Policy())},
    )


async def test_a_new_policy_counts_and_has_the_next_version(live: Live):
    body = {"version": 0, "policy": {"loan_days": 28, "lines": [{"item_types": ["dvd"], "lend": False}]}}
    status, answer = await live.call("PUT", "/policy", body=body)
    assert (status, answer["version"]) == (200, 1)
    assert (await live.call("GET", "/policy"))[1]["policy"]["lines"] == [{"item_types": ["dvd"], "lend": False}]
    assert len(live.directory_changes) == 1


async def test_a_policy_made_from_an_older_one_is_refused(live: Live):
    await live.call("PUT", "/policy", body={"version": 0, "policy": {"loan_days": 28}})
    assert (await live.call("PUT", "/policy", body={"version": 0, "policy": {"loan_days": 21}}))[0] == 409


async def test_a_misspelt_condition_never_widens_a_rule(live: Live):
    status, answer = await live.call(
        "PUT", "/policy", body={"version": 0, "policy": {"lines": [{"item_type": ["dvd"], "lend": False}]}}
    )
    assert (status, answer["detail"]) == (422, "Unknown: policy.lines.0.item_type.")


async def test_pausing_keeps_the_rest_of_the_policy_and_the_answer_it_had(live: Live):
    await live.call("PUT", "/policy", body={"version": 0, "policy": {"loan_days": 28}})
    _, paused = await live.call("POST", "/lending/pause", role="manager", body={"note": "Back on Monday."})
    assert (paused["version"], paused["policy"]["paused"], paused["policy"]["loan_days"]) == (2, True, 28)
    assert paused["policy"]["paused_note"] == "Back on Monday."
    _, resumed = await live.call("POST", "/lending/resume", role="manager")
    assert (resumed["version"], resumed["policy"].get("paused", False)) == (3, False)
    _, again = await live.call("POST", "/lending/pause", role="manager")
    assert again["policy"]["paused_note"] == "Back on Monday."
