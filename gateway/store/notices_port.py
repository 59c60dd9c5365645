"""What is kept of mails: each with its files until it is forgotten, and which of a schedule's times were seen to.

`port.Store.notices` gives it. What a change asks of the queue is durable together with the notice that it changes.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from gateway.notices.records import Notice, NoticeFile, NoticeKind, NoticeState
from gateway.store.values import NewEffect
from gateway.workflow.effects import OpenTask
from gateway.workflow.tasks import TaskKind


class NewNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice with its files and its first work; without work a person sees to it, by its task."""

    notice: Notice
    files: Sequence[NoticeFile] = ()
    effects: tuple[NewEffect, ...] = ()
    open_tasks: tuple[OpenTask, ...] = ()


class NoticeChange(msgspec.Struct, frozen=True, kw_only=True):
    """One transaction: new notices, or what became of one."""

    at: datetime
    new: tuple[NewNotice, ...] = ()
    slot: str | None = None
    """The time of a schedule that these see to: AlreadyExists if it was seen to."""
    changed: Notice | None = None
    """With its new version: VersionConflict if it held another than the one before."""
    effects: tuple[NewEffect, ...] = ()
    open_tasks: tuple[OpenTask, ...] = ()
    close_tasks: tuple[TaskKind, ...] = ()
    completes: int | None = None
    """The id of the work whose outcome this is."""
    owner: str | None = None


class NoticeFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which notices to list: newest change first, `before` is the (changed_at, id) of the last one seen."""

    state: NoticeState | None = None
    kind: NoticeKind | None = None
    about: str | None = None
    before: tuple[datetime, str] | None = None
    limit: int = 50


class NoticeStore(Protocol):
    """Each method may raise StoreUnavailable."""

    async def commit(self, change: NoticeChange) -> None:
        """Write it all, durably. Raises VersionConflict, AlreadyExists, LeaseLost."""

    async def notice(self, notice_id: str) -> Notice | None:
        """By its id."""

    async def notices(self, where: NoticeFilter) -> tuple[Notice, ...]:
        """What the filter lets through."""

    async def count(self) -> Mapping[NoticeState, int]:
        """How many are in each state that has any."""

    async def files(self, notice_id: str) -> tuple[NoticeFile, ...]:
        """What goes with it, in its order."""

    async def is_seen_to(self, slot: str) -> bool:
        """Whether a time of a schedule was seen to."""

    async def forget(self, *, before: datetime, limit: int) -> int:
        """Drop notices that nobody waits for and that have not changed since, and such times of schedules; give how many notices."""
