"""The register: one narrow line for each request, by which requests are found, counted and sorted.

What is open is known to every gateway (open_lines.py), so that it is counted exactly however it is filtered. What has ended is walked from the
newest back, and never further than a bound. Lines change in the transaction that changes the request.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

import msgspec

from gateway.workflow.records import Request

COUNTED: Final = 1_000
"""What has ended is counted as far as this."""
WALKED: Final = 20_000
"""How many ended requests are looked through for a page at the most."""
# Words are looked for no further than this, a number everywhere: were it less than what is counted, a page would pass over what has the words
# on its way to an old line that has the number (`register_walk.Walk.counted_page`).
assert COUNTED < WALKED


class Facet(StrEnum):
    """What requests are told apart by."""

    ROLE = "role"
    STATE = "state"
    PARTNER = "partner"
    BRANCH = "branch"
    SERVICE = "service"
    AGE = "age"
    FLAG = "flag"
    WHOSE = "whose"


class Age(StrEnum):
    """How long ago a request was made; each without those before it."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    OLDER = "older"


AGE_DAYS: Final[Mapping[Age, int]] = {Age.TODAY: 1, Age.WEEK: 7, Age.MONTH: 30}
"""Within how many days, today among them."""


class Flag(StrEnum):
    """What a request is flagged with."""

    RUSH = "rush"
    ATTENTION = "attention"
    """A person has flagged it."""
    TASK = "task"
    """A person must do something."""
    UNREAD = "unread"
    """The other side wrote something that nobody has read."""
    LATE = "late"
    """Past its due date."""
    COST = "cost"


class Sort(StrEnum):
    """In which order; what has ended is always listed newest first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    WAITING = "waiting"
    """Longest in its state first."""
    DUE = "due"
    CHANGED = "changed"


class RegisterLine(msgspec.Struct, frozen=True, gc=False):
    """A request's line, as the columns of the table. Times are microseconds since 1970 UTC."""

    line: int
    """Counts the requests as they were made."""
    request: str
    is_open: bool
    role: str
    state: str
    partner: str
    """"" while it is none of ours."""
    branch: str
    """Where its first item stands, or where it is picked up; "" if it has none."""
    service: str
    created_at: int
    updated_at: int
    state_since: int
    due_at: int | None
    flags: str
    """RUSH, ATTENTION and COST, joined by commas."""
    tasks: str
    """The kinds of its open tasks, joined by commas."""
    assigned_to: str
    """"" while it is nobody's."""


class Word(msgspec.Struct, frozen=True):
    """A word that a request must have, or the partner's name instead."""

    text: str
    """As `wording.words` makes it."""
    partners: tuple[str, ...] = ()
    """Partners that are called so."""


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """Which requests: those with all words, or a number that begins so, in each facet one of the values, and due when asked."""

    words: tuple[Word, ...] = ()
    number: str = ""
    """As `wording.number` makes it."""
    values: Mapping[Facet, frozenset[str]] = {}
    due: tuple[datetime | None, datetime | None] | None = None
    """Of what is open: due from the first time on, until the second; both count, and None is no bound."""
    now: datetime
    today: datetime
    """When the library's day began."""

    @property
    def by_text(self) -> bool:
        """Whether anything is looked for by what was typed."""
        return bool(self.words or self.number)


class RequestsFound(msgspec.Struct, frozen=True, kw_only=True):
    """A page of what was found."""

    lines: tuple[RegisterLine, ...]
    next: tuple[int, int] | None
    """The `after` of the next page; None if this is the last."""
    count: int
    """All that is found, on all pages; of what has ended no more than COUNTED."""
    is_more: bool = False
    """There are more than `count`."""
    counts: Mapping[Facet, Mapping[str, int]]
    """How many there were with each value if it were chosen instead of its facet's."""


class StateCount(msgspec.Struct, frozen=True):
    """How many open requests of a role are in a state."""

    role: str
    state: str
    count: int
    late: int
    """Those of them that are past their due date."""
    due_soon: int
    """Those that are due from now until a time."""


class RegisterPort(Protocol):
    """What the store finds by the register. Every method may raise StoreUnavailable."""

    async def open(self, sought: Sought, sort: Sort, *, after: tuple[int, int] | None, limit: int) -> RequestsFound:
        """Return a page of what is open, and exact counts."""

    async def open_each(
        self, sought: Sequence[Sought], sort: Sort, *, counted: Collection[Facet]
    ) -> tuple[RequestsFound, ...]:
        """Return of each question that asks for no text what is the first, and exact counts of the values of some facets: all as of one look."""

    async def count_open(self, now: datetime, *, today: datetime, until: datetime) -> tuple[StateCount, ...]:
        """Count what is open, by role and state; `today` is when the library's day began."""

    async def ended(
        self, sought: Sought, *, after: tuple[int, int] | None, limit: int, facets: bool = False
    ) -> RequestsFound:
        """Return a page of what has ended, newest first.

        A page may be shorter, or empty, and have a next one: more was not looked through. Only a first page is counted, and
        with `facets` parted too.
        """

    async def requests(self, ids: Collection[str]) -> Mapping[str, Request]:
        """Return requests by their ids, without those that there are not."""

    async def with_number(self, number: str, *, limit: int) -> tuple[str, ...]:
        """Return the ids of requests with exactly this number beside their own: those that are open, then the others, the newest first."""
