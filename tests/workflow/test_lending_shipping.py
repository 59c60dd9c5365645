"""Conversations from the desk to Loaned: scanned, checked out, undone, told."""

from datetime import timedelta

import pytest

from gateway.iso18626.codes import ReasonForMessage, Status
from gateway.workflow.effects import StartTimer, WorkKind
from gateway.workflow.events import PartnerAction, Stuck
from gateway.workflow.lending.tell import as_it_is
from gateway.workflow.records import Act, Clock, Finding, ItemPlace, Outcome, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from tests.workflow.builders import (
    AT,
    DUE,
    LATER,
    SECOND,
    fired,
    looked,
    not_told,
    partner,
    performed,
    request,
    staff,
    told,
)
from tests.workflow.talk import Talk, act_done, at_desk, checked_out, will_supply

S = State
A = PartnerAction


def test_one_scan_says_that_it_is_here_and_ships_it():
    talk = will_supply()
    assert talk(staff(StaffAction.ARRIVE_AND_SHIP, undo_s=60)) == ["arriving to ship", "do arrive 1"]
    assert act_done(talk, Act.ARRIVE) == ["checking out", "do checkout 1"]
    assert {"hold", "hold amber"} <= talk.stopped
    assert act_done(talk, Act.CHECKOUT, due_at=DUE) == ["checked out", "start undo"]
    assert talk(staff(StaffAction.UNDO)) == ["undoing", "drop timer:undo", "do checkin 1"]


def test_one_scan_ships_nothing_that_is_trapped_for_somebody_else():
    talk = will_supply()
    talk(staff(StaffAction.ARRIVE_AND_SHIP))
    talk(performed(Act.ARRIVE, Outcome.REFUSED, words="It is wanted by somebody else."))
    said = talk(looked(Act.ARRIVE, Finding.NO))
    assert said == ["will supply", "start hold amber", "start hold", "task trapped for another"]


def test_what_staff_have_in_hand_is_shipped_as_was_asked():
    talk = will_supply()
    talk(staff(StaffAction.ARRIVE_AND_SHIP))
    talk(performed(Act.ARRIVE))
    assert talk(looked(Act.ARRIVE, Finding.UNCLEAR)) == ["arriving to ship", "task find out"]
    assert talk(staff(StaffAction.DONE_BY_HAND)) == ["checking out", "look arrive 1", "do checkout 1"]


# ── at the desk ──────────────────────────────────────────────────────────────────────────────────


def test_an_item_trapped_for_somebody_else_is_for_staff():
    talk = will_supply()
    talk(staff(StaffAction.ARRIVE))
    talk(performed(Act.ARRIVE, Outcome.REFUSED, words="It is wanted by somebody else."))
    said = talk(looked(Act.ARRIVE, Finding.NO))
    assert said == ["will supply", "start hold amber", "start hold", "task trapped for another"]
    assert "wanted by somebody else" in talk.words


def test_it_is_not_here_after_all_and_the_clock_runs_again():
    talk = will_supply()
    talk(staff(StaffAction.ARRIVE))
    talk(performed(Act.ARRIVE))
    assert talk(looked(Act.ARRIVE, Finding.UNCLEAR)) == ["arriving", "task find out"]
    assert talk(staff(StaffAction.NOT_DONE)) == ["will supply", "start hold amber", "start hold"]


def test_another_copy_of_the_title_is_shipped_and_the_first_one_is_given_up():
    talk = will_supply()
    assert talk(staff(StaffAction.SHIP, items=(9,))) == ["checking out", "do cancel hold 1", "do checkout 9"]
    assert talk.places == {9: ItemPlace.CHOSEN}
    assert talk(performed(Act.CANCEL_HOLD)) == ["checking out", "look cancel hold 1"]
    assert talk(looked(Act.CANCEL_HOLD, Finding.UNCLEAR)) == ["checking out", "task stray hold"]
    barcode = "30000000000009"
    assert act_done(talk, Act.CHECKOUT, barcode, due_at=DUE)[0] == "checked out"


def test_an_item_scanned_twice_is_one_item():
    assert will_supply()(staff(StaffAction.SHIP, items=(1, 1))) == ["checking out", "do checkout 1"]


# ── the checkout ─────────────────────────────────────────────────────────────────────────────────


