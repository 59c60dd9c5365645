"""Requests: how they are asked for, their lines, one with all that is known of it, and what waits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec

from gateway.workflow.meaning import ActLine
from gateway.workflow.records import Request, Role, State
from gateway.workflow.tasks import Task
from gateway.workflow.triggers import StaffAction

PageSize = Annotated[int, msgspec.Meta(ge=1, le=200)]
"""Requests in one answer."""


class RequestsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which requests; `before` is the `next` of the page before."""

    open: bool = False
    """Only those that are not over yet."""
    role: Role | None = None
    state: tuple[State, ...] = ()
    partner: str | None = None
    q: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    """Words of title, author, notes or the partner's name, whole or by their first three letters; or the beginning of a number or barcode."""
    before: str | None = None
    limit: PageSize = 50


class RequestLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list of requests."""

    id: str
    role: str
    state: str
    state_since: datetime
    updated_at: datetime
    title: str | None
    author: str | None
    partner: str | None
    """Its name, if the partner is known; else the requesting agency's symbol."""
    partner_request_id: str
    item_barcodes: tuple[str, ...]
    due_at: datetime | None


class RequestLines(msgspec.Struct, frozen=True, kw_only=True):
    """A page of requests, newest first; with words the open ones come first. `next` is the `before` of the following page, or None."""

    requests: tuple[RequestLine, ...]
    next: str | None


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """Why work waits: “`words` since `since` (`reason`); next try `next_at`”, as far as each is known."""

    words: str
    since: datetime | None = None
    reason: str | None = None
    """What the last try came to."""
    next_at: datetime | None = None
    """When it is tried next; None if something else must end first."""


class Upcoming(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of waiting work."""

    words: str
    due_at: datetime
    attempts: int
    """How often it was tried already."""
    started_at: datetime | None
    """Set while it is under way, or if its outcome was lost and is being found out."""
    lane: str | None
    """Whom it waits for: a peer or the circulation system; None for the gateway's own."""
    why: Wait | None = None
    """Why it has not gone on; None if only its time has not come."""


class RequestShown(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of a request, what the caller can do with it, and what happens next."""

    request: Request
    partner_name: str
    branches: Mapping[str, str]
    """The names of our branches by their codes."""
    actions: tuple[StaffAction, ...]
    acts: tuple[ActLine, ...]
    """The same acts, each with what it does and who is told."""
    tasks: tuple[Task, ...]
    next: tuple[Upcoming, ...]


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a request's timeline."""

    at: datetime
    by: str
    kind: str
    words: str
    state: str | None = None
    """The state that was reached, on decisions."""
    policy_version: int = 0
    detail: Mapping[str, Any] = {}
    """The protocols' texts without secrets, or the reason of the table's row."""


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that happened to a request, oldest first."""

    request: str
    entries: tuple[TimelineEntry, ...]


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """That waiting work starts now, and how many pieces of it."""

    result: str = "done"
    words: str
    count: int
