"""What a supplier's messages amount to in the partner's books, and what was heard before."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from gateway.demo.partner.books import Books, UnknownRequest, told_by
from gateway.demo.partner.records import Novelty, Page, Wish
from gateway.iso18626.codes import ReasonForMessage, Status, YesNo
from gateway.iso18626.messages import RetryInfo, SupplyingAgencyMessage
from gateway.iso18626.values import Code, Costs
from tests.demo.partner.supplier import NOW, said

DUE = NOW + timedelta(days=42)
LATER = DUE + timedelta(days=42)


def told(books: Books, message: SupplyingAgencyMessage, document: bytes = b"") -> Page:
    """Take a message; each has a document of its own unless one is named."""
    return books.note_told(message, document or repr(message).encode(), told_by(message, NOW, ()))


@pytest.fixture
def books() -> Books:
    books = Books()
    books.open("A-1", Wish(title="The Imaginary Almanac"))
    return books


def test_a_loan_from_promise_to_end(books: Books):
    told(books, said("A-1", Status.WILL_SUPPLY, ReasonForMessage.REQUEST_RESPONSE))
    page = told(books, said("A-1", Status.LOANED, due=DUE, item="30000000001085"))
    assert (page.status, page.due_at, page.item_ids) == (Status.LOANED, DUE, ("30000000001085",))
    page = told(books, said("A-1", Status.LOANED, ReasonForMessage.RENEW_RESPONSE, answer=YesNo.Y, due=LATER))
    assert (page.due_at, page.item_ids) == (LATER, ("30000000001085",))
    page = told(books, said("A-1", Status.LOAN_COMPLETED))
    assert (page.status, page.supplier_id) == (Status.LOAN_COMPLETED, "OUR-1")
    assert [each.status for each in page.told] == ["WillSupply", "Loaned", "Loaned", "LoanCompleted"]


def test_a_no_moves_nothing(books: Books):
    told(books, said("A-1", Status.LOANED, due=DUE))
    page = told(books, said("A-1", Status.OVERDUE, ReasonForMessage.RENEW_RESPONSE, answer=YesNo.N, due=LATER))
    assert (page.status, page.due_at) == (Status.LOANED, DUE)


def test_a_notification_moves_nothing(books: Books):
    page = told(books, said("A-1", Status.UNFILLED, ReasonForMessage.NOTIFICATION, note="Still searching."))
    assert (page.status, page.told[0].note) == (None, "Still searching.")


def test_the_same_bytes_are_a_repeat_and_say_nothing_new(books: Books):
    told(books, said("A-1", Status.LOANED, due=DUE), b"one")
    told(books, said("A-1", Status.LOAN_COMPLETED), b"two")
    page = told(books, said("A-1", Status.LOANED, due=DUE), b"one")
    assert [each.novelty for each in page.told] == [Novelty.NEW, Novelty.NEW, Novelty.SAME_BYTES]
    assert page.status is Status.LOAN_COMPLETED


def test_the_same_in_another_document_is_said_again(books: Books):
    told(books, said("A-1", Status.LOANED, due=DUE))
    page = told(books, said("A-1", Status.LOANED, due=DUE, at=NOW + timedelta(seconds=1)))
    assert page.told[1].novelty is Novelty.SAID_AGAIN


def test_another_due_date_is_news(books: Books):
    told(books, said("A-1", Status.LOANED, due=DUE))
    page = told(books, said("A-1", Status.LOANED, due=LATER))
    assert page.told[1].novelty is Novelty.NEW


def test_terms_of_a_retry_are_kept(books: Books):
    costs = Costs(currency_code=Code("USD"), monetary_value=Decimal(15))
    message = replace(said("A-1", Status.RETRY_POSSIBLE), retry_info=RetryInfo(offered_costs=(costs,), retry_after=DUE))
    page = told(books, message)
    assert (page.told[0].offered_costs, page.told[0].retry_after) == (("15 USD",), DUE)


def test_a_stranger_is_in_no_book(books: Books):
    assert "B-1" not in books
    with pytest.raises(UnknownRequest):
        books.page("B-1")
    with pytest.raises(UnknownRequest):
        told(books, said("B-1"))
