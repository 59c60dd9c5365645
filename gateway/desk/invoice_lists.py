"""Lenders' invoices as a list: all of it is taken, or nothing; an invoice that is kept already is not taken twice."""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from gateway.desk.access import Caller
from gateway.desk.errors import UnusableError
from gateway.desk.invoices import claim_of, entry
from gateway.desk.ports import Desk
from gateway.desk.structs.common import Problem, Upload
from gateway.desk.structs.invoices import EnterBody, InvoiceKind, InvoiceListQuery, InvoicesTaken, InvoiceTaken
from gateway.money import amounts
from gateway.money.amounts import AmountFault
from gateway.money.currencies import UnknownCurrency
from gateway.money.invoices import lists
from gateway.money.invoices.events import InvoiceEntered
from gateway.money.invoices.likeness import lender_key
from gateway.money.invoices.lists import InvoiceColumn, InvoiceRow
from gateway.money.invoices.records import Claim
from gateway.orders.cells import CellError, read_day
from gateway.store.port import AlreadyExists, Store
from gateway.store.wording import number
from gateway.texts import decoded

LIST_MAX: Final = 1_000_000
"""Bytes of a list; a line has about 150."""

_LONGEST: Final = re.compile("length <= ([0-9]+)")


async def take_invoices(desk: Desk, caller: Caller, query: InvoiceListQuery, body: Upload) -> InvoicesTaken:
    """Take a CSV list of lenders' invoices, all of them or none; a preview says what would be taken, and writes nothing.

    Columns: lender, number, dated and amount must be there; kind, due, currency, request, title and note may be.
    """
    rows, faults = lists.read(decoded(body.data))
    problems = [Problem(row=fault.line, column=fault.column, words=fault.words) for fault in faults]
    claims = [(row, claim) for row in rows if (claim := await _claim(desk, row, problems)) is not None]
    problems += _twice(claims)
    if problems:
        ordered = sorted(problems, key=lambda problem: problem.row or 0)
        raise UnusableError("The list can't be taken as it is; nothing was entered.", ordered)
    taken = tuple([await _taken(desk, caller, row, claim, preview=query.preview) for row, claim in claims])
    new = sum(row.is_new for row in taken)
    return InvoicesTaken(taken=new, known=len(taken) - new, preview=query.preview, rows=taken)


async def _claim(desk: Desk, row: InvoiceRow, problems: list[Problem]) -> Claim | None:
    try:
        return await claim_of(desk, _body(desk, row))
    except _CellFault as fault:
        problems.append(Problem(row=row.line, column=fault.column, words=fault.words))
    except UnusableError as wrong:
        problems += [Problem(row=row.line, column=each.column, words=each.words) for each in wrong.problems or ()]
    return None


class _CellFault(Exception):  # noqa: N818 - what is wrong with a cell
    def __init__(self, column: InvoiceColumn | None, words: str) -> None:
        super().__init__(words)
        self.column, self.words = column, words


def _body(desk: Desk, row: InvoiceRow) -> EnterBody:
    """What a row says. Raises _CellFault."""
    cells = row.cells
    currency = cells.get(InvoiceColumn.CURRENCY, desk.money.billing.defaults.currency).upper()
    raw = {
        "lender": cells.get(InvoiceColumn.LENDER, ""),
        "number": cells.get(InvoiceColumn.NUMBER, ""),
        "kind": cells.get(InvoiceColumn.KIND, InvoiceKind.OTHER.value).casefold(),
        "dated": _day(desk, row, InvoiceColumn.DATED),
        "due": _day(desk, row, InvoiceColumn.DUE),
        "amount": _amount(row, currency),
        "currency": currency,
        "request": cells.get(InvoiceColumn.REQUEST),
        "title": cells.get(InvoiceColumn.TITLE),
        "note": cells.get(InvoiceColumn.NOTE, ""),
    }
    try:
        return msgspec.convert(raw, EnterBody)
    except msgspec.ValidationError as wrong:
        column = next((each for each in InvoiceColumn if f"`$.{each}`" in str(wrong)), None)
        raise _CellFault(column, _in_words(column, str(wrong), given=column in cells)) from None


def _in_words(column: InvoiceColumn | None, fault: str, *, given: bool) -> str:
    """Say what is wrong with a cell; `fault` is msgspec's word for it."""
    if column is not None and not given:
        return "is missing"
    if column is InvoiceColumn.KIND:
        return f"must be one of {', '.join(InvoiceKind)}"
    longest = _LONGEST.search(fault)
    return f"longer than {longest[1]} characters" if longest else "has a character that can't be kept"


def _day(desk: Desk, row: InvoiceRow, column: InvoiceColumn) -> str | None:
    try:
        day = read_day(row.cells.get(column, ""), desk.today(), day_first=desk.orders.list_rules.day_first)
    except CellError as wrong:
        raise _CellFault(column, str(wrong)) from None
    return day.isoformat() if day else None


def _amount(row: InvoiceRow, currency: str) -> str:
    try:
        return str(amounts.read(row.cells.get(InvoiceColumn.AMOUNT, ""), currency))
    except AmountFault as wrong:
        raise _CellFault(InvoiceColumn.AMOUNT, str(wrong)) from None
    except UnknownCurrency as wrong:
        raise _CellFault(InvoiceColumn.CURRENCY, str(wrong)) from None


def _twice(claims: Iterable[tuple[InvoiceRow, Claim]]) -> list[Problem]:
    """The same invoice in two rows: one of them is a slip."""
    first: dict[tuple[str, str, int, str | None], int] = {}
    problems = []
    for row, claim in claims:
        key = (lender_key(claim), number(claim.number), claim.dated.year, claim.request)
        before = first.setdefault(key, row.line)
        if before != row.line:
            problems.append(
                Problem(row=row.line, column=InvoiceColumn.NUMBER, words=f"the same invoice as in line {before}")
            )
    return problems


async def _taken(desk: Desk, caller: Caller, row: InvoiceRow, claim: Claim, *, preview: bool) -> InvoiceTaken:
    event = await entry(desk, caller, claim)
    known = await _known(desk.store, claim) if preview else None
    name = known
    if not preview:
        try:
            name = (await desk.money.invoices.enter(event)).id
        except AlreadyExists:
            name = known = await _known(desk.store, claim)
    return _told(row, event, name, is_new=known is None)


def _told(row: InvoiceRow, event: InvoiceEntered, name: str | None, *, is_new: bool) -> InvoiceTaken:
    claim = event.claim
    return InvoiceTaken(
        row=row.line,
        number=claim.number,
        lender=claim.lender,
        amount=claim.amount,
        currency=claim.currency,
        invoice=name,
        is_new=is_new,
        differs=tuple(finding.words for finding in event.findings if finding.says == "differs") if is_new else (),
    )


async def _known(store: Store, claim: Claim) -> str | None:
    """The invoice that is kept already with this lender, number, year and request."""
    key = (number(claim.number), claim.dated.year, claim.request)
    for invoice in await store.invoices.of_lender(lender_key(claim), limit=1000):
        theirs = invoice.claim
        if (number(theirs.number), theirs.dated.year, theirs.request) == key:
            return invoice.id
    return None
