"""Conversations about an item on loan: from the desk to the end, Received, Renew, overdue, to be billed."""

from datetime import UTC, timedelta

import pytest

from gateway.iso18626.codes import Status
from gateway.workflow.events import PartnerAction
from gateway.workflow.records import Act, Clock, Finding, ItemPlace, Outcome, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from gateway.workflow.words import narrate
from tests.workflow.builders import AT, DUE, FIRST, LATER, fired, looked, partner, performed, request, staff, told
from tests.workflow.talk import Talk, act_done, loaned, will_supply

S = State
A = PartnerAction
MINUTE = timedelta(minutes=1)


def test_a_loan_from_the_desk_to_its_end():
    talk = will_supply()
    assert talk(staff(StaffAction.ARRIVE)) == ["arriving", "do arrive 1"]
    assert act_done(talk, Act.ARRIVE) == ["arrived"]
    assert {"hold", "hold amber"} <= talk.stopped
    assert talk(staff(StaffAction.SHIP)) == ["checking out", "do checkout 1"]
    assert act_done(talk, Act.CHECKOUT, due_at=DUE) == ["checked out", "tell StatusChange Loaned"]
    tell = talk.tells[-1]
    assert (tell.due_at, tell.item_barcodes, tell.sent_at) == (DUE, (FIRST,), AT)
    assert talk(told(Status.LOANED)) == [
        "loaned",
        "start receipt",
        "start overdue first",
        "start overdue second",
        "start overdue third",
        "start billable",
    ]
    assert talk(partner(A.RECEIVED)) == ["loaned"]
    assert talk.stopped == {"receipt"}
    assert talk(partner(A.SHIPPED_RETURN)) == ["returning", "start return"]
    assert {"overdue first", "overdue second", "overdue third", "billable"} <= talk.stopped
    assert talk(staff(StaffAction.CHECK_IN)) == ["checking in", "do checkin 1"]
    assert act_done(talk, Act.CHECKIN) == ["completed", "tell StatusChange LoanCompleted"]
    assert talk.stopped == set(Clock)
    assert talk.places == {1: ItemPlace.BACK}


# ── on loan ──────────────────────────────────────────────────────────────────────────────────────


def test_renew_asks_the_circulation_system_and_tells_its_due_date():
    talk = loaned()
    assert talk(partner(A.RENEW)) == ["renewing", "do renew 1"]
    assert talk(partner(A.RENEW)) == ["renewing"]
    assert talk(performed(Act.RENEW)) == ["renewing", "look renew 1"]
    said = talk(looked(Act.RENEW, due_at=LATER))
    assert said[0] == "loaned"
    assert said[-1] == "tell RenewResponse Loaned Y"
    assert [word for word in said if word.startswith("start")] == [
        f"start {clock}" for clock in (Clock.OVERDUE_FIRST, Clock.OVERDUE_SECOND, Clock.OVERDUE_THIRD, Clock.BILLABLE)
    ]
    assert (talk.tells[-1].due_at, talk.request.due_at, talk.request.renewals) == (LATER, LATER, 1)


def test_a_renew_within_ten_minutes_gets_the_same_due_date_and_no_new_29():
    talk = loaned()
    talk(partner(A.RENEW))
    act_done(talk, Act.RENEW, due_at=LATER)
    again = partner(A.RENEW, at=AT + 9 * MINUTE)
    assert talk(again) == ["loaned", "tell RenewResponse Loaned Y"]
    assert talk.tells[-1].due_at == LATER
    assert talk(partner(A.RENEW, at=AT + 10 * MINUTE)) == ["renewing", "do renew 1"]


@pytest.mark.parametrize("state", [S.LOANED, S.OVERDUE])
def test_a_renew_beyond_what_the_policy_allows_is_no_without_a_29(state):
    talk = Talk(request(state, renewals=1, renewals_allowed=1))
    said = talk(partner(A.RENEW))
    assert said == [state, f"tell RenewResponse {state.title()} N"]
    assert talk.request.due_at == talk.tells[-1].due_at


