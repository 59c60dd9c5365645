"""Nothing is done to a stranger: what somebody else has by now is neither asked for again nor taken for ours, and staff hear it."""

import pytest

from gateway.workflow.effects import Perform
from gateway.workflow.events import PartnerAction
from gateway.workflow.records import Act, Finding, Outcome, State
from gateway.workflow.triggers import StaffAction
from tests.workflow.builders import DUE, FIRST, SUPPLY, arrived, checked, found, looked, partner, performed, staff
from tests.workflow.talk import Talk, at_desk, checked_out, loaned, will_supply

LOST = Outcome.UNKNOWN
KILLED = "The gateway was interrupted while it waited for the answer."


def coming_back(answered: Outcome = LOST) -> Talk:
    """A loan whose check-in was asked for and answered, or not."""
    talk = loaned()
    assert talk(staff(StaffAction.CHECK_IN)) == ["checking in", "do checkin 1"]
    talk(performed(Act.CHECKIN, answered))
    return talk


@pytest.mark.parametrize("answered", Outcome)
def test_a_check_in_is_asked_for_again_only_where_the_loan_is_still_the_partners(answered):
    ours = coming_back(answered)(looked(Act.CHECKIN, Finding.NO, charged=True, ours=True))
    assert ours == ["checking in", "look checkin 1 after 30 s" if answered is Outcome.REFUSED else "do checkin 1"]
    anothers = coming_back(answered)(looked(Act.CHECKIN, Finding.YES, charged=True, ours=False))
    assert anothers == ["completed", "tell StatusChange LoanCompleted"]


def test_where_nobody_can_tell_whose_loan_it_is_staff_look():
    talk = coming_back()
    assert talk(looked(Act.CHECKIN, Finding.UNCLEAR, charged=True)) == ["checking in", "task check in"]
    assert "whose loan it is" in talk.words


def test_an_undone_checkout_that_somebody_borrowed_meanwhile_is_no_item_at_the_desk_without_a_word():
    talk = checked_out()
    talk(staff(StaffAction.UNDO))
    talk(performed(Act.CHECKIN, LOST))
    assert talk(looked(Act.CHECKIN, Finding.YES, charged=True, ours=False)) == ["arrived", "task contradiction"]
    assert "somebody else has the item" in talk.words


@pytest.mark.parametrize("answered", Outcome)
def test_what_somebody_else_has_is_not_checked_out_again(answered):
    talk = at_desk()
    talk(staff(StaffAction.SHIP))
    talk(performed(Act.CHECKOUT, answered))
    assert talk(looked(Act.CHECKOUT, Finding.NO, charged=True, ours=False)) == ["arrived", "task check out"]
    assert "somebody else has the item" in talk.words


@pytest.mark.parametrize("answered", Outcome)
def test_what_is_not_the_partners_any_more_is_not_renewed_again_and_staff_hear_it(answered):
    talk = loaned()
    talk(partner(PartnerAction.RENEW))
    talk(performed(Act.RENEW, answered))
    said = talk(looked(Act.RENEW, Finding.NO, due_at=DUE, charged=True, ours=False))
    assert said == ["loaned", "tell RenewResponse Loaned N", "task contradiction"]


def test_what_a_person_has_tried_again_is_looked_at_before_it_is_done():
    talk = coming_back()
    talk(looked(Act.CHECKIN, Finding.UNCLEAR))
    talk(staff(StaffAction.TRY_AGAIN))
    assert talk.last.effects == (Perform(act=Act.CHECKIN, item_barcode=FIRST, once_more=True),)


# ── what staff are told ──


def test_a_checkout_that_the_gateway_was_killed_over_was_not_refused():
    talk = at_desk()
    talk(staff(StaffAction.SHIP))
    for _ in range(3):
        talk(performed(Act.CHECKOUT, LOST, words=KILLED))
        talk(looked(Act.CHECKOUT, Finding.NO))
    assert talk.state is State.ARRIVED
    assert talk.words.startswith("The checkout was not done.")
    talk(staff(StaffAction.SHIP))
    talk(performed(Act.CHECKOUT, Outcome.REFUSED, words="Blocked."))
    talk(looked(Act.CHECKOUT, Finding.NO))
    assert talk.words.startswith("The checkout was refused.")


def test_a_hold_of_which_nobody_knows_is_looked_for_before_it_is_placed_by_hand():
    def reserving() -> Talk:
        talk = Talk()
        for event in (arrived(), found(1), checked(SUPPLY)):
            talk(event)
        assert talk.state is State.RESERVING
        return talk

    lost = reserving()
    lost(performed(Act.HOLD, LOST))
    assert lost(looked(Act.HOLD, Finding.UNCLEAR)) == ["reserving", "task place hold"]
    assert lost.words.startswith("It can't be told whether the hold was placed.")
    impossible = reserving()
    impossible(looked(Act.HOLD, Finding.UNCLEAR, unasked=True, words="No holds."))
    assert impossible.words.startswith("The hold could not be placed.")
    assert impossible.words.endswith("No holds.")


def test_what_is_on_loan_was_not_trapped_for_anybody():
    talk = will_supply()
    talk(staff(StaffAction.ARRIVE))
    assert talk(looked(Act.ARRIVE, Finding.NO, charged=True))[0] == "will supply"
    assert talk.words.startswith("The item is on loan")
