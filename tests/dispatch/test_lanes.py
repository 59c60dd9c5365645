"""Whom a failure is blamed on: the smallest thing that explains all since the other side was last heard."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from gateway.dispatch.lanes import MOST_REMEMBERED, Blame, LaneState, Try, by_lane
from gateway.dispatch.results import Fault
from gateway.store.port import BackOff, EffectRow
from gateway.workflow.effects import FindCopies
from gateway.workflow.values import Wanted

NOW = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)
L, K = "ISIL:XX-L", "ISIL:XX-K"
TWO_AND_GOOD = (("R1", None), ("R2", None), ("R3", "ok"))
"""Two fail, and then another gets through."""


def begin(state: LaneState, request: str, library: str | None = None) -> Try:
    row = EffectRow(
        id=int(request[1:]), request=request, effect=FindCopies(wanted=Wanted(title="x")), lane="peer:hub",
        due_at=NOW, attempts=0, started_at=None, payload=None,
    )  # fmt: skip
    return state.begin(row).behind(library)


def succeed(state: LaneState, tried: Try) -> None:
    if state.heard(tried):
        state.end(tried.library)


def play(state: LaneState, *steps: tuple[str, str | None]) -> list[Blame]:
    """Each step a request of a library that fails, or that goes well: "ok"."""
    blames = []
    for request, library in steps:
        tried = begin(state, request, library)
        if library == "ok":
            succeed(state, msgspec.structs.replace(tried, library=None))
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
        ((*TWO_AND_GOOD, ("R1", None), ("R2", None)), Blame.ROW),
        ((*TWO_AND_GOOD, ("R1", None), ("R2", None), ("R1", None)), Blame.NOBODY_YET),
        ((*TWO_AND_GOOD, ("R1", None), ("R2", None), ("R4", None)), Blame.ROW),
        ((*TWO_AND_GOOD, ("R1", None), ("R4", None), ("R5", None)), Blame.LANE),
        ((*TWO_AND_GOOD, ("R4", None), ("R5", None), ("R1", None)), Blame.ROW),
        ((*TWO_AND_GOOD, ("R1", "ok"), ("R2", "ok"), ("R1", None), ("R2", None)), Blame.LANE),
    ],
    ids=[
        "one",
        "the same again",
        "two",
        "one after another that went well",
        "two of a library",
        "two libraries",
        "more",
        "two that failed while another got through",
        "one of them again",
        "a third beside them",
        "two others beside them",
        "one of them while the lane is left alone",
        "two that got through since",
    ],
)
def test_the_smallest_thing_is_blamed_that_explains_all(steps: Any, blamed: Blame):
    assert play(LaneState("peer:hub"), *steps)[-1] is blamed


def test_another_library_that_is_heard_does_not_clear_one_that_is_silent():
    state = LaneState("peer:hub")
    play(state, ("R1", L))
    state.heard(begin(state, "R2", K))
    assert play(state, ("R3", L)) == [Blame.LIBRARY]


def test_two_libraries_that_failed_while_a_third_was_heard_are_to_blame_each_for_itself():
    state = LaneState("peer:hub")
    assert play(state, ("R1", L), ("R2", K)) == [Blame.ROW, Blame.LANE]
    succeed(state, begin(state, "R3", "ISIL:XX-GOOD"))
    assert play(state, ("R4", L), ("R5", K), ("R6", L)) == [Blame.LIBRARY] * 3
    assert state.trouble.failures == 0
    for library in (L, K):
        succeed(state, begin(state, "R7", library))
    assert play(state, ("R8", L), ("R9", K)) == [Blame.ROW, Blame.LANE], "both were heard since"


def test_a_request_whose_work_was_withdrawn_is_forgotten():
    state = LaneState("peer:hub")
    play(state, *TWO_AND_GOOD)
    for request in ("R1", "R2"):
        state.forget(request)
    assert play(state, ("R1", None), ("R2", None)) == [Blame.ROW, Blame.LANE]


def test_no_more_is_remembered_than_a_bound():
    """What is forgotten counts like any other again."""
    state = LaneState("peer:hub")
    play(state, *((f"R{number}", None) for number in range(1, MOST_REMEMBERED + 3)), ("R5000", "ok"))
    assert play(state, ("R3", None), (f"R{MOST_REMEMBERED + 2}", None)) == [Blame.ROW] * 2, "the last thousand"
    assert play(state, ("R1", None), ("R2", None)) == [Blame.ROW, Blame.LANE]


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


def fail(state: LaneState, tried: Try, fault: Fault) -> int:
    """How often the lane has failed in a row by now; 0 where the row alone is to blame."""
    blame = state.blame(tried, fault)
    trouble = state.failed(tried, blame) if blame is Blame.LANE else None
    return trouble.failures if trouble else 0


def test_once_something_gets_through_again_the_pauses_begin_anew_be_it_in_vain():
    state = LaneState("acs:main")
    early = begin(state, "R9")
    assert [fail(state, begin(state, "R1"), Fault.LANES) for _ in range(4)] == [1, 2, 3, 4]
    assert fail(state, early, Fault.DOUBTFUL) == 0, "it began before and says nothing new"
    assert fail(state, begin(state, "R1"), Fault.LANES) == 5
    assert fail(state, begin(state, "R1"), Fault.DOUBTFUL) == 2, "and not six"
    assert [fail(state, begin(state, f"R{number}"), Fault.DOUBTFUL) for number in (2, 3, 4)] == [3, 4, 5]


def test_who_gets_through_in_vain_again_and_again_is_left_alone_for_longer_and_longer():
    state, faults = LaneState("acs:main"), (Fault.LANES, Fault.DOUBTFUL) * 4
    counts = [fail(state, begin(state, f"R{number}"), fault) for number, fault in enumerate(faults)]
    assert counts == [1, 2, 3, 4, 5, 6, 7, 8]


def test_after_half_a_sign_the_next_whole_one_ends_the_trouble():
    state = LaneState("acs:main")
    for _ in range(3):
        fail(state, begin(state, "R1"), Fault.LANES)
    fail(state, begin(state, "R1"), Fault.DOUBTFUL)
    assert state.is_troubled
    assert state.names() == ("acs:main",)
    succeed(state, begin(state, "R2"))
    assert not state.is_troubled


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
