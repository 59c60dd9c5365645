"""Conversations about the hold: placing it, taking it off, the reserve that does not come, Cancel."""

import msgspec
import pytest

from gateway.workflow.effects import StartTimer, WorkKind
from gateway.workflow.events import PartnerAction, Stuck
from gateway.workflow.records import Act, Clock, Fetching, Finding, Outcome, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from tests.workflow.builders import (
    AT,
    DUE,
    FIRST,
    SECOND,
    SUPPLY,
    checked,
    fired,
    found,
    looked,
    partner,
    performed,
    request,
    sought,
    staff,
    status,
)
from tests.workflow.talk import Talk, act_done, at_desk, will_supply

S = State


def reserving(**fields) -> Talk:
    """A talk in which the hold was asked for."""
    talk = Talk(request(S.CHECKING, **fields))
    talk(checked(SUPPLY))
    return talk


def test_an_ok_that_lies_is_asked_for_again_and_then_the_next_copy():
    talk = reserving()
    for _ in range(2):
        assert talk(performed(Act.HOLD)) == ["reserving", "look hold 1"]
        assert talk(looked(Act.HOLD, Finding.NO)) == ["reserving", "do hold 1"]
    talk(performed(Act.HOLD))
    assert talk(looked(Act.HOLD, Finding.NO)) == ["reserving", "do hold 2"]
    assert talk.request.rejected == (status(1).copy.item_barcode,)


def test_a_refusal_that_trapped_the_hold_all_the_same_is_a_hold():
    talk = reserving()
    talk(performed(Act.HOLD, Outcome.REFUSED))
    assert talk(looked(Act.HOLD))[0] == "will supply"


def test_after_a_lost_answer_the_look_waits_a_little():
    talk = reserving()
    assert talk(performed(Act.HOLD, Outcome.UNKNOWN)) == ["reserving", "look hold 1 after 2 s"]
    assert talk(looked(Act.HOLD))[0] == "will supply"


def last_copy() -> Talk:
    """Reserving, with no other copy to turn to."""
    talk = Talk(request(S.CHECKING))
    talk(checked(msgspec.structs.replace(SUPPLY, others=())))
    return talk


def test_one_refusal_is_not_proof_the_last_copy_is_asked_for_again_later():
    talk = last_copy()
    talk(performed(Act.HOLD, Outcome.REFUSED))
    assert talk(looked(Act.HOLD, Finding.NO)) == ["reserving", "look hold 1 after 30 s"]
    assert talk(looked(Act.HOLD, Finding.NO)) == ["reserving", "do hold 1"]
    talk(performed(Act.HOLD))
    assert talk(looked(Act.HOLD))[0] == "will supply"


def test_a_refused_hold_that_stands_a_little_later_is_not_asked_for_again():
    talk = last_copy()
    talk(performed(Act.HOLD, Outcome.REFUSED))
    talk(looked(Act.HOLD, Finding.NO))
    assert talk(looked(Act.HOLD))[0] == "will supply"


def test_a_refused_hold_of_the_last_copy_is_placed_by_staff():
    talk = last_copy()
    talk(performed(Act.HOLD, Outcome.REFUSED, words="Blocked."))
    talk(looked(Act.HOLD, Finding.NO))
    talk(looked(Act.HOLD, Finding.NO))
    talk(performed(Act.HOLD, Outcome.REFUSED, words="Blocked."))
    assert talk(looked(Act.HOLD, Finding.NO)) == ["reserving", "task place hold"]
    assert "Blocked." in talk.words
    assert talk(staff(StaffAction.DONE_BY_HAND))[0] == "will supply"


def test_without_holds_over_sip2_staff_place_it_or_say_no_or_try_again():
    def waiting() -> Talk:
        talk = reserving()
        assert talk(looked(Act.HOLD, Finding.UNCLEAR, words="No holds.")) == ["reserving", "task place hold"]
        return talk

    assert waiting()(staff(StaffAction.DONE_BY_HAND))[-1] == "tell RequestResponse WillSupply"
    assert waiting()(staff(StaffAction.TRY_AGAIN)) == ["reserving", "do hold 1"]
    assert waiting()(staff(StaffAction.NOT_DONE)) == ["reserving", "do hold 2"]


