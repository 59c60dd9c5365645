"""What can happen to a bill: from people, from our own work, from money that comes, from a clock.

One struct a happening; `trigger` is the table's word for it. Released tags and fields are never renamed.
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final

from gateway.money.effects import BillPaper
from gateway.money.records import BilledAmount, BillKind, BillWay, Face, Seen
from gateway.workflow.triggers import Event


class BillTrigger(StrEnum):
    """The columns of the table: everything that can happen."""

    PROPOSED = "proposed"
    ITEM_SEEN = "item looked at"
    PAPER_MADE = "paper made"
    PAPER_NOT_MADE = "paper not made"
    MAILED = "mailed"
    NOT_MAILED = "not mailed"
    PERHAPS_MAILED = "perhaps mailed"
    REMINDER_DUE = "reminder due"
    CAME_BACK = "item came back"
    PAID = "paid"
    REVERSED = "payment reversed"
    CREDIT_USED = "credit used"
    CREDITED = "credited"
    MOVED = "moved"
    # from staff
    LOOK_AGAIN = "look again"
    SHELF_CHECKED = "shelf checked"
    CHANGE = "change"
    DROP = "drop"
    FINALISE = "finalise"
    MAKE_PAPER = "make the paper"
    MAIL = "mail"
    POSTED = "posted"
    REMIND = "remind"
    DISPUTE = "dispute"
    END_DISPUTE = "end the dispute"
    REPLACE = "accept a replacement"
    WRITE_OFF = "write off"
    NOTE = "note"


class BillAct(StrEnum):
    """What staff can do to a bill: the buttons of the desk and the words of `bills act`."""

    LOOK_AGAIN = "look-again"
    SHELF_CHECKED = "shelf-checked"
    CHANGE = "change"
    DROP = "drop"
    FINALISE = "finalise"
    MAKE_PAPER = "make-paper"
    MAIL = "mail"
    POSTED = "posted"
    REMIND = "remind"
    DISPUTE = "dispute"
    END_DISPUTE = "end-dispute"
    REPLACE = "replace"
    WRITE_OFF = "write-off"
    NOTE = "note"


class Proposed(Event, frozen=True, kw_only=True, tag="bill proposed"):
    """A bill begins: the only event that makes one."""

    bill: str
    """The id given to it."""
    kind: BillKind = BillKind.INVOICE
    partner: str
    currency: str
    lines: tuple[BilledAmount, ...] = ()
    item_barcode: str | None = None
    """The item that is to be looked for first; None: there is nothing to look for."""
    credits: str | None = None
    gathers: str | None = None
    """Of fees: the first request whose fee it asks for."""
    words: str = ""

    @property
    def trigger(self) -> BillTrigger:
        """Always the same."""
        return BillTrigger.PROPOSED


class BillItemSeen(Event, frozen=True, kw_only=True, tag="bill item seen"):
    """What 17 showed of the item."""

    seen: Seen
    words: str

    @property
    def trigger(self) -> BillTrigger:
        """Always the same; what was seen is a guard's."""
        return BillTrigger.ITEM_SEEN


class PaperMade(Event, frozen=True, kw_only=True, tag="bill paper made"):
    """A paper is set, and kept in the same transaction."""

    paper: BillPaper
    digest: str
    """SHA-256 of the PDF."""

    @property
    def trigger(self) -> BillTrigger:
        """Always the same."""
        return BillTrigger.PAPER_MADE


class PaperNotMade(Event, frozen=True, kw_only=True, tag="bill paper not made"):
    """A paper can't be set: a template's mistake, which staff mend."""

    paper: BillPaper
    words: str

    @property
    def trigger(self) -> BillTrigger:
        """Always the same."""
        return BillTrigger.PAPER_NOT_MADE


class Mailed(Event, frozen=True, kw_only=True, tag="bill mailed"):
    """The mail server has taken the mail."""

    paper: BillPaper
    to: str
    words: str = ""

    @property
    def trigger(self) -> BillTrigger:
        """Always the same."""
        return BillTrigger.MAILED


class NotMailed(Event, frozen=True, kw_only=True, tag="bill not mailed"):
    """The mail could not be handed over; `perhaps`: the connection ended when it may have been taken."""

    paper: BillPaper
    to: str
    words: str
    perhaps: bool = False

    @property
    def trigger(self) -> BillTrigger:
        """By whether it may have arrived."""
        return BillTrigger.PERHAPS_MAILED if self.perhaps else BillTrigger.NOT_MAILED


class ReminderDue(Event, frozen=True, kw_only=True, tag="bill reminder due"):
    """The days until a reminder are over."""

    number: int

    @property
    def trigger(self) -> BillTrigger:
        """Always the same."""
        return BillTrigger.REMINDER_DUE


class CameBack(Event, frozen=True, kw_only=True, tag="bill item came back"):
    """The loan is over: the item was checked in. `credits`: the partner's terms take something back then."""

    credits: bool

    @property
    def trigger(self) -> BillTrigger:
        """Always the same; what the terms say is a guard's."""
        return BillTrigger.CAME_BACK


class Paid(Event, frozen=True, kw_only=True, tag="bill paid"):
    """A payment's share for this bill; no more than it owes."""

    payment: str
    amount: Decimal

    @property
    def trigger(self) -> BillTrigger:
        """Always the same."""
        return BillTrigger.PAID


class Reversed(Event, frozen=True, kw_only=True, tag="bill payment reversed"):
    """A payment did not hold: a check that bounced, money booked for the wrong partner."""

    payment: str
    amount: Decimal
    words: str

    @property
    def trigger(self) -> BillTrigger:
        """Always the same."""
        return BillTrigger.REVERSED


class CreditUsed(Event, frozen=True, kw_only=True, tag="bill credit used"):
    """Some of the partner's credit pays for this bill."""

    amount: Decimal

    @property
    def trigger(self) -> BillTrigger:
        """Always the same."""
        return BillTrigger.CREDIT_USED


class Credited(Event, frozen=True, kw_only=True, tag="bill credited"):
    """A credit note about this bill was finalised."""

    credit_note: str
    amount: Decimal
    words: str = ""

    @property
    def trigger(self) -> BillTrigger:
        """Always the same."""
        return BillTrigger.CREDITED


class Moved(Event, frozen=True, kw_only=True, tag="bill moved"):
    """Its partner was merged into another, which owes it from now on."""

    partner: str
    words: str

    @property
    def trigger(self) -> BillTrigger:
        """Always the same."""
        return BillTrigger.MOVED


class BillActed(Event, frozen=True, kw_only=True, tag="bill acted"):
    """Staff did something to a bill, with what that act needs."""

    act: BillAct
    words: str = ""
    """The reason, or the note."""
    lines: tuple[BilledAmount, ...] | None = None
    amount: Decimal | None = None
    """How much of the balance a replacement stands for."""
    face: Face | None = None
    series: str | None = None
    fiscal_year: int | None = None
    template_hash: str | None = None
    to: str | None = None
    """The e-mail address."""
    way: BillWay | None = None

    @property
    def trigger(self) -> BillTrigger:
        """By the act."""
        return TRIGGER_OF[self.act]


TRIGGER_OF: Final[Mapping[BillAct, BillTrigger]] = {act: BillTrigger[act.name] for act in BillAct}

AnyBillEvent = (
    Proposed
    | BillItemSeen
    | PaperMade
    | PaperNotMade
    | Mailed
    | NotMailed
    | ReminderDue
    | CameBack
    | Paid
    | Reversed
    | CreditUsed
    | Credited
    | Moved
    | BillActed
)
