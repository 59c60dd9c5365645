"""What can happen to a request that we make: a customer asks, a lender writes, our own work on it ends.

`events.AnyEvent` has them beside those of lending. `store` encodes them: released tags and fields are never renamed.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final

from gateway.iso18626.codes import ServiceType
from gateway.workflow.borrowing_records import Concern, Doubt, FieldDifference, LenderLine, LoanTerms
from gateway.workflow.records import Copy
from gateway.workflow.triggers import Event, Trigger
from gateway.workflow.values import Money, PostalAddress, Wanted


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
    waived: tuple[Concern, ...] = ()
    """What whoever ordered it had seen, and set aside."""
    at_desk: bool = False
    """Placed by a person at the desk: when it is looked up elsewhere tells nothing of a customer."""

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


_OF_LENDER: Final = {says: Trigger[f"SAYS_{says.name}"] for says in LenderSays}
"""What is said is this in the table."""
_NOTHING_TO_CANCEL: Final = frozenset({LenderSays.UNFILLED, LenderSays.RETRY})


ANSWERS: Final = (
    LenderSays.WILL_SUPPLY,
    LenderSays.LOANED,
    LenderSays.COPY_SENT,
    LenderSays.RETRY,
    LenderSays.UNFILLED,
    LenderSays.CONDITION,
)
"""What answers a request; the rest says that it was read, or speaks of what was answered before."""


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
    terms: LoanTerms | None = None
    lender_items: tuple[str, ...] = ()
    return_to: PostalAddress | None = None
    return_name: str | None = None
    link: str | None = None
    retry_after: datetime | None = None
    supplier: str | None = None
    """Behind a broker: who supplies, as `type:value`."""
    stands: "LenderSays | None" = None
    """Where an N answers a Cancel or a Renew: what the status beside it says."""

    @property
    def trigger(self) -> Trigger:
        """What it comes to. N to Cancel beside one of _NOTHING_TO_CANCEL is that no, said before and perhaps not heard yet."""
        over = self.says is LenderSays.NOT_CANCELLED and self.stands in _NOTHING_TO_CANCEL
        says = self.stands if over and self.stands else self.says
        return _OF_LENDER[says]


class Vetted(Event, frozen=True, kw_only=True, tag="vetted"):
    """The customer (63), earlier requests, our own shelves and the copyright rules were looked at."""

    doubts: tuple[Doubt, ...] = ()
    own: tuple[Copy, ...] = ()
    """Copies of ours that are here, where the rule is to hold one for the customer and nothing else stands in the way."""
    warnings: tuple[str, ...] = ()
    """What is to be known, and stands in nobody's way."""

    @property
    def trigger(self) -> Trigger:
        """By whether anything stands in the way."""
        return Trigger.IN_DOUBT if self.doubts else Trigger.VETTED


class RotaMade(Event, frozen=True, kw_only=True, tag="rota made"):
    """The partners who may be asked, the best first; `words` say who was passed over, and why."""

    lenders: tuple[LenderLine, ...] = ()
    words: str = ""
    again_at: datetime | None = None
    """When a lender that said “not now” without a day, or nothing, may be asked again."""
    is_early: bool = False
    """A catalogue had not answered by then, and may yet."""
    completed: Wanted | None = None
    """The work with what a catalogue adds that has its number."""
    filled: tuple[str, ...] = ()
    """What was added: names of fields, and codes of numbers."""
    differs: tuple[FieldDifference, ...] = ()
    described_by: str | None = None
    """The partner whose catalogue says so."""
    doubts: tuple[Doubt, ...] = ()
    """Its number is another work's: staff decide before anybody is asked."""

    @property
    def trigger(self) -> Trigger:
        """By whether it is clear what is asked for, and whether anybody is left to ask."""
        if self.doubts:
            return Trigger.WORK_DOUBTED
        return Trigger.ROTA_MADE if self.lenders else Trigger.NO_LENDER


class LateHeard(Event, frozen=True, kw_only=True, tag="late heard"):
    """The rota once more, now that catalogues have answered that were late; whoever is asked, and has been sent nothing yet, is in it too."""

    lenders: tuple[LenderLine, ...] = ()
    words: str = ""
    unsent: str | None = None
    """The partner whose request has not been sent: the first of the rota may be asked in its place."""
    differs: bool = True
    """It is another order than the one that stands."""

    @property
    def trigger(self) -> Trigger:
        """By what it changes: who is asked, who is asked after that, nothing."""
        if not (self.differs and self.lenders):
            return Trigger.LATE_NOTHING
        if self.unsent is not None and self.lenders[0].partner != self.unsent:
            return Trigger.LATE_FIRST
        return Trigger.LATE_OTHERS


class Sent(Event, frozen=True, kw_only=True, tag="sent"):
    """The lender confirmed a message of ours OK: a RequestType or an Action."""

    what: str
    attempt: int

    @property
    def trigger(self) -> Trigger:
        """Sent."""
        return Trigger.SENT


class Unsent(Event, frozen=True, kw_only=True, tag="not sent"):
    """The lender answered a message of ours with ERROR, or it can't be said to it."""

    what: str
    attempt: int
    words: str
    note: str | None = None
    """What an action was to say to the lender's people."""
    may_be_there: bool = False
    """A request that was sent before without a confirmation that could be read: the lender may have it all the same."""
    unknown_there: bool = False
    """The lender does not know the request that an action is about."""

    @property
    def trigger(self) -> Trigger:
        """Not sent."""
        return Trigger.NOT_SENT


class NeverAsked(Event, frozen=True, kw_only=True, tag="never asked"):
    """Nothing of an attempt was sent: by its turn another lender had sent the item. `what` is the message that was left out."""

    what: str
    attempt: int

    @property
    def trigger(self) -> Trigger:
        """Never asked."""
        return Trigger.NEVER_ASKED


class BarcodeAssigned(Event, frozen=True, kw_only=True, tag="barcode assigned"):
    """A free barcode of the pool is the request's; the store takes it in this event's transaction."""

    barcode: str
    words: str = ""
    """That the pool runs low by it."""
    why: str = ""
    """Why it is of this range, where that is not the usual one."""
    queue_length: int | None = None
    """The hold queue (CF) before our hold: what a look compares with."""
    free_since: datetime | None = None
    """See BarcodeMove; None: the pool does not have it."""

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
    by_another: bool = False
    """It is charged, and not among our customer's loans (63)."""
    kept: bool | None = None
    """Whether it is kept for a hold, on the shelf or on its way there; None where the answer doesn't say."""
    was_fetched: bool = False
    """No look has shown the loan, and the customer's hold is gone: the item was fetched and is back already."""

    @property
    def trigger(self) -> Trigger:
        """By what has changed."""
        if self.by_another:
            return Trigger.SEEN_ELSEWHERE
        if self.was_fetched:
            return Trigger.SEEN_BACK
        if self.out is None or self.out == self.before:
            return Trigger.SEEN_NOTHING
        return Trigger.SEEN_OUT if self.out else Trigger.SEEN_BACK
