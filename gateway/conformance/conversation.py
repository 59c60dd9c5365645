"""One request from New to its end, as far as the other side plays along: what we say next after what we heard. Pure.

The supplier's messages come to the run's own door, where there is one. Who is told Loaned reports the receipt, asks for a
renewal and sends the item back; who is not, cancels.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from gateway.iso18626.codes import Action, ReasonForMessage, Status
from gateway.iso18626.dialects import HeardMessage
from gateway.iso18626.messages import SupplyingAgencyMessage


class Turn(StrEnum):
    """What we do in a conversation."""

    ASK = "request New"
    STATUS_REQUEST = "StatusRequest"
    RECEIVED = "Received"
    RENEW = "Renew"
    RETURN = "ShippedReturn"
    CANCEL = "Cancel"


ACTIONS: Final = {
    Turn.STATUS_REQUEST: Action.STATUS_REQUEST,
    Turn.RECEIVED: Action.RECEIVED,
    Turn.RENEW: Action.RENEW,
    Turn.RETURN: Action.SHIPPED_RETURN,
    Turn.CANCEL: Action.CANCEL,
}
OF_A_LOAN: Final = (Turn.RECEIVED, Turn.RENEW, Turn.RETURN)
NOBODY_SENT_ANYTHING: Final = (Turn.CANCEL,)

_ANSWERED_BY: Final = {
    Turn.STATUS_REQUEST: ReasonForMessage.STATUS_REQUEST_RESPONSE,
    Turn.RENEW: ReasonForMessage.RENEW_RESPONSE,
    Turn.CANCEL: ReasonForMessage.CANCEL_RESPONSE,
}
_ENDS: Final = frozenset({Status.UNFILLED, Status.RETRY_POSSIBLE, Status.CANCELLED, Status.COPY_COMPLETED})
_NO_PROMISE: Final = frozenset({Status.REQUEST_RECEIVED, Status.EXPECT_TO_SUPPLY, None})


class SupplierSaid(Struct, frozen=True, kw_only=True):
    """What the supplier told us, short: `Notification` has no status that counts."""

    reason: ReasonForMessage
    status: Status | None
    words: str


def said(heard: HeardMessage) -> SupplierSaid | None:
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
    return SupplierSaid(
        reason=info.reason_for_message,
        status=None if is_notification else message.status_info.status,
        words=f"{words}{supplier}{searching}{note}",
    )


def answers(step: Turn, told: SupplierSaid) -> bool:
    """Whether this is what we wait for after a step."""
    match step:
        case Turn.ASK:
            return told.status not in _NO_PROMISE
        case Turn.RETURN:
            return told.status is Status.LOAN_COMPLETED
        case Turn.RECEIVED:
            return False
        case _:
            return told.reason is _ANSWERED_BY[step]


def steps_after(told: SupplierSaid | None) -> tuple[Turn, ...]:
    """What we do once the status is known; nothing where the request is at its end."""
    status = told.status if told is not None else None
    if status is Status.LOANED:
        return OF_A_LOAN
    return () if status in _ENDS else NOBODY_SENT_ANYTHING