def test_the_last_renewal_that_the_policy_allows_is_asked_for_and_told_again_within_ten_minutes():
    talk = Talk(request(S.LOANED, renewals_allowed=1))
    talk(partner(A.RENEW))
    act_done(talk, Act.RENEW, due_at=LATER)
    assert talk(partner(A.RENEW, at=AT + 9 * MINUTE)) == ["loaned", "tell RenewResponse Loaned Y"]
    assert talk(partner(A.RENEW, at=AT + 11 * MINUTE)) == ["loaned", "tell RenewResponse Loaned N"]


def test_a_refused_renewal_is_no_with_the_due_date_as_it_was():
    talk = loaned()
    talk(partner(A.RENEW))
    talk(performed(Act.RENEW, Outcome.REFUSED))
    assert talk(looked(Act.RENEW, Finding.NO)) == ["loaned", "tell RenewResponse Loaned N"]
    assert talk.tells[-1].due_at == DUE


def test_a_refused_renewal_of_an_overdue_loan_leaves_it_overdue():
    talk = Talk(request(S.OVERDUE))
    talk(partner(A.RENEW))
    talk(performed(Act.RENEW, Outcome.REFUSED))
    assert talk(looked(Act.RENEW, Finding.NO)) == ["overdue", "tell RenewResponse Overdue N"]


def test_a_loan_that_falls_due_while_a_renewal_is_decided_is_overdue_after_the_no():
    talk = Talk(request(S.RENEWING))
    assert talk(fired(Clock.OVERDUE_FIRST)) == ["renewing", "tell StatusChange Overdue"]
    assert talk(staff(StaffAction.NOT_DONE)) == ["overdue", "tell RenewResponse Overdue N"]


def test_a_renewal_that_cannot_be_told_is_for_staff():
    def waiting() -> Talk:
        talk = loaned()
        talk(partner(A.RENEW))
        talk(performed(Act.RENEW, Outcome.UNKNOWN))
        assert talk(looked(Act.RENEW, Finding.UNCLEAR)) == ["renewing", "task renew"]
        return talk

    assert waiting()(staff(StaffAction.DONE_BY_HAND)) == ["refused"]
    talk = waiting()
    assert talk(staff(StaffAction.DONE_BY_HAND, due_at=LATER))[-1] == "tell RenewResponse Loaned Y"
    assert talk.tells[-1].due_at == LATER
    assert waiting()(staff(StaffAction.NOT_DONE)) == ["loaned", "tell RenewResponse Loaned N"]
    assert waiting()(staff(StaffAction.TRY_AGAIN)) == ["renewing", "do renew 1"]


@pytest.mark.parametrize("state", [S.RECALLED, S.RETURNING, S.COMPLETED, S.WILL_SUPPLY])
def test_there_is_nothing_to_renew(state):
    said = Talk(request(state))(partner(A.RENEW))
    assert said[0] == state
    assert said[1].endswith(" N")


def test_what_is_recalled_is_told_overdue_and_stays_recalled():
    talk = loaned()
    assert talk(staff(StaffAction.RECALL)) == ["recalled", "tell StatusChange Recalled"]
    for clock in (Clock.OVERDUE_FIRST, Clock.OVERDUE_SECOND):
        assert talk(fired(clock)) == ["recalled", "tell StatusChange Overdue"]
    assert talk(partner(A.RENEW))[-1].endswith(" N")


def test_overdue_three_times_and_then_to_be_billed():
    talk = loaned()
    for clock in (Clock.OVERDUE_FIRST, Clock.OVERDUE_SECOND, Clock.OVERDUE_THIRD):
        assert talk(fired(clock)) == ["overdue", "tell StatusChange Overdue"]
    assert talk(fired(Clock.BILLABLE)) == ["overdue", "task bill"]


