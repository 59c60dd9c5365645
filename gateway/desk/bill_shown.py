"""Bills as they are shown: with their partner's name, their age, what was booked, what can be done now."""

from collections.abc import Mapping
from decimal import Decimal

from gateway.desk.bill_words import offered
from gateway.desk.ports import Desk, MoneyParts
from gateway.desk.reads import partners_by_id
from gateway.desk.shown import shown
from gateway.desk.structs.bills import (
    BillHistoryLine,
    BillLine,
    BillShown,
    EntryShown,
    LineShown,
    LoanShown,
)
from gateway.money.ageing import age_of
from gateway.money.amounts import NOTHING
from gateway.money.records import Bill, BilledAmount, BillKind, BillState, LedgerEntry
from gateway.money.terms import terms_of, words_of
from gateway.store.port import Store
from gateway.workflow.partners import Partner
from gateway.workflow.records import State

_LIVE = frozenset(BillState) - {BillState.DROPPED, BillState.CREDITED}


async def bill_line(desk: Desk, bill: Bill, partners: Mapping[str, Partner]) -> BillLine:
    """Return a bill as a line of a list."""
    face, partner = bill.face, partners.get(bill.partner)
    return shown(
        bill,
        BillLine,
        version=bill.version_of_forms,
        number=str(bill.number) if bill.number else None,
        partner_name=face.buyer.name if face else partner.name if partner else bill.partner,
        dated=face.dated if face else None,
        due=face.due if face else None,
        age=age_of(face.dated, desk.today()) if face and bill.balance > NOTHING else None,
        title=next((line.loan.title for line in bill.lines if line.loan and line.loan.title), None)
        or next((line.words for line in bill.lines), None),
        came_back=await _came_back(desk.store, bill),
    )


async def _came_back(store: Store, bill: Bill) -> bool:
    """Whether the item of a bill that nobody has credited is back, as its request says."""
    if bill.kind is BillKind.CREDIT_NOTE or bill.item_barcode is None or bill.state not in _LIVE or bill.credited:
        return False
    requests = [await store.request(name) for name in bill.requests]
    return any(request is not None and request.state is State.COMPLETED for request in requests)


async def bill_shown(desk: Desk, bill: Bill, *, is_new: bool = True) -> BillShown:
    """Return a bill with everything about it."""
    bills, partners = desk.store.bills, await partners_by_id(desk.store)
    partner = partners.get(bill.partner)
    credit = {currency: amount for _, currency, amount in await bills.credit(bill.partner)}
    return shown(
        bill,
        BillShown,
        bill=await bill_line(desk, bill, partners),
        lines=tuple(map(_line, bill.lines)),
        corrects=bill.credits,
        credit_notes=tuple(note.id for note in await bills.credit_notes(bill.id)),
        papers=await bills.papers(bill.id),
        ledger=tuple(entry_shown(entry) for entry in await bills.ledger(bill=bill.id)),
        history=tuple(shown(entry, BillHistoryLine) for entry in await bills.history(bill.id)),
        acts=offered(bill, mails=desk.mail.plan.mails),
        terms=_terms(desk.money, bill, partner),
        email=email_of(partner) if partner else None,
        credit=credit.get(bill.currency, Decimal(0)),
        is_new=is_new,
    )


def _terms(money: MoneyParts, bill: Bill, partner: Partner | None) -> str:
    """What it says of being paid, and of what comes back; before it is finalised, what it would say now."""
    if bill.face is None and bill.kind is BillKind.CREDIT_NOTE:
        return ""
    said = bill.face.terms if bill.face else words_of(terms_of(partner, money.billing.defaults), bill.lines)
    return f"{said.payment}. {said.if_returned}".strip()


def email_of(partner: Partner) -> str | None:
    """Return where a partner's bills go."""
    return partner.billing.email or partner.email


def entry_shown(entry: LedgerEntry) -> EntryShown:
    """Return a line of the ledger as it is shown."""
    return shown(entry, EntryShown)


def _line(line: BilledAmount) -> LineShown:
    loan = shown(line.loan, LoanShown) if line.loan else None
    return LineShown(kind=line.kind, words=line.words, amount=line.amount, loan=loan)
