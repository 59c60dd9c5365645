"""What papers about money say: invoice, credit note, reminder letter, statement. Nothing here can name a customer. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, tzinfo
from decimal import Decimal
from typing import Final

from gateway.documents.papers import (
    Addressee,
    BillItem,
    CreditNote,
    InvoicePaper,
    Letterhead,
    OpenBillLine,
    PaperBillLine,
    ReminderLetter,
    StatementPaper,
    StatementRow,
)
from gateway.documents.words import addressee
from gateway.money.ageing import BillAge, Statement, age_of
from gateway.money.amounts import NOTHING, exact, total
from gateway.money.records import Bill, BilledAmount, BillKind, Buyer, EntryKind, Face, LedgerEntry, Loan, Seller

_WHICH: Final = ("First reminder", "Second reminder", "Last reminder")
_ASKS: Final = (
    "Our records show this invoice as unpaid. If it is on its way, please set this letter aside.",
    "This invoice is still unpaid. Please pay it, or tell us what stands in the way.",
    "This invoice remains unpaid after two reminders. Please pay it now, or telephone us: we may have to suspend lending.",
)
"""What each reminder says, in their order."""
BOOKED: Final = {
    EntryKind.BILLED: "Invoice",
    EntryKind.PAID: "Payment",
    EntryKind.REVERSED: "Payment that did not hold",
    EntryKind.CREDITED: "Credit note",
    EntryKind.TO_CREDIT: "Kept as credit",
    EntryKind.CREDIT_USED: "Credit used",
    EntryKind.OVERPAID: "Paid too much: kept as credit",
    EntryKind.WRITTEN_OFF: "Written off",
    EntryKind.REVIVED: "Write-off taken back",
    EntryKind.REPLACED: "Replacement accepted",
    EntryKind.PAID_BACK: "Credit paid back",
    EntryKind.MOVED: "Moved with a merged partner",
}
"""What a line of the ledger is called on a statement."""


def written(amount: Decimal, currency: str) -> str:
    """Write an amount, or a sum of some, as papers do: 1,234.50."""
    return f"{exact(amount, currency):,}"


def bill_paper(bill: Bill) -> InvoicePaper | CreditNote:
    """Return the paper of a bill that has its number."""
    return _credit_note(bill) if bill.kind is BillKind.CREDIT_NOTE else _invoice(bill)


def _invoice(bill: Bill) -> InvoicePaper:
    face = _face(bill)
    return InvoicePaper(
        library=letterhead(face.seller),
        to=addressed(face.buyer),
        number=str(bill.number),
        dated=face.dated,
        currency=bill.currency,
        tax_id=face.seller.tax_id,
        reference=face.buyer.reference,
        due=face.due,
        terms=face.terms.payment,
        lines=tuple(_lines(bill.lines, bill.currency)),
        total=written(bill.total, bill.currency),
        paid=written(bill.total - bill.balance, bill.currency),
        balance=written(bill.balance, bill.currency),
        if_returned=face.terms.if_returned,
        remit_to=face.seller.remit_to,
        ways_to_pay=face.seller.ways_to_pay,
    )


def _credit_note(bill: Bill) -> CreditNote:
    face = _face(bill)
    return CreditNote(
        library=letterhead(face.seller),
        to=addressed(face.buyer),
        number=str(bill.number),
        dated=face.dated,
        currency=bill.currency,
        tax_id=face.seller.tax_id,
        reference=face.buyer.reference,
        corrects=face.corrects or "",
        lines=tuple(_lines(bill.lines, bill.currency)),
        total=written(bill.total, bill.currency),
    )


def reminder_letter(bill: Bill, number: int, day: date) -> ReminderLetter:
    """Return the letter of a bill's first, second or last reminder, as things stand."""
    face = _face(bill)
    return ReminderLetter(
        library=letterhead(face.seller),
        to=addressed(face.buyer),
        number=str(bill.number),
        dated=day,
        currency=bill.currency,
        tax_id=face.seller.tax_id,
        reference=face.buyer.reference,
        which=_WHICH[number - 1],
        invoice_dated=face.dated,
        due=face.due,
        words=_ASKS[number - 1],
        lines=tuple(_lines(bill.lines, bill.currency)),
        total=written(bill.total, bill.currency),
        paid=written(bill.total - bill.balance, bill.currency),
        balance=written(bill.balance, bill.currency),
        remit_to=face.seller.remit_to,
        ways_to_pay=face.seller.ways_to_pay,
    )


