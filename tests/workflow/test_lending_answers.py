"""Conversations up to the answer: WillSupply, Unfilled, RetryPossible, offers, copies; staff answer, and undo."""

from datetime import timedelta

import msgspec
import pytest

from gateway.iso18626.codes import ServiceType, Status
from gateway.workflow.events import PartnerAction
from gateway.workflow.partners import STRANGER
from gateway.workflow.records import Act, Answer, AnswerKind, Clock, Copy, ItemPlace, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import Admission, StaffAction
from gateway.workflow.values import Wanted
from tests.workflow.builders import (
    AT,
    COST,
    NOT_ON_SHELF,
    OFFER,
    RETRY,
    STAFF,
    SUPPLY,
    UNFILLED,
    arrived,
    checked,
    fired,
    found,
    item,
    looked,
    partner,
    performed,
    request,
    staff,
    status,
)
from tests.workflow.talk import Talk, act_done

S = State


def test_a_request_that_can_be_supplied_is_answered_once_its_hold_is_seen():
    talk = Talk()
    assert talk(arrived()) == ["searching", "find copies", "start deadline", "start undecided"]
    assert talk(found(1, 2, 3)) == ["checking", "ask 1 2 3"]
    assert talk(checked(SUPPLY)) == ["reserving", "do hold 1"]
    assert talk(performed(Act.HOLD)) == ["reserving", "look hold 1"]
    assert talk(looked(Act.HOLD)) == [
        "will supply",
        "start hold amber",
        "start hold",
        "tell RequestResponse WillSupply",
    ]
    assert {"undecided", "deadline"} <= talk.stopped
    assert talk.tells[-1].expected_at == SUPPLY.expected_at
    assert talk.places == {1: ItemPlace.HELD}


def test_undecided_for_a_while_the_partner_hears_expect_to_supply_once():
    talk = Talk(request(S.DECIDING))
    assert talk(fired(Clock.UNDECIDED)) == ["deciding", "tell RequestResponse ExpectToSupply"]
    assert talk(partner(PartnerAction.STATUS_REQUEST)) == ["deciding", "tell StatusRequestResponse ExpectToSupply"]
    assert talk(staff(StaffAction.SEARCH_AGAIN)) == ["searching", "find copies", "start deadline"]


def test_past_its_deadline_a_request_is_a_task():
    assert Talk(request(S.SEARCHING))(fired(Clock.DEADLINE)) == ["searching", "task past deadline"]


@pytest.mark.parametrize(
    ("events", "answer"),
    [
        ([found(answer=UNFILLED, auto=True)], ["unfilled", "tell RequestResponse Unfilled"]),
        ([found(1), checked(UNFILLED)], ["unfilled", "tell RequestResponse Unfilled"]),
        ([found(1), checked(RETRY)], ["retry possible", "tell RequestResponse RetryPossible"]),
    ],
)
def test_what_cannot_be_supplied_is_answered_with_the_reason(events, answer):
    talk = Talk()
    talk(arrived())
    said = [talk(event) for event in events]
    assert said[-1] == answer
    tell = talk.tells[-1]
    assert (tell.reason_unfilled or tell.reason_retry) in {"NotAvailableForILL", "OnLoan"}
    assert tell.retry_after == (RETRY.retry_after if tell.reason_retry else None)


@pytest.mark.parametrize("event", [found(), found(answer=UNFILLED), checked(SUPPLY, auto=False), checked(STAFF)])
def test_what_may_not_go_out_by_itself_is_on_the_desk_with_its_proposal(event):
    talk = Talk(request(S.SEARCHING if not hasattr(event, "policy_version") else S.CHECKING))
    assert talk(event) == ["deciding", "task answer"]
    assert event.answer is None or event.answer.words in talk.words


def test_a_library_that_is_turned_away_hears_it_at_once():
    assert Talk()(arrived(Admission.TURN_AWAY)) == ["retry possible", "tell RequestResponse RetryPossible"]
    assert Talk()(arrived(Admission.TURN_AWAY, turned_away=UNFILLED)) == ["unfilled", "tell RequestResponse Unfilled"]


