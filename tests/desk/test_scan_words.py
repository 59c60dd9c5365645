"""What a scan says of work that the circulation system has not done: stopped where a person is asked, late where it is tried on and on."""

from datetime import UTC
from typing import Final

import pytest

from gateway.desk.scan_words import Around, tell
from gateway.dispatch.roles import TABLES
from gateway.store.scans_port import ScanResult
from gateway.workflow.partners import OurLibrary
from gateway.workflow.records import Role, State
from gateway.workflow.tasks import Task, TaskKind
from gateway.workflow.triggers import StaffAction
from gateway.workflow.words import sentence
from tests.workflow.builders import AT, request

UNDER_WAY: Final = "Being checked in at the desk, then out to Valley"
WHY: Final = f"Tried many times without success. {sentence('the circulation system does not answer')}"


def around(*kinds: TaskKind) -> Around:
    tasks = tuple(Task(id=n, request="r1", kind=kind, words=WHY, opened_at=AT) for n, kind in enumerate(kinds, 1))
    state = State.ARRIVING_TO_SHIP
    return Around(
        request=request(state),
        standing=TABLES[Role.LENDING].standing(state),
        partner="Valley",
        tasks=tasks,
        library=OurLibrary(name="Example Valley Library"),
        zone=UTC,
        now=AT,
    )


@pytest.mark.parametrize(
    ("kinds", "result", "words"),
    [
        ((), ScanResult.DONE, UNDER_WAY),
        ((TaskKind.STUCK,), ScanResult.DONE, f"{UNDER_WAY}, but it is taking long. {WHY}"),
        ((TaskKind.STUCK, TaskKind.FIND_OUT), ScanResult.STOP, f"{UNDER_WAY}, and stopped. {WHY} {WHY}"),
    ],
)
def test_work_that_is_tried_on_and_on_is_told_as_it_comes_and_what_stopped_is_not(
    kinds: tuple[TaskKind, ...], result: ScanResult, words: str
):
    told = tell(StaffAction.ARRIVE_AND_SHIP, around(*kinds), AT, None)
    assert (told.result, told.said, told.open) == (result, words, result is ScanResult.DONE)


def test_what_a_program_says_stands_as_a_sentence():
    assert WHY.endswith(" The circulation system does not answer.")
    assert (sentence("Why?"), sentence("")) == ("Why?", "")
