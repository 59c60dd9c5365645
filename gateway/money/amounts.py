"""Amounts: decimals here, whole numbers of the minor unit in the store, and nothing in between.

An amount is exact. It is rounded in one place, `rounded`, and only when it was worked out from a share or a rate: half up, as
bookkeepers do, to the currency's minor unit. What a person enters is never rounded but refused if it has too many digits. What a partner
names can't be refused, for the request goes on: figures have it rounded likewise (`agreed_minor`). Pure.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from gateway.money.currencies import UnknownCurrency, digits_named, digits_of
from gateway.workflow.values import Money

NOTHING: Final = Decimal(0)
MOST: Final = Decimal(10) ** 10
"""No amount is as high: a sum of all that a store can hold still fits 64 bits, and exact sums fit the 28 digits of a decimal."""
_WRITTEN: Final = re.compile(r"-?\d{1,11}(?:\.\d{1,8})?", re.ASCII)
_PERCENT: Final = Decimal(100)


class AmountFault(ValueError):  # noqa: N818 - what is wrong, in words for whoever entered it
    """It is no amount of this currency; the text says why."""


def checked(amount: Decimal, currency: str) -> Decimal:
    """Return the amount with all digits of its currency: 12.5 USD is 12.50. Raises AmountFault, UnknownCurrency."""
    digits = digits_of(currency)
    if not (amount.is_finite() and abs(amount) < MOST):
        raise AmountFault("must be an amount like 12.50, below 10,000,000,000")
    exact = amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    if exact != amount:
        raise AmountFault(f"has more than the {digits} decimals of {currency}")
    return exact


def not_negative(amount: Decimal, currency: str) -> Decimal:
    """Likewise an amount that is 0 or more."""
    exact = checked(amount, currency)
    if exact < NOTHING:
        raise AmountFault("must be 0 or more")
    return exact


def positive(amount: Decimal, currency: str) -> Decimal:
    """Likewise an amount above 0."""
    exact = checked(amount, currency)
    if exact <= NOTHING:
        raise AmountFault("must be above 0")
    return exact


def price_faults(price: Money | None) -> Iterator[tuple[str, str]]:
    """Say what keeps it from being a price that a library names: the field and the words, for each fault."""
    if price is None:
        return
    try:
        not_negative(price.amount, price.currency)
    except UnknownCurrency as fault:
        yield "currency", str(fault)
    except AmountFault as fault:
        yield "amount", str(fault)
    else:
        if "E" in str(price.amount):  # as it is entered it is written out, on papers too
            yield "amount", "must be an amount like 12.50"


def read(text: str, currency: str) -> Decimal:
    """Read an amount as people write it: digits, and a point before the decimals. Raises AmountFault, UnknownCurrency."""
    if not _WRITTEN.fullmatch(text.strip()):
        raise AmountFault("must be an amount like 12.50: digits, and a point before the decimals")
    return checked(Decimal(text.strip()), currency)


def minor_units(amount: Decimal, currency: str) -> int:
    """Return the amount as the store keeps it: 12.50 USD is 1250. Raises AmountFault, UnknownCurrency."""
    return int(checked(amount, currency).scaleb(digits_of(currency)))


def amount_of(minor: int, currency: str) -> Decimal:
    """Return the amount that the store keeps as so many minor units. Raises UnknownCurrency."""
    return Decimal(minor).scaleb(-digits_of(currency))


def agreed_minor(amount: Decimal, currency: str) -> int | None:
    """Return a price that was agreed with a partner as figures keep it, rounded half up if it has more digits; None of one that is no amount."""
    if not (amount.is_finite() and abs(amount) < MOST):
        return None
    return int(amount.scaleb(digits_named(currency)).to_integral_value(ROUND_HALF_UP))


def agreed_amount(minor: int, currency: str) -> Decimal:
    """Return what figures keep as so many minor units, or a sum of it, with all digits of its currency."""
    return Decimal(minor).scaleb(-digits_named(currency))


def hundredths(minor: int, currency: str) -> int:
    """Return it as the store kept it before version 41: in hundredths, whatever the currency, rounded half up."""
    return int((agreed_amount(minor, currency) * _PERCENT).to_integral_value(ROUND_HALF_UP))


def exact(amount: Decimal, currency: str) -> Decimal:
    """Return a sum of amounts with all digits of its currency, however high it is. Raises UnknownCurrency."""
    return amount + amount_of(0, currency)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round to the minor unit, half up: for what comes of a share or a rate, and for nothing else. Raises UnknownCurrency."""
    return amount.quantize(Decimal(1).scaleb(-digits_of(currency)), rounding=ROUND_HALF_UP)


def share(amount: Decimal, percent: Decimal, currency: str) -> Decimal:
    """Return so many per cent of an amount, rounded."""
    return rounded(amount * percent / _PERCENT, currency)


def converted(amount: Decimal, rate: Decimal, currency: str) -> Decimal:
    """Return an amount of another currency in this one, at the rate that a person entered, rounded."""
    return rounded(amount * rate, currency)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Add up amounts of one currency, exactly."""
    return sum(amounts, NOTHING)
