"""Every state with everything that can happen in it: an answer is always given, and the rules of the table hold."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from gateway.conformance.told import Saying, sayings
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import ReasonForMessage, Status, Version, YesNo
from gateway.iso18626.dialects import DIALECTS, outgoing
from gateway.iso18626.messages import SupplyingAgencyMessage
from gateway.iso18626.schema import problems
from gateway.workflow.effects import StartTimer, Tell
from gateway.workflow.events import AnyEvent, NotTold, PartnerAction, source_of
from gateway.workflow.lending.force import RESTS
from gateway.workflow.lending.groups import COMING_BACK, FINALS
from gateway.workflow.lending.table import LENDING, ROWS
from gateway.workflow.lending.tell import CURRENT_STATUS, as_it_is
from gateway.workflow.machine import TIMER_KEYS, AnyRow, Decision, Ignored, Refused
from gateway.workflow.records import ItemPlace, Outcome, Request, Role, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import Source, StaffAction, Trigger
from tests.mapping.test_outbound import VERSIONS, message
from tests.workflow.builders import AT, decision, item, partner, request, ruling, staff, tells, words_of
from tests.workflow.every_case import ARRIVALS, EVENTS, STATES, TRIGGERS, variants
from tests.workflow.work_keys import NOT_ASKED, strays, unasked

S = State
Case = tuple[Request, AnyEvent, Decision | Ignored | Refused]

ANSWER_DUE = {S.CANCELLING: PartnerAction.CANCEL, S.RENEWING: PartnerAction.RENEW, S.RELEASING: PartnerAction.CANCEL}
"""Where the answer to an action comes with the outcome of what is under way."""
GRANTS = {
    PartnerAction.CANCEL: (S.RESERVING, S.WILL_SUPPLY, S.ARRIVING, S.ARRIVING_TO_SHIP, S.ARRIVED),
    PartnerAction.RENEW: (S.LOANED, S.OVERDUE),
}
"""Where an action begins what will answer it."""


@cache
def walk(state: State) -> tuple[Case, ...]:
    """Everything that can happen to every request in a state, and what is decided."""
    return tuple((before, event, ruling(before, event)) for before in variants(state) for event in EVENTS)


@pytest.fixture(scope="module", autouse=True)
def forgotten() -> Iterator[None]:
    """Hundreds of thousands of cases are no longer held once the last test here has seen them: garbage collection would walk over them."""
    yield
    walk.cache_clear()
    everything_told.cache_clear()


def decisions(state: State) -> Iterator[tuple[Request, AnyEvent, Decision]]:
    return ((before, event, made) for before, event, made in walk(state) if isinstance(made, Decision))


def test_there_are_events_for_every_trigger():
    assert {event.trigger for event in (*EVENTS, *ARRIVALS)} >= TRIGGERS


@pytest.mark.parametrize("state", STATES)
def test_every_happening_gets_an_answer_and_staff_are_never_ignored_nor_partners_refused(state: State):
    for before, event, made in walk(state):
        refused_only = source_of(event) is Source.STAFF
        assert isinstance(made, (Decision, Refused) if refused_only else (Decision, Ignored)), (before, event)
        if not isinstance(made, Decision):
            assert made.words


@pytest.mark.parametrize("event", ARRIVALS, ids=lambda event: event.trigger)
def test_every_arrival_makes_a_request(event: AnyEvent):
    made = decision(None, event)
    assert made.request.version == 1
    assert made.request.created_at == event.at
    assert made.effects


def test_every_row_is_taken_by_some_happening_in_every_state_and_for_every_trigger_it_names():
    """A row that is never taken is shadowed by one above it, or nothing leads to it."""
    taken: dict[int, set[tuple[State | None, Trigger]]] = defaultdict(set)
    for state in STATES:
        for before, event, made in walk(state):
            row = made.row if isinstance(made, Decision) else row_of(before, event)
            taken[id(row)].add((state, event.trigger))
    for event in ARRIVALS:
        taken[id(row_of(None, event))].add((None, event.trigger))
    never = [
        (state, trigger.value, words_of(row))
        for row in ROWS
        for state in row.states(S)
        for trigger in row.triggers()
        if (state, trigger) not in taken[id(row)] and not is_general(row)
    ]
    assert never == []
    assert [words_of(row) for row in ROWS if not taken[id(row)]] == []


def row_of(before: Request | None, event: AnyEvent) -> AnyRow | None:
    """The row that a happening takes, also one that refuses."""
    if before is None:
        return decision(None, event).row
    rows = LENDING.index.get((before.state, event.trigger), ())
    return next((row for row in rows if row.when is None or row.when(before, event)), None)


def is_general(row: AnyRow) -> bool:
    """Rows about every state, or about most, may be shadowed in some of them by rows of those states."""
    return len(row.states(S)) > 8


def test_every_row_says_why():
    assert [row for row in LENDING.steps if not row.why] == []


@pytest.mark.parametrize("state", STATES)
def test_status_request_and_reminder_are_answered_with_the_current_status(state: State):
    for action, reason in (
        (PartnerAction.STATUS_REQUEST, ReasonForMessage.STATUS_REQUEST_RESPONSE),
        (PartnerAction.REMINDER, ReasonForMessage.REQUEST_RESPONSE),
    ):
        for before in variants(state):
            made = decision(before, partner(action))
            (tell,) = tells(made.effects)
            assert tell.reason is reason
            assert tell.status is status_of(before)
            assert made.request.state is state
            assert made.effects == (tell,), "no new work"


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("action", "reason"),
    [(PartnerAction.CANCEL, ReasonForMessage.CANCEL_RESPONSE), (PartnerAction.RENEW, ReasonForMessage.RENEW_RESPONSE)],
)
def test_cancel_and_renew_are_answered_in_every_state(state: State, action: PartnerAction, reason: ReasonForMessage):
    """At once, or by what they begin, or by what is under way already."""
    for before in variants(state):
        made = decision(before, partner(action))
        answers = [tell for tell in tells(made.effects) if tell.reason is reason]
        on_its_way = ANSWER_DUE.get(made.request.state) is action
        assert bool(answers) != on_its_way, before
        if on_its_way:
            assert state in (*GRANTS[action], *ANSWER_DUE)
        for tell in answers:
            assert tell.answer is not None
            if tell.answer is YesNo.N:
                assert tell.status is status_of(before)
        if state in FINALS - {S.CANCELLED}:
            assert [tell.answer for tell in answers] == [YesNo.N]
            assert made.request.state is state


def status_of(before: Request) -> Status:
    """The state's word; a promise only where a hold was known to stand."""
    coming_off = before.state in (S.RELEASING, S.CANCELLING)
    if coming_off and not [item for item in before.items if item.place is not ItemPlace.CHOSEN]:
        return Status.REQUEST_RECEIVED
    return CURRENT_STATUS[before.resume or before.state]


