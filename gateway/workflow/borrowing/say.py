"""What the lender is told: the actions of a requestingAgencyMessage (iso18626.md, "What a message means")."""

from typing import Any

from gateway.iso18626.codes import Action as Iso
from gateway.workflow.borrowing import keep
from gateway.workflow.borrowing.draft import BorrowingDraft
from gateway.workflow.borrowing_events import LenderSaid, Unsent
from gateway.workflow.effects import SendAction
from gateway.workflow.events import StaffActed
from gateway.workflow.machine import Action

_TOLD_IN_WORDS = frozenset(Iso) - {Iso.NOTIFICATION, Iso.CANCEL}
"""Words that are refused are not said again; that Cancel is heard is a person's: another lender is asked upon it."""


def _send(draft: BorrowingDraft, action: Iso, *, attempt: int | None = None, **fields: Any) -> None:
    borrowed = draft.request.borrowed
    number = attempt or borrowed.attempt
    draft.emit(SendAction(action=action, attempt=number, lender=borrowed.asked[number - 1], **fields))
    if action is not Iso.CANCEL and number == borrowed.attempt:  # Cancel is taken back before the Retry is
        keep.needs_retry(draft)


def _was_asked(draft: BorrowingDraft, attempt: int) -> bool:
    return draft.request.borrowed.has_asked(attempt)


def _say(action: Iso) -> Action:
    def say(draft: BorrowingDraft, event: object) -> None:
        staff = event if isinstance(event, StaffActed) else None
        _send(draft, action, note=staff.note if staff else None, delay_s=staff.undo_s if staff else 0.0)

    say.__doc__ = f"Say {action} to the lender that has the request; what a person asked for waits `undo_s`."
    return say


cancel = _say(Iso.CANCEL)
received = _say(Iso.RECEIVED)
renew = _say(Iso.RENEW)
lost = _say(Iso.LOST)
note = _say(Iso.NOTIFICATION)


def shipped_return(draft: BorrowingDraft, event: object) -> None:
    """Say ShippedReturn, after the time to undo that whoever sent it back asked for."""
    delay_s = event.undo_s if isinstance(event, StaffActed) else draft.request.undo_s
    _send(draft, Iso.SHIPPED_RETURN, note=event.note if isinstance(event, StaffActed) else None, delay_s=delay_s)
    draft.set(undo_s=0.0)


def others_returned(draft: BorrowingDraft, event: StaffActed) -> None:
    """Say ShippedReturn to lenders whom we had left and that sent one all the same."""
    for attempt in draft.request.borrowed.sent_as_well:
        _send(draft, Iso.SHIPPED_RETURN, attempt=attempt, note=event.note, aside=True)


def received_once(draft: BorrowingDraft, event: StaffActed) -> None:
    """Say Received of what was found or has come after all, unless the lender has heard it before."""
    if draft.request.received_at is None:
        received(draft, event)


def ask_status(draft: BorrowingDraft, event: object) -> None:
    """Ask where the request stands: the lender is silent, or staff want to know."""
    draft.withdraw(SendAction.key_of(Iso.STATUS_REQUEST))
    _send(draft, Iso.STATUS_REQUEST)


def in_words(draft: BorrowingDraft, event: object) -> None:
    """The lender does not take this action: say it in a Notification (iso18626.md, "Confirmations")."""
    if isinstance(event, Unsent) and event.what in _TOLD_IN_WORDS and _was_asked(draft, event.attempt):
        action = Iso(event.what)
        _send(draft, Iso.NOTIFICATION, attempt=event.attempt, note=event.note, in_place_of=action)


def cancel_declining(draft: BorrowingDraft, event: object) -> None:
    """Say Cancel to a lender that waits for our word on its terms: some know a no by this message alone."""
    _send(draft, Iso.CANCEL, accepted=False)


def cancel_late(draft: BorrowingDraft, event: LenderSaid) -> None:
    """A lender whom we left, or wait for no more, wants to supply after all: say again that we do not."""
    if _was_asked(draft, event.attempt):
        _send(draft, Iso.CANCEL, attempt=event.attempt)


def _answer_offer(accepted: bool) -> Action:  # noqa: FBT001 - makes two named actions
    def answer(draft: BorrowingDraft, event: object) -> None:
        borrowed = draft.request.borrowed
        words = "We accept the conditions." if accepted else "We do not accept the conditions."
        draft.emit(
            SendAction(
                action=Iso.NOTIFICATION,
                attempt=borrowed.attempt,
                lender=borrowed.lender,
                note=words,
                accepted=accepted,
                delay_s=event.undo_s if accepted and isinstance(event, StaffActed) else 0.0,
            )
        )

    answer.__doc__ = f"Answer conditions that came in a Notification: {'accepted' if accepted else 'refused'}."
    return answer


accept = _answer_offer(accepted=True)
decline = _answer_offer(accepted=False)