def test_of_a_lost_item_the_bill_is_asked_about_once():
    talk = loaned()
    assert talk(fired(Clock.BILLABLE)) == ["loaned", "task bill"]
    assert talk(partner(A.LOST)) == ["loaned"]
    assert talk(staff(StaffAction.MARK_LOST)) == ["lost", "tell StatusChange CompletedWithoutReturn"]
    assert TaskKind.BILL not in talk.last.close_tasks, "what was asked stands"


def test_what_was_renewed_meanwhile_and_is_lost_then_is_asked_about_again():
    talk = loaned()
    talk(fired(Clock.BILLABLE))
    talk(partner(A.RENEW))
    act_done(talk, Act.RENEW, due_at=LATER)
    assert TaskKind.BILL in talk.last.close_tasks
    assert talk(staff(StaffAction.MARK_LOST))[-1] == "task bill"


@pytest.mark.parametrize(
    ("note", "asked"),
    [
        ("Thank you very much!", False),
        ("Best regards from the ILL desk", False),
        ("Could you tell us whether it has an index?", True),
        ("Please see our request 4711", True),
        ("", False),
    ],
)
def test_a_note_without_a_question_or_a_number_is_no_task(note: str, *, asked: bool):
    talk = loaned()
    assert talk(partner(A.NOTIFICATION, note)) == (["loaned", "task read note"] if asked else ["loaned"])
    if note:
        assert talk.request.last_note is not None, "it is new to whoever has not read it"


def test_of_overdue_messages_that_were_missed_only_the_last_goes_out():
    talk = loaned()
    assert talk(fired(Clock.OVERDUE_FIRST, overtaken=True)) == ["loaned"]
    assert talk(fired(Clock.OVERDUE_SECOND, overtaken=True)) == ["loaned"]
    assert talk(fired(Clock.OVERDUE_THIRD)) == ["overdue", "tell StatusChange Overdue"]


def test_an_overdue_message_that_has_waited_for_the_partner_gives_way_to_the_next():
    talk = Talk(request(S.OVERDUE))
    talk(fired(Clock.OVERDUE_SECOND))
    assert "tell:Overdue" in talk.last.withdraw


def test_who_keeps_the_return_back_gets_no_overdue_messages_but_is_billed_in_the_end():
    talk = loaned()
    assert talk(partner(A.HOLD_RETURN)) == ["loaned", "task read note"]
    assert talk(fired(Clock.OVERDUE_FIRST)) == ["loaned"]
    assert talk(fired(Clock.BILLABLE)) == ["loaned", "task bill"]
    talk(staff(StaffAction.RECALL))
    assert talk(fired(Clock.OVERDUE_SECOND)) == ["recalled", "tell StatusChange Overdue"]


def test_who_kept_the_return_back_and_then_renewed_hears_when_the_new_due_date_is_past():
    talk = loaned()
    talk(partner(A.HOLD_RETURN))
    talk(partner(A.RENEW))
    act_done(talk, Act.RENEW, due_at=LATER)
    assert talk(fired(Clock.OVERDUE_FIRST)) == ["overdue", "tell StatusChange Overdue"]


def test_not_received_is_a_task_until_it_is():
    talk = loaned()
    assert talk(fired(Clock.RECEIPT)) == ["loaned", "task not received"]
    assert TaskKind.NOT_RECEIVED not in talk.closed_by(fired(Clock.OVERDUE_FIRST))
    assert TaskKind.NOT_RECEIVED in talk.closed_by(partner(A.RECEIVED))


def test_whoever_never_says_received_is_asked_for_it_by_no_task():
    talk = loaned()
    assert talk(fired(Clock.RECEIPT, never_said=True)) == ["loaned"]
    assert "nobody is asked" in narrate(fired(Clock.RECEIPT, never_said=True), UTC), "the timeline says why"


def test_a_repeated_received_leaves_the_first_ones_time():
    talk = loaned()
    talk(partner(A.RECEIVED))
    talk(partner(A.RECEIVED, at=AT + 5 * MINUTE))
    assert talk.request.received_at == AT