def test_an_answer_that_comes_after_loaned_does_not_take_it_back():
    before = request(S.CHECKED_OUT)
    for action in (PartnerAction.STATUS_REQUEST, PartnerAction.REMINDER, PartnerAction.CANCEL, PartnerAction.RENEW):
        (answer,) = tells(decision(before, partner(action)).effects)
        assert answer.status is Status.WILL_SUPPLY
        sent = as_it_is(answer, request(S.LOANED), before.updated_at)
        assert (sent.reason, sent.answer, sent.status) == (answer.reason, answer.answer, Status.LOANED)
        assert as_it_is(answer, request(S.ARRIVED), before.updated_at).status is Status.WILL_SUPPLY, "undone"


def test_every_other_answer_says_what_was_decided():
    (answer,) = tells(decision(request(S.LOANED), partner(PartnerAction.STATUS_REQUEST)).effects)
    assert as_it_is(answer, request(S.COMPLETED), answer.last_change) is answer


def test_nothing_is_promised_while_a_hold_that_never_stood_comes_off():
    for act in (staff(StaffAction.ANSWER_UNFILLED), partner(PartnerAction.CANCEL)):
        before = decision(request(S.RESERVING), act).request
        (tell,) = tells(decision(before, partner(PartnerAction.STATUS_REQUEST)).effects)
        assert tell.status is Status.REQUEST_RECEIVED


