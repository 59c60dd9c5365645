"""What the partner is told: every message of the lending table, with the protocol's word for each state."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from gateway.iso18626.codes import ReasonForMessage, Status, YesNo
from gateway.workflow.effects import StartTimer, Tell
from gateway.workflow.events import NotTold, PartnerActed, RequestArrived, StaffActed, TimerFired
from gateway.workflow.lending.groups import COMING_OFF
from gateway.workflow.machine import Action, Draft
from gateway.workflow.records import AnswerKind, Clock, ItemPlace, Request, State
from gateway.workflow.tasks import TaskKind

SLOWLY_S = 60.0
"""How long the same answer waits for a partner that asks again and again."""
UNDO_CLOCK = StartTimer.key_of(Clock.UNDO)

CURRENT_STATUS: dict[State, Status] = {
    State.AWAITING_APPROVAL: Status.REQUEST_RECEIVED,
    State.SEARCHING: Status.REQUEST_RECEIVED,
    State.CHECKING: Status.REQUEST_RECEIVED,
    State.DECIDING: Status.REQUEST_RECEIVED,
    State.OFFERED: Status.RETRY_POSSIBLE,
    State.RESERVING: Status.REQUEST_RECEIVED,
    State.WILL_SUPPLY: Status.WILL_SUPPLY,
    State.ARRIVING: Status.WILL_SUPPLY,
    State.ARRIVING_TO_SHIP: Status.WILL_SUPPLY,
    State.ARRIVED: Status.WILL_SUPPLY,
    State.CHECKING_OUT: Status.WILL_SUPPLY,
    State.CHECKED_OUT: Status.WILL_SUPPLY,
    State.UNDOING: Status.WILL_SUPPLY,
    State.TO_COPY: Status.WILL_SUPPLY,
    State.RELEASING: Status.WILL_SUPPLY,
    State.CANCELLING: Status.WILL_SUPPLY,
    State.LOANED: Status.LOANED,
    State.RENEWING: Status.LOANED,
    State.OVERDUE: Status.OVERDUE,
    State.RECALLED: Status.RECALLED,
    State.RETURNING: Status.LOANED,
    State.CHECKING_IN: Status.LOANED,
    State.CHECKED_IN: Status.LOANED,
    State.LENDING_AGAIN: Status.LOANED,
    State.UNFILLED: Status.UNFILLED,
    State.RETRY_POSSIBLE: Status.RETRY_POSSIBLE,
    State.CANCELLED: Status.CANCELLED,
    State.COMPLETED: Status.LOAN_COMPLETED,
    State.COPY_COMPLETED: Status.COPY_COMPLETED,
    State.LOST: Status.COMPLETED_WITHOUT_RETURN,
}
"""The protocol's word for each state, for StatusRequest, Reminder and every N."""
STANDS_FOR: dict[Status, Status] = {
    Status.EXPECT_TO_SUPPLY: Status.REQUEST_RECEIVED,
    Status.OVERDUE: Status.LOANED,
    Status.RECALLED: Status.LOANED,
}
"""What stands beside the words where a partner did not take the status itself (iso18626.md, "Confirmations")."""


def current_status(request: Request) -> Status:
    """Return the status that the partner may be told now; ExpectToSupply once it was told so.

    While a renewal or a check-in is under way, or can be undone, the request stands where it stood. Where the hold that comes off was
    never known to stand, nothing was promised: the request was only received.
    """
    status = CURRENT_STATUS[request.resume or request.state]
    if request.state in COMING_OFF and all(item.place is ItemPlace.CHOSEN for item in request.items):
        status = Status.REQUEST_RECEIVED
    return Status.EXPECT_TO_SUPPLY if status is Status.REQUEST_RECEIVED and request.told_expect else status


def as_it_is(effect: Tell, request: Request, at: datetime) -> Tell:
    """Return the message as it is to be built at `at`.

    An answer that was asked for while Loaned was on its way comes after it: WillSupply would take Loaned back.
    """
    return msgspec.structs.replace(effect, **_standing(request, at)) if effect.as_it_is else effect


def _is_overtaken(request: Request) -> bool:
    """Loaned is on its way, or to be: the one state that goes on by itself once the partner has heard."""
    return (request.resume or request.state) is State.CHECKED_OUT


def _answer(
    draft: Draft, reason: ReasonForMessage, answer: YesNo, status: Status, due_at: datetime | None = None
) -> None:
    overtaken = answer is YesNo.N and _is_overtaken(draft.request)
    draft.emit(
        Tell(reason=reason, status=status, answer=answer, due_at=due_at, last_change=draft.at, as_it_is=overtaken)
    )


def status(draft: Draft, event: PartnerActed) -> None:
    """Answer a StatusRequest with the current status."""
    _tell_current(draft, ReasonForMessage.STATUS_REQUEST_RESPONSE)


