"""What an answer to a request comes to, in the department's words. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec

from gateway.desk.forms import has_terms
from gateway.documents.words import conditions
from gateway.workflow.records import Answer, AnswerKind
from gateway.workflow.words import code_words


class AnswerSaid(msgspec.Struct, frozen=True, kw_only=True):
    """An answer in words; its dates are for whoever shows it to write."""

    head: str
    details: tuple[str, ...]
    expected_at: datetime | None
    """When the item is expected to go out."""
    ask_again: datetime | None


_HEADS: Final = {
    AnswerKind.SUPPLY: "It will be supplied",
    AnswerKind.RETRY: "Not now",
    AnswerKind.UNFILLED: "Not supplied",
    AnswerKind.STAFF: "A person decides",
}


def answer_said(answer: Answer) -> AnswerSaid:
    """Say an answer."""
    is_offer = answer.kind is AnswerKind.RETRY and has_terms(answer)
    return AnswerSaid(
        head="Offered under conditions" if is_offer else _HEADS[answer.kind],
        details=tuple(_details(answer)),
        expected_at=answer.expected_at,
        ask_again=answer.retry_after,
    )


def _details(answer: Answer) -> Iterator[str]:
    if answer.reason:
        yield code_words(answer.reason)
    if answer.kind is AnswerKind.SUPPLY and answer.loan_days:
        yield f"for {answer.loan_days} days"
    if answer.cost:
        yield f"for {answer.cost.amount} {answer.cost.currency}"
    yield from conditions((answer.condition,))
