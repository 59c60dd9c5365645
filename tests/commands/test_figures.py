"""`partners figures` against a live API."""

from datetime import timedelta

import pytest

from gateway.commands.figures import span
from gateway.store.port import BackOff
from gateway.workflow.figures import Direction, FaultCount
from tests.commands.shell import Shell
from tests.web.known import START, a_request, keep_with_story


async def test_figures_are_printed_one_a_line(shell: Shell):
    store = shell.live.store
    await keep_with_story(store, a_request())
    await store.set_backoff(BackOff(lane="peer:hub", until=START + timedelta(minutes=5), failures=3))
    await store.add_faults(
        [FaultCount(peer="hub", day=START.date(), direction=Direction.IN, fault="too_many", count=2)]
    )
    ran = await shell.run("partners", "figures", "valley", "--first", "2026-10-01")
    assert ran.code == 0
    shown = {" ".join(line.split()) for line in ran.out.splitlines()}
    assert shown >= {
        "period 2026-10-01 to 2026-10-28",
        "fill rate none answered yet",
        "messages in 1",
        "messages put right 1",
        "1 times no version",
        "failed exchanges, in 2",
        "2 times too_many",
        "back-off now until 2026-10-28 03:05",
    }
    assert (await shell.run("partners", "figures", "valley", "--json")).json["partner"] == "valley"


@pytest.mark.parametrize(
    ("seconds", "written"), [(0.5, "0.5 s"), (119, "119.0 s"), (150, "2.5 min"), (9000, "2.5 h"), (216_000, "2.5 d")]
)
def test_a_span_in_the_unit_that_says_most(seconds: float, written: str):
    assert span(seconds) == written
