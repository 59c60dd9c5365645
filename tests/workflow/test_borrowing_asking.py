"""Conversations until a lender sends it: what stands in the way, the rota, conditions, Cancel."""

import pytest

from gateway.iso18626.codes import Action
from gateway.workflow.borrowing.table import BORROWING
from gateway.workflow.borrowing_events import BarcodeAssigned, LenderSays
from gateway.workflow.borrowing_records import Concern, LoanTerms
from gateway.workflow.effects import WorkKind
from gateway.workflow.events import Stuck
from gateway.workflow.machine import Decision, decide
from gateway.workflow.records import Act, Clock, Copy
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from tests.workflow.borrowing import (
    AT,
    BLOCKED,
    COST,
    DUE,
    FIRST,
    OURS,
    OWNED,
    POOL,
    SECOND,
    TWICE,
    Talk,
    answered,
    asked,
    asking,
    fired,
    looked,
    not_sent,
    rota,
    says,
    sent,
    staff,
    vetted,
)

# ── may it go out? ───────────────────────────────────────────────────────────────────────────────


def test_what_stands_in_the_way_is_a_persons_and_a_block_is_a_managers():
    talk = Talk()
    talk(asked())
    assert talk(vetted(BLOCKED, TWICE)) == ["deciding", "task customer may not borrow", "task asked for before"]
    assert talk(staff(StaffAction.GO_ON, reason="A colleague's card.")) == ["refused"]
    assert "manager" in talk.words
    assert talk(staff(StaffAction.OVERRIDE)) == ["refused"], "without a reason"
    assert talk(staff(StaffAction.OVERRIDE, reason="Renewed today.")) == ["choosing a lender", "make rota"]
    assert len(talk.request.borrowed.waived) == 2


def test_a_mistyped_card_is_corrected_until_somebody_is_asked():
    """What was set aside about the other customer counts no more; what is about the work does."""
    talk = Talk()
    talk(asked())
    talk(vetted(BLOCKED, TWICE, OWNED))
    talk(staff(StaffAction.OVERRIDE, reason="Renewed today."))
    assert talk(staff(StaffAction.CORRECT_CARD)) == ["vetting", "vet", "start deadline"]
    assert talk.request.borrowed.waived == (Concern.OWNED,)
    assert talk(rota()) == ["ignored"], "made for the other customer"
    talk(vetted())
    talk(rota(FIRST))
    assert talk(staff(StaffAction.CORRECT_CARD)) == ["refused"]
    talk(says(LenderSays.UNFILLED))
    talk(rota())
    assert talk(staff(StaffAction.CORRECT_CARD)) == ["refused"]
    assert "already" in talk.words


def test_our_own_copy_instead():
    talk = Talk()
    talk(asked())
    assert talk(staff(StaffAction.SERVE_HERE)) == ["refused"]
    copy = Copy(item_barcode=OURS, branch="MAIN")
    assert talk(staff(StaffAction.SERVE_HERE, item_barcodes=(OURS,), copies=(copy,))) == ["reserving", "do hold"]
    assert talk(answered(Act.HOLD, barcode=OURS)) == ["reserving", "look hold"]
    assert talk(looked(Act.HOLD, barcode=OURS)) == ["served from our own shelves"]
    assert talk.moves == [], "no barcode of the pool"


# ── the rota ─────────────────────────────────────────────────────────────────────────────────────


def test_a_silent_lender_is_told_cancel_and_only_then_is_the_next_one_asked():
    talk = asking()
    assert talk(fired(Clock.LENDER_ANSWER)) == ["withdrawing", "say Cancel to sample-city"]
    assert talk(sent(Action.CANCEL)) == ["withdrawing", "start withdrawal"], "its day begins when it has heard"
    assert talk(fired(Clock.WITHDRAWAL)) == ["asking", "send New 2 to other-city"]
    assert talk(says(LenderSays.WILL_SUPPLY, 1)) == ["asking", "say Cancel to sample-city"]


