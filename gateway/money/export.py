"""The ledger as a list for an accounting system: a line each, in the columns that the library's settings name. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo
from typing import Final

import msgspec

from gateway.money.records import Bill, LedgerEntry, Payment
from gateway.spreadsheets import csv_text


class LedgerRow(msgspec.Struct, frozen=True):
    """What a column is taken from."""

    entry: LedgerEntry
    bill: Bill | None
    note: Bill | None
    payment: Payment | None
    partner_name: str
    zone: tzinfo


def _number(bill: Bill | None) -> str:
    return str(bill.number) if bill and bill.number else ""


COLUMNS: Final[Mapping[str, Callable[[LedgerRow], object]]] = {
    "date": lambda row: row.entry.at.astimezone(row.zone).date().isoformat(),
    "kind": lambda row: row.entry.kind.value,
    "partner": lambda row: row.entry.partner,
    "partner_name": lambda row: row.partner_name,
    "invoice": lambda row: _number(row.bill),
    "invoice_date": lambda row: row.bill.face.dated.isoformat() if row.bill and row.bill.face else "",
    "due": lambda row: row.bill.face.due.isoformat() if row.bill and row.bill.face and row.bill.face.due else "",
    "credit_note": lambda row: _number(row.note),
    "payment": lambda row: row.entry.payment or "",
    "received": lambda row: row.payment.received_on.isoformat() if row.payment else "",
    "means": lambda row: row.payment.means.value if row.payment else "",
    "reference": lambda row: row.payment.reference if row.payment else "",
    "amount": lambda row: row.entry.amount,
    "currency": lambda row: row.entry.currency,
    "booked_by": lambda row: row.entry.by,
    "words": lambda row: row.entry.words,
}
"""What a column can hold, by its name in the settings."""
USUAL: Final[tuple[tuple[str, str], ...]] = tuple((name, name) for name in COLUMNS)
"""Headings and what stands below them: every column under its own name."""


class LedgerLines(msgspec.Struct, frozen=True):
    """Lines of the ledger, and what they are about: bills, payments and partners' names by their ids."""

    entries: Iterable[LedgerEntry]
    bills: Mapping[str, Bill]
    payments: Mapping[str, Payment]
    names: Mapping[str, str]


def exported(books: LedgerLines, columns: Iterable[tuple[str, str]], zone: tzinfo) -> str:
    """Write the ledger's lines as CSV. `columns` are a heading and the name of what stands below it, or a text of its own after `=`."""
    columns = tuple(columns)
    rows = (
        LedgerRow(
            entry=entry,
            bill=books.bills.get(entry.bill or ""),
            note=books.bills.get(entry.credit_note or ""),
            payment=books.payments.get(entry.payment or ""),
            partner_name=books.names.get(entry.partner, entry.partner),
            zone=zone,
        )
        for entry in books.entries
    )
    return csv_text([heading for heading, _ in columns], ([_cell(row, what) for _, what in columns] for row in rows))


def _cell(row: LedgerRow, what: str) -> object:
    return what[1:] if what.startswith("=") else COLUMNS[what](row)
