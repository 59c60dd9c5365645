"""The policy's reasoning in words: lines read down to the one that counts, and the answer as the partner would be told it."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from gateway.iso18626.codes import ServiceType
from gateway.policy.lines import PolicyTerms
from gateway.policy.trace import in_protocol, lines_read, services_tried
from gateway.workflow.policy import Policy, PolicyLine
from gateway.workflow.records import Answer, AnswerKind, Copy
from gateway.workflow.trial import LineRead
from gateway.workflow.values import Money

AT = datetime(2026, 11, 3, 11, 0, tzinfo=UTC)
BOOK = Copy(item_barcode="30000000000001", branch="MAIN", item_type="book")
LOAN = PolicyTerms(service=ServiceType.LOAN, partner="valley")


def test_lines_are_read_down_to_the_first_that_fits_and_those_before_say_why_not():
    lines = (PolicyLine(name="Films", item_types=("film",)), PolicyLine(branches=("MAIN",)), PolicyLine(name="unread"))
    assert lines_read(BOOK, LOAN, Policy(lines=lines)) == (
        LineRead(number=1, name="Films", fits=False, why=("item type book, not film",)),
        LineRead(number=2, name="", fits=True),
    )


def test_where_no_line_fits_all_are_read():
    lines = (PolicyLine(item_types=("film",)), PolicyLine(branches=("EAST",)))
    assert [line.fits for line in lines_read(BOOK, LOAN, Policy(lines=lines))] == [False, False]
    assert lines_read(BOOK, LOAN, Policy()) == ()


def test_of_either_the_loan_is_tried_first():
    assert services_tried(ServiceType.COPY_OR_LOAN) == (ServiceType.LOAN, ServiceType.COPY)
    assert services_tried(ServiceType.COPY) == (ServiceType.COPY,)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(kind=AnswerKind.STAFF), ""),
        (Answer(kind=AnswerKind.UNFILLED, reason="NotHeld"), "Unfilled, reasonUnfilled NotHeld"),
        (
            Answer(kind=AnswerKind.RETRY, reason="OnLoan", retry_after=AT),
            "RetryPossible, reasonRetry OnLoan, retryAfter 2026-11-03",
        ),
        (
            Answer(
                kind=AnswerKind.SUPPLY,
                expected_at=AT,
                cost=Money(amount=Decimal("12.50"), currency="EUR"),
                condition="LibraryUseOnly",
            ),
            "WillSupply, expectedDeliveryDate 2026-11-03, cost 12.50 EUR, loanCondition LibraryUseOnly",
        ),
    ],
)
def test_the_answer_is_said_in_the_words_of_the_protocol(answer: Answer, words: str):
    assert in_protocol(answer, UTC) == words


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("America/Denver", datetime(2026, 12, 10, 6, 59, 59, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2026, 12, 8, 12, 0, tzinfo=UTC)),
    ],
)
def test_the_days_of_an_answer_are_the_librarys(zone: str, at: datetime):
    again = Answer(kind=AnswerKind.RETRY, reason="OnLoan", retry_after=at)
    assert in_protocol(again, ZoneInfo(zone)) == "RetryPossible, reasonRetry OnLoan, retryAfter 2026-12-09"