def test_nobody_else_is_asked_before_a_lender_that_cant_be_reached_has_heard_cancel():
    talk = asking()
    talk(fired(Clock.LENDER_ANSWER))
    stuck = Stuck(at=AT, work="send:Cancel", kind=WorkKind.SEND_ACTION, words="It does not answer.")
    assert talk(stuck) == ["withdrawing", "task tell the partner"]
    assert talk(staff(StaffAction.TOLD_BY_HAND)) == ["withdrawing", "start withdrawal"]


def test_a_lender_that_does_not_take_cancel_has_its_day_all_the_same():
    talk = asking()
    talk(fired(Clock.LENDER_ANSWER))
    assert talk(not_sent(Action.CANCEL)) == ["withdrawing", "start withdrawal", "task tell the partner"]
    other = decide(BORROWING, talk.request, sent(Action.NOTIFICATION))
    assert isinstance(other, Decision)
    assert TaskKind.NOT_TOLD not in other.close_tasks, "it has heard something else"


def test_a_cancel_that_is_answered_n_because_it_is_unfilled_already_is_a_no():
    talk = asking()
    talk(fired(Clock.LENDER_ANSWER))
    answer = says(LenderSays.NOT_CANCELLED, stands=LenderSays.UNFILLED)
    assert talk(answer) == ["asking", "send New 2 to other-city"]


@pytest.mark.parametrize("promise", [LenderSays.WILL_SUPPLY, LenderSays.CONDITION])
def test_a_lender_that_promises_what_is_cancelled_and_does_not_answer_is_told_cancel_once_more(promise: LenderSays):
    talk = asking()
    talk(fired(Clock.LENDER_ANSWER))
    talk(sent(Action.CANCEL))
    assert talk(says(promise)) == ["withdrawing"]
    assert talk(fired(Clock.WITHDRAWAL)) == ["withdrawing", "say Cancel to sample-city"]
    assert talk(sent(Action.CANCEL)) == ["withdrawing", "start withdrawal"]
    assert talk(fired(Clock.WITHDRAWAL)) == ["asking", "send New 2 to other-city"]


@pytest.mark.parametrize("promise", [LenderSays.WILL_SUPPLY, LenderSays.CONDITION])
def test_a_promise_that_nobody_waits_for_any_more_is_cancelled_once_more(promise: LenderSays):
    talk = asking(FIRST)
    talk(staff(StaffAction.CALL_OFF))
    assert talk(fired(Clock.WITHDRAWAL)) == ["cancelled"]
    assert talk(says(promise)) == ["cancelled", "say Cancel to sample-city"]


def test_a_rota_that_runs_out_is_staffs_and_can_be_made_anew():
    talk = asking(FIRST)
    assert talk(says(LenderSays.UNFILLED)) == ["choosing a lender", "make rota"]
    assert talk(rota()) == ["deciding", "task no lender left"]
    assert talk(staff(StaffAction.SEARCH_AGAIN)) == ["vetting", "vet", "start deadline"]
    talk(vetted())
    talk(rota())
    assert talk(staff(StaffAction.ANSWER_UNFILLED)) == ["unfilled"]


def test_a_lender_that_does_not_take_the_request_is_passed_over():
    assert asking()(not_sent()) == ["asking", "send New 2 to other-city"]


def test_a_lender_that_may_have_what_it_refuses_is_told_cancel_before_the_next_is_asked():
    talk = Talk()
    for event in (asked(), vetted(), rota(FIRST, SECOND)):
        talk(event)
    assert talk(not_sent(may_be_there=True)) == ["withdrawing", "say Cancel to sample-city"]
    assert talk(sent("Cancel")) == ["withdrawing", "start withdrawal"]
    assert talk(says(LenderSays.CANCELLED)) == ["asking", "send New 2 to other-city"]


def test_a_lender_that_refuses_a_request_and_does_not_know_what_is_cancelled_never_had_it():
    talk = Talk()
    for event in (asked(), vetted(), rota(FIRST, SECOND), not_sent(may_be_there=True)):
        talk(event)
    assert talk(not_sent("Cancel", unknown_there=True)) == ["choosing a lender", "make rota"]


