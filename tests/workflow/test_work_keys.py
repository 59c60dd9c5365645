"""Keys of work; that each role asks for what it takes back is shown where its table is walked (test_table, test_borrowing_table)."""

from typing import get_args

from gateway.workflow.effects import AnyEffect, WorkKind
from gateway.workflow.records import Role
from tests.workflow.work_keys import NEVER, NOT_ASKED


def test_what_is_taken_back_whole_is_asked_for_in_one_role_or_the_other():
    assert set(NOT_ASKED[Role.LENDING]) & set(NOT_ASKED[Role.BORROWING]) == NEVER


def test_the_kinds_of_work_are_those_of_the_effects():
    assert {effect.__struct_config__.tag for effect in get_args(AnyEffect)} == set(WorkKind)
