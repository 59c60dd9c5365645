"""A model of the requesting agency: what it believes of its request, and what it may send in each belief.

A table of its own, written from iso18626.md ("What a message means") and from nothing in the lending table. People
at the borrower's read notes; its system judges a message by its status.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gateway.iso18626.codes import ReasonForMessage, Status, YesNo
from gateway.workflow.effects import Tell
from gateway.workflow.events import PartnerAction


class Belief(StrEnum):
    """Where the borrower thinks its request stands."""

    REQUESTED = "requested"
    PROMISED = "promised"
    ON_ITS_WAY = "on its way"
    IN_HAND = "in hand"
    SENT_BACK = "sent back"
    UNFILLED = "unfilled"
    RETRY = "retry possible"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    WRITTEN_OFF = "written off"
    COPY = "has its copy"


B = Belief
A = PartnerAction
_END_OF_LOAN: Mapping[Status, Belief] = {
    Status.LOAN_COMPLETED: B.COMPLETED,
    Status.COMPLETED_WITHOUT_RETURN: B.WRITTEN_OFF,
}
_NEWS: Mapping[Status, Belief] = {
    Status.WILL_SUPPLY: B.PROMISED,
    Status.LOANED: B.ON_ITS_WAY,
    Status.OVERDUE: B.ON_ITS_WAY,
    Status.RECALLED: B.ON_ITS_WAY,
    Status.COPY_COMPLETED: B.COPY,
    Status.UNFILLED: B.UNFILLED,
    Status.RETRY_POSSIBLE: B.RETRY,
    Status.CANCELLED: B.CANCELLED,
    **_END_OF_LOAN,
}
HEARS: Mapping[Belief, Mapping[Status, Belief]] = {
    **dict.fromkeys((B.REQUESTED, B.PROMISED, B.RETRY), _NEWS),
    **dict.fromkeys((B.ON_ITS_WAY, B.IN_HAND, B.SENT_BACK), _END_OF_LOAN),
    B.WRITTEN_OFF: {Status.LOAN_COMPLETED: B.COMPLETED},
}
"""What a status makes of a belief; what is not here changes nothing."""
ANY_TIME = (A.STATUS_REQUEST, A.REMINDER, A.NOTIFICATION)
"""What it may ask or write in every belief."""
MAY_DO: Mapping[Belief, tuple[PartnerAction, ...]] = {
    **dict.fromkeys((B.REQUESTED, B.PROMISED), (A.CANCEL,)),
    B.RETRY: (A.CANCEL, A.CONDITIONS_ACCEPTED, A.CONDITIONS_REFUSED),
    B.ON_ITS_WAY: (A.CANCEL, A.RENEW, A.LOST),
    B.IN_HAND: (A.RENEW, A.LOST, A.HOLD_RETURN),
}
"""What it may do as it pleases; Received and ShippedReturn go with the parcel."""


@dataclass
class Borrower:
    """The borrower's side of one request."""

    belief: Belief = B.REQUESTED
    awaits: set[PartnerAction] = field(default_factory=set)
    """Actions of its own that are still to be answered."""
    offered: bool = False
    """It was told on which condition it could have the item, and has not said yes or no."""

    def hear(self, tell: Tell) -> None:
        """A message comes, for the first time. A Notification is read by a person."""
        self._note_answer(tell)
        if tell.reason is ReasonForMessage.REQUEST_RESPONSE:
            self.offered = tell.status is Status.RETRY_POSSIBLE and bool(tell.cost or tell.condition)
        self.hear_status(Status.CANCELLED if _grants_cancel(tell) else tell.status)

    def hear_status(self, status: Status) -> None:
        """The status alone, by message or by telephone."""
        self.belief = HEARS.get(self.belief, {}).get(status, self.belief)

    def _note_answer(self, tell: Tell) -> None:
        in_words = tell.reason is ReasonForMessage.NOTIFICATION and "could not be sent" in (tell.note or "")
        if tell.reason is ReasonForMessage.CANCEL_RESPONSE or in_words:
            self.awaits.discard(A.CANCEL)
        if tell.reason is ReasonForMessage.RENEW_RESPONSE or in_words:
            self.awaits.discard(A.RENEW)

    def may_do(self) -> tuple[PartnerAction, ...]:
        """What fits its belief: one Cancel, one Renew at a time, an offer accepted or refused once."""
        allowed = MAY_DO.get(self.belief, ())
        conditions = (A.CONDITIONS_ACCEPTED, A.CONDITIONS_REFUSED)
        return tuple(
            action for action in allowed if action not in self.awaits and (self.offered or action not in conditions)
        )

    def sends(self, action: PartnerAction) -> None:
        """It sends an action: what it waits for, or believes, from then on."""
        if action in (A.CANCEL, A.RENEW):
            self.awaits.add(action)
        if action in (A.CONDITIONS_ACCEPTED, A.CONDITIONS_REFUSED):
            self.offered = False
        if action is A.SHIPPED_RETURN and self.belief is B.IN_HAND:
            self.belief = B.SENT_BACK

    def unpacks(self) -> None:
        """The parcel has come, whatever it was told so far."""
        if self.belief in (B.REQUESTED, B.PROMISED, B.ON_ITS_WAY):
            self.belief = B.IN_HAND


def _grants_cancel(tell: Tell) -> bool:
    return tell.reason is ReasonForMessage.CANCEL_RESPONSE and tell.answer is YesNo.Y
