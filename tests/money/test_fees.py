"""Fees gathered into bills: by partner's terms, by month, by currency; none before its month is over."""

from datetime import date
from decimal import Decimal

import msgspec

from gateway.money.fees import Fee, gathered, lines_of_fees
from gateway.money.records import BilledAmount, LineKind, Loan
from gateway.money.terms import BillingDefaults, terms_of
from gateway.workflow.partners import BilledBy, Billing, FeesBilled, Partner

TODAY = date(2026, 11, 2)
LOANS = Partner(id="loans", name="Per Loan Library", peer="hub", billing=Billing(fees=FeesBilled.PER_LOAN))
MONTHS = Partner(id="months", name="Monthly Library", peer="hub", billing=Billing(fees=FeesBilled.MONTHLY))
NEVER = Partner(id="never", name="Free Library", peer="hub")
NOBODY = msgspec.structs.replace(LOANS, id="nobody", billing=Billing(by=BilledBy.NOBODY, fees=FeesBilled.PER_LOAN))
PARTNERS = {partner.id: partner for partner in (LOANS, MONTHS, NEVER, NOBODY)}


def fee(request: str, partner: str, day: date, amount: str = "5.00", currency: str = "USD") -> Fee:
    return Fee(request=request, partner=partner, currency=currency, amount=Decimal(amount), sent_on=day)


def bills(*fees: Fee) -> list[tuple[str, str, list[str]]]:
    made = gathered(fees, PARTNERS, TODAY)
    return [(bill.partner.id, bill.currency, [each.request for each in bill.fees]) for bill in made]


def test_each_loan_has_its_bill_at_once_if_the_terms_say_so():
    assert bills(fee("a", "loans", TODAY), fee("b", "loans", TODAY)) == [
        ("loans", "USD", ["a"]),
        ("loans", "USD", ["b"]),
    ]


def test_a_month_is_one_bill_once_it_is_over_and_each_currency_has_its_own():
    october, november = date(2026, 10, 31), date(2026, 11, 1)
    september = date(2026, 9, 30)
    assert bills(
        fee("a", "months", september),
        fee("b", "months", october),
        fee("c", "months", october, currency="EUR"),
        fee("d", "months", october),
        fee("e", "months", november),
    ) == [("months", "USD", ["a"]), ("months", "USD", ["b", "d"]), ("months", "EUR", ["c"])]


def test_nobody_is_billed_who_is_not_and_no_currency_is_made_up():
    day = date(2026, 10, 1)
    assert bills(fee("a", "never", day), fee("b", "nobody", day), fee("c", "gone", day)) == []
    assert bills(fee("a", "loans", day, currency="XXQ")) == []


def test_lines_ask_for_what_was_agreed_with_the_tax_on_all_of_it():
    (bill,) = gathered([fee("a", "months", date(2026, 10, 1)), fee("b", "months", date(2026, 10, 2))], PARTNERS, TODAY)
    terms = terms_of(MONTHS, BillingDefaults(tax_percent=Decimal(10)))
    lines = lines_of_fees(bill, {"a": Loan(request="a")}, terms)
    assert [(line.kind, line.amount) for line in lines] == [
        (LineKind.FEE, Decimal("5.00")),
        (LineKind.FEE, Decimal("5.00")),
        (LineKind.TAX, Decimal("1.00")),
    ]
    assert isinstance(lines[0], BilledAmount)
    assert lines[0].loan == Loan(request="a")


def test_a_currency_without_decimals_is_asked_for_in_whole_units():
    (bill,) = gathered([fee("a", "loans", TODAY, "500.00", "JPY")], PARTNERS, TODAY)
    assert lines_of_fees(bill, {}, terms_of(LOANS, BillingDefaults()))[0].amount == Decimal(500)
