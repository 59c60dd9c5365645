"""What a state means for figures: nothing that is out, or on its way back, stops counting as supplied or received."""

import pytest

from gateway.reports.standing import TABLE, of
from gateway.workflow.borrowing.table import BORROWING
from gateway.workflow.facts import Milestone
from gateway.workflow.lending.table import LENDING
from gateway.workflow.records import Role, State

S = State
NOT_SENT_YET = {
    S.AWAITING_APPROVAL, S.SEARCHING, S.CHECKING, S.DECIDING, S.OFFERED, S.RESERVING, S.WILL_SUPPLY, S.ARRIVING, S.ARRIVING_TO_SHIP,
    S.ARRIVED, S.CHECKING_OUT, S.CHECKED_OUT, S.UNDOING, S.TO_COPY, S.RELEASING, S.CANCELLING, S.UNFILLED, S.RETRY_POSSIBLE, S.CANCELLED,
}  # fmt: skip
"""States of a request to us in which nothing counts as provided."""
NOT_HERE_YET = {
    S.VETTING, S.DECIDING, S.CHOOSING_LENDER, S.ASKING, S.CONDITIONAL, S.WAITING_TO_ASK, S.PROMISED, S.WITHDRAWING, S.ON_ITS_WAY,
    S.RESERVING, S.SERVED_HERE, S.UNFILLED, S.CANCELLED, S.COPY_HERE,
}  # fmt: skip
"""States of a request of ours in which nothing counts as received."""


@pytest.mark.parametrize(
    ("role", "what", "states", "without"),
    [
        (Role.LENDING, Milestone.SUPPLIED, LENDING.states, NOT_SENT_YET),
        (Role.BORROWING, Milestone.RECEIVED, BORROWING.states, NOT_HERE_YET),
    ],
)
def test_every_state_is_said_to_count_to_keep_or_not_to(role, what, states, without):
    """A new state must be put into the table, or here."""
    (holds,) = [each for each in TABLE[role] if each.what is what]
    assert (holds.states | holds.keeps) & states == states - without


@pytest.mark.parametrize("state", [S.CHECKING_IN, S.CHECKED_IN, S.LENDING_AGAIN])
def test_a_check_in_and_its_undoing_change_nothing_of_what_was_provided(state):
    for was in ((Milestone.SUPPLIED,), ()):
        assert (Milestone.SUPPLIED in of(Role.LENDING, state, S.LOANED, was)) is bool(was)
