"""What only a person can do: the kinds of tasks, and a task. Records, as those of records.py."""

from datetime import datetime
from enum import StrEnum
from typing import Self

from gateway.workflow.records import Role
from gateway.workflow.values import Record


class TaskKind(StrEnum):
    """What only a person can do, and the roles in which it lasts: a person must see to it even when the request has gone on.

    Every other task ends with the state of its request.
    """

    lasting: frozenset[Role]

    def __new__(cls, value: str, *lasting: Role) -> Self:
        """Make the member from its word and the roles in which it lasts."""
        kind = str.__new__(cls, value)
        kind._value_ = value
        kind.lasting = frozenset(lasting)
        return kind

    APPROVE_PARTNER = "approve partner"
    ANSWER = "answer"
    PLACE_HOLD = "place hold"
    CANCEL_HOLD = "cancel hold"
    STRAY_HOLD = "stray hold", *Role
    CHECK_OUT = "check out"
    CHECK_IN = "check in"
    RENEW = "renew"
    FIND_OUT = "find out"
    TRAPPED = "trapped for another"
    CANNOT_FIND = "not at the desk yet"
    DUE_DATE = "check due date"
    NOT_TOLD = "tell the partner", *Role
    NOT_RECEIVED = "not received", *Role
    NOT_RETURNED = "not returned"
    BILL = "bill", *Role
    PAST_DEADLINE = "past deadline", Role.LENDING  # true until it is answered; where we borrow it is opened anew
    READ_NOTE = "read note", *Role
    CONTRADICTION = "contradiction", *Role
    SENT_ON = "sent on", *Role
    STUCK = "stuck"
    RECONCILE = "does not match", *Role
    CUSTOMER_BLOCKED = "customer may not borrow"
    DUPLICATE = "asked for before"
    OWNED = "we have it"
    COPYRIGHT = "copyright"
    NOTE_TELLS = "note about the customer"
    WORK_UNCLEAR = "which work is meant"
    NO_LENDER = "no lender left"
    CONDITIONS = "lender's conditions"
    WITHDRAWAL_SILENT = "withdrawal not answered"
    LENDER_SILENT = "lender can't be asked where it stands"
    RECEIVE = "receive by hand"
    BARCODES = "no pool barcode"
    FEW_BARCODES = "few pool barcodes", *Role
    HOLD_RETURN = "keep it for now", *Role
    DUE_TOO_LATE = "due after the lender's date", *Role
    LENDER_OVERDUE = "overdue at the lender", *Role
    LENDER_RECALLS = "recalled by the lender", *Role
    RENEWAL_SILENT = "renewal not answered"
    RENEW_HERE = "renew here by hand"
    HAND_OVER = "hand over the copy"
    PRICE = "price of a lost item"
    PAPER_FAILED = "paper can't be made", *Role
    NOT_MAILED = "could not be mailed", *Role
    PERHAPS_MAILED = "perhaps mailed", *Role
    POST_LETTER = "send a letter", *Role
    APPROVE_INVOICE = "approve an invoice", *Role
    BILLED_CAME_BACK = "billed item came back", *Role

    def lasts(self, role: Role) -> bool:
        """Whether it stays open when its request goes to another state."""
        return role in self.lasting


class Task(Record, frozen=True, kw_only=True):
    """Something for a person to do: for a request, else about something else, such as a partner's account."""

    id: int
    request: str | None
    about: str | None = None
    kind: TaskKind
    words: str
    opened_at: datetime
    claimed_by: str | None = None
    closed_at: datetime | None = None
    told: int = 1
    """How often it was told: one that is open takes the words of the next of its kind."""
