"""What can happen to a request: from its partner, from staff, from our own work, from a clock.

One struct a happening, each with the time it happened at; `trigger` is the table's word for it. A
performer's outcome, a policy's verdict and a look's finding are part of the trigger, so that a row of
the table needs no arithmetic. `store` encodes them: released tags and fields are never renamed.
"""

from datetime import datetime
from enum import StrEnum

from gateway.iso18626.codes import ReasonForMessage, ServiceType, Status
from gateway.workflow.borrowing_events import (
    BarcodeAssigned,
    CustomerAsked,
    ItemSeen,
    LateHeard,
    LenderSaid,
    NeverAsked,
    NoBarcode,
    RotaMade,
    Sent,
    Unsent,
    Vetted,
)
from gateway.workflow.effects import WorkKind
from gateway.workflow.records import Act, Answer, AnswerKind, Clock, Copy, CopyStatus, Finding, Outcome, State
from gateway.workflow.triggers import (
    OF_ADMISSION,
    OF_ANSWER,
    OF_CLOCK,
    OF_FINDING,
    OF_STAFF,
    Admission,
    Deed,
    Event,
    Source,
    StaffAction,
    Trigger,
)
from gateway.workflow.values import Money, PostalAddress, Wanted


class RequestArrived(Event, frozen=True, kw_only=True, tag="request arrived"):
    """A New or Retry request for us to supply; the only event that makes a request."""

    request: str
    """The id given to it."""
    peer: str
    partner: str | None = None
    account: str | None = None
    requesting_agency: str
    supplying_agency: str
    partner_request_id: str
    previous_request_id: str | None = None
    follows: Answer | None = None
    retries: int = 0
    service: ServiceType = ServiceType.LOAN
    level: str | None = None
    need_before: datetime | None = None
    wanted: Wanted = Wanted()
    note: str | None = None
    copyright: str | None = None
    max_cost: Money | None = None
    deliver_to: PostalAddress | None = None
    deliver_by_mail_to: str | None = None
    admission: Admission = Admission.ADMIT
    turned_away: Answer | None = None
    """The automatic answer while lending is paused or the partner is suspended, or to a Retry that comes too often."""
    deliver_to_name: str | None = None
    staff_words: str = ""
    policy_version: int = 0

    @property
    def trigger(self) -> Trigger:
        """By admission."""
        return OF_ADMISSION[self.admission]


class PartnerAction(StrEnum):
    """What a partner can do to a request of its own."""

    REMINDER = "reminder"
    STATUS_REQUEST = "status request"
    CANCEL = "cancel"
    RENEW = "renew"
    RECEIVED = "received"
    SHIPPED_RETURN = "shipped return"
    SHIPPED_FORWARD = "shipped forward"
    NOTIFICATION = "notification"
    CONDITIONS_ACCEPTED = "conditions accepted"
    CONDITIONS_REFUSED = "conditions refused"
    ASKED_ANEW = "asked anew"
    """A request of type Retry has come that stands in this one's place."""
    LOST = "lost"
    HOLD_RETURN = "hold return"


class PartnerActed(Event, frozen=True, kw_only=True, tag="partner acted"):
    """The partner sent an action, a reminder, or words."""

    action: PartnerAction
    note: str | None = None

    @property
    def trigger(self) -> Trigger:
        """The action itself."""
        return Trigger(self.action.value)


class CopiesFound(Event, frozen=True, kw_only=True, tag="copies found"):
    """The item list or catalogue answered; none found is also an answer."""

    copies: tuple[Copy, ...] = ()
    answer: Answer | None = None
    """The policy's answer where there is no copy: NotHeld."""
    auto: bool = False
    """Whether that answer may go out without a person."""
    words: str = ""
    """How they were found."""

    @property
    def trigger(self) -> Trigger:
        """By whether anything was found, and whether staff must see that nothing was."""
        if self.copies:
            return Trigger.COPIES_FOUND
        return Trigger.CANNOT_SUPPLY if self.auto and self.answer is not None else Trigger.NO_COPIES


