"""Other people at the circulation system, who hold and borrow what stands for a lender's item; and looks that come too early."""

import pytest

from gateway.workflow.borrowing.table import BORROWING
from gateway.workflow.borrowing_events import BarcodeAssigned
from gateway.workflow.borrowing_records import LoanProof, PoolState
from gateway.workflow.effects import Perform
from gateway.workflow.machine import decide
from gateway.workflow.records import Act, Clock, Finding, Outcome, State
from gateway.workflow.triggers import StaffAction
from tests.workflow.borrowing import (
    AT,
    DUE,
    LATER,
    OURS,
    POOL,
    Talk,
    answered,
    fired,
    looked,
    on_its_way,
    on_shelf,
    seen,
    staff,
    with_customer,
)


def at_the_desk() -> Talk:
    """Its hold stands, and it is being checked in."""
    talk = on_its_way()
    for event in (
        staff(StaffAction.RECEIVE),
        BarcodeAssigned(at=AT, barcode=POOL, queue_length=0),
        answered(Act.HOLD),
        looked(Act.HOLD),
    ):
        talk(event)
    return talk


def trapped() -> Talk:
    """Somebody else's hold was there first."""
    talk = at_the_desk()
    talk(answered(Act.RECEIVE, for_customer=False))
    assert talk(looked(Act.RECEIVE, Finding.NO, kept=True)) == ["receiving", "task trapped for another"]
    return talk


# ── received ─────────────────────────────────────────────────────────────────────────────────────


def test_what_is_trapped_for_somebody_else_is_not_checked_in_again_but_a_persons():
    talk = trapped()
    assert "Take that hold off" in talk.words
    assert talk(staff(StaffAction.TRY_AGAIN)) == ["receiving", "do receive"], "the hold is off: once more"


def test_another_barcode_is_the_other_way_out():
    talk = trapped()
    assert talk(staff(StaffAction.RECEIVE)) == ["receiving"], "the same label, scanned again"
    assert talk(staff(StaffAction.RECEIVE, item_barcodes=(OURS,))) == ["receiving", "do cancel hold", "assign barcode"]
    assert talk.moves[-1].to is PoolState.COOLING
    assert talk(answered(Act.CANCEL_HOLD)) == ["receiving", "look cancel hold"]
    assert talk(looked(Act.CANCEL_HOLD, Finding.NO)) == ["receiving", "task stray hold"], "of the barcode given up"
    assert talk(BarcodeAssigned(at=AT, barcode=OURS)) == ["receiving", "do hold"]
    assert talk.request.items[0].barcode == OURS


def test_no_other_barcode_is_taken_while_an_act_is_under_way():
    assert at_the_desk()(staff(StaffAction.RECEIVE, item_barcodes=(OURS,))) == ["receiving"]


def test_the_queue_before_our_hold_is_remembered_for_the_looks():
    assert at_the_desk().request.items[0].queue_length == 0


def test_staff_are_told_to_look_where_it_cant_be_told_whether_a_hold_was_placed():
    talk = on_its_way()
    talk(staff(StaffAction.RECEIVE))
    talk(BarcodeAssigned(at=AT, barcode=POOL))
    talk(answered(Act.HOLD, Outcome.UNKNOWN))
    assert talk(looked(Act.HOLD, Finding.UNCLEAR)) == ["receiving", "task place hold"]
    assert "only if it is not there" in talk.words


@pytest.mark.parametrize("finding", [Finding.NO, Finding.UNCLEAR])
def test_a_receipt_says_whether_it_is_known_not_to_be_done(finding: Finding):
    talk = at_the_desk()
    talk(answered(Act.RECEIVE, Outcome.REFUSED))
    assert talk(looked(Act.RECEIVE, finding)) == ["receiving", "task receive by hand"]
    assert ("It can't be told" in talk.words) is (finding is Finding.UNCLEAR)


def test_a_barcode_that_is_lent_is_not_checked_in_again():
    talk = at_the_desk()
    talk(answered(Act.RECEIVE, Outcome.UNKNOWN))
    assert talk(looked(Act.RECEIVE, Finding.NO, charged=True)) == ["receiving", "task trapped for another"]
    assert "end that loan" in talk.words


# ── with whom it is ──────────────────────────────────────────────────────────────────────────────


def proof(talk: Talk) -> LoanProof:
    return talk.request.borrowed.loan_proof


def test_what_somebody_else_has_is_not_with_our_customer():
    talk = on_shelf()
    others = seen(out=True, before=False, by_another=True)
    assert talk(others) == ["waiting for the customer", "start watch", "task contradiction"]
    assert talk(others) == ["waiting for the customer", "start watch"], "told once"
    assert talk.is_quiet
    assert talk(seen(out=True, before=False, due_at=DUE))[0] == "with the customer", "lent to our customer after all"


