"""The records that the workflow decides about: requests, items, copies. Tasks: tasks.py; peers and partners: partners.py.

Frozen msgspec structs, so that they are typed, comparable and JSON both ways; `store` alone
encodes them. A released field is never renamed, and a new one has a default (design.md, rule 8).
All datetimes are aware. This module may import nothing but the code lists, `values` and borrowing's records.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Final

from gateway.iso18626.codes import ServiceType
from gateway.workflow.borrowing_records import Borrowing
from gateway.workflow.values import Money, PostalAddress, Record, Wanted


class Role(StrEnum):
    """Which side of a request we are on."""

    LENDING = "lending"
    BORROWING = "borrowing"


class State(StrEnum):
    """Where a request stands. What leads from one to the next: lending/table.py, borrowing/table.py."""

    # lending
    AWAITING_APPROVAL = "awaiting approval"
    SEARCHING = "searching"
    CHECKING = "checking"
    DECIDING = "deciding"
    OFFERED = "offered"
    RESERVING = "reserving"
    WILL_SUPPLY = "will supply"
    ARRIVING = "arriving"
    ARRIVING_TO_SHIP = "arriving to ship"
    ARRIVED = "arrived"
    CHECKING_OUT = "checking out"
    CHECKED_OUT = "checked out"
    UNDOING = "undoing"
    LOANED = "loaned"
    RENEWING = "renewing"
    OVERDUE = "overdue"
    RECALLED = "recalled"
    RETURNING = "returning"
    CHECKING_IN = "checking in"
    CHECKED_IN = "checked in"
    LENDING_AGAIN = "lending again"
    TO_COPY = "to copy"
    RELEASING = "releasing"
    CANCELLING = "cancelling"
    UNFILLED = "unfilled"
    RETRY_POSSIBLE = "retry possible"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    COPY_COMPLETED = "copy completed"
    LOST = "lost"
    # borrowing, beside some of the above
    VETTING = "vetting"
    CHOOSING_LENDER = "choosing a lender"
    ASKING = "asking"
    CONDITIONAL = "conditional"
    WAITING_TO_ASK = "waiting to ask again"
    PROMISED = "promised"
    WITHDRAWING = "withdrawing"
    ON_ITS_WAY = "on its way"
    RECEIVING = "receiving"
    ON_SHELF = "waiting for the customer"
    WITH_CUSTOMER = "with the customer"
    TO_RETURN = "to send back"
    TAKING_BACK = "taking back"
    SENT_BACK = "sent back"
    COPY_HERE = "copy to hand over"
    SERVED_HERE = "served from our own shelves"


class Act(StrEnum):
    """What we ask the circulation system to change."""

    HOLD = "hold"
    CANCEL_HOLD = "cancel hold"
    ARRIVE = "arrive"
    CHECKOUT = "checkout"
    RENEW = "renew"
    CHECKIN = "checkin"
    RECEIVE = "receive"
    """Check in a borrowed item at the desk, so that it is trapped for its customer's hold."""


class Outcome(StrEnum):
    """How an act ended, as far as its answer tells (design.md, rule 2)."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Finding(StrEnum):
    """What a look at the circulation system (17, 63) shows of an act."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


class ItemPlace(StrEnum):
    """Where an item of a request is, in the order in which a loan goes."""

    CHOSEN = "chosen"
    HELD = "held"
    AT_DESK = "at desk"
    OUT = "out"
    BACK = "back"


class Clock(StrEnum):
    """The timers of a request (ill.md, "Clocks"); their lengths are settings, their calendar dispatch's."""

    UNDECIDED = "undecided"
    DEADLINE = "deadline"
    CONDITION = "condition"
    HOLD_AMBER = "hold amber"
    HOLD = "hold"
    RECEIPT = "receipt"
    OVERDUE_FIRST = "overdue first"
    OVERDUE_SECOND = "overdue second"
    OVERDUE_THIRD = "overdue third"
    BILLABLE = "billable"
    RETURN = "return"
    LENDER_ANSWER = "lender answer"
    LENDER_ANSWER_RUSH = "lender answer rush"
    LENDER_ANSWER_EXPRESS = "lender answer express"
    LENDER_SENDS = "lender sends"
    SILENCE = "silence"
    """After a third of what a lender has, and no sooner than this, it is asked where the request stands."""
    ASK_AGAIN = "ask again"
    WITHDRAWAL = "withdrawal"
    COPY_RECEIPT = "copy receipt"
    RENEWAL = "renewal"
    WATCH = "watch"
    """Looks for what waits for its customer."""
    WATCH_LOAN = "watch loan"
    """Looks for what the customer has, for weeks: nobody waits for the news."""
    UNDO = "undo"
    """How long it lasts, whoever asks for it says."""