def test_an_unknown_partner_is_approved_and_its_request_goes_on():
    talk = Talk()
    assert talk(arrived(Admission.UNKNOWN_PARTNER, partner=None, account=None))[-1] == "task approve partner"
    approved = staff(StaffAction.APPROVE, partner="sample-city", account="20000000001234")
    assert talk(approved) == ["searching", "start deadline", "start undecided", "find copies"]
    assert (talk.request.partner, talk.request.account) == ("sample-city", "20000000001234")


def test_a_request_whose_sender_nobody_knows_gets_its_peer_with_the_approval():
    """Until then there is nobody to tell that it takes long."""
    talk = Talk()
    said = talk(arrived(Admission.UNKNOWN_PARTNER, partner=None, account=None, peer=STRANGER))
    assert "start undecided" not in said
    assert "start undecided" in talk(staff(StaffAction.APPROVE, partner="sample-city", peer="sample-hub"))
    assert (talk.request.partner, talk.request.peer) == ("sample-city", "sample-hub")


def test_a_request_of_a_known_peer_keeps_it():
    talk = Talk()
    talk(arrived(Admission.UNKNOWN_PARTNER, partner=None, account=None))
    peer = talk.request.peer
    talk(staff(StaffAction.APPROVE, partner="sample-city", peer="sample-hub"))
    assert talk.request.peer == peer


def test_an_unknown_partner_is_refused_and_that_can_be_undone():
    talk = Talk()
    talk(arrived(Admission.UNKNOWN_PARTNER, partner=None, account=None))
    said = talk(staff(StaffAction.REFUSE, undo_s=60.0))
    assert said == ["unfilled", "tell RequestResponse Unfilled after 60 s"]
    assert talk.tells[-1].reason_unfilled == "PolicyProblem"
    assert talk(staff(StaffAction.UNDO))[:2] == ["awaiting approval", "drop tell:Unfilled"]


def test_what_a_person_must_answer_goes_to_one_also_after_the_partner_was_approved():
    talk = Talk()
    talk(arrived(Admission.UNKNOWN_PARTNER, partner=None, staff_words="The partner asks for a booking."))
    assert talk(staff(StaffAction.APPROVE, partner="sample-city"))[::3] == ["deciding", "task answer"]
    assert "booking" in talk.words
    assert Talk()(arrived(Admission.STAFF, staff_words="A booking."))[-1] == "task answer"


# ── staff answer ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", [S.SEARCHING, S.CHECKING, S.DECIDING, S.OFFERED])
def test_staff_answer_also_while_a_look_up_waits_for_a_system_that_is_down(state):
    talk = Talk(request(state))
    assert talk(staff(StaffAction.ANSWER_SUPPLY, items=(2,)))[:1] == ["reserving"]
    assert {"find copies", "ask copies"} <= set(talk.last.withdraw)
    assert Talk(request(state))(staff(StaffAction.ANSWER_UNFILLED, reason="PoorCondition"))[0] == "unfilled"


def test_staff_name_one_item_or_take_the_proposed_one():
    assert Talk(request(S.DECIDING, candidates=(status(1),)))(staff(StaffAction.ANSWER_SUPPLY))[-1] == "do hold 1"
    talk = Talk(request(S.DECIDING))
    assert talk(staff(StaffAction.ANSWER_SUPPLY)) == ["refused"]
    assert talk(staff(StaffAction.ANSWER_SUPPLY, items=(1, 2))) == ["refused"]
    assert talk(staff(StaffAction.ANSWER_SUPPLY, items=(9,)))[-1] == "do hold 9"
    assert talk.request.items[0].queue_length is None, "nobody asked how long its queue is"


