"""The list of tasks as its page shows it."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from gateway.desk.structs.sheet import ActForm, TaskShown
from gateway.workflow.records import State
from gateway.workflow.tasks import TaskKind


class TasksPage(msgspec.Struct, frozen=True, kw_only=True):
    """Open tasks with what settles each, oldest first; and how many of each kind there are, whosever they are."""

    tasks: tuple[TaskShown, ...]
    kinds: Mapping[TaskKind, int]
    mine: int
    nobodys: int
    others: int
    next: int | None
    """The number of the last task of this page, where more follow."""


class TasksPageQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which open tasks."""

    kind: TaskKind | None = None
    whose: Literal["all", "mine", "nobodys", "others"] = "all"
    after: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 25


class ActDone(msgspec.Struct, frozen=True, kw_only=True):
    """What was just done from a list, and how it is undone."""

    request: str
    title: str | None
    done: str
    """What stood on the button."""
    state: str
    seen: int
    seen_in: State
    undo: ActForm | None
    """None once it is too late, or another person has acted."""