def test_nothing_is_tried_again_while_it_is_under_way():
    talk = reserving()
    assert talk(staff(StaffAction.TRY_AGAIN)) == ["refused"]
    talk(performed(Act.HOLD))
    assert talk(staff(StaffAction.TRY_AGAIN)) == ["refused"]


def test_staff_can_only_deny_what_has_not_begun():
    talk = reserving()
    assert talk(staff(StaffAction.NOT_DONE)) == ["reserving", "do hold 2"]
    assert talk.last.must_stop == ("perform:hold",), "refused where it has begun"


def test_staff_need_not_wait_until_it_is_asked_for_again():
    talk = last_copy()
    talk(performed(Act.HOLD, Outcome.REFUSED))
    talk(looked(Act.HOLD, Finding.NO))
    assert talk(staff(StaffAction.DONE_BY_HAND))[0] == "will supply"
    assert "look:hold" in talk.last.withdraw


def test_a_hold_that_stands_after_its_copy_was_given_up_is_taken_off():
    talk = reserving()
    talk(performed(Act.HOLD, Outcome.UNKNOWN))
    talk(staff(StaffAction.NOT_DONE))
    assert talk(performed(Act.HOLD, Outcome.DONE)) == ["reserving", "look hold 1"], "an answer after all"
    assert talk(looked(Act.HOLD)) == ["reserving", "do cancel hold 1"]
    assert talk(performed(Act.CANCEL_HOLD)) == ["reserving", "look cancel hold 1"]
    assert talk(looked(Act.CANCEL_HOLD, Finding.NO)) == ["reserving", "task stray hold"]
    assert talk.state is S.RESERVING, "the second copy's hold is not the first's"


def test_no_copy_is_left():
    talk = Talk(request(S.RESERVING))
    assert talk(staff(StaffAction.NOT_DONE)) == ["deciding", "start deadline", "task answer"]


def test_what_was_tried_in_vain_is_not_asked_about_again_unless_nothing_else_is_there():
    rejected = (status(1).copy.item_barcode,)
    assert Talk(request(S.SEARCHING, rejected=rejected))(found(1, 2)) == ["checking", "ask 2"]
    assert Talk(request(S.SEARCHING, rejected=rejected))(found(1)) == ["checking", "ask 1"]


def test_work_that_is_stuck_is_a_task():
    said = Talk(request(S.RESERVING))(Stuck(at=AT, work="perform:hold", kind=WorkKind.PERFORM, words="No connection."))
    assert said == ["reserving", "task stuck"]
    assert TaskKind.STUCK in Talk(request(S.RESERVING)).closed_by(performed(Act.HOLD))


# ── the reserve that does not come, and Cancel ───────────────────────────────────────────────────


def test_a_reserve_that_does_not_come_gives_way_to_the_next_copy():
    talk = will_supply()
    assert talk(fired(Clock.HOLD_AMBER)) == ["will supply", "seek"]
    assert talk(sought(Clock.HOLD_AMBER)) == ["will supply", "task not at the desk yet"]
    assert talk(fired(Clock.HOLD)) == ["will supply", "seek"]
    assert talk(sought()) == ["releasing", "do cancel hold 1"]
    assert {"hold", "hold amber"} <= talk.stopped
    assert act_done(talk, Act.CANCEL_HOLD) == ["reserving", "do hold 2"]
    assert act_done(talk, Act.HOLD, SECOND)[0] == "will supply"
    assert talk(staff(StaffAction.CANNOT_FIND)) == ["releasing", "do cancel hold 2"]
    assert act_done(talk, Act.CANCEL_HOLD, SECOND) == ["reserving", "do hold 3"]


def test_no_promise_is_broken_for_a_book_on_its_way():
    talk = will_supply()
    talk(fired(Clock.HOLD))
    assert talk(sought(coming=True)) == ["will supply", "start hold amber", "start hold"]
    assert {"hold", "hold amber"} <= talk.stopped, "the clocks begin anew"
    assert talk(sought(coming=True))[-1] == "task not at the desk yet", "on its way for long: the courier is asked"
    assert "on its way for long" in talk.words


