"""Papers of bills: what each says of money adds up, whatever became of the bill."""

from datetime import date
from decimal import Decimal

import pytest

from gateway.documents.bills import bill_paper, reminder_letter
from gateway.documents.papers import Invoice
from gateway.money.events import BillAct
from tests.money.books import Books


def figure(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


@pytest.mark.parametrize("amount", ["100.00", "1234.50", "1000000000.00"])
def test_what_was_paid_credited_and_replaced_is_what_need_not_be_paid(amount: str):
    books = Books()
    name = books.invoice(amount)
    books.pay(Decimal("40.00"), {name: Decimal("40.00")})
    books.credit_note(name, Decimal("5.00"))
    books.act(name, BillAct.REPLACE, words="A newer edition.", amount=Decimal("30.00"))
    bill = books.bills[name]
    invoice = bill_paper(bill)
    assert isinstance(invoice, Invoice)
    for paper in (invoice, reminder_letter(bill, 1, date(2026, 8, 1))):
        assert figure(paper.total) == Decimal(amount)
        assert figure(paper.paid) == Decimal("75.00")
        assert figure(paper.total) - figure(paper.paid) == figure(paper.balance) == bill.balance
