"""The policy over the API, on a real server and store."""

import msgspec

from gateway.workflow.policy import Policy
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