def test_status_is_expect_to_supply_once_it_was_told_so():
    for state in (S.SEARCHING, S.CHECKING, S.DECIDING, S.RESERVING):
        (tell,) = tells(decision(request(state, told_expect=True), partner(PartnerAction.STATUS_REQUEST)).effects)
        assert tell.status is Status.EXPECT_TO_SUPPLY


@pytest.mark.parametrize("state", STATES)
def test_leaving_for_a_final_state_stops_every_clock_and_starts_none(state: State):
    for _, event, made in decisions(state):
        if made.request.state in FINALS:
            assert set(TIMER_KEYS) <= set(made.withdraw), event
            assert not [effect for effect in made.effects if isinstance(effect, StartTimer)], event


@pytest.mark.parametrize("state", sorted(set(STATES) - FINALS))
def test_staff_can_leave_every_state_that_is_not_final_without_force(state: State):
    leads_to = {made.request.state for _, event, made in decisions(state) if is_staff_without_force(event)}
    assert leads_to - {state}


def test_staff_reach_a_final_state_from_every_state_without_force():
    """Step by step, with what staff alone can do."""
    leads_to = {
        state: {made.request.state for _, event, made in decisions(state) if is_staff_without_force(event)}
        for state in STATES
    }
    reach = set(FINALS)
    while more := {state for state in STATES if leads_to[state] & reach} - reach:
        reach |= more
    assert reach == set(STATES)


def is_staff_without_force(event: AnyEvent) -> bool:
    return source_of(event) is Source.STAFF and event.trigger is not Trigger.FORCE


@pytest.mark.parametrize("state", STATES)
def test_staff_can_force_every_state_in_which_a_request_can_rest(state: State):
    for target in RESTS:
        made = decision(
            request(state), staff(StaffAction.FORCE, state=target, reason="Seen in the ILS.", items=(1,), due_at=AT)
        )
        assert made.request.state is target
    for working in set(STATES) - set(RESTS):
        assert isinstance(ruling(request(state), staff(StaffAction.FORCE, state=working, reason="So.")), Refused)


@pytest.mark.parametrize("state", STATES)
def test_the_desks_buttons_are_the_actions_that_some_request_in_the_state_allows(state: State):
    possible = {event.trigger for _, event, _ in decisions(state) if source_of(event) is Source.STAFF}
    assert {Trigger[action.name] for action in LENDING.actions(state)} == possible


@pytest.mark.parametrize("state", STATES)
def test_deciding_is_pure(state: State):
    before = request(state)
    for event in EVENTS:
        assert ruling(before, event) == ruling(before, event)


@pytest.mark.parametrize("state", STATES)
def test_a_decision_counts_and_dates_itself(state: State):
    for before, event, made in decisions(state):
        after = made.request
        assert after.version == before.version + 1
        assert after.updated_at == event.at
        assert after.state_since == (event.at if after.state is not before.state else before.state_since)


RESTING = frozenset(RESTS)


@pytest.mark.parametrize("state", STATES)
def test_in_a_state_of_rest_no_act_is_said_to_be_under_way(state: State):
    """`tries` and `outcome` are about the act of the state: left over, they would mislead the next."""
    for before, event, made in decisions(state):
        if made.request.state in RESTING and made.request.state is not state:
            assert not [item for item in made.request.items if item.tries or item.outcome], (before, event)


@pytest.mark.parametrize("state", STATES)
def test_what_a_request_resumes_is_kept_exactly_while_a_renewal_or_a_check_in_is_under_way_or_can_be_undone(
    state: State,
):
    for _, event, made in decisions(state):
        after = made.request
        if after.state in (S.ARRIVING, S.ARRIVED):
            assert after.resume in (None, S.WILL_SUPPLY), event
        else:
            assert (after.resume is not None) == (after.state in (S.RENEWING, *COMING_BACK)), event


@pytest.mark.parametrize(
    ("said", "may_be_undone"),
    [
        ({"undo_s": 60.0}, True),
        ({"undo_s": 60.0, "items": (1,)}, True),
        ({"undo_s": 60.0, "items": (2,)}, False),
        ({}, False),
    ],
    ids=["in a minute", "its own item is named", "another copy is taken", "scripts don't wait"],
)
def test_an_arrival_keeps_where_it_came_from_only_if_it_can_be_undone(said: dict[str, Any], *, may_be_undone: bool):
    after = decision(request(S.WILL_SUPPLY), staff(StaffAction.ARRIVE, **said)).request
    assert (after.state, after.resume) == (S.ARRIVING, S.WILL_SUPPLY if may_be_undone else None)


