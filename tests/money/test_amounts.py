"""Amounts are exact: each goes to minor units and back as it was, and what is none is refused in words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.money import amounts
from gateway.money.amounts import NOTHING, AmountFault, exact
from gateway.money.currencies import DIGITS, UnknownCurrency, digits_of

CURRENCIES = st.sampled_from(sorted(DIGITS))


@given(CURRENCIES, st.integers(-(10**9), 10**9))
def test_minor_units_and_amounts_are_each_others_inverse(currency: str, minor: int):
    amount = amounts.amount_of(minor, currency)
    assert amounts.minor_units(amount, currency) == minor
    assert -amount.as_tuple().exponent == digits_of(currency)  # type: ignore[operator]


@given(CURRENCIES, st.lists(st.integers(-(10**9), 10**9)))
def test_sums_are_exact(currency: str, minors: list[int]):
    summed = amounts.total(amounts.amount_of(minor, currency) for minor in minors)
    assert amounts.minor_units(summed, currency) == sum(minors)


@pytest.mark.parametrize(("currency", "digits"), [("JPY", 0), ("USD", 2), ("EUR", 2), ("KWD", 3), ("CLF", 4)])
def test_a_currency_has_its_digits(currency: str, digits: int):
    assert digits_of(currency) == digits


@pytest.mark.parametrize("currency", ["XXX", "XAU", "usd", "", "US"])
def test_a_code_of_no_currency_is_refused(currency: str):
    with pytest.raises(UnknownCurrency, match="ISO 4217"):
        digits_of(currency)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("0.001", "USD"), ("0.5", "JPY"), ("NaN", "USD"), ("Infinity", "USD"), ("1E+10", "USD"), ("-1E+10", "USD")],
)
def test_what_is_no_amount_of_a_currency_is_refused_not_rounded(amount: str, currency: str):
    with pytest.raises(AmountFault):
        amounts.checked(Decimal(amount), currency)


@pytest.mark.parametrize("text", ["", "1,50", "1 000", "1e3", "١٢", "+5", "$5", "0x10", "1.", "NaN", "1" * 12])
def test_what_people_write_is_read_strictly(text: str):
    with pytest.raises(AmountFault):
        amounts.read(text, "USD")


def test_what_people_write_is_read_with_all_digits():
    assert str(amounts.read(" 12.5 ", "USD")) == "12.50"
    assert str(amounts.read("7", "JPY")) == "7"


@pytest.mark.parametrize(
    ("amount", "rounded"), [("0.005", "0.01"), ("0.0049", "0.00"), ("1.015", "1.02"), ("-0.005", "-0.01")]
)
def test_a_share_is_rounded_half_up(amount: str, rounded: str):
    assert amounts.rounded(Decimal(amount), "USD") == Decimal(rounded)


def test_another_currency_comes_in_at_the_rate_that_was_entered():
    assert amounts.converted(Decimal("100.00"), Decimal("1.08455"), "USD") == Decimal("108.46")
    assert amounts.converted(Decimal("100.00"), Decimal("161.2345"), "JPY") == Decimal(16123)


@given(CURRENCIES, st.integers(-(10**9), 10**9))
def test_what_was_agreed_is_kept_to_the_last_digit(currency: str, minor: int):
    amount = amounts.agreed_amount(minor, currency)
    assert (amount, amounts.agreed_minor(amount, currency)) == (amounts.amount_of(minor, currency), minor)


@given(st.text(alphabet="ABCXYZ", min_size=3, max_size=3).filter(lambda code: code not in DIGITS), st.integers())
def test_a_currency_of_no_list_has_two_digits(currency: str, hundredths: int):
    minor = hundredths % 10**9
    assert amounts.agreed_amount(minor, currency) == Decimal(minor).scaleb(-2)
    assert amounts.agreed_minor(Decimal(minor).scaleb(-2), currency) == minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("0.005", "USD", 1), ("0.0049", "USD", 0), ("500.5", "JPY", 501), ("1.1255", "KWD", 1126), ("-0.005", "USD", -1)],
)
def test_more_digits_than_a_currency_has_are_rounded_half_up(amount: str, currency: str, minor: int):
    assert amounts.agreed_minor(Decimal(amount), currency) == minor


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "10000000000", "-10000000000", "999999999999999999"])
def test_what_no_bill_can_ask_for_is_no_amount_that_was_agreed(amount: str):
    assert amounts.agreed_minor(Decimal(amount), "USD") is None


@given(CURRENCIES, st.integers(0, 10**10 - 1), st.integers(0, 9999))
def test_what_figures_keep_fits_the_integers_of_both_databases(currency: str, whole: int, part: int):
    minor = amounts.agreed_minor(Decimal(whole) + Decimal(part).scaleb(-4), currency)
    assert minor is not None
    assert 0 <= minor <= 10**14
    assert 0 <= amounts.hundredths(minor, currency) <= 10**12


def test_a_sum_may_be_higher_than_any_amount():
    assert str(exact(11 * Decimal(10**9), "KWD")) == "11000000000.000"
    assert str(exact(NOTHING, "JPY")) == "0"
