"""The engine of what has a life in this room: bills that go out, invoices that come in. A table of rows, one pure function that applies it.

    in this state · when this happens · because · go to · and do · (if)

`decide` takes the first row that fits and returns a `Decision`, `MoneyIgnored` (late or repeated, on purpose) or `MoneyRefused`.
It is of the same make as the workflow's, and knows neither bills nor invoices.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from gateway.workflow.effects import Effect, OpenTask, WorkKey
from gateway.workflow.tasks import TaskKind
from gateway.workflow.values import Record


class Subject(Record, frozen=True, kw_only=True):
    """What has a life: where it stands, and the version that the store checks."""

    id: str
    state: StrEnum
    version: int = 0
    created_at: datetime
    updated_at: datetime
    state_since: datetime


class Happening(Protocol):
    """What can happen to it."""

    @property
    def at(self) -> datetime:
        """When."""

    @property
    def by(self) -> str:
        """Who did it."""

    @property
    def trigger(self) -> StrEnum:
        """The table's word for it."""


SubjectT = TypeVar("SubjectT", bound=Subject)
EffectT = TypeVar("EffectT", bound=Effect)
ActT = TypeVar("ActT", bound=StrEnum)
Action = Callable[[Any, Any], None]
Guard = Callable[[Any, Any], bool]
From = StrEnum | tuple[StrEnum, ...] | None
"""None: it does not exist yet."""
When = StrEnum | tuple[StrEnum, ...]
STAYS = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRow:
    """Something is done. `to` None: the state stays."""

    state: From
    trigger: When
    why: str
    to: StrEnum | None
    do: tuple[Action, ...]
    when: Guard | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRefusal:
    """What is asked for can't be done here and now; `words` say why."""

    state: From
    trigger: When
    words: str
    when: Guard | None


AnyRow = MoneyRow | MoneyRefusal


def row(state: From, trigger: When, why: str, to: StrEnum | None, *do: Action, when: Guard | None = None) -> MoneyRow:
    """Write a line in the order in which it is read: in this state, when this happens, because, go to, and do, if."""
    return MoneyRow(state=state, trigger=trigger, why=why, to=to, do=do, when=when)


def no(state: From, trigger: When, words: str, *, when: Guard | None = None) -> MoneyRefusal:
    """Write a line that refuses."""
    return MoneyRefusal(state=state, trigger=trigger, words=words, when=when)


@dataclass(frozen=True, slots=True)
class Decision(Generic[SubjectT, EffectT]):
    """What became of it, and what is to be done; written in one transaction."""

    subject: SubjectT
    row: MoneyRow
    effects: tuple[EffectT, ...] = ()
    withdraw: tuple[WorkKey, ...] = ()
    open_tasks: tuple[OpenTask, ...] = ()
    close_tasks: tuple[TaskKind, ...] = ()


@dataclass(frozen=True, slots=True)
class MoneyIgnored:
    """The happening fits nothing any more: recorded, and without effect."""

    words: str


@dataclass(frozen=True, slots=True)
class MoneyRefused:
    """What was asked for can't be done here and now; `words` say why."""

    words: str


class Draft(Generic[SubjectT, EffectT]):
    """A decision being made: the actions of a row write into it, nobody else sees it."""

    def __init__(self, subject: SubjectT, at: datetime, by: str) -> None:
        self.subject = subject
        self.at = at
        self.by = by
        self.effects: list[EffectT] = []
        self.withdrawn: list[WorkKey] = []
        self.opened: list[OpenTask] = []
        self.closed: list[TaskKind] = []

    def set(self, **fields: Any) -> None:
        """Change fields of the record."""
        self.subject = msgspec.structs.replace(self.subject, **fields)

    def emit(self, *effects: EffectT) -> None:
        """Ask for work."""
        self.effects.extend(effects)

    def withdraw(self, *keys: WorkKey) -> None:
        """Take back work that has not started."""
        self.withdrawn.extend(keys)

    def open(self, kind: TaskKind, words: str) -> None:
        """Ask staff."""
        self.opened.append(OpenTask(kind=kind, words=words))

    def close(self, *kinds: TaskKind) -> None:
        """Nobody need do these any more."""
        self.closed.extend(kinds)

    def decision(self, found: MoneyRow, *, is_new: bool) -> Decision[SubjectT, EffectT]:
        """Return what was decided. What is new has no work to take back."""
        return Decision(
            subject=self.subject,
            row=found,
            effects=tuple(self.effects),
            withdraw=() if is_new else tuple(self.withdrawn),
            open_tasks=tuple(self.opened),
            close_tasks=tuple(self.closed),
        )


