"""What can happen to a request: from its partner, from staff, from our own work, from a clock.

One struct a happening, each with the time it happened at; `trigger` is the table's word for it. A
performer's outcome, a policy's verdict and a look's finding are part of the trigger, so that a row of
the table needs no arithmetic. `store` encodes them: released tags and fields are never renamed.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from gateway.iso18626.codes import ReasonForMessage, ServiceType, Status
from gateway.workflow.records import (
    Act,
    Answer,
    AnswerKind,
    Clock,
    Copy,
    CopyStatus,
    Doubt,
    Finding,
    LenderLine,
    LendingState,
    Money,
    Outcome,
    PostalAddress,
    Terms,
    Wanted,
)


class Source(StrEnum):
    """Who can make a thing happen; decides what an impossible one is answered with."""

    PARTNER = "partner"
    STAFF = "staff"
    WORK = "work"
    CLOCK = "clock"


class Trigger(StrEnum):
    """The columns of the table: everything that can happen, with its outcome."""

    # from the partner
    ADMITTED = "request admitted"
    UNKNOWN_PARTNER = "request of an unknown partner"
    TURNED_AWAY = "request turned away"
    FOR_STAFF = "request for staff"
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
    LOST = "lost"
    HOLD_RETURN = "hold return"
    # from the customer, when we borrow
    ASKED_FOR = "asked for by a customer"
    # from the lender, when we borrow
    SAYS_RECEIVED = "lender: request received"
    SAYS_EXPECT = "lender: expect to supply"
    SAYS_WILL_SUPPLY = "lender: will supply"
    SAYS_LOANED = "lender: loaned"
    SAYS_COPY_SENT = "lender: copy completed"
    SAYS_RETRY = "lender: retry possible"
    SAYS_UNFILLED = "lender: unfilled"
    SAYS_CANCELLED = "lender: cancelled"
    SAYS_NOT_CANCELLED = "lender: not cancelled"
    SAYS_RENEWED = "lender: renewed"
    SAYS_NOT_RENEWED = "lender: not renewed"
    SAYS_OVERDUE = "lender: overdue"
    SAYS_RECALLED = "lender: recalled"
    SAYS_COMPLETED = "lender: loan completed"
    SAYS_WITHOUT_RETURN = "lender: completed without return"
    SAYS_HOLD_RETURN = "lender: hold the return"
    SAYS_RELEASE_RETURN = "lender: return it now"
    SAYS_WORDS = "lender: notification"
    SAYS_CONDITION = "lender: condition"
    # from our own work, when we borrow
    VETTED = "vetted"
    IN_DOUBT = "vetted: staff decide"
    ROTA_MADE = "rota made"
    NO_LENDER = "no lender"
    SENT = "lender told"
    NOT_SENT = "lender not told"
    BARCODE_ASSIGNED = "pool barcode assigned"
    NO_BARCODE = "no pool barcode"
    RECEIVE_ANSWERED = "receipt answered"
    RECEIVE_DONE = "receipt done"
    RECEIVE_NOT_DONE = "receipt not done"
    RECEIVE_UNCLEAR = "receipt unclear"
    SEEN_OUT = "seen with the customer"
    SEEN_BACK = "seen back"
    SEEN_NOTHING = "seen unchanged"
    # from our own work
    COPIES_FOUND = "copies found"
    NO_COPIES = "no copies found"
    CAN_SUPPLY = "copies checked: can supply"
    CAN_COPY = "copies checked: can copy"
    RETRY_LATER = "copies checked: retry possible"
    CANNOT_SUPPLY = "copies checked: unfilled"
    STAFF_DECIDES = "copies checked: staff decide"
    HOLD_ANSWERED = "hold answered"
    HOLD_STANDS = "hold stands"
    HOLD_ABSENT = "hold absent"
    HOLD_UNCLEAR = "hold unclear"
    CANCEL_HOLD_ANSWERED = "cancel hold answered"
    HOLD_OFF = "hold is off"
    HOLD_STILL_ON = "hold still on"
    HOLD_OFF_UNCLEAR = "hold off unclear"
    ARRIVE_ANSWERED = "arrival answered"
    ARRIVE_DONE = "arrival done"
    ARRIVE_TRAPPED = "arrival: trapped for another"
    ARRIVE_UNCLEAR = "arrival unclear"
    CHECKOUT_ANSWERED = "checkout answered"
    CHECKOUT_DONE = "checkout done"
    CHECKOUT_NOT_DONE = "checkout not done"
    CHECKOUT_UNCLEAR = "checkout unclear"
    RENEW_ANSWERED = "renewal answered"
    RENEW_DONE = "renewal done"
    RENEW_NOT_DONE = "renewal not done"
    RENEW_UNCLEAR = "renewal unclear"
    CHECKIN_ANSWERED = "check-in answered"
    CHECKIN_DONE = "check-in done"
    CHECKIN_NOT_DONE = "check-in not done"
    CHECKIN_UNCLEAR = "check-in unclear"
    TOLD = "partner told"
    NOT_TOLD = "partner not told"
    STUCK = "work stuck"
    DIFFERS = "circulation system differs"
    AGREES = "circulation system agrees"
    # from staff
    APPROVE = "approve partner"
    REFUSE = "refuse partner"
    ANSWER_SUPPLY = "answer: will supply"
    ANSWER_RETRY = "answer: retry possible"
    ANSWER_UNFILLED = "answer: unfilled"
    OFFER = "offer with condition"
    SEARCH_AGAIN = "search again"
    CANNOT_FIND = "can't find"
    ARRIVE = "arrived"
    SHIP = "ship"
    COPY_SENT = "copy sent"
    CHECK_IN = "check in"
    DONE_BY_HAND = "done by hand"
    NOT_DONE = "not done"
    TRY_AGAIN = "try again"
    RECALL = "recall"
    MARK_LOST = "mark lost"
    SEND_NOTE = "send note"
    TOLD_BY_HAND = "told by hand"
    UNDO = "undo"
    FORCE = "force"
    # from staff, when we borrow
    GO_ON = "go on"
    OVERRIDE = "override"
    SERVE_HERE = "serve from our own shelves"
    NEXT_LENDER = "next lender"
    ACCEPT = "accept the conditions"
    CALL_OFF = "call off"
    RECEIVE = "receive"
    HANDED_OUT = "handed out"
    CAME_BACK = "came back"
    SEND_BACK = "send back"
    ASK_RENEWAL = "ask for a renewal"
    ASK_STATUS = "ask for the status"
    HANDED_OVER = "copy handed over"
    PAID = "paid"
    # from a clock
    UNDECIDED = "undecided for a while"
    PAST_DEADLINE = "past the deadline"
    CONDITION_LAPSED = "condition not answered"
    HOLD_AMBER = "hold waits long"
    HOLD_EXPIRED = "hold expired"
    NOT_RECEIVED = "not received"
    OVERDUE = "overdue"
    OVERDUE_AGAIN = "still overdue"
    BILLABLE = "billable"
    NOT_RETURNED = "not returned"
    LENDER_SILENT = "lender does not answer"
    LENDER_DOES_NOT_SEND = "lender does not send"
    WITHDRAWAL_SILENT = "withdrawal not answered"
    RENEWAL_SILENT = "renewal not answered"
    TIME_TO_LOOK = "time to look"


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="event"):
    """What all events share: when it happened, and who did it (a token's name, a peer, "gateway")."""

    at: datetime
    by: str = "gateway"


class Admission(StrEnum):
    """What the gateway's settings say of a new request before anything is looked up."""

    ADMIT = "admit"
    UNKNOWN_PARTNER = "unknown partner"
    TURN_AWAY = "turn away"
    STAFF = "staff"


_ADMISSION = {
    Admission.ADMIT: Trigger.ADMITTED,
    Admission.UNKNOWN_PARTNER: Trigger.UNKNOWN_PARTNER,
    Admission.TURN_AWAY: Trigger.TURNED_AWAY,
    Admission.STAFF: Trigger.FOR_STAFF,
}


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
    service: ServiceType = ServiceType.LOAN
    level: str | None = None
    need_before: datetime | None = None
    wanted: Wanted = Wanted()
    note: str | None = None
    max_cost: Money | None = None
    deliver_to: PostalAddress | None = None
    deliver_by_mail_to: str | None = None
    admission: Admission = Admission.ADMIT
    turned_away: Answer | None = None
    """The automatic answer while lending is paused or the partner is suspended."""
    staff_words: str = ""
    policy_version: int = 0

    @property
    def trigger(self) -> Trigger:
        """By admission."""
        return _ADMISSION[self.admission]


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


_ANSWERED = {
    Act.HOLD: Trigger.HOLD_ANSWERED,
    Act.CANCEL_HOLD: Trigger.CANCEL_HOLD_ANSWERED,
    Act.ARRIVE: Trigger.ARRIVE_ANSWERED,
    Act.CHECKOUT: Trigger.CHECKOUT_ANSWERED,
    Act.RENEW: Trigger.RENEW_ANSWERED,
    Act.CHECKIN: Trigger.CHECKIN_ANSWERED,
    Act.RECEIVE: Trigger.RECEIVE_ANSWERED,
}
_LOOKED = {
    (Act.HOLD, Finding.YES): Trigger.HOLD_STANDS,
    (Act.HOLD, Finding.NO): Trigger.HOLD_ABSENT,
    (Act.HOLD, Finding.UNCLEAR): Trigger.HOLD_UNCLEAR,
    (Act.CANCEL_HOLD, Finding.YES): Trigger.HOLD_OFF,
    (Act.CANCEL_HOLD, Finding.NO): Trigger.HOLD_STILL_ON,
    (Act.CANCEL_HOLD, Finding.UNCLEAR): Trigger.HOLD_OFF_UNCLEAR,
    (Act.ARRIVE, Finding.YES): Trigger.ARRIVE_DONE,
    (Act.ARRIVE, Finding.NO): Trigger.ARRIVE_TRAPPED,
    (Act.ARRIVE, Finding.UNCLEAR): Trigger.ARRIVE_UNCLEAR,
    (Act.CHECKOUT, Finding.YES): Trigger.CHECKOUT_DONE,
    (Act.CHECKOUT, Finding.NO): Trigger.CHECKOUT_NOT_DONE,
    (Act.CHECKOUT, Finding.UNCLEAR): Trigger.CHECKOUT_UNCLEAR,
    (Act.RENEW, Finding.YES): Trigger.RENEW_DONE,
    (Act.RENEW, Finding.NO): Trigger.RENEW_NOT_DONE,
    (Act.RENEW, Finding.UNCLEAR): Trigger.RENEW_UNCLEAR,
    (Act.CHECKIN, Finding.YES): Trigger.CHECKIN_DONE,
    (Act.CHECKIN, Finding.NO): Trigger.CHECKIN_NOT_DONE,
    (Act.CHECKIN, Finding.UNCLEAR): Trigger.CHECKIN_UNCLEAR,
    (Act.RECEIVE, Finding.YES): Trigger.RECEIVE_DONE,
    (Act.RECEIVE, Finding.NO): Trigger.RECEIVE_NOT_DONE,
    (Act.RECEIVE, Finding.UNCLEAR): Trigger.RECEIVE_UNCLEAR,
}


class Performed(Event, frozen=True, kw_only=True, tag="performed"):
    """The circulation system answered an act, or may have heard it without our hearing the answer."""

    act: Act
    item_barcode: str
    outcome: Outcome
    words: str = ""
    due_at: datetime | None = None
    route_to: str | None = None
    """The branch that a check-in says the item goes to (CT, else AQ)."""

    @property
    def trigger(self) -> Trigger:
        """By act: whatever the answer, the table looks before it believes (sip2.md, "Meaning")."""
        return _ANSWERED[self.act]


class Looked(Event, frozen=True, kw_only=True, tag="looked"):
    """A look at the circulation system (17, 63) showed whether an act was done."""

    act: Act
    item_barcode: str
    finding: Finding
    words: str = ""
    due_at: datetime | None = None

    @property
    def trigger(self) -> Trigger:
        """By act and finding."""
        return _LOOKED[self.act, self.finding]


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
    words: str

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


_CLOCK = {
    Clock.UNDECIDED: Trigger.UNDECIDED,
    Clock.DEADLINE: Trigger.PAST_DEADLINE,
    Clock.CONDITION: Trigger.CONDITION_LAPSED,
    Clock.HOLD_AMBER: Trigger.HOLD_AMBER,
    Clock.HOLD: Trigger.HOLD_EXPIRED,
    Clock.RECEIPT: Trigger.NOT_RECEIVED,
    Clock.OVERDUE_FIRST: Trigger.OVERDUE,
    Clock.OVERDUE_SECOND: Trigger.OVERDUE_AGAIN,
    Clock.OVERDUE_THIRD: Trigger.OVERDUE_AGAIN,
    Clock.BILLABLE: Trigger.BILLABLE,
    Clock.RETURN: Trigger.NOT_RETURNED,
    Clock.LENDER_ANSWER: Trigger.LENDER_SILENT,
    Clock.LENDER_ANSWER_RUSH: Trigger.LENDER_SILENT,
    Clock.LENDER_ANSWER_EXPRESS: Trigger.LENDER_SILENT,
    Clock.LENDER_SENDS: Trigger.LENDER_DOES_NOT_SEND,
    Clock.WITHDRAWAL: Trigger.WITHDRAWAL_SILENT,
    Clock.COPY_RECEIPT: Trigger.NOT_RECEIVED,
    Clock.RENEWAL: Trigger.RENEWAL_SILENT,
    Clock.WATCH: Trigger.TIME_TO_LOOK,
}


class CustomerAsked(Event, frozen=True, kw_only=True, tag="customer asked"):
    """A customer of ours wants a work; makes a request in which we borrow. Who it is stands apart from the request."""

    request: str
    agency: str
    """Ours, as `type:value`."""
    wanted: Wanted
    pickup_branch: str
    service: ServiceType = ServiceType.LOAN
    level: str | None = None
    need_before: datetime | None = None
    note: str | None = None
    """For the lender."""
    max_cost: Money | None = None
    copyright: str | None = None
    any_edition: bool = True
    deliver_to: PostalAddress | None = None
    deliver_by_mail_to: str | None = None

    @property
    def trigger(self) -> Trigger:
        """Asked for."""
        return Trigger.ASKED_FOR


class LenderSays(StrEnum):
    """What a supplyingAgencyMessage comes to, judged by its status and its answer (iso18626.md)."""

    RECEIVED = "request received"
    EXPECT = "expect to supply"
    WILL_SUPPLY = "will supply"
    LOANED = "loaned"
    COPY_SENT = "copy completed"
    RETRY = "retry possible"
    UNFILLED = "unfilled"
    CANCELLED = "cancelled"
    NOT_CANCELLED = "not cancelled"
    RENEWED = "renewed"
    NOT_RENEWED = "not renewed"
    OVERDUE = "overdue"
    RECALLED = "recalled"
    COMPLETED = "loan completed"
    WITHOUT_RETURN = "completed without return"
    HOLD_RETURN = "hold the return"
    RELEASE_RETURN = "return it now"
    WORDS = "notification"
    CONDITION = "condition"


class LenderSaid(Event, frozen=True, kw_only=True, tag="lender said"):
    """A supplyingAgencyMessage came."""

    says: LenderSays
    attempt: int
    """Of which message New or Retry it speaks; not the current one: a lender we have left."""
    lender_request_id: str | None = None
    note: str | None = None
    reason: str | None = None
    """ReasonUnfilled or ReasonRetry."""
    due_at: datetime | None = None
    terms: Terms | None = None
    lender_items: tuple[str, ...] = ()
    return_to: PostalAddress | None = None
    return_name: str | None = None
    link: str | None = None
    stands: "LenderSays | None" = None
    """Where an N answers a Cancel or a Renew: what the status beside it says."""

    @property
    def trigger(self) -> Trigger:
        """What it comes to."""
        return Trigger[f"SAYS_{self.says.name}"]


class Vetted(Event, frozen=True, kw_only=True, tag="vetted"):
    """The customer (63), earlier requests, our own shelves and the copyright rules were looked at."""

    doubts: tuple[Doubt, ...] = ()

    @property
    def trigger(self) -> Trigger:
        """By whether anything stands in the way."""
        return Trigger.IN_DOUBT if self.doubts else Trigger.VETTED


class RotaMade(Event, frozen=True, kw_only=True, tag="rota made"):
    """The partners who may be asked, the best first; `words` say who was passed over, and why."""

    lenders: tuple[LenderLine, ...] = ()
    words: str = ""

    @property
    def trigger(self) -> Trigger:
        """By whether anybody is left to ask."""
        return Trigger.ROTA_MADE if self.lenders else Trigger.NO_LENDER


class Sent(Event, frozen=True, kw_only=True, tag="sent"):
    """The lender confirmed a message of ours OK: a RequestType or an Action."""

    what: str
    attempt: int

    @property
    def trigger(self) -> Trigger:
        """Sent."""
        return Trigger.SENT


class NotSent(Event, frozen=True, kw_only=True, tag="not sent"):
    """The lender answered a message of ours with ERROR, or it can't be said to it."""

    what: str
    attempt: int
    words: str

    @property
    def trigger(self) -> Trigger:
        """Not sent."""
        return Trigger.NOT_SENT


class BarcodeAssigned(Event, frozen=True, kw_only=True, tag="barcode assigned"):
    """A free barcode of the pool is the request's; the store takes it in this event's transaction."""

    barcode: str
    words: str = ""

    @property
    def trigger(self) -> Trigger:
        """Assigned."""
        return Trigger.BARCODE_ASSIGNED


class NoBarcode(Event, frozen=True, kw_only=True, tag="no barcode"):
    """The pool has none that is free and known to the circulation system."""

    words: str

    @property
    def trigger(self) -> Trigger:
        """None."""
        return Trigger.NO_BARCODE


class ItemSeen(Event, frozen=True, kw_only=True, tag="item seen"):
    """17 was asked about a borrowed item in the house. `out`: charged; None where the answer says nothing."""

    out: bool | None
    due_at: datetime | None = None
    before: bool = False
    """Whether it was charged when last seen."""

    @property
    def trigger(self) -> Trigger:
        """By what has changed."""
        if self.out is None or self.out == self.before:
            return Trigger.SEEN_NOTHING
        return Trigger.SEEN_OUT if self.out else Trigger.SEEN_BACK


class TimerFired(Event, frozen=True, kw_only=True, tag="timer fired"):
    """A clock of the request has run."""

    clock: Clock

    @property
    def trigger(self) -> Trigger:
        """By clock."""
        return _CLOCK[self.clock]


class StaffAction(StrEnum):
    """What staff can ask for; the buttons of the desk and the words of `requests act`."""

    APPROVE = "approve"
    REFUSE = "refuse"
    ANSWER_SUPPLY = "supply"
    ANSWER_RETRY = "retry"
    ANSWER_UNFILLED = "unfilled"
    OFFER = "offer"
    SEARCH_AGAIN = "search"
    CANNOT_FIND = "cannot-find"
    ARRIVE = "arrived"
    SHIP = "ship"
    COPY_SENT = "copy-sent"
    CHECK_IN = "check-in"
    DONE_BY_HAND = "done-by-hand"
    NOT_DONE = "not-done"
    TRY_AGAIN = "try-again"
    RECALL = "recall"
    MARK_LOST = "lost"
    SEND_NOTE = "note"
    TOLD_BY_HAND = "told-by-hand"
    UNDO = "undo"
    FORCE = "force"
    GO_ON = "go-on"
    OVERRIDE = "override"
    SERVE_HERE = "serve-here"
    NEXT_LENDER = "next-lender"
    ACCEPT = "accept"
    CALL_OFF = "call-off"
    RECEIVE = "receive"
    HANDED_OUT = "handed-out"
    CAME_BACK = "came-back"
    SEND_BACK = "send-back"
    ASK_RENEWAL = "renew"
    ASK_STATUS = "ask-status"
    HANDED_OVER = "handed-over"
    PAID = "paid"


class StaffActed(Event, frozen=True, kw_only=True, tag="staff acted"):
    """A person asked for something; which of the details count is said at the action's rows in lending.py."""

    action: StaffAction
    item_barcodes: tuple[str, ...] = ()
    copies: tuple[Copy, ...] = ()
    """The copies behind the barcodes, where the item list knows them; filled in by dispatch."""
    reason: str | None = None
    """A code of the open lists, or for FORCE the reason in words."""
    note: str | None = None
    """Words for the partner."""
    due_at: datetime | None = None
    retry_after: datetime | None = None
    answer: Answer | None = None
    link: str | None = None
    account: str | None = None
    partner: str | None = None
    peer: str | None = None
    """With an approval: the system through which the partner is reached."""
    state: LendingState | None = None
    undo_s: float = 0.0

    @property
    def trigger(self) -> Trigger:
        """The action itself."""
        return Trigger[self.action.name]


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
    | Sent
    | NotSent
    | BarcodeAssigned
    | NoBarcode
    | ItemSeen
)

_SOURCES: dict[type[Event], Source] = {
    RequestArrived: Source.PARTNER,
    PartnerActed: Source.PARTNER,
    CustomerAsked: Source.PARTNER,
    LenderSaid: Source.PARTNER,
    StaffActed: Source.STAFF,
    TimerFired: Source.CLOCK,
}


def source_of(event: AnyEvent) -> Source:
    """Say who made this happen."""
    return _SOURCES.get(type(event), Source.WORK)
