"""Late news and parcels: what a lender sends while staff decide, after it was left, or when all was over."""

import pytest

from gateway.iso18626.codes import Action, RequestType
from gateway.workflow.borrowing.table import BORROWING
from gateway.workflow.borrowing_events import BarcodeAssigned, LenderSaid, LenderSays, NeverAsked
from gateway.workflow.machine import Decision, decide
from gateway.workflow.records import Act, Clock, Copy, Request, State
from gateway.workflow.triggers import StaffAction
from tests.workflow.borrowing import (
    AT,
    BLOCKED,
    DUE,
    FIRST,
    OURS,
    POOL,
    SECOND,
    Talk,
    answered,
    asked,
    asking,
    copy_asked,
    fired,
    looked,
    rota,
    says,
    sent,
    staff,
    vetted,
)


def deciding(*lenders: object) -> Talk:
    """All of the lenders have said no."""
    talk = asking(*(lenders or (FIRST,)))  # type: ignore[arg-type]
    for number in range(1, len(lenders or (FIRST,)) + 1):
        talk(says(LenderSays.UNFILLED, number))
    talk(rota())
    assert talk.request.state is State.DECIDING
    return talk


def second_asked() -> Talk:
    """The first has said nothing, not even to Cancel, and the second has the request."""
    talk = asking(FIRST, SECOND)
    for event in (fired(Clock.LENDER_ANSWER), sent(Action.CANCEL), fired(Clock.WITHDRAWAL), sent(attempt=2)):
        talk(event)
    assert talk.request.borrowed.attempt == 2
    return talk


def sender(request: Request) -> tuple[int, str | None]:
    return request.borrowed.attempt, request.partner


# ── while staff decide ───────────────────────────────────────────────────────────────────────────


def test_what_is_sent_while_staff_decide_is_on_its_way_with_all_that_was_said():
    talk = deciding()
    loaned = says(LenderSays.LOANED, due_at=DUE, lender_items=("9001",), lender_request_id="S-1")
    assert talk(loaned) == ["on its way", "start receipt", "task contradiction"]
    assert (talk.request.due_at, talk.request.borrowed.lender_items) == (DUE, ("9001",))
    assert talk(staff(StaffAction.RECEIVE))[:2] == ["receiving", "say Received to sample-city"]


def test_so_is_what_a_lender_sends_whom_we_had_left_and_it_hears_what_follows():
    talk = deciding(FIRST, SECOND)
    assert talk(says(LenderSays.LOANED, 1, lender_request_id="S-1"))[0] == "on its way"
    assert sender(talk.request) == (1, "sample-city")
    assert talk.request.borrowed.lender_request_id == "S-1"
    assert talk(staff(StaffAction.RECEIVE))[:2] == ["receiving", "say Received to sample-city"]
    assert talk(says(LenderSays.RECALLED, 1))[-1] == "task recalled by the lender", "it is heard from now on"


def test_a_copy_that_is_sent_while_staff_decide_is_handed_over():
    talk = copy_asked()
    talk(says(LenderSays.UNFILLED))
    talk(says(LenderSays.UNFILLED, 2))
    assert talk(says(LenderSays.COPY_SENT, 1, link="https://library.example/copy"))[0] == "copy to hand over"


def test_a_choice_of_lenders_that_is_under_way_ends_with_a_parcel():
    talk = asking(FIRST)
    talk(says(LenderSays.UNFILLED))
    assert talk.request.state is State.CHOOSING_LENDER
    assert talk(says(LenderSays.LOANED))[0] == "on its way"
    assert talk(rota(SECOND)) == ["ignored"], "nobody else is asked"


def test_unfilled_is_refused_while_a_parcel_is_on_its_way():
    talk = deciding()
    talk(says(LenderSays.LOANED))
    assert talk(staff(StaffAction.ANSWER_UNFILLED)) == ["refused"]


# ── after it was left ────────────────────────────────────────────────────────────────────────────


def test_a_lender_that_sends_after_it_was_left_is_waited_for_and_the_next_is_told_cancel():
    talk = second_asked()
    said = talk(says(LenderSays.LOANED, 1))
    assert said == ["on its way", "say Cancel to other-city", "start receipt", "task contradiction"]
    assert sender(talk.request) == (1, "sample-city")
    assert talk(says(LenderSays.CANCELLED, 2)) == ["on its way"]


def test_the_next_hears_nothing_where_it_has_not_been_asked_yet():
    talk = second_asked()
    talk(says(LenderSays.LOANED, 1))
    assert talk(NeverAsked(at=AT, what=RequestType.NEW, attempt=2)) == ["on its way"]
    assert talk.request.borrowed.never_asked == (2,)
    assert talk(NeverAsked(at=AT, what=Action.CANCEL, attempt=2)) == ["on its way"]
    assert talk.request.borrowed.never_asked == (2,)


def test_two_that_send_are_told_to_staff():
    talk = second_asked()
    talk(says(LenderSays.LOANED, 1))
    assert talk(says(LenderSays.NOT_CANCELLED, 2, stands=LenderSays.LOANED)) == ["on its way", "task contradiction"]
    assert talk(says(LenderSays.LOANED, 2)) == ["on its way", "task contradiction"]
    assert sender(talk.request)[0] == 1


def test_one_that_is_being_told_cancel_is_told_it_once():
    talk = second_asked()
    talk(fired(Clock.LENDER_ANSWER))
    assert talk(says(LenderSays.LOANED, 1)) == ["on its way", "start receipt", "task contradiction"]


