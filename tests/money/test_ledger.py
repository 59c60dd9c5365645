"""Whatever happens, in whatever order: the ledger's sums are those of the bills, the credit is what was overpaid or taken back."""

from decimal import Decimal

from hypothesis import given

from gateway.money.amounts import NOTHING
from gateway.money.events import BillAct
from gateway.money.records import BillState, EntryKind
from tests.fakes.examples import examples
from tests.money.books import SAMPLE, USUAL, VALLEY, Books, line
from tests.money.steps import STEPS, Step, call_of


@examples(400)
@given(STEPS)
def test_the_ledger_agrees_with_the_bills_after_any_sequence(steps: list[Step]):
    books = Books()
    for step in steps:
        before = list(books.ledger)
        call = call_of(books, step)
        if call is not None:
            name, given, more = call
            getattr(books, name)(*given, **more)
        books.must_agree()
        assert books.ledger[: len(before)] == before, "a line that was written stays as it is"


def test_a_bill_is_paid_in_parts_and_what_is_too_much_stays_as_credit():
    books = Books()
    first, second = books.invoice("80.00", "20.00"), books.invoice("50.00")
    assert books.pay(Decimal("30.00"), {first: Decimal("30.00")})
    assert books.bills[first].state is BillState.PART_PAID
    assert books.pay(Decimal("125.00"), {first: Decimal("70.00"), second: Decimal("50.00")})
    assert [books.bills[name].state for name in (first, second)] == [BillState.PAID, BillState.PAID]
    assert books.credit == Decimal("5.00")
    books.must_agree()


def test_what_was_paid_of_a_credited_bill_becomes_credit():
    books = Books()
    bill = books.invoice("80.00", "20.00")
    books.pay(Decimal("90.00"), {bill: Decimal("90.00")})
    assert books.credit_note(bill, Decimal("80.00"))
    assert books.credit == Decimal("70.00")
    assert books.bills[bill].paid == Decimal("20.00")
    assert books.bills[bill].state is BillState.PAID
    books.must_agree()


def test_a_check_that_bounced_is_owed_again_even_if_the_bill_was_credited_meanwhile():
    books = Books()
    bill = books.invoice("100.00")
    payment = books.pay(Decimal("100.00"), {bill: Decimal("100.00")})
    assert books.credit_note(bill, Decimal("100.00"))
    assert books.credit == Decimal("100.00")
    assert payment
    assert books.reverse(payment)
    assert books.credit == NOTHING
    assert books.bills[bill].state is BillState.CREDITED
    books.must_agree()


def test_a_bounced_check_whose_credit_was_used_elsewhere_is_refused():
    books = Books()
    bill = books.invoice("100.00")
    payment = books.pay(Decimal("100.00"), {bill: Decimal("100.00")})
    books.credit_note(bill, Decimal("100.00"))
    other = books.invoice("60.00")
    assert books.use_credit(other, Decimal("60.00"))
    assert payment
    assert not books.reverse(payment)
    books.must_agree()


def test_who_pays_after_a_write_off_takes_so_much_of_it_back():
    books = Books()
    bill = books.invoice("100.00")
    books.act(bill, BillAct.WRITE_OFF, words="gone out of business")
    assert books.bills[bill].balance == NOTHING
    payment = books.pay(Decimal("40.00"), {bill: Decimal("40.00")})
    assert payment
    assert (books.bills[bill].paid, books.bills[bill].waived) == (Decimal("40.00"), Decimal("60.00"))
    assert books.pay(Decimal("60.01"), {bill: Decimal("60.01")}) is None
    assert books.reverse(payment)
    assert books.bills[bill].balance == Decimal("40.00")
    books.must_agree()


def test_amounts_of_nothing_write_noline():
    books = Books()
    name = books.propose(line(Decimal("0.00")))
    books.act(name, BillAct.FINALISE)
    assert books.bills[name].state is BillState.DRAFT
    assert books.ledger == []


def test_a_billion_is_booked_to_the_cent():
    books = Books()
    bill = books.invoice("999999999.99")
    books.pay(Decimal("999999999.98"), {bill: Decimal("999999999.98")})
    assert books.bills[bill].balance == Decimal("0.01")
    assert [entry.kind for entry in books.ledger] == [EntryKind.BILLED, EntryKind.PAID]
    books.must_agree()


def test_what_is_paid_back_leaves_the_credit_and_returns_to_it_if_it_did_not_arrive():
    books = Books()
    assert books.pay(Decimal("20.00"), {})
    back = books.pay_back(Decimal("15.00"), USUAL)
    assert back
    assert books.pay_back(Decimal("5.01"), USUAL) is None
    assert books.credit == Decimal("5.00")
    books.must_agree()
    assert books.reverse(back)
    assert books.credit == Decimal("20.00")
    books.must_agree()


def test_a_merged_partners_bills_credit_and_payments_are_the_others():
    books = Books()
    bill = books.invoice("80.00")
    payment = books.pay(Decimal("100.00"), {bill: Decimal("30.00")})
    books.move(SAMPLE, VALLEY)
    assert (books.credits[USUAL], books.credits[VALLEY, "USD"]) == (NOTHING, Decimal("70.00"))
    assert books.bills[bill].partner == VALLEY
    books.must_agree()
    assert payment
    assert books.reverse(payment)
    assert (books.credits[VALLEY, "USD"], books.bills[bill].balance) == (NOTHING, Decimal("80.00"))
    books.must_agree()