@dataclass(frozen=True, kw_only=True)
class Table(Generic[SubjectT, EffectT, ActT]):
    """The rows, indexed once by state and trigger, in their order."""

    rows: tuple[AnyRow, ...]
    begin: Callable[[Any], SubjectT]
    draft: Callable[[SubjectT, datetime, str], Draft[SubjectT, EffectT]]
    called: Callable[[SubjectT], str]
    """What people call such a record."""
    triggers: Mapping[ActT, StrEnum]
    """Of what staff can do, in its order."""
    of_people: Collection[StrEnum]
    """Somebody stands behind these as well, and is told that they can't be; all else is our own work's or a clock's."""
    index: Mapping[tuple[StrEnum | None, StrEnum], tuple[AnyRow, ...]] = field(init=False)

    def __post_init__(self) -> None:
        """Index the rows."""
        index: dict[tuple[StrEnum | None, StrEnum], tuple[AnyRow, ...]] = {}
        for each in self.rows:
            for state in _several(each.state):
                for trigger in _several(each.trigger):
                    index[state, trigger] = (*index.get((state, trigger), ()), each)
        object.__setattr__(self, "index", index)

    def acts(self, state: StrEnum) -> tuple[ActT, ...]:
        """Return what staff can do in a state: the buttons of the desk."""
        return tuple(
            act
            for act, trigger in self.triggers.items()
            if any(isinstance(each, MoneyRow) for each in self.index.get((state, trigger), ()))
        )

    def asks(self, trigger: StrEnum) -> bool:
        """Whether somebody waits for an answer to it."""
        return trigger in self.of_people or trigger in self.triggers.values()


def _several(what: Any) -> Iterable[Any]:
    return what if isinstance(what, tuple) else (what,)


def decide(
    table: Table[SubjectT, EffectT, ActT], subject: SubjectT | None, event: Happening
) -> Decision[SubjectT, EffectT] | MoneyIgnored | MoneyRefused:
    """Say what happens. Pure: the same arguments give the same answer. `subject` is None for what begins one alone."""
    state = None if subject is None else subject.state
    current = table.begin(event) if subject is None else subject
    rows = table.index.get((state, event.trigger), ())
    found = next((each for each in rows if each.when is None or each.when(current, event)), None)
    if found is None:
        return _no_row(table, current, event)
    if isinstance(found, MoneyRefusal):
        return MoneyRefused(found.words)
    return _apply(table.draft(current, event.at, event.by), found, event)


def _no_row(table: Table[SubjectT, EffectT, ActT], subject: SubjectT, event: Happening) -> MoneyIgnored | MoneyRefused:
    where = f"while the {table.called(subject)} is “{subject.state}”."
    if table.asks(event.trigger):
        return MoneyRefused(f"“{event.trigger}” is not possible {where}")
    return MoneyIgnored(f"“{event.trigger}” changes nothing {where}")


def _apply(draft: Draft[SubjectT, EffectT], found: MoneyRow, event: Happening) -> Decision[SubjectT, EffectT]:
    before = draft.subject
    for action in found.do:
        action(draft, event)
    state = found.to or before.state
    is_new = before.version == 0
    draft.set(
        state=state,
        version=before.version + 1,
        updated_at=event.at,
        state_since=event.at if is_new or state is not before.state else before.state_since,
    )
    return draft.decision(found, is_new=is_new)