def test_a_second_stranger_is_told_like_the_first():
    talk = on_shelf()
    others = seen(out=True, before=False, by_another=True)
    talk(others)
    assert talk(seen(out=False, before=False)) == ["waiting for the customer", "start watch"]
    assert talk(others)[-1] == "task contradiction"


def test_what_our_customer_had_and_somebody_else_has_now_is_told():
    assert with_customer()(seen(out=True, before=True, by_another=True)) == [
        "with the customer",
        "start watch loan",
        "task contradiction",
    ]


def test_a_look_that_does_not_show_the_loan_yet_does_not_undo_what_staff_have_just_said():
    talk = on_shelf()
    assert talk(staff(StaffAction.HANDED_OUT)) == ["with the customer", "start watch"], "looked at soon, not in days"
    assert talk(fired(Clock.WATCH)) == ["with the customer", "watch"]
    assert talk(seen(out=False, before=False, kept=True)) == ["with the customer", "start watch"]
    assert proof(talk) is LoanProof.WORD
    assert talk(seen(out=True, before=False, due_at=DUE))[:2] == ["with the customer", "start watch loan"]
    assert proof(talk) is LoanProof.LOOK
    assert talk(seen(out=False, before=True)) == ["to send back"], "it was seen with the customer, and is not any more"


def test_what_staff_handed_out_and_is_back_before_any_look_showed_it_goes_back_all_the_same():
    talk = on_shelf()
    talk(staff(StaffAction.HANDED_OUT))
    assert talk(seen(out=False, before=False, kept=True, was_fetched=True)) == ["to send back"]


def test_nor_does_the_look_after_a_renewal():
    talk = on_shelf()
    talk(staff(StaffAction.HANDED_OUT))
    early = looked(Act.RENEW, Finding.NO, charged=False, due_at=LATER)
    assert talk(early)[0] == "with the customer"


# ── on its way back ──────────────────────────────────────────────────────────────────────────────


def test_a_hold_that_the_customer_left_comes_off_before_it_is_checked_in():
    talk = with_customer()
    talk(seen(out=False, before=True))
    assert talk(staff(StaffAction.SEND_BACK)) == ["taking back", "look cancel hold"]
    assert talk(looked(Act.CANCEL_HOLD, Finding.NO)) == ["taking back", "do cancel hold"]
    assert talk(answered(Act.CANCEL_HOLD)) == ["taking back", "look cancel hold"]
    assert talk(looked(Act.CANCEL_HOLD)) == ["taking back", "do checkin"]


def test_a_circulation_system_that_cant_tell_of_holds_stops_no_return():
    talk = with_customer()
    talk(staff(StaffAction.SEND_BACK))
    assert talk(looked(Act.CANCEL_HOLD, Finding.UNCLEAR)) == ["taking back", "do checkin"]


def test_a_return_that_is_trapped_for_a_strangers_hold_goes_back_all_the_same_and_is_told():
    talk = with_customer()
    for event in (staff(StaffAction.SEND_BACK), looked(Act.CANCEL_HOLD), answered(Act.CHECKIN)):
        talk(event)
    said = talk(looked(Act.CHECKIN, kept=True))
    assert said == ["sent back", "say ShippedReturn to sample-city", "start return", "start silence", "task stray hold"]
    assert talk.request.state is State.SENT_BACK


def test_a_return_whose_barcode_somebody_else_has_on_loan_is_told():
    talk = with_customer()
    for event in (staff(StaffAction.SEND_BACK), looked(Act.CANCEL_HOLD), answered(Act.CHECKIN)):
        talk(event)
    said = talk(looked(Act.CHECKIN, charged=True, ours=False))
    assert said == [
        "sent back",
        "say ShippedReturn to sample-city",
        "start return",
        "start silence",
        "task contradiction",
    ]


def test_before_a_pool_barcode_is_checked_in_it_is_looked_at():
    talk = with_customer()
    talk(staff(StaffAction.SEND_BACK))
    for made in (
        decide(BORROWING, talk.request, looked(Act.CANCEL_HOLD)),
        decide(BORROWING, at_the_desk().request, staff(StaffAction.TRY_AGAIN)),
    ):
        acts = [effect for effect in getattr(made, "effects", ()) if isinstance(effect, Perform)]
        assert all(act.once_more for act in acts)
    assert talk(looked(Act.CANCEL_HOLD))[-1] == "do checkin"
    strangers = looked(Act.CHECKIN, charged=True, ours=False)
    assert talk(strangers)[:2] == ["sent back", "say ShippedReturn to sample-city"], "not checked in, for it is lent"
