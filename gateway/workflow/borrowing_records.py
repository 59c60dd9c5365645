"""What a request has beside the rest where we are the requesting agency: lenders, terms, doubts, the pool's barcodes.

Nothing of the customer is in it. Values alone; `workflow.records.Request` holds a Borrowing.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final

from gateway.iso18626.codes import ServiceType
from gateway.workflow.values import Money, PostalAddress, Record, Wanted


class Concern(StrEnum):
    """What stands in the way of sending a customer's request out; staff decide, some of it managers alone."""

    CUSTOMER = "customer"
    """Unknown, blocked, over a limit (63)."""
    DUPLICATE = "duplicate"
    OWNED = "owned"
    COPYRIGHT = "copyright"
    NOTE = "note"
    """It tells of the customer (63)."""
    WORK = "work"
    """It can't be told which one is meant."""


OF_THE_CUSTOMER: Final = frozenset({Concern.CUSTOMER, Concern.DUPLICATE, Concern.NOTE})
"""Concerns about who asks; the others are about the work."""


class Doubt(Record, frozen=True, kw_only=True):
    """A concern with its words; `stops`: only a manager may set it aside; `warns`: it is said, and stands in nobody's way."""

    concern: Concern
    words: str
    stops: bool = False
    warns: bool = False


class FieldDifference(Record, frozen=True, kw_only=True):
    """A field of the work in which a catalogue and whoever ordered it differ."""

    field: str
    written: str
    """As it was ordered; that is what lenders are asked for."""
    catalogued: str


class LenderLine(Record, frozen=True, kw_only=True):
    """A line of the rota: a partner who may be asked, with the score it got and why."""

    partner: str
    peer: str
    agency: str
    """Its symbol, as `type:value`."""
    score: float = 0.0
    reason: str = ""
    answers_within_days: float | None = None
    """How long it is waited for, learned from its own answers; None: as the clock says."""
    record_id: str | None = None
    """The work's record number in its catalogue, which goes into the request (supplierUniqueRecordId)."""


class LoanTerms(Record, frozen=True, kw_only=True):
    """What a lender asks for: a cost, conditions (codes of the open list or words)."""

    cost: Money | None = None
    conditions: tuple[str, ...] = ()
    note: str | None = None
    record_id: str | None = None
    """The record that it names to be asked for instead."""
    as_loan: bool = False
    """It would lend what a copy was asked of (LoanPossible)."""


class Unaccepted(Record, frozen=True, kw_only=True):
    """How a request stood before a person accepted an offer: for as long as that can be undone."""

    until: datetime
    lender_request_id: str | None = None
    supplier: str | None = None
    passed_on_from: str | None = None
    max_cost: Money | None = None
    record_id: str | None = None
    service: ServiceType


class LenderHeard(Record, frozen=True, kw_only=True):
    """What came of asking a lender: for whoever has to decide when nobody is left."""

    partner: str
    words: str
    at: datetime


class Return(Record, frozen=True, kw_only=True):
    """A lender that has said “not now”, or nothing, and was left: it can be asked again, with a Retry that names the attempt."""

    attempt: int
    after: datetime | None = None
    """The day that it named, or that the rule has given it."""
    at: datetime | None = None
    """When it was left."""
    silent: bool = False
    """It had said nothing."""


class PoolState(StrEnum):
    """Where a barcode of the pool for borrowed items stands."""

    FREE = "free"
    ASSIGNED = "assigned"
    WITH_CUSTOMER = "with customer"
    COOLING = "cooling"
    """Rests after a loan, so that a late return is not taken for another item's."""
    BLOCKED = "blocked"


class BarcodeMove(Record, frozen=True, kw_only=True):
    """A step of a pool barcode, in the transaction of the decision that takes it: only a free one, or the request's own."""

    barcode: str
    to: PoolState
    free_since: datetime | None = None
    """When it last moved, as the pool had it before the circulation system was asked about it. One that has moved since then is not free, even
    if nobody has it any more (it rests). None: that does not matter."""


