"""From copies to an answer: the availability table, the rules of choice, CopyOrLoan, what goes out alone."""

from datetime import UTC, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.iso18626.codes import ReasonRetry, ReasonUnfilled, ServiceType
from gateway.policy.judging import answer, goes_out_alone, judge, not_held
from gateway.policy.lines import PolicyTerms
from gateway.sip2.circulation_status import STATUS_WORDS
from gateway.workflow.calendar import Calendars
from gateway.workflow.policy import (
    DEFAULT_STATUS_RULES,
    AutoAnswer,
    Availability,
    Policy,
    PolicyLine,
    StatusRule,
    WithoutRule,
)
from gateway.workflow.records import Answer, AnswerKind, Copy, CopyStatus
from tests.policy.copies import AT, CALENDARS, COPY, EITHER, LATER, LOAN, SOON, answered, chosen, copy, euros

# ── the availability table, row by row (ill.md, "Availability → answer") ─────────────────────────


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        ("01", AnswerKind.STAFF, None),
        ("02", AnswerKind.RETRY, "OnOrder"),
        ("03", AnswerKind.SUPPLY, None),
        ("04", AnswerKind.RETRY, "OnLoan"),
        ("05", AnswerKind.RETRY, "OnLoan"),
        ("06", AnswerKind.RETRY, "NotCurrentAvailableForILL"),
        ("07", AnswerKind.RETRY, "OnLoan"),
        ("08", AnswerKind.RETRY, "NotCurrentAvailableForILL"),
        ("09", AnswerKind.SUPPLY, None),
        ("10", AnswerKind.SUPPLY, None),
        ("11", AnswerKind.UNFILLED, "NotAvailableForILL"),
        ("12", AnswerKind.UNFILLED, "NotAvailableForILL"),
        ("13", AnswerKind.UNFILLED, "NotAvailableForILL"),
        ("00", AnswerKind.STAFF, None),
        ("99", AnswerKind.STAFF, None),
    ],
)
def test_each_circulation_status_has_its_answer(status, kind, reason):
    found = answered(copy(status))
    assert (found.kind, found.reason) == (kind, reason)
    assert STATUS_WORDS.get(status, status) in found.words


def test_a_branch_is_called_by_its_name_if_that_is_known():
    found = copy("03", branch="EXC")
    for branches, name in (({"EXC": "Example Central"}, "Example Central"), ({}, "EXC")):
        said = answer((found,), LOAN, Policy(), Calendars(), AT, branches=branches).words
        assert said.startswith(f"{found.copy.item_barcode} ({name}): available")


@pytest.mark.parametrize(("status", "day"), [("03", 30), ("09", 2), ("10", 3)])
def test_a_copy_to_be_reshelved_or_in_transit_is_expected_later(status, day):
    """Two open days for any copy, one or two more: the thirtieth is a Friday, the second and third Monday and Tuesday."""
    expected = answered(copy(status)).expected_at
    assert expected is not None
    assert (expected.day, expected.hour, expected.tzinfo) == (day, 11, UTC)


def test_a_changed_table_counts():
    policy = Policy(status_rules={"08": StatusRule(availability=Availability.CANDIDATE)})
    assert answered(copy("08"), policy=policy).kind is AnswerKind.SUPPLY
    assert answered(copy("03"), policy=policy).kind is AnswerKind.STAFF


# ── several copies ───────────────────────────────────────────────────────────────────────────────


def test_any_candidate_wins():
    found = answered(copy("01", 1), copy("04", 2), copy("12", 3), copy("10", 4))
    assert chosen(found) == "4"


def test_the_candidate_that_can_go_first_is_chosen_and_the_others_are_kept():
    found = answered(copy("10", 1), copy("03", 2), copy("09", 3))
    assert chosen(found) == "2"
    assert [each.copy.item_barcode[-1] for each in found.others] == ["3", "1"]


def test_any_01_without_a_candidate_is_for_staff():
    assert answered(copy("04", 1), copy("01", 2), copy("12", 3)).kind is AnswerKind.STAFF


def test_else_the_earliest_date_to_ask_again():
    found = answered(copy("12", 1), copy("06", 2), copy("04", 3, due_at=LATER), copy("04", 4, due_at=SOON))
    assert (found.kind, found.reason, found.retry_after) == (AnswerKind.RETRY, "OnLoan", SOON)


