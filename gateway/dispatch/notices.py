"""The door of notices: each is made with its files and its work in one transaction, and what becomes of it is decided on and written in one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from gateway.dispatch.bill_planning import MAIL_LANE
from gateway.notices.effects import SendNotice
from gateway.notices.life import TASKS, NoticeDecision, NoticeEvent, NoticeTrigger, decide
from gateway.notices.records import OF_PAPERS, Notice, NoticeFile, NoticeState
from gateway.store.notices_port import NewNotice, NoticeChange
from gateway.store.port import NewEffect, Store, VersionConflict
from gateway.workflow.effects import OpenTask

MAX_CONFLICTS: Final = 20


class UnknownNotice(Exception):  # noqa: N818 - it says what it is
    """No notice has this id."""


class NoticeIntake:
    """One way in for people, schedules and our own work."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def begin(
        self, made: Iterable[tuple[Notice, tuple[NoticeFile, ...]]], *, at: datetime, slot: str | None = None
    ) -> None:
        """Take notices with their files, all or none; one that is refused from the start is a task at once.

        Raises AlreadyExists if the slot of the schedule was seen to.
        """
        new = tuple(_new(notice, files, at) for notice, files in made)
        await self._store.notices.commit(NoticeChange(at=at, new=new, slot=slot))

    async def submit(
        self, notice_id: str, event: NoticeEvent, *, completes: int | None = None, owner: str | None = None
    ) -> NoticeDecision | None:
        """Decide on an event and write what follows; None if it changes nothing. Raises UnknownNotice, LeaseLost."""
        for _ in range(MAX_CONFLICTS):
            notice = await self._store.notices.notice(notice_id)
            if notice is None or notice.kind in OF_PAPERS:
                raise UnknownNotice(notice_id)
            decision = decide(notice, event)
            if decision is None:
                assert completes is None, "only what waits has work"
                return None
            try:
                await self._store.notices.commit(_change(decision, event, completes, owner))
            except VersionConflict:
                continue
            return decision
        raise VersionConflict(notice_id)


def _new(notice: Notice, files: tuple[NoticeFile, ...], at: datetime) -> NewNotice:
    if notice.state is NoticeState.WAITING:
        return NewNotice(notice=notice, files=files, effects=(_send(at),))
    task = OpenTask(kind=TASKS[0], words=_asks(notice, NoticeTrigger.NOT_TAKEN))
    return NewNotice(notice=notice, files=files, open_tasks=(task,))


def _send(at: datetime) -> NewEffect:
    return NewEffect(effect=SendNotice(), lane=MAIL_LANE, due_at=at)


def _change(decision: NoticeDecision, event: NoticeEvent, completes: int | None, owner: str | None) -> NoticeChange:
    notice, row = decision.notice, decision.row
    task = OpenTask(kind=row.opens, words=_asks(notice, event.trigger)) if row.opens else None
    return NoticeChange(
        at=event.at,
        changed=notice,
        effects=(_send(event.at),) if row.sends else (),
        open_tasks=(task,) if task else (),
        close_tasks=tuple(kind for kind in TASKS if kind is not row.opens),
        completes=completes,
        owner=owner,
    )


def _asks(notice: Notice, trigger: NoticeTrigger) -> str:
    """What a task says of it: whose mail it is, and what is known."""
    if trigger is NoticeTrigger.PERHAPS_TAKEN:
        return f"“{notice.subject}” may have reached {notice.to}: {notice.words} Ask before you send it again."
    return f"“{notice.subject}” was not sent to {notice.to or 'anybody'}: {notice.words}"
