"""What staff do by hand and say so: their word answers one act, is refused where that is settled, and is looked at."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.workflow.acts import by_hand
from gateway.workflow.borrowing_events import BarcodeAssigned
from gateway.workflow.effects import Look
from gateway.workflow.events import Looked
from gateway.workflow.lending.table import LENDING
from gateway.workflow.machine import Decision, decide
from gateway.workflow.records import Act, Finding, ItemPlace, Outcome, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import Deed, StaffAction
from tests.workflow import borrowing as b
from tests.workflow.builders import DUE, FIRST, request
from tests.workflow.builders import looked as lent_looked
from tests.workflow.builders import staff as lent_staff
from tests.workflow.talk import Talk

DONE = StaffAction.DONE_BY_HAND
POOL = b.POOL


def receiving() -> b.Talk:
    """The customer's hold could not be placed."""
    talk = b.on_its_way()
    for event in (
        b.staff(StaffAction.RECEIVE),
        BarcodeAssigned(at=b.AT, barcode=POOL, queue_length=0),
        b.looked(Act.HOLD, Finding.UNCLEAR, unasked=True),
    ):
        talk(event)
    return talk


def word(act: Act, finding: Finding = Finding.YES, **fields: Any) -> Looked:
    return b.looked(act, finding, by_hand=True, **fields)


# ── one act ──────────────────────────────────────────────────────────────────────────────────────


def test_a_second_answer_about_the_hold_is_no_word_about_the_check_in():
    talk = receiving()
    placed = b.staff(DONE, deed=Deed.HOLD)
    assert talk(placed) == ["receiving", "look hold"]
    assert talk(word(Act.HOLD)) == ["receiving", "do receive"]
    assert talk(placed) == ["refused"]
    assert "settled already" in talk.words
    assert talk(b.staff(DONE, deed=Deed.RECEIVE)) == ["waiting for the customer", "look receive", "start watch"]


def test_what_was_fetched_before_the_look_does_not_speak_against_the_check_in():
    talk = receiving()
    for event in (b.staff(DONE, deed=Deed.HOLD), word(Act.HOLD), b.staff(DONE, deed=Deed.RECEIVE)):
        talk(event)
    assert talk(word(Act.RECEIVE, Finding.NO, charged=True)) == ["waiting for the customer", "watch"]
    assert talk(word(Act.RECEIVE, Finding.NO, charged=False)) == ["waiting for the customer", "task contradiction"]


def test_a_second_answer_about_the_return_does_not_end_the_loan():
    talk = b.with_customer()
    talk(b.staff(StaffAction.SEND_BACK))
    talk(b.looked(Act.CANCEL_HOLD))
    checked_in = b.staff(DONE, deed=Deed.CHECKIN)
    assert talk(checked_in)[0] == "sent back"
    assert talk(checked_in) == ["refused"]
    assert talk(b.staff(DONE, deed=Deed.CLOSED)) == ["completed"]


def test_a_second_answer_about_the_checkout_is_no_word_about_a_check_in():
    talk = Talk(request(State.ARRIVED))
    checked_out = lent_staff(DONE, deed=Deed.CHECKOUT, due_at=DUE)
    assert talk(checked_out)[0] == "checked out"
    for state in (State.CHECKED_OUT, State.LOANED):
        assert Talk(request(state))(checked_out) == ["refused"]


def test_what_is_denied_is_bound_too():
    assert Talk(request(State.WILL_SUPPLY))(lent_staff(StaffAction.NOT_DONE, deed=Deed.HOLD)) == ["refused"]


def test_the_hold_that_keeps_an_item_from_going_back_is_an_act_of_its_own():
    talk = b.on_shelf()
    talk(b.staff(StaffAction.SEND_BACK))
    talk(b.answered(Act.CANCEL_HOLD, Outcome.REFUSED))
    assert talk(b.looked(Act.CANCEL_HOLD, Finding.NO)) == ["taking back", "task cancel hold"]
    assert talk(b.staff(DONE, deed=Deed.CHECKIN)) == ["refused"], "it would be trapped again"
    assert talk(b.staff(DONE, deed=Deed.CANCEL_HOLD)) == ["taking back", "look cancel hold"]
    assert talk(word(Act.CANCEL_HOLD)) == ["taking back", "do checkin"]
    assert talk(b.staff(DONE, deed=Deed.CHECKIN))[0] == "sent back"


def test_answers_of_an_older_version_mean_what_the_request_waits_for():
    assert receiving()(b.staff(DONE)) == ["receiving", "look hold"]


@pytest.mark.parametrize(
    ("kind", "deed"),
    [(TaskKind.PLACE_HOLD, Deed.HOLD), (TaskKind.RENEW_HERE, Deed.RENEW), (TaskKind.FIND_OUT, Deed.CHECKOUT),
     (TaskKind.STUCK, Deed.CHECKOUT)],
)  # fmt: skip
def test_a_task_names_its_act_or_what_the_request_waits_for(kind: TaskKind, deed: Deed):
    assert by_hand.deed_of(kind, Deed.CHECKOUT) is deed


