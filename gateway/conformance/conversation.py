"""One request from New to its end, as far as the other side plays along: what we say next after what we heard. Pure.

The supplier's messages come to the run's own door, where there is one. Who is told Loaned reports the receipt, asks for a
renewal and sends the item back; who is not, cancels.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from gateway.iso18626.codes import Action, ReasonForMessage, Status
from gateway.iso18626.dialects import Heard
from gateway.iso18626.messages import SupplyingAgencyMessage


class Step(StrEnum):
    """What we do in a conversation."""

    ASK = "request New"
    STATUS_REQUEST = "StatusRequest"
    RECEIVED = "Received"
    RENEW = "Renew"
    RETURN = "ShippedReturn"
    CANCEL = "Cancel"


ACTIONS: Final = {
    Step.STATUS_REQUEST: Action.STATUS_REQUEST,
    Step.RECEIVED: Action.RECEIVED,
    Step.RENEW: Action.RENEW,
    Step.RETURN: Action.SHIPPED_RETURN,
    Step.CANCEL: Action.CANCEL,
}
OF_A_LOAN: Final = (Step.RECEIVED, Step.RENEW, Step.RETURN)
NOBODY_SENT_ANYTHING: Final = (Step.CANCEL,)

_ANSWERED_BY: Final = {
    Step.STATUS_REQUEST: ReasonForMessage.STATUS_REQUEST_RESPONSE,
    Step.RENEW: ReasonForMessage.RENEW_RESPONSE,
    Step.CANCEL: ReasonForMessage.CANCEL_RESPONSE,
}
_ENDS: Final = frozenset({Status.UNFILLED, Status.RETRY_POSSIBLE, Status.CANCELLED, Status.COPY_COMPLETED})
_NO_PROMISE: Final = frozenset({Status.REQUEST_RECEIVED, Status.EXPECT_TO_SUPPLY, None})


class Said(Struct, frozen=True, kw_only=True):
    """What the supplier told us, short: `Notification` has no status that counts."""

    reason: ReasonForMessage
    status: Status | None
    words: str


def said(heard: Heard) -> Said | None:
    """What a message of the supplier says; None for any other message."""
    message = heard.message
    if not isinstance(message, SupplyingAgencyMessage):
        return None
    info = message.message_info
    parts = [info.reason_for_message, message.status_info.status, info.answer_yes_no]
    words = " ".join(str(part) for part in parts if part)
    supplier = f" (supplier: {heard.supplier})" if heard.supplier else ""
    searching = ", still searching" if heard.still_searching else ""
    note = f": {info.note}" if info.note else ""
    is_notification = info.reason_for_message is ReasonForMessage.NOTIFICATION
    return Said(
        reason=info.reason_for_message,
        status=None if is_notification else message.status_info.status,
        words=f"{words}{supplier}{searching}{note}",
    )


def answers(step: Step, told: Said) -> bool:
    """Whether this is what we wait for after a step."""
    match step:
        case Step.ASK:
            return told.status not in _NO_PROMISE
        case Step.RETURN:
            return told.status is Status.LOAN_COMPLETED
        case Step.RECEIVED:
            return False
        case _:
            return told.reason is _ANSWERED_BY[step]


def steps_after(told: Said | None) -> tuple[Step, ...]:
    """What we do once the status is known; nothing where the request is at its end."""
    status = told.status if told is not None else None
    if status is Status.LOANED:
        return OF_A_LOAN
    return () if status in _ENDS else NOBODY_SENT_ANYTHING
