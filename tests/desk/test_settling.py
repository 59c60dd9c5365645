"""Tasks and what settles them: every kind has its answers, and in each state that it can stand in there is a way out."""

from datetime import UTC
from typing import Final

import msgspec
import pytest

from gateway.desk.forms import About, form_of
from gateway.desk.settling import GROUPS, SETTLED_BY, WAITED_FOR, at_hand, is_waited_for, settling
from gateway.desk.structs.sheet import ActForm, TaskShown
from gateway.dispatch.roles import TABLES
from gateway.workflow.records import Answer, Role, State
from gateway.workflow.tasks import Task, TaskKind
from gateway.workflow.triggers import StaffAction
from tests.workflow import borrowing
from tests.workflow.builders import AT, RETRY, SUPPLY, UNFILLED, request

OFFER: Final = msgspec.structs.replace(RETRY, condition="LibraryUseOnly")


def test_every_kind_of_task_has_its_line():
    assert set(SETTLED_BY) == set(TaskKind)


@pytest.mark.parametrize("kind", TaskKind)
def test_what_settles_a_task_is_possible_in_some_state(kind: TaskKind):
    possible = {act for table in TABLES.values() for state in table.states for act in table.actions(state)}
    assert set(SETTLED_BY[kind]) <= possible


@pytest.mark.parametrize(("kind", "state"), sorted(WAITED_FOR))
def test_what_only_an_act_may_close_has_acts_there(kind: TaskKind, state: State):
    assert any(set(SETTLED_BY[kind]) & set(table.actions(state)) for table in TABLES.values() if state in table.states)


@pytest.mark.parametrize("kind", [TaskKind.COPYRIGHT, TaskKind.DUPLICATE, TaskKind.OWNED, TaskKind.NO_LENDER])
def test_what_an_order_waits_for_is_closed_by_an_act_alone(kind: TaskKind):
    order = borrowing.on_shelf().request
    assert is_waited_for(task(kind), msgspec.structs.replace(order, state=State.DECIDING))
    assert not is_waited_for(task(kind), order), "nothing waits for it any more"


def test_every_act_stands_under_one_heading():
    listed = [act for _, acts in GROUPS for act in acts]
    assert sorted(listed) == sorted(StaffAction)


# ── the act at hand ──────────────────────────────────────────────────────────────────────────────


def task(kind: TaskKind) -> Task:
    return Task(id=1, request="L2026-000001", kind=kind, words="Look.", opened_at=AT)


@pytest.mark.parametrize(
    ("answer", "act"),
    [
        (SUPPLY, StaffAction.ANSWER_SUPPLY),
        (RETRY, StaffAction.ANSWER_RETRY),
        (OFFER, StaffAction.OFFER),
        (UNFILLED, StaffAction.ANSWER_UNFILLED),
        (None, StaffAction.ANSWER_SUPPLY),
    ],
)
def test_while_a_person_is_to_answer_what_the_policy_proposes_is_at_hand(answer: Answer | None, act: StaffAction):
    deciding = request(State.DECIDING, answer=answer)
    possible = TABLES[Role.LENDING].actions(State.DECIDING)
    assert at_hand(deciding, [task(TaskKind.ANSWER)], possible) is act


def test_a_price_is_not_settled_by_what_reads_as_done_in_the_ils():
    """The task asks to set the price in the ILS: who had done so would end the loan by it."""
    lost = msgspec.structs.replace(borrowing.on_shelf().request, state=State.LOST)
    about = About(request=lost, zone=UTC, caller="ann")
    lines = TABLES[Role.BORROWING].lines(State.LOST)
    settles = settling(task(TaskKind.PRICE), lost, lines, about).settles
    assert [(form.action, form.name) for form in settles] == [(StaffAction.PAID, "It is paid")]
    named = {line.action: form_of(line, about).name for line in lines}
    assert named[StaffAction.DONE_BY_HAND] == "The lender wants nothing more"


def settled(answer: Answer | None) -> list[ActForm]:
    """The forms of a task to answer, under what the policy proposes."""
    return list(settling_of(answer).settles)


def settling_of(answer: Answer | None) -> TaskShown:
    deciding = request(State.DECIDING, answer=answer)
    about = About(request=deciding, zone=UTC, caller="ann")
    return settling(task(TaskKind.ANSWER), deciding, TABLES[Role.LENDING].lines(State.DECIDING), about)