def status_again(draft: Draft, event: PartnerActed) -> None:
    """Answer a Reminder, which is a request: with a RequestResponse, and no new work."""
    _tell_current(draft, ReasonForMessage.REQUEST_RESPONSE)


def _tell_current(draft: Draft, reason: ReasonForMessage) -> None:
    request = draft.request
    draft.emit(
        Tell(
            reason=reason,
            last_change=request.state_since,
            as_it_is=_is_overtaken(request),
            **_standing(request, draft.at),
        )
    )


def _standing(request: Request, at: datetime) -> dict[str, Any]:
    """Where the request stands, as facts of a message."""
    status = current_status(request)
    answer = request.answer if status in (Status.UNFILLED, Status.RETRY_POSSIBLE) else None
    return {
        "status": status,
        "due_at": None if status is Status.WILL_SUPPLY else request.due_at,  # a loan's date, and there is none yet
        "expected_at": _still_ahead(request.expected_at, at) if status is Status.WILL_SUPPLY else None,
        "reason_unfilled": answer.reason if answer and status is Status.UNFILLED else None,
        "reason_retry": answer.reason if answer and status is Status.RETRY_POSSIBLE else None,
        "retry_after": answer.retry_after if answer else None,
        "cost": answer.cost if answer else None,
        "condition": answer.condition if answer else None,
    }


def _still_ahead(moment: datetime | None, at: datetime) -> datetime | None:
    return moment if moment is not None and moment > at else None


def expect(draft: Draft, event: TimerFired) -> None:
    """Say ExpectToSupply: no promise, but a sign of life (ill.md: undecided after 60 s)."""
    draft.set(told_expect=True)
    draft.emit(Tell(reason=ReasonForMessage.REQUEST_RESPONSE, status=Status.EXPECT_TO_SUPPLY, last_change=draft.at))


def will_supply(draft: Draft, event: object) -> None:
    """Promise: only after the hold is known to stand."""
    request = draft.request
    draft.close(TaskKind.PAST_DEADLINE)
    draft.emit(
        Tell(
            reason=ReasonForMessage.REQUEST_RESPONSE,
            status=Status.WILL_SUPPLY,
            expected_at=_still_ahead(request.expected_at, draft.at),
            cost=request.cost,
            condition=request.condition,
            last_change=draft.at,
        )
    )


def answer(draft: Draft, event: object) -> None:
    """Say Unfilled or RetryPossible with the reason kept in the request's answer."""
    answer = draft.request.answer
    assert answer is not None, "a row that tells an answer keeps one first"
    draft.close(TaskKind.PAST_DEADLINE)
    unfilled = answer.kind is AnswerKind.UNFILLED
    draft.emit(
        Tell(
            delay_s=_delay_s(event),
            reason=ReasonForMessage.REQUEST_RESPONSE,
            status=Status.UNFILLED if unfilled else Status.RETRY_POSSIBLE,
            note=answer.note,
            reason_unfilled=answer.reason if unfilled else None,
            reason_retry=None if unfilled else answer.reason,
            expected_at=None if unfilled else _still_ahead(answer.expected_at, draft.at),
            retry_after=answer.retry_after,
            cost=answer.cost,
            condition=answer.condition,
            last_change=draft.at,
        )
    )


def offer_over(draft: Draft, event: TimerFired) -> None:
    """Say RetryPossible without terms: a partner that was told its offer in another form (dialects) does not know that it is over."""
    answer = draft.request.answer
    draft.emit(
        Tell(
            reason=ReasonForMessage.STATUS_CHANGE,
            status=Status.RETRY_POSSIBLE,
            reason_retry=answer.reason if answer else None,
            last_change=draft.at,
        )
    )


def _delay_s(event: object) -> float:
    """Staff may take back what they have said; a partner that asks too often waits for its answer."""
    if isinstance(event, RequestArrived):
        return SLOWLY_S if event.retries else 0.0
    return event.undo_s if isinstance(event, StaffActed) else 0.0


def loaned(draft: Draft, event: object) -> None:
    """Say Loaned, after the time to undo where a person asked for some.

    A clock and no message that waits: what the partner asks meanwhile is answered at once, with WillSupply.
    """
    undo_s = event.undo_s if isinstance(event, StaffActed) else draft.request.undo_s
    if undo_s:
        draft.set(undo_s=undo_s)
        draft.emit(StartTimer(clock=Clock.UNDO, since=draft.at, until=draft.at + timedelta(seconds=undo_s)))
    else:
        loaned_now(draft, event)


def loaned_early(draft: Draft, event: object) -> None:
    """What happens leaves nothing to undo: Loaned goes out before its time, if it still waits."""
    if may_be_undone(draft.request):
        draft.withdraw(UNDO_CLOCK)
        loaned_now(draft, event)


def may_be_undone(request: Request) -> bool:
    """Whether the time to undo a checkout is running."""
    return request.state is State.CHECKED_OUT and request.due_at is not None and request.undo_s > 0


