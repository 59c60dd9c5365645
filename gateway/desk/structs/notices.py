"""Mails: what went out, to whom, what became of it; what can be done about one; what they say."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from gateway.desk.structs.bills import Currency
from gateway.desk.structs.common import Words
from gateway.notices.life import NoticeAct
from gateway.notices.records import NoticeKind, NoticeState

__all__ = [
    "NoticeAct",
    "NoticeActBody",
    "NoticeFileQuery",
    "NoticeKind",
    "NoticeLine",
    "NoticeList",
    "NoticeShown",
    "NoticeState",
    "NoticeTexts",
    "NoticesQuery",
    "SendNowBody",
    "SentNow",
    "TextShown",
]
Email = Annotated[str, msgspec.Meta(max_length=254, pattern=r"^[^@\s<>]{1,64}@[A-Za-z0-9.-]{1,189}$")]


class NoticesQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which mails: in one state, of one kind, about one partner, branch or bill; `before` is the `next` of the page before."""

    state: NoticeState | None = None
    kind: NoticeKind | None = None
    about: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    before: Annotated[str, msgspec.Meta(max_length=120)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class NoticeLine(msgspec.Struct, frozen=True, kw_only=True):
    """One mail."""

    id: str
    kind: NoticeKind
    state: NoticeState
    about: str
    about_name: str
    """The partner's or branch's name, or what else it is about."""
    bill: str | None
    """The bill at which something can be done about it."""
    invoice: str | None = None
    """Or the lender's invoice."""
    to: str
    subject: str
    made_at: datetime
    changed_at: datetime
    changed_by: str
    words: str
    acts: tuple[NoticeAct, ...]


class NoticeList(msgspec.Struct, frozen=True, kw_only=True):
    """Mails, newest change first; how many are in each state."""

    notices: tuple[NoticeLine, ...]
    counts: Mapping[NoticeState, int]
    next: str | None


class NoticeShown(msgspec.Struct, frozen=True, kw_only=True):
    """One mail with what it says and the names of its files."""

    notice: NoticeLine
    body: str
    files: tuple[str, ...]


class NoticeActBody(msgspec.Struct, frozen=True, kw_only=True):
    """With “send again”: another address. A reason, to be kept with it."""

    to: Email | None = None
    words: Words = ""


class NoticeFileQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which of its files; the first, if none is named."""

    name: Annotated[str, msgspec.Meta(max_length=200)] = ""


class SendNowBody(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be mailed now, in place of waiting for its time: statements, pull slips, or the report."""

    kind: Literal["statement", "pull slips", "report"]
    about: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    """One partner or one branch alone; without it all of the schedule."""
    currency: Currency | None = None
    """Of one partner's statement."""


class SentNow(msgspec.Struct, frozen=True, kw_only=True):
    """The mails that were made."""

    notices: tuple[str, ...]
    words: str


class TextShown(msgspec.Struct, frozen=True, kw_only=True):
    """What mails of a kind say: the text with its names, and how it looks with made-up values."""

    kind: NoticeKind
    subject: str
    body: str
    is_own: bool
    """The settings have words of their own for it."""
    names: tuple[str, ...]
    """What it may name, each after a $."""
    subject_shown: str
    body_shown: str
    settings: tuple[str, str]
    """What subject and body are called in [mail.texts]."""


class NoticeTexts(msgspec.Struct, frozen=True, kw_only=True):
    """Every kind."""

    texts: tuple[TextShown, ...]
