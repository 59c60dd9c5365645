"""Tasks and what settles them: every kind has its answers, and in each state that it can stand in there is a way out."""

import pytest

from gateway.desk.settling import GROUPS, SETTLED_BY, WAITED_FOR
from gateway.dispatch.roles import TABLES
from gateway.workflow.records import State, TaskKind
from gateway.workflow.triggers import StaffAction


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
