"""What a decision on a bill asks for: rows of the same queue as the effects of requests. Pure data."""

from datetime import datetime
from enum import StrEnum

from gateway.workflow.effects import Effect, WorkKey


class BillPaper(StrEnum):
    """The papers of a bill that are made once and kept byte for byte."""

    BILL = "bill"
    REMINDER_1 = "reminder 1"
    REMINDER_2 = "reminder 2"
    REMINDER_3 = "reminder 3"


REMINDERS = (BillPaper.REMINDER_1, BillPaper.REMINDER_2, BillPaper.REMINDER_3)
"""In their order: the first is number 1."""


class AskItem(Effect, frozen=True, kw_only=True, tag="ask item"):
    """Ask the circulation system (17) whether an item has come back. Reports ItemSeen."""

    item_barcode: str

    @classmethod
    def key_of(cls) -> WorkKey:
        """`ask item`."""
        return WorkKey("ask item")

    @property
    def key(self) -> WorkKey:
        """`ask item`."""
        return self.key_of()


class MakePaper(Effect, frozen=True, kw_only=True, tag="make paper"):
    """Set a paper of the bill as PDF, once. Reports PaperMade or PaperNotMade."""

    paper: BillPaper = BillPaper.BILL

    @classmethod
    def key_of(cls, paper: BillPaper) -> WorkKey:
        """`make paper:<paper>`."""
        return WorkKey(f"make paper:{paper}")

    @property
    def key(self) -> WorkKey:
        """`make paper:<paper>`."""
        return self.key_of(self.paper)


class MailPaper(Effect, frozen=True, kw_only=True, tag="mail paper"):
    """Send a paper of the bill by e-mail. Reports Mailed or NotMailed."""

    to: str
    paper: BillPaper = BillPaper.BILL
    time: int = 1
    """The how-manieth mail about this bill it is: part of its Message-ID, which stays the same when it is tried again."""

    @classmethod
    def key_of(cls, paper: BillPaper) -> WorkKey:
        """`mail paper:<paper>`."""
        return WorkKey(f"mail paper:{paper}")

    @property
    def key(self) -> WorkKey:
        """`mail paper:<paper>`."""
        return self.key_of(self.paper)


class RemindLater(Effect, frozen=True, kw_only=True, tag="bill reminder"):
    """Ring when the reminder with this number is due. Reports ReminderDue."""

    number: int
    """From 1."""
    since: datetime
    """From where its days are counted."""

    @classmethod
    def key_of(cls) -> WorkKey:
        """`bill reminder`: one at a time."""
        return WorkKey("bill reminder")

    @property
    def key(self) -> WorkKey:
        """`bill reminder`."""
        return self.key_of()


AnyBillEffect = AskItem | MakePaper | MailPaper | RemindLater
