"""The lines of staff's acts, held against the tables: one for each act in each state, and none says less than the rows do."""

import itertools
from collections import defaultdict
from collections.abc import Iterator

import pytest

from gateway.dispatch.roles import TABLES
from gateway.workflow.acts.gone_on import ACTED_SINCE, GONE_ON, acts_since
from gateway.workflow.borrowing import lenders
from gateway.workflow.events import PartnerAction
from gateway.workflow.lending import tell
from gateway.workflow.machine import Action, ActRefusal, Decision, Refused, Row, Table, Wild, decide
from gateway.workflow.meaning import NAMES, TOLD, ActFlag, Meaning, meaning_of
from gateway.workflow.records import LastAct, Role, State
from gateway.workflow.triggers import OF_CLOCK, StaffAction, Trigger
from tests.workflow.builders import AT, partner, request, staff

S = State
A = StaffAction
PLACES = [
    (role, state, action)
    for role, table in TABLES.items()
    for state in sorted(table.states)
    for action in table.actions(state)
]
MEANINGS = [(role, meaning) for role, table in TABLES.items() for meaning in table.meanings]


def meaning(role: Role, state: State, action: StaffAction) -> Meaning:
    found = meaning_of(TABLES[role].meanings, action, state)
    assert found is not None, "an act that is possible has a line"
    return found


def test_every_act_has_a_line_in_every_state_in_which_it_is_possible():
    for role, state, action in PLACES:
        line = meaning(role, state, action).line
        assert line in TABLES[role].lines(state), (role, state, action)
        assert line.does[0].isupper(), line
        assert not line.does.endswith("."), line
        assert line.sentence.endswith("."), line


def test_no_line_is_for_a_state_in_which_the_act_is_not_possible():
    reached = defaultdict(set)
    for role, state, action in PLACES:
        reached[role, meaning(role, state, action)].add(state)
    assert reached.keys() == set(MEANINGS)
    taken = [key for key, states in reached.items() if states != set(key[1].states or states)]
    assert taken == [], "a line before it takes some of its states"


# ── who hears of it: what follows from the rows alone ────────────────────────────────────────────

FROM_ELSEWHERE = {
    *(Trigger[action.name] for action in StaffAction),
    *OF_CLOCK.values(),
    *itertools.takewhile(lambda trigger: trigger is not Trigger.VETTED, Trigger),
    Trigger.NOT_SENT,
    Trigger.NOT_TOLD,
    Trigger.IS_COMING,
    Trigger.IS_NOT_COMING,
}
"""What staff, clocks, partners, customers and lenders do, refusals of earlier messages and looks after a clock too; the rest is our own work."""
BY_RULES = {S.SEARCHING, S.CHECKING, S.VETTING, S.CHOOSING_LENDER}
"""States from which our own rules lead on: whatever they say then is not what the act says."""
ASKS_LENDER = {lenders.ask_next, lenders.ask_again, lenders.return_to_lender, lenders.pass_on, lenders.remind}


def speaks(do: Action) -> bool:
    return do.__module__.endswith((".tell", ".say")) or do in ASKS_LENDER


def begins_work(row: Row) -> bool:
    return isinstance(row.to, State) or any(do.__module__.endswith((".act", ".items", ".here")) for do in row.do)


def rows_after(table: Table, state: State, action: StaffAction, stop: frozenset[State]) -> Iterator[tuple[State, Row]]:
    """The rows that the act takes, and those that our own work takes in turn; with the state in which each leaves the request."""
    rows = [(state, row) for row in table.index.get((state, Trigger[action.name]), ())]
    seen: set[int] = set()
    while rows:
        before, row = rows.pop()
        if isinstance(row, ActRefusal) or id(row) in seen:
            continue
        seen.add(id(row))
        after = row.to if isinstance(row.to, State) else before
        yield after, row
        if begins_work(row) and after not in stop:
            rows += [
                (after, each)
                for trigger in Trigger
                if trigger not in FROM_ELSEWHERE
                for each in table.index.get((after, trigger), ())
                if each.state is not Wild.ANY
            ]


def tells(role: Role, state: State, action: StaffAction, stop: frozenset[State] = frozenset()) -> bool:
    return any(speaks(do) for _, row in rows_after(TABLES[role], state, action, stop) for do in row.do)