def test_a_reason_that_is_on_no_list_is_refused():
    """Codes are never invented: local words go into the note (iso18626.md)."""
    talk = Talk(request(S.DECIDING))
    assert talk(staff(StaffAction.ANSWER_UNFILLED, reason="TooHot")) == ["refused"]
    assert talk(staff(StaffAction.ANSWER_RETRY, reason="NotHeld")) == ["refused"]
    assert talk(staff(StaffAction.ANSWER_UNFILLED, reason="nothELD", note="Sorry."))[0] == "unfilled"


def test_a_no_without_a_reason_has_the_proposals():
    """No copy was found, and NotHeld may not go out by itself: staff say Unfilled, and mean it."""
    none = Answer(kind=AnswerKind.UNFILLED, reason="NotHeld")
    talk = Talk()
    talk(arrived())
    assert talk(found(answer=none, auto=False))[0] == "deciding"
    talk(staff(StaffAction.ANSWER_UNFILLED))
    assert talk.tells[-1].reason_unfilled == "NotHeld"


@pytest.mark.parametrize(
    ("proposed", "action", "reason", "told"),
    [
        (UNFILLED, StaffAction.ANSWER_UNFILLED, "PoorCondition", "PoorCondition"),
        (RETRY, StaffAction.ANSWER_UNFILLED, None, "NotAvailableForILL"),
        (RETRY, StaffAction.ANSWER_RETRY, None, "OnLoan"),
        (UNFILLED, StaffAction.ANSWER_RETRY, None, "NotCurrentAvailableForILL"),
        (SUPPLY, StaffAction.ANSWER_UNFILLED, None, "NotAvailableForILL"),
    ],
)
def test_only_a_proposal_of_the_same_kind_lends_its_reason(proposed, action, reason, told):
    talk = Talk(request(S.DECIDING, answer=proposed))
    talk(staff(action, reason=reason))
    assert (talk.tells[-1].reason_unfilled or talk.tells[-1].reason_retry) == told


def test_unfilled_waits_while_it_can_be_undone():
    talk = Talk(request(S.DECIDING))
    assert talk(staff(StaffAction.ANSWER_UNFILLED, undo_s=60.0))[-1] == "tell RequestResponse Unfilled after 60 s"
    assert talk(staff(StaffAction.UNDO)) == [
        "deciding",
        "drop tell:Unfilled",
        "start deadline",
        "start undecided",
        "task answer",
    ]


def test_once_the_partner_has_been_answered_it_is_too_late_to_undo():
    """Its question in between was answered with Unfilled: that can't be taken back."""
    talk = Talk(request(S.DECIDING))
    talk(staff(StaffAction.ANSWER_UNFILLED, undo_s=60.0))
    later = msgspec.structs.replace(partner(PartnerAction.STATUS_REQUEST), at=AT + timedelta(seconds=5))
    assert talk(later) == ["unfilled", "tell StatusRequestResponse Unfilled"]
    assert talk.tells[-1].reason_unfilled == "NotAvailableForILL"
    assert talk(staff(StaffAction.UNDO)) == ["refused"]


def test_that_its_time_is_over_stays_a_task_until_the_request_is_answered():
    talk = Talk(request(S.SEARCHING))
    assert talk(fired(Clock.DEADLINE)) == ["searching", "task past deadline"]
    assert TaskKind.PAST_DEADLINE not in talk.closed_by(found(1, 2, 3))
    assert TaskKind.PAST_DEADLINE not in talk.closed_by(checked(STAFF, auto=False))
    assert TaskKind.PAST_DEADLINE in talk.closed_by(staff(StaffAction.ANSWER_UNFILLED))


def test_what_would_come_too_late_is_not_promised_without_a_person():
    talk = Talk(request(S.CHECKING, need_before=AT - timedelta(days=2)))
    assert talk(checked(SUPPLY)) == ["deciding", "task answer"]
    assert talk.request.candidates, "the proposal is kept"


# ── offers ───────────────────────────────────────────────────────────────────────────────────────


