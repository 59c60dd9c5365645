"""Tasks: what only a person can do."""

from typing import Annotated

import msgspec

from gateway.desk.structs.common import Words
from gateway.workflow.records import Task, TaskKind

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
