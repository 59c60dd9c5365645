"""The circulation system's switches over the API."""

import json

import msgspec

from tests.web.known import ACS_STATUS, REPORT, START
from tests.web.live import Live


async def test_the_status_is_what_the_connection_says(live: Live):
    status, answer = await live.call("GET", "/acs", role="viewer")
    assert (status, answer) == (200, json.loads(msgspec.json.encode(ACS_STATUS)))
    assert answer["acs"]["denied"] == ["29", "65"]


async def test_a_check_asks_the_system(live: Live):
    answer = {"ok": True, "says": {"online_status": "Y"}, "supports": "YYY", "library": "EXAMPLE"}
    assert await live.call("POST", "/acs/check", role="technician") == (200, answer)


async def test_reconciling_gives_the_report_and_is_no_viewers(live: Live):
    assert await live.call("POST", "/acs/reconcile", role="technician") == (
        200,
        json.loads(msgspec.json.encode(REPORT)),
    )
    assert (await live.call("POST", "/acs/reconcile", role="viewer"))[0] == 403


async def test_resuming_lets_work_start(live: Live):
    status, answer = await live.call("POST", "/acs/resume", role="technician")
    assert (status, answer["result"]) == (200, "done")
    assert live.resumed == [START]
