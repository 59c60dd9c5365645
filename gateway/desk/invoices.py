"""Lenders' invoices: entering one, looking at them, what can be done to one."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from gateway.desk.access import Caller
from gateway.desk.bill_making import buyer_of
from gateway.desk.bill_shown import email_of
from gateway.desk.bills import read_cursor
from gateway.desk.errors import ConflictError, NotAllowedError, UnusableError
from gateway.desk.invoice_evidence import findings_of, request_named
from gateway.desk.invoice_files import find_invoice, keep_document
from gateway.desk.invoice_shown import invoice_line, invoice_shown
from gateway.desk.invoice_words import ACTS
from gateway.desk.ports import Desk
from gateway.desk.prices import name_price
from gateway.desk.reads import partners_by_id
from gateway.desk.shown import shown
from gateway.desk.structs.common import Problem
from gateway.desk.structs.invoices import (
    EnterBody,
    InvoiceActBody,
    InvoiceList,
    InvoiceShown,
    InvoicesQuery,
    OwingShown,
)
from gateway.desk.structs.orders import Key
from gateway.desk.structs.prices import PriceBody
from gateway.dispatch.ids import INVOICE_LETTER, Numbers
from gateway.dispatch.invoices import CHANGED, InvoiceCause
from gateway.money.amounts import AmountFault, not_negative
from gateway.money.currencies import UnknownCurrency
from gateway.money.engine import MoneyRefused
from gateway.money.invoices.events import InvoiceAct, InvoiceActed, InvoiceEntered
from gateway.money.invoices.likeness import lender_key
from gateway.money.invoices.records import Check, Claim, DisputeFace, Invoice, InvoiceFinding, InvoiceKind, Says
from gateway.money.records import Buyer
from gateway.partners.merging import ids_of
from gateway.store.copies_port import CopyFile
from gateway.store.invoices_port import InvoiceFilter
from gateway.store.port import AlreadyExists, Store, StoreUnavailable
from gateway.store.wording import is_prefix, words
from gateway.workflow.borrowing.loans import is_back
from gateway.workflow.partners import Partner
from gateway.workflow.records import Request

_NUMBERS: Final = Numbers(INVOICE_LETTER)
KEPT_ALREADY: Final = "An invoice with this lender, number, year and request is kept already"
_EARLIEST: Final = date(1990, 1, 1)
_AHEAD: Final = timedelta(days=366)
_COMPARED: Final = frozenset(
    {InvoiceAct.CORRECT, InvoiceAct.CHECK, InvoiceAct.VERIFY, InvoiceAct.DISPUTE, InvoiceAct.END_DISPUTE}
)
"""Acts with which history is asked anew."""


async def list_invoices(desk: Desk, _caller: Caller, query: InvoicesQuery) -> InvoiceList:
    """Return lenders' invoices, newest change first, page by page; with words, those that have them all."""
    partners = await partners_by_id(desk.store)
    where = InvoiceFilter(
        states=(query.state,) if query.state else (),
        lenders=_lenders_of(query.lender, partners) if query.lender else (),
        fiscal_year=query.fiscal_year,
        words=_sought(query.words) if query.words else (),
        before=read_cursor(query.before),
        limit=query.limit,
    )
    found = await desk.store.invoices.invoices(where)
    last = found[-1] if len(found) == query.limit else None
    return InvoiceList(
        invoices=tuple(invoice_line(invoice, partners) for invoice in found),
        totals=tuple(shown(row, OwingShown) for row in await desk.store.invoices.totals()),
        next=f"{last.updated_at.isoformat()} {last.id}" if last else None,
    )


def _lenders_of(text: str, partners: dict[str, Partner]) -> tuple[str, ...]:
    """By what the invoices of a lender are kept, and those of the partners that were merged into it."""
    found = partner_named(text, partners)
    if found is not None:
        return ids_of(found.id, partners)
    bare = Claim(number="", lender=text, kind=InvoiceKind.OTHER, dated=_EARLIEST, amount=Decimal(0), currency="")
    return (lender_key(bare),)


def _sought(text: str) -> tuple[str, ...]:
    found = words(text)
    if not found or not all(is_prefix(word) or word.isdigit() for word in found):
        raise UnusableError("words: give three letters of each, or a number.")
    return found


def partner_named(text: str, partners: dict[str, Partner]) -> Partner | None:
    """Return the partner that is called so: by its id, by a symbol, else by its name if that is only one's."""
    wanted = " ".join(text.split()).casefold()
    if text in partners:
        return partners[text]
    records = {partner.id: partner for partner in partners.values()}.values()
    for partner in records:
        if wanted in {symbol.casefold() for symbol in (*partner.symbols, *partner.aliases)}:
            return partner
    named = [partner for partner in records if partner.name.casefold() == wanted]
    return named[0] if len(named) == 1 else None