def test_a_lender_that_has_confirmed_a_request_and_does_not_know_what_is_cancelled_is_staffs_to_ask():
    talk = asking()
    talk(staff(StaffAction.NEXT_LENDER))
    assert "task tell the partner" in talk(not_sent("Cancel", unknown_there=True))


def test_a_lender_that_speaks_of_a_request_or_takes_an_action_on_it_knows_it():
    for event in (says(LenderSays.WORDS), says(LenderSays.RECEIVED), sent("StatusRequest")):
        talk = asking()
        assert not talk.request.known_there
        talk(event)
        assert talk.request.known_there
        talk(says(LenderSays.UNFILLED))
        assert not talk.request.known_there, "the next one has not said anything"


def test_a_cost_within_the_limit_is_accepted_by_rule_with_a_retry():
    talk = asking(max_cost=COST)
    offer = says(LenderSays.RETRY, reason="CostExceedsMaxCost", terms=LoanTerms(cost=COST))
    assert talk(offer) == ["asking", "send Retry 2 to sample-city"]


def test_conditions_are_staffs_to_accept():
    talk = asking(max_cost=COST)
    offer = says(LenderSays.RETRY, terms=LoanTerms(conditions=("LibraryUseOnly",)))
    assert talk(offer) == ["conditional", "start condition", "task lender's conditions"]
    assert talk.words.endswith("Its conditions: LibraryUseOnly.")
    assert talk(staff(StaffAction.ACCEPT)) == ["asking", "send Retry 2 to sample-city"]


def test_conditions_in_a_notification_are_answered_by_one():
    talk = asking()
    talk(says(LenderSays.CONDITION, terms=LoanTerms(conditions=("LibraryUseOnly",))))
    assert talk(staff(StaffAction.ACCEPT)) == [
        "asking",
        "say Notification to sample-city",
        "start lender answer",
        "start silence",
    ]


def test_the_lenders_number_that_comes_with_its_conditions_is_kept():
    talk = asking()
    talk(says(LenderSays.CONDITION, terms=LoanTerms(conditions=("LibraryUseOnly",)), lender_request_id="S-1"))
    assert talk.request.borrowed.lender_request_id == "S-1"


def test_a_cancel_that_is_answered_n_leaves_the_request_with_the_lender():
    talk = asking()
    talk(says(LenderSays.WILL_SUPPLY))
    assert talk(staff(StaffAction.CALL_OFF)) == ["withdrawing", "say Cancel to sample-city"]
    answer = says(LenderSays.NOT_CANCELLED, stands=LenderSays.LOANED, due_at=DUE)
    assert talk(answer) == ["on its way", "start receipt", "task contradiction"]


def test_a_cancel_that_is_answered_y_ends_a_request_that_was_called_off():
    talk = asking()
    talk(staff(StaffAction.CALL_OFF))
    assert talk(says(LenderSays.CANCELLED)) == ["cancelled"]
    assert talk.request.state in BORROWING.finals


@pytest.mark.parametrize("ended", [LenderSays.CANCELLED, LenderSays.UNFILLED])
def test_what_the_lender_sends_when_all_was_over_is_received_and_sent_back_like_any_other(ended: LenderSays):
    talk = asking(FIRST)
    talk(staff(StaffAction.CALL_OFF))
    assert talk(says(ended)) == ["cancelled"]
    assert talk(says(LenderSays.LOANED, due_at=DUE)) == ["on its way", "start receipt", "task contradiction"]
    assert talk(staff(StaffAction.RECEIVE))[:2] == ["receiving", "say Received to sample-city"]
    assert talk(BarcodeAssigned(at=AT, barcode=POOL)) == ["receiving", "do hold"]
    assert talk(staff(StaffAction.SEND_BACK))[0] == "taking back"


def test_undo_takes_the_cancel_back_before_it_is_sent():
    talk = asking()
    talk(staff(StaffAction.CALL_OFF, undo_s=60.0))
    assert talk(staff(StaffAction.UNDO)) == ["asking", "start lender answer", "start silence"]
    assert not talk.request.borrowed.called_off
