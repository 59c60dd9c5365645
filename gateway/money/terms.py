"""The terms on which a partner is billed, and what follows from them: lines, due date, words, what is credited. Pure.

What the partner's record leaves open is as the library's own defaults say.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from gateway.money.amounts import NOTHING, share, total
from gateway.money.records import WORDS_MAX, Bill, BilledAmount, BillTerms, LineKind, Loan, Seller
from gateway.workflow.partners import BilledBy, Billing, Partner, PriceBy, Refund
from gateway.workflow.values import Money


class BillingDefaults(msgspec.Struct, frozen=True, kw_only=True):
    """How we bill a partner whose record says nothing of it."""

    currency: str = "USD"
    price: PriceBy = PriceBy.ASKED
    flat_price: Decimal | None = None
    processing_fee: Decimal = NOTHING
    refund: Refund = Refund.REPLACEMENT
    net_days: int = 30
    tax_percent: Decimal = NOTHING


class BillingTerms(msgspec.Struct, frozen=True, kw_only=True):
    """How one partner is billed, nothing left open."""

    currency: str
    price: PriceBy
    flat_price: Decimal | None
    processing_fee: Decimal
    refund: Refund
    net_days: int
    tax_percent: Decimal
    by: BilledBy = BilledBy.INVOICE


SETTLED: Final = {BilledBy.IFM: "through OCLC IFM", BilledBy.VOUCHER: "with IFLA vouchers"}
"""How a partner settles that is sent an invoice and pays no money by it."""
IF_RETURNED: Final = {
    Refund.REPLACEMENT: "If the item comes back, its replacement price is credited; other charges stay.",
    Refund.ALL: "If the item comes back, this invoice is credited.",
    Refund.NOTHING: "Nothing is credited if the item comes back.",
}


def terms_of(partner: Partner | None, defaults: BillingDefaults) -> BillingTerms:
    """Return a partner's terms. A price in another currency than its bills is left out: no rate is known."""
    billing = partner.billing if partner else Billing()
    currency = billing.currency or defaults.currency
    is_usual = currency == defaults.currency
    own_fee = _in(billing.processing_fee, currency)
    return BillingTerms(
        currency=currency,
        price=billing.price or defaults.price,
        flat_price=_first(_in(billing.flat_price, currency), defaults.flat_price if is_usual else None),
        processing_fee=_first(own_fee, defaults.processing_fee if is_usual else None) or NOTHING,
        refund=billing.refund or defaults.refund,
        net_days=defaults.net_days if billing.net_days is None else billing.net_days,
        tax_percent=defaults.tax_percent if billing.tax_percent is None else billing.tax_percent,
        by=billing.by,
    )


def _in(money: Money | None, currency: str) -> Decimal | None:
    return money.amount if money and money.currency == currency else None


def _first(*amounts: Decimal | None) -> Decimal | None:
    return next((amount for amount in amounts if amount is not None), None)


_REPLACEMENT: Final = {PriceBy.LIST: "Replacement of the item at its list price"}
"""What the line says, for whoever is to look the price up and for whoever pays it."""


def lines_of_loss(loan: Loan, terms: BillingTerms) -> tuple[BilledAmount, ...]:
    """Return the lines for an item that is not coming back. A price that somebody is still to say stands as 0."""
    flat = terms.flat_price if terms.price is PriceBy.FLAT else None
    words = _REPLACEMENT.get(terms.price, "Replacement of the item")
    lines = [BilledAmount(kind=LineKind.REPLACEMENT, words=words, amount=flat or NOTHING, loan=loan)]
    if terms.processing_fee:
        lines.append(BilledAmount(kind=LineKind.PROCESSING, words="Processing", amount=terms.processing_fee, loan=loan))
    return with_tax(lines, terms.tax_percent, terms.currency)


def with_tax(lines: Iterable[BilledAmount], percent: Decimal, currency: str) -> tuple[BilledAmount, ...]:
    """Return lines with the tax on all of them as the last one, in place of the tax that they had."""
    taxed = tuple(line for line in lines if line.kind is not LineKind.TAX)
    tax = share(total(line.amount for line in taxed), percent, currency)
    if not tax:
        return taxed
    return (*taxed, BilledAmount(kind=LineKind.TAX, words=f"Tax {percent.normalize():f} %", amount=tax))


def due_on(dated: date, net_days: int) -> date:
    """Return until when a bill is to be paid."""
    return dated + timedelta(days=net_days)


def words_of(terms: BillingTerms, lines: Sequence[BilledAmount]) -> BillTerms:
    """Return what a bill says of its terms; about what comes back only if an item is to be replaced."""
    replaces = any(line.kind is LineKind.REPLACEMENT for line in lines)
    when = f"Net {terms.net_days} days" if terms.net_days else "Payable at once"
    payment = f"{when}, {SETTLED[terms.by]}" if terms.by in SETTLED else when
    return BillTerms(payment=payment, if_returned=IF_RETURNED[terms.refund] if replaces else "")


def paid_so(seller: Seller, by: BilledBy) -> Seller:
    """Return who we are to a partner that settles in a way of its own: no account, no address for checks."""
    if by not in SETTLED:
        return seller
    ways = (f"To be settled {SETTLED[by]}: please send no check and no transfer.",)
    return msgspec.structs.replace(seller, remit_to=(), ways_to_pay=ways)


_REFUNDED: Final = {
    Refund.REPLACEMENT: frozenset({LineKind.REPLACEMENT}),
    Refund.ALL: frozenset(LineKind),
    Refund.NOTHING: frozenset[LineKind](),
}


def credit_lines(bill: Bill, refund: Refund) -> tuple[BilledAmount, ...]:
    """Return the lines of a credit note for what came back after all: those that the terms take back, with their share of the tax."""
    taken = [line for line in bill.lines if line.kind in _REFUNDED[refund] and line.kind is not LineKind.TAX]
    lines = [
        BilledAmount(
            kind=LineKind.CREDIT, words=f"Credit: {line.words}"[:WORDS_MAX], amount=line.amount, loan=line.loan
        )
        for line in taken
    ]
    tax = _tax_on(bill, taken)
    if tax:
        lines.append(BilledAmount(kind=LineKind.CREDIT, words="Credit: tax", amount=tax))
    return tuple(lines)


def _tax_on(bill: Bill, taken: Sequence[BilledAmount]) -> Decimal:
    """The share of a bill's tax that is on these lines, rounded."""
    taxed = total(line.amount for line in bill.lines if line.kind is not LineKind.TAX)
    tax = total(line.amount for line in bill.lines if line.kind is LineKind.TAX)
    if not tax or not taxed:
        return NOTHING
    return share(total(line.amount for line in taken), 100 * tax / taxed, bill.currency)
