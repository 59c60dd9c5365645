"""Conversations about what goes wrong: late and repeated messages, answers that nobody waits for, states forced by staff."""

import itertools

import pytest

from gateway.iso18626.codes import ReasonForMessage, Status, YesNo
from gateway.workflow.effects import WorkKind
from gateway.workflow.events import Agrees, Differs, PartnerAction, Stuck
from gateway.workflow.lending.force import RESTS
from gateway.workflow.lending.groups import FINALS
from gateway.workflow.machine import TIMER_KEYS, Decision, Refused
from gateway.workflow.records import Act, Clock, Finding, ItemPlace, Outcome, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from tests.workflow.builders import (
    AT,
    DUE,
    FIRST,
    LATER,
    fired,
    item,
    looked,
    not_told,
    partner,
    performed,
    request,
    ruling,
    staff,
    told,
)
from tests.workflow.every_case import ACTS, STATES
from tests.workflow.talk import Talk, act_done, at_desk, loaned, will_supply
from tests.workflow.world import Way, World

S = State
A = PartnerAction


# ── late, repeated, out of order ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "action"),
    [
        (S.RETURNING, A.SHIPPED_RETURN),
        (S.COMPLETED, A.SHIPPED_RETURN),
        (S.COMPLETED, A.RECEIVED),
        (S.LOST, A.LOST),
        (S.WILL_SUPPLY, A.HOLD_RETURN),
    ],
)
def test_an_impossible_step_changes_nothing(state, action):
    talk = Talk(request(state))
    assert talk(partner(action)) == ["ignored"]
    assert talk.words == "It changes nothing as the request stands."


@pytest.mark.parametrize("state", [S.SEARCHING, S.OFFERED, S.WILL_SUPPLY, S.CHECKING_OUT, S.UNFILLED, S.CANCELLED])
@pytest.mark.parametrize("action", [A.RECEIVED, A.SHIPPED_RETURN, A.SHIPPED_FORWARD])
def test_they_have_what_we_did_not_send(state, action):
    assert Talk(request(state))(partner(action)) == [state, "task contradiction"]


@pytest.mark.parametrize("state", STATES)
def test_a_notification_never_moves_a_request_and_its_words_are_read(state):
    talk = Talk(request(state))
    assert talk(partner(A.NOTIFICATION, "Is it coming?")) == [state, "task read note"]
    assert "Is it coming?" in talk.words
    assert Talk(request(state))(partner(A.NOTIFICATION)) == [state], "nothing to read"


@pytest.mark.parametrize("state", STATES)
def test_staff_send_words_in_every_state(state):
    talk = Talk(request(state))
    assert talk(staff(StaffAction.SEND_MESSAGE)) == ["refused"]
    said = talk(staff(StaffAction.SEND_MESSAGE, note="On Monday."))
    assert said[1].startswith("tell Notification")
    assert talk.tells[-1].note == "On Monday."


@pytest.mark.parametrize("state", STATES)
def test_a_note_for_staff_goes_nowhere_and_words_for_the_partner_are_none(state):
    """A script that wrote to the partner by `note`, before there was `message`, hears so, and nothing goes out."""
    talk = Talk(request(state))
    assert talk(staff(StaffAction.NOTE)) == ["refused"]
    assert talk(staff(StaffAction.NOTE, note="On Monday.")) == ["refused"]
    assert talk(staff(StaffAction.NOTE, note="On Monday.", inside="Told.")) == ["refused"]
    assert talk(staff(StaffAction.NOTE, inside="The spine is loose.")) == [state]
    assert talk.tells == []


def test_a_clock_that_rings_after_the_end_is_ignored():
    heard = [(state, clock, Talk(request(state))(fired(clock))) for state in FINALS for clock in Clock]
    assert [(state, clock, said) for state, clock, said in heard if said != ["ignored"]] == []


def test_what_the_circulation_system_shows_otherwise_is_a_task_until_it_agrees():
    talk = loaned()
    assert talk(Differs(at=AT, words="Item 1 is not among the loans."))[1:] == ["task does not match"]
    assert "not among the loans" in talk.words
    assert TaskKind.RECONCILE in talk.closed_by(Agrees(at=AT))


