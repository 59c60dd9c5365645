"""A fact is the same however the lines of its history come, and what happened once in it stays."""

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from gateway.money.amounts import amount_of
from gateway.money.currencies import DIGITS
from gateway.reports.folding import DEEDS, House, fold
from gateway.store.port import HistoryKind
from gateway.workflow.facts import Departs, Fact, Folded, Milestone, TellingLine
from gateway.workflow.records import Role, State
from gateway.workflow.triggers import StaffAction
from gateway.workflow.values import Money
from tests.fakes.examples import examples
from tests.reports.made_up import OWN, Way, priced, ways

HOUSE = House(own=frozenset({OWN}))


def lines_of(way: Way) -> list[TellingLine]:
    """What the store tells of a way: the events that were decided on."""
    told = []
    for number, change in enumerate(way.changes, 1):
        kinds = {entry.kind for entry in change.history}
        if HistoryKind.IGNORED not in kinds and change.event is not None:
            state = next((entry.state for entry in change.history if entry.kind is HistoryKind.DECISION), None)
            told.append(TellingLine(number=number, state=State(state) if state else None, event=change.event))
    return told


def in_pieces(way: Way, cuts: list[int]) -> list[Folded]:
    """Fold a history piece by piece; the request stands at the end of each by then."""
    lines, folded, fact = lines_of(way), [], None
    ends = sorted({*(cut % len(lines) for cut in cuts), len(lines)} - {0})
    for begin, end in pairwise([0, *ends]):
        request = next(change.request for change in reversed(way.changes[: lines[end - 1].number]) if change.request)
        folded.append(fold(fact, request, lines[begin:end], HOUSE))
        fact = folded[-1].fact
    return folded


@examples(60)
@given(st.integers(0, 10_000), st.lists(st.integers(1, 20), max_size=5))
def test_a_fact_is_the_same_however_its_lines_come(seed, cuts):
    for way in ways(seed, 3):
        whole, pieces = in_pieces(way, []), in_pieces(way, cuts)
        assert pieces[-1].fact == whole[-1].fact
        for name in ("corrections", "attempts", "work"):
            assert sum(sum(getattr(each, name).__len__() for each in found) for found in (pieces,)) >= len(
                getattr(whole[0], name)
            )
        assert [one for each in pieces for one in each.corrections] == list(whole[0].corrections)


@examples(60)
@given(st.integers(0, 10_000))
def test_a_time_that_is_in_a_fact_never_changes(seed):
    for way in ways(seed, 3):
        facts: list[Fact] = [each.fact for each in in_pieces(way, list(range(1, 40)))]
        for before, after in pairwise(facts):
            for what in Milestone:
                assert getattr(before, what.value) in {None, getattr(after, what.value)}
        counted = [each for each in facts if each.supplied_at or each.received_at]
        assert (
            len(
                {
                    (each.partner, each.own, each.branch, each.service, each.charged_minor, each.paid_minor)
                    for each in counted
                }
            )
            <= 1
        )


@examples(100)
@given(st.integers(0, 200), st.sampled_from(sorted(DIGITS)), st.integers(0, 10**9))
def test_what_was_agreed_is_kept_in_the_minor_unit_of_its_currency(seed, currency, minor):
    """Of every loan and copy that was sent or came: the amount to the last digit, on the side that pays it."""
    agreed = Money(amount=amount_of(minor, currency), currency=currency.lower())
    for way in ways(seed, 3):
        dear = Way(Random(0), 0)
        dear.changes = [priced(change, agreed) for change in way.changes]
        fact = in_pieces(dear, [])[-1].fact
        amounts = (fact.charged_minor, fact.paid_minor)
        if fact.role is Role.LENDING and fact.supplied_at:
            assert (amounts, fact.currency) == ((minor, 0), currency)
        if fact.role is Role.BORROWING and fact.received_at:
            assert (amounts, fact.currency) == ((0, minor), currency)


def test_every_act_of_staff_counts_as_work_of_some_kind():
    assert set(DEEDS) == set(StaffAction)


def test_what_is_kept_of_a_proposal_goes_with_the_answer():
    decided = [
        each.fact for seed in range(600) for way in ways(seed, 4) for each in in_pieces(way, []) if each.fact.decided_at
    ]
    assert decided
    assert not any(fact.proposed_item for fact in decided)
    assert {fact.difference for fact in decided} == set(Departs)
