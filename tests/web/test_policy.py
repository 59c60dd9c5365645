"""The policy over the API, on a real server and store."""

from typing import Any

import msgspec
import pytest

from gateway.sip2.errors import NotSent, Reason
from gateway.store.port import RequestFilter
from gateway.workflow.finding import ListedItem
from gateway.workflow.policy import Policy, PolicyLine
from tests.web.known import ALMANAC
from tests.web.live import Live


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


async def test_every_fault_of_a_policy_is_told_at_once_and_nothing_is_saved(live: Live):
    lines = [{"reason": "TooOld"}, {"partners": ["hills"], "days": 0}]
    status, answer = await live.call("PUT", "/policy", body={"version": 0, "policy": {"lines": lines}})
    assert (status, answer["error"]) == (422, "unusable")
    for field in ("lines.0.reason", "lines.1.days", "lines.1.partners"):
        assert f"{field}: " in answer["detail"]
    assert (await live.call("GET", "/policy"))[1]["version"] == 0
    assert live.directory_changes == []


async def test_a_pause_names_a_reason_that_there_is(live: Live):
    status, answer = await live.call("POST", "/lending/pause", role="manager", body={"reason": "Holidays"})
    assert (status, answer["detail"].split(":")[0]) == (422, "paused_reason")


async def test_lending_is_paused_whatever_else_of_the_policy_is_out_of_date(live: Live):
    stale = Policy(lines=(PolicyLine(partners=("gone",), lend=False),))
    await live.store.save_policy(msgspec.json.encode(stale), at=live.time.now(), by="ann")
    assert (await live.call("POST", "/lending/pause", role="manager"))[0] == 200
    assert (await live.call("POST", "/lending/resume", role="manager"))[0] == 200
    _, shown = await live.call("GET", "/policy")
    status, answer = await live.call("PUT", "/policy", body=shown)
    assert (status, answer["detail"]) == (422, "lines.0.partners: there is no partner “gone”.")


async def test_every_version_can_be_looked_at_with_who_wrote_it_and_when(live: Live):
    await live.call("PUT", "/policy", body={"version": 0, "policy": {"loan_days": 28}})
    await live.time.advance(60)
    await live.call("POST", "/lending/pause", role="manager")
    _, listed = await live.call("GET", "/policy/versions", role="viewer")
    assert [(each["version"], each["saved_by"]) for each in listed["versions"]] == [
        (2, "a-manager"),
        (1, "first-admin"),
    ]
    assert listed["versions"][0]["saved_at"] > listed["versions"][1]["saved_at"]
    assert len((await live.call("GET", "/policy/versions?limit=1"))[1]["versions"]) == 1
    _, first = await live.call("GET", "/policy/versions/1", role="viewer")
    assert (first["version"], first["policy"]["loan_days"], "paused" in first["policy"]) == (1, 28, False)
    assert (await live.call("GET", "/policy/versions/3"))[0] == 404


async def test_a_question_is_answered_with_the_whole_reasoning(live: Live):
    await live.store.import_items([ListedItem(copy=ALMANAC, keys=("isbn:9780306406157",))], replace=True)
    lines = [{"item_types": ["film"], "lend": False}, {"groups": [], "most_at_once": 3}]
    await live.call("PUT", "/policy", body={"version": 0, "policy": {"lines": lines}})
    wanted = {"identifiers": [{"code": "ISBN", "value": "0306406152"}]}
    body = {"partner": "valley", "wanted": wanted}
    status, trial = await live.call("POST", "/policy/try", role="technician", body=body)
    assert (status, trial["told"].split(",")[0], trial["goes_out"], trial["policy_version"]) == (
        200,
        "WillSupply",
        False,
        1,
    )
    (copy,) = trial["copies"]
    assert copy["status"]["copy"]["item_barcode"] == ALMANAC.item_barcode
    assert [line["fits"] for line in copy["lines"]] == [False, True]
    assert live.acs.asked == ["17"]
    assert await live.store.requests(RequestFilter()) == ()


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"partner": "nobody"}, 422, "partner: there is none"),
        ({"status": "14"}, 422, "Expected `str` matching regex"),
        ({"isbn": "0306406152"}, 422, "Unknown: isbn."),
    ],
)
async def test_a_question_that_can_not_be_is_refused(live: Live, body: dict[str, Any], status: int, words: str):
    answered = await live.call("POST", "/policy/try", body=body)
    assert answered[0] == status
    assert answered[1]["detail"].startswith(words)


async def test_where_the_circulation_system_is_silent_a_status_can_be_assumed(live: Live):
    await live.store.import_items([ListedItem(copy=ALMANAC, keys=("isbn:9780306406157",))], replace=True)
    live.acs.answers["17"] = NotSent(Reason.CONNECT, "no connection")
    body = {"partner": "valley", "wanted": {"identifiers": [{"code": "ISBN", "value": "9780306406157"}]}}
    status, answer = await live.call("POST", "/policy/try", body=body)
    assert (status, "Assume a status" in answer["detail"]) == (409, True)
    assert (await live.call("POST", "/policy/try", body=body | {"status": "03"}))[0] == 200


async def test_a_policy_that_does_not_count_yet_can_be_tried(live: Live):
    draft = {"lines": [{"name": "No films", "item_types": ["DVD"], "lend": False}]}
    question = {"partner": "valley", "supposed": {"item_type": "DVD"}, "status": "03"}
    _, before = await live.call("POST", "/policy/try", body=question)
    _, under = await live.call("POST", "/policy/try", body=question | {"policy": draft})
    assert (before["answer"]["kind"], "NotAvailableForILL" in under["told"]) == ("supply", True)
    _, after = await live.call("POST", "/policy/try", body=question)
    assert after == before


async def test_a_faulty_draft_is_refused_with_its_field(live: Live):
    status, answer = await live.call("POST", "/policy/try", body={"policy": {"lines": [{"days": 0}]}})
    assert (status, [each["column"] for each in answer["problems"]]) == (422, ["lines.0.days"])