def test_an_offer_is_accepted_by_the_partner():
    talk = Talk(request(S.DECIDING, candidates=(status(1),)))
    assert talk(staff(StaffAction.OFFER, answer=OFFER)) == [
        "offered",
        "start condition",
        "tell RequestResponse RetryPossible",
    ]
    tell = talk.tells[-1]
    assert (tell.cost, tell.condition, tell.reason_retry) == (COST, "LibraryUseOnly", "CostExceedsMaxCost")
    assert talk(partner(PartnerAction.CONDITIONS_ACCEPTED))[0] == "reserving"
    assert "condition" in talk.stopped
    act_done(talk, Act.HOLD)
    promise = talk.tells[-1]
    assert (promise.status, promise.cost, promise.condition) == (Status.WILL_SUPPLY, COST, "LibraryUseOnly")


def test_an_offer_is_told_again_with_its_terms():
    talk = Talk(request(S.OFFERED))
    assert talk(partner(PartnerAction.REMINDER)) == ["offered", "tell RequestResponse RetryPossible"]
    assert talk.tells[-1].cost == COST


def test_an_offer_is_refused_or_lapses_or_is_taken_back():
    assert Talk(request(S.OFFERED))(partner(PartnerAction.CONDITIONS_REFUSED)) == [
        "cancelled",
        "tell StatusChange Cancelled",
    ]
    assert Talk(request(S.OFFERED))(fired(Clock.CONDITION)) == ["retry possible", "tell StatusChange RetryPossible"]
    assert Talk(request(S.OFFERED))(staff(StaffAction.UNDO))[:2] == ["deciding", "drop tell:RetryPossible"]
    assert Talk(request(S.OFFERED))(partner(PartnerAction.CANCEL)) == ["cancelled", "tell CancelResponse Cancelled Y"]


def test_an_acceptance_that_comes_too_late_is_for_staff():
    talk = Talk(request(S.RETRY_POSSIBLE))
    assert talk(partner(PartnerAction.CONDITIONS_ACCEPTED)) == ["retry possible", "task read note"]


def test_an_acceptance_without_a_copy_at_hand_is_for_staff():
    said = Talk(request(S.OFFERED))(partner(PartnerAction.CONDITIONS_ACCEPTED))
    assert said == ["deciding", "start deadline", "start undecided", "task answer"]


def test_a_cost_above_the_partners_limit_is_an_offer_too():
    said = Talk(request(S.CHECKING))(checked(OFFER))
    assert said == ["offered", "start condition", "tell RequestResponse RetryPossible"]


def test_an_offer_that_was_undone_binds_nobody():
    talk = Talk(request(S.DECIDING))
    talk(staff(StaffAction.OFFER, answer=OFFER, undo_s=60.0))
    talk(staff(StaffAction.UNDO))
    talk(staff(StaffAction.ANSWER_SUPPLY, items=(1,)))
    act_done(talk, Act.HOLD)
    promise = talk.tells[-1]
    assert (promise.status, promise.cost, promise.condition) == (Status.WILL_SUPPLY, None, None)


def test_an_offer_that_gave_way_to_a_forced_state_binds_nobody():
    talk = Talk(request(S.DECIDING))
    talk(staff(StaffAction.OFFER, answer=OFFER))
    talk(staff(StaffAction.FORCE, state=S.DECIDING, reason="The shelf was looked at."))
    assert (talk.request.cost, talk.request.condition) == (None, None)


@pytest.mark.parametrize(
    "event", [staff(StaffAction.ANSWER_SUPPLY, items=(1,)), partner(PartnerAction.CONDITIONS_ACCEPTED)]
)
def test_what_is_supplied_as_offered_goes_out_on_the_offers_terms(event):
    talk = Talk(request(S.DECIDING, candidates=(status(1),)))
    talk(staff(StaffAction.OFFER, answer=OFFER))
    talk(event)
    assert (talk.request.cost, talk.request.condition) == (OFFER.cost, OFFER.condition)


