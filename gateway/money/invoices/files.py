"""Files of invoices: how long they are kept, by what words they are found, and as a list for the accounting system. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Final

from gateway.money.fiscal import fiscal_year
from gateway.money.invoices.records import Invoice
from gateway.spreadsheets import csv_text

COLUMNS: Final[Mapping[str, Callable[[Invoice], object]]] = {
    "invoice": lambda invoice: invoice.claim.number,
    "entry": lambda invoice: invoice.id,
    "lender": lambda invoice: invoice.claim.partner or "",
    "lender_name": lambda invoice: invoice.claim.lender,
    "kind": lambda invoice: invoice.claim.kind.value,
    "dated": lambda invoice: invoice.claim.dated.isoformat(),
    "due": lambda invoice: invoice.claim.due.isoformat() if invoice.claim.due else "",
    "pay_from": lambda invoice: invoice.pay_from.isoformat() if invoice.pay_from else "",
    "fiscal_year": lambda invoice: invoice.fiscal_year,
    "request": lambda invoice: invoice.claim.request or "",
    "asked": lambda invoice: invoice.claim.amount,
    "amount": lambda invoice: invoice.agreed,
    "currency": lambda invoice: invoice.claim.currency,
    "verified_by": lambda invoice: invoice.verified_by or "",
    "approved_by": lambda invoice: invoice.approved_by or "",
    "batch": lambda invoice: invoice.batch or "",
    "paid_on": lambda invoice: invoice.paid_on.isoformat() if invoice.paid_on else "",
    "reference": lambda invoice: invoice.reference,
}
"""What a column can hold, by its name in the settings."""
_FEBRUARY: Final = 2
_EVERY_FEBRUARY: Final = 28
USUAL: Final[tuple[tuple[str, str], ...]] = tuple((name, name) for name in COLUMNS)


def exported(invoices: Iterable[Invoice], columns: Iterable[tuple[str, str]]) -> str:
    """Write invoices as CSV. `columns` are a heading and the name of what stands below it, or a text of its own after `=`."""
    columns = tuple(columns)
    rows = (
        [what[1:] if what.startswith("=") else COLUMNS[what](invoice) for _, what in columns] for invoice in invoices
    )
    return csv_text([heading for heading, _ in columns], rows)


def kept_from(today: date, years: int, begins: tuple[int, int]) -> date:
    """Return the first day whose invoices are still kept: so many whole fiscal years before the one of today, and that one."""
    month, day = begins
    first_year = fiscal_year(today, begins) - years
    calendar_year = first_year if begins == (1, 1) else first_year - 1
    return date(calendar_year, month, min(day, _EVERY_FEBRUARY) if month == _FEBRUARY else day)
