"""Conversations about a yes to a lender's terms: it waits for a minute, and what is undone or heard meanwhile."""

from datetime import timedelta

import msgspec
import pytest

from gateway.iso18626.codes import Action, RequestType, ServiceType
from gateway.workflow.borrowing.table import BORROWING
from gateway.workflow.borrowing_events import LenderSays, Sent
from gateway.workflow.borrowing_records import LoanTerms
from gateway.workflow.effects import SendAction, SendRequest
from gateway.workflow.events import AnyEvent
from gateway.workflow.machine import Decision, Refused, decide
from gateway.workflow.records import State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from tests.workflow.borrowing import (
    AT,
    COST,
    FIRST,
    LATER,
    SECOND,
    Talk,
    asking,
    says,
    sent,
    staff,
)


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
