"""What follows from a partner's terms: lines, due date, words, what is credited; and how old what is owed is."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.money import ageing, fiscal, terms
from gateway.money.ageing import BillAge
from gateway.money.events import BillAct
from gateway.money.records import WORDS_MAX, EntryKind, LedgerEntry, LineKind, Loan, Seller
from gateway.money.terms import BillingDefaults
from gateway.workflow.partners import BilledBy, Billing, Partner, PriceBy, Refund
from gateway.workflow.values import Money
from tests.money.books import Books, line

DEFAULTS = BillingDefaults(processing_fee=Decimal("15.00"))
LOAN = Loan(request="L-27K3M-9QXT2", title="The Imaginary Almanac")


def partner(**billing: Any) -> Partner:
    return Partner(id="sample", name="Sample City Library", peer="p", billing=Billing(**billing))


def test_a_partner_whose_record_says_nothing_is_billed_as_usual():
    assert terms.terms_of(None, DEFAULTS) == terms.terms_of(partner(), DEFAULTS)
    lines = terms.lines_of_loss(LOAN, terms.terms_of(partner(), DEFAULTS))
    assert [(each.kind, each.amount) for each in lines] == [
        (LineKind.REPLACEMENT, 0),
        (LineKind.PROCESSING, Decimal("15.00")),
    ]


def test_a_flat_price_and_tax_are_worked_out():
    known = terms.terms_of(
        partner(
            price=PriceBy.FLAT, flat_price=Money(amount=Decimal("75.00"), currency="USD"), tax_percent=Decimal("8.25")
        ),
        DEFAULTS,
    )
    lines = terms.lines_of_loss(LOAN, known)
    assert [each.amount for each in lines] == [Decimal("75.00"), Decimal("15.00"), Decimal("7.43")]
    assert lines[-1].words == "Tax 8.25 %"
    assert terms.with_tax(lines, Decimal("8.25"), "USD") == lines, "once is enough"


def test_the_line_says_which_price_is_to_be_looked_up():
    by = {price: terms.lines_of_loss(LOAN, terms.terms_of(partner(price=price), DEFAULTS))[0] for price in PriceBy}
    assert by[PriceBy.LIST].words == "Replacement of the item at its list price"
    assert {by[PriceBy.ASKED].words, by[PriceBy.FLAT].words} == {"Replacement of the item"}


@pytest.mark.parametrize(
    ("by", "payment", "remit_to", "ways"),
    [
        (BilledBy.INVOICE, "Net 30 days", ("Accounting",), ("By check",)),
        (
            BilledBy.IFM,
            "Net 30 days, through OCLC IFM",
            (),
            ("To be settled through OCLC IFM: please send no check and no transfer.",),
        ),
        (
            BilledBy.VOUCHER,
            "Net 30 days, with IFLA vouchers",
            (),
            ("To be settled with IFLA vouchers: please send no check and no transfer.",),
        ),
    ],
)
def test_a_partner_that_settles_in_a_way_of_its_own_is_told_so_and_no_other(
    by: BilledBy, payment: str, remit_to: tuple[str, ...], ways: tuple[str, ...]
):
    known = terms.terms_of(partner(by=by), DEFAULTS)
    assert terms.words_of(known, [line("5.00")]).payment == payment
    paid = terms.paid_so(
        Seller(name="Us", tax_id="00-0", remit_to=("Accounting",), ways_to_pay=("By check",)), known.by
    )
    assert (paid.tax_id, paid.remit_to, paid.ways_to_pay) == ("00-0", remit_to, ways)


def test_no_price_is_taken_over_into_another_currency():
    known = terms.terms_of(partner(currency="EUR", flat_price=Money(amount=Decimal("75.00"), currency="USD")), DEFAULTS)
    assert (known.currency, known.flat_price, known.processing_fee) == ("EUR", None, Decimal(0))


@pytest.mark.parametrize(
    ("refund", "amounts"),
    [(Refund.REPLACEMENT, ["75.00", "7.50"]), (Refund.ALL, ["75.00", "15.00", "9.00"]), (Refund.NOTHING, [])],
)
def test_what_comes_back_is_credited_by_the_terms_with_its_tax(refund: Refund, amounts: list[str]):
    books = Books()
    taxed = terms.with_tax([line("75.00"), line("15.00", LineKind.PROCESSING)], Decimal(10), "USD")
    name = books.propose(*taxed)
    books.act(name, BillAct.FINALISE)
    assert [str(each.amount) for each in books.refund_lines(name, refund)] == amounts


def test_a_line_as_long_as_may_be_is_credited_by_one_that_can_be_kept():
    books = Books()
    bill = books.propose(msgspec.structs.replace(line("60.00"), words="a" * WORDS_MAX))
    (credit,) = books.refund_lines(bill, Refund.ALL)
    assert (credit.words[:9], len(credit.words)) == ("Credit: a", WORDS_MAX)


def test_what_is_said_about_a_return_is_said_only_of_items():
    known = terms.terms_of(None, DEFAULTS)
    assert terms.words_of(known, [line("5.00", LineKind.FEE)]).if_returned == ""
    assert terms.words_of(known, [line("5.00")]).payment == "Net 30 days"
    assert terms.due_on(date(2026, 12, 15), 30) == date(2027, 1, 14)


@pytest.mark.parametrize(
    ("day", "begins", "year"),
    [
        (date(2026, 6, 30), (7, 1), 2026),
        (date(2026, 7, 1), (7, 1), 2027),
        (date(2026, 12, 31), (1, 1), 2026),
        (date(2027, 1, 1), (1, 1), 2027),
    ],
)
def test_a_fiscal_year_has_the_name_of_the_year_in_which_it_ends(day: date, begins: tuple[int, int], year: int):
    assert fiscal.fiscal_year(day, begins) == year


def test_a_number_is_written_in_one_way():
    assert fiscal.paper_number("ILL", 2027, 12) == "ILL-2027-00012"


@pytest.mark.parametrize(
    ("days", "age"),
    [
        (0, BillAge.UNDER_30),
        (29, BillAge.UNDER_30),
        (30, BillAge.UNDER_60),
        (59, BillAge.UNDER_60),
        (89, BillAge.UNDER_90),
        (90, BillAge.OLDER),
    ],
)
def test_what_is_owed_ages(days: int, age: BillAge):
    today = date(2026, 11, 27)
    assert ageing.age_of(today - timedelta(days=days), today) is age


def test_a_statement_says_what_was_owed_before_and_after_each_line():
    def entry(day: int, amount: str) -> LedgerEntry:
        return LedgerEntry(
            partner="sample",
            currency="USD",
            bill="M-1",
            kind=EntryKind.PAID,
            amount=Decimal(amount),
            at=datetime(2026, 11, day, tzinfo=UTC),
            by="anna",
        )

    made = ageing.statement(
        [entry(20, "-40.00"), entry(1, "100.00"), entry(25, "-60.00")],
        datetime(2026, 11, 10, tzinfo=UTC),
        datetime(2026, 11, 25, tzinfo=UTC),
    )
    assert (made.opening, made.closing) == (Decimal("100.00"), Decimal("60.00"))
    assert [each.balance for each in made.lines] == [Decimal("60.00")]