class CopiesChecked(Event, frozen=True, kw_only=True, tag="copies checked"):
    """Every copy was asked about (17), and the policy gave its verdict."""

    copies: tuple[CopyStatus, ...]
    answer: Answer
    auto: bool
    """Whether this answer may go out without a person."""
    policy_version: int = 0

    @property
    def trigger(self) -> Trigger:
        """By verdict; anything that may not go out by itself is staff's."""
        if not self.auto:
            return Trigger.STAFF_DECIDES
        match self.answer:
            case Answer(kind=AnswerKind.SUPPLY, choice=CopyStatus(), service=ServiceType.COPY):
                return Trigger.CAN_COPY
            case Answer(kind=AnswerKind.SUPPLY, choice=CopyStatus()):
                return Trigger.CAN_SUPPLY
            case Answer(kind=AnswerKind.RETRY):
                return Trigger.RETRY_LATER
            case Answer(kind=AnswerKind.UNFILLED):
                return Trigger.CANNOT_SUPPLY
            case _:
                return Trigger.STAFF_DECIDES


class Performed(Event, frozen=True, kw_only=True, tag="performed"):
    """The circulation system answered an act, or may have heard it without our hearing the answer."""

    act: Act
    item_barcode: str
    outcome: Outcome
    words: str = ""
    due_at: datetime | None = None
    route_to: str | None = None
    """The branch that a check-in says the item goes to (CT, else AQ)."""
    for_customer: bool | None = None
    """Whether the item is kept for our customer, as the answer itself says (CY); None where it doesn't."""

    @property
    def trigger(self) -> Trigger:
        """By act: whatever the answer, the table looks before it believes (sip2.md, "Meaning")."""
        return OF_ANSWER[self.act]


class Looked(Event, frozen=True, kw_only=True, tag="looked"):
    """A look at the circulation system (17, 63) showed whether an act was done."""

    act: Act
    item_barcode: str
    finding: Finding
    words: str = ""
    due_at: datetime | None = None
    charged: bool | None = None
    """Whether somebody has the item; None where the look doesn't tell."""
    by_hand: bool = False  # at what staff said that they did
    kept: bool = False
    """It is kept for a hold: of whom, the finding of a receipt says."""
    ours: bool | None = None
    """Whether the account for which the act was asked has it on loan; None where that wasn't asked, or can't be told."""
    unasked: bool = False
    """The act can't be asked of this circulation system at all; `words` say why."""

    @property
    def is_anothers(self) -> bool:
        """Somebody else has the item."""
        return self.charged is True and self.ours is False

    @property
    def trigger(self) -> Trigger:
        """By act and finding."""
        return OF_FINDING[self.act, self.finding]


class Told(Event, frozen=True, kw_only=True, tag="told"):
    """The partner confirmed a message of ours OK."""

    status: Status
    reason: ReasonForMessage

    @property
    def trigger(self) -> Trigger:
        """Told."""
        return Trigger.TOLD


class NotTold(Event, frozen=True, kw_only=True, tag="not told"):
    """The partner answered a message of ours with ERROR, or it can't be said to this partner."""

    status: Status
    reason: ReasonForMessage
    words: str

    @property
    def trigger(self) -> Trigger:
        """Not told."""
        return Trigger.NOT_TOLD


class Stuck(Event, frozen=True, kw_only=True, tag="stuck"):
    """A piece of work reached its limit of attempts; it goes on at the longest interval."""

    work: str
    """Its key, for people to read."""
    words: str
    kind: WorkKind | None = None
    """None in a history from before it was said."""

    @property
    def trigger(self) -> Trigger:
        """Stuck."""
        return Trigger.STUCK


class Differs(Event, frozen=True, kw_only=True, tag="differs"):
    """The circulation system's lists of the partner's account don't match the request; `words` say how, and propose an act."""

    words: str

    @property
    def trigger(self) -> Trigger:
        """Differs."""
        return Trigger.DIFFERS