def test_staffs_word_that_it_was_sent_prolongs_the_promise_and_settles_the_task():
    talk = will_supply()
    talk(sought(Clock.HOLD_AMBER))
    assert talk.closed_by(staff(StaffAction.COMING)) == {TaskKind.CANNOT_FIND}
    assert talk.state is S.WILL_SUPPLY


def test_the_task_names_the_book_its_shelf_and_for_whom_it_is():
    talk = will_supply()
    talk(sought(Clock.HOLD_AMBER))
    for words in (FIRST, "By the circulation system it is available.", "It is coming"):
        assert words in talk.words


def test_the_clocks_count_from_what_its_branch_needs():
    slow = status(1, fetching=Fetching(mostly=3, nearly_all=6))
    talk = Talk(request(S.CHECKING))
    talk(checked(msgspec.structs.replace(SUPPLY, choice=slow)))
    act_done(talk, Act.HOLD)
    hold = next(each for each in talk.last.effects if isinstance(each, StartTimer) and each.clock is Clock.HOLD)
    assert hold.more_days == 6


def test_without_another_copy_it_is_unfilled_not_on_shelf_once_the_hold_is_off():
    talk = Talk(request(S.WILL_SUPPLY))
    assert talk(staff(StaffAction.CANNOT_FIND, note="Sorry.")) == ["releasing", "do cancel hold 1"]
    assert act_done(talk, Act.CANCEL_HOLD) == ["unfilled", "tell RequestResponse Unfilled"]
    assert (talk.tells[-1].reason_unfilled, talk.tells[-1].note) == ("NotOnShelf", "Sorry.")


def test_staffs_own_no_is_a_no_whatever_other_copies_there_are():
    talk = Talk(request(S.WILL_SUPPLY, candidates=(status(2),)))
    talk(staff(StaffAction.ANSWER_UNFILLED, reason="NotOnShelf"))
    assert act_done(talk, Act.CANCEL_HOLD)[0] == "unfilled"


def test_the_partner_is_not_told_while_the_hold_is_on():
    talk = Talk(request(S.WILL_SUPPLY))
    talk(staff(StaffAction.ANSWER_RETRY, reason="OnLoan", retry_after=DUE))
    for _ in range(2):
        talk(performed(Act.CANCEL_HOLD))
        assert talk(looked(Act.CANCEL_HOLD, Finding.NO)) == ["releasing", "do cancel hold 1"]
    talk(performed(Act.CANCEL_HOLD))
    assert talk(looked(Act.CANCEL_HOLD, Finding.NO)) == ["releasing", "task cancel hold"]
    assert talk(staff(StaffAction.TRY_AGAIN)) == ["releasing", "do cancel hold 1"]
    talk(performed(Act.CANCEL_HOLD, Outcome.REFUSED))
    assert talk(looked(Act.CANCEL_HOLD, Finding.NO)) == ["releasing", "look cancel hold 1 after 30 s"]
    assert talk(looked(Act.CANCEL_HOLD, Finding.NO)) == ["releasing", "do cancel hold 1"]
    talk(performed(Act.CANCEL_HOLD, Outcome.REFUSED))
    assert talk(looked(Act.CANCEL_HOLD, Finding.NO)) == ["releasing", "task cancel hold"]
    said = talk(staff(StaffAction.DONE_BY_HAND))
    assert said == ["retry possible", "look cancel hold 1", "tell RequestResponse RetryPossible"]


def test_giving_up_can_be_undone_before_the_first_act():
    talk = will_supply()
    assert talk(staff(StaffAction.ANSWER_UNFILLED, undo_s=60.0)) == ["releasing", "do cancel hold 1 after 60 s"]
    said = talk(staff(StaffAction.UNDO))
    assert said == ["will supply", "drop perform:cancel hold", "start hold amber", "start hold"]
    desk = at_desk()
    desk(staff(StaffAction.CANNOT_FIND, undo_s=60.0))
    assert desk(staff(StaffAction.UNDO)) == ["arrived", "drop perform:cancel hold"]