def test_a_refused_checkout_is_a_task_and_never_an_unfilled():
    talk = at_desk()
    talk(staff(StaffAction.SHIP))
    talk(performed(Act.CHECKOUT, Outcome.REFUSED, words="Account blocked."))
    assert talk(looked(Act.CHECKOUT, Finding.NO)) == ["arrived", "task check out"]
    assert "Account blocked." in talk.words
    assert talk(staff(StaffAction.SHIP)) == ["checking out", "do checkout 1"]


def test_a_checkout_whose_answer_is_lost_is_looked_at_and_not_done_twice():
    talk = at_desk()
    talk(staff(StaffAction.SHIP))
    assert talk(performed(Act.CHECKOUT, Outcome.UNKNOWN)) == ["checking out", "look checkout 1 after 2 s"]
    assert talk(looked(Act.CHECKOUT, due_at=DUE)) == ["checked out", "tell StatusChange Loaned"]


def test_an_ok_that_lies_is_found_out_and_the_checkout_asked_for_again():
    talk = at_desk()
    talk(staff(StaffAction.SHIP))
    talk(performed(Act.CHECKOUT))
    assert talk(looked(Act.CHECKOUT, Finding.NO)) == ["checking out", "do checkout 1"]


def test_staff_check_out_by_hand_and_name_the_due_date():
    talk = at_desk()
    assert talk(staff(StaffAction.DONE_BY_HAND)) == ["refused"]
    said = talk(staff(StaffAction.DONE_BY_HAND, due_at=DUE))
    assert said == ["checked out", "look checkout 1", "tell StatusChange Loaned"]
    assert talk.tells[-1].due_at == DUE


def test_by_hand_also_for_another_item_and_while_our_own_checkout_waits():
    talk = at_desk()
    talk(staff(StaffAction.SHIP))
    said = talk(staff(StaffAction.DONE_BY_HAND, items=(2,), due_at=DUE))
    assert said == ["checked out", "do cancel hold 1", "look checkout 2", "tell StatusChange Loaned"]
    assert talk.tells[-1].item_barcodes == (SECOND,)
    assert {"perform:checkout", "look:checkout"} <= set(talk.last.withdraw)


def test_staff_saw_that_it_is_not_checked_out():
    talk = at_desk()
    talk(staff(StaffAction.SHIP))
    talk(performed(Act.CHECKOUT, Outcome.UNKNOWN))
    assert talk(looked(Act.CHECKOUT, Finding.UNCLEAR)) == ["checking out", "task find out"]
    assert talk(staff(StaffAction.NOT_DONE)) == ["arrived"]
    assert talk.places == {1: ItemPlace.AT_DESK}


def test_a_due_date_that_is_not_the_policys_is_checked_before_loaned_goes_out():
    talk = at_desk()
    talk(staff(StaffAction.SHIP))
    assert act_done(talk, Act.CHECKOUT, due_at=LATER) == ["checked out", "task check due date"]
    assert talk(partner(A.RECEIVED)) == ["checked out"]
    assert talk(staff(StaffAction.DONE_BY_HAND)) == ["checked out", "tell StatusChange Loaned"]
    assert talk.tells[-1].due_at == LATER
    assert TaskKind.DUE_DATE in talk.last.close_tasks


def test_a_due_date_a_day_from_the_policys_is_as_expected_however_long_the_answer_took():
    talk = at_desk()
    talk(staff(StaffAction.SHIP))
    assert act_done(talk, Act.CHECKOUT, due_at=DUE + timedelta(hours=20))[-1] == "tell StatusChange Loaned"


def test_without_a_due_date_loaned_does_not_go_out():
    talk = at_desk()
    talk(staff(StaffAction.SHIP))
    assert act_done(talk, Act.CHECKOUT) == ["checked out", "task check due date"]
    assert talk(staff(StaffAction.DONE_BY_HAND)) == ["refused"]
    assert talk(staff(StaffAction.TOLD_BY_HAND)) == ["refused"]
    assert talk(staff(StaffAction.DONE_BY_HAND, due_at=DUE))[-1] == "tell StatusChange Loaned"


def test_ship_is_undone_by_a_check_in_while_loaned_waits():
    talk = checked_out(undo_s=60.0)
    assert talk.tells[-1].status is Status.WILL_SUPPLY, "Loaned is not asked for yet"
    assert talk(staff(StaffAction.UNDO)) == ["undoing", "drop timer:undo", "do checkin 1"]
    assert act_done(talk, Act.CHECKIN) == ["arrived", "look hold 1"]
    assert talk(looked(Act.HOLD, Finding.NO)) == ["arrived"]
    assert talk.request.items[0].hold_left is Finding.NO, "no task: it is in hand, and goes out or not"
    assert talk.request.due_at is None
    assert talk(staff(StaffAction.SHIP)) == ["checking out", "do checkout 1"]