def test_whoever_is_asked_after_it_was_lost_on_its_way_has_the_request():
    talk = deciding(FIRST, SECOND)
    talk(says(LenderSays.LOANED, 1))
    talk(staff(StaffAction.FORCE, state=State.DECIDING, reason="It never came."))
    talk(staff(StaffAction.SEARCH_AGAIN))
    talk(vetted())
    talk(rota(SECOND))
    assert sender(talk.request) == (3, "other-city")


# ── a parcel, whatever the request came to ───────────────────────────────────────────────────────


@pytest.mark.parametrize("over", ["deciding", "unfilled", "cancelled"])
def test_a_parcel_of_which_nobody_said_anything_is_received(over: str):
    talk = deciding()
    for action in {"unfilled": [StaffAction.ANSWER_UNFILLED], "cancelled": [StaffAction.CALL_OFF]}.get(over, []):
        talk(staff(action))
    assert talk.request.state == over
    assert talk(staff(StaffAction.RECEIVE)) == ["receiving", "say Received to sample-city", "assign barcode"]


def test_a_parcel_for_a_customer_who_has_our_own_copy_stands_beside_it():
    talk = deciding()
    copy = Copy(item_barcode=OURS, branch="MAIN")
    for event in (
        staff(StaffAction.SERVE_HERE, item_barcodes=(OURS,), copies=(copy,)),
        answered(Act.HOLD, barcode=OURS),
        looked(Act.HOLD, barcode=OURS),
    ):
        talk(event)
    assert talk(says(LenderSays.LOANED, due_at=DUE)) == ["served from our own shelves", "task contradiction"]
    assert talk(staff(StaffAction.RECEIVE))[0] == "receiving"
    talk(BarcodeAssigned(at=AT, barcode=POOL))
    assert [item.barcode for item in talk.request.items] == [POOL]
    assert talk.request.due_at == DUE


def test_what_was_paid_as_lost_and_comes_after_all_is_received():
    talk = asking()
    for event in (says(LenderSays.LOANED), staff(StaffAction.MARK_LOST), staff(StaffAction.PAID)):
        talk(event)
    assert talk(staff(StaffAction.RECEIVE))[0] == "receiving"


def test_a_scan_of_what_went_back_long_ago_opens_nothing():
    talk = asking()
    talk(staff(StaffAction.FORCE, state=State.SENT_BACK, reason="Done by telephone."))
    talk(says(LenderSays.COMPLETED))
    assert talk(staff(StaffAction.RECEIVE)) == ["refused"]


def test_nothing_is_received_that_nobody_was_asked_for():
    talk = Talk()
    talk(asked())
    talk(vetted(BLOCKED))
    assert talk(staff(StaffAction.RECEIVE)) == ["refused"]


def test_received_is_said_once_however_often_it_is_found():
    talk = asking()
    talk(says(LenderSays.LOANED))
    for event in (staff(StaffAction.RECEIVE), staff(StaffAction.MARK_LOST)):
        talk(event)
    assert talk(staff(StaffAction.RECEIVE)) == ["receiving", "assign barcode"]


# ── a second parcel ──────────────────────────────────────────────────────────────────────────────


def test_a_second_parcel_goes_back_to_the_lender_that_had_been_left():
    talk = second_asked()
    talk(says(LenderSays.LOANED, 2))
    talk(says(LenderSays.NOT_CANCELLED, 1, stands=LenderSays.LOANED))
    talk(says(LenderSays.LOANED, 1))
    assert "sample-city" in talk.words
    assert talk.request.borrowed.sent_as_well == (1,)
    talk(staff(StaffAction.RECEIVE))
    assert talk(staff(StaffAction.SEND_OTHER_BACK)) == ["receiving", "say ShippedReturn to sample-city"]
    assert talk(staff(StaffAction.SEND_OTHER_BACK)) == ["refused"]


def test_a_second_parcel_goes_back_when_all_is_over_too():
    talk = second_asked()
    talk(says(LenderSays.LOANED, 2))
    for event in (says(LenderSays.LOANED, 1), staff(StaffAction.MARK_LOST), staff(StaffAction.PAID)):
        talk(event)
    assert talk(staff(StaffAction.SEND_OTHER_BACK)) == ["completed", "say ShippedReturn to sample-city"]


def test_that_a_second_parcel_went_back_is_not_taken_back_with_the_first():
    talk = second_asked()
    talk(says(LenderSays.LOANED, 2))
    talk(says(LenderSays.LOANED, 1))
    ruling = decide(BORROWING, talk.request, staff(StaffAction.SEND_OTHER_BACK))
    assert isinstance(ruling, Decision)
    assert [effect.key for effect in ruling.effects] == ["send:ShippedReturn of attempt 1"]


@pytest.mark.parametrize(
    "late",
    [says(LenderSays.NOT_CANCELLED, 1, stands=LenderSays.LOANED), says(LenderSays.LOANED, 1)],
    ids=["Cancel → N", "Loaned"],
)
def test_what_is_heard_late_of_a_parcel_that_went_back_opens_nothing(late: LenderSaid):
    """The answer to a second Cancel may come when staff have sent the parcel back: no other one is to be waited for."""
    talk = second_asked()
    talk(says(LenderSays.LOANED, 2))
    talk(says(LenderSays.LOANED, 1))
    talk(staff(StaffAction.SEND_OTHER_BACK))
    assert talk(late) == ["on its way"]
    assert talk.request.borrowed.sent_as_well == ()
    assert talk(staff(StaffAction.SEND_OTHER_BACK)) == ["refused"]


def test_of_a_second_copy_nothing_goes_back():
    talk = copy_asked()
    talk(fired(Clock.LENDER_ANSWER))
    assert talk(staff(StaffAction.SEND_OTHER_BACK)) == ["refused"]