class Copy(Record, frozen=True, kw_only=True):
    """One copy of ours, as the item list or the catalogue knows it."""

    item_barcode: str
    branch: str
    title: str | None = None
    author: str | None = None
    call_number: str | None = None
    item_type: str | None = None
    volume: str | None = None
    """Which part of the work it is, as the catalogue writes it: "v.2", "Vol. 12 no. 1-4 (1998)"."""
    doubt: str | None = None
    """Why a person must look before this copy goes out; None where it is what was asked for."""
    number_alone: bool = False
    """What is in doubt is the number alone, or that no author is named: the rest agrees, and no other record fits as well."""
    collection: str | None = None
    published: int | None = None
    """The year of publication."""
    acquired_on: date | None = None
    """When it was added to the collection."""


class Fetching(Record, frozen=True, kw_only=True):
    """In how many open days a branch brings a book to the desk, from the promise on: most of them, and nearly all."""

    mostly: int
    nearly_all: int
    words: str = ""
    """What it goes by: the settings, so many books of its own, or nothing yet."""


class CopyStatus(Record, frozen=True, kw_only=True):
    """A copy and what 17 said of it; status is the two digits of SIP2's circulation status."""

    copy: Copy
    status: str
    queue_length: int = 0
    due_at: datetime | None = None
    current_branch: str | None = None
    known: bool = True
    """Whether 17 knew the item: 01 with an empty title says that it doesn't (sip2.md, "Meaning")."""
    fetching: "Fetching | None" = None
    """How long its branch takes to bring it; None where nobody asked."""


class Item(Record, frozen=True, kw_only=True):
    """One item of a request: the copy, where it is, and the act under way on it."""

    copy: Copy
    place: ItemPlace = ItemPlace.CHOSEN
    queue_length: int | None = None
    """The hold queue (CF) before our hold: what a look compares with. None where nobody asked."""
    fetching: Fetching | None = None
    """How long its branch takes to bring it, as the promise went by; None where nobody asked."""
    outcome: Outcome | None = None
    """What the last act answered; None again once a look has shown that it is done."""
    outcome_words: str = ""
    tries: int = 0
    """How often the act under way was asked for; 0 while none is."""
    due_at: datetime | None = None
    route_to: str | None = None
    """The branch that the check-in sent it to (CT, else AQ)."""
    kept: bool = False
    """Since it came back: the look after the check-in found it kept for a hold, at that branch."""
    hold_left: Finding | None = None
    """Since its checkout was undone: whether a look found the partner's hold still standing."""

    @property
    def barcode(self) -> str:
        """The item barcode."""
        return self.copy.item_barcode


OTHERS_KEPT: Final = 2
"""With whoever acted last three people: of two others at least it is known what they did, whoever asks."""


class LastAct(Record, frozen=True, kw_only=True):
    """What a person did last to a request: who, when, which act, and the version that came of it."""

    by: str
    at: datetime
    act: str
    version: int


class LastNote(Record, frozen=True, kw_only=True):
    """When somebody last wrote words that are to be read by others, and who; nobody's name for the other library."""

    at: datetime
    by: str = ""


