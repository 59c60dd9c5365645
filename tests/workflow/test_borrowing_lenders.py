"""Lenders that say not now, and that are silent: whom the request goes to next, and when."""

from datetime import timedelta

import msgspec
import pytest

from gateway.iso18626.codes import RequestType
from gateway.workflow.borrowing_events import LenderSays, Vetted
from gateway.workflow.borrowing_records import LoanTerms, Return
from gateway.workflow.effects import SendRequest, StartTimer
from gateway.workflow.records import Clock, State
from gateway.workflow.triggers import StaffAction
from tests.workflow.borrowing import (
    AT,
    COST,
    FIRST,
    OWNED,
    SECOND,
    SHELVED,
    Talk,
    asked,
    asking,
    copy_asked,
    effects,
    fired,
    not_sent,
    on_its_way,
    rota,
    says,
    sent,
    sent_back,
    staff,
    vetted,
)

NEXT_WEEK = AT + timedelta(days=7)


# ── not now ──


def test_a_lender_that_says_not_now_is_left_and_asked_again_on_its_day_when_nobody_else_is_left():
    talk = asking(FIRST, SECOND)
    assert talk(says(LenderSays.RETRY, retry_after=NEXT_WEEK)) == ["asking", "send New 2 to other-city"]
    assert talk(says(LenderSays.UNFILLED, 2)) == ["choosing a lender", "make rota"]
    (timer,) = (each for each in effects(talk, rota()) if isinstance(each, StartTimer))
    assert (timer.clock, timer.until) == (Clock.ASK_AGAIN, NEXT_WEEK)
    assert talk(rota()) == ["waiting to ask again", "start ask again"]
    (again,) = effects(talk, fired(Clock.ASK_AGAIN))
    assert isinstance(again, SendRequest)
    assert (again.kind, again.attempt, again.previous, again.lender) == (RequestType.RETRY, 3, 1, FIRST)
    talk(fired(Clock.ASK_AGAIN))
    assert talk.request.borrowed.returns == ()


def test_staff_need_not_wait_for_the_day():
    talk = asking(FIRST)
    talk(says(LenderSays.RETRY, retry_after=NEXT_WEEK))
    talk(rota())
    assert talk(staff(StaffAction.TRY_AGAIN)) == ["asking", "send Retry 2 to sample-city"]


@pytest.mark.parametrize("after", [None, AT - timedelta(days=1)])
def test_without_a_day_to_come_staff_alone_ask_again(after):
    talk = asking(FIRST)
    talk(says(LenderSays.RETRY, retry_after=after))
    assert talk(rota()) == ["deciding", "task no lender left"]
    assert talk(staff(StaffAction.TRY_AGAIN)) == ["asking", "send Retry 2 to sample-city"]


def test_when_nobody_else_is_left_whoever_named_no_day_is_asked_again_in_time_and_twice():
    """It has the work: a usual loan ends before it is asked for the third time."""
    talk = asking(FIRST)
    talk(says(LenderSays.RETRY))
    for attempt in (2, 3):
        assert talk(rota(again_at=NEXT_WEEK)) == ["waiting to ask again", "start ask again"]
        assert talk(fired(Clock.ASK_AGAIN)) == ["asking", f"send Retry {attempt} to sample-city"]
        talk(sent(RequestType.RETRY, attempt))
        talk(says(LenderSays.RETRY, attempt))
    assert talk(rota(again_at=NEXT_WEEK)) == ["deciding", "task no lender left"]


def test_a_lender_that_was_silent_and_then_says_not_now_has_it_and_is_asked_once_more():
    talk = asking(FIRST)
    talk(sent())
    talk(fired(Clock.LENDER_ANSWER))
    talk(says(LenderSays.CANCELLED))
    talk(rota(again_at=NEXT_WEEK))
    talk(fired(Clock.ASK_AGAIN))
    talk(says(LenderSays.RETRY, 2))
    assert talk(rota(again_at=NEXT_WEEK)) == ["waiting to ask again", "start ask again"]
    assert talk(fired(Clock.ASK_AGAIN)) == ["asking", "send Retry 3 to sample-city"]


def test_a_lender_that_has_said_not_now_and_is_silent_then_has_it_still_and_is_asked_once_more():
    talk = asking(FIRST)
    talk(says(LenderSays.RETRY))
    talk(rota(again_at=NEXT_WEEK))
    talk(fired(Clock.ASK_AGAIN))
    talk(sent(RequestType.RETRY, 2))
    talk(fired(Clock.LENDER_ANSWER))
    talk(says(LenderSays.CANCELLED, 2))
    assert talk(rota(again_at=NEXT_WEEK)) == ["waiting to ask again", "start ask again"]
    assert talk(fired(Clock.ASK_AGAIN)) == ["asking", "send Retry 3 to sample-city"]


