"""Conversations about requests of several items: each act is done on all, and its outcome is that of all."""

from datetime import timedelta

import msgspec
import pytest

from gateway.workflow.events import PartnerAction
from gateway.workflow.records import Act, Finding, ItemPlace, Outcome, State
from gateway.workflow.triggers import StaffAction
from tests.workflow.builders import (
    DUE,
    FIRST,
    LATER,
    SECOND,
    item,
    looked,
    partner,
    performed,
    request,
    staff,
    two_items,
)
from tests.workflow.talk import Talk, act_done, at_desk, will_supply

S = State
A = PartnerAction


def two_shipped() -> Talk:
    """Two items being checked out."""
    talk = at_desk()
    assert talk(staff(StaffAction.SHIP, items=(1, 2))) == ["checking out", "do checkout 1", "do checkout 2"]
    return talk


def test_several_items_are_loaned_when_the_last_is_checked_out_with_the_earliest_due_date():
    talk = two_shipped()
    assert act_done(talk, Act.CHECKOUT, FIRST, due_at=DUE + timedelta(hours=3)) == ["checking out"]
    assert act_done(talk, Act.CHECKOUT, SECOND, due_at=DUE) == ["checked out", "tell StatusChange Loaned"]
    assert (talk.tells[-1].item_barcodes, talk.tells[-1].due_at) == ((FIRST, SECOND), DUE)


@pytest.mark.parametrize("refused_first", [True, False])
def test_one_of_several_cannot_be_checked_out_and_staff_send_the_other(refused_first):
    talk = two_shipped()
    if not refused_first:
        act_done(talk, Act.CHECKOUT, FIRST, due_at=DUE)
    talk(performed(Act.CHECKOUT, Outcome.REFUSED, SECOND))
    assert talk(looked(Act.CHECKOUT, Finding.NO, SECOND)) == ["checking out", "task check out"]
    if refused_first:
        assert act_done(talk, Act.CHECKOUT, FIRST, due_at=DUE) == ["checking out"]
    said = talk(staff(StaffAction.NOT_DONE))
    assert said == ["checked out", "tell StatusChange Loaned"]
    assert talk.tells[-1].item_barcodes == (FIRST,)


def test_none_of_several_could_be_checked_out():
    talk = two_shipped()
    talk(performed(Act.CHECKOUT, Outcome.REFUSED, FIRST))
    talk(performed(Act.CHECKOUT, Outcome.REFUSED, SECOND))
    assert talk(looked(Act.CHECKOUT, Finding.NO, FIRST)) == ["checking out", "task check out"]
    assert talk(looked(Act.CHECKOUT, Finding.NO, SECOND)) == ["arrived", "task check out"]


def test_several_holds_must_all_be_off_before_the_partner_is_told():
    held = request(S.ARRIVED, items=(item(1, ItemPlace.AT_DESK), item(2, ItemPlace.AT_DESK)))
    talk = Talk(held)
    assert talk(partner(A.CANCEL)) == ["cancelling", "do cancel hold 1", "do cancel hold 2"]
    assert act_done(talk, Act.CANCEL_HOLD, FIRST) == ["cancelling"]
    assert act_done(talk, Act.CANCEL_HOLD, SECOND) == ["cancelled", "tell CancelResponse Cancelled Y"]


def test_several_renewals_are_granted_when_all_are():
    out = two_items(S.LOANED)
    talk = Talk(out)
    assert talk(partner(A.RENEW)) == ["renewing", "do renew 1", "do renew 2"]
    assert act_done(talk, Act.RENEW, FIRST, due_at=LATER) == ["renewing"]
    assert act_done(talk, Act.RENEW, SECOND, due_at=LATER)[-1] == "tell RenewResponse Loaned Y"


