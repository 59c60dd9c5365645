"""Papers about money as plain text. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from gateway.documents.layout import Block, field, page, sides, wrap
from gateway.documents.papers import (
    BillItem,
    CreditNote,
    DisputeLetter,
    InvoicePaper,
    OpenBillLine,
    PaperBillLine,
    ReminderLetter,
    StatementPaper,
)

AnyOfMoney = InvoicePaper | CreditNote | ReminderLetter | StatementPaper | DisputeLetter

_CREDITED: Final = (
    "The amount is taken off what the invoice still asks for. What was paid of it already is kept as your credit."
)


def invoice(paper: InvoicePaper) -> str:
    """Print an invoice."""
    facts = [
        *field("Invoice", paper.number),
        *field("Date", _day(paper.dated)),
        *field("Due", _day(paper.due)),
        *field("Terms", paper.terms),
    ]
    sums = _sums(paper.currency, ("Total", paper.total), ("Paid", paper.paid), ("To pay", paper.balance))
    return _money(paper, facts, _lines(paper.lines), sums, wrap(paper.if_returned), _how_to_pay(paper))


def credit_note(paper: CreditNote) -> str:
    """Print a credit note."""
    facts = [
        *field("Credit note", paper.number),
        *field("Date", _day(paper.dated)),
        *field("Corrects", paper.corrects),
    ]
    return _money(paper, facts, _lines(paper.lines), _sums(paper.currency, ("Credited", paper.total)), wrap(_CREDITED))


def reminder_letter(paper: ReminderLetter) -> str:
    """Print a reminder."""
    facts = [
        *field("Date", _day(paper.dated)),
        *field("Invoice", f"{paper.number} of {_day(paper.invoice_dated)}"),
        *field("Was due", _day(paper.due)),
    ]
    covered = ("Paid, credited or replaced", paper.paid)
    sums = _sums(paper.currency, ("Total", paper.total), covered, ("To pay", paper.balance))
    return _money(paper, facts, wrap(f"{paper.which}. {paper.words}"), _lines(paper.lines), sums, _how_to_pay(paper))


def statement(paper: StatementPaper) -> str:
    """Print a statement."""
    facts = [*field("From", _day(paper.since)), *field("To", _day(paper.until)), *field("Currency", paper.currency)]
    rows = [
        *sides("Owed before", paper.opening),
        *(line for row in paper.rows for line in sides(f"{_day(row.day)} {row.words}: {row.amount}", row.balance)),
        *sides("Owed now", paper.closing),
    ]
    bills = [line for bill in paper.bills for line in sides(_open(bill), bill.balance)]
    ages = [line for age in paper.ages for line in sides(age.words, age.amount)]
    return _money(paper, facts, rows, bills, ages, _how_to_pay(paper))


def _open(bill: OpenBillLine) -> str:
    due = f"due {_day(bill.due)}" if bill.due else ""
    return ", ".join(filter(None, (bill.number, _day(bill.dated), due, bill.age)))


def dispute_letter(paper: DisputeLetter) -> str:
    """Print a dispute letter."""
    facts = [
        *field("Date", _day(paper.dated)),
        *field("Your invoice", f"{paper.number} of {_day(paper.invoice_dated)}"),
        *field("Amount", f"{paper.amount} {paper.currency}, {paper.kind}"),
        *field("Our reference", paper.entry),
        *field("Our request", paper.our_request),
        *field("About", paper.title),
    ]
    evidence = [line for words in paper.evidence for line in wrap(words)]
    return _money(paper, facts, wrap(f"We do not agree with this invoice. {paper.words}"), evidence)


def _money(paper: AnyOfMoney, facts: Block, *blocks: Block) -> str:
    library = paper.library
    us = [library.name, library.department, *library.lines, library.contact]
    return page(
        sides(library.name, paper.heading),
        field("To", paper.to.name, *paper.to.lines),
        [*facts, *field("Your reference", paper.reference)],
        *blocks,
        [*field("From", *us), *field("Tax ID", paper.tax_id)],
    )


def _lines(lines: Iterable[PaperBillLine]) -> Block:
    return [part for line in lines for part in (*_item(line.item), *sides(line.words, line.amount))]


def _item(item: BillItem | None) -> Block:
    if item is None:
        return []
    return [
        *field("Title", item.title),
        *field("Author", item.author),
        *field("Call number", item.call_number),
        *field("Barcode", item.barcode),
        *field("Your request", item.their_request),
        *field("Our request", item.our_request),
        *field("Sent", _day(item.shipped)),
        *field("Was due", _day(item.due)),
        *field("First notice", _day(item.notice)),
    ]


def _sums(currency: str, *pairs: tuple[str, str]) -> Block:
    return [line for name, amount in pairs for line in sides(name, f"{amount} {currency}")]


def _how_to_pay(paper: InvoicePaper | ReminderLetter | StatementPaper) -> Block:
    return [*field("Pay to", *paper.remit_to), *field("How to pay", *paper.ways_to_pay)]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
