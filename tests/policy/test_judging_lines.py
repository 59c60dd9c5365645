"""What the lines of the policy make of an answer: yes, no or not now, terms and costs."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from gateway.iso18626.codes import ServiceType
from gateway.policy.judging import answer, judge
from gateway.policy.lines import PolicyTerms
from gateway.workflow.policy import Policy, PolicyLine
from gateway.workflow.records import AnswerKind, CopyStatus
from gateway.workflow.values import Money
from tests.policy.copies import AT, CALENDARS, LOAN, answered, chosen, copy, euros

# ── policy lines ─────────────────────────────────────────────────────────────────────────────────


def test_the_first_line_whose_conditions_all_fit_counts():
    policy = Policy(
        lines=(
            PolicyLine(item_types=("DVD",), partners=("sample-city",), days=7),
            PolicyLine(item_types=("DVD",), lend=False, reason="PolicyProblem"),
            PolicyLine(branches=("MAIN",), days=28),
        )
    )
    dvd, book = copy("03", item_type="DVD"), copy("03", item_type="BOOK")
    friend = PolicyTerms(service=ServiceType.LOAN, partner="sample-city")
    assert answered(dvd, terms=friend, policy=policy).loan_days == 7
    assert answered(dvd, policy=policy).reason == "PolicyProblem"
    assert answered(book, policy=policy).loan_days == 28
    assert answered(copy("03", branch="EAST", item_type="BOOK"), policy=policy).loan_days == 42


def test_a_line_says_no_before_the_status_is_looked_at():
    policy = Policy(lines=(PolicyLine(lend=False, reason="NonCirculating"),))
    assert judge(copy("04"), LOAN, policy, AT.date()).reason == "NonCirculating"


@pytest.mark.parametrize(
    ("reason", "kind"), [("PolicyProblem", AnswerKind.UNFILLED), ("ReqServTypeNotPossible", AnswerKind.RETRY)]
)
def test_a_lines_reason_says_whether_it_is_no_or_not_now(reason, kind):
    found = answered(copy("03"), policy=Policy(lines=(PolicyLine(lend=False, reason=reason),)))
    assert (found.kind, found.reason) == (kind, reason)


def test_a_new_copy_can_be_asked_for_again_when_its_embargo_ends():
    new = msgspec.structs.replace(copy("03").copy, acquired_on=AT.date() - timedelta(days=20))
    policy = Policy(lines=(PolicyLine(embargo_days=30),))
    found = answered(CopyStatus(copy=new, status="03"), copy("04", 2, due_at=AT + timedelta(days=40)), policy=policy)
    assert (found.kind, found.reason) == (AnswerKind.RETRY, "NotCurrentAvailableForILL")
    assert found.retry_after == datetime(2026, 11, 6, 23, 0, tzinfo=UTC)  # midnight in Berlin
    assert answered(CopyStatus(copy=new, status="03"), copy("03", 2), policy=policy).kind is AnswerKind.SUPPLY


def test_the_day_on_which_an_embargo_ends_is_the_librarys():
    new = CopyStatus(copy=msgspec.structs.replace(copy("03").copy, acquired_on=AT.date()), status="03")
    policy = Policy(lines=(PolicyLine(embargo_days=1),))
    evening = datetime(2026, 10, 28, 23, 30, tzinfo=UTC)  # past midnight in Berlin
    assert answer((new,), LOAN, policy, CALENDARS, evening).kind is AnswerKind.SUPPLY
    assert answer((new,), LOAN, policy, CALENDARS, AT).kind is AnswerKind.RETRY


def test_renewals_are_told_with_the_answer_and_are_terms_like_others():
    policy = Policy(lines=(PolicyLine(branches=("EAST",), renewals=2), PolicyLine(renewals=0)))
    found = answered(copy("03", 1), copy("09", 2, branch="EAST"), copy("10", 3), policy=policy)
    assert found.renewals == 0
    assert [each.copy.item_barcode[-1] for each in found.others] == ["3"]


def test_a_line_gives_cost_and_condition_and_only_copies_on_the_same_terms_can_stand_in():
    dear = PolicyLine(branches=("EAST",), cost=euros("5.00"))
    strict = PolicyLine(cost=euros("3.00"), condition="LibraryUseOnly")
    policy = Policy(lines=(dear, strict))
    found = answered(copy("03", 1), copy("03", 2, branch="EAST"), copy("09", 3), policy=policy)
    assert (found.cost, found.condition) == (euros("3.00"), "LibraryUseOnly")
    assert [each.copy.item_barcode[-1] for each in found.others] == ["3"]


# ── costs ────────────────────────────────────────────────────────────────────────────────────────

COSTLY = Policy(lines=(PolicyLine(branches=("EAST",), cost=euros("20.00")), PolicyLine(cost=euros("12.50"))))


@pytest.mark.parametrize(
    "limit", [None, euros("12.50"), euros("99"), msgspec.structs.replace(euros("13"), currency="eur")]
)
def test_a_cost_within_the_partners_limit_is_told_and_no_hindrance(limit):
    found = answered(copy("03"), terms=msgspec.structs.replace(LOAN, max_cost=limit), policy=COSTLY)
    assert (found.kind, found.cost) == (AnswerKind.SUPPLY, euros("12.50"))


@pytest.mark.parametrize("limit", [euros("12.49"), Money(amount=Decimal(1000), currency="JPY")])
def test_a_cost_above_the_limit_or_in_another_currency_is_an_offer_of_the_cheapest_copy(limit):
    terms = msgspec.structs.replace(LOAN, max_cost=limit)
    found = answered(copy("03", 1, branch="EAST"), copy("03", 2), copy("03", 3), terms=terms, policy=COSTLY)
    assert (found.kind, found.reason) == (AnswerKind.RETRY, "CostExceedsMaxCost")
    assert (found.cost, chosen(found)) == (euros("12.50"), "2")
    assert [each.copy.item_barcode[-1] for each in found.others] == ["3"]


def test_an_affordable_copy_wins_over_a_dear_one_that_could_go_sooner():
    terms = msgspec.structs.replace(LOAN, max_cost=euros("15.00"))
    assert chosen(answered(copy("03", 1, branch="EAST"), copy("10", 2), terms=terms, policy=COSTLY)) == "2"


@pytest.mark.parametrize(
    ("copies", "line"),
    [
        ((copy("03", item_type="DVD"),), "films"),
        ((copy("04", item_type="DVD"),), "films"),
        ((copy("01", item_type="DVD"),), "films"),
        ((copy("03", branch="EAST"),), "line 2"),
        ((copy("03"),), ""),
        ((), ""),
    ],
)
def test_an_answer_names_the_line_of_the_policy_that_it_rests_on(copies, line):
    lines = (PolicyLine(name="films", item_types=("DVD",)), PolicyLine(branches=("EAST",), lend=False))
    assert answered(*copies, policy=Policy(lines=lines)).line == line