async def show_invoice(desk: Desk, caller: Caller, invoice: str) -> InvoiceShown:
    """Return one invoice with everything about it."""
    return await invoice_shown(desk, caller, await find_invoice(desk.store, invoice))


# ── entering ─────────────────────────────────────────────────────────────────────────────────────


async def enter_invoice(desk: Desk, caller: Caller, body: EnterBody, key: Key | None = None) -> InvoiceShown:
    """Enter an invoice that a lender has sent. It is compared with history at once."""
    return await enter_with_document(desk, caller, body, key=key)


async def enter_with_document(
    desk: Desk, caller: Caller, body: EnterBody, *, key: str | None = None, chunks: AsyncIterator[bytes] | None = None
) -> InvoiceShown:
    """Likewise with the paper itself: the file is there before the invoice is; one that is not taken enters nothing."""
    if key is not None and (known := await desk.store.bills.subject_of(key)) is not None:
        return await invoice_shown(desk, caller, await find_invoice(desk.store, known), is_new=False)
    claim = await claim_of(desk, body)
    event = await entry(desk, caller, claim)
    kept = await keep_document(desk, caller, event.invoice, chunks, place=1) if chunks is not None else None
    try:
        made = await _entered(desk, event, key, kept)
    except AlreadyExists:
        raise ConflictError(await _kept_as(desk.store, claim)) from None
    return await invoice_shown(desk, caller, made)


async def _entered(desk: Desk, event: InvoiceEntered, key: str | None, document: CopyFile | None) -> Invoice:
    """Nothing is left of a document whose invoice is not taken; where the store can't tell, it stays: the invoice may be there."""
    try:
        return await desk.money.invoices.enter(event, key=key)
    except StoreUnavailable:
        raise
    except Exception:
        if document is not None:
            await desk.store.copies.drop(document.id)
        raise


async def entry(desk: Desk, caller: Caller, claim: Claim) -> InvoiceEntered:
    """Return what enters an invoice, compared with history, under a new id."""
    return InvoiceEntered(
        at=desk.now(),
        by=caller.name,
        invoice=_NUMBERS.next(desk.now()),
        claim=claim,
        fiscal_year=desk.money.billing.fiscal_year(claim.dated),
        findings=await findings_of(desk, claim),
    )


async def _kept_as(store: Store, claim: Claim) -> str:
    """Say which one it is."""
    of_lender = await store.invoices.of_lender(lender_key(claim), limit=500)
    same = next((each for each in of_lender if each.claim.number.casefold() == claim.number.casefold()), None)
    return f"{KEPT_ALREADY}, as {same.id}." if same else f"{KEPT_ALREADY}, or it was entered in the same moment."


async def claim_of(desk: Desk, body: EnterBody) -> Claim:
    """Return what stands on an invoice, checked. Raises UnusableError, with what is wrong at each field."""
    currency = body.currency or desk.money.billing.defaults.currency
    problems = list(_wrong_days(desk, body))
    amount = Decimal(0)
    try:
        amount = not_negative(body.amount, currency)
    except (AmountFault, UnknownCurrency) as fault:
        column = "currency" if isinstance(fault, UnknownCurrency) else "amount"
        problems.append(Problem(column=column, words=f"The {column} {fault}."))
    if not any(each.isalnum() for each in body.number):
        problems.append(Problem(column="number", words="The number must have a letter or a digit."))
    if problems:
        raise UnusableError("The invoice can't be taken as it is.", problems)
    partner = partner_named(body.lender, await partners_by_id(desk.store))
    request = await request_named(desk.store, body.request)
    return Claim(
        number=" ".join(body.number.split()),
        lender=partner.name if partner else " ".join(body.lender.split()),
        partner=partner.id if partner else None,
        symbols=(*partner.symbols, *partner.aliases) if partner else (),
        kind=body.kind,
        dated=body.dated,
        due=body.due,
        amount=amount,
        currency=currency,
        request=request.id if isinstance(request, Request) else request,
        title=body.title or (request.wanted.title if isinstance(request, Request) else None),
        note=" ".join(body.note.split()),
    )


def _wrong_days(desk: Desk, body: EnterBody) -> list[Problem]:
    problems = []
    if not _EARLIEST <= body.dated <= desk.today() + _AHEAD:
        problems.append(Problem(column="dated", words="The date must not be long ago, nor more than a year ahead."))
    if body.due is not None and not body.dated <= body.due <= body.dated + 10 * _AHEAD:
        problems.append(Problem(column="due", words="The day on which it is due must not be before its date."))
    return problems


# ── acts ─────────────────────────────────────────────────────────────────────────────────────────


def must_be_as_seen(version: int, seen: int | None) -> None:
    """Raise ConflictError if an invoice has another version than the one that was seen."""
    if seen not in {None, version}:
        raise ConflictError(CHANGED)