WORDS_ONLY = {(role, A.FORCE) for role in Role}
"""What is told depends on what is said, and on where the request is put."""


def test_a_line_names_who_hears_of_it_wherever_the_rows_tell_somebody():
    wrong = [
        (role, state, action)
        for role, state, action in PLACES
        if (role, action) not in WORDS_ONLY
        if (meaning(role, state, action).tells is not None) != tells(role, state, action)
    ]
    assert wrong == []


NOES = {tell.answer_renew_no, tell.answer_cancel_no}


def test_a_partner_hears_no_only_by_acts_that_say_so():
    """Unfilled, RetryPossible without an offer, a refused renewal: at once, or once a hold is off and no copy is left."""
    wrong = [
        (state, action)
        for role, state, action in PLACES
        if role is Role.LENDING and (ActFlag.TELLS_NO in meaning(role, state, action).flags) != says_no(state, action)
    ]
    assert wrong == []


def says_no(state: State, action: StaffAction) -> bool:
    return any(
        not NOES.isdisjoint(row.do) or (tell.answer in row.do and to in {S.UNFILLED, S.RETRY_POSSIBLE})
        for to, row in rows_after(TABLES[Role.LENDING], state, action, frozenset(BY_RULES))
    )


def test_what_can_not_be_undone_leads_nowhere_from_where_it_can():
    for role, state, action in PLACES:
        told, to = meaning(role, state, action), leads_to(role, state, action)
        can_be_undone = any(A.UNDO in TABLES[role].actions(each) for each in to)
        assert not (ActFlag.FOR_GOOD in told.flags and can_be_undone), (role, state, action)
        if to & TABLES[role].finals and action not in {A.DONE_BY_HAND, A.PAID, A.HANDED_OVER}:
            assert told.asks or can_be_undone, ("what ends it can be undone, or is asked about", role, state, action)


def leads_to(role: Role, state: State, action: StaffAction) -> set[State]:
    rows = TABLES[role].index[state, Trigger[action.name]]
    return {row.to for row in rows if isinstance(row, Row) and isinstance(row.to, State)}


@pytest.mark.parametrize(("state", "action"), [(S.DECIDING, A.ANSWER_RETRY), (S.WILL_SUPPLY, A.ANSWER_RETRY)])
def test_retry_asks_whether_it_is_meant_and_names_what_the_partner_hears(state: State, action: StaffAction):
    line = meaning(Role.LENDING, state, action).line
    assert line.asks
    assert "RetryPossible" in line.sentence
    assert "ells no." in line.sentence


def test_steps_that_say_what_has_happened_never_ask():
    for action in (A.ARRIVE, A.SHIP, A.CHECK_IN, A.COPY_SENT, A.RECEIVE, A.HANDED_OUT, A.DONE_BY_HAND, A.PAID):
        assert not any(each.asks for _, each in MEANINGS if each.action is action)


# ── acting on what was read a while ago ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("seen", "now", "action", "refused"),
    [
        (S.DECIDING, S.WILL_SUPPLY, A.ANSWER_RETRY, True),
        (S.SEARCHING, S.DECIDING, A.ANSWER_RETRY, False),
        (S.WILL_SUPPLY, S.WILL_SUPPLY, A.ANSWER_RETRY, False),
        (None, S.WILL_SUPPLY, A.ANSWER_RETRY, False),
        (S.LOANED, S.RENEWING, A.CHECK_IN, True),
    ],
)
def test_an_act_that_would_do_something_else_by_now_is_refused(
    seen: State | None, now: State, action: StaffAction, *, refused: bool
):
    ruling = decide(
        TABLES[Role.LENDING], request(now), staff(action, seen_in=seen, items=(1,) if action is A.CHECK_IN else ())
    )
    assert (ruling == Refused(GONE_ON)) == refused


def test_an_act_that_is_possible_no_more_is_refused_as_such():
    ruling = decide(TABLES[Role.LENDING], request(S.LOANED), staff(A.ANSWER_RETRY, seen_in=S.DECIDING))
    assert ruling == Refused("“Answer not now” is not possible while the request is “Lent”.")


