"""After a restore: what is held, what the comparison found, and what goes on."""

from datetime import datetime
from typing import Annotated

import msgspec

from gateway.desk.structs.common import Limit
from gateway.workflow.records import Role, State
from gateway.workflow.recovery import Agreement


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Open requests that are still held, by what the comparison found of them; and those that go on."""

    agree: int
    differ: int
    unclear: int
    going_on: int


class RecoveryShown(msgspec.Struct, frozen=True, kw_only=True):
    """Whether work is held after a restore, and how far people have come."""

    holds: bool
    since: datetime | None = None
    why: str = ""
    copy_of: datetime | None = None
    """The time that the store was brought back to; None if nobody said."""
    compared_at: datetime | None = None
    confirmed_at: datetime | None = None
    """When an administrator confirmed accounts and tokens; None: tokens made here don't count."""
    confirmed_by: str | None = None
    counts: Counts | None = None
    words: str = ""
    """What was done just now."""
    time_zone: str = ""
    """The library's, in which people read these times."""


class BesideShown(msgspec.Struct, frozen=True, kw_only=True):
    """One open request that is held, beside what others say of it."""

    request: str
    role: Role
    state: State
    title: str | None
    partner: str | None
    agreement: Agreement
    words: str
    act: str
    """What a person could do about it."""


class BesideQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which of them."""

    agreement: Agreement = Agreement.DIFFERS
    after: Annotated[str, msgspec.Meta(max_length=40)] = ""
    limit: Limit = 50


class BesideList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of them."""

    requests: tuple[BesideShown, ...]
    next: str | None
    """The `after` of the next page."""


class EndBody(msgspec.Struct, frozen=True, kw_only=True):
    """That all work may go on."""

    sure: bool = False
    """Also what differs or is unclear, and was not let go on."""
