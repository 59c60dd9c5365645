"""Lenders that stand behind a broker: whom the request goes to next, there and here."""

import pytest

from gateway.workflow.borrowing_events import LenderSays
from gateway.workflow.borrowing_records import LoanTerms
from gateway.workflow.effects import SendAction
from gateway.workflow.records import Clock
from gateway.workflow.triggers import StaffAction
from tests.workflow.borrowing import FIRST, Talk, asking, effects, fired, not_sent, says, sent, staff

BEHIND = "ISIL:XX-BEHIND"
ASKED_ANEW = ["start lender answer", "start silence"]
AT_BROKER = ["asking", "say Cancel to sample-city", *ASKED_ANEW]


def brokered() -> Talk:
    """A broker has named the supplier that it asks."""
    talk = asking()
    talk(says(LenderSays.EXPECT, supplier=BEHIND))
    assert talk.request.borrowed.supplier == BEHIND
    return talk


def test_a_supplier_that_says_not_now_is_told_cancel_and_the_broker_asks_its_next():
    talk = brokered()
    (cancel, *_) = effects(talk, says(LenderSays.RETRY))
    assert isinstance(cancel, SendAction)
    assert (cancel.supplier, cancel.accepted) == (BEHIND, None)
    assert talk(says(LenderSays.RETRY)) == AT_BROKER
    assert talk(says(LenderSays.CANCELLED)) == ["asking", *ASKED_ANEW], "that supplier's, not the broker's"
    assert talk(says(LenderSays.WILL_SUPPLY, supplier="ISIL:XX-NEXT"))[0] == "promised"
    assert talk.request.borrowed.supplier == "ISIL:XX-NEXT"


def test_a_broker_whose_rota_has_run_out_says_unfilled_and_the_next_of_ours_is_asked():
    talk = brokered()
    talk(staff(StaffAction.NEXT_LENDER))
    assert talk(says(LenderSays.UNFILLED)) == ["asking", "send New 2 to other-city"]
    assert talk.request.borrowed.supplier is None


def test_a_supplier_whose_terms_are_not_taken_hears_so_with_the_cancel():
    talk = brokered()
    talk(says(LenderSays.CONDITION, terms=LoanTerms(conditions=("LibraryUseOnly",))))
    (cancel, *_) = effects(talk, staff(StaffAction.NEXT_LENDER))
    assert isinstance(cancel, SendAction)
    assert (cancel.supplier, cancel.accepted) == (BEHIND, False)
    assert talk(staff(StaffAction.NEXT_LENDER)) == AT_BROKER


def test_a_silent_supplier_is_passed_over_once_and_then_all_is_cancelled_at_the_broker():
    talk = brokered()
    assert talk(fired(Clock.LENDER_ANSWER)) == AT_BROKER
    (cancel,) = effects(talk, fired(Clock.LENDER_ANSWER))
    assert isinstance(cancel, SendAction)
    assert cancel.supplier is None
    assert talk(fired(Clock.LENDER_ANSWER)) == ["withdrawing", "say Cancel to sample-city"]


def test_the_customer_who_wants_it_no_more_ends_it_at_the_broker():
    talk = brokered()
    (cancel,) = effects(talk, staff(StaffAction.CALL_OFF))
    assert isinstance(cancel, SendAction)
    assert cancel.supplier is None


def test_what_the_supplier_says_that_was_told_cancel_has_crossed():
    talk = brokered()
    talk(staff(StaffAction.NEXT_LENDER))
    assert talk(says(LenderSays.RETRY)) == ["asking"]
    assert talk(says(LenderSays.WILL_SUPPLY, supplier=BEHIND)) == ["asking"]


@pytest.mark.parametrize(("stands", "state"), [(LenderSays.LOANED, "on its way"), (LenderSays.WILL_SUPPLY, "promised")])
def test_a_supplier_that_does_not_take_the_cancel_sends_it(stands: LenderSays, state: str):
    talk = brokered()
    talk(staff(StaffAction.NEXT_LENDER))
    assert talk(says(LenderSays.NOT_CANCELLED, stands=stands))[0] == state


def test_a_broker_that_does_not_ask_its_next_is_told_cancel_for_all():
    talk = brokered()
    talk(staff(StaffAction.NEXT_LENDER))
    assert talk(not_sent("Cancel to supplier")) == ["withdrawing", "say Cancel to sample-city"]


def test_cancel_for_a_supplier_that_was_heard_is_not_the_brokers_word_on_all():
    talk = brokered()
    talk(staff(StaffAction.NEXT_LENDER))
    talk(staff(StaffAction.CALL_OFF))
    assert talk(sent("Cancel to supplier")) == ["withdrawing"]
    assert talk(sent("Cancel")) == ["withdrawing", "start withdrawal"]


def test_a_lender_that_names_itself_stands_behind_nobody():
    talk = asking()
    talk(says(LenderSays.EXPECT, supplier=FIRST.agency))
    assert talk.request.borrowed.supplier is None