@pytest.mark.parametrize(
    ("answer", "first", "at_once"),
    [
        (SUPPLY, StaffAction.ANSWER_SUPPLY, True),
        (OFFER, StaffAction.OFFER, True),
        (UNFILLED, StaffAction.ANSWER_UNFILLED, False),
        (None, StaffAction.ANSWER_SUPPLY, False),
    ],
)
def test_what_is_proposed_comes_first_at_a_task(answer: Answer | None, first: StaffAction, *, at_once: bool):
    forms = settled(answer)
    assert (forms[0].action, forms[0].at_once) == (first, at_once)


@pytest.mark.parametrize(
    ("answer", "proposed"),
    [
        (SUPPLY, StaffAction.ANSWER_SUPPLY),
        (OFFER, StaffAction.OFFER),
        (RETRY, StaffAction.ANSWER_RETRY),
        (UNFILLED, StaffAction.ANSWER_UNFILLED),
    ],
)
def test_what_the_policy_proposes_takes_one_press_in_a_list_a_no_as_well(answer: Answer, proposed: StaffAction):
    shown = settling_of(answer)
    assert (shown.proposed, shown.by_one_press[0].action) == (proposed, proposed)
    assert [form.action for form in shown.by_one_press if form.asks] == (
        [proposed] if answer in {RETRY, UNFILLED} else []
    )


def test_a_no_that_nobody_proposes_is_not_given_from_a_list():
    assert not [form for form in settling_of(None).by_one_press if form.asks]
    assert settling_of(None).proposed is None


@pytest.mark.parametrize(("answer", "at_once"), [(OFFER, True), (UNFILLED, False), (None, False)])
def test_nothing_is_offered_at_once_without_a_price_or_a_condition(answer: Answer | None, *, at_once: bool):
    [offer] = [form for form in settled(answer) if form.action is StaffAction.OFFER]
    assert offer.at_once is at_once


def test_what_the_partner_is_told_is_said_in_words():
    [supply] = [form for form in settled(SUPPLY) if form.action is StaffAction.ANSWER_SUPPLY]
    assert supply.told == "Tells the partner: Will supply, once the hold stands."


def test_in_every_other_state_it_is_the_states_own_as_far_as_it_is_offered():
    assert at_hand(request(State.ARRIVED), [], [StaffAction.SHIP, StaffAction.NOTE]) is StaffAction.SHIP
    assert at_hand(request(State.ARRIVED), [], [StaffAction.NOTE]) is None


# ── one decision ─────────────────────────────────────────────────────────────────────────────────


def is_ready(form: ActForm) -> bool:
    """Whether one press does it: everything that has to be filled in is."""
    return not any(field.required and not field.value for field in form.fields)


@pytest.mark.parametrize("kind", sorted(set(TaskKind) - {TaskKind.APPROVE_PARTNER}))
def test_each_task_but_one_takes_one_press_wherever_it_can_stand(kind: TaskKind):
    """An act with its proposal filled in, or the word that it is done; who a stranger is, only a person says."""
    for state in sorted(TABLES[Role.LENDING].states):
        standing = request(state, shipped_at=AT, returned_at=AT)
        about = About(request=standing, zone=UTC, caller="ann", task=task(kind))
        shown = settling(task(kind), standing, TABLES[Role.LENDING].lines(state), about)
        assert shown.can_close or any(map(is_ready, shown.settles)), state


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (TaskKind.NOT_RECEIVED, "This was shipped on 2026-10-27. Has it arrived?"),
        (TaskKind.SENT_ON, "To which library was this sent on, and when?"),
        (TaskKind.READ_NOTE, ""),
    ],
)
def test_what_is_to_be_asked_of_the_partner_is_written_already_and_seen_before_it_is_sent(kind: TaskKind, words: str):
    out = request(State.LOANED)
    about = About(request=out, zone=UTC, caller="ann", task=task(kind))
    forms = settling(task(kind), out, TABLES[Role.LENDING].lines(State.LOANED), about).settles
    message = next(form for form in forms if form.action is StaffAction.SEND_MESSAGE)
    assert (message.fields[0].value, message.at_once) == (words, False)
