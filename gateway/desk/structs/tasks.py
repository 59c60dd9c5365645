"""Tasks: what only a person can do."""

from datetime import datetime
from typing import Annotated

import msgspec

from gateway.desk.structs.common import Words
from gateway.workflow.tasks import Task, TaskKind
from gateway.workflow.triggers import StaffAction

TaskNumber = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]


class TasksQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which open tasks."""

    request: str | None = None
    kind: TaskKind | None = None


class Tasks(msgspec.Struct, frozen=True, kw_only=True):
    """Open tasks, oldest first."""

    tasks: tuple[Task, ...]


class TaskDone(msgspec.Struct, frozen=True, kw_only=True):
    """What is said when a task is closed."""

    note: Words | None = None
    """For the timeline: what was done."""
    read: str | None = None
    """The task's words as they were read (as the list of tasks has them; `read` of one that is shown): it stays open if it says something else by now.
    None: whatever it says."""


class SettleBody(msgspec.Struct, frozen=True, kw_only=True):
    """Several tasks that are settled in one way: by an act that asks for nothing, or, without one, by closing them."""

    tasks: Annotated[tuple[TaskNumber, ...], msgspec.Meta(min_length=1, max_length=100)]
    action: StaffAction | None = None


class SettledLine(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one of them."""

    task: int
    done: bool
    words: str


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What became of each, in the order in which they were named."""

    lines: tuple[SettledLine, ...]


class ClosedQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which part; `before` is the `next` of the part before."""

    before: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class ClosedLine(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody closed a task of no request."""

    at: datetime
    by: str
    words: str


class Closed(msgspec.Struct, frozen=True, kw_only=True):
    """What was closed, the newest first; `next` is None where it began."""

    lines: tuple[ClosedLine, ...]
    next: int | None
