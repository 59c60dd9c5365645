"""What history says of a lender's invoice: each comparison in words, and invoices that were entered twice under almost the same number."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.money.invoices.files import exported, kept_from
from gateway.money.invoices.likeness import is_near, is_twin, key_of, lender_key
from gateway.money.invoices.matching import Borrowed, Evidence, LenderAsked, compare
from gateway.money.invoices.records import Check, Claim, Invoice, InvoiceKind, InvoiceState, Says
from gateway.workflow.partners import Charge, Terms
from gateway.workflow.values import Money
from tests.money.test_invoice_table import CLAIM, invoice

SAMPLE = LenderAsked(name="Sample City Library", partner="sample", symbols=("ISIL:XX-SCL",))
OTHER = LenderAsked(name="Specimen Hills Library", partner="hills", symbols=("ISIL:XX-SHL",))
CAME = Borrowed(
    request="B-1",
    supplier=SAMPLE,
    asked=(SAMPLE,),
    received_on=date(2026, 6, 1),
    due_on=date(2026, 7, 1),
)


def says(claim: Claim, evidence: Evidence | None = None, but: str | None = None, **more: Any) -> dict[Check, Says]:
    """What each comparison comes to."""
    given_evidence = evidence or Evidence(borrowed=msgspec.structs.replace(CAME, **more), lender=SAMPLE)
    found = compare(claim, given_evidence, but)
    assert all(finding.words or finding.inside for finding in found)
    return {finding.check: finding.says for finding in found}


def claim(**more: Any) -> Claim:
    return msgspec.structs.replace(CLAIM, **more)


def words(wanted: Check, of: Claim, evidence: Evidence) -> str:
    return next(finding.words for finding in compare(of, evidence) if finding.check is wanted)


def test_a_lost_book_that_never_went_back_agrees():
    found = says(CLAIM, is_lost=True)
    assert found == {
        Check.REQUEST: Says.AGREES,
        Check.SUPPLIED: Says.AGREES,
        Check.BACK: Says.AGREES,
        Check.DUE: Says.AGREES,
        Check.AGREED: Says.UNCLEAR,
        Check.TERMS: Says.UNCLEAR,
        Check.AGE: Says.AGREES,
        Check.CHARGED: Says.UNCLEAR,
        Check.BEFORE: Says.AGREES,
    }


def test_a_book_that_was_back_before_the_invoice_differs_with_our_evidence():
    back = {"returned_on": date(2026, 9, 3), "returned_by": "anna", "there_on": date(2026, 9, 9)}
    evidence = Evidence(borrowed=msgspec.structs.replace(CAME, **back), lender=SAMPLE)
    finding = next(each for each in compare(CLAIM, evidence) if each.check is Check.BACK)
    assert finding.says is Says.DIFFERS
    assert finding.words == "We sent it back on 2026-09-03; its return was confirmed on 2026-09-09."
    assert "anna" not in finding.words, "our people stay among us"
    assert finding.inside == "By anna."


@pytest.mark.parametrize(
    ("kind", "returned_on", "expected"),
    [
        (InvoiceKind.LOST, date(2026, 10, 2), Says.UNCLEAR),
        (InvoiceKind.LOST, date(2026, 10, 1), Says.DIFFERS),
        (InvoiceKind.LATE, date(2026, 7, 1), Says.DIFFERS),
        (InvoiceKind.LATE, date(2026, 7, 2), Says.UNCLEAR),
        (InvoiceKind.DAMAGED, date(2026, 6, 20), Says.UNCLEAR),
    ],
)
def test_when_it_went_back_counts_by_what_the_invoice_is_for(kind: InvoiceKind, returned_on: date, expected: Says):
    assert says(claim(kind=kind), returned_on=returned_on)[Check.BACK] is expected


def test_a_fee_is_not_compared_with_what_went_back():
    assert Check.BACK not in says(claim(kind=InvoiceKind.FEE))
    assert Check.BACK not in says(CLAIM, is_copy=True)


def test_another_lender_or_none_differs():
    assert says(CLAIM, supplier=OTHER)[Check.SUPPLIED] is Says.DIFFERS
    assert says(CLAIM, supplier=None)[Check.SUPPLIED] is Says.DIFFERS
    assert says(CLAIM, received_on=None)[Check.SUPPLIED] is Says.UNCLEAR


def test_a_partner_that_was_merged_or_made_anew_is_known_by_its_symbols():
    merged = LenderAsked(name="Sample Cities Union", partner="sample-union", symbols=("isil:xx-scl",))
    evidence = Evidence(borrowed=CAME, lender=merged)
    assert says(CLAIM, evidence)[Check.SUPPLIED] is Says.AGREES
    removed = LenderAsked(name="Sample City Library", partner=None)
    assert says(CLAIM, Evidence(borrowed=CAME, lender=removed))[Check.SUPPLIED] is Says.DIFFERS


def test_a_request_that_is_none_of_ours_differs_and_one_that_was_purged_can_not_be_told():
    none = Evidence(lender=SAMPLE, no_request=Says.DIFFERS, no_request_words="We have no request B-9.")
    assert says(CLAIM, none) == {
        Check.REQUEST: Says.DIFFERS,
        Check.TERMS: Says.UNCLEAR,
        Check.BEFORE: Says.AGREES,
    }
    purged = msgspec.structs.replace(none, no_request=Says.UNCLEAR)
    assert says(CLAIM, purged)[Check.REQUEST] is Says.UNCLEAR


def test_an_invoice_before_the_due_date_differs_unless_it_was_recalled():
    renewed: dict[str, Any] = {"due_on": date(2026, 11, 1), "renewals": 2}
    assert says(CLAIM, **renewed)[Check.DUE] is Says.DIFFERS
    assert says(CLAIM, **renewed, recalled_on=date(2026, 9, 20))[Check.DUE] is Says.AGREES
    evidence = Evidence(borrowed=msgspec.structs.replace(CAME, **renewed), lender=SAMPLE)
    assert words(Check.DUE, CLAIM, evidence) == "It was due on 2026-11-01, renewed 2 times."


@pytest.mark.parametrize(
    ("agreed", "expected"),
    [
        (Money(amount=Decimal("80.00"), currency="USD"), Says.AGREES),
        (Money(amount=Decimal("79.99"), currency="USD"), Says.DIFFERS),
        (Money(amount=Decimal("90.00"), currency="EUR"), Says.UNCLEAR),
        (None, Says.UNCLEAR),
    ],
)
@pytest.mark.parametrize("kind", [InvoiceKind.FEE, InvoiceKind.OTHER])
def test_a_fee_above_what_was_agreed_on_differs(kind: InvoiceKind, agreed: Money | None, expected: Says):
    assert says(claim(kind=kind), agreed=agreed)[Check.AGREED] is expected


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (Terms(), Says.DIFFERS),
        (Terms(charge=Charge.FEE, fee=Money(amount=Decimal(15), currency="USD")), Says.DIFFERS),
        (Terms(charge=Charge.FEE, max_cost=Money(amount=Decimal(90), currency="USD")), Says.AGREES),
        (Terms(charge=Charge.FEE), Says.UNCLEAR),
        (None, Says.UNCLEAR),
    ],
)
@pytest.mark.parametrize("kind", [InvoiceKind.FEE, InvoiceKind.OTHER])
def test_a_fee_above_the_lenders_own_terms_differs(kind: InvoiceKind, terms: Terms | None, expected: Says):
    evidence = Evidence(borrowed=CAME, lender=SAMPLE, terms=terms)
    assert says(claim(kind=kind), evidence)[Check.TERMS] is expected


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (InvoiceKind.LOST, "an item that is lost"),
        (InvoiceKind.DAMAGED, "an item that is damaged"),
        (InvoiceKind.LATE, "an item that comes back late"),
    ],
)
def test_of_what_is_more_than_a_loan_neither_what_was_agreed_nor_the_terms_can_tell(kind: InvoiceKind, what: str):
    borrowed = msgspec.structs.replace(CAME, agreed=Money(amount=Decimal("15.00"), currency="USD"))
    evidence = Evidence(borrowed=borrowed, lender=SAMPLE, terms=Terms())
    of_kind = claim(kind=kind)
    found = says(of_kind, evidence)
    assert (found[Check.AGREED], found[Check.TERMS]) == (Says.UNCLEAR, Says.UNCLEAR)
    assert words(Check.AGREED, of_kind, evidence) == f"15.00 USD was agreed on for the loan; nothing was for {what}."
    assert words(Check.TERMS, of_kind, evidence) == f"The terms between our libraries name no price for {what}."


def test_every_kind_of_invoice_is_compared_with_what_was_agreed_and_with_the_terms():
    for kind in InvoiceKind:
        assert {Check.AGREED, Check.TERMS} <= set(says(claim(kind=kind)))


def test_another_currency_differs():
    evidence = Evidence(borrowed=CAME, lender=SAMPLE, currency="EUR")
    assert says(CLAIM, evidence)[Check.CURRENCY] is Says.DIFFERS
    assert says(claim(currency="EUR"), evidence)[Check.CURRENCY] is Says.AGREES


def test_more_than_six_months_are_too_late():
    assert says(claim(dated=date(2026, 12, 31)))[Check.AGE] is Says.AGREES
    assert says(claim(dated=date(2027, 1, 1)))[Check.AGE] is Says.DIFFERS


@pytest.mark.parametrize(("charged", "expected"), [(None, Says.UNCLEAR), (False, Says.UNCLEAR), (True, Says.AGREES)])
def test_what_our_customer_lost_is_charged_to_the_customer(charged: bool | None, expected: Says):  # noqa: FBT001
    assert says(CLAIM, charged=charged)[Check.CHARGED] is expected
    assert Check.CHARGED not in says(CLAIM, charged=charged, returned_on=date(2026, 9, 1))


# ── entered twice ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("INV-00417", "Inv. 417"),
        ("2026/00417", "2026-00417"),
        ("2026 00417", "2026.00417"),
        ("A1O5", "a105"),
        ("NO. 77", "77"),
        ("\uff29\uff2e\uff36\uff0d\uff14\uff11\uff17", "INV-417"),
    ],
)
def test_one_number_is_written_in_several_ways(one: str, other: str):
    assert key_of(one) == key_of(other)


def test_a_number_of_what_says_only_that_it_is_one_has_a_key_all_the_same():
    assert key_of("INV") == "1NV"
    assert key_of("000") == "000"


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("20260417", "20260471", True),
        ("20260417", "2026417", True),
        ("20260417", "202604177", True),
        ("20260417", "20260418", True),
        ("20260417", "20260428", False),
        ("417", "418", False),
        ("20260417", "20260417", True),
    ],
)
def test_a_slip_of_the_finger_is_near_and_more_than_one_is_not(one: str, other: str, *, near: bool):
    assert is_near(one, other) is near
    assert is_near(other, one) is near


@given(st.text(alphabet="0123456789", min_size=5, max_size=12), st.integers(0, 11), st.sampled_from("0123456789"))
def test_any_one_digit_more_less_or_other_is_near(number: str, place: int, digit: str):
    at = place % len(number)
    assert is_near(number, number[:at] + digit + number[at:])
    assert is_near(number, number[:at] + number[at + 1 :])
    assert is_near(number, number[:at] + digit + number[at + 1 :])


def entered(**more: Any) -> Invoice:
    state = more.pop("state", InvoiceState.ENTERED)
    return invoice(state, id="V-2", claim=claim(**more))


@pytest.mark.parametrize(
    ("other", "twin"),
    [
        ({}, True),
        ({"number": "inv. 2026 00417"}, True),
        ({"number": "2026/00471"}, True),
        ({"number": "2026/00471", "amount": Decimal("81.00")}, False),
        ({"number": "2026/00417", "amount": Decimal("81.00")}, True),
        ({"number": "2026/00471", "dated": date(2027, 1, 1)}, False),
        ({"request": None}, True),
        ({"request": "B-2"}, False),
        ({"request": "B-2", "number": "2026/00471"}, False),
        ({"state": InvoiceState.DROPPED}, False),
        ({"state": InvoiceState.WITHDRAWN}, False),
        ({"state": InvoiceState.PAID}, True),
    ],
)
def test_an_invoice_that_was_entered_before_is_seen(other: dict[str, Any], *, twin: bool):
    assert is_twin(CLAIM, entered(**other)) is twin


def test_what_was_entered_before_is_said_in_words_and_never_is_itself():
    before = entered(number="2026/00471")
    evidence = Evidence(borrowed=CAME, lender=SAMPLE, others=(before,))
    assert says(CLAIM, evidence)[Check.BEFORE] is Says.DIFFERS
    assert "almost the same number, 2026/00471," in words(Check.BEFORE, CLAIM, evidence)
    assert says(CLAIM, evidence, but="V-2")[Check.BEFORE] is Says.AGREES


def test_the_same_request_billed_again_under_another_number_differs():
    before = entered(number="77-A")
    evidence = Evidence(borrowed=CAME, lender=SAMPLE, others=(before,))
    assert says(CLAIM, evidence)[Check.BEFORE] is Says.DIFFERS
    fee = Evidence(borrowed=CAME, lender=SAMPLE, others=(entered(number="77-A", kind=InvoiceKind.FEE),))
    assert says(CLAIM, fee)[Check.BEFORE] is Says.AGREES, "a fee and a replacement are two things"


def test_a_number_of_another_lender_is_another_number():
    theirs = entered(partner="hills", lender="Specimen Hills Library", request=None)
    assert says(CLAIM, Evidence(borrowed=CAME, lender=SAMPLE, others=(theirs,)))[Check.BEFORE] is Says.AGREES


def test_a_lender_without_a_record_is_known_by_its_name():
    assert lender_key(claim(partner=None, lender="Bücherei  der Stadt")) == lender_key(
        claim(partner=None, lender="BUCHEREI DER STADT")
    )
    assert lender_key(CLAIM) == "sample"


# ── files ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("today", "years", "begins", "first"),
    [
        (date(2026, 11, 27), 7, (7, 1), date(2019, 7, 1)),
        (date(2026, 6, 30), 7, (7, 1), date(2018, 7, 1)),
        (date(2026, 11, 27), 7, (1, 1), date(2019, 1, 1)),
        (date(2026, 11, 27), 0, (7, 1), date(2026, 7, 1)),
        (date(2027, 3, 1), 1, (2, 29), date(2026, 2, 28)),
    ],
)
def test_what_is_kept_are_whole_fiscal_years(today: date, years: int, begins: tuple[int, int], first: date):
    assert kept_from(today, years, begins) == first


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 20))
def test_at_least_so_many_years_are_kept(today: date, years: int):
    assert today - kept_from(today, years, (7, 1)) >= timedelta(days=365 * years)


def test_what_goes_to_the_accounting_system_begins_no_formula():
    text = exported(
        [invoice(InvoiceState.APPROVED, claim=claim(number="=cmd()"))],
        (("No", "invoice"), ("Account", "=4711"), ("Sum", "amount")),
    )
    assert text.splitlines() == ["No,Account,Sum", "'=cmd(),4711,80.00"]


def test_amounts_of_a_billion_stay_exact():
    big = claim(amount=Decimal("1000000000.01"))
    text = exported([invoice(InvoiceState.APPROVED, claim=big, agreed=big.amount)], (("Sum", "amount"),))
    assert text.splitlines()[1] == "1000000000.01"