def statement_paper(
    account: Statement,
    bills: Sequence[Bill],
    *,
    seller: Seller,
    buyer: Buyer,
    currency: str,
    days: tuple[date, date],
    zone: tzinfo,
) -> StatementPaper:
    """Return a partner's statement from the first to the last day, with the invoices on which something is owed."""
    owed = [bill for bill in bills if bill.balance > NOTHING and bill.face]
    numbers = {bill.id: str(bill.number) for bill in bills}
    return StatementPaper(
        library=letterhead(seller),
        to=addressed(buyer),
        number=f"{days[1].isoformat()} {currency}",
        dated=days[1],
        currency=currency,
        tax_id=seller.tax_id,
        reference=buyer.reference,
        since=days[0],
        until=days[1],
        opening=written(account.opening, currency),
        rows=tuple(_row(line.entry, line.balance, numbers, zone) for line in account.lines),
        closing=written(account.closing, currency),
        bills=tuple(_open(bill, days[1]) for bill in owed),
        ages=tuple(_ages(owed, days[1], currency)),
        remit_to=seller.remit_to,
        ways_to_pay=seller.ways_to_pay,
    )


def _row(entry: LedgerEntry, balance: Decimal, numbers: dict[str, str], zone: tzinfo) -> StatementRow:
    named = numbers.get(entry.bill or "", "")
    return StatementRow(
        day=entry.at.astimezone(zone).date(),
        words=f"{BOOKED[entry.kind]} {named}".strip(),
        amount=written(entry.amount, entry.currency),
        balance=written(balance, entry.currency),
    )


def _open(bill: Bill, today: date) -> OpenBillLine:
    face = _face(bill)
    return OpenBillLine(
        number=str(bill.number),
        dated=face.dated,
        due=face.due,
        total=written(bill.total, bill.currency),
        balance=written(bill.balance, bill.currency),
        age=age_of(face.dated, today),
    )


def _ages(bills: Iterable[Bill], today: date, currency: str) -> Iterator[PaperBillLine]:
    bills = list(bills)
    for age in BillAge:
        of_age = total(bill.balance for bill in bills if age_of(_face(bill).dated, today) is age)
        yield PaperBillLine(words=age.capitalize(), amount=written(of_age, currency))
    yield PaperBillLine(words="All of them", amount=written(total(bill.balance for bill in bills), currency))


def _face(bill: Bill) -> Face:
    assert bill.face is not None, "only what is finalised is printed"
    return bill.face


def letterhead(seller: Seller) -> Letterhead:
    """Return who we are on a paper about money."""
    named = addressee(seller.name, seller.address)
    return Letterhead(name=named.name, department=seller.department, lines=named.lines, contact=seller.contact)


def addressed(buyer: Buyer) -> Addressee:
    """Return whom it is for."""
    return addressee(buyer.name, buyer.address)


def _lines(lines: Iterable[BilledAmount], currency: str) -> Iterator[PaperBillLine]:
    """The lines; an item is told of once, at the first line about it."""
    told: set[Loan] = set()
    for line in lines:
        is_new = line.loan is not None and line.loan not in told
        if line.loan:
            told.add(line.loan)
        item = _item(line.loan) if line.loan and is_new else None
        yield PaperBillLine(words=line.words, amount=written(line.amount, currency), item=item)


def _item(loan: Loan) -> BillItem:
    return BillItem(
        title=loan.title,
        author=loan.author,
        call_number=loan.call_number,
        barcode=loan.item_barcode,
        our_request=loan.request,
        their_request=loan.their_request,
        shipped=loan.shipped_on,
        due=loan.due_on,
        notice=loan.notice_on,
    )