def test_a_lender_that_was_silent_twice_is_staffs_to_ask():
    talk = asking(FIRST)
    for kind, attempt in ((RequestType.NEW, 1), (RequestType.RETRY, 2)):
        talk(sent(kind, attempt))
        talk(fired(Clock.LENDER_ANSWER))
        talk(says(LenderSays.CANCELLED, attempt))
        state = talk(rota(again_at=NEXT_WEEK))[0]
        assert state == ("waiting to ask again" if attempt == 1 else "deciding")
        if attempt == 1:
            talk(fired(Clock.ASK_AGAIN))


def test_a_silent_lender_is_asked_again_too_and_the_last_task_says_what_each_had_said():
    talk = asking(FIRST, SECOND)
    talk(says(LenderSays.UNFILLED, reason="NotHeld"))
    talk(sent(RequestType.NEW, 2))
    talk(fired(Clock.LENDER_ANSWER))
    talk(says(LenderSays.CANCELLED, 2))
    assert talk(rota(again_at=NEXT_WEEK))[0] == "waiting to ask again"
    talk(fired(Clock.ASK_AGAIN))
    talk(says(LenderSays.UNFILLED, 3, reason="NotOnShelf"))
    assert talk(rota(again_at=NEXT_WEEK)) == ["deciding", "task no lender left"]
    for said in (
        "sample-city: unfilled, not held (",
        "other-city: no answer (",
        "other-city: unfilled, not on shelf (",
    ):
        assert said in talk.words


def test_whoever_was_left_long_ago_is_asked_again_at_once_and_not_a_week_after_the_last_no():
    talk = asking(FIRST, SECOND)
    talk(says(LenderSays.RETRY))
    late = AT + timedelta(days=10)
    talk(msgspec.structs.replace(says(LenderSays.UNFILLED, 2), at=late))
    made = msgspec.structs.replace(rota(again_at=late + timedelta(days=7)), at=late)
    (timer,) = (each for each in effects(talk, made) if isinstance(each, StartTimer))
    assert timer.until == late + timedelta(hours=1)


def test_whoever_said_not_now_is_asked_again_before_whoever_said_nothing():
    """A silent one may be silent again: of two days near each other the other one's comes first."""
    talk = asking(FIRST, SECOND)
    talk(sent())
    talk(fired(Clock.LENDER_ANSWER))
    talk(says(LenderSays.CANCELLED))
    talk(says(LenderSays.RETRY, 2, retry_after=AT + timedelta(days=9)))
    (timer,) = (each for each in effects(talk, rota(again_at=NEXT_WEEK)) if isinstance(each, StartTimer))
    assert timer.until == AT + timedelta(days=9)
    talk(rota(again_at=NEXT_WEEK))
    assert talk(fired(Clock.ASK_AGAIN)) == ["asking", "send Retry 3 to other-city"]
    talk(says(LenderSays.UNFILLED, 3))
    talk(rota(again_at=NEXT_WEEK))
    assert talk(fired(Clock.ASK_AGAIN)) == ["asking", "send Retry 4 to sample-city"]


def test_a_lender_is_waited_for_as_long_as_its_answers_take():
    slow = msgspec.structs.replace(FIRST, answers_within_days=5.5)
    talk = Talk()
    for event in (asked(), vetted(), rota(slow)):
        talk(event)
    timers = [each for each in effects(talk, sent()) if isinstance(each, StartTimer)]
    answer = next(each for each in timers if each.clock is Clock.LENDER_ANSWER)
    assert answer.until == AT + timedelta(days=5.5)


def test_an_order_for_no_named_day_is_asked_on_without_a_task_until_it_takes_very_long():
    talk = asking(FIRST)
    later = AT + timedelta(days=30)
    (timer,) = (each for each in effects(talk, fired(Clock.DEADLINE, at=later)) if isinstance(each, StartTimer))
    assert (timer.clock, timer.until) == (Clock.DEADLINE, AT + timedelta(days=60))
    assert talk(fired(Clock.DEADLINE, at=later)) == ["asking", "start deadline"]
    talk(says(LenderSays.RETRY, reason="OnLoan"))
    talk(rota())
    assert talk(fired(Clock.DEADLINE, at=later)) == ["deciding", "start deadline"], "staff are asked already"
    assert talk(fired(Clock.DEADLINE, at=AT + timedelta(days=60))) == ["deciding", "task past deadline"]
    for said in ("It was ordered on ", "“The Imaginary Almanac”", "sample-city: retry possible, on loan ("):
        assert said in talk.words


def test_our_own_copy_is_held_by_rule_only_where_nothing_else_stands_in_the_way():
    ours = Vetted(at=AT, doubts=(OWNED,), own=(SHELVED,))
    talk = Talk()
    talk(asked())
    assert talk(ours) == ["reserving", "do hold"]
    doubtful = msgspec.structs.replace(SHELVED, doubt="found by its title alone")
    for other in (msgspec.structs.replace(ours, own=()), msgspec.structs.replace(ours, own=(doubtful,))):
        talk = Talk()
        talk(asked())
        assert talk(other) == ["deciding", "task we have it"]


def test_a_day_after_the_need_by_date_is_too_late():
    talk = asking(FIRST, need_before=AT + timedelta(days=3))
    talk(says(LenderSays.RETRY, retry_after=NEXT_WEEK))
    assert talk(rota()) == ["deciding", "task no lender left"]