def test_a_due_date_that_has_passed_says_nothing_of_when_the_copy_comes():
    late = AT - timedelta(days=30)
    assert answered(copy("04", due_at=late)).retry_after is None
    assert answered(copy("04", 1, due_at=late), copy("04", 2, due_at=LATER)).retry_after == LATER


def test_else_the_commonest_reason_for_unfilled():
    lines = (PolicyLine(branches=("RARE",), lend=False, reason="NonCirculating"),)
    rare = [copy("03", number, branch="RARE") for number in (1, 2)]
    found = answered(copy("12", 3), *rare, policy=Policy(lines=lines))
    assert (found.kind, found.reason) == (AnswerKind.UNFILLED, "NonCirculating")


def test_no_copy_is_not_held():
    assert answered().reason == not_held().reason == "NotHeld"


# ── the queue ────────────────────────────────────────────────────────────────────────────────────


def test_a_copy_that_others_wait_for_is_no_candidate_unless_the_policy_allows_it():
    queued = copy("03", queue_length=2)
    assert (answered(queued).kind, answered(queued).reason) == (AnswerKind.RETRY, "NotCurrentAvailableForILL")
    allowed = Policy(lend_with_queue=True)
    assert answered(queued, policy=allowed).kind is AnswerKind.SUPPLY
    assert chosen(answered(copy("03", 1, queue_length=2), copy("10", 2), policy=allowed)) == "2"


# ── loan, copy, or either ────────────────────────────────────────────────────────────────────────

NO_LOANS = Policy(lines=(PolicyLine(lend=False, reason="NonCirculating"),))
NO_COPIES = Policy(lines=(PolicyLine(copy=False, reason="PolicyProblem"),))


def test_a_copy_follows_the_lines_word_on_copies_and_has_no_loan_days():
    found = answered(copy("03"), terms=COPY, policy=NO_LOANS)
    assert (found.kind, found.service, found.loan_days) == (AnswerKind.SUPPLY, ServiceType.COPY, None)
    assert answered(copy("03"), terms=COPY, policy=NO_COPIES).reason == "PolicyProblem"


def test_either_is_a_loan_first_then_a_copy_then_the_loans_no():
    assert answered(copy("03"), terms=EITHER).service is ServiceType.LOAN
    assert answered(copy("03"), terms=EITHER, policy=NO_LOANS).service is ServiceType.COPY
    neither = Policy(lines=(PolicyLine(lend=False, copy=False, reason="NonCirculating"),))
    found = answered(copy("03"), terms=EITHER, policy=neither)
    assert (found.kind, found.reason, found.service) == (AnswerKind.UNFILLED, "NonCirculating", ServiceType.LOAN)


def test_either_is_an_offer_of_the_copy_where_only_that_can_be_had_and_only_at_a_price():
    policy = Policy(lines=(PolicyLine(lend=False, cost=euros("20.00")),))
    found = answered(copy("03"), terms=msgspec.structs.replace(EITHER, max_cost=euros("4.00")), policy=policy)
    assert (found.kind, found.service, found.cost) == (AnswerKind.RETRY, ServiceType.COPY, euros("20.00"))


# ── what goes out alone ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("mode", "kinds"),
    [
        (AutoAnswer.OFF, ()),
        (AutoAnswer.OBSERVE, ()),
        (AutoAnswer.UNFILLED, (AnswerKind.UNFILLED, AnswerKind.RETRY)),
        (AutoAnswer.SUPPLY, (AnswerKind.SUPPLY,)),
        (AutoAnswer.BOTH, (AnswerKind.SUPPLY, AnswerKind.UNFILLED, AnswerKind.RETRY)),
    ],
)
def test_what_goes_out_without_a_person(mode, kinds):
    assert {kind for kind in AnswerKind if goes_out_alone(Answer(kind=kind), mode)} == set(kinds)


@pytest.mark.parametrize(("status", "alone"), [("03", False), ("04", True), ("11", True)])
def test_a_promise_of_a_doubtful_copy_never_goes_out_alone_and_a_no_does(status, alone):
    guess = Copy(item_barcode="1", branch="EAST", doubt="found by its title alone")
    found = answered(CopyStatus(copy=guess, status=status))
    assert goes_out_alone(found, AutoAnswer.BOTH) is alone
    assert found.words.endswith("In doubt: found by its title alone")


def test_every_row_of_the_table_can_be_changed():
    for status in DEFAULT_STATUS_RULES:
        changed = Policy(
            status_rules=DEFAULT_STATUS_RULES
            | {status: StatusRule(availability=Availability.UNFILLED, reason="PoorCondition")}
        )
        assert answered(copy(status), policy=changed).reason == "PoorCondition"


