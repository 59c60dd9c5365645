"""Every state that a request of ours can reach, with everything that can happen in it: what must hold, holds."""

from collections import Counter, deque
from collections.abc import Iterator
from functools import cache

import pytest

from gateway.iso18626.codes import Action as Iso
from gateway.iso18626.codes import RequestType
from gateway.workflow.borrowing.force import RESTS
from gateway.workflow.borrowing.groups import ACTING, FINALS, UNASKED, WAITING
from gateway.workflow.borrowing.table import BORROWING, ROWS
from gateway.workflow.borrowing_records import PoolState
from gateway.workflow.effects import Look, Perform, SendAction, SendRequest, StartTimer
from gateway.workflow.events import AnyEvent, source_of
from gateway.workflow.machine import TIMER_KEYS, Decision, Ignored, Refused, decide
from gateway.workflow.records import Act, ItemPlace, Request, Role, State
from gateway.workflow.triggers import Source, StaffAction, Trigger
from tests.workflow.borrowing import AT, asked, every_event
from tests.workflow.builders import words_of
from tests.workflow.work_keys import NOT_ASKED, strays, unasked

Step = tuple[Request, AnyEvent, Decision | Ignored | Refused]
ENOUGH = 25
"""Requests looked at in each state and with the item in each place: those that the table tells apart are far fewer."""
OUR_WORK = (State.VETTING, State.CHOOSING_LENDER, *ACTING)


def shape(request: Request) -> tuple[object, ...]:
    """What the table can tell requests of one state apart by."""
    borrowed = request.borrowed
    items = tuple((item.barcode, item.place, item.tries, item.outcome) for item in request.items)
    return (
        request.state,
        items,
        len(borrowed.lenders),
        borrowed.attempt,
        borrowed.called_off,
        borrowed.offered_in_words,
        borrowed.unaccepted is None,
        borrowed.promise_crossed,
        borrowed.refused_late,
        request.state is State.PROMISED and borrowed.status_requests > 0,
        tuple(each.after for each in borrowed.returns[:1]),
        borrowed.supplier,
        borrowed.passed_on_from,
        borrowed.renewal_asked_at is None,
        borrowed.loan_proof,
        borrowed.sent_by,
        bool(borrowed.sent_as_well),
        bool(borrowed.others_returned),
        request.shipped_at is None,
        request.received_at is None,
        any(doubt.stops for doubt in borrowed.doubts),
        request.resume,
        request.need_before is None and request.state in UNASKED,
    )


def stands(request: Request) -> tuple[object, ...]:
    return request.state, *(item.place for item in request.items)


@cache
def steps() -> tuple[Step, ...]:
    """Everything that can happen from the arrival on, without force, so far as the table tells requests apart."""
    begun = [decide(BORROWING, None, event) for event in (asked(), asked(need_before=AT))]
    first = [made.request for made in begun if isinstance(made, Decision)]
    assert len(first) == len(begun)
    found, queue = set(map(shape, first)), deque(first)
    taken: Counter[tuple[object, ...]] = Counter()
    steps: list[Step] = []
    while queue:
        before = queue.popleft()
        if taken[stands(before)] >= ENOUGH:
            continue
        taken[stands(before)] += 1
        for event in EVENTS:
            made = decide(BORROWING, before, event)
            steps.append((before, event, made))
            if isinstance(made, Decision) and not is_force(event) and taken[stands(made.request)] < ENOUGH:
                new = shape(made.request)
                if new not in found:
                    found.add(new)
                    queue.append(made.request)
    return tuple(steps)


def is_force(event: AnyEvent) -> bool:
    return event.trigger is Trigger.FORCE


EVENTS = every_event()


@cache
def decisions() -> tuple[tuple[Request, AnyEvent, Decision], ...]:
    return tuple((before, event, made) for before, event, made in steps() if isinstance(made, Decision))


@pytest.fixture(scope="module", autouse=True)
def forgotten() -> Iterator[None]:
    """Hundreds of thousands of steps are no longer held once the last test here has seen them: garbage collection would walk over them."""
    yield
    steps.cache_clear()
    decisions.cache_clear()


