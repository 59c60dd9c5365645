"""Conversations about what a person takes back before the lender has heard of it: a receipt, a copy that was handed over; and what no lender hears."""

from datetime import timedelta

import pytest

from gateway.workflow.borrowing.table import BORROWING
from gateway.workflow.borrowing_events import BarcodeAssigned, LenderSays
from gateway.workflow.borrowing_records import BarcodeMove, PoolState
from gateway.workflow.effects import Look, Perform, SendAction, StartTimer
from gateway.workflow.machine import Decision, decide
from gateway.workflow.records import Act, Clock, Finding, ItemPlace, Outcome
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from tests.workflow.borrowing import (
    AT,
    FIRST,
    LATER,
    POOL,
    Talk,
    answered,
    asking,
    copy_asked,
    looked,
    on_its_way,
    says,
    seen,
    sent_back,
    staff,
    with_customer,
)

RECEIVED = "send:Received"


def received(talk: Talk | None = None) -> Talk:
    """A talk in which a parcel was received at the desk, with a minute to undo it, and waits for its customer."""
    talk = talk or on_its_way()
    talk(staff(StaffAction.RECEIVE, undo_s=60.0))
    talk(BarcodeAssigned(at=AT, barcode=POOL))
    talk(answered(Act.HOLD))
    talk(looked(Act.HOLD))
    talk(answered(Act.RECEIVE))
    assert talk(looked(Act.RECEIVE)) == ["waiting for the customer", "start watch"]
    return talk


def must_go(talk: Talk) -> tuple[str, ...]:
    """What an undo must still find unsent."""
    ruling = decide(BORROWING, talk.request, staff(StaffAction.UNDO))
    assert isinstance(ruling, Decision)
    return ruling.must_withdraw


def test_received_waits_as_long_as_it_can_be_undone():
    ruling = decide(BORROWING, on_its_way().request, staff(StaffAction.RECEIVE, undo_s=60.0))
    assert isinstance(ruling, Decision)
    assert [each.delay_s for each in ruling.effects if isinstance(each, SendAction)] == [60.0]


def test_undo_takes_the_receipt_back_with_its_hold_and_its_barcode():
    talk = received()
    assert must_go(talk) == (RECEIVED,)
    assert talk(staff(StaffAction.UNDO)) == ["on its way", "do cancel hold", "start receipt"]
    assert talk.moves[-1] == BarcodeMove(barcode=POOL, to=PoolState.COOLING)
    assert (talk.request.items, talk.request.received_at) == ((), None)
    assert talk(answered(Act.CANCEL_HOLD)) == ["on its way", "look cancel hold"]
    assert talk(looked(Act.CANCEL_HOLD)) == ["on its way"]
    assert talk(staff(StaffAction.RECEIVE))[:2] == ["receiving", "say Received to sample-city"], (
        "and it comes after all"
    )


def test_a_hold_that_stays_on_after_an_undo_is_a_task():
    talk = received()
    talk(staff(StaffAction.UNDO))
    talk(answered(Act.CANCEL_HOLD))
    assert talk(looked(Act.CANCEL_HOLD, Finding.NO)) == ["on its way", "task stray hold"]


def test_while_it_is_being_received_it_is_undone_as_well_and_a_hold_that_comes_late_comes_off():
    talk = on_its_way()
    talk(staff(StaffAction.RECEIVE, undo_s=60.0))
    talk(BarcodeAssigned(at=AT, barcode=POOL))
    assert talk(staff(StaffAction.UNDO)) == ["on its way", "do cancel hold", "start receipt"]
    assert talk(answered(Act.HOLD)) == ["on its way", "look hold"]
    assert talk(looked(Act.HOLD)) == ["on its way", "do cancel hold"]


def test_a_barcode_that_is_found_after_an_undo_stays_free():
    talk = on_its_way()
    talk(staff(StaffAction.RECEIVE, undo_s=60.0))
    talk(staff(StaffAction.UNDO))
    assert talk(BarcodeAssigned(at=AT, barcode=POOL)) == ["on its way"]
    assert talk.moves == []


@pytest.mark.parametrize(
    ("said", "again"),
    [
        (None, ["asking", "do cancel hold", "start deadline", "start lender answer", "start silence"]),
        (
            LenderSays.WILL_SUPPLY,
            ["promised", "do cancel hold", "start deadline", "start lender sends", "start silence"],
        ),
    ],
)
def test_what_came_before_loaned_was_heard_is_waited_for_as_before(said: LenderSays | None, again: list[str]):
    talk = asking(FIRST)
    if said:
        talk(says(said))
    received(talk)
    assert talk(staff(StaffAction.UNDO)) == again


