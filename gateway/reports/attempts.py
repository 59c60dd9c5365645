"""What an event says of a lender that was asked: who, when, and what it answered first. Pure."""

from collections.abc import Mapping
from typing import Final

import msgspec

from gateway.iso18626.codes import RequestType
from gateway.workflow.borrowing_events import LenderSaid, LenderSays, Sent
from gateway.workflow.borrowing_records import Borrowing
from gateway.workflow.events import AnyEvent, TimerFired
from gateway.workflow.facts import Attempt, AttemptResult
from gateway.workflow.triggers import Trigger

_ANSWERS: Final[Mapping[LenderSays, AttemptResult]] = {
    LenderSays.UNFILLED: AttemptResult.UNFILLED,
    LenderSays.RETRY: AttemptResult.RETRY,
    LenderSays.CANCELLED: AttemptResult.CANCELLED,
    LenderSays.LOANED: AttemptResult.SENT,
    LenderSays.COPY_SENT: AttemptResult.SENT,
}
_SILENT: Final = frozenset({Trigger.LENDER_SILENT, Trigger.LENDER_DOES_NOT_SEND, Trigger.WITHDRAWAL_SILENT})
_ASKS: Final = frozenset({RequestType.NEW.value, RequestType.RETRY.value})


def attempt_of(event: AnyEvent, borrowed: Borrowing, last: int) -> Attempt | None:
    """Return what an event says of one of the lenders that were asked; None if nothing. `last`: which had been asked last by then."""
    match event:
        case Sent() if event.what in _ASKS and borrowed.has_asked(event.attempt):
            return _of(event.attempt, borrowed, asked_at=event.at)
        case LenderSaid() if event.says in _ANSWERS and borrowed.has_asked(event.attempt):
            result = _ANSWERS[event.says]
            sent_at = event.at if result is AttemptResult.SENT else None
            said = {"answered_at": event.at, "result": result, "reason": event.reason or "", "sent_at": sent_at}
            return _of(event.attempt, borrowed, **said)
        case TimerFired() if event.trigger in _SILENT and borrowed.has_asked(last):
            return _of(last, borrowed, answered_at=event.at, result=AttemptResult.SILENT)
        case _:
            return None


def merged(before: Attempt, said: Attempt) -> Attempt:
    """Add to what is known of a lender that was asked: what was known first stays."""
    first = before if before.answered_at else said
    return msgspec.structs.replace(
        before,
        asked_at=before.asked_at or said.asked_at,
        answered_at=before.answered_at or said.answered_at,
        sent_at=before.sent_at or said.sent_at,
        result=first.result,
        reason=first.reason,
    )


def _of(attempt: int, borrowed: Borrowing, **said: object) -> Attempt:
    partner = borrowed.asked[attempt - 1].partner
    places = list(dict.fromkeys(line.partner for line in borrowed.asked))
    return Attempt(attempt=attempt, partner=partner, place=places.index(partner) + 1, **said)  # type: ignore[arg-type]
