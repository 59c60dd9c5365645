"""Conversations about what a person takes back in time: a check-in before the partner has heard of it, an arrival of which nobody hears."""

from datetime import timedelta

import pytest

from gateway.workflow.events import PartnerAction
from gateway.workflow.records import Act, Clock, Finding, ItemPlace, Outcome, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from tests.workflow.builders import AT, DUE, LATER, SECOND, fired, looked, partner, performed, staff
from tests.workflow.talk import Talk, act_done, loaned, will_supply

S = State
A = PartnerAction
BACK = ["checked in", "start undo"]
TOLD = ["completed", "tell StatusChange LoanCompleted"]


def back(talk: Talk | None = None) -> Talk:
    """A talk in which a loan was checked in at the desk, with a minute to undo it."""
    talk = talk or loaned()
    talk(staff(StaffAction.CHECK_IN, undo_s=60.0))
    assert act_done(talk, Act.CHECKIN) == BACK
    return talk


def test_the_partner_hears_that_it_is_back_once_nobody_can_undo_it():
    talk = back()
    assert talk.tells[-1].status != "LoanCompleted"
    assert talk(fired(Clock.UNDO)) == TOLD
    assert talk(staff(StaffAction.UNDO)) == ["refused"]


def test_undo_checks_it_out_again_and_nobody_is_told():
    talk = back()
    count = len(talk.tells)
    assert talk(staff(StaffAction.UNDO)) == ["lending again", "drop timer:undo", "do checkout 1"]
    assert act_done(talk, Act.CHECKOUT, due_at=DUE) == ["loaned"]
    assert (talk.places, talk.request.due_at, len(talk.tells)) == ({1: ItemPlace.OUT}, DUE, count)
    assert talk(staff(StaffAction.CHECK_IN))[0] == "checking in"
    assert act_done(talk, Act.CHECKIN) == TOLD, "scripts don't wait"


def test_another_due_date_after_an_undo_is_for_staff_and_the_partners_stays():
    talk = back()
    talk(staff(StaffAction.UNDO))
    assert act_done(talk, Act.CHECKOUT, due_at=LATER) == ["loaned", "task contradiction"]
    assert f"{LATER:%Y-%m-%d}" in talk.words
    assert f"{DUE:%Y-%m-%d}" in talk.words
    assert talk.request.due_at == DUE


@pytest.mark.parametrize(
    ("before", "state"), [(A.SHIPPED_RETURN, "returning"), (A.RECEIVED, "loaned")], ids=["on its way back", "received"]
)
def test_after_an_undo_it_stands_where_it_stood(before: PartnerAction, state: str):
    talk = loaned()
    talk(partner(before))
    back(talk)
    talk(staff(StaffAction.UNDO))
    assert act_done(talk, Act.CHECKOUT, due_at=DUE) == [state]


def test_what_the_partner_says_meanwhile_counts_for_where_it_stands():
    talk = back()
    assert talk(partner(A.SHIPPED_RETURN))[0] == "checked in"
    talk(staff(StaffAction.UNDO))
    assert act_done(talk, Act.CHECKOUT, due_at=DUE) == ["returning"]


@pytest.mark.parametrize("undone", [False, True])
def test_while_it_can_be_undone_the_partner_is_answered_at_once_and_not_that_it_is_over(*, undone: bool):
    talk = back()
    if undone:
        talk(staff(StaffAction.UNDO))
    assert talk(partner(A.STATUS_REQUEST))[1:] == ["tell StatusRequestResponse Loaned"]
    assert talk(partner(A.RENEW))[1:] == ["tell RenewResponse Loaned N"]
    assert talk.tells[-1].due_at == DUE


def test_what_is_kept_for_somebody_else_by_now_is_told_at_once_and_undo_says_why_not():
    talk = loaned()
    talk(staff(StaffAction.CHECK_IN, undo_s=60.0))
    talk(performed(Act.CHECKIN, Outcome.DONE))
    assert talk(looked(Act.CHECKIN, Finding.YES, kept=True)) == TOLD
    assert talk(staff(StaffAction.UNDO)) == ["refused"]
    assert "kept for somebody else's hold" in talk.words


def test_what_was_given_up_for_lost_is_told_at_once():
    talk = loaned()
    talk(staff(StaffAction.MARK_LOST))
    talk(staff(StaffAction.CHECK_IN, undo_s=60.0))
    assert act_done(talk, Act.CHECKIN) == TOLD


