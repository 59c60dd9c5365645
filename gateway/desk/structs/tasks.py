"""Tasks: what only a person can do."""

from datetime import datetime
from typing import Annotated

import msgspec

from gateway.desk.structs.common import Words
from gateway.workflow.records import State
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
    """A task, how often it had been told when it was read, and what was read of its request: `seen` and `seen_in` as with any act."""

    task: TaskNumber
    told: Tellings = 1
    seen: Annotated[int, msgspec.Meta(ge=0)] | None = None
    seen_in: State | None = None


def task_as_read(text: str) -> TaskAsRead:
    """Read a task as people write it: 12:3 is task 12 as it was told three times, 12 as it was told once; pages add what they show of
    its request, 12:3:7:loaned. Raises msgspec.ValidationError.
    """
    number, has_told, rest = text.partition(":")
    told, has_seen, read = rest.partition(":")
    given = {"task": number, "told": told if has_told else "1"}
    if has_seen:
        given["seen"], _, given["seen_in"] = read.partition(":")
    return msgspec.convert(given, TaskAsRead, strict=False)


class SettleBody(msgspec.Struct, frozen=True, kw_only=True):
    """Several tasks that are settled in one way: by an act that asks for nothing, or, without one, by closing them.

    One that was told again since it was read is left as it is; one of which nobody says that is settled however often it was told.
    """

    tasks: Annotated[tuple[TaskNumber | TaskAsRead, ...], msgspec.Meta(min_length=1, max_length=100)]
    action: StaffAction | None = None
    note: Words | None = None
    """For the timeline of each that is closed: what was done."""
    undo_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0.0
    """How long what the acts come to waits, so that it can be undone; scripts don't wait."""


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