@pytest.mark.parametrize("refused", [FIRST, SECOND])
def test_one_refused_renewal_of_several_is_a_no(refused):
    talk = Talk(two_items(S.LOANED))
    talk(partner(A.RENEW))
    for barcode in (FIRST, SECOND):
        if barcode == refused:
            talk(performed(Act.RENEW, Outcome.REFUSED, barcode))
            said = talk(looked(Act.RENEW, Finding.NO, barcode))
        else:
            said = act_done(talk, Act.RENEW, barcode, due_at=LATER)
    assert said == ["loaned", "tell RenewResponse Loaned N"]


def test_one_of_several_comes_back_and_the_other_is_still_out():
    talk = Talk(two_items(S.OVERDUE))
    assert talk(staff(StaffAction.CHECK_IN, items=(1,))) == ["checking in", "do checkin 1"]
    assert act_done(talk, Act.CHECKIN, FIRST) == ["overdue"]
    assert talk.places == {1: ItemPlace.BACK, 2: ItemPlace.OUT}
    talk(staff(StaffAction.CHECK_IN, items=(2,)))
    assert act_done(talk, Act.CHECKIN, SECOND)[0] == "completed"


def test_both_come_back_in_one_scan_each():
    talk = Talk(two_items(S.LOANED))
    talk(staff(StaffAction.CHECK_IN, items=(1,)))
    assert talk(staff(StaffAction.CHECK_IN, items=(2,))) == ["checking in", "do checkin 2"]
    assert act_done(talk, Act.CHECKIN, FIRST) == ["checking in"]
    assert act_done(talk, Act.CHECKIN, SECOND)[0] == "completed"


def test_one_that_cannot_be_checked_in_is_tried_again_alone():
    talk = Talk(two_items(S.LOANED))
    talk(staff(StaffAction.CHECK_IN, items=(1,)))
    for _ in range(2):
        talk(performed(Act.CHECKIN, Outcome.REFUSED))
        talk(looked(Act.CHECKIN, Finding.NO))
        talk(looked(Act.CHECKIN, Finding.NO))
    assert talk(staff(StaffAction.TRY_AGAIN)) == ["checking in", "do checkin 1"], "item 2 was never here"


def test_a_partner_that_sends_back_while_we_check_in_is_not_forgotten():
    talk = Talk(two_items(S.LOANED))
    talk(staff(StaffAction.CHECK_IN, items=(1,)))
    assert talk(partner(A.SHIPPED_RETURN)) == ["checking in", "start return"]
    assert act_done(talk, Act.CHECKIN, FIRST) == ["returning"]


def test_several_arrive_when_the_last_is_here():
    talk = will_supply()
    assert talk(staff(StaffAction.ARRIVE, items=(1, 2))) == ["arriving", "do arrive 1", "do arrive 2"]
    assert act_done(talk, Act.ARRIVE, FIRST) == ["arriving"]
    assert act_done(talk, Act.ARRIVE, SECOND) == ["arrived"]


def test_one_of_several_is_trapped_while_the_other_is_still_asked_about():
    talk = will_supply()
    talk(staff(StaffAction.ARRIVE, items=(1, 2)))
    talk(performed(Act.ARRIVE, Outcome.REFUSED, FIRST))
    assert talk(looked(Act.ARRIVE, Finding.NO, FIRST)) == ["arriving", "task trapped for another"]
    assert act_done(talk, Act.ARRIVE, SECOND) == ["arriving"]
    assert talk(staff(StaffAction.NOT_DONE))[0] == "will supply"


def test_undo_of_several_is_over_when_all_are_back():
    talk = Talk(two_items(S.CHECKED_OUT))
    assert talk(staff(StaffAction.UNDO)) == ["undoing", "drop tell:Loaned", "do checkin 1", "do checkin 2"]
    assert act_done(talk, Act.CHECKIN, FIRST) == ["undoing"]
    assert act_done(talk, Act.CHECKIN, SECOND) == ["arrived", "look hold 1", "look hold 2"]
    assert msgspec.structs.replace(talk.request, items=()).due_at is None