# ── looked at ────────────────────────────────────────────────────────────────────────────────────


def test_a_hold_that_staff_placed_and_that_does_not_stand_is_theirs_again():
    talk = receiving()
    talk(b.staff(DONE, deed=Deed.HOLD))
    assert talk(word(Act.HOLD, Finding.NO)) == ["receiving", "task place hold"]
    assert "By word of staff" in talk.words


def test_a_word_of_which_nothing_can_be_told_counts():
    talk = receiving()
    talk(b.staff(DONE, deed=Deed.HOLD))
    assert talk(word(Act.HOLD, Finding.UNCLEAR)) == ["receiving", "do receive"]


def test_a_hold_that_staff_took_off_and_that_is_still_on_is_theirs_again():
    talk = b.on_shelf()
    talk(b.staff(StaffAction.SEND_BACK))
    talk(b.answered(Act.CANCEL_HOLD, Outcome.REFUSED))
    talk(b.looked(Act.CANCEL_HOLD, Finding.NO))
    talk(b.staff(DONE, deed=Deed.CANCEL_HOLD))
    assert talk(word(Act.CANCEL_HOLD, Finding.NO)) == ["taking back", "task cancel hold"]
    assert "shows it still" in talk.words


def test_a_receipt_by_hand_that_is_not_shown_is_told():
    talk = receiving()
    for event in (b.staff(DONE, deed=Deed.HOLD), word(Act.HOLD), b.staff(DONE, deed=Deed.RECEIVE)):
        talk(event)
    assert talk(word(Act.RECEIVE, Finding.NO)) == ["waiting for the customer", "task contradiction"]
    assert POOL in talk.words


def test_a_customer_who_stays_charged_after_a_return_by_hand_is_told():
    talk = b.with_customer()
    for event in (b.staff(StaffAction.SEND_BACK), b.looked(Act.CANCEL_HOLD), b.staff(DONE, deed=Deed.CHECKIN)):
        talk(event)
    assert talk(word(Act.CHECKIN, Finding.NO)) == ["sent back", "task contradiction"]


def test_our_due_date_is_looked_at_when_staff_have_renewed_it():
    talk = b.with_customer()
    said, shown = b.DUE - timedelta(days=4), b.DUE - timedelta(days=6)
    assert talk(b.staff(DONE, deed=Deed.RENEW, due_at=said)) == ["with the customer", "look renew"]
    assert talk(word(Act.RENEW, due_at=shown)) == ["with the customer", "task contradiction"]
    assert talk.request.items[0].due_at == shown, "what 17 shows counts"


def test_an_earlier_date_is_no_renewal_and_is_merely_read():
    talk = b.with_customer()
    assert talk(b.staff(DONE, deed=Deed.RENEW, due_at=b.AT)) == ["with the customer", "watch"]


@pytest.mark.parametrize("finding", [Finding.YES, Finding.UNCLEAR])
def test_a_word_that_nothing_speaks_against_asks_nobody(finding: Finding):
    talk = Talk(request(State.ARRIVED))
    talk(lent_staff(DONE, deed=Deed.CHECKOUT, due_at=DUE))
    assert talk(lent_looked(Act.CHECKOUT, finding, by_hand=True)) == ["checked out"]


def test_a_loan_that_staff_made_and_nobody_sees_is_told_and_moves_nothing():
    talk = Talk(request(State.ARRIVED))
    talk(lent_staff(DONE, deed=Deed.CHECKOUT, due_at=DUE))
    assert talk(lent_looked(Act.CHECKOUT, Finding.NO, by_hand=True)) == ["checked out", "task contradiction"]
    assert "the circulation system shows that it is not" in talk.words


def test_a_date_that_is_not_what_staff_said_is_told():
    talk = Talk(request(State.ARRIVED))
    talk(lent_staff(DONE, deed=Deed.CHECKOUT, due_at=DUE))
    other = lent_looked(Act.CHECKOUT, by_hand=True, due_at=DUE + timedelta(days=7))
    assert talk(other) == ["checked out", "task contradiction"]


def test_a_look_that_comes_after_the_item_has_gone_on_speaks_against_nothing():
    talk = Talk(request(State.COMPLETED))
    assert talk.places == {1: ItemPlace.BACK}
    assert talk(lent_looked(Act.CHECKOUT, Finding.NO, by_hand=True)) == ["completed"]


def test_the_look_at_a_word_is_not_taken_back_with_the_work_that_it_replaces():
    decision = decide(LENDING, request(State.RESERVING), lent_staff(DONE))
    assert isinstance(decision, Decision)
    looks = [effect for effect in decision.effects if isinstance(effect, Look)]
    assert [(look.act, look.item_barcode, look.by_hand) for look in looks] == [(Act.HOLD, FIRST, True)]
    assert looks[0].key not in decision.withdraw
