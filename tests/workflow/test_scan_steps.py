"""What a scan does, held against the tables: each state has one line, and its act is one that the rows accept there."""

import pytest

from gateway.dispatch.roles import TABLES
from gateway.workflow.lending.groups import ACTING as LENDING_ACTING
from gateway.workflow.meaning import GRAVE, meaning_of
from gateway.workflow.records import Role, State
from gateway.workflow.triggers import StaffAction

S = State
A = StaffAction
PLACES = [(role, state) for role, table in TABLES.items() for state in sorted(table.states)]


@pytest.mark.parametrize(("role", "state"), PLACES)
def test_each_state_has_one_line_whose_act_the_rows_accept(role: Role, state: State):
    table = TABLES[role]
    lines = [step for step in table.scans if state in step.states]
    assert len(lines) == 1
    assert lines[0].action in {None, *table.actions(state)}
    assert table.scan_step(state) is lines[0].action


@pytest.mark.parametrize("role", list(Role))
def test_no_line_names_a_state_that_the_table_does_not_have(role: Role):
    assert {state for step in TABLES[role].scans for state in step.states} <= TABLES[role].states


@pytest.mark.parametrize(("role", "state"), PLACES)
def test_a_scan_gives_nothing_up(role: Role, state: State):
    """A scanner asks nobody whether it is meant."""
    step = TABLES[role].scan_step(state)
    meaning = meaning_of(TABLES[role].meanings, step, state) if step else None
    assert meaning is None or not meaning.asks
    if role is Role.BORROWING and meaning:
        assert GRAVE.isdisjoint(meaning.flags)


def test_nothing_is_scanned_on_while_the_circulation_system_is_at_it():
    """But for what is checked in, or renewed: there another item of several, or the item itself, may be back."""
    waits = set(LENDING_ACTING) - {S.CHECKING_IN, S.RENEWING}
    assert all(TABLES[Role.LENDING].scan_step(state) is None for state in waits)


def test_a_plain_loan_takes_two_scans():
    lending, borrowing = TABLES[Role.LENDING], TABLES[Role.BORROWING]
    assert [lending.scan_step(state) for state in (S.WILL_SUPPLY, S.LOANED)] == [A.ARRIVE_AND_SHIP, A.CHECK_IN]
    assert [borrowing.scan_step(state) for state in (S.ON_ITS_WAY, S.TO_RETURN)] == [A.RECEIVE, A.SEND_BACK]