def loaned_now(draft: Draft, event: object) -> None:
    """Say Loaned with the circulation system's due date."""
    request = draft.request
    draft.set(undo_s=0.0)
    draft.emit(
        Tell(
            reason=ReasonForMessage.STATUS_CHANGE,
            status=Status.LOANED,
            due_at=request.due_at,
            sent_at=draft.at,
            cost=request.cost,
            condition=request.condition,
            item_barcodes=tuple(item.barcode for item in request.items if item.place is ItemPlace.OUT),
            last_change=draft.at,
        )
    )


def completed_later(draft: Draft, event: object) -> None:
    """It is back: LoanCompleted goes out once that can't be undone any more. Meanwhile the partner is answered as before."""
    until = draft.at + timedelta(seconds=draft.request.undo_back_s)
    draft.emit(StartTimer(clock=Clock.UNDO, since=draft.at, until=until))


def completed_early(draft: Draft, event: object) -> None:
    """Nothing is left to undo: LoanCompleted goes out before its time, if it still waits."""
    if draft.request.state is State.CHECKED_IN:
        draft.withdraw(UNDO_CLOCK)
        completed(draft, event)


def copy_sent(draft: Draft, event: StaffActed) -> None:
    """Say CopyCompleted: with a link, or posted."""
    draft.emit(
        Tell(
            delay_s=event.undo_s,
            reason=ReasonForMessage.STATUS_CHANGE,
            status=Status.COPY_COMPLETED,
            sent_at=draft.at,
            link=event.link,
            note=event.note,
            last_change=draft.at,
        )
    )


_STILL_DUE = frozenset({Status.OVERDUE, Status.RECALLED})
"""Changes beside which the due date still says something."""


def _changed(status: Status) -> Action:
    def tell(draft: Draft, event: object) -> None:
        note = event.note if isinstance(event, StaffActed) else None
        draft.emit(
            Tell(
                reason=ReasonForMessage.STATUS_CHANGE,
                status=status,
                note=note,
                due_at=draft.request.due_at if status in _STILL_DUE else None,
                last_change=draft.at,
            )
        )

    tell.__doc__ = f"Say StatusChange {status}."
    return tell


_say_overdue = _changed(Status.OVERDUE)
recalled = _changed(Status.RECALLED)
completed = _changed(Status.LOAN_COMPLETED)
without_return = _changed(Status.COMPLETED_WITHOUT_RETURN)
cancelled = _changed(Status.CANCELLED)


def overdue(draft: Draft, event: TimerFired) -> None:
    """Say StatusChange Overdue; one that has waited until now for the partner to be reached is not said as well."""
    draft.withdraw(Tell.key_of(Status.OVERDUE))
    _say_overdue(draft, event)


def note(draft: Draft, event: StaffActed) -> None:
    """Send words to the partner as a Notification."""
    draft.emit(
        Tell(
            reason=ReasonForMessage.NOTIFICATION,
            status=current_status(draft.request),
            note=event.note,
            last_change=draft.request.state_since,
            as_it_is=_is_overtaken(draft.request),
        )
    )


def answer_cancel_yes(draft: Draft, event: object) -> None:
    """CancelResponse Y with Cancelled."""
    draft.close(TaskKind.PAST_DEADLINE)
    _answer(draft, ReasonForMessage.CANCEL_RESPONSE, YesNo.Y, Status.CANCELLED)


def answer_cancel_no(draft: Draft, event: object) -> None:
    """CancelResponse N with the current status."""
    _answer(draft, ReasonForMessage.CANCEL_RESPONSE, YesNo.N, current_status(draft.request), draft.request.due_at)


def answer_cancel_as_forced(draft: Draft, event: StaffActed) -> None:
    """A Cancel that was still to be answered when staff forced another state: Y where that is Cancelled, else N."""
    if draft.request.state is State.CANCELLED:
        answer_cancel_yes(draft, event)
    else:
        answer_cancel_no(draft, event)


def answer_renew_yes(draft: Draft, event: object) -> None:
    """RenewResponse Y: Loaned with the due date that now holds."""
    _answer(draft, ReasonForMessage.RENEW_RESPONSE, YesNo.Y, Status.LOANED, draft.request.due_at)


def answer_renew_no(draft: Draft, event: object) -> None:
    """RenewResponse N with the current status and the due date as it was."""
    request = draft.request
    _answer(draft, ReasonForMessage.RENEW_RESPONSE, YesNo.N, current_status(request), request.due_at)


def in_words(draft: Draft, event: NotTold) -> None:
    """The partner can't take this message: say it in a Notification (iso18626.md, "Confirmations")."""
    if event.reason is not ReasonForMessage.NOTIFICATION:
        note = f"{event.status} could not be sent as such. Status of the request: {event.status}."
        draft.emit(
            Tell(
                reason=ReasonForMessage.NOTIFICATION,
                status=STANDS_FOR.get(event.status, event.status),
                note=note,
                due_at=draft.request.due_at,
                last_change=draft.at,
            )
        )
