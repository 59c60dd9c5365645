"""Tasks and what settles them: every kind has its answers, and in each state that it can stand in there is a way out."""

import pytest

from gateway.desk.settling import GROUPS, SETTLED_BY, WAITED_FOR, at_hand
from gateway.dispatch.roles import TABLES
from gateway.workflow.records import Answer, Role, State
from gateway.workflow.tasks import Task, TaskKind
from gateway.workflow.triggers import StaffAction
from tests.workflow.builders import AT, RETRY, SUPPLY, UNFILLED, request


def test_every_kind_of_task_has_its_line():
    assert set(SETTLED_BY) == set(TaskKind)


@pytest.mark.parametrize("kind", TaskKind)
def test_what_settles_a_task_is_possible_in_some_state(kind: TaskKind):
    possible = {act for table in TABLES.values() for state in table.states for act in table.actions(state)}
    assert set(SETTLED_BY[kind]) <= possible


@pytest.mark.parametrize(("kind", "state"), sorted(WAITED_FOR))
def test_what_only_an_act_may_close_has_acts_there(kind: TaskKind, state: State):
    assert any(set(SETTLED_BY[kind]) & set(table.actions(state)) for table in TABLES.values() if state in table.states)


def test_every_act_stands_under_one_heading():
    listed = [act for _, acts in GROUPS for act in acts]
    assert sorted(listed) == sorted(StaffAction)


# ── the act at hand ──────────────────────────────────────────────────────────────────────────────


def task(kind: TaskKind) -> Task:
    return Task(id=1, request="L2026-000001", kind=kind, words="Look.", opened_at=AT)


@pytest.mark.parametrize(
    ("answer", "act"),
    [
        (SUPPLY, StaffAction.ANSWER_SUPPLY),
        (RETRY, StaffAction.ANSWER_RETRY),
        (UNFILLED, StaffAction.ANSWER_UNFILLED),
        (None, StaffAction.ANSWER_SUPPLY),
    ],
)
def test_while_a_person_is_to_answer_what_the_policy_proposes_is_at_hand(answer: Answer | None, act: StaffAction):
    deciding = request(State.DECIDING, answer=answer)
    possible = TABLES[Role.LENDING].actions(State.DECIDING)
    assert at_hand(deciding, [task(TaskKind.ANSWER)], possible) is act


def test_in_every_other_state_it_is_the_states_own_as_far_as_it_is_offered():
    assert at_hand(request(State.ARRIVED), [], [StaffAction.SHIP, StaffAction.NOTE]) is StaffAction.SHIP
    assert at_hand(request(State.ARRIVED), [], [StaffAction.NOTE]) is None
