"""Keys of work: what a decision takes back can exist, in the role that takes it back."""

from collections.abc import Iterable
from functools import cache
from typing import get_args

import pytest

from gateway.workflow.acts.undo import STOPPABLE
from gateway.workflow.effects import AnyEffect, Perform, StartTimer, WorkKey, WorkKind
from gateway.workflow.machine import TIMER_KEYS, Decision
from gateway.workflow.records import Act, Clock
from tests.workflow.builders import ARRIVALS, AT, STATES, decision
from tests.workflow.test_borrowing_table import decisions as borrowing_decisions
from tests.workflow.test_table import walk

ALL_ACTS = {*STOPPABLE, *TIMER_KEYS, *map(Perform.key_of, Act)}
"""Taken back whole, whichever role has use for them."""


@cache
def lending() -> list[Decision]:
    made = [decision(None, event) for event in ARRIVALS]
    return [*made, *(each for state in STATES for _, _, each in walk(state) if isinstance(each, Decision))]


def borrowing() -> list[Decision]:
    return [made for _, _, made in borrowing_decisions()]


def emitted(decisions: Iterable[Decision]) -> set[WorkKey]:
    return {effect.key for made in decisions for effect in made.effects}


@pytest.mark.parametrize("role", [lending, borrowing])
def test_whatever_is_taken_back_was_asked_for_by_some_row_of_the_same_table(role):
    made = role()
    taken_back = {key for each in made for key in (*each.withdraw, *each.must_withdraw, *each.must_stop)}
    assert taken_back - ALL_ACTS - emitted(made) == set()


BY_LEVEL_OR_SERVICE = {
    StartTimer(clock=clock, since=AT).key
    for clock in (Clock.LENDER_ANSWER_RUSH, Clock.LENDER_ANSWER_EXPRESS, Clock.COPY_RECEIPT)
}
"""Clocks of requests that the samples don't hold."""


def test_what_is_taken_back_whole_is_asked_for_in_one_role_or_the_other():
    asked_for = emitted([*lending(), *borrowing()])
    assert ALL_ACTS - BY_LEVEL_OR_SERVICE - asked_for == set()


def test_the_kinds_of_work_are_those_of_the_effects():
    assert {effect.__struct_config__.tag for effect in get_args(AnyEffect)} == set(WorkKind)
