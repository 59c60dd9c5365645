"""The engine: the first row that fits counts, three answers, what a decision carries. Any small table shows it."""

import pytest

from gateway.workflow.about import bare
from gateway.workflow.effects import FindCopies
from gateway.workflow.events import AnyEvent, PartnerAction
from gateway.workflow.lending import choose, guards
from gateway.workflow.lending.standings import STANDINGS
from gateway.workflow.machine import (
    ANY,
    BEFORE,
    STAYS,
    TIMER_KEYS,
    AnyRow,
    Decision,
    Draft,
    Ignored,
    Refused,
    Table,
    decide,
    no,
    row,
)
from gateway.workflow.records import State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction, Trigger
from gateway.workflow.values import Wanted
from tests.workflow.builders import AT, FIRST, SECOND, arrived, partner, request, staff, two_items

S = State
T = Trigger


def table(*rows: AnyRow) -> Table:
    return Table(rows=rows, finals=frozenset({S.COMPLETED}), begin=choose.begin, standings=STANDINGS)


def find(draft: Draft, event: object) -> None:
    draft.emit(FindCopies(wanted=Wanted()))


def remember(draft: Draft, event: object) -> None:
    draft.remember(draft.request.state)


def ask(draft: Draft, event: object) -> None:
    draft.open(TaskKind.ANSWER, "Answer.")


def ruled(on: Table, event: AnyEvent, state: State = S.LOANED) -> Decision | Ignored | Refused:
    return decide(on, request(state), event)


def test_the_first_row_that_fits_counts_be_it_for_one_state_or_for_every():
    one = row(S.LOANED, T.RENEW, "one", S.RENEWING)
    every = row(ANY, T.RENEW, "every", S.OVERDUE)
    for rows, target in (((one, every), S.RENEWING), ((every, one), S.OVERDUE)):
        made = ruled(table(*rows), partner(PartnerAction.RENEW))
        assert isinstance(made, Decision)
        assert made.request.state is target


def test_a_row_whose_guard_says_no_is_passed_over():
    rows = table(
        row(S.LOANED, T.CHECK_IN, "named", S.COMPLETED, when=guards.names_copy),
        no(S.LOANED, T.CHECK_IN, "Name the item."),
    )
    assert ruled(rows, staff(StaffAction.CHECK_IN)) == Refused("Name the item.")
    assert isinstance(ruled(rows, staff(StaffAction.CHECK_IN, items=(1,))), Decision)


def test_what_fits_no_row_is_refused_to_staff_and_ignored_of_everybody_else():
    empty = table()
    refused = ruled(empty, staff(StaffAction.SHIP))
    assert isinstance(refused, Refused)
    assert refused.words == "“Ship it” is not possible while the request is “Lent”."
    ignored = ruled(empty, partner(PartnerAction.RECEIVED))
    assert isinstance(ignored, Ignored)
    assert ignored.words == "It changes nothing as the request stands."


def test_a_request_is_made_by_its_arrival():
    made = decide(table(row(None, T.ADMITTED, "made", S.SEARCHING, find)), None, arrived())
    assert isinstance(made, Decision)
    assert (made.request.state, made.request.version, made.effects) == (
        S.SEARCHING,
        1,
        (FindCopies(wanted=Wanted()),),
    )


def test_moving_closes_the_tasks_that_do_not_last_and_staying_closes_none():
    moving, staying = (table(row(S.LOANED, T.RENEW, "asks", to, ask)) for to in (S.RENEWING, None))
    moved, stayed = (ruled(rows, partner(PartnerAction.RENEW)) for rows in (moving, staying))
    assert isinstance(moved, Decision)
    assert isinstance(stayed, Decision)
    assert TaskKind.ANSWER in moved.close_tasks
    assert TaskKind.READ_NOTE not in moved.close_tasks
    assert moved.open_tasks == stayed.open_tasks
    assert [(task.kind, bare(task.words)) for task in moved.open_tasks] == [(TaskKind.ANSWER, "Answer.")]
    assert stayed.close_tasks == ()


def test_what_ends_has_no_clock_left():
    made = ruled(table(row(S.LOANED, T.RENEW, "ends", S.COMPLETED)), partner(PartnerAction.RENEW))
    assert isinstance(made, Decision)
    assert made.withdraw == TIMER_KEYS


def test_before_leads_back_to_what_was_remembered_and_that_is_forgotten_then():
    rows = table(
        row((S.LOANED, S.OVERDUE), T.RENEW, "asked", S.RENEWING, remember),
        row(S.RENEWING, T.RENEW, "asked again", STAYS),
        row(S.RENEWING, T.NOT_DONE, "no", BEFORE),
    )
    now = request(S.OVERDUE)
    for event, state, resume in (
        (partner(PartnerAction.RENEW), S.RENEWING, S.OVERDUE),
        (partner(PartnerAction.RENEW), S.RENEWING, S.OVERDUE),
        (staff(StaffAction.NOT_DONE), S.OVERDUE, None),
    ):
        made = decide(rows, now, event)
        assert isinstance(made, Decision)
        now = made.request
        assert (now.state, now.resume) == (state, resume)


def test_actions_are_those_that_some_row_of_the_state_does_not_refuse():
    rows = table(
        row(S.LOANED, T.CHECK_IN, "back", S.COMPLETED),
        no(S.LOANED, T.SHIP, "It is out."),
        no(S.DECIDING, T.SHIP, "Nothing is chosen."),
        row(ANY, T.FORCE, "force", STAYS),
    )
    assert rows.actions(S.LOANED) == (StaffAction.CHECK_IN, StaffAction.FORCE)
    assert rows.actions(S.DECIDING) == (StaffAction.FORCE,)


def test_a_draft_changes_one_item_of_several_and_none_that_is_not_there():
    draft = Draft(two_items(S.LOANED), AT)
    draft.change_item(SECOND, tries=2)
    assert [each.tries for each in draft.request.items] == [0, 2]
    before = draft.request
    assert draft.change_item("30000000000009", tries=2) is None
    assert draft.request == before
    assert draft.request.item(FIRST) == before.items[0]


@pytest.mark.parametrize("state", [S.LOANED, None])
def test_states_of_a_row_are_spelt_out(state):
    made = row(state, (T.RENEW, T.CANCEL), "why", STAYS)
    assert made.states(S) == (state,)
    assert made.triggers() == (T.RENEW, T.CANCEL)
    assert row(ANY, T.RENEW, "why", STAYS).states(S) == tuple(S)
