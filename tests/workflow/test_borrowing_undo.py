"""Conversations about what a person takes back before the lender has heard of it: a receipt, a copy that was handed over; and what no lender hears."""

from datetime import timedelta

import msgspec
import pytest

from gateway.iso18626.codes import Action, RequestType, ServiceType
from gateway.workflow.borrowing.table import BORROWING
from gateway.workflow.borrowing_events import BarcodeAssigned, LenderSays, Sent
from gateway.workflow.borrowing_records import BarcodeMove, LoanTerms, PoolState
from gateway.workflow.effects import Look, Perform, SendAction, SendRequest, StartTimer
from gateway.workflow.events import AnyEvent
from gateway.workflow.machine import Decision, Refused, decide
from gateway.workflow.records import Act, Clock, Finding, ItemPlace, Outcome, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from tests.workflow.borrowing import (
    AT,
    COST,
    FIRST,
    LATER,
    POOL,
    SECOND,
    Talk,
    answered,
    asking,
    copy_asked,
    looked,
    on_its_way,
    says,
    seen,
    sent,
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


# ── a yes to the lender's terms ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "terms",
    [
        LoanTerms(cost=COST, conditions=("LibraryUseOnly",)),
        LoanTerms(cost=COST, conditions=("LibraryUseOnly",), note="Handle with care.", record_id="9001"),
        LoanTerms(record_id="9001", note="Handle with care."),
        LoanTerms(as_loan=True),
    ],
    ids=["a cost", "a cost for another record", "another record", "a loan instead"],
)
def test_a_yes_that_is_undone_leaves_the_request_and_its_task_as_they_stood(terms: LoanTerms):
    talk = asking(service=ServiceType.COPY if terms.as_loan else ServiceType.LOAN)
    talk(says(LenderSays.RETRY, terms=terms, note=terms.note, lender_request_id="S-1"))
    before, words = talk.request, talk.words
    assert talk(staff(StaffAction.ACCEPT, undo_s=60.0)) == ["asking", "send Retry 2 to sample-city"]
    undone = decide(BORROWING, talk.request, staff(StaffAction.UNDO))
    assert isinstance(undone, Decision)
    assert undone.must_withdraw == (SendRequest.key_of(RequestType.RETRY),)
    assert talk(staff(StaffAction.UNDO)) == ["conditional", "start condition", "task lender's conditions"]
    told = {"version": before.version, "last_act": before.last_act}
    assert msgspec.structs.replace(talk.request, **told) == before
    assert talk.words == words


def test_a_yes_in_words_that_is_undone_takes_no_other_words_back():
    talk = asking()
    talk(says(LenderSays.CONDITION, terms=LoanTerms(conditions=("LibraryUseOnly",))))
    accepted = decide(BORROWING, talk.request, staff(StaffAction.ACCEPT, undo_s=60.0))
    assert isinstance(accepted, Decision)
    [yes] = [effect for effect in accepted.effects if isinstance(effect, SendAction)]
    assert (yes.key, yes.delay_s) == (SendAction.YES, 60.0)
    assert SendAction.key_of(Action.NOTIFICATION) != SendAction.YES
    talk(staff(StaffAction.ACCEPT, undo_s=60.0))
    undone = decide(BORROWING, talk.request, staff(StaffAction.UNDO))
    assert isinstance(undone, Decision)
    assert undone.must_withdraw == (SendAction.YES,)
    assert talk(staff(StaffAction.UNDO)) == ["conditional", "start condition", "task lender's conditions"]


def test_a_yes_that_was_called_off_waits_again_once_that_is_undone():
    """And not the offer: our yes is on its way to the lender."""
    talk = asking()
    talk(says(LenderSays.RETRY, terms=LoanTerms(conditions=("LibraryUseOnly",))))
    talk(staff(StaffAction.ACCEPT, undo_s=60.0))
    assert talk(staff(StaffAction.CALL_OFF, undo_s=60.0))[0] == "withdrawing"
    assert talk(staff(StaffAction.UNDO))[0] == "asking"
    assert talk(staff(StaffAction.UNDO))[0] == "conditional"


def test_a_yes_for_which_no_time_was_asked_or_whose_time_is_over_stays():
    for undo_s, late in ((0.0, timedelta(0)), (60.0, timedelta(seconds=60))):
        talk = asking()
        talk(says(LenderSays.RETRY, terms=LoanTerms(conditions=("LibraryUseOnly",))))
        talk(staff(StaffAction.ACCEPT, undo_s=undo_s))
        assert isinstance(decide(BORROWING, talk.request, staff(StaffAction.UNDO, at=AT + late)), Refused)