class LoanProof(StrEnum):
    """What says of an item in the house that the customer has it, or has not."""

    LOOK = "look"
    """The last look."""
    WORD = "word"
    """Staff, who have handed it out; a look that does not show the loan yet came too early and proves nothing."""
    ANOTHERS = "loan of another"
    """The last look showed a loan of somebody else; staff are asked."""


class Borrowing(Record, frozen=True, kw_only=True):
    """What a request has beside the rest where we are the requesting agency. Nothing of the customer is in it."""

    pickup_branch: str
    copyright: str | None = None
    """US-CCG, US-CCL ...: what a request for a copy complies with."""
    any_edition: bool = True
    doubts: tuple[Doubt, ...] = ()
    waived: tuple[Concern, ...] = ()
    """What staff have set aside."""
    lenders: tuple[LenderLine, ...] = ()
    """The rota: who is still to be asked, the next first."""
    asked: tuple[LenderLine, ...] = ()
    """Who was asked, one for each attempt; the last has the request now. The same one twice for a Retry."""
    sent_by: int | None = None
    """The attempt whose lender sends it, where that is not the last one: we had left it."""
    never_asked: tuple[int, ...] = ()
    """Attempts whose lender has heard nothing of them: by its turn another had sent the item."""
    sent_as_well: tuple[int, ...] = ()
    """Attempts whose lenders, which we had left, have sent it too: of each a parcel comes that is to go back."""
    others_returned: tuple[int, ...] = ()
    """Those of them whose parcels have gone back: what their lenders say of sending it is late."""
    lender_request_id: str | None = None
    terms: LoanTerms | None = None
    """What the lender offered, or sent it under."""
    offered_in_words: bool = False
    """The terms came in a Notification and are answered by one; else the answer is a Retry."""
    unaccepted: Unaccepted | None = None
    """While the message that accepts them waits, so that it can be undone."""
    called_off: bool = False
    """The customer does not want it any more: no other lender is asked."""
    returns: tuple[Return, ...] = ()
    """Lenders that can be asked again."""
    heard: tuple[LenderHeard, ...] = ()
    """What each lender that was left had said, or that it said nothing."""
    supplier: str | None = None
    """Behind a broker: who has the request now, as `type:value`."""
    passed_on_from: str | None = None
    """Behind a broker: the supplier that was told Cancel last, so that the broker asks its next."""
    status_requests: int = 0
    """How often the lender was asked where it stands since the state began."""
    refused_late: bool = False
    """The lender has refused the request, and may have it from an earlier try whose confirmation was lost."""
    promise_crossed: bool = False
    """The lender has promised it while we waited for its answer to Cancel."""
    lender_items: tuple[str, ...] = ()
    """The lender's item barcodes."""
    return_to: PostalAddress | None = None
    return_name: str | None = None
    link: str | None = None
    renewal_asked_at: datetime | None = None
    renewal_owed: bool = False
    """The lender renewed while the customer had it, and our circulation system is not known to have."""
    recalled_at: datetime | None = None
    route_to: str | None = None
    """The branch that the check-in at the desk sends it to (CT)."""
    loan_proof: LoanProof = LoanProof.LOOK
    at_desk: bool = False
    """A person at the desk placed the order, and no system of the customers'."""
    written: Wanted | None = None
    """The work as it was ordered, where it is told better by now: completed from a catalogue, or chosen by staff."""
    differs: tuple[FieldDifference, ...] = ()
    """Where a catalogue that has its number says otherwise."""
    card_corrected: bool = False
    """The customer's card is another than the one that the order came with."""

    @property
    def attempt(self) -> int:
        """Which message New or Retry, counted from 1, the lender has that has the request now; 0 before the first."""
        return self.sent_by or len(self.asked)

    @property
    def heard_of_it(self) -> tuple[LenderLine, ...]:
        """Who was asked, without those that the request never went to."""
        return tuple(line for number, line in enumerate(self.asked, 1) if number not in self.never_asked)

    def has_asked(self, attempt: int) -> bool:
        """Whether there was such a message."""
        return 0 < attempt <= len(self.asked)

    @property
    def lender(self) -> LenderLine:
        """Who has the request now. Raises IndexError before the first is asked."""
        return self.asked[self.attempt - 1]
