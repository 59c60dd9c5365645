"""What is booked of lenders' invoices: how much they ask for, what of it is not owed after all, what was paid, what is disputed. Pure.

A line is booked whenever one of these changes, by how much it changes, and never altered. So figures count what happened when it happened,
and what was entered by mistake counts from its entry until it was dropped.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from gateway.money.amounts import NOTHING
from gateway.money.invoices.records import Invoice, InvoiceState
from gateway.workflow.values import Record


class OwedKind(StrEnum):
    """What a line is about."""

    ASKED = "asked for"
    LET_OFF = "not owed after all"
    PAID = "paid"
    DISPUTED = "disputed"
    """Below 0 once the dispute has ended."""


class OwedLine(Record, frozen=True, kw_only=True):
    """By how much one of these changed, of an invoice of one lender, in one currency and of one date."""

    lender: str
    """A partner's id, or the name on the invoice."""
    currency: str
    dated: date
    kind: OwedKind
    amount: Decimal
    at: datetime


_Of = tuple[str, str, date, OwedKind]


def booked(before: Invoice | None, after: Invoice, at: datetime) -> tuple[OwedLine, ...]:
    """Return what a change of an invoice books."""
    was, now = _standing(before), _standing(after)
    changes = {of: now.get(of, NOTHING) - was.get(of, NOTHING) for of in (*was, *(of for of in now if of not in was))}
    return tuple(
        OwedLine(lender=lender, currency=currency, dated=dated, kind=kind, amount=amount, at=at)
        for (lender, currency, dated, kind), amount in changes.items()
        if amount
    )


def _standing(invoice: Invoice | None) -> Mapping[_Of, Decimal]:
    """Return what stands in the books of an invoice as it is."""
    if invoice is None or invoice.state is InvoiceState.DROPPED:
        return {}
    claim = invoice.claim
    owed = NOTHING if invoice.state is InvoiceState.WITHDRAWN else invoice.agreed
    amounts = {
        OwedKind.ASKED: claim.amount,
        OwedKind.LET_OFF: claim.amount - owed,
        OwedKind.PAID: owed if invoice.state is InvoiceState.PAID else NOTHING,
        OwedKind.DISPUTED: owed if invoice.state is InvoiceState.DISPUTED else NOTHING,
    }
    lender = claim.partner or " ".join(claim.lender.split())
    return {(lender, claim.currency, claim.dated, kind): amount for kind, amount in amounts.items()}