def test_a_checkout_that_is_refused_is_staffs():
    talk = back()
    talk(staff(StaffAction.UNDO))
    talk(performed(Act.CHECKOUT, Outcome.REFUSED, words="The account is blocked."))
    assert talk(looked(Act.CHECKOUT, Finding.NO)) == ["lending again", "task check out"]
    assert talk(staff(StaffAction.TRY_AGAIN)) == ["lending again", "do checkout 1"]
    talk(performed(Act.CHECKOUT, Outcome.REFUSED))
    talk(looked(Act.CHECKOUT, Finding.NO))
    assert talk(staff(StaffAction.NOT_DONE)) == BACK
    assert talk(fired(Clock.UNDO)) == TOLD


def test_staff_check_it_out_by_hand_and_their_word_is_looked_at():
    talk = back()
    talk(staff(StaffAction.UNDO))
    talk(performed(Act.CHECKOUT, Outcome.REFUSED))
    talk(looked(Act.CHECKOUT, Finding.NO))
    assert talk(staff(StaffAction.DONE_BY_HAND, due_at=DUE)) == ["loaned", "look checkout 1"]
    assert talk.places == {1: ItemPlace.OUT}
    assert talk(looked(Act.CHECKOUT, Finding.NO, by_hand=True)) == ["loaned", "task contradiction"]


def test_a_forced_end_tells_the_partner_at_once():
    talk = back()
    assert talk(staff(StaffAction.FORCE, state=S.COMPLETED, reason="It is here.")) == TOLD
    assert Clock.UNDO.value in talk.stopped


def test_who_has_it_by_now_keeps_it():
    talk = loaned()
    talk(staff(StaffAction.CHECK_IN, undo_s=60.0))
    talk(performed(Act.CHECKIN, Outcome.DONE))
    assert talk(looked(Act.CHECKIN, Finding.YES, charged=True, ours=False)) == TOLD


def test_the_time_to_undo_ends_the_request_s_tasks_and_clocks():
    talk = back()
    assert TaskKind.NOT_RECEIVED in talk.closed_by(fired(Clock.UNDO))
    assert talk.stopped == set(Clock)


# ── an arrival ───────────────────────────────────────────────────────────────────────────────────

HOLD_CLOCKS = ["start hold amber", "start hold"]


def here(**said: object) -> Talk:
    """A talk in which an item was checked in at the desk, with a minute to undo it."""
    talk = will_supply()
    talk(staff(StaffAction.ARRIVE, undo_s=60.0, **said))
    assert act_done(talk, Act.ARRIVE) == ["arrived"]
    return talk


def test_what_is_not_here_after_all_is_on_the_pull_list_again_and_its_promise_ends_as_it_would_have():
    talk = here()
    count = len(talk.tells)
    assert talk(staff(StaffAction.UNDO)) == ["will supply", *HOLD_CLOCKS]
    assert (talk.places, talk.request.at_desk_at, len(talk.tells)) == ({1: ItemPlace.HELD}, None, count)
    assert talk(staff(StaffAction.UNDO)) == ["refused"]
    assert talk(staff(StaffAction.ARRIVE)) == ["arriving", "do arrive 1"], "and it comes after all"


def test_after_a_minute_an_arrival_is_not_undone_and_it_is_said_what_to_do():
    talk = here()
    assert talk(staff(StaffAction.UNDO, at=AT + timedelta(seconds=60))) == ["refused"]
    assert talk.words.endswith("If it is not here after all, say so: “Can't find it”.")
    assert talk(staff(StaffAction.CANNOT_FIND))[0] == "releasing"


def test_staffs_word_that_it_is_here_is_undone_as_well_and_the_look_at_it_counts_for_nothing():
    talk = will_supply()
    talk(staff(StaffAction.ARRIVE, undo_s=60.0))
    talk(performed(Act.ARRIVE, Outcome.UNKNOWN))
    talk(looked(Act.ARRIVE, Finding.UNCLEAR))
    assert talk(staff(StaffAction.DONE_BY_HAND)) == ["arrived", "look arrive 1"]
    assert talk(staff(StaffAction.UNDO)) == ["will supply", *HOLD_CLOCKS]
    assert "look:arrive" in talk.last.withdraw


def test_another_copy_that_was_taken_in_is_not_undone_for_the_first_one_s_hold_comes_off():
    talk = will_supply()
    talk(staff(StaffAction.ARRIVE, undo_s=60.0, items=(2,)))
    act_done(talk, Act.ARRIVE, SECOND)
    assert talk(staff(StaffAction.UNDO)) == ["refused"]


def test_once_it_was_to_go_out_undo_is_about_that_and_no_promise_is_left_without_its_hold():
    talk = here()
    talk(staff(StaffAction.SHIP, undo_s=60.0))
    act_done(talk, Act.CHECKOUT, due_at=DUE)
    talk(staff(StaffAction.UNDO))
    assert act_done(talk, Act.CHECKIN)[0] == "arrived"
    assert talk(staff(StaffAction.UNDO)) == ["refused"]
