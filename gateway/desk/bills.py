"""Bills: what is to be billed, drafts, what can be done to one, its papers."""

import re
from collections.abc import Iterable
from datetime import datetime, tzinfo
from decimal import Decimal

from msgspec.structs import replace

from gateway.desk.access import Caller
from gateway.desk.bill_making import finalising, lines_of, loan_of, must_be_billed, partner_of, template_hash
from gateway.desk.bill_shown import bill_line, bill_shown, email_of
from gateway.desk.bill_words import ACTS
from gateway.desk.errors import ConflictError, HasNoneError, NotAllowedError, NotThereError, UnusableError
from gateway.desk.ports import Desk
from gateway.desk.reads import partners_by_id
from gateway.desk.structs.bills import (
    BillActBody,
    BillList,
    BillPaperQuery,
    BillShown,
    BillsQuery,
    CreditBody,
    ProposeBody,
    ToBill,
    ToBillList,
    UseCreditBody,
)
from gateway.desk.structs.common import Download, Problem
from gateway.desk.structs.orders import Key
from gateway.dispatch.bills import CHANGED, BillCause
from gateway.dispatch.ids import BILL_LETTER, Numbers
from gateway.money import terms
from gateway.money.amounts import AmountFault, checked, total
from gateway.money.engine import MoneyRefused
from gateway.money.events import BillAct, BillActed, Proposed
from gateway.money.records import Bill, BillKind, BillState
from gateway.money.terms import BillingTerms
from gateway.store.bills_port import BillFilter
from gateway.store.port import AlreadyExists, Store
from gateway.workflow.days import local_day
from gateway.workflow.partners import Partner
from gateway.workflow.records import Request, State
from gateway.workflow.tasks import Task, TaskKind

_NUMBERS = Numbers(BILL_LETTER)
_NUMBER = re.compile(r"([A-Z][A-Z0-9]*)-(\d{4})-(\d{1,9})", re.ASCII)
_OVER = frozenset({State.COMPLETED})
BILLED_ALREADY = "There is a bill for this item already, or it was begun in the same moment."


async def list_bills(desk: Desk, _caller: Caller, query: BillsQuery) -> BillList:
    """Return bills, newest change first, page by page."""
    where = BillFilter(
        states=(query.state,) if query.state else (),
        kind=query.kind,
        partner=query.partner,
        owed=query.owed,
        before=read_cursor(query.before),
        limit=query.limit,
    )
    found = await desk.store.bills.bills(where)
    names = await partners_by_id(desk.store)
    last = found[-1] if len(found) == query.limit else None
    return BillList(
        bills=tuple([await bill_line(desk, bill, names) for bill in found]),
        counts=await desk.store.bills.count_by_state(),
        next=f"{last.updated_at.isoformat()} {last.id}" if last else None,
    )


def read_cursor(text: str | None) -> tuple[datetime, str] | None:
    """Read where the page before has ended. Raises UnusableError."""
    if text is None:
        return None
    at, _, name = text.partition(" ")
    try:
        when = datetime.fromisoformat(at)
    except ValueError:
        when = None
    if when is None or when.tzinfo is None:
        raise UnusableError("before: take it from the page before.")
    return when, name


async def list_to_bill(desk: Desk, _caller: Caller) -> ToBillList:
    """Return what is to be billed: lent items that are lost or long overdue, as their tasks say."""
    names = await partners_by_id(desk.store)
    found = []
    for task in await desk.store.tasks(kind=TaskKind.BILL):
        request = await desk.store.request(task.request or "")
        if request is not None:
            bills = await desk.store.bills.of_request(request.id)
            found.append(_to_bill(desk.zone, request, task, bills, names.get(request.partner or "")))
    return ToBillList(requests=tuple(found))


def _to_bill(zone: tzinfo, request: Request, task: Task, bills: Iterable[Bill], partner: Partner | None) -> ToBill:
    live = next((bill.id for bill in bills if bill.state is not BillState.DROPPED), None)
    item = request.items[0] if len(request.items) == 1 else None
    return ToBill(
        request=request.id,
        item=item.barcode if item else None,
        title=(item.copy.title if item else None) or request.wanted.title,
        partner=request.partner or "",
        partner_name=partner.name if partner else request.partner or "",
        due_on=local_day(request.due_at, zone),
        since=task.opened_at,
        words=task.words,
        bill=live,
    )