def test_what_nobody_waited_for_and_what_the_customer_has_is_not_undone():
    talk = asking(FIRST)
    talk(staff(StaffAction.CALL_OFF))
    talk(says(LenderSays.CANCELLED))
    received(talk)
    assert talk(staff(StaffAction.UNDO)) == ["refused"]
    fetched = received()
    fetched(seen(out=True, before=False))
    assert fetched(staff(StaffAction.UNDO)) == ["refused"]


def test_a_copy_that_was_handed_over_is_taken_back_before_the_lender_is_told():
    talk = copy_asked()
    talk(says(LenderSays.COPY_SENT, link="https://copies.example/1"))
    assert talk(staff(StaffAction.HANDED_OVER, undo_s=60.0)) == ["completed", "say Received to sample-city"]
    assert must_go(talk) == (RECEIVED,)
    assert talk(staff(StaffAction.UNDO)) == ["copy to hand over", "task hand over the copy"]


def test_a_loan_that_is_over_is_not_undone():
    talk = received()
    talk(seen(out=True, before=False))
    talk(staff(StaffAction.SEND_BACK))
    talk(looked(Act.CANCEL_HOLD))
    talk(answered(Act.CHECKIN))
    talk(looked(Act.CHECKIN))
    assert talk(says(LenderSays.COMPLETED)) == ["completed"]
    assert talk(staff(StaffAction.UNDO)) == ["refused"]


def test_what_is_not_sent_back_after_all_is_waited_for_by_no_clock():
    sent = sent_back().request
    undone = decide(BORROWING, sent, staff(StaffAction.UNDO))
    assert isinstance(undone, Decision)
    assert undone.must_withdraw == ("send:ShippedReturn",)
    assert {StartTimer.key_of(Clock.RETURN), StartTimer.key_of(Clock.SILENCE)} == set(undone.withdraw)


# ── what no lender hears ─────────────────────────────────────────────────────────────────────────


def handed_out() -> Talk:
    """A talk in which staff say that the customer has it, with a minute to undo it."""
    talk = received()
    assert talk(staff(StaffAction.HANDED_OUT, undo_s=60.0)) == ["with the customer", "start watch"]
    return talk


def came_back(talk: Talk) -> Talk:
    """A talk in which staff say that it came back, with a minute to undo it."""
    assert talk(staff(StaffAction.CAME_BACK, undo_s=60.0)) == ["to send back"]
    return talk


def where(talk: Talk) -> tuple[ItemPlace, PoolState]:
    return talk.request.items[0].place, talk.moves[-1].to


def test_what_was_not_handed_out_after_all_waits_on_the_shelf_and_the_next_look_counts():
    talk = handed_out()
    assert where(talk) == (ItemPlace.OUT, PoolState.WITH_CUSTOMER)
    assert talk(staff(StaffAction.UNDO)) == ["waiting for the customer", "start watch"]
    assert where(talk) == (ItemPlace.AT_DESK, PoolState.ASSIGNED)
    assert talk(seen(out=True, before=False)) == ["with the customer", "start watch loan"]
    assert talk(seen(out=False, before=True)) == ["to send back"], "staff's word does not stand against looks any more"


def test_what_a_look_has_shown_since_is_not_undone_and_it_is_said_what_to_do():
    talk = handed_out()
    talk(seen(out=True, before=False))
    assert talk(staff(StaffAction.UNDO)) == ["refused"]
    assert talk.words.endswith("say so: “The customer brought it back”.")
    assert talk(staff(StaffAction.CAME_BACK)) == ["to send back"]


def test_what_did_not_come_back_after_all_is_with_the_customer_and_is_looked_for_as_before():
    talk = received()
    talk(seen(out=True, before=False))
    assert talk(staff(StaffAction.ASK_RENEWAL))[0] == "with the customer"
    came_back(talk)
    assert talk(staff(StaffAction.UNDO)) == ["with the customer", "start watch loan", "start renewal"]
    assert where(talk) == (ItemPlace.OUT, PoolState.WITH_CUSTOMER)


TO_RENEW = ["with the customer", "start watch loan", "look renew"]


def test_what_staff_were_to_renew_is_looked_for_after_it_did_not_come_back_and_asked_of_them_again_if_refused():
    talk = renewed_by_lender(with_customer())
    talk(answered(Act.RENEW, Outcome.REFUSED))
    assert talk(looked(Act.RENEW, Finding.NO)) == ["with the customer", "task renew here by hand"]
    came_back(talk)
    assert talk(staff(StaffAction.UNDO)) == TO_RENEW
    assert talk(looked(Act.RENEW, Finding.NO)) == ["with the customer", "do renew"]
    talk(answered(Act.RENEW, Outcome.REFUSED))
    assert talk(looked(Act.RENEW, Finding.NO)) == ["with the customer", "task renew here by hand"]
    talk(staff(StaffAction.DONE_BY_HAND))
    came_back(talk)
    assert talk(staff(StaffAction.UNDO)) == TO_RENEW[:2], "once it is done nobody is asked"