@pytest.mark.parametrize("said", [LenderSays.RETRY, LenderSays.CONDITION])
def test_past_the_deadline_its_task_stands_again_after_each_step(said: LenderSays):
    late = {"at": LATER}
    talk = asking(need_before=AT + timedelta(days=1))
    deadline = f"task {TaskKind.PAST_DEADLINE}"
    terms = LoanTerms(conditions=("LibraryUseOnly",))
    offer = msgspec.structs.replace(says(said, terms=terms), **late)
    assert deadline in talk(offer)
    assert deadline in talk(staff(StaffAction.ACCEPT, undo_s=60.0, **late))
    assert deadline in talk(staff(StaffAction.UNDO, **late))


def accepted_in_words() -> Talk:
    """A talk in which a person has just accepted terms that came in words."""
    talk = asking(FIRST, SECOND)
    talk(says(LenderSays.CONDITION, terms=LoanTerms(conditions=("LibraryUseOnly",))))
    assert talk(staff(StaffAction.ACCEPT, undo_s=60.0))[:2] == ["asking", "say Notification to sample-city"]
    return talk


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (says(LenderSays.CONDITION, terms=LoanTerms(cost=COST)), State.CONDITIONAL),
        (says(LenderSays.RETRY, terms=LoanTerms(record_id="9001")), State.CONDITIONAL),
        (says(LenderSays.UNFILLED), State.ASKING),
        (says(LenderSays.RETRY), State.ASKING),
        *(
            (staff(StaffAction.FORCE, reason="Seen.", state=state), state)
            for state in (State.DECIDING, State.CANCELLED, State.UNFILLED)
        ),
    ],
    ids=lambda each: each if isinstance(each, State) else None,
)
def test_a_yes_that_waits_is_no_answer_to_what_comes_meanwhile(event: AnyEvent, state: State):
    ruling = decide(BORROWING, accepted_in_words().request, event)
    assert isinstance(ruling, Decision)
    assert ruling.request.state is state
    assert SendAction.YES in ruling.withdraw
    assert ruling.request.borrowed.unaccepted is None


def test_a_yes_that_waits_goes_as_well_where_nobody_is_left_to_be_asked():
    talk = asking(FIRST)
    talk(says(LenderSays.CONDITION, terms=LoanTerms(conditions=("LibraryUseOnly",))))
    talk(staff(StaffAction.ACCEPT, undo_s=60.0))
    ruling = decide(BORROWING, talk.request, says(LenderSays.UNFILLED))
    assert isinstance(ruling, Decision)
    assert (ruling.request.state, SendAction.YES in ruling.withdraw) == (State.CHOOSING_LENDER, True)


def accepted_by_retry() -> Talk:
    """A talk in which a person has just accepted terms that a Retry answers."""
    talk = asking()
    talk(says(LenderSays.RETRY, terms=LoanTerms(conditions=("LibraryUseOnly",))))
    talk(staff(StaffAction.ACCEPT, undo_s=60.0))
    return talk


@pytest.mark.parametrize("state", [State.DECIDING, State.CANCELLED, State.UNFILLED])
def test_where_no_lender_is_wanted_any_more_a_retry_that_waits_is_not_sent(state: State):
    ruling = decide(
        BORROWING, accepted_by_retry().request, staff(StaffAction.FORCE, reason="Seen.", state=state, undo_s=0.0)
    )
    assert isinstance(ruling, Decision)
    assert SendRequest.key_of(RequestType.RETRY) in ruling.withdraw


@pytest.mark.parametrize(
    "also", [StaffAction.SEND_MESSAGE, StaffAction.ASK_STATUS, StaffAction.REMIND], ids=lambda each: each.value
)
def test_a_retry_behind_which_more_waits_to_be_said_is_not_taken_back(also: StaffAction):
    """The lender would hear of a number that it never got."""
    talk = accepted_by_retry()
    assert talk(staff(also, note="When may it be?"))[0] == "asking"
    assert talk(staff(StaffAction.UNDO)) == ["refused"]
    assert talk.words.startswith("Too late to undo.")


def test_words_that_go_under_a_number_which_the_lender_knows_hold_no_yes_fast():
    talk = accepted_in_words()
    talk(staff(StaffAction.SEND_MESSAGE, note="When may it be?"))
    assert talk(staff(StaffAction.UNDO))[0] == "conditional"


@pytest.mark.parametrize(
    ("talk", "message"),
    [(accepted_in_words(), sent(Action.NOTIFICATION)), (accepted_by_retry(), sent(RequestType.RETRY, 2))],
    ids=["in words", "a Retry"],
)
def test_a_yes_that_the_lender_has_is_not_taken_back(talk: Talk, message: Sent):
    assert talk(message)[0] == "asking"
    assert talk.request.borrowed.unaccepted is None
    assert talk(staff(StaffAction.UNDO)) == ["refused"]
    assert "Ask the next lender" in talk.words
