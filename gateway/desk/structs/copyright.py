"""The rule of five: what was copied of each title in a year, and royalties."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from gateway.desk.structs.common import Words

Key = Annotated[str, msgspec.Meta(max_length=2_000)]
"""What copies of a title are counted under."""


class CopyrightQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Of which calendar year, and in which form; this year if none is named."""

    year: Annotated[int, msgspec.Meta(ge=1979, le=8999)] | None = None
    over: bool = False
    """Only titles with more than the guidelines allow."""
    title: Key | None = None
    """Only what is counted under this."""
    after: Key | None = None
    """The `next` of the page before."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 6
    format: Literal["json", "csv", "xlsx"] = "json"


class RoyaltyBody(msgspec.Struct, frozen=True, kw_only=True):
    """What was paid for a copy."""

    amount: Annotated[str, msgspec.Meta(max_length=20)]
    """Like 12.50."""
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")] = "USD"
    reference: Words = ""
    """The clearance center's order number, or the invoice's."""
    paid_on: date | None = None
    """Today, if no day is named."""


class RoyaltyShown(msgspec.Struct, frozen=True, kw_only=True):
    """A royalty that was noted."""

    amount: str
    currency: str
    reference: str
    paid_on: date
    noted_by: str


class CopiedShown(msgspec.Struct, frozen=True, kw_only=True):
    """A request for a copy; `number` counts those of its title, null if it does not count."""

    request: str
    asked_at: datetime
    article: str | None
    published: str | None
    counts: str
    number: int | None
    is_over: bool
    set_aside: bool
    """A person has let it go on although the rule stopped it, or warned."""
    royalties: tuple[RoyaltyShown, ...]


class CopiedWork(msgspec.Struct, frozen=True, kw_only=True):
    """A title of a periodical, or another work."""

    key: str
    title: str
    number: str
    """Its ISSN or ISBN, if it has one."""
    is_periodical: bool
    earlier: int
    counted: int
    filled: int
    open: int
    requests: tuple[CopiedShown, ...]


class CopyrightShown(msgspec.Struct, frozen=True, kw_only=True):
    """Some of a year's titles, those with the most first."""

    year: int
    allowed: int
    definition: str
    titles: int
    """All of the year's."""
    works: tuple[CopiedWork, ...]
    over: int
    """Requests of all titles over what is allowed."""
    unpaid: int
    """Of these, filled ones without a royalty."""
    next: str | None
    """The `after` of the next page; null if this is the last."""
