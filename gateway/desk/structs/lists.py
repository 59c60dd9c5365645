"""The worklists: their names, what stands in each, and their rows."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal

import msgspec

from gateway.desk.structs.papers import PrintQuery
from gateway.workflow.records import Role
from gateway.workflow.values import PostalAddress


class ListName(StrEnum):
    """The worklists, by the name they are asked for with."""

    PULL = "pull"
    TO_SHIP = "to-ship"
    DUE = "due"
    OVERDUE = "overdue"
    NOT_TOLD = "checked-out-not-told"
    STOPPED = "stopped"
    CONDITIONS = "conditions"
    TO_RECEIVE = "to-receive"
    ON_SHELF = "on-the-shelf"
    WITH_CUSTOMERS = "with-customers"
    LENDERS_OVERDUE = "overdue-at-lender"
    TO_SEND_BACK = "to-send-back"
    SENT_BACK = "sent-back"
    COPIES_HERE = "copies-here"
    TO_PAY = "to-pay"


class ListAbout(msgspec.Struct, frozen=True):
    """What a list holds, in words that may follow “nothing” too, and in which role."""

    words: str
    role: Role = Role.LENDING


ABOUT: Final[Mapping[ListName, ListAbout]] = {
    ListName.PULL: ListAbout("to fetch from the shelf"),
    ListName.TO_SHIP: ListAbout("at the desk, to check out and send"),
    ListName.DUE: ListAbout("out and due soon"),
    ListName.OVERDUE: ListAbout("out past the due date"),
    ListName.NOT_TOLD: ListAbout("checked out, and the partner doesn't know yet"),
    ListName.STOPPED: ListAbout("stopped until staff decide", Role.BORROWING),
    ListName.CONDITIONS: ListAbout("offered by a lender under conditions", Role.BORROWING),
    ListName.TO_RECEIVE: ListAbout("sent by the lender, to receive", Role.BORROWING),
    ListName.ON_SHELF: ListAbout("on the shelf for the customer", Role.BORROWING),
    ListName.WITH_CUSTOMERS: ListAbout("with customers", Role.BORROWING),
    ListName.LENDERS_OVERDUE: ListAbout("here past the lender's due date", Role.BORROWING),
    ListName.TO_SEND_BACK: ListAbout("back from the customer, to send back", Role.BORROWING),
    ListName.SENT_BACK: ListAbout("sent back, and not confirmed by the lender yet", Role.BORROWING),
    ListName.COPIES_HERE: ListAbout("here as a copy, to hand over", Role.BORROWING),
    ListName.TO_PAY: ListAbout("lost or not to be returned, with the lender's price to be paid", Role.BORROWING),
}


DAYS_AHEAD: Final = 7
"""How far `due` looks unless asked otherwise, in days after today."""


class ListQuery(PrintQuery, frozen=True, kw_only=True):
    """How far a worklist looks, and as what it comes."""

    days: Annotated[int, msgspec.Meta(ge=0, le=366)] = DAYS_AHEAD
    """Of `due` alone."""
    format: Literal["json", "text", "pdf"] = "json"
    """The pull list alone is there as text and PDF."""


class ListRow(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a worklist: where it stands, and where it goes."""

    request: str
    state: str
    state_since: datetime
    partner: str | None
    address: PostalAddress | None
    title: str | None
    author: str | None
    item_barcode: str | None
    """None where the request has no item, as when staff forced its state."""
    branch: str | None
    call_number: str | None
    due_at: datetime | None


class ListShown(msgspec.Struct, frozen=True, kw_only=True):
    """A worklist, complete."""

    list: ListName
    words: str
    rows: tuple[ListRow, ...]
    branches: Mapping[str, str]
    """The names of our branches by their codes."""