def test_loaned_goes_out_when_the_time_to_undo_is_over_and_can_be_taken_back_until_it_is_sent():
    talk = checked_out(undo_s=60.0)
    (clock,) = talk.last.effects
    assert clock == StartTimer(clock=Clock.UNDO, since=AT, until=AT + timedelta(seconds=60))
    assert talk(fired(Clock.UNDO)) == ["checked out", "tell StatusChange Loaned"]
    assert talk(staff(StaffAction.UNDO))[:2] == ["undoing", "drop tell:Loaned"]


@pytest.mark.parametrize(
    ("asks", "answer"),
    [
        (A.STATUS_REQUEST, "tell StatusRequestResponse WillSupply"),
        (A.REMINDER, "tell RequestResponse WillSupply"),
        (A.CANCEL, "tell CancelResponse WillSupply N"),
        (A.RENEW, "tell RenewResponse WillSupply N"),
    ],
)
def test_while_it_can_be_undone_the_partner_is_answered_at_once_and_not_that_it_is_loaned(asks, answer):
    talk = checked_out(undo_s=60.0)
    assert talk(partner(asks)) == ["checked out", answer]
    assert as_it_is(talk.tells[-1], talk.request, AT).due_at is None, "a due date would tell it too"
    assert talk(fired(Clock.UNDO)) == ["checked out", "tell StatusChange Loaned"]


@pytest.mark.parametrize(
    "happens",
    [
        partner(A.RECEIVED),
        staff(StaffAction.CHECK_IN),
        staff(StaffAction.DONE_BY_HAND),
        staff(StaffAction.FORCE, state=S.LOANED, reason="It is there.", due_at=DUE),
    ],
    ids=lambda event: event.action,
)
def test_what_leaves_nothing_to_undo_lets_loaned_go_out_at_once(happens):
    talk = checked_out(undo_s=60.0)
    assert "tell StatusChange Loaned" in talk(happens)
    assert Clock.UNDO in talk.stopped


def test_ship_is_undone_also_while_the_due_date_is_to_be_checked():
    talk = at_desk()
    talk(staff(StaffAction.SHIP))
    act_done(talk, Act.CHECKOUT, due_at=LATER)
    assert talk(staff(StaffAction.UNDO)) == ["undoing", "do checkin 1"]


# ── telling ──────────────────────────────────────────────────────────────────────────────────────


def test_checked_out_not_told_is_a_queue_of_its_own():
    talk = checked_out()
    assert talk(not_told(Status.LOANED)) == ["checked out", "task tell the partner"]
    assert talk(staff(StaffAction.TOLD_BY_HAND))[0] == "loaned"
    stuck = checked_out()
    assert stuck(Stuck(at=AT, work="tell:Loaned", kind=WorkKind.TELL, words="No connection.")) == [
        "checked out",
        "task tell the partner",
    ]
    assert TaskKind.NOT_TOLD in stuck.closed_by(told(Status.LOANED))


def test_that_the_partner_heard_something_else_does_not_make_it_loaned():
    talk = checked_out()
    assert talk(told(Status.WILL_SUPPLY, ReasonForMessage.STATUS_REQUEST_RESPONSE)) == ["checked out"]
    assert talk.last.close_tasks == ()


def test_who_has_received_it_or_sent_it_back_knows_that_it_is_loaned():
    assert checked_out()(partner(A.RECEIVED))[0] == "loaned"
    talk = checked_out()
    assert talk(partner(A.SHIPPED_RETURN)) == ["returning", "start return"]
    assert "tell:Loaned" in talk.last.withdraw


@pytest.mark.parametrize(
    ("status", "stands"), [(Status.OVERDUE, Status.LOANED), (Status.RECALLED, Status.LOANED), (Status.UNFILLED, Status.UNFILLED)]
)  # fmt: skip
def test_what_a_partner_does_not_take_is_told_in_words(status, stands):
    talk = Talk(request(S.OVERDUE))
    assert talk(not_told(status)) == ["overdue", f"tell Notification {stands}", "task tell the partner"]
    assert str(status) in (talk.tells[-1].note or "")
    assert talk(not_told(stands, ReasonForMessage.NOTIFICATION)) == ["overdue", "task tell the partner"]
