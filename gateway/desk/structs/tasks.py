"""Tasks: what only a person can do."""

from datetime import datetime
from typing import Annotated

import msgspec

from gateway.desk.structs.common import Words
from gateway.workflow.tasks import Task, TaskKind
from gateway.workflow.triggers import StaffAction

TaskNumber = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
Tellings = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
"""How often a task was told."""


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
    told: Tellings | None = None
    """How often it had been told when it was read (`told` of a task): it stays open if it was told again since, even in the same words.
    None: however often."""


class TaskAsRead(msgspec.Struct, frozen=True, kw_only=True):
    """A task, and how often it had been told when it was read."""

    task: TaskNumber
    told: Tellings = 1


def task_as_read(text: str) -> TaskAsRead:
    """Read a task as people write it: 12:3 is task 12 as it was told three times, 12 as it was told once. Raises msgspec.ValidationError."""
    number, has_told, told = text.partition(":")
    return msgspec.convert({"task": number, "told": told if has_told else "1"}, TaskAsRead, strict=False)


class SettleBody(msgspec.Struct, frozen=True, kw_only=True):
    """Several tasks that are settled in one way: by an act that asks for nothing, or, without one, by closing them.

    One that was told again since it was read is left as it is; one of which nobody says that is settled however often it was told.
    """

    tasks: Annotated[tuple[TaskNumber | TaskAsRead, ...], msgspec.Meta(min_length=1, max_length=100)]
    action: StaffAction | None = None
    note: Words | None = None
    """For the timeline of each that is closed: what was done."""


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
