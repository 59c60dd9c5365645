"""Fees of loans and copies, gathered into bills as each partner's terms say: one a loan, or one a month. Pure.

A fee is due once its loan was sent. It asks for what was agreed with the request, in that currency; a bill has one currency.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

import msgspec

from gateway.money.amounts import rounded
from gateway.money.currencies import DIGITS
from gateway.money.records import BilledAmount, LineKind, Loan
from gateway.money.terms import BillingTerms, with_tax
from gateway.workflow.partners import BilledBy, FeesBilled, Partner


class Fee(msgspec.Struct, frozen=True, kw_only=True):
    """What was agreed for a request that we have sent."""

    request: str
    partner: str
    currency: str
    amount: Decimal
    sent_on: date


class FeeBill(msgspec.Struct, frozen=True, kw_only=True):
    """Fees that go onto one bill: of one partner and currency, the oldest first."""

    partner: Partner
    currency: str
    fees: tuple[Fee, ...]


def gathered(fees: Iterable[Fee], partners: Mapping[str, Partner], today: date) -> tuple[FeeBill, ...]:
    """Return the bills that are due: of each loan at once, of each month once it is over."""
    groups: dict[tuple[str, ...], list[Fee]] = {}
    for fee in fees:
        partner = partners.get(fee.partner)
        key = _key(fee, partner, today) if partner else None
        if key is not None:
            groups.setdefault(key, []).append(fee)
    return tuple(
        FeeBill(partner=partners[group[0].partner], currency=group[0].currency, fees=tuple(group))
        for group in groups.values()
    )


def _key(fee: Fee, partner: Partner, today: date) -> tuple[str, ...] | None:
    """What fees on the same bill have in common; None: it is not billed, or not yet."""
    if partner.billing.by is BilledBy.NOBODY or fee.currency not in DIGITS:
        return None
    match partner.billing.fees:
        case FeesBilled.PER_LOAN:
            return (fee.request,)
        case FeesBilled.MONTHLY if _month(fee.sent_on) < _month(today):
            return (partner.id, fee.currency, _month(fee.sent_on))
    return None


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def lines_of_fees(bill: FeeBill, loans: Mapping[str, Loan], terms: BillingTerms) -> tuple[BilledAmount, ...]:
    """Return a line for each fee, with the tax on all of them as the last."""
    lines = [
        BilledAmount(
            kind=LineKind.FEE,
            words=f"Interlibrary loan fee, {fee.sent_on.isoformat()}",
            amount=rounded(fee.amount, bill.currency),
            loan=loans.get(fee.request),
        )
        for fee in bill.fees
    ]
    return with_tax(lines, terms.tax_percent, bill.currency)
