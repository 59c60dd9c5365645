"""Papers of bills: what each says of money adds up, whatever became of the bill; and each has all that is known, in print and as text."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from gateway.documents import text
from gateway.documents.bills import bill_paper, reminder_letter, statement_paper
from gateway.documents.job import Job, PrintChoice, Stationery, runs
from gateway.documents.papers import InvoicePaper, Paper
from gateway.documents.pdf import render
from gateway.money.ageing import statement
from gateway.money.events import BillAct
from gateway.money.records import BilledAmount, BillKind, BillTerms, Buyer, Face, LineKind, Loan, PaperNumber, Seller
from gateway.workflow.values import PostalAddress
from tests.documents.reading import texts
from tests.money.books import START, Books

LOAN = Loan(
    request="L2026-000417",
    their_request="SCL-2026-0077",
    title="The Imaginary Almanac",
    author="Invented, Ina",
    call_number="AY31 .I5",
    item_barcode="30234000517861",
    shipped_on=date(2026, 3, 4),
    due_on=date(2026, 4, 15),
    notice_on=date(2026, 4, 16),
)
LINES = tuple(
    BilledAmount(kind=kind, words=words, amount=Decimal(amount), loan=loan)
    for kind, words, amount, loan in (
        (LineKind.REPLACEMENT, "Replacement of the item", "1075.00", LOAN),
        (LineKind.PROCESSING, "Processing", "15.00", LOAN),
        (LineKind.DAMAGE, "A torn map", "7.00", LOAN),
        (LineKind.FEE, "Fee of the loan", "12.00", None),
        (LineKind.TAX, "Tax 8.25 %", "91.49", None),
    )
)
FACE = Face(
    seller=Seller(
        name="Example Valley Library",
        department="Interlibrary Loan",
        address=PostalAddress(line1="1 Example Street", locality="Example Valley", postal_code="00001"),
        contact="ill@library.example",
        tax_id="00-1234567",
        remit_to=("Example County", "Accounting, 9 Example Road"),
        ways_to_pay=("By check to Example County", "By ACH: account 000111222"),
    ),
    buyer=Buyer(
        name="Sample City Library",
        address=PostalAddress(line1="2 Sample Square", locality="Sample City", postal_code="00002"),
        reference="PO 4711",
    ),
    dated=date(2026, 7, 1),
    due=date(2026, 7, 31),
    terms=BillTerms(payment="Net 30 days", if_returned="If it comes back, its price is credited."),
)
HEAD = (
    *("Example Valley Library", "Interlibrary Loan", "1 Example Street", "Example Valley 00001", "ill@library.example"),
    *("Tax ID 00-1234567", "To Sample City Library", "2 Sample Square", "Sample City 00002", "Your reference PO 4711"),
)
ITEM = (
    *("The Imaginary Almanac", "Author Invented, Ina", "Call number AY31 .I5", "30234000517861"),
    *("Your request SCL-2026-0077", "Our request L2026-000417"),
    *("Sent 2026-03-04", "Was due 2026-04-15", "First notice 2026-04-16"),
)
AMOUNTS = (
    *("Replacement of the item 1,075.00", "Processing 15.00", "A torn map 7.00", "Fee of the loan 12.00"),
    *("Tax 8.25 % 91.49", "Total 1,200.49 USD"),
)
HOW_TO_PAY = (
    "Pay to Example County Accounting, 9 Example Road",
    "How to pay By check to Example County By ACH: account 000111222",
)


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
    assert isinstance(invoice, InvoicePaper)
    for paper in (invoice, reminder_letter(bill, 1, date(2026, 8, 1))):
        assert figure(paper.total) == Decimal(amount)
        assert figure(paper.paid) == Decimal("75.00")
        assert figure(paper.total) - figure(paper.paid) == figure(paper.balance) == bill.balance


NUMBER = PaperNumber(series="INV", year=2027, number=12)


def filled() -> Books:
    """Books with one invoice of which everything is known, paid in part."""
    books = Books()
    name = books.propose(*LINES)
    books.act(name, BillAct.FINALISE, face=FACE)
    books.bills[name] = msgspec.structs.replace(books.bills[name], number=NUMBER)
    books.pay(Decimal("200.49"), {name: Decimal("200.49")})
    return books


def as_text(paper: Paper) -> str:
    return " ".join(text.printed([paper]).split()).casefold()


def as_pdf(paper: Paper) -> str:
    """The words of the PDF, its days written as the text has them."""
    made = render(Job(title="Test", day=date(2026, 9, 1), runs=runs([paper], Stationery(), PrintChoice())))
    assert made.unwritten == 0
    said = " ".join(" ".join(texts(made.pdf)).replace("\u200b", "").split())
    return re.sub(r"\b\d{1,2} [A-Z][a-z]{2} 20\d\d\b", lambda day: _iso(day[0]), said).casefold()


def _iso(day: str) -> str:
    return datetime.strptime(f"{day} +0000", "%d %b %Y %z").date().isoformat()


PRINTED = pytest.mark.parametrize("printed", [as_text, as_pdf])


def must_say(said: str, *facts: str) -> None:
    assert [fact for fact in facts if fact.casefold() not in said] == [], said


@PRINTED
def test_an_invoice_has_all_that_is_known(printed: Callable[[Paper], str]):
    said = printed(bill_paper(filled().bills["M-1"]))
    must_say(said, "Invoice INV-2027-00012", "Date 2026-07-01", "Due 2026-07-31", "Terms Net 30 days")
    must_say(said, *HEAD, *ITEM, *AMOUNTS, "Paid 200.49 USD", "To pay 1,000.00 USD")
    must_say(said, "If it comes back, its price is credited.", *HOW_TO_PAY)


@PRINTED
def test_a_reminder_has_all_that_the_invoice_had(printed: Callable[[Paper], str]):
    said = printed(reminder_letter(filled().bills["M-1"], 2, date(2026, 9, 2)))
    must_say(said, "Reminder", "Date 2026-09-02", "INV-2027-00012", "2026-07-01", "Was due 2026-07-31")
    must_say(said, "Second reminder. This invoice is still unpaid.", *HEAD, *ITEM, *AMOUNTS, *HOW_TO_PAY)
    must_say(said, "Paid, credited or replaced 200.49 USD", "To pay 1,000.00 USD")


@PRINTED
def test_a_credit_note_says_which_invoice_it_corrects(printed: Callable[[Paper], str]):
    books = Books()
    credit = BilledAmount(kind=LineKind.CREDIT, words="Credit: replacement", amount=Decimal("1075.00"), loan=LOAN)
    name = books.propose(credit, kind=BillKind.CREDIT_NOTE, corrects="M-0")
    face = msgspec.structs.replace(FACE, due=None, corrects=str(NUMBER))
    books.act(name, BillAct.FINALISE, face=face)
    note = msgspec.structs.replace(books.bills[name], number=PaperNumber(series="CN", year=2027, number=3))
    said = printed(bill_paper(note))
    must_say(said, "Credit note CN-2027-00003", "Date 2026-07-01", "INV-2027-00012", *HEAD, *ITEM)
    must_say(said, "Credit: replacement 1,075.00", "Credited 1,075.00 USD", "The amount is taken off")


@PRINTED
def test_a_statement_has_what_was_booked_and_how_old_what_is_owed_is(printed: Callable[[Paper], str]):
    books, days = filled(), (date(2026, 7, 1), date(2026, 8, 20))
    account = statement(books.ledger, START, START + timedelta(days=50))
    paper = statement_paper(
        account, [*books.bills.values()], seller=FACE.seller, buyer=FACE.buyer, currency="USD", days=days, zone=UTC
    )
    said = printed(paper)
    must_say(said, "Statement", "From 2026-07-01", "To 2026-08-20", "Currency USD", *HEAD, *HOW_TO_PAY)
    must_say(said, "Owed before", "2026-07-01 Invoice INV-2027-00012", "1,200.49", "Payment INV-2027-00012", "-200.49")
    must_say(said, "Owed now 1,000.00", "2026-07-31", "30 to 59 days 1,000.00", "90 days and more 0.00")
