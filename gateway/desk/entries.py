"""What is behind a number of money: the very lines that were booked, or the bills and invoices that were open, as far as they are kept."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import tzinfo

from gateway.desk.access import Caller
from gateway.desk.behind import FigureNumber, find_number
from gateway.desk.counting import books_of
from gateway.desk.ports import Desk
from gateway.desk.statistics import Names, names
from gateway.desk.structs.statistics import EntriesQuery, EntriesShown, EntryRow, Opens, PeriodShown
from gateway.workflow.booked import BookedLine, OpenBill, WhichLines
from gateway.workflow.questions import Part


async def show_entries(desk: Desk, _caller: Caller, figure: str, query: EntriesQuery) -> EntriesShown:
    """Return what is behind one number of money."""
    number = await find_number(desk, figure, query, Opens.ENTRIES)
    found = await _found(desk, number, query.after, query.limit + 1)
    page, books = found[: query.limit], number.figure.books
    assert books is not None, "money stands in somebody's books"
    known = await names(desk)
    called = await books_of(desk.store, number.figure).called([each.id for each in page])
    row, period = number.row, number.period
    return EntriesShown(
        figure=figure,
        title=number.figure.title,
        row=known.of(row.part, row.words),
        column=number.column.words,
        period=PeriodShown(name=period.name, words=period.words, first=period.first, last=period.last),
        currency=row.currency,
        amount=str(row.cells[number.figure.column(number.column.name)]),
        books=books.value,
        rows=tuple(_shown(desk.zone, each, number.column.booked, known, called) for each in page),
        next=query.after + query.limit if len(found) > query.limit else None,
    )


async def _found(desk: Desk, number: FigureNumber, after: int, limit: int) -> Sequence[BookedLine | OpenBill]:
    books, column, currency = books_of(desk.store, number.figure), number.column, number.row.currency
    partner = None if number.row.is_total else number.row.words
    span = number.period.span(desk.zone)
    if column.booked:
        which = WhichLines(kinds=tuple(column.booked), currency=currency, partner=partner)
        return await books.booked_lines(which, span, after=after, limit=limit)
    found = await asyncio.to_thread(_still_open, number, partner, await books.open_at(span[1]))
    return found[after : after + limit]


def _still_open(number: FigureNumber, partner: str | None, found: Sequence[OpenBill]) -> Sequence[OpenBill]:
    """Return those that the number adds up, the oldest first."""
    of_row = [bill for bill in found if bill.currency == number.row.currency and partner in {None, bill.partner}]
    return sorted(number.column.of_open(of_row, number.period.last), key=lambda bill: (bill.dated, bill.id))


def _shown(
    zone: tzinfo, found: BookedLine | OpenBill, signs: Mapping[str, int], known: Names, called: Mapping[str, str]
) -> EntryRow:
    if isinstance(found, OpenBill):
        on, kind, amount = found.dated, "", found.balance
    else:
        on, kind = found.at.astimezone(zone).date(), found.kind
        amount = found.amount * signs[kind]
    return EntryRow(
        id=found.id,
        number=called.get(found.id),
        partner=known.of(Part.PARTNER, found.partner),
        on=on,
        kind=kind,
        amount=str(amount),
    )