def test_giving_up_while_reserving_can_be_undone_before_anyone_has_looked():
    talk = reserving()
    assert talk(staff(StaffAction.ANSWER_UNFILLED, undo_s=60.0)) == ["releasing", "look cancel hold 1 after 60 s"]
    said = talk(staff(StaffAction.UNDO))
    assert said[:2] == ["reserving", "drop look:cancel hold"]
    assert said[-1] == "look hold 1"
    assert talk(looked(Act.HOLD))[0] == "will supply"


def test_one_look_counts_once_also_where_an_answer_came_meanwhile():
    talk = reserving()
    talk(staff(StaffAction.ANSWER_UNFILLED, undo_s=60.0))
    talk(staff(StaffAction.UNDO))
    assert talk(performed(Act.HOLD)) == ["reserving", "look hold 1"]
    assert "look:hold" in talk.last.withdraw


@pytest.mark.parametrize("state", [S.AWAITING_APPROVAL, S.SEARCHING, S.CHECKING, S.DECIDING, S.TO_COPY])
def test_cancel_is_yes_at_once_where_nothing_is_reserved(state):
    assert Talk(request(state))(partner(PartnerAction.CANCEL)) == ["cancelled", "tell CancelResponse Cancelled Y"]


def test_cancel_while_reserving_looks_before_it_says_yes():
    talk = reserving()
    assert talk(partner(PartnerAction.CANCEL)) == ["cancelling", "look cancel hold 1"]
    assert "look:hold" in talk.last.withdraw
    assert talk(looked(Act.CANCEL_HOLD, Finding.NO)) == ["cancelling", "do cancel hold 1"]
    assert act_done(talk, Act.CANCEL_HOLD) == ["cancelled", "tell CancelResponse Cancelled Y"]


def test_cancel_while_the_holds_answer_is_lost_gives_it_time_to_arrive():
    talk = reserving()
    talk(partner(PartnerAction.CANCEL))
    assert talk(performed(Act.HOLD, Outcome.UNKNOWN)) == ["cancelling", "look cancel hold 1 after 2 s"]
    assert "look:cancel hold" in talk.last.withdraw
    assert talk(looked(Act.CANCEL_HOLD))[0] == "cancelled"


def test_cancel_of_a_promise_is_yes_after_the_hold_is_off_and_again_when_asked_again():
    talk = at_desk()
    assert talk(partner(PartnerAction.CANCEL)) == ["cancelling", "do cancel hold 1"]
    assert talk(partner(PartnerAction.CANCEL)) == ["cancelling"]
    assert act_done(talk, Act.CANCEL_HOLD) == ["cancelled", "tell CancelResponse Cancelled Y"]
    assert talk(partner(PartnerAction.CANCEL)) == ["cancelled", "tell CancelResponse Cancelled Y"]


def test_cancel_stops_a_check_in_at_the_desk_that_has_not_begun():
    talk = will_supply()
    talk(staff(StaffAction.ARRIVE))
    assert talk(partner(PartnerAction.CANCEL)) == ["cancelling", "do cancel hold 1"]
    assert "perform:arrive" in talk.last.withdraw


def test_where_the_hold_cannot_be_taken_off_nobody_says_that_it_is():
    talk = Talk(request(S.CANCELLING))
    assert talk(looked(Act.CANCEL_HOLD, Finding.UNCLEAR)) == ["cancelling", "task cancel hold"]
    assert talk.tells == []


@pytest.mark.parametrize("state", [S.CHECKING_OUT, S.CHECKED_OUT, S.LOANED, S.OVERDUE, S.RETURNING, S.COMPLETED])
def test_cancel_is_no_with_the_current_status_where_it_is_too_late(state):
    talk = Talk(request(state))
    said = talk(partner(PartnerAction.CANCEL))
    assert said[0] == state
    assert said[1].startswith("tell CancelResponse")
    assert said[1].endswith(" N")
