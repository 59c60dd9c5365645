"""The sums of months: what is added and taken away again leaves nothing, and pieces come to the whole."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from gateway.reports import sums
from gateway.reports.attempts import merged
from gateway.reports.catalogue import QUESTIONS
from gateway.reports.sums import Added, RequestFacts, Summing
from gateway.reports.turnaround import spread
from gateway.workflow.facts import Attempt, AttemptResult, CameTo, Correction, Fact, Leg, Milestone
from gateway.workflow.questions import FactsQuestion, HowLong, Part
from gateway.workflow.records import Role

ZONE = ZoneInfo("America/New_York")
SUMMING = Summing(QUESTIONS, ZONE)
TIMES = st.integers(0, 730 * 86_400).map(lambda second: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=second))
NAMES = st.sampled_from(("", "valley", "hill", 'with "quotes", commas; and\n lines', "café"))
FACTS = st.builds(
    Fact,
    role=st.sampled_from(Role),
    partner=NAMES,
    own=st.booleans(),
    branch=NAMES,
    service=st.sampled_from(("Loan", "Copy", "CopyOrLoan")),
    outcome=st.sampled_from(CameTo),
    reason=NAMES,
    taken_up=st.booleans(),
    currency=st.sampled_from(("", "USD", "JPY", "KWD")),
    arrived_at=TIMES,
    answered_at=TIMES,
    shipped_at=TIMES,
    supplied_at=st.none() | TIMES,
    received_at=st.none() | TIMES,
    unfilled_at=st.none() | TIMES,
    days_to_answer=st.none() | st.integers(0, 30),
    days_to_ship=st.none() | st.integers(0, 30),
)
CORRECTIONS = st.builds(Correction, st.sampled_from(Milestone), TIMES, st.sampled_from((-1, 1)), NAMES)
ATTEMPTS = st.builds(
    Attempt, attempt=st.integers(1, 3), partner=NAMES, place=st.integers(1, 3), result=st.sampled_from(AttemptResult),
    reason=NAMES, asked_at=st.none() | TIMES, answered_at=st.none() | TIMES,
)  # fmt: skip
ENTRIES = st.lists(
    st.builds(
        RequestFacts,
        fact=FACTS,
        corrections=st.lists(CORRECTIONS, max_size=2).map(tuple),
        attempts=st.lists(ATTEMPTS, max_size=2).map(tuple),
    ),
    min_size=1,
    max_size=6,
)


def bodies_of(*pieces: Added) -> dict[sums.Sum, str]:
    """Return sums as they are kept once one piece after the other was added."""
    found: dict[sums.Sum, str] = {}
    for added in pieces:
        for each, cells in added.items():
            found[each] = sums.changed(SUMMING.questions[each[0]], found.get(each), cells)
    return found


def added_of(entries: list[RequestFacts], sign: int = 1) -> Added:
    added: Added = defaultdict(Counter)
    for entry in entries:
        SUMMING.add(added, entry, sign)
    return added


@given(ENTRIES)
def test_what_is_taken_away_again_leaves_nothing(entries: list[RequestFacts]) -> None:
    bodies = bodies_of(added_of(entries), added_of(entries, -1))
    assert bodies
    assert set(bodies.values()) == {"[]"}


@given(ENTRIES)
def test_pieces_come_to_the_whole(entries: list[RequestFacts]) -> None:
    whole = {each: body for each, body in bodies_of(added_of(entries)).items() if body != "[]"}
    pieces = bodies_of(*(added_of([entry]) for entry in entries))
    assert {each: body for each, body in pieces.items() if body != "[]"} == whole


@given(ENTRIES)
def test_months_put_together_are_what_all_of_it_comes_to(entries: list[RequestFacts]) -> None:
    question = FactsQuestion(when=Milestone.ARRIVED, by=(Part.PARTNER, Part.TAKEN_UP))
    leg = HowLong(leg=Leg.TO_ANSWER, by=(Part.PARTNER,))
    summing = Summing([question, leg], ZONE)
    added: Added = defaultdict(Counter)
    for entry in entries:
        summing.add(added, RequestFacts(fact=entry.fact))
    bodies = {each: sums.changed(summing.questions[each[0]], None, cells) for each, cells in added.items()}
    of_question = [body for (name, _), body in bodies.items() if name == sums.name_of(question)]
    expected = Counter((entry.fact.partner, str(int(entry.fact.taken_up))) for entry in entries)
    assert sums.counts_of(of_question) == expected
    stretches = sums.stretches_of(body for (name, _), body in bodies.items() if name == sums.name_of(leg))
    measured = [e.fact for e in entries if e.fact.role is Role.LENDING and e.fact.days_to_answer is not None]
    found = spread(stretches.values())
    assert found.count == len(measured)
    if measured:
        assert found.open_median == sorted(fact.days_to_answer or 0 for fact in measured)[(len(measured) + 1) // 2 - 1]


@given(st.lists(ATTEMPTS, min_size=1, max_size=4))
def test_of_a_lender_that_was_asked_what_was_known_first_stays(told: list[Attempt]) -> None:
    known = told[0]
    for each in told[1:]:
        known = merged(known, each)
    answered = [each for each in told if each.answered_at]
    assert known.asked_at == next((each.asked_at for each in told if each.asked_at), None)
    assert known.answered_at == (answered[0].answered_at if answered else None)
    assert known.result == (answered[0] if answered else told[-1]).result


def test_another_question_is_another_sum_and_another_zone_another_set() -> None:
    assert len({sums.name_of(question) for question in QUESTIONS}) == len(QUESTIONS)
    assert Summing(QUESTIONS, ZoneInfo("UTC")).kept_for != SUMMING.kept_for != Summing(QUESTIONS[1:], ZONE).kept_for


def test_a_month_is_that_of_the_librarys_clock() -> None:
    just_before = datetime(2025, 11, 1, 3, 59, 59, tzinfo=UTC)
    assert sums.month_of(just_before, ZONE) == 2025 * 12 + 9
    assert sums.month_of(just_before + timedelta(seconds=1), ZONE) == 2025 * 12 + 10
    assert sums.began(2025 * 12 + 10, ZONE) == datetime(2025, 11, 1, tzinfo=ZONE)
