"""A request of type Retry stands in the place of one that was answered RetryPossible: what it follows, and a brake. Pure.

A peer that meets OnLoan by asking again at once (one did so sixty times in twenty seconds) gets the same words again, and slowly
(`lending.tell.SLOWLY_S`), once it has asked for the same work often; now and then the circulation system is looked at all the same.
"""

from typing import Final

import msgspec

from gateway.workflow.events import Admission, RequestArrived
from gateway.workflow.records import Answer, AnswerKind, Request

FREE: Final = 3
"""Retries in a row for the same work that are looked at like any other request."""
EVERY: Final = 10
"""Of those after them, each so many."""


def following(event: RequestArrived, before: Request) -> RequestArrived:
    """Give a Retry with what it follows; one that comes too often gets the same answer, unless another one is due to it.

    Another work, and an offer that is accepted, begin anew.
    """
    answer = before.answer
    event = msgspec.structs.replace(event, follows=answer)
    if answer is None or not _is_not_now(answer) or before.wanted != event.wanted:
        return event
    event = msgspec.structs.replace(event, retries=before.retries + 1)
    if event.admission is not Admission.ADMIT or event.retries <= FREE or event.retries % EVERY == 0:
        return event
    return msgspec.structs.replace(event, admission=Admission.TURN_AWAY, turned_away=answer)


def _is_not_now(answer: Answer) -> bool:
    """RetryPossible without an offer."""
    return answer.kind is AnswerKind.RETRY and answer.cost is None and answer.condition is None
