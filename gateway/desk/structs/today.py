"""What there is to do now, and how our neighbours are."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from gateway.desk.structs.lists import ListName
from gateway.desk.structs.sheet import SheetMark
from gateway.workflow.tasks import TaskKind


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whom our work goes to, and who has not been answering."""

    name: str
    since: datetime | None
    words: str
    """What the last try came to."""
    waiting: int
    """How many requests have something to say to it; it goes by itself."""
    shares_lane: bool
    """It is a library behind a system: `waiting` counts the requests for all that are behind it."""
    next_at: datetime | None
    """When it is tried again."""


class Undelivered(msgspec.Struct, frozen=True, kw_only=True):
    """What did not get through to somebody who is not left alone for that."""

    to: str
    since: datetime | None
    next_at: datetime
    """When it is tried again."""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How our neighbours are, as far as it is known without asking them."""

    acs_trouble: str | None
    """Why work at the circulation system does not get on; None if it does."""
    away: tuple[Neighbour, ...]
    """Partners' systems that are left alone for now."""


class Workload(msgspec.Struct, frozen=True, kw_only=True):
    """How much there is to do."""

    lists: Mapping[ListName, int]
    """Requests in each worklist."""
    tasks: Mapping[TaskKind, int]
    """Open tasks of each kind."""
    health: Health
    held: bool
    """Whether all work is held after a restore."""
    reads_only: bool = False
    """Whether the database can be read alone for now: nothing is taken, and nothing done."""


class TaskGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The open tasks of a kind."""

    kind: TaskKind
    count: int
    since: datetime
    """When the oldest was opened."""


class Awaited(msgspec.Struct, frozen=True, kw_only=True):
    """What others have to do next."""

    words: str
    count: int
    list: ListName


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What is walked for first: how many, since when the longest waits, where they stand, and what presses."""

    words: str
    count: int
    list: ListName | None
    """None: tasks of `kind`."""
    kind: TaskKind | None = None
    since: datetime | None = None
    branches: tuple[str, ...] = ()
    """Each with its count: “6 Central”."""
    marks: tuple[SheetMark, ...] = ()
    """Each with its count: “1 rush”."""