async def show_bill(desk: Desk, _caller: Caller, bill: str) -> BillShown:
    """Return one bill with everything about it. By its id, or by its number."""
    return await bill_shown(desk, await find_bill(desk.store, bill))


async def find_bill(store: Store, name: str) -> Bill:
    """Return a bill by its id or number. Raises NotThereError."""
    found = await store.bills.bill(name)
    match = _NUMBER.fullmatch(name.strip().upper())
    if found is None and match:
        found = await store.bills.numbered(match[1], int(match[2]), int(match[3]))
    if found is None:
        raise NotThereError("There is no such bill.")
    return found


async def propose_bill(desk: Desk, caller: Caller, body: ProposeBody, key: Key | None = None) -> BillShown:
    """Begin a bill. For an item that did not come back the circulation system is asked first whether it has."""
    if (body.request is None) == (body.partner is None):
        raise UnusableError("Name either a request or a partner.")
    try:
        event = await (_for_loan(desk, caller, body) if body.request else _for_partner(desk, caller, body))
    except NotThereError as missing:
        raise UnusableError(missing.detail) from None
    return await _begun(desk, event, key)


async def _for_loan(desk: Desk, caller: Caller, body: ProposeBody) -> Proposed:
    request, loan = await loan_of(desk, body.request or "", body.item)
    if request.state in _OVER:
        raise ConflictError("The loan is over: the item is back.")
    proposed, known = await _proposed(desk, caller, body, request.partner)
    return replace(proposed, lines=proposed.lines or terms.lines_of_loss(loan, known), item_barcode=loan.item_barcode)


async def _for_partner(desk: Desk, caller: Caller, body: ProposeBody) -> Proposed:
    proposed, known = await _proposed(desk, caller, body, body.partner)
    return replace(proposed, lines=terms.with_tax(proposed.lines, known.tax_percent, known.currency))


async def _proposed(desk: Desk, caller: Caller, body: ProposeBody, billed: str | None) -> tuple[Proposed, BillingTerms]:
    """A bill for a partner, over the lines that were entered, and the terms that it is by. Raises NotThereError, ConflictError."""
    partner = await partner_of(desk.store, billed or "")
    must_be_billed(partner)
    known = terms.terms_of(partner, desk.money.billing.defaults)
    lines = await lines_of(desk, body.lines, known.currency)
    proposed = Proposed(
        at=desk.now(),
        by=caller.name,
        bill=_NUMBERS.next(desk.now()),
        partner=partner.id,
        currency=known.currency,
        lines=lines,
    )
    return proposed, known


async def propose_credit_note(
    desk: Desk, caller: Caller, bill: str, body: CreditBody, key: Key | None = None
) -> BillShown:
    """Begin a credit note about a bill: with its own lines, or with what the terms take back of an item that came back."""
    invoice = await find_bill(desk.store, bill)
    if invoice.kind is not BillKind.INVOICE or invoice.number is None:
        raise ConflictError("Only an invoice with a number can be credited; before that, change its lines or drop it.")
    partner = (await partners_by_id(desk.store)).get(invoice.partner)
    refund = terms.terms_of(partner, desk.money.billing.defaults).refund
    lines = await lines_of(
        desk, body.lines, invoice.currency, invoice.lines, kind=BillKind.CREDIT_NOTE
    ) or terms.credit_lines(invoice, refund)
    if not lines:
        raise ConflictError("The terms credit nothing if the item comes back: write the lines yourself.")
    if total(line.amount for line in lines) > invoice.balance + invoice.paid:
        raise ConflictError("That is more than the invoice asked for, less what was taken back or written off before.")
    event = Proposed(
        at=desk.now(),
        by=caller.name,
        bill=_NUMBERS.next(desk.now()),
        kind=BillKind.CREDIT_NOTE,
        partner=invoice.partner,
        currency=invoice.currency,
        lines=lines,
        credits=invoice.id,
        words=f"It corrects {invoice.number}.",
    )
    return await _begun(desk, event, key)


