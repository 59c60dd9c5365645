"""Answers in words: none of the protocol's."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from gateway.desk.answers import answer_said
from gateway.workflow.records import Answer, AnswerKind
from gateway.workflow.values import Money

DAY = datetime(2027, 1, 7, 12, tzinfo=UTC)
K = AnswerKind


@pytest.mark.parametrize(
    ("answer", "head", "details"),
    [
        (Answer(kind=K.SUPPLY, loan_days=28, expected_at=DAY), "It will be supplied", ("for 28 days",)),
        (Answer(kind=K.RETRY, reason="OnLoan", retry_after=DAY), "Not now", ("On loan",)),
        (
            Answer(
                kind=K.RETRY,
                reason="LoanCondition",
                cost=Money(amount=Decimal("12.50"), currency="USD"),
                condition="LibraryUseOnly",
            ),
            "Offered under conditions",
            ("Loan condition", "for 12.50 USD", "For use in the library only"),
        ),
        (Answer(kind=K.UNFILLED, reason="NotAvailableForILL"), "Not supplied", ("Not available for ILL",)),
        (Answer(kind=K.STAFF), "A person decides", ()),
    ],
)
def test_an_answer_is_said_in_words(answer: Answer, head: str, details: tuple[str, ...]):
    said = answer_said(answer)
    assert (said.head, said.details) == (head, details)
    assert (said.expected_at, said.ask_again) == (answer.expected_at, answer.retry_after)


@pytest.mark.parametrize("kind", list(K))
def test_every_kind_of_answer_has_words(kind: AnswerKind):
    assert answer_said(Answer(kind=kind)).head