def test_a_lender_that_always_names_the_next_moment_is_not_asked_more_than_once_an_hour():
    talk = asking(FIRST)
    talk(says(LenderSays.RETRY, retry_after=AT + timedelta(seconds=1)))
    (timer,) = effects(talk, rota())
    assert isinstance(timer, StartTimer)
    assert timer.until == AT + timedelta(hours=1)


def test_a_cost_that_is_asked_for_again_after_it_was_accepted_is_staffs():
    talk = asking()
    assert talk(says(LenderSays.RETRY, terms=LoanTerms(cost=COST))) == ["asking", "send Retry 2 to sample-city"]
    assert talk(says(LenderSays.RETRY, 2, terms=LoanTerms(cost=COST))) == [
        "conditional",
        "start condition",
        "task lender's conditions",
    ]


def test_a_record_that_is_suggested_is_asked_for_if_staff_say_so():
    talk = asking()
    talk(says(LenderSays.RETRY, reason="NotFoundAsCited", terms=LoanTerms(record_id="R-2")))
    assert "R-2" in talk.words
    assert talk(staff(StaffAction.ACCEPT)) == ["asking", "send Retry 2 to sample-city"]
    assert talk.request.wanted.record_id == "R-2"


def test_a_loan_that_is_suggested_in_place_of_a_copy_is_asked_for_if_staff_say_so():
    talk = copy_asked()
    assert talk(says(LenderSays.RETRY, terms=LoanTerms(as_loan=True)))[0] == "conditional"
    talk(staff(StaffAction.ACCEPT))
    assert talk.request.service == "Loan"


# ── silence ──


def test_a_silent_lender_is_asked_three_times_where_the_request_stands():
    talk = asking()
    for _ in range(2):
        assert talk(fired(Clock.SILENCE)) == ["asking", "say StatusRequest to sample-city", "start silence"]
    assert talk(fired(Clock.SILENCE)) == ["asking", "say StatusRequest to sample-city"]
    assert talk(says(LenderSays.WILL_SUPPLY)) == ["promised", "start lender sends", "start silence"]
    assert talk.request.borrowed.status_requests == 0


def test_a_lender_that_promises_whenever_it_is_asked_and_sends_nothing_is_staffs_when_its_time_is_over():
    """Its answers did put off the time to send, again and again: it was asked without end, and nobody heard of it."""
    talk = asking()
    talk(says(LenderSays.WILL_SUPPLY))
    for waits in (["start silence"], ["start silence"], []):
        assert talk(fired(Clock.SILENCE))[:2] == ["promised", "say StatusRequest to sample-city"]
        assert talk(says(LenderSays.WILL_SUPPLY)) == ["promised", *waits]
    over = ["promised", "say StatusRequest to sample-city", "start lender sends", "start silence", "task not received"]
    assert talk(fired(Clock.LENDER_SENDS)) == over
    assert talk(says(LenderSays.WILL_SUPPLY)) == ["promised", "start lender sends", "start silence"]


def test_a_lender_of_which_the_time_is_over_is_waited_for_and_asked_on_whoever_closes_the_task():
    """Its one word that it had sent it was lost, and what it was asked last had crossed with that: nobody waited any more."""
    talk = asking()
    talk(says(LenderSays.WILL_SUPPLY))
    talk(fired(Clock.LENDER_SENDS))
    for waits in (["start silence"], ["start silence"], []):
        assert talk(fired(Clock.SILENCE)) == ["promised", "say StatusRequest to sample-city", *waits]
    assert talk(fired(Clock.LENDER_SENDS))[-1] == "task not received"


def test_a_word_of_the_lender_begins_the_wait_anew():
    assert asking()(says(LenderSays.EXPECT)) == ["asking", "start silence"]


def test_the_clock_of_silence_is_a_third_of_the_states_own():
    for talk, event, whole in (
        (asking(), says(LenderSays.WILL_SUPPLY), Clock.LENDER_SENDS),
        (asking(level="Rush"), says(LenderSays.EXPECT), Clock.LENDER_ANSWER_RUSH),
        (sent_back(), fired(Clock.SILENCE), Clock.RETURN),
    ):
        (timer,) = (
            each for each in effects(talk, event) if isinstance(each, StartTimer) and each.clock is Clock.SILENCE
        )
        assert timer.third_of is whole


def test_a_lender_that_takes_no_status_request_is_staffs_to_ask():
    made = asking()(not_sent("StatusRequest"))
    assert made == ["asking", "say Notification to sample-city", "task lender can't be asked where it stands"]


# ── over, and it never came ──


@pytest.mark.parametrize("talk", [asking, on_its_way])
def test_loan_completed_of_what_never_came_is_a_contradiction(talk):
    assert talk()(says(LenderSays.COMPLETED))[1:] == ["task contradiction"]


def test_what_is_asked_again_is_the_attempt_of_then():
    talk = asking(FIRST, SECOND)
    talk(says(LenderSays.RETRY))
    assert talk.request.borrowed.returns == (Return(attempt=1, at=AT),)
    assert talk.request.state is State.ASKING
