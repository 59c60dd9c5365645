"""The circulation system's switches over the API."""

from tests.web.live import REPORT, START, Live


async def test_the_status_is_what_the_connection_says(live: Live):
    assert await live.call("GET", "/acs", role="viewer") == (200, {"online": False, "breaker": {"open": True}})


async def test_a_check_asks_the_system(live: Live):
    assert await live.call("POST", "/acs/check", role="technician") == (200, {"online": True, "institution": "EXAMPLE"})


async def test_reconciling_gives_the_report_and_is_no_viewers(live: Live):
    assert await live.call("POST", "/acs/reconcile", role="technician") == (200, REPORT)
    assert (await live.call("POST", "/acs/reconcile", role="viewer"))[0] == 403


async def test_resuming_lets_work_start(live: Live):
    status, answer = await live.call("POST", "/acs/resume", role="technician")
    assert (status, answer["result"]) == (200, "done")
    assert live.resumed == [START]
