"""A mail that leaves the house: what it is about, whom it is for, and what became of it. Records, as those of the workflow.

A notice of a bill only mirrors what the bill's own history tells, so that one list has all mails; every other notice has a life of its
own (life.py).
"""

from datetime import datetime
from enum import StrEnum

from gateway.workflow.values import Record


class NoticeKind(StrEnum):
    """What mails are sent."""

    BILL = "bill"
    REMINDER = "reminder"
    DISPUTE = "dispute letter"
    STATEMENT = "statement"
    PULL_SLIPS = "pull slips"
    REPORT = "report"


OF_PAPERS = frozenset({NoticeKind.BILL, NoticeKind.REMINDER, NoticeKind.DISPUTE})
"""What is done about these is done at the bill, or at the lender's invoice."""


class NoticeState(StrEnum):
    """Where a mail stands."""

    WAITING = "waiting"
    SENT = "sent"
    """The mail server has taken it."""
    UNKNOWN = "unknown"
    """The line broke when it may have been taken."""
    REFUSED = "refused"
    """It was not sent, and won't be by itself."""
    SET_ASIDE = "set aside"
    """A person has seen to it in another way."""


class Notice(Record, frozen=True, kw_only=True):
    """One mail. Nothing of a customer is in it."""

    id: str
    kind: NoticeKind
    state: NoticeState = NoticeState.WAITING
    version: int = 1
    about: str
    """The bill's id, the partner's, the branch's code, or the report's name."""
    to: str = ""
    """The address; "" if nobody knows one."""
    subject: str = ""
    body: str = ""
    made_at: datetime
    changed_at: datetime
    changed_by: str = "gateway"
    not_after: datetime | None = None
    """After that it is of no use, and is not sent."""
    times: int = 1
    """How often it was asked for: part of its Message-ID, which stays the same when it is tried again."""
    words: str = ""
    """What became of it."""


class NoticeFile(Record, frozen=True, kw_only=True):
    """A file that goes with a mail, byte for byte."""

    name: str
    content_type: str
    data: bytes