def test_a_message_that_is_stuck_is_a_task_of_telling():
    talk = Talk(request(S.UNFILLED))
    assert talk(Stuck(at=AT, work="tell:Unfilled", kind=WorkKind.TELL, words="No connection.")) == [
        "unfilled",
        "task tell the partner",
    ]
    assert TaskKind.NOT_TOLD in talk.closed_by(told(Status.UNFILLED, ReasonForMessage.REQUEST_RESPONSE))


def test_told_by_hand_closes_the_task():
    talk = Talk(request(S.UNFILLED))
    talk(not_told(Status.UNFILLED))
    assert TaskKind.NOT_TOLD in talk.closed_by(staff(StaffAction.TOLD_BY_HAND))


# ── answers that nobody waits for any more ───────────────────────────────────────────────────────


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", [S.DECIDING, S.WILL_SUPPLY, S.LOANED, S.COMPLETED, S.UNFILLED])
def test_whatever_had_begun_is_looked_at(state, act):
    assert Talk(request(state))(performed(act, Outcome.UNKNOWN))[1:] == [f"look {act} 1 after 2 s"]


@pytest.mark.parametrize("state", [S.TO_COPY, S.UNFILLED, S.RETRY_POSSIBLE, S.CANCELLED, S.COMPLETED])
def test_a_hold_that_nobody_wants_comes_off(state):
    talk = Talk(request(state))
    assert talk(looked(Act.HOLD)) == [state, "do cancel hold 1"]
    assert talk(performed(Act.CANCEL_HOLD)) == [state, "look cancel hold 1"]
    assert talk(looked(Act.CANCEL_HOLD)) == ["ignored"], "as it should be"
    assert Talk(request(state))(looked(Act.CANCEL_HOLD, Finding.UNCLEAR)) == [state, "task stray hold"]


def test_a_hold_that_we_promised_on_and_that_is_off_is_a_contradiction():
    assert will_supply()(looked(Act.CANCEL_HOLD)) == ["will supply", "task contradiction"]


def test_a_checkout_that_was_done_after_all_is_a_contradiction_unless_it_is_known():
    assert at_desk()(looked(Act.CHECKOUT, due_at=DUE)) == ["arrived", "task contradiction"]
    assert Talk(request(S.LOANED))(looked(Act.CHECKOUT, due_at=DUE)) == ["ignored"]


def test_a_check_in_that_was_done_after_all_is_a_contradiction_unless_it_is_known():
    assert loaned()(looked(Act.CHECKIN)) == ["loaned", "task contradiction"]
    assert Talk(request(S.COMPLETED))(looked(Act.CHECKIN)) == ["ignored"]


def test_a_renewal_that_was_done_after_the_no_counts():
    talk = loaned()
    assert talk(looked(Act.RENEW, due_at=LATER))[1:] == [
        f"start {clock}" for clock in (Clock.OVERDUE_FIRST, Clock.OVERDUE_SECOND, Clock.OVERDUE_THIRD, Clock.BILLABLE)
    ]
    assert talk.request.due_at == LATER


def test_an_arrival_that_was_trapped_after_all_is_for_staff():
    assert Talk(request(S.CANCELLING))(looked(Act.ARRIVE, Finding.NO))[1:] == ["task trapped for another"]


@pytest.mark.parametrize("state", STATES)
def test_a_look_at_an_item_of_another_copy_never_moves_the_request(state):
    """Its hold came off, its checkout was refused: nothing of that is about the request's own item."""
    before = request(state)
    for act, finding in itertools.product(ACTS, Finding):
        talk = Talk(before)
        said = talk(looked(act, finding, "30000000000009", due_at=LATER))
        assert said[0] == state, (act, finding)
        assert not talk.tells, (act, finding)
        assert talk.request.items == before.items, (act, finding)


# ── force ────────────────────────────────────────────────────────────────────────────────────────


def force(state: State, **fields):
    return staff(StaffAction.FORCE, state=state, reason="Seen in the ILS.", **fields)


def test_force_needs_a_reason_a_state_of_rest_an_item_and_a_due_date():
    talk = Talk(request(S.DECIDING))
    for event in (
        staff(StaffAction.FORCE, state=S.UNFILLED),
        staff(StaffAction.FORCE, reason="So."),
        force(S.CHECKING_OUT),
        force(S.LOANED, due_at=DUE),
        force(S.LOANED, items=(1,)),
        force(S.WILL_SUPPLY),
    ):
        assert talk(event) == ["refused"]
    said = talk(force(S.LOANED, items=(1,), due_at=DUE))
    assert said[:2] == ["loaned", "start receipt"]
    assert talk.places == {1: ItemPlace.OUT}
    assert talk.request.due_at == DUE