class Request(Record, frozen=True, kw_only=True):
    """One request, whichever role we have in it; the whole state of its workflow."""

    id: str
    """Ours, at most 32 characters, unique per attempt (iso18626.md, "Ids")."""
    role: Role
    state: State
    version: int = 0
    """Counts the decisions; the store refuses to write over a version it did not read."""
    peer: str
    """The system that sent it and is answered."""
    partner: str | None = None
    """The library it is for, once known."""
    account: str | None = None
    """The partner's account on our circulation system (circ_patron_id), fixed when the request was admitted."""
    requesting_agency: str
    """As `type:value`, as the partner wrote it."""
    supplying_agency: str
    partner_request_id: str
    """The other side's id: requestingAgencyRequestId when we lend. When we borrow it is ours, for there are several lenders."""
    previous_request_id: str | None = None
    follows: "Answer | None" = None
    """What the request that this Retry stands in the place of was answered, or offered."""
    retries: int = 0
    """How many Retries in a row there were for the same work, with this one."""
    created_at: datetime
    updated_at: datetime
    state_since: datetime
    service: ServiceType = ServiceType.LOAN
    level: str | None = None
    need_before: datetime | None = None
    wanted: Wanted = Wanted()
    note: str | None = None
    copyright: str | None = None
    """Under which rule of copyright the partner asks for a copy (copyrightCompliance)."""
    asks_for: str | None = None
    """The partner's words that say which copy will do: whoever has it in hand looks."""
    max_cost: Money | None = None
    """What the partner pays at the most (billingInfo/maximumCosts)."""
    deliver_to: PostalAddress | None = None
    deliver_to_name: str | None = None
    """As the requesting library calls itself: behind a broker it is not the partner that we know."""
    deliver_by_mail_to: str | None = None
    """An e-mail address or URL of the partner library for copies, never a customer's."""
    items: tuple[Item, ...] = ()
    in_doubt: tuple[tuple[str, Act], ...] = ()
    """Item and act: answered, and not looked at when staff forced a state. Before it is asked for again we look."""
    rejected: tuple[str, ...] = ()
    """Item barcodes that were tried and could not be had."""
    candidates: tuple[CopyStatus, ...] = ()
    """The other copies that would do, best first."""
    cost: Money | None = None
    condition: str | None = None
    """The loan condition the item goes out under, a code of the open list or the library's own words."""
    expected_at: datetime | None = None
    """When we expect to send (expectedDeliveryDate)."""
    due_at: datetime | None = None
    due_expected: datetime | None = None
    """The due date that the library's policy would give to a loan begun with the request: a check on the circulation
    system's own, by the days between."""
    renewals: int = 0
    renewals_allowed: int | None = None
    """How often the policy lets the loan be renewed; None leaves it to the circulation system."""
    renewed_at: datetime | None = None
    told_expect: bool = False
    promised_at: datetime | None = None
    """When its item was first waited for at the desk."""
    at_desk_at: datetime | None = None
    """When the first of its items came there."""
    sought_coming: int = 0
    """How often a clock had run and 17 showed the item on its way, since it was chosen."""
    shipped_at: datetime | None = None
    received_at: datetime | None = None
    returned_at: datetime | None = None
    return_held: bool = False
    """The partner said that it holds the return for now, or our lender that we are to (2021-2: HoldReturn)."""
    undo_s: float = 0.0
    """How long Loaned waits after the checkout, as whoever shipped it asked; 0 once it waits no more. What tells nobody can be
    undone so long after it has brought the request where it stands."""
    undo_back_s: float = 0.0
    """How long LoanCompleted waits after the check-in, as whoever checked it in asked."""
    bill_asked: bool = False
    """Staff were asked to bill it, and it is not back since."""
    undone: bool = False
    """Its checkout was undone, and it has not been checked out since."""
    answer: "Answer | None" = None
    """What the partner is to be told once the hold is known to be off."""
    policy_version: int = 0
    known_there: bool = False
    """The other side has taken a message about it, or sent one: it knows the request by its number."""
    for_staff: str = ""
    """Why a person must answer, where that was known on arrival."""
    assigned_to: str | None = None
    """The person who sees to it."""
    flag: str | None = None
    """Why it needs attention, in staff's words, be they empty; None: it is not flagged."""
    last_act: LastAct | None = None
    acts_of_others: tuple[LastAct, ...] = ()
    """What others than whoever made the last act did last, each person once, the newest first: of OTHERS_KEPT people at the most."""
    last_note: LastNote | None = None
    resume: State | None = None
    """While a renewal or a check-in is under way, and as long as a check-in, a receipt or what was said at the desk alone can be
    undone: where the request stands again if nothing comes of it."""
    borrowing: Borrowing | None = None
    """None while we lend."""

    @property
    def acts_of_people(self) -> "tuple[LastAct, ...]":
        """What each of the people who acted last did last, the newest first."""
        return (self.last_act, *self.acts_of_others) if self.last_act else ()

    @property
    def borrowed(self) -> Borrowing:
        """What the request has because we borrow. Raises ValueError where we lend."""
        if self.borrowing is None:
            raise ValueError(f"{self.id} is no request of ours")
        return self.borrowing

    def item(self, barcode: str) -> Item | None:
        """Return the item with this barcode, if it is one of the request's."""
        return next((item for item in self.items if item.barcode == barcode), None)


class AnswerKind(StrEnum):
    """What an answer to a new request comes to."""

    SUPPLY = "supply"
    RETRY = "retry"
    UNFILLED = "unfilled"
    STAFF = "staff"


class Answer(Record, frozen=True, kw_only=True):
    """An answer to a request with its reason, as policy or a person gave it.

    `reason` is a code of the open list ReasonUnfilled or ReasonRetry; `words` go to people, not to the partner.
    """

    kind: AnswerKind
    reason: str | None = None
    words: str = ""
    doubt: str | None = None
    """Why a person must look, whatever the library's setting: a copy may not be what was asked for."""
    note: str | None = None
    """Goes to the partner."""
    asks_for: str | None = None
    """What of the partner's note says which copy will do."""
    service: ServiceType = ServiceType.LOAN
    choice: CopyStatus | None = None
    others: tuple[CopyStatus, ...] = ()
    retry_after: datetime | None = None
    expected_at: datetime | None = None
    loan_days: int | None = None
    renewals: int | None = None
    cost: Money | None = None
    condition: str | None = None
    line: str = ""
    """What people call the line of the policy that it rests on; empty where none fits, or a person gave it."""
