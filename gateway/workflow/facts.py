"""What figures are counted from: one fact for each request, without its work, its customer or any number. Values alone.

A fact outlives its request (money.md, "Figures"). Each time in it is the first at which that happened, and is never changed: so the
counts of a month that has passed stay as they are. What is taken back later, or happens again, is a `Correction` at its own time.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from gateway.workflow.events import AnyEvent
from gateway.workflow.records import Role, State
from gateway.workflow.values import Record


class Milestone(StrEnum):
    """What is counted by the time at which it happened; the names of times in a `Fact`."""

    ARRIVED = "arrived_at"
    """The request came to us, or was taken for a customer."""
    ASKED = "asked_at"
    """The first lender has confirmed that it has our request."""
    ANSWERED = "answered_at"
    """The partner has confirmed our first answer that says what we will do."""
    DECIDED = "decided_at"
    """Staff gave the first answer after the gateway proposed one."""
    SHIPPED = "shipped_at"
    SUPPLIED = "supplied_at"
    """Loaned or CopyCompleted."""
    RECEIVED = "received_at"
    """The scan on arrival; of a copy, handed over."""
    WITH_CUSTOMER = "with_customer_at"
    RETURNED = "returned_at"
    UNFILLED = "unfilled_at"
    RETRY = "retry_at"
    CANCELLED = "cancelled_at"
    SERVED_HERE = "served_at"
    """The customer got a copy of our own."""
    LOST = "lost_at"
    ENDED = "ended_at"


class CameTo(StrEnum):
    """What a request has come to so far."""

    OPEN = "open"
    SUPPLIED = "supplied"
    RECEIVED = "received"
    UNFILLED = "unfilled"
    RETRY = "retry possible"
    EXPIRED = "expired"
    """An offer that the partner did not answer in time."""
    CANCELLED = "cancelled"
    SERVED_HERE = "served from our own shelves"


class Departs(StrEnum):
    """How staff's answer departs from the gateway's proposal."""

    NONE = ""
    """They followed it."""
    COPY = "another copy"
    REASON = "another reason"
    ANSWER = "another answer"


class Leg(StrEnum):
    """A stretch of a request's way; the names of its open days in a `Fact`."""

    TO_ANSWER = "days_to_answer"
    TO_SHIP = "days_to_ship"
    TO_SUPPLY = "days_to_supply"
    TO_SEND = "days_to_send"
    ON_THE_WAY = "days_on_the_way"
    TO_HAND_OUT = "days_to_hand_out"
    TO_RECEIVE = "days_to_receive"


_H = Milestone
LEGS: Final[Mapping[Leg, tuple[Role, Milestone, Milestone]]] = {
    Leg.TO_ANSWER: (Role.LENDING, _H.ARRIVED, _H.ANSWERED),
    Leg.TO_SHIP: (Role.LENDING, _H.ANSWERED, _H.SHIPPED),
    Leg.TO_SUPPLY: (Role.LENDING, _H.ARRIVED, _H.SHIPPED),
    Leg.TO_SEND: (Role.BORROWING, _H.ASKED, _H.SHIPPED),
    Leg.ON_THE_WAY: (Role.BORROWING, _H.SHIPPED, _H.RECEIVED),
    Leg.TO_HAND_OUT: (Role.BORROWING, _H.RECEIVED, _H.WITH_CUSTOMER),
    Leg.TO_RECEIVE: (Role.BORROWING, _H.ARRIVED, _H.RECEIVED),
}
"""From what to what each leads. It is measured once, when it ends."""


