"""Whom a failure is blamed on: the smallest thing that explains all since the other side was last heard."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from gateway.dispatch.lanes import Blame, LaneState, Try, by_lane
from gateway.dispatch.results import Fault
from gateway.store.port import BackOff, EffectRow
from gateway.workflow.effects import FindCopies
from gateway.workflow.values import Wanted

NOW = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)
L, K = "ISIL:XX-L", "ISIL:XX-K"


def begin(state: LaneState, request: str, library: str | None = None) -> Try:
    row = EffectRow(
        id=int(request[1:]), request=request, effect=FindCopies(wanted=Wanted(title="x")), lane="peer:hub",
        due_at=NOW, attempts=0, started_at=None, payload=None,
    )  # fmt: skip
    return state.begin(row, library)


def play(state: LaneState, *steps: tuple[str, str | None]) -> list[Blame]:
    """Each step a request of a library that fails, or that goes well: "ok"."""
    blames = []
    for request, library in steps:
        tried = begin(state, request, library)
        if library == "ok":
            state.heard(msgspec.structs.replace(tried, library=None))
            continue
        blames.append(blame := state.blame(tried, Fault.DOUBTFUL))
        if blame in {Blame.LANE, Blame.LIBRARY}:
            state.failed(tried, blame)
    return blames


@pytest.mark.parametrize(
    ("steps", "blamed"),
    [
        ((("R1", None),), Blame.ROW),
        ((("R1", None), ("R1", None)), Blame.NOBODY_YET),
        ((("R1", None), ("R2", None)), Blame.LANE),
        ((("R1", None), ("R3", "ok"), ("R2", None)), Blame.ROW),
        ((("R1", L), ("R2", L)), Blame.LIBRARY),
        ((("R1", L), ("R2", K)), Blame.LANE),
        ((("R1", L), ("R2", L), ("R3", L)), Blame.LIBRARY),
    ],
    ids=[
        "one",
        "the same again",
        "two",
        "one after another that went well",
        "two of a library",
        "two libraries",
        "more",
    ],
)
def test_the_smallest_thing_is_blamed_that_explains_all(steps: Any, blamed: Blame):
    assert play(LaneState("peer:hub"), *steps)[-1] is blamed


def test_another_library_that_is_heard_does_not_clear_one_that_is_silent():
    state = LaneState("peer:hub")
    play(state, ("R1", L))
    state.heard(begin(state, "R2", K))
    assert play(state, ("R3", L)) == [Blame.LIBRARY]


@pytest.mark.parametrize(("fault", "blamed"), [(Fault.LANES, Blame.LANE), (Fault.ITS_OWN, Blame.ROW)])
def test_what_is_known_needs_no_comparison(fault: Fault, blamed: Blame):
    state = LaneState("acs:main")
    assert state.blame(begin(state, "R1"), fault) is blamed


def test_work_without_a_lane_waits_by_itself():
    state = LaneState(None)
    assert state.blame(begin(state, "R1"), Fault.LANES) is Blame.ROW


def test_what_fails_together_is_one_failure():
    """Eight rows at once would else be left alone for eleven minutes in place of five seconds."""
    state = LaneState("acs:main")
    tries = [begin(state, f"R{number}") for number in range(8)]
    for tried in tries:
        blame = state.blame(tried, Fault.LANES)
        state.failed(tried, blame)
    assert state.trouble.failures == 1
    assert state.failed(begin(state, "R9"), Blame.LANE) is state.trouble
    assert state.trouble.failures == 2


def test_after_a_failure_one_runs_at_once_then_twice_as_many_with_each_that_goes_well():
    state = LaneState("acs:main")
    play(state, ("R1", None))
    paces = [state.pace]
    for _ in range(3):
        state.heard(begin(state, "R2"))
        paces.append(state.pace)
    assert paces == [1, 2, 4, 8]


def test_a_library_that_is_left_alone_is_tried_with_one_row():
    state = LaneState("peer:hub")
    play(state, ("R1", L), ("R2", L))
    state.learn({L: BackOff(lane=state.stored_as(L), until=NOW, failures=1)})
    first, second, other = begin(state, "R3", L), begin(state, "R4", L), begin(state, "R5", K)
    assert state.held_back(first, NOW - timedelta(seconds=9)) == NOW
    assert [state.held_back(tried, NOW) for tried in (first, other)] == [None, None]
    later = state.held_back(second, NOW)
    assert later is not None
    assert later > NOW
    state.over(first)
    assert state.held_back(second, NOW) is None


def test_back_offs_are_kept_by_lane_and_library():
    own, library = (BackOff(lane=name, until=NOW, failures=1) for name in ("peer:hub", f"peer:hub {L}"))
    assert by_lane([own, library]) == {"peer:hub": {None: own, L: library}}