async def _begun(desk: Desk, event: Proposed, key: str | None) -> BillShown:
    if key is not None and (known := await desk.store.bills.subject_of(key)) is not None:
        return await bill_shown(desk, await find_bill(desk.store, known), is_new=False)
    try:
        made = await desk.money.bills.begin(event, key=key)
    except AlreadyExists:
        raise ConflictError(BILLED_ALREADY) from None
    return await bill_shown(desk, made)


def must_be_as_seen(version: int, seen: int | None) -> None:
    """Raise ConflictError if a bill has another version than the one that was seen."""
    if seen not in {None, version}:
        raise ConflictError(CHANGED)


async def act_on_bill(desk: Desk, caller: Caller, bill: str, action: BillAct, body: BillActBody) -> BillShown:
    """Do something to a bill. Raises ConflictError in the table's words if that is not possible now."""
    if not caller.may(right := ACTS[action].right):
        raise NotAllowedError(f"A {caller.role} may not {right}.")
    found = await find_bill(desk.store, bill)
    must_be_as_seen(found.version_of_forms, body.seen)
    if action is BillAct.MAIL and not desk.mail.plan.mails:
        raise ConflictError("E-mail is not set up ([mail]): print the PDF and send it on paper.")
    event = await _act(desk, caller, found, action, body)
    ruling = await desk.money.bills.submit_bill(found.id, event, BillCause(seen=body.seen))
    if isinstance(ruling, MoneyRefused):
        raise ConflictError(ruling.words)
    return await bill_shown(desk, await find_bill(desk.store, found.id))


async def _act(desk: Desk, caller: Caller, bill: Bill, action: BillAct, body: BillActBody) -> BillActed:
    reason = " ".join(body.reason.split())
    if action is BillAct.FINALISE and bill.state is BillState.DRAFT:
        return await finalising(desk, bill, caller.name, reason)
    acted = BillActed(at=desk.now(), by=caller.name, act=action, words=reason)
    match action:
        case BillAct.CHANGE:
            lines = await lines_of(desk, body.lines or (), bill.currency, bill.lines, kind=bill.kind)
            return replace(acted, lines=lines)
        case BillAct.REPLACE:
            return replace(acted, amount=_amount(body.amount, bill.currency))
        case BillAct.MAIL:
            return replace(acted, to=body.to or email_of(await partner_of(desk.store, bill.partner)))
        case BillAct.MAKE_PAPER:
            return replace(acted, template_hash=await template_hash(desk.printing, bill.kind))
    return acted


def _amount(amount: Decimal | None, currency: str) -> Decimal | None:
    try:
        return None if amount is None else checked(amount, currency)
    except AmountFault as fault:
        raise UnusableError(f"amount: {fault}", [Problem(column="amount", words=str(fault))]) from None


async def use_credit(desk: Desk, caller: Caller, bill: str, body: UseCreditBody) -> BillShown:
    """Pay for a bill with what its partner has paid too much."""
    found = await find_bill(desk.store, bill)
    credit = {currency: amount for _, currency, amount in await desk.store.bills.credit(found.partner)}
    amount = _amount(body.amount, found.currency)
    if amount is None:
        amount = min(found.balance, credit.get(found.currency, Decimal(0)))
    if amount <= 0:
        raise ConflictError("The partner has no credit in this currency, or nothing is owed.")
    ruling = await desk.money.bills.use_credit(found.id, amount, at=desk.now(), by=caller.name)
    if isinstance(ruling, MoneyRefused):
        raise ConflictError(ruling.words)
    return await bill_shown(desk, await find_bill(desk.store, found.id))


async def show_bill_paper(desk: Desk, _caller: Caller, bill: str, query: BillPaperQuery) -> Download:
    """Return a paper of a bill as it was made, byte for byte."""
    found = await find_bill(desk.store, bill)
    kept = await desk.store.bills.paper(found.id, query.paper)
    if kept is None:
        raise HasNoneError("This paper has not been made.")
    name = f"{found.number}.pdf" if query.paper == "bill" else f"{found.number}-{query.paper.replace(' ', '-')}.pdf"
    return Download(content_type="application/pdf", data=kept.pdf, name=name)
