"""Conversations about an item that comes back, is on its way back, or is lost."""

import pytest

from gateway.iso18626.codes import Status
from gateway.workflow.events import PartnerAction
from gateway.workflow.records import Act, Clock, Finding, Outcome, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from tests.workflow.builders import fired, looked, partner, performed, request, staff, told
from tests.workflow.talk import Talk, act_done, checked_out, loaned

S = State
A = PartnerAction


@pytest.mark.parametrize("state", [S.LOANED, S.OVERDUE, S.RECALLED, S.CHECKED_OUT, S.RETURNING, S.LOST])
def test_it_is_taken_back_also_before_any_shipped_return_and_after_it_was_lost(state):
    talk = Talk(request(state))
    assert talk(staff(StaffAction.CHECK_IN)) == ["checking in", "do checkin 1"]
    assert act_done(talk, Act.CHECKIN) == ["completed", "tell StatusChange LoanCompleted"]


@pytest.mark.parametrize("state", [S.LOANED, S.OVERDUE, S.RECALLED, S.CHECKED_OUT, S.RETURNING, S.LOST])
def test_a_check_in_that_comes_to_nothing_leaves_everything_as_it_was(state):
    talk = Talk(request(state))
    talk(staff(StaffAction.CHECK_IN))
    status = talk(partner(A.STATUS_REQUEST))[1]
    assert status == Talk(request(state))(partner(A.STATUS_REQUEST))[1], "and meanwhile it stands where it stood"
    assert talk(staff(StaffAction.NOT_DONE)) == [state]
    assert talk.last.must_stop == ("perform:checkin",)
    assert not talk.stopped or state is S.LOST


def test_only_an_item_that_is_out_can_be_checked_in():
    talk = loaned()
    assert talk(staff(StaffAction.CHECK_IN, items=(9,))) == ["refused"]
    talk(staff(StaffAction.CHECK_IN))
    assert talk(staff(StaffAction.CHECK_IN)) == ["refused"], "it is under way"


def test_a_check_in_refused_is_done_by_staff():
    talk = loaned()
    talk(staff(StaffAction.CHECK_IN))
    talk(performed(Act.CHECKIN, Outcome.REFUSED))
    assert talk(looked(Act.CHECKIN, Finding.NO)) == ["checking in", "look checkin 1 after 30 s"]
    assert talk(looked(Act.CHECKIN, Finding.NO)) == ["checking in", "do checkin 1"]
    talk(performed(Act.CHECKIN, Outcome.REFUSED))
    assert talk(looked(Act.CHECKIN, Finding.NO)) == ["checking in", "task check in"]
    said = talk(staff(StaffAction.DONE_BY_HAND))
    assert said == ["completed", "look checkin 1", "tell StatusChange LoanCompleted"]


def test_back_or_on_its_way_while_a_renewal_is_decided_the_partner_hears_no():
    talk = Talk(request(S.RENEWING))
    assert talk(partner(A.SHIPPED_RETURN)) == ["returning", "start return", "tell RenewResponse Loaned N"]
    late = performed(Act.RENEW, Outcome.DONE)
    assert talk(late) == ["returning", "look renew 1"]
    scanned = Talk(request(S.RENEWING))
    assert scanned(staff(StaffAction.CHECK_IN)) == ["checking in", "tell RenewResponse Loaned N", "do checkin 1"]
    forward = Talk(request(S.RENEWING))(partner(A.SHIPPED_FORWARD))
    assert forward == ["returning", "start return", "tell RenewResponse Loaned N", "task sent on"]


def test_loaned_that_is_heard_during_a_check_in_counts_where_the_check_in_does_not():
    talk = checked_out()
    talk(staff(StaffAction.CHECK_IN))
    talk(told(Status.LOANED))
    assert talk(staff(StaffAction.NOT_DONE))[0] == "loaned"


def test_returned_and_not_come():
    talk = loaned()
    assert talk(partner(A.SHIPPED_FORWARD)) == ["returning", "start return", "task sent on"]
    assert talk(fired(Clock.RETURN)) == ["returning", "task not returned"]


def test_lost_is_told_and_to_be_billed_and_may_be_found():
    talk = loaned()
    assert talk(partner(A.LOST, "So sorry.")) == ["loaned", "task bill"]
    assert "So sorry." in talk.words
    assert talk(staff(StaffAction.MARK_LOST)) == ["lost", "tell StatusChange CompletedWithoutReturn"]
    assert talk(partner(A.SHIPPED_RETURN)) == ["lost", "task contradiction"]
    talk(staff(StaffAction.CHECK_IN))
    act_done(talk, Act.CHECKIN)
    assert TaskKind.BILL in talk.last.close_tasks


def test_where_the_check_in_sends_an_item_is_kept_for_its_routing_slip():
    talk = loaned()
    talk(staff(StaffAction.CHECK_IN))
    talk(performed(Act.CHECKIN, Outcome.DONE, route_to="NORTH"))
    assert talk(looked(Act.CHECKIN)) == ["completed", "tell StatusChange LoanCompleted"]
    assert talk.request.items[0].route_to == "NORTH"


def test_an_item_that_goes_out_again_forgets_where_it_was_sent():
    talk = checked_out()
    talk(staff(StaffAction.UNDO))
    talk(performed(Act.CHECKIN, Outcome.DONE, route_to="NORTH"))
    talk(looked(Act.CHECKIN))
    talk(staff(StaffAction.SHIP))
    talk(performed(Act.CHECKOUT, Outcome.DONE))
    assert talk.request.items[0].route_to is None