class Fact(Record, frozen=True, kw_only=True):
    """What is kept of a request for figures. What names its partner, branch and service is fixed once it was supplied or received."""

    seen: int = 0
    """The last line of its history that is in it."""
    state: str = ""
    standing: tuple[Milestone, ...] = ()
    """What holds now of what can be taken back."""
    role: Role
    partner: str = ""
    """Whom we lend to, or who lends to us; "" while it is none of ours."""
    own: bool = False
    """The partner was under our own administration."""
    branch: str = ""
    service: str = ""
    policy_line: str = ""
    """The line of the policy that the gateway's proposal, or answer, rests on."""
    proposal: str = ""
    """What the gateway would have answered, before anybody did: an AnswerKind."""
    proposal_reason: str = ""
    decision: str = ""
    """What staff answered then: likewise."""
    decision_reason: str = ""
    difference: Departs = Departs.NONE
    by_person: bool = False
    """A person has decided something about it; what hands do (scan, ship) is no decision."""
    outcome: CameTo = CameTo.OPEN
    reason: str = ""
    """Of Unfilled or RetryPossible: the first."""
    reason_now: str | None = None
    """Of the last of them; None until there is one, and in facts of before."""
    proposed_item: str = ""
    """The copy of ours that was proposed, until somebody has answered or it has ended."""
    taken_up: bool = False
    """A Retry came in its place."""
    place: int = 0
    """Of who sent it, among those whom we asked; 0: nobody has."""
    asked: int = 0
    """How many lenders were asked."""
    attempt: int = 0
    """The last message New or Retry that a lender has confirmed."""
    currency: str = ""
    charged_minor: int = 0
    """What the partner pays us, in the currency's minor unit."""
    paid_minor: int = 0
    """What we pay the lender, likewise."""
    arrived_at: datetime | None = None
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    decided_at: datetime | None = None
    shipped_at: datetime | None = None
    supplied_at: datetime | None = None
    received_at: datetime | None = None
    with_customer_at: datetime | None = None
    returned_at: datetime | None = None
    unfilled_at: datetime | None = None
    retry_at: datetime | None = None
    cancelled_at: datetime | None = None
    served_at: datetime | None = None
    lost_at: datetime | None = None
    ended_at: datetime | None = None
    days_to_answer: int | None = None
    """Open days of each leg, by the library's calendar of then; None while it has not ended."""
    days_to_ship: int | None = None
    days_to_supply: int | None = None
    days_to_send: int | None = None
    days_on_the_way: int | None = None
    days_to_hand_out: int | None = None
    days_to_receive: int | None = None


class Correction(msgspec.Struct, frozen=True):
    """Something that counts no more from then on (-1), or once more (+1); `reason` as for the fact."""

    what: Milestone
    at: datetime
    count: int
    reason: str = ""


class AttemptResult(StrEnum):
    """What a lender said first to what it was asked."""

    NONE = ""
    SENT = "sent"
    UNFILLED = "unfilled"
    RETRY = "retry possible"
    CANCELLED = "cancelled"
    SILENT = "no answer in time"


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """A lender that was asked for one of our requests; what is None or empty is not known yet."""

    attempt: int
    partner: str = ""
    place: int = 0
    """In the rota: the how-manieth library that was asked."""
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    result: AttemptResult = AttemptResult.NONE
    reason: str = ""
    sent_at: datetime | None = None


class CountedAct(StrEnum):
    """A kind of act of a person's, as work is counted; never by whom."""

    HANDS = "by hand"
    """What a scan at the desk does: arrived, shipped, received, handed out, sent back, checked in."""
    ANSWERS = "answers"
    TASKS = "tasks"
    MESSAGES = "messages and notes"
    OTHER = "other acts"


class ActsCounted(msgspec.Struct, frozen=True):
    """Acts of a kind in an hour of a day, by the library's clock. `day` counts from 1 January 1970; put together by the one, the other is 0."""

    day: int
    hour: int
    deed: CountedAct
    count: int


class TellingLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of history that tells of an event that was decided on; `state`: what was reached, None where the line doesn't say (it stayed)."""

    number: int
    state: State | None
    event: AnyEvent


class Folded(msgspec.Struct, frozen=True, kw_only=True):
    """What the new lines of a request's history make of its fact, and what is counted beside it."""

    fact: Fact
    corrections: tuple[Correction, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    work: tuple[ActsCounted, ...] = ()
    taken_up: tuple[str, str] | None = None
    """It is a Retry: the agency and number of the request in whose place it stands."""