@pytest.mark.parametrize("state", [S.LOANED, S.OVERDUE, S.RECALLED, S.CHECKED_OUT, S.RETURNING])
def test_whatever_leads_to_a_loan_leaves_its_items_out(state: State):
    for origin in STATES:
        for before, event, made in decisions(origin):
            if made.request.state is state is not origin:
                places = {item.place for item in made.request.items}
                assert ItemPlace.OUT in places, (before, event)
                assert places <= {ItemPlace.OUT, ItemPlace.BACK}, (before, event)


def test_tasks_that_last_are_closed_when_their_reason_is_gone():
    lasting: dict[TaskKind, tuple[State, AnyEvent]] = {
        TaskKind.NOT_RECEIVED: (S.LOANED, partner(PartnerAction.RECEIVED)),
        TaskKind.BILL: (S.OVERDUE, staff(StaffAction.DONE_BY_HAND)),
    }
    for kind, (state, event) in lasting.items():
        assert kind in decision(request(state), event).close_tasks


def test_a_cancel_leaves_the_task_to_take_the_hold_off():
    """The state changes, and a task ends with its state: the person who was asked must be asked still."""
    before = request(S.RELEASING, items=(item(1, ItemPlace.HELD, outcome=Outcome.UNKNOWN),))
    made = decision(before, partner(PartnerAction.CANCEL))
    assert made.request.state is S.CANCELLING
    assert made.open_tasks


def test_whatever_is_taken_back_was_asked_for_by_some_row():
    made = [decision(None, event) for event in ARRIVALS]
    made += [each for state in STATES for _, _, each in decisions(state)]
    assert strays(made) == set()
    assert unasked(made) == NOT_ASKED[Role.LENDING]


# ---- what is told


NEVER_SAID = {Status.HOLD_RETURN, Status.RELEASE_HOLD_RETURN}


@cache
def everything_told() -> tuple[tuple[Request, Tell], ...]:
    """Every different message that any row of the table asks for, with its request."""
    found: dict[Tell, Request] = {}
    made = [decision(None, event) for event in ARRIVALS]
    made += [each for state in STATES for _, event, each in decisions(state) if not is_impossible(event)]
    for each in made:
        for told in tells(each.effects):
            found.setdefault(told, each.request)
    return tuple((of, told) for told, of in found.items())


def is_impossible(event: AnyEvent) -> bool:
    """A partner can't have refused what we never say."""
    return isinstance(event, NotTold) and event.status in NEVER_SAID


@pytest.mark.parametrize("version", VERSIONS)
def test_everything_that_the_table_tells_is_valid_and_is_read_as_it_was_said(version: Version):
    said = everything_told()
    assert {told.status for _, told in said} == set(Status) - NEVER_SAID
    for of, told in said:
        built = message(told, version, of)
        fitted = outgoing(DIALECTS["plain"], built, version)
        assert isinstance(fitted, SupplyingAgencyMessage)
        data = encode(fitted, version)
        assert problems(data, version) == [], told
        decoded = decode(data)
        assert decoded.repairs == ()
        assert isinstance(decoded.message, SupplyingAgencyMessage)
        assert decoded.message.status_info.status is told.status
        assert decoded.message.message_info == fitted.message_info


def test_what_is_said_is_what_the_table_can_tell():
    """All that deciding on every event in every state comes to is stated in CONFORMANCE.md, and no reason or answer that never is."""
    decided = {
        Saying(reason=told.reason, status=told.status, answer=told.answer)
        for _, told in everything_told()
        if told.reason is not ReasonForMessage.NOTIFICATION
    }
    stated = {each for each in sayings() if each.reason is not ReasonForMessage.NOTIFICATION}
    assert decided <= stated
    assert {(each.reason, each.answer) for each in stated} == {(each.reason, each.answer) for each in decided}