def test_an_offer_of_nothing_is_refused():
    assert Talk(request(S.DECIDING))(staff(StaffAction.OFFER)) == ["refused"]
    empty = Answer(kind=AnswerKind.RETRY, words="Only if.")
    assert Talk(request(S.DECIDING))(staff(StaffAction.OFFER, answer=empty)) == ["refused"]


# ── copies ───────────────────────────────────────────────────────────────────────────────────────


def test_a_copy_needs_no_hold_and_is_sent_as_a_link():
    copied = msgspec.structs.replace(SUPPLY, service=ServiceType.COPY)
    talk = Talk(request(S.CHECKING, service=ServiceType.COPY))
    assert talk(checked(copied)) == ["to copy", "start hold amber", "start hold", "tell RequestResponse WillSupply"]
    said = talk(staff(StaffAction.COPY_SENT, link="https://copies.example/1", undo_s=60.0))
    assert said == ["copy completed", "tell StatusChange CopyCompleted after 60 s"]
    assert talk.tells[-1].link == "https://copies.example/1"
    assert talk(staff(StaffAction.UNDO))[:2] == ["to copy", "drop tell:CopyCompleted"]


def test_a_copy_that_is_posted_has_no_link():
    talk = Talk(request(S.TO_COPY))
    assert talk(staff(StaffAction.COPY_SENT, note="By mail."))[0] == "copy completed"
    assert (talk.tells[-1].link, talk.tells[-1].note) == (None, "By mail.")


def test_a_task_about_a_copy_names_the_article_and_no_branch_that_nobody_knows():
    named = msgspec.structs.replace(item(1), copy=Copy(item_barcode="30000000000001", branch=""))
    made = request(S.TO_COPY, items=(named,), wanted=Wanted(article_title="On Nothing"))
    talk = Talk(made)
    assert talk(fired(Clock.HOLD))[-1] == "task not at the desk yet"
    assert talk.last.open_tasks[-1].words.startswith("The copy from “On Nothing”, item 30000000000001, for ")


def test_what_a_copy_or_loan_comes_to_is_what_the_policy_proposed():
    proposal = msgspec.structs.replace(SUPPLY, service=ServiceType.COPY)
    talk = Talk(request(S.CHECKING, service=ServiceType.COPY_OR_LOAN))
    talk(checked(proposal, auto=False))
    assert talk(staff(StaffAction.ANSWER_SUPPLY))[0] == "to copy"
    loan = Talk(request(S.CHECKING, service=ServiceType.COPY_OR_LOAN))
    loan(checked(SUPPLY, auto=False))
    assert loan(staff(StaffAction.ANSWER_SUPPLY))[0] == "reserving"


def test_an_offer_of_a_copy_is_accepted_into_copying():
    proposal = msgspec.structs.replace(SUPPLY, service=ServiceType.COPY)
    talk = Talk(request(S.CHECKING, service=ServiceType.COPY_OR_LOAN))
    talk(checked(proposal, auto=False))
    talk(staff(StaffAction.OFFER, answer=OFFER))
    assert talk(partner(PartnerAction.CONDITIONS_ACCEPTED))[0] == "to copy"


def test_a_copy_whose_item_is_not_found_is_made_from_another_or_not_at_all():
    talk = Talk(request(S.TO_COPY, candidates=(status(2),)))
    assert talk(staff(StaffAction.CANNOT_FIND)) == ["to copy", "start hold amber", "start hold"]
    assert talk.places == {2: ItemPlace.CHOSEN}
    assert talk(staff(StaffAction.CANNOT_FIND)) == ["unfilled", "tell RequestResponse Unfilled"]
    assert talk.tells[-1].reason_unfilled == NOT_ON_SHELF.reason


def test_a_retry_ends_the_offer_without_another_word():
    talk = Talk(request(S.OFFERED))
    assert talk(partner(PartnerAction.ASKED_ANEW)) == ["retry possible"]
    assert f"timer:{Clock.CONDITION}" in talk.last.withdraw