def test_nothing_goes_out_alone_by_default():
    assert Policy().auto_answer is AutoAnswer.OFF


def test_a_copy_without_a_rule_of_copyright_is_answered_by_setting():
    unnamed = msgspec.structs.replace(COPY, copyright=None)
    for rule, kind, doubt in (
        (WithoutRule.SUPPLY, AnswerKind.SUPPLY, False),
        (WithoutRule.STAFF, AnswerKind.SUPPLY, True),
        (WithoutRule.UNFILLED, AnswerKind.UNFILLED, False),
    ):
        policy = Policy(without_copyright=rule)
        found = answered(copy("03"), terms=unnamed, policy=policy)
        assert (found.kind, found.doubt is not None) == (kind, doubt)
        assert answered(copy("03"), terms=COPY, policy=policy).kind is AnswerKind.SUPPLY
    refused = answered(copy("03"), terms=unnamed)
    assert (refused.kind, refused.reason) == (AnswerKind.UNFILLED, "PolicyProblem"), "as delivered"
    assert "copyrightCompliance" in (refused.note or ""), "the partner hears what to add"
    assert answered(copy("03")).kind is AnswerKind.SUPPLY, "a loan"


# ── whatever the copies are ──────────────────────────────────────────────────────────────────────

STATUSES = st.builds(
    copy,
    st.sampled_from([f"{number:02}" for number in range(15)]),
    st.integers(1, 9),
    queue_length=st.integers(0, 2),
    due_at=st.none() | st.sampled_from([SOON, LATER, AT - timedelta(days=1)]),
    branch=st.sampled_from(["MAIN", "EAST"]),
    item_type=st.sampled_from([None, "DVD"]),
)
LINES = st.builds(
    PolicyLine,
    item_types=st.sampled_from([(), ("DVD",)]),
    branches=st.sampled_from([(), ("EAST",)]),
    lend=st.booleans(),
    copy=st.booleans(),
    cost=st.none() | st.sampled_from([euros("3.00"), euros("5.00")]),
    condition=st.none() | st.just("LibraryUseOnly"),
)
POLICIES = st.builds(Policy, lines=st.lists(LINES, max_size=3).map(tuple), lend_with_queue=st.booleans())
TERMS = st.builds(
    PolicyTerms,
    service=st.sampled_from(ServiceType),
    max_cost=st.none() | st.just(euros("4.00")),
    copyright=st.just("US-CCG"),
)


@given(st.lists(STATUSES, max_size=5).map(tuple), TERMS, POLICIES)
def test_the_answer_never_chooses_a_copy_that_is_no_candidate_and_always_has_its_reason(copies, terms, policy):
    found = answer(copies, terms, policy, CALENDARS, AT)
    service = msgspec.structs.replace(terms, service=found.service)
    kept = (*((found.choice,) if found.choice else ()), *found.others)
    for status in kept:
        assert status in copies
        assert judge(status, service, policy, AT.date()).availability is Availability.CANDIDATE
        assert judge(status, service, policy, AT.date()).cost == found.cost
        assert judge(status, service, policy, AT.date()).line.condition == found.condition
    assert (found.choice is not None) >= (found.kind is AnswerKind.SUPPLY)
    assert found.service in (ServiceType.LOAN, ServiceType.COPY)
    if found.kind is AnswerKind.RETRY:
        assert ReasonRetry.lookup(found.reason or "")
        assert found.retry_after is None or found.retry_after > AT
    if found.kind is AnswerKind.UNFILLED:
        assert ReasonUnfilled.lookup(found.reason or "")
    if found.kind is AnswerKind.SUPPLY:
        assert found.expected_at is not None
        assert found.expected_at > AT


@given(st.lists(STATUSES, max_size=5).map(tuple), TERMS, POLICIES)
def test_a_free_candidate_is_never_passed_over_for_a_no(copies, terms, policy):
    found = answer(copies, terms, policy, CALENDARS, AT)
    wanted = [ServiceType.LOAN, ServiceType.COPY] if terms.service is ServiceType.COPY_OR_LOAN else [terms.service]
    candidates = [
        status
        for status in copies
        for service in wanted
        if judge(status, PolicyTerms(service=service), policy, AT.date()).availability is Availability.CANDIDATE
    ]
    assert bool(candidates) == (found.choice is not None)