class Agrees(Event, frozen=True, kw_only=True, tag="agrees"):
    """The lists match the request again."""

    @property
    def trigger(self) -> Trigger:
        """Agrees."""
        return Trigger.AGREES


class TimerFired(Event, frozen=True, kw_only=True, tag="timer fired"):
    """A clock of the request has run."""

    clock: Clock
    overtaken: bool = False
    """A later clock for the same message had run by then: after a gateway was down, or with a due date long past."""
    never_said: bool = False
    """The partner has never said what the clock waited for, of anything else either."""

    @property
    def trigger(self) -> Trigger:
        """By clock."""
        return OF_CLOCK[self.clock]


class StaffActed(Event, frozen=True, kw_only=True, tag="staff acted"):
    """A person asked for something; which of the details count is said at the action's rows."""

    action: StaffAction
    item_barcodes: tuple[str, ...] = ()
    copies: tuple[Copy, ...] = ()
    """The copies behind the barcodes, where the item list knows them; filled in by dispatch."""
    reason: str | None = None
    """A code of the open lists, or for FORCE the reason in words."""
    note: str | None = None
    """Words for the partner."""
    inside: str | None = None
    """Words for staff, which go nowhere."""
    due_at: datetime | None = None
    retry_after: datetime | None = None
    answer: Answer | None = None
    link: str | None = None
    account: str | None = None
    partner: str | None = None
    peer: str | None = None
    """With an approval: the system through which the partner is reached."""
    state: State | None = None
    undo_s: float = 0.0
    sure: bool = False
    """The items are meant although their title is another, or isn't known."""
    seen_in: State | None = None
    """The state in which a person read what the act does: if it does something else by now, it is refused (meaning.py)."""
    seen: int | None = None
    """The version of the request that a person had read: if another person has acted on it since, it is refused (gone_on.py)."""
    assignee: str | None = None
    """With “assign”: who sees to it; None: nobody."""
    deed: Deed | None = None
    """What “done by hand” and “not done” speak of; filled in by dispatch from the task that they answer."""
    task: int | None = None
    wanted: Wanted | None = None
    """With “correct the work”: which one is meant."""

    @property
    def trigger(self) -> Trigger:
        """The action itself."""
        return OF_STAFF[self.action]


class ItemSought(Event, frozen=True, kw_only=True, tag="item sought"):
    """17 was asked whether a promised item is on its way to the desk, because a clock had run."""

    item_barcode: str
    coming: bool
    """It is in transit, or on the hold shelf: no promise is broken for it. False where 17 can't tell."""
    after: Clock
    words: str = ""
    """Where it is, by 17, at which branch and shelf; and when the promise ends."""

    @property
    def trigger(self) -> Trigger:
        """By whether it is seen coming."""
        return Trigger.IS_COMING if self.coming else Trigger.IS_NOT_COMING


AnyEvent = (
    RequestArrived
    | PartnerActed
    | CopiesFound
    | CopiesChecked
    | Performed
    | Looked
    | Told
    | NotTold
    | Stuck
    | Differs
    | Agrees
    | TimerFired
    | StaffActed
    | CustomerAsked
    | LenderSaid
    | Vetted
    | RotaMade
    | LateHeard
    | NeverAsked
    | Sent
    | Unsent
    | BarcodeAssigned
    | NoBarcode
    | ItemSeen
    | ItemSought
)

Arrival = RequestArrived | CustomerAsked
"""What makes a request."""

_SOURCES: dict[type[Event], Source] = {
    **dict.fromkeys((RequestArrived, PartnerActed, CustomerAsked, LenderSaid), Source.PARTNER),
    StaffActed: Source.STAFF,
    TimerFired: Source.CLOCK,
}


def source_of(event: AnyEvent) -> Source:
    """Say who made this happen."""
    return _SOURCES.get(type(event), Source.WORK)