# ── what a state is for people ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("role", "state"), [(role, state) for role in TABLES for state in sorted(TABLES[role].states)])
def test_every_state_has_a_name_a_sentence_and_a_next_step_that_is_possible(role: Role, state: State):
    [standing] = [each for each in TABLES[role].standings if each.state is state]
    assert standing.waits.endswith(".")
    assert standing.next is None or standing.next in TABLES[role].actions(state)
    assert (state in TABLES[role].finals) <= (standing.next is None)


@pytest.mark.parametrize("role", TABLES)
def test_no_two_states_of_a_role_have_one_name(role: Role):
    names = [standing.name for standing in TABLES[role].standings]
    assert len(set(names)) == len(names) == len(TABLES[role].states)


def test_every_act_has_a_name():
    assert set(NAMES) == set(A)


READS_EITHER_WAY = A.OVERRIDE  # “Set the rule aside”
SAYS_WHAT_HAPPENED = {
    A.COMING, A.ARRIVE, A.CHECK_IN, A.DONE_BY_HAND, A.NOT_DONE, A.TOLD_BY_HAND, A.RECEIVE, A.HANDED_OUT, A.CAME_BACK, A.HANDED_OVER, A.PAID,
}  # fmt: skip


def test_a_story_says_what_was_done_and_not_what_is_to_be_done():
    assert set(TOLD) == set(A)
    assert {act for act in A if TOLD[act] == NAMES[act]} == SAYS_WHAT_HAPPENED | {READS_EITHER_WAY}


# ── two people at one request ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("action", "seen", "by", "refused"),
    [
        (A.CHECK_IN, 4, "ada", True),
        (A.CHECK_IN, 5, "ada", False),
        (A.CHECK_IN, None, "ada", False),
        (A.CHECK_IN, 4, "bob", False),
        (A.NOTE, 4, "ada", False),
    ],
)
def test_what_another_person_has_done_since_is_looked_at_first(
    action: StaffAction, seen: int | None, by: str, *, refused: bool
):
    """`bob` has made the version 5; what he does himself, and a note, take nothing from anybody."""
    asked = staff(action, seen=seen, by=by, items=(1,), inside="For us.")
    assert (decide(TABLES[Role.LENDING], request(S.LOANED), asked) == Refused(ACTED_SINCE)) == refused


@pytest.mark.parametrize(
    ("by", "seen", "others"),
    [
        ("ada", 5, ["cy", "bob"]),
        ("bob", 5, ["cy", "ada"]),
        ("cy", 5, ["ada", "bob"]),
        ("dan", 5, ["cy", "ada", "bob"]),
        ("cy", 7, []),
        ("ada", 7, ["cy"]),
        ("dan", 8, []),
    ],
)
def test_whoever_has_acted_since_is_known_even_if_one_has_acted_again_himself(by: str, seen: int, others: list[str]):
    """`bob` makes the version 6, `ada` 7, `cy` 8: whoever still shows the version 5 has not seen what two others did."""
    now = request(S.LOANED)
    for person in ("bob", "ada", "cy"):
        decided = decide(TABLES[Role.LENDING], now, staff(A.FLAG, by=person))
        assert isinstance(decided, Decision)
        now = decided.request
    assert [act.by for act in acts_since(now, seen, by)] == others
    asked = staff(A.CHECK_IN, seen=seen, by=by, items=(1,))
    assert (decide(TABLES[Role.LENDING], now, asked) == Refused(ACTED_SINCE)) == bool(others)


def test_an_act_of_a_person_alone_is_the_last_act():
    before = request(S.LOANED)
    made = decide(TABLES[Role.LENDING], before, staff(A.ASSIGN, assignee="ada"))
    assert isinstance(made, Decision)
    assert made.request.assigned_to == "ada"
    assert made.request.last_act == LastAct(by="ada", at=AT, act="assign", version=before.version + 1)
    told = decide(TABLES[Role.LENDING], made.request, partner(PartnerAction.RECEIVED))
    assert isinstance(told, Decision)
    assert told.request.last_act == made.request.last_act


def test_a_flag_says_why_and_is_taken_off():
    flagged = decide(TABLES[Role.LENDING], request(S.LOANED), staff(A.FLAG, inside="The jacket is torn."))
    assert isinstance(flagged, Decision)
    assert flagged.request.flag == "The jacket is torn."
    off = decide(TABLES[Role.LENDING], flagged.request, staff(A.UNFLAG))
    assert isinstance(off, Decision)
    assert off.request.flag is None