def test_what_the_lender_renewed_while_it_was_thought_to_be_back_is_renewed_here_once_it_is_not():
    talk = with_customer()
    talk(staff(StaffAction.ASK_RENEWAL))
    came_back(talk)
    assert talk(says(LenderSays.RENEWED, due_at=LATER)) == ["to send back"]
    assert talk(staff(StaffAction.UNDO)) == TO_RENEW
    assert talk(looked(Act.RENEW, Finding.NO)) == ["with the customer", "do renew"]
    talk(answered(Act.RENEW))
    assert talk(looked(Act.RENEW))[0] == "with the customer"
    assert not talk.request.borrowed.renewal_owed


def test_a_renewal_under_way_as_it_came_back_is_asked_of_nobody_and_not_done_twice():
    talk = came_back(renewed_by_lender(with_customer()))
    undone = decide(BORROWING, talk.request, staff(StaffAction.UNDO))
    assert isinstance(undone, Decision)
    assert Perform.key_of(Act.RENEW) in undone.withdraw, "if it has not begun, the look asks for it"
    assert talk(staff(StaffAction.UNDO)) == TO_RENEW
    assert talk(looked(Act.RENEW)) == ["with the customer"], "it had begun, and was done before the look"
    assert not talk.request.borrowed.renewal_owed


def test_an_answer_that_comes_after_the_undo_has_one_look():
    talk = came_back(renewed_by_lender(with_customer()))
    talk(staff(StaffAction.UNDO))
    answer = decide(BORROWING, talk.request, answered(Act.RENEW))
    assert isinstance(answer, Decision)
    assert Look.key_of(Act.RENEW) in answer.withdraw


def test_what_the_lender_renewed_before_it_was_handed_out_is_not_owed_to_a_later_loan():
    talk = renewed_by_lender(handed_out())
    talk(staff(StaffAction.UNDO))
    talk(staff(StaffAction.HANDED_OUT))
    came_back(talk)
    assert "task renew here by hand" not in talk(staff(StaffAction.UNDO))


def test_what_was_not_handed_out_after_all_is_renewed_by_nobody():
    talk = renewed_by_lender(handed_out())
    undone = decide(BORROWING, talk.request, staff(StaffAction.UNDO))
    assert isinstance(undone, Decision)
    assert Perform.key_of(Act.RENEW) in undone.withdraw
    assert TaskKind.RENEW_HERE in undone.close_tasks


def renewed_by_lender(talk: Talk) -> Talk:
    """The talk in which the lender renews what the customer has."""
    assert talk(says(LenderSays.RENEWED, due_at=LATER)) == ["with the customer", "do renew"]
    return talk


def test_what_was_to_go_back_unfetched_waits_for_its_customer_again():
    talk = came_back(received())
    assert talk(staff(StaffAction.UNDO)) == ["waiting for the customer", "start watch"]
    assert talk.request.items[0].place is ItemPlace.AT_DESK


def test_it_comes_back_within_a_minute_of_being_handed_out_and_each_is_undone_for_itself():
    talk = came_back(handed_out())
    assert talk(staff(StaffAction.UNDO)) == ["with the customer", "start watch"]
    assert talk(staff(StaffAction.UNDO)) == ["refused"], "only what was done last"


def test_what_a_look_has_shown_to_be_back_is_no_word_to_be_undone():
    talk = handed_out()
    talk(seen(out=True, before=False))
    assert talk(seen(out=False, before=True)) == ["to send back"]
    assert talk(staff(StaffAction.UNDO)) == ["refused"]


@pytest.mark.parametrize(
    ("talk", "instead"),
    [(handed_out(), "The customer brought it back"), (came_back(handed_out()), "Say where it stands")],
    ids=["handed out", "came back"],
)
def test_after_a_minute_it_is_too_late_and_it_is_said_what_to_do(talk: Talk, instead: str):
    assert talk(staff(StaffAction.UNDO, at=AT + timedelta(seconds=60))) == ["refused"]
    assert talk.words.endswith(f"“{instead}”.")


def test_scripts_have_no_time_to_undo():
    talk = received()
    talk(staff(StaffAction.HANDED_OUT))
    assert talk(staff(StaffAction.UNDO)) == ["refused"]
