"""Searching requests: how they are asked for, what is found, and how it parts."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from gateway.desk.structs.common import Words
from gateway.desk.structs.sheet import SheetMark
from gateway.iso18626.codes import ServiceType
from gateway.workflow.records import Role, State

NONE = "-"
"""In place of a partner, a branch or a person if there is none."""
MOST_AT_ONCE = 200
"""Requests in one page, or under one act."""

Value = Annotated[str, msgspec.Meta(max_length=200)]


class Which(StrEnum):
    """Whether requests are still open."""

    ALL = "all"
    OPEN = "open"
    ENDED = "ended"


class SearchOrder(StrEnum):
    """In which order what is open comes; what has ended comes after it, newest first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    WAITING = "waiting"
    DUE = "due"
    CHANGED = "changed"


class AgeRange(StrEnum):
    """When requests were made; each without the days of those before it."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    OLDER = "older"


class MarkedAs(StrEnum):
    """What requests are marked with."""

    RUSH = "rush"
    ATTENTION = "attention"
    TASK = "task"
    UNREAD = "unread"
    LATE = "late"
    COST = "cost"


class SearchQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which requests: with all of these words, or a number that begins so, and with one of the values of each field that has any."""

    q: Value = ""
    """Words of title, author, notes or the partner's name; or the beginning of a number or barcode."""
    which: Which = Which.ALL
    role: tuple[Role, ...] = ()
    state: tuple[State, ...] = ()
    partner: tuple[Value, ...] = ()
    branch: tuple[Value, ...] = ()
    service: tuple[ServiceType, ...] = ()
    age: tuple[AgeRange, ...] = ()
    flag: tuple[MarkedAs, ...] = ()
    whose: tuple[Value, ...] = ()
    """Who they are assigned to; `me` is whoever asks."""
    sort: SearchOrder = SearchOrder.NEWEST
    after: Annotated[str, msgspec.Meta(max_length=80)] | None = None
    """The `next` of the page before."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST_AT_ONCE)] = 50


class FoundRow(msgspec.Struct, frozen=True, kw_only=True):
    """One request that was found, in words."""

    id: str
    seen: int
    """The version that is shown, as `seen` of an act has it."""
    seen_in: State
    role: Role
    is_open: bool
    title: str | None
    author: str | None
    partner: str
    number: str
    """The other library's."""
    state: str
    waits: str
    since: datetime
    created_at: datetime
    branch: str
    service: ServiceType
    item_barcodes: tuple[str, ...]
    due_at: datetime | None
    assigned_to: str | None
    marks: tuple[SheetMark, ...]


class FacetValue(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a field, and how many there would be with it."""

    value: str
    words: str
    count: int
    is_chosen: bool


class FacetShown(msgspec.Struct, frozen=True, kw_only=True):
    """A field of the query by which requests are parted."""

    field: str
    words: str
    values: tuple[FacetValue, ...]


class SearchShown(msgspec.Struct, frozen=True, kw_only=True):
    """A page of what was found: what is open first, then what has ended."""

    rows: tuple[FoundRow, ...]
    next: str | None
    """The `after` of the next page; None if this is the last. A page may be empty and have a next one: older ones were not looked through."""
    open: int
    ended: int
    """No more than 1,000 are counted."""
    ended_is_more: bool
    facets: tuple[FacetShown, ...]


RequestNumber = Annotated[str, msgspec.Meta(max_length=64)]


class RequestAsRead(msgspec.Struct, frozen=True, kw_only=True):
    """A request, and as what it was read: `seen` and `seen_in` mean what they mean with one act."""

    request: RequestNumber
    seen: Annotated[int, msgspec.Meta(ge=0)] | None = None
    seen_in: State | None = None


def request_as_read(text: str) -> RequestAsRead:
    """Read a chosen row: L1:12:loaned is request L1 in its version 12, which was loaned. Raises msgspec.ValidationError."""
    number, _, read = text.partition(":")
    seen, _, state = read.partition(":")
    given = {"request": number, "seen": seen or None, "seen_in": state or None}
    return msgspec.convert(given, RequestAsRead, strict=False)


class SeveralBody(msgspec.Struct, frozen=True, kw_only=True):
    """The requests that an act is done to, one after the other, and what is said with it.

    Of one that comes as it was read it is asked whether the act still fits, as with one act; of a bare number it is not.
    """

    requests: Annotated[tuple[RequestNumber | RequestAsRead, ...], msgspec.Meta(min_length=1, max_length=MOST_AT_ONCE)]
    reason: Words | None = None
    note: Words | None = None
    inside: Words | None = None
    assignee: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    key: Annotated[str, msgspec.Meta(min_length=1, max_length=40)] | None = None
    """One-use: sent again, each request gets what came of it the first time."""
    undo_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0.0
    """How long the outcomes wait, so that they can be undone; scripts don't wait."""


class SeveralLine(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one of them."""

    request: str
    result: Literal["done", "ignored", "refused"]
    words: str


class SeveralDone(msgspec.Struct, frozen=True, kw_only=True):
    """A line for each request, in their order."""

    name: str
    """What was asked for, as buttons say it."""
    lines: tuple[SeveralLine, ...]
    done: int


class SavedView(msgspec.Struct, frozen=True, kw_only=True):
    """A search or a worklist with its filters, kept under a name by one person."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f/]*$")]
    address: Annotated[str, msgspec.Meta(max_length=2000, pattern=r"^/(requests|lists/[a-z-]{1,40})(\?[^\s#]*)?$")]


class SavedViews(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's views, by name."""

    views: tuple[SavedView, ...]