@pytest.mark.parametrize(
    ("state", "follows"),
    [
        (S.DECIDING, ["start deadline", "task answer"]),
        (S.WILL_SUPPLY, ["start hold amber", "start hold"]),
        (S.CHECKED_OUT, ["task tell the partner"]),
        (S.RETURNING, ["start return"]),
        (S.COMPLETED, []),
    ],
)
def test_a_forced_state_has_the_clocks_and_tasks_of_that_state_and_no_others(state, follows):
    talk = Talk(request(S.CHECKING_OUT, items=(item(1, ItemPlace.OUT, tries=1, due_at=DUE),)))
    assert talk(force(state)) == [state, *follows]
    assert set(TIMER_KEYS) <= set(talk.last.withdraw)
    assert {"perform:checkout", "look:checkout"} <= set(talk.last.withdraw)
    assert not [each for each in talk.request.items if each.tries]


@pytest.mark.parametrize("state", [S.UNFILLED, S.CANCELLED, S.DECIDING, S.TO_COPY, S.COMPLETED])
def test_a_hold_that_is_not_wanted_in_the_forced_state_comes_off(state):
    assert will_supply()(force(state))[1] == "do cancel hold 1"
    doubtful = Talk(request(S.RESERVING))
    assert doubtful(force(state))[1] == "look cancel hold 1", "it may have been placed"


@pytest.mark.parametrize("state", [S.WILL_SUPPLY, S.ARRIVED, S.CHECKED_OUT])
def test_a_hold_that_is_wanted_in_the_forced_state_stays(state):
    assert "do cancel hold 1" not in will_supply()(force(state))


def shipping() -> World:
    """A request of which the item is being checked out: the act has begun, and does its work."""
    world = World()
    world.settle()
    world.act(staff(StaffAction.ARRIVE))
    world.settle()
    world.act(staff(StaffAction.SHIP))
    world.begin(Way.DOES)
    return world


def test_while_an_act_is_in_flight_no_state_can_be_forced():
    world = shipping()
    assert isinstance(world.act(force(S.ARRIVED)), Refused)
    assert world.state is S.CHECKING_OUT
    world.hear(Way.LOST_AFTER)
    assert isinstance(world.act(force(S.ARRIVED)), Decision), "once it was answered, or given up, it can"


def test_an_act_of_which_staff_had_said_that_it_was_done_is_in_flight_all_the_same():
    world = shipping()
    world.act(staff(StaffAction.DONE_BY_HAND, due_at=DUE))
    assert world.state is S.CHECKED_OUT
    assert isinstance(world.act(force(S.ARRIVED)), Refused)


def test_what_an_act_did_before_a_state_was_forced_is_looked_at_and_told():
    world = shipping()
    world.hear(Way.LOST_AFTER)
    world.act(force(S.ARRIVED))
    world.settle()
    assert world.log[-1] == ("look", Act.CHECKOUT, FIRST)
    assert "checked out to the partner after all" in world.tasks[TaskKind.CONTRADICTION]
    assert world.state is S.ARRIVED, "a person decides"


def test_after_a_forced_state_the_same_act_is_asked_for_again_only_after_a_look():
    world = shipping()
    world.hear(Way.LOST_AFTER)
    world.act(force(S.ARRIVED))
    world.act(staff(StaffAction.SHIP))
    world.settle()
    acts = [(kind, act) for kind, act, _ in world.log if act is Act.CHECKOUT]
    assert acts == [("act", Act.CHECKOUT), ("look", Act.CHECKOUT)], "it was done already"
    assert world.state is S.CHECKED_OUT


def test_after_a_forced_state_what_a_look_shows_not_to_be_done_is_done():
    world = shipping()
    world.acs.loans.clear()  # it never arrived
    world.hear(Way.LOST_BEFORE)
    world.act(force(S.ARRIVED))
    world.act(staff(StaffAction.SHIP))
    world.settle()
    assert [kind for kind, act, _ in world.log if act is Act.CHECKOUT] == ["act", "look", "act", "look"]
    assert world.state is S.CHECKED_OUT