async def act_on_invoice(
    desk: Desk, caller: Caller, invoice: str, action: InvoiceAct, body: InvoiceActBody
) -> InvoiceShown:
    """Do something to an invoice. Raises ConflictError in the table's words if that is not possible now."""
    if not caller.may(ACTS[action].right):
        raise NotAllowedError(f"A {caller.role} may not {ACTS[action].right}.")
    found = await find_invoice(desk.store, invoice)
    must_be_as_seen(found.version_of_forms, body.seen)
    if action is InvoiceAct.MAIL and not desk.mail.plan.mails:
        raise ConflictError("E-mail is not set up ([mail]): print the letter and send it on paper.")
    event = await _act(desk, caller, found, action, body)
    try:
        ruling = await desk.money.invoices.submit_invoice(found.id, event, InvoiceCause(seen=body.seen))
    except AlreadyExists:
        raise ConflictError(f"{KEPT_ALREADY}.") from None
    if isinstance(ruling, MoneyRefused):
        raise ConflictError(ruling.words)
    made = await find_invoice(desk.store, found.id)
    if action is InvoiceAct.VERIFY:
        await _name_the_price(desk, caller, made)
    return await invoice_shown(desk, caller, made)


async def _act(desk: Desk, caller: Caller, invoice: Invoice, action: InvoiceAct, body: InvoiceActBody) -> InvoiceActed:
    acted = InvoiceActed(at=desk.now(), by=caller.name, act=action, words=" ".join(body.reason.split()))
    claim = invoice.claim
    if action is InvoiceAct.CORRECT:
        if body.claim is None:
            raise UnusableError("claim: say what stands on the invoice.")
        claim = await claim_of(desk, body.claim)
        acted = replace(acted, claim=claim, fiscal_year=desk.money.billing.fiscal_year(claim.dated))
    if action in _COMPARED:
        acted = replace(acted, findings=await findings_of(desk, claim, invoice.id))
    match action:
        case InvoiceAct.DISPUTE:
            return replace(acted, letter=await _letter(desk, invoice, acted))
        case InvoiceAct.END_DISPUTE:
            return replace(acted, amount=_settled(body.amount, claim))
        case InvoiceAct.VERIFY:
            return replace(acted, pay_from=_pay_from(desk, claim, acted.findings or ()))
        case InvoiceAct.MAIL:
            partner = (await partners_by_id(desk.store)).get(claim.partner or "")
            return replace(acted, to=body.to or (email_of(partner) if partner else None))
        case InvoiceAct.PAY:
            return replace(
                acted, paid_on=_paid_on(desk, body), means=body.means, reference=" ".join(body.reference.split())
            )
    return acted


async def _letter(desk: Desk, invoice: Invoice, acted: InvoiceActed) -> DisputeFace:
    """What the letter says: our words, and each comparison that differs."""
    partner = (await partners_by_id(desk.store)).get(invoice.claim.partner or "")
    them = buyer_of(partner) if partner else Buyer(name=invoice.claim.lender)
    evidence = tuple(finding.words for finding in invoice_differs(acted.findings or ()) if finding.words)
    return DisputeFace(
        us=desk.money.billing.seller, them=them, dated=desk.today(), words=acted.words, evidence=evidence
    )


def invoice_differs(findings: tuple[InvoiceFinding, ...]) -> tuple[InvoiceFinding, ...]:
    """Return what does not agree with our records."""
    return tuple(finding for finding in findings if finding.says is Says.DIFFERS)


def _settled(amount: Decimal | None, claim: Claim) -> Decimal | None:
    try:
        return None if amount is None else not_negative(amount, claim.currency)
    except AmountFault as fault:
        raise UnusableError(f"amount: {fault}", [Problem(column="amount", words=f"The amount {fault}.")]) from None


def _pay_from(desk: Desk, claim: Claim, findings: tuple[InvoiceFinding, ...]) -> date | None:
    """Until when the customer is charged first; None where nobody is to be."""
    is_charged = any(finding.check is Check.CHARGED for finding in findings)
    return desk.today() + desk.money.billing.charge_first if is_charged and claim.kind is InvoiceKind.LOST else None


def _paid_on(desk: Desk, body: InvoiceActBody) -> date:
    day = body.paid_on or desk.today()
    if not _EARLIEST <= day <= desk.today():
        raise UnusableError(
            "paid_on: lies ahead, or long ago.", [Problem(column="paid_on", words="It must not lie ahead.")]
        )
    return day


async def _name_the_price(desk: Desk, caller: Caller, invoice: Invoice) -> None:
    """What was lost by our customer is charged to the customer in the ILS: the lender has named the price (duty 8)."""
    if invoice.pay_from is None or invoice.claim.request is None:
        return
    request = await desk.store.request(invoice.claim.request)
    if request is not None and not is_back(request):
        body = PriceBody(amount=str(invoice.agreed), currency=invoice.claim.currency)
        await name_price(desk, caller, request.id, body)
