"""What a bill is made of: the facts of its loans, its lines, and what is frozen when it is finalised."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import date, tzinfo

from gateway.desk.errors import ConflictError, NotThereError, UnusableError
from gateway.desk.ports import Desk
from gateway.desk.reads import partners_by_id
from gateway.desk.structs.bills import LineBody
from gateway.desk.structs.common import Problem
from gateway.dispatch.printing import Printing
from gateway.documents.template_files import hash_of
from gateway.money import terms
from gateway.money.amounts import AmountFault, checked, not_negative, total
from gateway.money.events import BillAct, BillActed
from gateway.money.records import KINDS_OF_LINES, Bill, BilledAmount, BillKind, Buyer, Face, Loan
from gateway.money.terms import BillingTerms
from gateway.stationery import PaperName
from gateway.store.port import HistoryEntry, Store
from gateway.workflow.days import local_day
from gateway.workflow.partners import BilledBy, Partner
from gateway.workflow.records import Item, Request, Role, State
from gateway.workflow.values import PostalAddress


async def partner_of(store: Store, partner_id: str) -> Partner:
    """Return a partner. Raises NotThereError."""
    partner = (await partners_by_id(store)).get(partner_id)
    if partner is None:
        raise NotThereError("There is no such partner.")
    return partner


def must_be_billed(partner: Partner) -> None:
    """Raise ConflictError for a partner that is not billed at all."""
    if partner.billing.by is BilledBy.NOBODY:
        raise ConflictError(f"{partner.name} is not billed at all, as its record says: neither bills the other.")


async def loan_of(desk: Desk, request_id: str, barcode: str | None) -> tuple[Request, Loan]:
    """Return a lending request with the facts of its item. Raises NotThereError, ConflictError."""
    request = await desk.store.request(request_id)
    if request is None:
        raise NotThereError("There is no such request.")
    if request.role is not Role.LENDING:
        raise ConflictError("We are the borrower in this request: nothing of it is billed.")
    item = _item(request, barcode)
    history = await desk.store.history(request_id)
    return request, _loan(desk.zone, request, item, history)


def _item(request: Request, barcode: str | None) -> Item | None:
    items = [item for item in request.items if barcode in {None, item.barcode}]
    if barcode is not None and not items:
        raise NotThereError("The request has no such item.")
    if len(items) > 1:
        raise ConflictError("The request has several items: name the one to bill.")
    return items[0] if items else None


def _loan(zone: tzinfo, request: Request, item: Item | None, history: Iterable[HistoryEntry]) -> Loan:
    notices = (entry.at for entry in history if entry.state == State.OVERDUE)
    copy, wanted = item.copy if item else None, request.wanted
    return Loan(
        request=request.id,
        their_request=request.partner_request_id,
        title=(copy.title if copy else None) or wanted.title,
        author=(copy.author if copy else None) or wanted.author,
        call_number=copy.call_number if copy else None,
        item_barcode=item.barcode if item else None,
        shipped_on=local_day(request.shipped_at, zone),
        due_on=local_day((item.due_at if item else None) or request.due_at, zone),
        notice_on=local_day(next(notices, None), zone),
    )


async def lines_of(
    desk: Desk,
    bodies: Sequence[LineBody],
    currency: str,
    known: Iterable[BilledAmount] = (),
    *,
    kind: BillKind = BillKind.INVOICE,
) -> tuple[BilledAmount, ...]:
    """Return lines as they were written; what is known of their loans already is taken as it is. Raises UnusableError."""
    loans = {(line.loan.request, line.loan.item_barcode): line.loan for line in known if line.loan}
    lines, problems = [], []
    for row, body in enumerate(bodies, start=1):
        if body.kind not in KINDS_OF_LINES[kind]:
            words = f"must be {', '.join(KINDS_OF_LINES[kind][:-1])} or {KINDS_OF_LINES[kind][-1]}"
            problems.append(Problem(row=row, column="kind", words=words))
            continue
        try:
            amount = not_negative(body.amount, currency)
        except AmountFault as fault:
            problems.append(Problem(row=row, column="amount", words=str(fault)))
            continue
        loan = loans.get((body.request or "", body.item))
        if loan is None and body.request:
            _, loan = await loan_of(desk, body.request, body.item)
        lines.append(BilledAmount(kind=body.kind, words=" ".join(body.words.split()), amount=amount, loan=loan))
    if problems:
        raise UnusableError("A line can't be taken as it is.", problems)
    try:
        checked(total(line.amount for line in lines), currency)
    except AmountFault as fault:
        raise UnusableError(f"All lines together: {fault}.") from None
    return tuple(lines)


async def finalising(desk: Desk, bill: Bill, by: str, reason: str) -> BillActed:
    """Return the act that finalises a bill, with all that is frozen then. Raises NotThereError."""
    partner = await partner_of(desk.store, bill.partner)
    today, known = desk.today(), terms.terms_of(partner, desk.money.billing.defaults)
    return BillActed(
        at=desk.now(),
        by=by,
        act=BillAct.FINALISE,
        words=reason,
        face=await _face(desk, bill, partner, known, today),
        series=desk.money.billing.series(bill.kind),
        fiscal_year=desk.money.billing.fiscal_year(today),
        template_hash=await template_hash(desk.printing, bill.kind),
    )


async def template_hash(printing: Printing, kind: BillKind) -> str:
    """Return the hash of the template by which a bill of this kind would be set now."""
    paper = PaperName.CREDIT_NOTE if kind is BillKind.CREDIT_NOTE else PaperName.INVOICE
    return await asyncio.to_thread(hash_of, printing.look, paper)


async def _face(desk: Desk, bill: Bill, partner: Partner, known: BillingTerms, today: date) -> Face:
    is_note = bill.kind is BillKind.CREDIT_NOTE
    corrected = await desk.store.bills.bill(bill.credits) if bill.credits else None
    return Face(
        seller=terms.paid_so(desk.money.billing.seller, known.by),
        buyer=buyer_of(partner),
        dated=today,
        due=None if is_note else terms.due_on(today, known.net_days),
        terms=terms.words_of(known, bill.lines),
        corrects=str(corrected.number) if corrected and corrected.number else None,
    )


def buyer_of(partner: Partner) -> Buyer:
    """Return whom a partner's bills are for."""
    return Buyer(
        name=partner.name,
        symbol=partner.symbols[0] if partner.symbols else None,
        address=partner.billing_address or partner.address or PostalAddress(),
        reference=partner.billing.reference,
    )