def test_a_loan_that_was_forced_and_is_none_is_told():
    world = shipping()
    world.acs.loans.clear()
    world.hear(Way.LOST_BEFORE)
    world.act(force(S.LOANED, due_at=DUE))
    world.settle()
    assert "not checked out after all" in world.tasks[TaskKind.CONTRADICTION]


def test_a_return_that_was_forced_and_is_still_out_is_told():
    world = World()
    world.settle()
    for action in (StaffAction.ARRIVE, StaffAction.SHIP):
        world.act(staff(action))
        world.settle()
    world.act(staff(StaffAction.CHECK_IN))
    world.begin(Way.LIES)
    world.hear(Way.LIES)
    world.act(force(S.COMPLETED))
    world.settle()
    assert "checked out to the partner after all" in world.tasks[TaskKind.CONTRADICTION]


@pytest.mark.parametrize("state", [S.DECIDING, S.WILL_SUPPLY, S.ARRIVED, S.TO_COPY, S.CANCELLED])
def test_what_was_never_sent_keeps_no_dates_of_a_loan(state):
    talk = loaned()
    talk(partner(A.RECEIVED))
    talk(partner(A.SHIPPED_RETURN))
    talk(force(state))
    now = talk.request
    assert (now.shipped_at, now.due_at, now.received_at, now.returned_at) == (None, None, None, None)
    assert all(each.due_at is None for each in now.items)


def test_a_second_shipment_after_a_forced_state_has_its_own_clocks_and_dates():
    talk = loaned()
    talk(partner(A.RECEIVED))
    talk(force(S.ARRIVED))
    talk(staff(StaffAction.SHIP))
    act_done(talk, Act.CHECKOUT, due_at=DUE)
    assert "start receipt" in talk(told(Status.LOANED, ReasonForMessage.STATUS_CHANGE))


def test_a_loan_that_was_not_sent_back_after_all_waits_for_its_parcel_from_the_real_return_on():
    talk = loaned()
    talk(partner(A.RECEIVED))
    talk(partner(A.SHIPPED_RETURN))
    received_at = talk.request.received_at
    talk(force(S.LOANED))
    assert (talk.request.returned_at, talk.request.received_at) == (None, received_at)
    talk(partner(A.SHIPPED_RETURN, at=LATER))
    assert talk.request.returned_at == LATER


def test_a_cancel_that_was_still_to_be_answered_is_answered():
    talk = Talk(request(S.CANCELLING))
    assert talk(force(S.CANCELLED))[-1] == "tell CancelResponse Cancelled Y"
    talk = Talk(request(S.CANCELLING))
    assert talk(force(S.WILL_SUPPLY))[-1] == "tell CancelResponse WillSupply N"


def test_a_renew_that_was_still_to_be_answered_is_answered():
    talk = Talk(request(S.RENEWING))
    assert talk(force(S.LOST))[-1] == "tell RenewResponse CompletedWithoutReturn N"
    assert talk.tells[-1].answer is YesNo.N


def test_words_for_the_partner_go_with_a_forced_state():
    talk = Talk(request(S.SEARCHING))
    assert talk(force(S.UNFILLED, note="We closed for good."))[-1] == "tell Notification Unfilled"
    assert talk.tells[-1].note == "We closed for good."


@pytest.mark.parametrize("state", sorted(set(RESTS) - FINALS))
def test_from_a_forced_state_staff_can_go_on_by_other_means_than_force(state):
    talk = Talk(request(S.CHECKING))
    talk(force(state, items=(1,), due_at=DUE))
    acts = [
        staff(action, items=(1,), due_at=DUE, note="Words.")
        for action in StaffAction
        if action is not StaffAction.FORCE
    ]
    rulings = [ruling(talk.request, act) for act in acts]
    leads_to = {each.request.state for each in rulings if isinstance(each, Decision)}
    assert leads_to - {state}


def test_forced_twice_before_anybody_has_looked_the_act_is_still_looked_at_before_it_is_asked_for_again():
    talk = at_desk()
    assert talk(staff(StaffAction.SHIP))[1] == "do checkout 1"
    assert talk(performed(Act.CHECKOUT))[1] == "look checkout 1"
    for _ in range(2):
        assert "look checkout 1" in talk(force(S.ARRIVED, items=(1,)))
        assert talk(staff(StaffAction.SHIP)) == ["checking out", "look checkout 1"]
    assert talk(looked(Act.CHECKOUT, Finding.NO)) == ["checking out", "do checkout 1"]
