"""What the demonstration partner keeps of each of its requests: plain values, no behaviour and no I/O."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from gateway.iso18626.codes import Action, ReasonForMessage, RequestSubType, RequestType, ServiceType, Status, YesNo


class Wish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wanted from the supplier; `id` None: a fresh one is made."""

    id: str | None = None
    title: str | None = None
    author: str | None = None
    isbn: str | None = None
    issn: str | None = None
    oclc: str | None = None
    record_id: str | None = None
    article_title: str | None = None
    pages: str | None = None
    service: ServiceType = ServiceType.LOAN
    sub_types: tuple[RequestSubType, ...] = ()
    level: str | None = None
    need_before: datetime | None = None
    note: str | None = None
    max_cost: Decimal | None = None
    currency: str = "USD"


class Saying(StrEnum):
    """What the partner says as lender, by its name on the control port; what each means stands in lender.py."""

    WILL_SUPPLY = "will-supply"
    ON_TERMS = "on-terms"
    NOT_HELD = "not-held"
    SHIP = "ship"
    COPY = "copy"
    RENEW = "renew"
    RENEW_NOT = "renew-not"
    CANCEL = "cancel"
    CANCEL_NOT = "cancel-not"
    OVERDUE = "overdue"
    RECALL = "recall"
    COMPLETED = "completed"
    NOTE = "note"
    STATUS = "status"
    """Said by itself, to a StatusRequest."""


class Novelty(StrEnum):
    """Whether a message was heard before."""

    NEW = "new"
    SAME_BYTES = "same bytes"
    """Sent again, byte for byte: the supplier had no confirmation."""
    SAID_AGAIN = "said again"
    """Another document that says the same; right for a second StatusRequest, wrong for a second Loaned."""


class Told(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message of the supplier, as it was taken into the books.

    `timestamp` is the sender's; `answered` is "OK", or how we misbehaved after we had taken it; `deviations` are what
    the schema has against the document.
    """

    at: datetime
    timestamp: datetime | None
    reason: ReasonForMessage
    status: Status | None
    answer: YesNo | None = None
    due_at: datetime | None = None
    expected_at: datetime | None = None
    item_ids: tuple[str, ...] = ()
    return_to: str | None = None
    reason_unfilled: str | None = None
    reason_retry: str | None = None
    retry_after: datetime | None = None
    offered_costs: tuple[str, ...] = ()
    note: str | None = None
    novelty: Novelty = Novelty.NEW
    answered: str = "OK"
    deviations: tuple[str, ...] = ()


class Sending(StrEnum):
    """What became of a message of ours."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    NOT_DELIVERED = "not delivered"
    KEPT = "kept"
    """Not sent yet: it goes after the next one (misbehaviour "sends_late")."""


class Sent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One try to send a message of ours; `words` say why it was refused or not delivered."""

    at: datetime
    what: RequestType | Action | Saying
    sending: Sending
    words: str = ""
    note: str | None = None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One request in the books: `status` and `due_at` are what the supplier's messages amount to."""

    id: str
    wish: Wish
    previous_id: str | None = None
    supplier_id: str | None = None
    status: Status | None = None
    due_at: datetime | None = None
    item_ids: tuple[str, ...] = ()
    sent: tuple[Sent, ...] = ()
    told: tuple[Told, ...] = ()


class Heard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What whoever borrows from us did or asked."""

    at: datetime
    action: Action
    note: str | None = None


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """A request that came to the partner as lender, under the number of whoever asked.

    `status` is what we said last (None: nothing yet), `question` what we were asked and have not answered.
    """

    at: datetime
    id: str
    by: str
    title: str | None
    number: str
    """Our own number for it."""
    service: ServiceType
    status: Status | None = None
    due_at: datetime | None = None
    item_id: str | None = None
    question: Action | None = None
    sent: tuple[Sent, ...] = ()
    heard: tuple[Heard, ...] = ()