def test_every_state_of_the_table_is_reached():
    assert {before.state for before, _, _ in steps()} == BORROWING.states


def test_every_happening_gets_an_answer_and_staff_are_never_ignored_nor_lenders_refused():
    for before, event, made in steps():
        allowed = (Decision, Refused) if source_of(event) is Source.STAFF else (Decision, Ignored)
        assert isinstance(made, allowed), (before.state, event.trigger)


def test_every_row_is_taken_or_refuses_somewhere():
    taken = {made.row.why for _, _, made in decisions()} | {"duty 1: may it go out?"}
    refused = {made.words for _, _, made in steps() if isinstance(made, Refused)}
    assert [words_of(row) for row in ROWS if words_of(row) not in taken | refused] == []


def test_every_row_says_why():
    assert [row for row in BORROWING.steps if not row.why] == []


def test_from_every_state_that_is_not_final_an_end_is_reached_without_force():
    leads_to: dict[State, set[State]] = {state: set() for state in BORROWING.states}
    for before, event, made in decisions():
        if not is_force(event):
            leads_to[before.state].add(made.request.state)
    reach = set(FINALS)
    while more := {state for state, to in leads_to.items() if to & reach} - reach:
        reach |= more
    assert reach == BORROWING.states


def test_staff_can_leave_every_state_that_is_not_final_without_force():
    left: dict[State, set[State]] = {state: set() for state in BORROWING.states - FINALS}
    for before, event, made in decisions():
        if source_of(event) is Source.STAFF and not is_force(event) and before.state in left:
            left[before.state].add(made.request.state)
    assert [state for state, to in left.items() if not to - {state}] == []


def test_nothing_waits_for_work_of_ours_that_nobody_has_asked_for():
    for before, event, made in decisions():
        if made.request.state in OUR_WORK and made.request.state is not before.state:
            assert made.effects, (before.state, event)


def test_a_final_state_stops_every_clock_and_starts_none():
    for _, event, made in decisions():
        if made.request.state in FINALS and made.row.to is not None:
            assert set(TIMER_KEYS) <= set(made.withdraw), event
            assert not [effect for effect in made.effects if isinstance(effect, StartTimer)], event


def asks_anew(made: Decision) -> bool:
    """Whether a lender is asked; a Reminder is for the one that was."""
    sent = [effect for effect in made.effects if isinstance(effect, SendRequest)]
    assert all(each.lender == made.request.borrowed.asked[-1] for each in sent)
    return any(each.kind is not RequestType.REMINDER for each in sent)


def test_the_next_lender_is_asked_only_once_the_one_before_is_out_of_it():
    """It has said no, did not take the request, offered terms that were not taken, or was told Cancel and said yes or nothing."""
    over = {
        *(Trigger.SAYS_UNFILLED, Trigger.SAYS_CANCELLED, Trigger.SAYS_RETRY, Trigger.NOT_SENT),
        *(Trigger.WITHDRAWAL_SILENT, Trigger.ROTA_MADE, Trigger.NEXT_LENDER, Trigger.CONDITION_LAPSED, Trigger.ACCEPT),
        *(Trigger.TIME_TO_ASK_AGAIN, Trigger.TRY_AGAIN, Trigger.LATE_FIRST, Trigger.LATE_OTHERS),
    }
    for before, event, made in decisions():
        if asks_anew(made):
            assert event.trigger in over
            if event.trigger in {Trigger.LATE_FIRST, Trigger.LATE_OTHERS}:
                assert before.state is State.DECIDING or SendRequest.key_of(RequestType.NEW) in made.must_withdraw
            if event.trigger in {Trigger.NEXT_LENDER, Trigger.CONDITION_LAPSED}:
                assert before.state is State.CONDITIONAL
                assert not before.borrowed.offered_in_words, "its request stands: Cancel first"
            if event.trigger is Trigger.WITHDRAWAL_SILENT:
                assert before.state is State.WITHDRAWING


