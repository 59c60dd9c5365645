"""What only people can do, as it is kept: open tasks, who has which, and how they end."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from gateway.store.values import EffectRow, HistoryEntry
from gateway.workflow.tasks import Task, TaskKind


class Claimed(StrEnum):
    """Who has a task."""

    ALL = "all"
    """Whoever has it, or nobody."""
    MINE = "mine"
    NOBODYS = "nobodys"
    OTHERS = "others"


class TaskCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many open tasks of a kind somebody has, or nobody."""

    kind: TaskKind
    claimed_by: str | None
    count: int


class TasksPort(Protocol):
    """The store's tasks. Each method may raise StoreUnavailable."""

    async def tasks(self, *, request: str | None = None, kind: TaskKind | None = None) -> tuple[Task, ...]:
        """Open tasks, oldest first."""

    async def page_of_tasks(
        self, kinds: Collection[TaskKind], claimed: Claimed, *, me: str, after: int, limit: int
    ) -> tuple[Task, ...]:
        """Open tasks of these kinds that were opened after one, oldest first, so many at the most."""

    async def task(self, task_id: int) -> Task | None:
        """By its id, open or closed."""

    async def tasks_of(self, requests: Collection[str]) -> Mapping[str, tuple[Task, ...]]:
        """The open tasks of each of these requests that has any, oldest first."""

    async def waiting_of(self, requests: Collection[str]) -> Mapping[str, tuple[EffectRow, ...]]:
        """The queued effects of each of these requests that has any, oldest first: what can settle a task depends on them."""

    async def count_tasks(self) -> Mapping[TaskKind, int]:
        """How many tasks of each kind are open, for kinds with any."""

    async def oldest_tasks(self) -> Mapping[TaskKind, datetime]:
        """Since when the oldest of each kind is open, for kinds with any."""

    async def count_claimed(self) -> tuple[TaskCount, ...]:
        """How many of them who has."""

    async def claim_task(self, task_id: int, *, by: str) -> bool:
        """Take a task; False where somebody else has it or it is closed."""

    async def close_task(self, task: Task, *, at: datetime, entry: HistoryEntry) -> bool:
        """Close a task that needed nothing more, and write the entry into its request's history, or into that of no request.

        False, and nothing is written, where it isn't open, or was told again since it was read.
        """

    async def put_task(self, about: str, kind: TaskKind, words: str, *, at: datetime) -> None:
        """Open a task of no request, about something; one that is open gets the words."""

    async def end_task(self, about: str, kind: TaskKind, *, at: datetime) -> bool:
        """Close the task of no request about something; False where none is open."""
