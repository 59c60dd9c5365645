"""A partner's figures over the API."""

from datetime import timedelta

import pytest

from gateway.store.port import BackOff
from gateway.workflow.figures import Direction, FaultCount
from tests.web.known import START, a_request, keep_with_story
from tests.web.live import Live


async def test_a_page_of_figures(live: Live):
    await keep_with_story(live.store, a_request())
    until = START + timedelta(minutes=5)
    await live.store.set_backoff(BackOff(lane="peer:hub", until=until, failures=3))
    await live.store.add_faults(
        [FaultCount(peer="hub", day=START.date(), direction=Direction.OUT, fault="not_delivered", count=3)]
    )
    status, answer = await live.call("GET", "/partners/valley/figures", role="viewer")
    assert (status, answer["first"], answer["last"]) == (200, "2026-07-31", "2026-10-28")
    assert answer["backoff"]["failures"] == 3
    figures = answer["figures"]
    assert (figures["messages_in"], figures["repairs"]) == (1, {"no version": 1})
    assert figures["faults"] == {"in": {}, "out": {"not_delivered": 3}}


async def test_a_back_off_that_is_past_is_none(live: Live):
    await live.store.set_backoff(BackOff(lane="peer:hub", until=START - timedelta(minutes=5), failures=3))
    assert (await live.call("GET", "/partners/valley/figures"))[1]["backoff"] is None


@pytest.mark.parametrize(
    ("lanes", "failures"),
    [
        (("peer:hub isil:xx-evl",), 1),
        (("peer:hub", "peer:hub isil:xx-evl"), 1),
        (("peer:hub isil:xx-evl", "peer:hub"), 1),
        (("peer:hub isil:xx-other",), None),
        (("peer:hub-2",), None),
    ],
    ids=["its own", "both, the system's longer", "both, its own longer", "another library's", "another system's"],
)
async def test_a_library_behind_a_system_of_several_is_left_alone_too(
    live: Live, lanes: tuple[str, ...], failures: int | None
):
    for place, lane in enumerate(lanes):
        until = START + timedelta(minutes=30 - 10 * place)
        await live.store.set_backoff(BackOff(lane=lane, until=until, failures=place + 1))
    shown = (await live.call("GET", "/partners/valley/figures"))[1]["backoff"]
    assert (shown and shown["failures"]) == failures


@pytest.mark.parametrize(
    "query", ["first=soon", "last=2026-13-01", "first=2026-10-02&last=2026-10-01", "first=2024-01-01&last=2026-01-01",
              "last=9999-12-31", "last=0001-01-01"],
)  # fmt: skip
async def test_a_period_that_can_not_be_is_refused(live: Live, query: str):
    assert (await live.call("GET", f"/partners/valley/figures?{query}"))[0] == 422
    assert (await live.call("GET", "/partners/nobody/figures"))[0] == 404
