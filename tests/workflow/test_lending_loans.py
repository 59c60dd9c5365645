"""Conversations from the desk to the return: arrived, ship, Loaned, Received, Renew, overdue, recall, back, lost."""

from datetime import timedelta

import pytest

from gateway.iso18626.codes import ReasonForMessage, Status
from gateway.workflow.effects import StartTimer, WorkKind
from gateway.workflow.events import PartnerAction, Stuck
from gateway.workflow.lending.tell import as_it_is
from gateway.workflow.records import Act, Clock, Finding, ItemPlace, Outcome, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from gateway.workflow.words import narrate
from tests.workflow.builders import (
    AT,
    DUE,
    FIRST,
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
from tests.workflow.talk import Talk, act_done, at_desk, checked_out, loaned, will_supply

S = State
A = PartnerAction
MINUTE = timedelta(minutes=1)


def test_a_loan_from_the_desk_to_its_end():
    talk = will_supply()
    assert talk(staff(StaffAction.ARRIVE)) == ["arriving", "do arrive 1"]
    assert act_done(talk, Act.ARRIVE) == ["arrived"]
    assert {"hold", "hold amber"} <= talk.stopped
    assert talk(staff(StaffAction.SHIP)) == ["checking out", "do checkout 1"]
    assert act_done(talk, Act.CHECKOUT, due_at=DUE) == ["checked out", "tell StatusChange Loaned"]
    tell = talk.tells[-1]
    assert (tell.due_at, tell.item_barcodes, tell.sent_at) == (DUE, (FIRST,), AT)
    assert talk(told(Status.LOANED)) == [
        "loaned",
        "start receipt",
        "start overdue first",
        "start overdue second",
        "start overdue third",
        "start billable",
    ]
    assert talk(partner(A.RECEIVED)) == ["loaned"]
    assert talk.stopped == {"receipt"}
    assert talk(partner(A.SHIPPED_RETURN)) == ["returning", "start return"]
    assert {"overdue first", "overdue second", "overdue third", "billable"} <= talk.stopped
    assert talk(staff(StaffAction.CHECK_IN)) == ["checking in", "do checkin 1"]
    assert act_done(talk, Act.CHECKIN) == ["completed", "tell StatusChange LoanCompleted"]
    assert talk.stopped == set(Clock)
    assert talk.places == {1: ItemPlace.BACK}


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


# ── on loan ──────────────────────────────────────────────────────────────────────────────────────


def test_renew_asks_the_circulation_system_and_tells_its_due_date():
    talk = loaned()
    assert talk(partner(A.RENEW)) == ["renewing", "do renew 1"]
    assert talk(partner(A.RENEW)) == ["renewing"]
    assert talk(performed(Act.RENEW)) == ["renewing", "look renew 1"]
    said = talk(looked(Act.RENEW, due_at=LATER))
    assert said[0] == "loaned"
    assert said[-1] == "tell RenewResponse Loaned Y"
    assert [word for word in said if word.startswith("start")] == [
        f"start {clock}" for clock in (Clock.OVERDUE_FIRST, Clock.OVERDUE_SECOND, Clock.OVERDUE_THIRD, Clock.BILLABLE)
    ]
    assert (talk.tells[-1].due_at, talk.request.due_at, talk.request.renewals) == (LATER, LATER, 1)


def test_a_renew_within_ten_minutes_gets_the_same_due_date_and_no_new_29():
    talk = loaned()
    talk(partner(A.RENEW))
    act_done(talk, Act.RENEW, due_at=LATER)
    again = partner(A.RENEW, at=AT + 9 * MINUTE)
    assert talk(again) == ["loaned", "tell RenewResponse Loaned Y"]
    assert talk.tells[-1].due_at == LATER
    assert talk(partner(A.RENEW, at=AT + 10 * MINUTE)) == ["renewing", "do renew 1"]


@pytest.mark.parametrize("state", [S.LOANED, S.OVERDUE])
def test_a_renew_beyond_what_the_policy_allows_is_no_without_a_29(state):
    talk = Talk(request(state, renewals=1, renewals_allowed=1))
    said = talk(partner(A.RENEW))
    assert said == [state, f"tell RenewResponse {state.title()} N"]
    assert talk.request.due_at == talk.tells[-1].due_at


def test_the_last_renewal_that_the_policy_allows_is_asked_for_and_told_again_within_ten_minutes():
    talk = Talk(request(S.LOANED, renewals_allowed=1))
    talk(partner(A.RENEW))
    act_done(talk, Act.RENEW, due_at=LATER)
    assert talk(partner(A.RENEW, at=AT + 9 * MINUTE)) == ["loaned", "tell RenewResponse Loaned Y"]
    assert talk(partner(A.RENEW, at=AT + 11 * MINUTE)) == ["loaned", "tell RenewResponse Loaned N"]


def test_a_refused_renewal_is_no_with_the_due_date_as_it_was():
    talk = loaned()
    talk(partner(A.RENEW))
    talk(performed(Act.RENEW, Outcome.REFUSED))
    assert talk(looked(Act.RENEW, Finding.NO)) == ["loaned", "tell RenewResponse Loaned N"]
    assert talk.tells[-1].due_at == DUE


def test_a_refused_renewal_of_an_overdue_loan_leaves_it_overdue():
    talk = Talk(request(S.OVERDUE))
    talk(partner(A.RENEW))
    talk(performed(Act.RENEW, Outcome.REFUSED))
    assert talk(looked(Act.RENEW, Finding.NO)) == ["overdue", "tell RenewResponse Overdue N"]


def test_a_loan_that_falls_due_while_a_renewal_is_decided_is_overdue_after_the_no():
    talk = Talk(request(S.RENEWING))
    assert talk(fired(Clock.OVERDUE_FIRST)) == ["renewing", "tell StatusChange Overdue"]
    assert talk(staff(StaffAction.NOT_DONE)) == ["overdue", "tell RenewResponse Overdue N"]


def test_a_renewal_that_cannot_be_told_is_for_staff():
    def waiting() -> Talk:
        talk = loaned()
        talk(partner(A.RENEW))
        talk(performed(Act.RENEW, Outcome.UNKNOWN))
        assert talk(looked(Act.RENEW, Finding.UNCLEAR)) == ["renewing", "task renew"]
        return talk

    assert waiting()(staff(StaffAction.DONE_BY_HAND)) == ["refused"]
    talk = waiting()
    assert talk(staff(StaffAction.DONE_BY_HAND, due_at=LATER))[-1] == "tell RenewResponse Loaned Y"
    assert talk.tells[-1].due_at == LATER
    assert waiting()(staff(StaffAction.NOT_DONE)) == ["loaned", "tell RenewResponse Loaned N"]
    assert waiting()(staff(StaffAction.TRY_AGAIN)) == ["renewing", "do renew 1"]


@pytest.mark.parametrize("state", [S.RECALLED, S.RETURNING, S.COMPLETED, S.WILL_SUPPLY])
def test_there_is_nothing_to_renew(state):
    said = Talk(request(state))(partner(A.RENEW))
    assert said[0] == state
    assert said[1].endswith(" N")


def test_what_is_recalled_is_told_overdue_and_stays_recalled():
    talk = loaned()
    assert talk(staff(StaffAction.RECALL)) == ["recalled", "tell StatusChange Recalled"]
    for clock in (Clock.OVERDUE_FIRST, Clock.OVERDUE_SECOND):
        assert talk(fired(clock)) == ["recalled", "tell StatusChange Overdue"]
    assert talk(partner(A.RENEW))[-1].endswith(" N")


def test_overdue_three_times_and_then_to_be_billed():
    talk = loaned()
    for clock in (Clock.OVERDUE_FIRST, Clock.OVERDUE_SECOND, Clock.OVERDUE_THIRD):
        assert talk(fired(clock)) == ["overdue", "tell StatusChange Overdue"]
    assert talk(fired(Clock.BILLABLE)) == ["overdue", "task bill"]


def test_of_a_lost_item_the_bill_is_asked_about_once():
    talk = loaned()
    assert talk(fired(Clock.BILLABLE)) == ["loaned", "task bill"]
    assert talk(partner(A.LOST)) == ["loaned"]
    assert talk(staff(StaffAction.MARK_LOST)) == ["lost", "tell StatusChange CompletedWithoutReturn"]
    assert TaskKind.BILL not in talk.last.close_tasks, "what was asked stands"


def test_what_was_renewed_meanwhile_and_is_lost_then_is_asked_about_again():
    talk = loaned()
    talk(fired(Clock.BILLABLE))
    talk(partner(A.RENEW))
    act_done(talk, Act.RENEW, due_at=LATER)
    assert TaskKind.BILL in talk.last.close_tasks
    assert talk(staff(StaffAction.MARK_LOST))[-1] == "task bill"


@pytest.mark.parametrize(
    ("note", "asked"),
    [
        ("Thank you very much!", False),
        ("Best regards from the ILL desk", False),
        ("Could you tell us whether it has an index?", True),
        ("Please see our request 4711", True),
        ("", False),
    ],
)
def test_a_note_without_a_question_or_a_number_is_no_task(note: str, *, asked: bool):
    talk = loaned()
    assert talk(partner(A.NOTIFICATION, note)) == (["loaned", "task read note"] if asked else ["loaned"])
    if note:
        assert talk.request.last_note is not None, "it is new to whoever has not read it"


def test_of_overdue_messages_that_were_missed_only_the_last_goes_out():
    talk = loaned()
    assert talk(fired(Clock.OVERDUE_FIRST, overtaken=True)) == ["loaned"]
    assert talk(fired(Clock.OVERDUE_SECOND, overtaken=True)) == ["loaned"]
    assert talk(fired(Clock.OVERDUE_THIRD)) == ["overdue", "tell StatusChange Overdue"]


def test_an_overdue_message_that_has_waited_for_the_partner_gives_way_to_the_next():
    talk = Talk(request(S.OVERDUE))
    talk(fired(Clock.OVERDUE_SECOND))
    assert "tell:Overdue" in talk.last.withdraw


def test_who_keeps_the_return_back_gets_no_overdue_messages_but_is_billed_in_the_end():
    talk = loaned()
    assert talk(partner(A.HOLD_RETURN)) == ["loaned", "task read note"]
    assert talk(fired(Clock.OVERDUE_FIRST)) == ["loaned"]
    assert talk(fired(Clock.BILLABLE)) == ["loaned", "task bill"]
    talk(staff(StaffAction.RECALL))
    assert talk(fired(Clock.OVERDUE_SECOND)) == ["recalled", "tell StatusChange Overdue"]


def test_who_kept_the_return_back_and_then_renewed_hears_when_the_new_due_date_is_past():
    talk = loaned()
    talk(partner(A.HOLD_RETURN))
    talk(partner(A.RENEW))
    act_done(talk, Act.RENEW, due_at=LATER)
    assert talk(fired(Clock.OVERDUE_FIRST)) == ["overdue", "tell StatusChange Overdue"]


def test_not_received_is_a_task_until_it_is():
    talk = loaned()
    assert talk(fired(Clock.RECEIPT)) == ["loaned", "task not received"]
    assert TaskKind.NOT_RECEIVED not in talk.closed_by(fired(Clock.OVERDUE_FIRST))
    assert TaskKind.NOT_RECEIVED in talk.closed_by(partner(A.RECEIVED))


def test_whoever_never_says_received_is_asked_for_it_by_no_task():
    talk = loaned()
    assert talk(fired(Clock.RECEIPT, never_said=True)) == ["loaned"]
    assert "nobody is asked" in narrate(fired(Clock.RECEIPT, never_said=True)), "the timeline says why"


def test_a_repeated_received_leaves_the_first_ones_time():
    talk = loaned()
    talk(partner(A.RECEIVED))
    talk(partner(A.RECEIVED, at=AT + 5 * MINUTE))
    assert talk.request.received_at == AT


# ── back, and lost ───────────────────────────────────────────────────────────────────────────────


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
