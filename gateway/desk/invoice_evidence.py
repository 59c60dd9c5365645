"""What our records say of a lender's invoice: gathered here, judged in money/invoices/matching.py."""

from collections.abc import Iterable, Mapping
from datetime import date, tzinfo
from typing import Final

import msgspec

from gateway.desk.ports import Desk
from gateway.desk.reads import partners_by_id
from gateway.iso18626.codes import ServiceType
from gateway.money.invoices.likeness import lender_key
from gateway.money.invoices.matching import Borrowed, Evidence, LenderAsked, compare
from gateway.money.invoices.records import Claim, Invoice, InvoiceFinding, Says
from gateway.partners.merging import ids_of
from gateway.store.invoices_port import InvoiceFilter
from gateway.store.port import HistoryEntry, HistoryKind, Store
from gateway.store.wording import number
from gateway.workflow.borrowing_records import LenderLine
from gateway.workflow.charges import PriceVerdict
from gateway.workflow.days import local_day
from gateway.workflow.partners import Partner
from gateway.workflow.records import Request, Role, State

MOST_OTHERS: Final = 500
"""Of a lender's invoices, so many of the newest are compared: a big lender sends some hundred a year."""
MOST_NUMBERED: Final = 50
"""Of those with one number."""
_MOST_REQUESTS: Final = 5
_PROMISED: Final = frozenset({State.PROMISED, State.ON_ITS_WAY})
_SENT_BACK: Final = frozenset({State.TAKING_BACK, State.SENT_BACK})


async def findings_of(desk: Desk, claim: Claim, but: str | None = None) -> tuple[InvoiceFinding, ...]:
    """Return what history says of an invoice now; `but` is its own id."""
    return compare(claim, await gather(desk, claim), but)


async def gather(desk: Desk, claim: Claim) -> Evidence:
    """Return all that an invoice is compared with."""
    partners = await partners_by_id(desk.store)
    record = partners.get(claim.partner or "")
    request = await desk.store.request(claim.request) if claim.request else None
    is_ours = request is not None and request.role is Role.BORROWING
    says, words = (Says.UNCLEAR, "") if is_ours else await _no_request(desk.store, claim, request)
    return Evidence(
        borrowed=await _borrowed(desk, request, partners) if request is not None and is_ours else None,
        no_request=says,
        no_request_words=words,
        lender=msgspec.structs.replace(_lender(record, claim.lender, *claim.symbols), partner=claim.partner),
        terms=record.borrowing if record else None,
        currency=record.billing.currency if record else None,
        others=await _others(desk.store, claim, partners),
    )


async def _others(store: Store, claim: Claim, partners: Mapping[str, Partner]) -> tuple[Invoice, ...]:
    """What may be the same invoice: of this lender, about this request, or with this number, whoever's record that is by now."""
    invoices = store.invoices
    found = [
        each
        for name in ids_of(lender_key(claim), partners)
        for each in await invoices.of_lender(name, limit=MOST_OTHERS)
    ]
    if claim.request:
        found += await invoices.of_request(claim.request)
    if number(claim.number):
        found += await invoices.invoices(InvoiceFilter(words=(number(claim.number),), limit=MOST_NUMBERED))
    by_id = {invoice.id: invoice for invoice in found}
    return tuple(by_id[name] for name in sorted(by_id))


async def _no_request(store: Store, claim: Claim, request: Request | None) -> tuple[Says, str]:
    if claim.request is None:
        return Says.UNCLEAR, "The invoice names no request of ours."
    if request is not None:
        return Says.DIFFERS, f"{request.id} is a request of which we are the lender."
    if await store.keeping.gone(claim.request) is not None:
        return Says.UNCLEAR, f"{claim.request} was a request of ours, whose records are not kept any longer."
    return Says.DIFFERS, f"We have no request {claim.request}."


def _lender(record: Partner | None, name: str, *symbols: str | None) -> LenderAsked:
    known = (*record.symbols, *record.aliases) if record else ()
    return LenderAsked(
        name=record.name if record else name,
        partner=record.id if record else None,
        symbols=(*known, *(symbol for symbol in symbols if symbol)),
    )


def _asked(line: LenderLine, partners: Mapping[str, Partner], supplier: str | None = None) -> LenderAsked:
    return _lender(partners.get(line.partner), line.agency, line.agency, supplier)


async def _borrowed(desk: Desk, request: Request, partners: Mapping[str, Partner]) -> Borrowed:
    borrowing = request.borrowed
    has_come = request.received_at or request.shipped_at or request.state in _PROMISED
    history = await desk.store.history(request.id)
    price = await desk.store.prices.price(request.id)
    terms = borrowing.terms
    return Borrowed(
        request=request.id,
        supplier=_asked(borrowing.lender, partners, borrowing.supplier) if has_come and borrowing.attempt else None,
        asked=tuple(_asked(line, partners) for line in borrowing.asked),
        received_on=local_day(request.received_at, desk.zone),
        due_on=local_day(request.due_at, desk.zone),
        returned_on=local_day(request.returned_at, desk.zone),
        returned_by=_who_sent_back(history),
        there_on=_day_of(desk.zone, history, State.COMPLETED) if request.returned_at else None,
        renewals=request.renewals,
        recalled_on=local_day(borrowing.recalled_at, desk.zone),
        is_lost=request.state is State.LOST,
        is_copy=request.service is ServiceType.COPY,
        agreed=(terms.cost if terms else None) or request.cost or request.max_cost,
        charged=None if price is None else price.verdict is PriceVerdict.AGREES,
    )


def _who_sent_back(history: Iterable[HistoryEntry]) -> str:
    """Who did so first; the gateway itself is nobody."""
    found = (entry.by for entry in history if entry.kind is HistoryKind.DECISION and entry.state in _SENT_BACK)
    return next((by for by in found if by != "gateway"), "")


def _day_of(zone: tzinfo, history: Iterable[HistoryEntry], state: State) -> date | None:
    return local_day(next((entry.at for entry in history if entry.state == state), None), zone)


async def request_named(store: Store, named: str | None) -> Request | str | None:
    """Return the request that an invoice names, by our number or the lender's; what was named if it is none; None if nothing was."""
    if named is None or not named.strip():
        return None
    text = named.strip()
    found = await store.request(text) or await store.request(text.upper())
    if found is not None:
        return found
    ids = await store.register.with_number(number(text), limit=_MOST_REQUESTS) if number(text) else ()
    ours = [each for each in (await store.register.requests(ids)).values() if each.role is Role.BORROWING]
    return ours[0] if len(ours) == 1 else text