def test_a_lender_whom_we_have_left_moves_nothing_but_by_sending_it():
    for before, event, made in decisions():
        attempt = getattr(event, "attempt", None)
        if source_of(event) is Source.PARTNER and attempt != before.borrowed.attempt:
            if event.trigger in {Trigger.SAYS_LOANED, Trigger.SAYS_COPY_SENT} and made.row.to is not None:
                assert before.state in {*UNASKED, *WAITING, State.UNFILLED, State.CANCELLED}
                assert made.request.borrowed.attempt == attempt, "it is the one that is waited for"
                continue
            assert made.request.state is before.state, event
            assert not [each for each in made.effects if not isinstance(each, SendAction)], event


def test_once_called_off_no_other_lender_is_asked():
    for before, event, made in decisions():
        if before.borrowed.called_off and made.request.borrowed.called_off:
            assert not asks_anew(made), event


def test_shipped_return_is_said_only_when_the_item_is_known_to_be_checked_in():
    known = {Trigger.CHECKIN_DONE, Trigger.DONE_BY_HAND}
    for before, event, made in decisions():
        if says(made, Iso.SHIPPED_RETURN) and event.trigger is not Trigger.SEND_OTHER_BACK:
            assert event.trigger in known or before.state is State.SENT_BACK, event
            assert made.request.state is State.SENT_BACK


def says(made: Decision, action: Iso) -> bool:
    return any(isinstance(effect, SendAction) and effect.action is action for effect in made.effects)


def test_the_lender_hears_received_when_the_item_is_scanned():
    for before, event, made in decisions():
        if made.request.state is State.RECEIVING and before.state is not State.RECEIVING:
            assert says(made, Iso.RECEIVED) or is_force(event) or before.received_at


def test_a_pool_barcode_rests_only_when_the_loan_is_over_or_when_it_stands_for_the_item_no_more():
    for _, event, made in decisions():
        for move in made.barcodes:
            if move.to in {PoolState.COOLING, PoolState.FREE}:
                has_other_word = is_force(event) or event.trigger in {Trigger.RECEIVE, Trigger.UNDO}
                is_dropped = has_other_word and made.request.item(move.barcode) is None
                assert made.request.state in FINALS or is_dropped, event


def test_a_loan_that_ends_lets_go_of_its_barcode():
    for before, event, made in decisions():
        ended = made.request.state in FINALS - {State.SERVED_HERE} and before.state not in FINALS
        if ended and before.items and before.state is not State.RESERVING:
            assert [move.to for move in made.barcodes] == [PoolState.COOLING], (before.state, event.trigger)


def test_of_a_customer_there_is_one_hold_at_a_time():
    """A hold is asked for again only where a look has shown that none stands, or by staff."""
    for before, event, made in decisions():
        holds = [each for each in made.effects if isinstance(each, Perform) and each.act is Act.HOLD]
        if holds and before.items and source_of(event) is Source.WORK:
            assert event.trigger is Trigger.HOLD_ABSENT, event
        if holds and event.trigger is Trigger.BARCODE_ASSIGNED:
            assert not before.items


def test_every_act_that_is_answered_is_looked_at():
    for before, event, made in decisions():
        if event.trigger.value.endswith(" answered") and source_of(event) is Source.WORK:
            assert [each for each in made.effects if isinstance(each, Look)], (before.state, event)


def test_only_states_in_which_a_request_can_rest_are_forced():
    for _, event, made in decisions():
        if is_force(event):
            assert made.request.state in RESTS


def test_no_state_is_forced_while_an_act_is_in_flight():
    for _, event, made in decisions():
        if is_force(event):
            assert {f"perform:{act}" for act in (Act.HOLD, Act.RECEIVE, Act.RENEW, Act.CHECKIN)} <= set(made.must_stop)


def test_what_is_with_the_customer_is_never_taken_for_sent_back():
    for before, event, made in decisions():
        out = [item for item in before.items if item.place is ItemPlace.OUT]
        if out and made.request.state is State.SENT_BACK and not is_force(event):
            assert before.state is State.TAKING_BACK


def test_force_is_among_the_actions_of_every_state():
    assert [state for state in BORROWING.states if StaffAction.FORCE not in BORROWING.actions(state)] == []


def test_whatever_is_taken_back_was_asked_for_by_some_row():
    made = [each for _, _, each in decisions()]
    assert strays(made) == set()
    assert unasked(made) == NOT_ASKED[Role.BORROWING]
