"""Lines of the policy: which one fits, why others do not, and what each says no to, with its reason."""

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.iso18626.codes import ServiceType
from gateway.policy.lines import PolicyTerms, embargo_end, fee_of, fits, line_for, lines_for, mismatches, refusal
from gateway.workflow.policy import Policy, PolicyLine
from gateway.workflow.records import Copy
from gateway.workflow.values import Money

DAY = date(2026, 10, 28)
BOOK = Copy(item_barcode="30000000000001", branch="MAIN", item_type="book", collection="stacks")
LOAN = PolicyTerms(service=ServiceType.LOAN, partner="valley", groups=("consortium", "near"))
COPY = msgspec.structs.replace(LOAN, service=ServiceType.COPY)


# ── which line ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (PolicyLine(), []),
        (
            PolicyLine(item_types=("film", "book"), collections=("stacks",), branches=("MAIN",), partners=("valley",)),
            [],
        ),
        (PolicyLine(groups=("far", "near")), []),
        (PolicyLine(partners=("hills",), groups=("near",)), []),
        (PolicyLine(partners=("valley",), groups=("far",)), []),
        (PolicyLine(item_types=("film", "score")), ["item type book, not film or score"]),
        (
            PolicyLine(collections=("rare",), branches=("EAST",)),
            ["collection stacks, not rare", "branch MAIN, not EAST"],
        ),
        (PolicyLine(partners=("hills",), groups=("far",)), ["partner valley, not hills or group far"]),
    ],
)
def test_a_line_fits_or_says_each_condition_that_does_not_hold(line: PolicyLine, words: list[str]):
    assert [mismatch.words() for mismatch in mismatches(line, BOOK, LOAN)] == words
    assert fits(line, BOOK, LOAN) is (not words)


def test_what_is_not_known_of_a_copy_fits_no_condition_about_it():
    bare = Copy(item_barcode="30000000000002", branch="MAIN")
    assert [each.words() for each in mismatches(PolicyLine(item_types=("book",)), bare, LOAN)] == [
        "item type unknown, not book"
    ]


def test_the_first_line_that_fits_counts_and_where_none_does_everything_is_allowed():
    first, second = PolicyLine(name="a", branches=("EAST",)), PolicyLine(name="b", lend=False)
    assert line_for(BOOK, LOAN, Policy(lines=(first, second, PolicyLine(name="c")))) is second
    assert line_for(BOOK, LOAN, Policy(lines=(first,))) == PolicyLine()


NAMES = st.lists(st.sampled_from(["a", "b", "c"]), max_size=2).map(tuple)
ANY_LINE = st.builds(
    PolicyLine, item_types=NAMES, collections=NAMES, branches=NAMES, partners=NAMES, groups=NAMES, lend=st.booleans()
)
ANY_COPY = st.builds(
    Copy,
    item_barcode=st.just("1"),
    branch=st.sampled_from("abc"),
    item_type=st.none() | st.sampled_from("abc"),
    collection=st.none() | st.sampled_from("abc"),
)
ANY_TERMS = st.builds(
    PolicyTerms, service=st.sampled_from(ServiceType), partner=st.none() | st.sampled_from("abc"), groups=NAMES
)


@given(st.lists(ANY_LINE, max_size=6).map(tuple), ANY_COPY, ANY_TERMS)
def test_no_line_before_the_one_that_counts_fits(lines, copy, terms):
    counts = line_for(copy, terms, Policy(lines=lines))
    before = lines[: lines.index(counts)] if counts in lines else lines
    assert not any(fits(line, copy, terms) for line in before)


@given(st.lists(ANY_LINE, max_size=4).map(tuple), st.lists(ANY_COPY, max_size=6), ANY_TERMS)
def test_the_lines_of_several_copies_are_those_of_each(lines, copies, terms):
    policy = Policy(lines=lines)
    assert list(lines_for(copies, terms, policy)) == [line_for(copy, terms, policy) for copy in copies]


# ── what a line says no to ───────────────────────────────────────────────────────────────────────


def test_lend_and_copy_each_say_no_to_their_own_service():
    line = PolicyLine(lend=False, copy=False, reason="NonCirculating")
    refused = [refusal(line, BOOK, terms, DAY) for terms in (LOAN, COPY)]
    assert [each and each.reason for each in refused] == ["NonCirculating"] * 2
    assert refusal(PolicyLine(lend=False), BOOK, COPY, DAY) is None
    assert refusal(PolicyLine(copy=False), BOOK, LOAN, DAY) is None


@pytest.mark.parametrize(
    ("acquired_on", "published", "end"),
    [
        (date(2026, 6, 1), None, date(2026, 11, 28)),
        (date(2026, 6, 1), 1999, date(2026, 11, 28)),
        (None, 2026, date(2027, 6, 29)),
        (None, 2025, date(2026, 6, 29)),
        (None, 9999, None),
        (None, 0, None),
        (None, None, None),
    ],
)
def test_an_embargo_counts_from_the_acquisition_else_from_the_end_of_the_year(acquired_on, published, end):
    copy = msgspec.structs.replace(BOOK, acquired_on=acquired_on, published=published)
    line = PolicyLine(embargo_days=180, embargo_reason="PolicyProblem")
    assert embargo_end(line, copy) == end
    refused = refusal(line, copy, LOAN, DAY)
    assert (refused is not None) is (end is not None and end > DAY)
    if refused is not None:
        assert (refused.reason, refused.until) == ("PolicyProblem", end)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(1, 36_500))
def test_an_embargo_ends_on_its_day_and_holds_on_the_day_before(acquired_on, days):
    copy, line = msgspec.structs.replace(BOOK, acquired_on=acquired_on), PolicyLine(embargo_days=days)
    end = acquired_on + timedelta(days=days)
    assert refusal(line, copy, LOAN, end) is None
    assert refusal(line, copy, LOAN, end - timedelta(days=1)) is not None


def test_an_embargo_and_a_limit_are_about_loans_not_copies():
    new = msgspec.structs.replace(BOOK, acquired_on=DAY)
    many = msgspec.structs.replace(COPY, open_loans=9)
    assert refusal(PolicyLine(embargo_days=30, most_at_once=3), new, many, DAY) is None


@pytest.mark.parametrize(("open_loans", "refused"), [(2, False), (3, True), (4, True)])
def test_a_partner_with_the_most_loans_at_once_gets_no_further_one(open_loans, refused):
    line = PolicyLine(most_at_once=3, limit_reason="PolicyProblem")
    found = refusal(line, BOOK, msgspec.structs.replace(LOAN, open_loans=open_loans), DAY)
    assert (found is not None) is refused
    assert found is None or (found.reason == "PolicyProblem" and str(open_loans) in found.words)


@pytest.mark.parametrize(
    ("of_line", "of_partner", "amount"),
    [(None, None, None), (None, 5, 5), (8, 5, 8), (0, 5, None), (8, None, 8), (None, 0, None)],
)
def test_a_fee_is_the_lines_else_the_partners_and_a_line_can_make_it_free(of_line, of_partner, amount):
    def money(value: int | None) -> Money | None:
        return None if value is None else Money(amount=Decimal(value), currency="EUR")

    terms = msgspec.structs.replace(LOAN, fee=money(of_partner))
    assert fee_of(PolicyLine(cost=money(of_line)), terms) == money(amount)
