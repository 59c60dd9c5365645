"""What becomes of a notice: one table, and one pure function that applies it.

    in these states · when this happens · go to · the task that it opens (every other one ends) · send it

What is about a bill has the bill's own table (money/stages/sending.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from gateway.notices.records import Notice, NoticeState
from gateway.workflow.tasks import TaskKind


class NoticeTrigger(StrEnum):
    """Everything that can happen to a notice."""

    TAKEN = "taken"
    """The mail server has it."""
    NOT_TAKEN = "not taken"
    PERHAPS_TAKEN = "perhaps taken"
    STUCK = "tried in vain"
    """It failed so often that a person is to look; the trying goes on."""
    # from staff
    SEND_AGAIN = "send again"
    ARRIVED = "it arrived"
    SET_ASIDE = "set aside"


class NoticeAct(StrEnum):
    """What staff can do to a notice."""

    SEND_AGAIN = "send-again"
    ARRIVED = "arrived"
    SET_ASIDE = "set-aside"


TRIGGER_OF: Final[Mapping[NoticeAct, NoticeTrigger]] = {act: NoticeTrigger[act.name] for act in NoticeAct}


class NoticeEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a notice; `to`: another address, with SEND_AGAIN."""

    trigger: NoticeTrigger
    at: datetime
    by: str = "gateway"
    words: str = ""
    to: str | None = None


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A line of the table."""

    to: NoticeState
    opens: TaskKind | None = None
    sends: bool = False


@dataclass(frozen=True, slots=True)
class NoticeDecision:
    """What became of a notice."""

    notice: Notice
    row: NoticeRow


S = NoticeState
T = NoticeTrigger
_LEFT_OPEN: Final = (S.REFUSED, S.UNKNOWN)
# fmt: off
_ROWS: Final = (
    ((S.WAITING,),            T.TAKEN,         NoticeRow(S.SENT)),
    ((S.WAITING,),            T.NOT_TAKEN,     NoticeRow(S.REFUSED, opens=TaskKind.NOT_MAILED)),
    ((S.WAITING,),            T.PERHAPS_TAKEN, NoticeRow(S.UNKNOWN, opens=TaskKind.PERHAPS_MAILED)),
    ((S.WAITING,),            T.STUCK,         NoticeRow(S.WAITING, opens=TaskKind.NOT_MAILED)),
    ((*_LEFT_OPEN, S.SENT),   T.SEND_AGAIN,    NoticeRow(S.WAITING, sends=True)),
    ((S.UNKNOWN,),            T.ARRIVED,       NoticeRow(S.SENT)),
    (_LEFT_OPEN,              T.SET_ASIDE,     NoticeRow(S.SET_ASIDE)),
)
# fmt: on
_BY: Final = {(state, trigger): row for states, trigger, row in _ROWS for state in states}
TASKS: Final = (TaskKind.NOT_MAILED, TaskKind.PERHAPS_MAILED)


def acts(state: NoticeState) -> tuple[NoticeAct, ...]:
    """Return what staff can do in a state: the buttons of the desk."""
    return tuple(act for act in NoticeAct if (state, TRIGGER_OF[act]) in _BY)


def decide(notice: Notice, event: NoticeEvent) -> NoticeDecision | None:
    """Say what becomes of a notice; None if that changes nothing in its state. Pure."""
    row = _BY.get((notice.state, event.trigger))
    if row is None:
        return None
    to = notice.to if event.to is None else event.to
    changed = msgspec.structs.replace(
        notice,
        state=row.to,
        version=notice.version + 1,
        to=to,
        changed_at=event.at,
        changed_by=event.by,
        words=event.words,
        times=notice.times + row.sends,
    )
    return NoticeDecision(changed, row)
